# SPDX-License-Identifier: Apache-2.0
"""A synchronous replica of a server's private PostgreSQL, to fail over to."""

import glob
import os
import re
import subprocess
import time
from pathlib import Path

PATIENCE = 60


def program(name):
    """The newest that is installed."""
    found = glob.glob(f"/usr/lib/postgresql/*/bin/{name}")
    return max(found, key=lambda path: int(re.sub(r"\D", "", path.split("/")[4]) or 0))


def as_postgres(*args):
    """PostgreSQL refuses root."""
    if os.geteuid() == 0:
        args = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", *args)
    done = subprocess.run(args, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=2 * PATIENCE)
    if done.returncode:
        raise RuntimeError(f"{' '.join(args)}: {done.returncode}\n{done.stdout}")
    return done.stdout


class Replica:
    """port: where it listens, server.replica_port. Every commit waits for it from now on."""

    def __init__(self, server):
        self.primary_port, self.port = server.pg_port, server.replica_port
        self.place = Path(os.path.realpath(server.dir / "postgresql"))
        self.data = self.place / "replica"
        as_postgres(program("pg_basebackup"), "-h", "127.0.0.1", "-p", str(self.primary_port), "-U", "carillon",
                    "-D", str(self.data), "--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream")
        # pg_ctl's child keeps our pipe open unless it logs to a file
        as_postgres(program("pg_ctl"), "-D", str(self.data), "-l", f"{self.place}/replica.log", "-w", "-t", str(PATIENCE), "-s",
                    "-o", f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{self.place}'"
                          " -c max_connections=100 -c logging_collector=off", "start")
        self.ask("alter system set synchronous_standby_names = '*'")
        self.ask("select pg_reload_conf()")
        self.await_sync()

    def ask(self, sql):
        return as_postgres(program("psql"), "-h", "127.0.0.1", "-p", str(self.primary_port), "-U", "carillon", "-d", "carillon",
                           "-Atqc", sql).strip()

    def await_sync(self):
        end = time.monotonic() + PATIENCE
        while self.ask("select sync_state from pg_stat_replication") != "sync":
            if time.monotonic() > end:
                raise RuntimeError(f"the replica does not follow; {self.place}/replica.log says why")
            time.sleep(0.1)

    def promote(self):
        as_postgres(program("pg_ctl"), "-D", str(self.data), "-w", "-t", str(PATIENCE), "-s", "promote")

    def stop(self):
        as_postgres(program("pg_ctl"), "-D", str(self.data), "-w", "-t", str(PATIENCE), "-s", "-m", "fast", "stop")
