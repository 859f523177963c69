# SPDX-License-Identifier: Apache-2.0
"""carillonctl: what an operator types, what comes out, and the exit codes."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import shlex
import time

import pytest

from server import Server
from xmlstream import XmlStream


def rows(server, *args):
    return json.loads(server.ctl("--json", *args).stdout)


def test_accounts(small_server, fresh):
    s, jid = small_server, f"{fresh('nurse')}@localhost"
    assert s.ctl("user", "add", jid, stdin="secret1\n").returncode == 0
    again = s.ctl("user", "add", jid, stdin="secret2\n", check=False)
    assert again.returncode == 1 and "exists already" in again.stderr
    assert jid in [row["jid"] for row in rows(s, "user", "list")]
    assert jid in [row["jid"] for row in rows(s, "user", "list", "localhost")]
    shown = rows(s, "user", "show", jid)
    assert shown[0]["jid"] == jid and shown[0]["sessions"] == 0
    assert s.ctl("user", "passwd", jid, stdin="secret3\n").returncode == 0
    assert s.ctl("user", "del", jid).returncode == 0
    gone = s.ctl("user", "show", jid, check=False)
    assert gone.returncode == 1 and "not found" in gone.stderr
    assert jid not in [row["jid"] for row in rows(s, "user", "list")]


@pytest.mark.parametrize("args, stdin, says", [
    (["user", "add"], "", "usage: carillonctl user add USER@HOST"),
    (["user", "add", "nurse@elsewhere.example"], "x\n", "there is no host"),
    (["user", "add", "@localhost"], "x\n", "not a valid address"),
    (["user", "add", "nurse@localhost/res"], "x\n", "written as user@host"),
    (["user", "add", "nurse@localhost"], "\n", "no password"),
    (["frobnicate"], "", "no command"),
    (["user"], "", "user add USER@HOST"),
    (["user", "list", "elsewhere.example"], "", "there is no host"),
    (["user", "list", "--all"], "", "usage: carillonctl user list"),
    (["check", "localhost"], "", "usage: carillonctl check"),
    (["session", "kick", "nurse@localhost", "--reason"], "", "usage: carillonctl session kick"),
    (["drain"], "", "usage: carillonctl drain DAEMON"),
])
def test_usage_errors_say_what_to_do(small_server, args, stdin, says):
    done = small_server.ctl(*args, stdin=stdin, check=False)
    assert done.returncode == 2
    assert says in done.stderr


def test_password_from_the_terminal_is_not_shown(small_server, fresh):
    jid = f"{fresh('nurse')}@localhost"
    ours, theirs = pty.openpty()
    p = subprocess.Popen(shlex.split(small_server.env["CTL"]) + ["user", "add", jid], stdin=theirs, stdout=theirs,
                         stderr=theirs, close_fds=True, start_new_session=True)
    os.close(theirs)
    shown = b""
    for prompt in (b"Password for", b"Once more"):
        while prompt not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, b"hush-hush\n")
    try:
        while True:
            more = os.read(ours, 1000)
            if not more:
                break
            shown += more
    except OSError:
        pass
    assert p.wait(20) == 0
    assert b"hush" not in shown
    assert rows(small_server, "user", "show", jid)


def test_status_and_slots(small_server):
    status = rows(small_server, "status")
    assert {row["role"] for row in status} >= {"router", "sm", "c2s"}
    assert all(row["state"] == "ready" for row in status if row["role"] in ("router", "sm", "c2s"))
    assert sum(row["slots"] for row in rows(small_server, "slots")) == 1024
    assert "role" in small_server.ctl("status").stdout


def test_a_daemon_by_name(server):
    for row in rows(server, "status"):
        told = rows(server, "status", row["name"])
        assert told[0]["name"] == row["name"] and told[0]["pid"] == row["pid"]
    nobody = server.ctl("status", "router-9", check=False)
    assert nobody.returncode == 3 and "router-9" in nobody.stderr


def test_wait_tells_by_its_status(small_server):
    done = small_server.ctl("wait", "--timeout", "5")
    assert done.returncode == 0 and done.stdout == ""


def test_check_finds_all_in_order(small_server):
    found = {row["what"]: row["state"] for row in rows(small_server, "check")}
    assert found["database"] == "ok" and found["certificate of localhost"] == "ok"


def test_database_status(small_server):
    assert rows(small_server, "db", "status")[0]["state"] == "current"
    assert small_server.ctl("db", "migrate").returncode == 0  # again: nothing to do


def test_nobody_there(small_server, tmp_path):
    conf = tmp_path / "c.conf"
    conf.write_text(f'cluster {{\n routers = {{"unix:{tmp_path}/none.sock"}}\n secret = "{"x" * 32}"\n}}\n'
                    'host "localhost" {\n}\n')
    ctl = shlex.split(small_server.env["CTL"])[0]
    done = subprocess.run([ctl, "-c", str(conf), "status"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3 and "no router answers" in done.stderr


def test_reload_and_kick(small_server):
    assert small_server.ctl("reload").returncode == 0
    nobody = small_server.ctl("session", "kick", "romeo@localhost/none", check=False)
    assert nobody.returncode == 1


def test_second_signal():
    """The supervisor drains at the first; at the second it leaves at once, and nobody stays behind."""
    server = Server(config="c2s {\n    drain_time = 20s\n}\n")
    server.allow("supervisor-1: a second signal", "router is away", "off the bus")

    async def play():
        stream = XmlStream(server.host, server.c2s_port, server.domain, server.ca_file)
        await stream.connect()
        await stream.login(server.env["USER1"], server.env["PASS1"])
        daemons, supervisor = server.pids(), server.pids("supervisor")[0]
        os.kill(supervisor, signal.SIGTERM)
        wait_until(lambda: "supervisor-1: leaving" in server.log())
        os.kill(supervisor, signal.SIGTERM)
        while (await stream.item(30))[0] not in ("eof", "broken"):
            pass
        stream.abort()
        for pid in daemons:
            wait_until(lambda pid=pid: not os.path.exists(f"/proc/{pid}"))
    asyncio.run(play())
    assert "supervisor-1: ended" in server.log()
    complaints = server.close()
    assert not complaints


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
