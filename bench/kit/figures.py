# SPDX-License-Identifier: Apache-2.0
"""Running carillon-load, and what its JSON says: the machine, the cost of an operation, tables."""

import datetime
import hashlib
import json
import os
import platform
import resource
import subprocess
import tempfile
import time
from pathlib import Path

NOT_SERVER = ("database", "supervisor")


def raise_descriptors():
    """For us and all that we start; tells how many there are."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def speed():
    """Megabytes of SHA-256 a second on one core: tells a slow moment of the machine from a slow server."""
    block, began, rounds = b"x" * (1 << 20), time.perf_counter(), 0
    while time.perf_counter() - began < 0.3:
        hashlib.sha256(block).digest()
        rounds += 1
    return round(rounds / (time.perf_counter() - began))


def machine():
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
    return {"cores": os.cpu_count(), "cpu": model, "kernel": platform.release(), "sha256_mb_per_second": speed(),
            "load": os.getloadavg()[0],
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}


def load_command(build, env, args, duration, result):
    command = [str(Path(build) / "bench/carillon-load"), "--server", f"{env['HOST']}:{env['C2S_PORT']}",
               "--domain", env["DOMAIN"], "--password-file", env["PASSWORD_FILE"], "--pids-cmd", env["PIDS_CMD"],
               "--duration", str(duration), "--json", result]
    if env.get("CA_FILE"):
        command += ["--ca", env["CA_FILE"]]
    return command + args


def run_load(build, env, label, args, duration):
    """The outcomes of one run, and whether all was well."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as result:
        done = subprocess.run(load_command(build, env, ["--label", label, *args], duration, result.name))
        text = result.read()
    return (json.loads(text) if text else []), done.returncode == 0


def cpu(outcome):
    """Microseconds of an operation: of the server, of its database, and of each daemon."""
    each = {r: v["cpu_us_per_operation"] for r, v in outcome.get("roles", {}).items() if "cpu_us_per_operation" in v}
    server = {r: v for r, v in each.items() if r not in NOT_SERVER}
    return sum(server.values()), each.get("database", 0.0), server


def memory(outcome):
    """KiB that the server has grown by for each session."""
    grown = [v.get("pss_bytes_per_session", 0) for r, v in outcome.get("roles", {}).items() if r != "database"]
    return sum(grown) / 1024


def faults(outcome):
    return " ".join(f"{k} {v}" for k, v in outcome["faults"].items() if v)


def columns(rows):
    """For a terminal."""
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(r, widths)).rstrip() for r in rows)


def markdown(rows):
    lines = ["| " + " | ".join(r) + " |" for r in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)


def put_between(path, mark, text):
    """Into a document, in the place of what stands between <!-- MARK --> and <!-- /MARK -->."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
    document = Path(path).read_text()
    if document.count(begin) != 1 or document.count(end) != 1:
        raise SystemExit(f"error: {path} has no place for it, between the lines {begin.strip()} and {end.strip()}")
    head, rest = document.split(begin)
    Path(path).write_text(head + begin + text.rstrip() + "\n" + end + rest.split(end)[1])


def number(value):
    """Three digits are enough."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
