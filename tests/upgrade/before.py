# SPDX-License-Identifier: Apache-2.0
"""The daemons of an earlier commit, built from the history of the repository."""

import os
import shutil
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ROLES = ("router", "sm", "c2s")


class NoHistory(Exception):
    """A tarball, or a clone that does not reach back so far."""


def git(*args):
    done = subprocess.run(["git", "-C", str(TOP), *args], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def commit_of(rev):
    try:
        commit = git("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}")
    except FileNotFoundError:
        commit = None
    if not commit or Path(git("rev-parse", "--show-toplevel")) != TOP:
        raise NoHistory(rev)
    return commit


def unpack(commit, folder):
    """As `git archive | tar x`; a commit that a clone knows of and does not have is no history either."""
    with subprocess.Popen(["git", "-C", str(TOP), "archive", commit], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as archive:
        tar = subprocess.run(["tar", "x", "-C", str(folder)], stdin=archive.stdout, capture_output=True, check=False)
        archive.stdout.close()
        said = archive.stderr.read()
    if archive.returncode or tar.returncode:
        raise NoHistory(f"{commit}: {said.decode()}")


def build_before(rev, builds):
    """The build folder of that commit's daemons; one that is there already is taken as it is."""
    commit = commit_of(rev)
    source = Path(builds) / f"before-{commit[:12]}"
    build = source / "build"
    programs = [f"{role}/carillon-{role}" for role in ROLES]
    if all((build / program).exists() for program in programs):
        return build
    for other in Path(builds).glob("before-*"):
        shutil.rmtree(other)
    build.mkdir(parents=True)
    unpack(commit, source)
    for folder, command in ((source, ["autoreconf", "-fi"]),
                            (build, ["../configure", "-q", "--disable-tests", "CFLAGS=-O1"]),
                            (build, ["make", f"-j{os.cpu_count()}", *programs])):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} for {rev} ({commit[:12]}) failed\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return build
