# SPDX-License-Identifier: Apache-2.0
"""A server of our own for tests: started through script/server in a fresh
folder on free ports, stopped at the end, its log looked through."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from certs import Authority

TOP = Path(__file__).resolve().parents[2]


def free_port_base(count=110):
    """A port below the ephemeral range with `count` free ports from it on."""
    import random
    for _ in range(200):
        base = random.randrange(10000, 30000)
        try:
            for port in range(base, base + count):
                with socket.socket() as s:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    s.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue
    raise RuntimeError("no free ports found")


class Server:
    """engine: sqlite or postgresql; daemons: "c2s=2,sm=2"; config: more configuration as text, in which {dir} is the
    server's folder, {pg_port} where its PostgreSQL listens and {replica_port} a free one; hosts: for which there is a certificate, too;
    before: called with the server when it has its folder and ports, and nothing runs."""

    def __init__(self, engine="sqlite", daemons="", config="", host="localhost", build=None, hosts=(), before=None):
        self.dir = Path(tempfile.mkdtemp(prefix="carillon-test-", dir="/tmp"))
        os.chmod(self.dir, 0o755)
        self.build = Path(build or os.environ.get("CARILLON_BUILD") or TOP / "build")
        self.command = [str(TOP / "script/server"), "--dir", str(self.dir), "--build", str(self.build)]
        base = free_port_base()
        self.pg_port, self.replica_port = base + 4, base + 5
        options = ["--background", "--no-build", "--engine", engine, "--host", host, "--port-base", str(base)]
        if daemons:
            options += ["--daemons", daemons]
        if config:
            extra = self.dir / "extra.conf"
            for name, value in ("dir", self.dir), ("pg_port", self.pg_port), ("replica_port", self.replica_port):
                config = config.replace("{%s}" % name, str(value))
            extra.write_text(config)
            options += ["--config", str(extra)]
        for name in hosts:
            Authority(self.dir / "tls").server(name)
        if before:
            before(self)
        done = subprocess.run(self.command + options, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError(f"script/server failed\n{done.stdout}{done.stderr}{self.log()}")
        self.read_env()
        self.allowed, self.forgiven = [], set()

    def read_env(self):
        text = (self.dir / "env").read_text()
        self.env = dict(item.split("=", 1) for item in shlex.split(text))
        self.host, self.domain, self.ca_file = self.env["HOST"], self.env["DOMAIN"], self.env["CA_FILE"]
        self.c2s_port, self.c2s_tls_port = int(self.env["C2S_PORT"]), int(self.env["C2S_TLS_PORT"])
        self.component_port, self.http_port = int(self.env["COMPONENT_PORT"]), int(self.env["HTTP_PORT"])

    def log(self):
        path = self.dir / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def ctl(self, *args, stdin="", check=True):
        done = subprocess.run(shlex.split(self.env["CTL"]) + list(args), input=stdin, capture_output=True,
                              text=True, timeout=60)
        if check and done.returncode:
            raise RuntimeError(f"carillonctl {' '.join(args)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def add_user(self, name, password, *options):
        self.ctl("user", "add", f"{name}@{self.domain}", *options, stdin=password + "\n")

    def pids(self, role=None):
        text = subprocess.run(shlex.split(self.env["PIDS_CMD"]), capture_output=True, text=True, check=True).stdout
        pairs = [line.split() for line in text.splitlines()]
        return [int(pid) for r, pid in pairs if role is None or r == role]

    def daemons(self):
        """The pid of each daemon that runs, by its name."""
        found = {}
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                args = path.read_text().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if args[1:4:2] == ["-c", "-n"] and args[2] == str(self.dir / "carillon.conf"):
                found[args[4]] = int(path.parent.name)
        return found

    def allow(self, *patterns):
        """Log lines of level error or warning that this test provokes."""
        self.allowed += [re.compile(p) for p in patterns]

    def forgive(self, since, *patterns):
        """The same for lines that stand in the log already, behind its first `since` characters."""
        known = [re.compile(p) for p in patterns]
        self.forgiven |= {line for line in self.log()[since:].splitlines() if any(p.search(line) for p in known)}

    def complaints(self):
        """Errors, warnings and what a sanitizer or an abort printed, without the allowed ones."""
        bad = re.compile(r"^\S+ (error|warning) |^bug: |AddressSanitizer|LeakSanitizer|runtime error:|Assertion")
        return [line for line in self.log().splitlines()
                if bad.search(line) and line not in self.forgiven and not any(p.search(line) for p in self.allowed)]

    def restart_database(self, signal="TERM"):
        env = dict(os.environ, RESTART_SIGNAL=signal)
        subprocess.run(shlex.split(self.env["DB_RESTART_CMD"]), env=env, check=True, timeout=120,
                       capture_output=True)

    def stop(self):
        subprocess.run(self.command + ["--stop"], timeout=120, check=True, capture_output=True)

    def close(self, keep=False):
        """Stops; returns the complaints of the log."""
        self.stop()
        complaints = self.complaints()
        if not (keep or complaints):
            shutil.rmtree(self.dir, ignore_errors=True)
        return complaints
