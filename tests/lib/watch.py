# SPDX-License-Identifier: Apache-2.0
"""What a server under attack uses up, counts, and lets others feel."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

METRICS_OFFSETS = {"router": 0, "c2s": 20, "sm": 40}
SLOWEST = 1.0 # seconds that a ping or a message may take whatever happens


def proc(pid, file):
    return Path(f"/proc/{pid}/{file}").read_text()


def status_kib(pid, field):
    return int(re.search(rf"^{field}:\s+(\d+) kB", proc(pid, "status"), re.M).group(1))


def is_sanitized(pid):
    """Its shadow memory shows; what it holds back to find errors makes a bound on memory meaningless."""
    return status_kib(pid, "VmSize") > 1 << 30


def pss_kib(pid):
    return int(re.search(r"^Pss:\s+(\d+) kB", proc(pid, "smaps_rollup"), re.M).group(1))


def cpu_seconds(pid):
    fields = proc(pid, "stat").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def until(condition, what, timeout=20):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def metrics(server, role, number=1):
    url = f"http://{server.host}:{server.http_port + METRICS_OFFSETS[role] + number - 1}/metrics"
    with urllib.request.urlopen(url, timeout=10) as answer:
        text = answer.read().decode()
    return {name: float(value) for name, value in re.findall(r"^([a-z][^#\n]*) (\S+)$", text, re.M)}


def limit(name):
    return f'xmpp_limits_hit_total{{limit="{name}"}}'


@contextmanager
def counted(server, role, *names):
    """Each of these metrics goes up."""
    before = metrics(server, role)
    yield
    after = metrics(server, role)
    for name in names:
        assert after.get(name, 0) > before.get(name, 0), f"{role} did not count {name}"


@contextmanager
def bounded(server, mib=16):
    """No daemon grows by more than this."""
    pids = [pid for pid in server.pids() if not is_sanitized(pid)]
    before = {pid: pss_kib(pid) for pid in pids}
    yield
    for pid in pids:
        grown = pss_kib(pid) - before[pid]
        assert grown < mib * 1024, f"{proc(pid, 'comm').strip()} has grown by {grown} KiB"


class Bystanders:
    """See bystander.py."""

    def __init__(self, server, users, password):
        for user in users:
            server.add_user(user, password)
        self.slowest = 5 * SLOWEST if is_sanitized(server.pids("c2s")[0]) else SLOWEST
        args = [sys.executable, "-B", str(Path(__file__).with_name("bystander.py")), server.host, str(server.c2s_port),
                server.domain, server.ca_file, *users, password]
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()

    def answer(self):
        said = json.loads(self.process.stdout.readline())
        assert "gone" not in said, f"bystanders were thrown out: {said}"
        return said

    def report(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()

    @contextmanager
    def undisturbed(self):
        self.report()
        yield
        said = self.report()
        assert said["rounds"] > 0
        assert said["ping"] < self.slowest and said["message"] < self.slowest, f"the bystanders have noticed: {said}"

    def close(self):
        self.process.communicate()
