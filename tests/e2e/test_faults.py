# SPDX-License-Identifier: Apache-2.0
"""What clients notice of trouble inside: nothing but a pause."""

import asyncio
import os
import signal

import pytest

from person import PASSWORD, Person
from test_chat import make, play


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
        reader = await Person(server, nurse_name).arrive()
        for i in range(said):
            assert (await reader.hears(30))[1] == f"{i}"
        for person in (romeo, juliet, reader):
            await person.leave()
    play(scene)
    server.forgive(before, r"(warning|error) sm-\d+.*(database|postgresql|PostgreSQL|storage)")
