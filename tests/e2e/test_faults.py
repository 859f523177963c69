# SPDX-License-Identifier: Apache-2.0
"""What clients notice of trouble inside: nothing but a pause."""

import asyncio
import os
import re
import signal

import pytest

from person import PASSWORD, Person
from test_chat import make, play
from xmlstream import XmlStream


async def talk(romeo, juliet, first, count):
    for i in range(first, first + count):
        romeo.say(juliet.boundjid.bare, f"{i}")
    for i in range(first, first + count):
        assert (await juliet.hears(30))[1] == f"{i}"


@pytest.mark.parametrize("role", ["router", "sm"])
def test_daemon_killed(server, fresh, role):
    """A killed router or sm: nobody is disconnected, what is said afterwards arrives, in order."""
    romeo_name, juliet_name = fresh("romeo"), fresh("juliet")
    make(server, romeo_name, juliet_name)
    before = len(server.log())

    async def scene():
        romeo = await Person(server, romeo_name).arrive()
        juliet = await Person(server, juliet_name).arrive()
        await talk(romeo, juliet, 0, 5)
        for pid in server.pids(role):
            os.kill(pid, signal.SIGKILL)
        await talk(romeo, juliet, 5, 20)
        assert not romeo.gone.is_set() and not juliet.gone.is_set()
        await romeo.leave()
        await juliet.leave()
    play(scene)
    server.ctl("wait", "--timeout", "30")
    # what the daemons said of it meanwhile is expected; the same words later are not
    server.forgive(before, r"warning supervisor-1 daemon=\S+: ended by signal 9",
                   r"warning \S+.*(router|link|sm-\d|bus)")


@pytest.mark.parametrize("how", ["TERM", "KILL"])
def test_database_restarted_under_load(server, fresh, how):
    """Messages between people who are online flow while the database is away; those for who is offline are not lost."""
    if server.env["DB_RESTART_CMD"] == "true":
        pytest.skip("SQLite has no server to restart")
    romeo_name, juliet_name, nurse_name = fresh("romeo"), fresh("juliet"), fresh("nurse")
    make(server, romeo_name, juliet_name, nurse_name)
    before = len(server.log())

    async def scene():
        loop = asyncio.get_running_loop()
        romeo = await Person(server, romeo_name).arrive()
        juliet = await Person(server, juliet_name).arrive()
        nurse = f"{nurse_name}@{server.domain}"
        restart = loop.run_in_executor(None, server.restart_database, how)
        said = 0
        while not restart.done():
            romeo.say(juliet.boundjid.bare, f"{said}")
            romeo.say(nurse, f"{said}")
            said += 1
            assert (await juliet.hears(10))[1] == f"{said - 1}"
        await restart
        assert not romeo.gone.is_set() and not juliet.gone.is_set()
        await loop.run_in_executor(None, server.ctl, "wait", "--timeout", "30")  # sm connects again in its own time
        reader = await Person(server, nurse_name).arrive()
        for i in range(said):
            assert (await reader.hears(30))[1] == f"{i}"
        for person in (romeo, juliet, reader):
            await person.leave()
    play(scene)
    server.forgive(before, r"(warning|error) sm-\d+.*(database|postgresql|PostgreSQL|storage)")


def c2s_of(server, full):
    """The process that holds the client."""
    name = re.search(r"\bc2s-\d+\b", next(line for line in server.ctl("session", "list").stdout.splitlines() if full in line)).group()
    return int(re.findall(rf"daemon={name}: started pid=(\d+)", server.log())[-1])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_c2s_killed_client_resumes(server, fresh, how):
    """XEP-0198 with a client as it is: its c2s dies, it resumes, its contact sees nothing, what was said meanwhile arrives."""
    if len(server.pids("c2s")) < 2:
        pytest.skip("the only c2s cannot be replaced")
    romeo_name, juliet_name = fresh("romeo"), fresh("juliet")
    make(server, romeo_name, juliet_name)
    before = len(server.log())

    async def scene():
        romeo = Person(server, romeo_name, "phone")
        romeo.register_plugin("xep_0198")
        resumed = asyncio.Event()
        romeo.add_event_handler("session_resumed", lambda _: resumed.set())
        await romeo.arrive()
        juliet = XmlStream(server.host, server.c2s_port, server.domain, server.ca_file)
        await juliet.connect()
        await juliet.login(juliet_name, PASSWORD, "hall")
        juliet.send(f"<presence to='{romeo.boundjid.full}'/>")
        os.kill(c2s_of(server, romeo.boundjid.full), how)
        await asyncio.wait_for(romeo.gone.wait(), 20)
        romeo.connect((server.host, server.c2s_port))
        await asyncio.wait_for(resumed.wait(), 20)
        romeo.say(f"{juliet_name}@{server.domain}", "still here")
        await romeo.leave()
        juliet.abort()
    play(scene)
    server.ctl("wait", "--timeout", "30")
    server.forgive(before, r"warning supervisor-1 daemon=\S+: ended by signal 9", r"warning \S+.*(router|link|sm-\d|bus|c2s)")
