# SPDX-License-Identifier: Apache-2.0
"""Daemons of two builds under one supervisor: a folder of programs, each of
which runs the build that stands there under the name of the instance."""

import shutil
import tempfile
from pathlib import Path

from before import ROLES

PROGRAM = """#!/bin/sh
# carillon-{role} -c FILE -n NAME
exec "${{0%/*}}/$4/{role}/carillon-{role}" "$@"
"""


class Mix:
    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="carillon-test-programs-", dir="/tmp"))
        self.dir.chmod(0o755)
        for role in ROLES:
            program = self.dir / f"carillon-{role}"
            program.write_text(PROGRAM.format(role=role))
            program.chmod(0o755)

    def put(self, name, build):
        """What runs as `name` from its next start on: as an operator replaces a program."""
        new = self.dir / "new"
        new.symlink_to(Path(build).resolve())
        new.rename(self.dir / name)

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)
