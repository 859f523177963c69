# SPDX-License-Identifier: Apache-2.0
"""The links of a server through the proxy (proxy.py): how its daemons come to
use them, and how they are cut and healed."""

import subprocess
import sys
from pathlib import Path

CONFIG = """
cluster {
	routers = {%s}
}
"""
STORAGE = """
storage {
	postgresql = "host={dir}/links port={pg_port} user=carillon dbname=carillon"
}
"""


def config(routers, engine):
    """What makes the daemons connect to the proxy; more configuration for the server."""
    names = ", ".join('"unix:{dir}/links/router-%d.sock"' % (i + 1) for i in range(routers))
    return CONFIG % names + (STORAGE if engine == "postgresql" else "")


class Partition:
    """To be made when the server has its folder and its daemons have not started."""

    def __init__(self, server, routers, engine):
        folder = server.dir / "links"
        folder.mkdir()
        self.routers = [f"router-{i + 1}" for i in range(routers)]
        specs = [f"{name}={folder}/{name}.sock={server.dir}/{name}.sock" for name in self.routers]
        if engine == "postgresql":
            specs.append(f"db={folder}/.s.PGSQL.{server.pg_port}={server.pg_port}")
        self.process = subprocess.Popen([sys.executable, "-B", str(Path(__file__).with_name("proxy.py")), *specs],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.hear()

    def hear(self):
        answer = self.process.stdout.readline()
        if answer != "ok\n":
            raise RuntimeError(f"the proxy says {answer!r}")

    def say(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.hear()

    def cut(self, who, places, near, far):
        for place in places:
            self.say("cut", who, place, near, far)

    def heal(self):
        self.say("heal")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
