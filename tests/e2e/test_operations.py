# SPDX-License-Identifier: Apache-2.0
"""What an operator does to a server that runs (doc/upgrade.md): daemons are drained and stopped, the database is migrated. Under
load, and beside the daemons of another release: tests/upgrade/run."""

import asyncio
import os
import re
import signal
import sqlite3
import time

import pytest

from server import Server
from test_ctl import rows, wait_until
from xmlstream import Closed, XmlStream

SM = "urn:xmpp:sm:3"
DRAIN = 2  # seconds


@pytest.fixture(scope="module")
def pair():
    """Two of each, of which one is always there; all that a planned restart may leave in the log is that a router is away."""
    server = Server(daemons="router=2,sm=2,c2s=2", config=f"c2s {{\n    drain_time = {DRAIN}s\n}}\nsm {{\n    away_sessions = 24\n}}\n")
    server.allow(r" router=\S+ router is away: ")
    yield server
    complaints = server.close()
    assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)


class Client:
    """A device with or without XEP-0198, which notes when and how its connection ends."""

    def __init__(self, server, number):
        self.server, self.managed, self.resource = server, number % 2 == 1, f"device{number}"
        self.user = number // 2 % 2 + 1
        self.stream = self.previd = self.ended = None
        self.saw, self.count = [], 0

    async def connect(self):
        self.stream = XmlStream(self.server.host, self.server.c2s_port, self.server.domain, self.server.ca_file)
        await self.stream.connect()
        await self.stream.authenticate(self.server.env[f"USER{self.user}"], self.server.env[f"PASS{self.user}"])

    async def begin(self):
        await self.connect()
        self.stream.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                         f"<resource>{self.resource}</resource></bind></iq>")
        self.jid = (await self.stream.element())[0][0].text
        if self.managed:
            self.stream.send(f"<enable xmlns='{SM}' resume='true'/>")
            self.previd = (await self.stream.element()).get("id")
        return self

    async def watch(self):
        """Until the connection ends."""
        while True:
            kind, item = await self.stream.item(60)
            if kind in ("eof", "broken"):
                self.ended = time.monotonic()
                self.stream.abort()
                return
            if kind == "element" and item.tag.startswith("{jabber:client}"):
                self.count += 1
            self.saw.append(item.tag + "".join(child.tag for child in item) if kind == "element" else kind)

    async def resume(self):
        await self.connect()
        self.stream.send(f"<resume xmlns='{SM}' previd='{self.previd}' h='{self.count}'/>")
        return (await self.stream.element()).tag == "{%s}resumed" % SM


def homes(server):
    return {row["jid"]: row["c2s"] for row in rows(server, "session", "list")}


async def crowd(server, count):
    """So many clients, half of them with XEP-0198, on both c2s; or more, when the kernel gives all to one of these."""
    clients, at = [], {}
    while {at[c.jid] for c in clients} != {"c2s-1", "c2s-2"}:
        assert len(clients) < 10 * count
        clients += await asyncio.gather(*(Client(server, len(clients) + i).begin() for i in range(count)))
        at = homes(server)
    return clients, at


async def knock(server, results, over):
    """New connections all the time: nobody is turned away."""
    while not over.is_set():
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(server.host, server.c2s_port), 5)
            writer.write(f"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{server.domain}' "
                         "version='1.0'>".encode())
            answer = await asyncio.wait_for(reader.readuntil(b">"), 5)
            results.append("served" if b"<stream:stream" in answer or b"<?xml" in answer else repr(answer))
            writer.close()
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError) as e:
            results.append(repr(e))
        await asyncio.sleep(0.01)


def pid_of(server, name):
    return server.daemons()[name]


@pytest.mark.parametrize("how", ["drain", "TERM"])
def test_c2s_sends_its_clients_away_at_a_pace(pair, how):
    """One after the other over drain_time; who can resume does so elsewhere, others get system-shutdown; those of the other c2s
    notice nothing; new ones are served by it; the process ends with status 0 and is started again."""
    async def play():
        clients, at = await crowd(pair, 24)
        here = [c for c in clients if at[c.jid] == "c2s-1"]
        there = [c for c in clients if at[c.jid] == "c2s-2"]
        watches = {c: asyncio.create_task(c.watch()) for c in clients}
        knocks, over = [], asyncio.Event()
        knocker = asyncio.create_task(knock(pair, knocks, over))
        pid, said, begun = pid_of(pair, "c2s-1"), len(pair.log()), time.monotonic()
        if how == "drain":
            pair.ctl("drain", "c2s-1")
        else:
            os.kill(pid, signal.SIGTERM)
        await asyncio.wait_for(asyncio.gather(*(watches[c] for c in here)), DRAIN + 20)
        ends = sorted(c.ended - begun for c in here)
        assert ends[-1] < DRAIN + 2
        assert ends[-1] - ends[0] > DRAIN / 2, ends
        managed, plain = [c for c in here if c.managed], [c for c in here if not c.managed]
        for c in plain:
            assert any("system-shutdown" in tag for tag in c.saw), c.saw
        for c in managed:
            assert "end" not in c.saw and not any("error" in tag for tag in c.saw), c.saw
        assert all(await asyncio.gather(*(c.resume() for c in managed)))
        while "daemon=c2s-1: ended" not in pair.log()[said:]:
            await asyncio.sleep(0.05)
            assert time.monotonic() - begun < DRAIN + 20
        over.set()
        await knocker
        assert not any(watches[c].done() for c in there)
        for task in watches.values():
            task.cancel()
        bad = [k for k in knocks if k != "served"]
        assert len(knocks) > 50 and not bad, bad
        for c in managed + there:
            c.stream.abort()
    asyncio.run(play())
    pair.ctl("wait", "--timeout", "30")


def test_c2s_does_not_wait_for_ever(pair):
    """The sm are frozen, nobody acknowledges what the clients have said: the process ends all the same, when its time is over."""
    async def play():
        clients, at = await crowd(pair, 8)
        for c in clients:
            c.stream.send("<presence/>")
        sms = [pid for name, pid in pair.daemons().items() if name.startswith("sm-")]
        pid, begun = pid_of(pair, "c2s-1"), time.monotonic()
        for sm in sms:
            os.kill(sm, signal.SIGSTOP)
        try:
            for c in clients:
                c.stream.send("<message to='nobody@localhost'><body>are you there?</body></message>")
            os.kill(pid, signal.SIGTERM)
            while os.path.exists(f"/proc/{pid}"):
                await asyncio.sleep(0.05)
                assert time.monotonic() - begun < DRAIN + 8 + 5
        finally:
            for sm in sms:
                os.kill(sm, signal.SIGCONT)
        for c in clients:
            c.stream.abort()
    asyncio.run(play())
    pair.ctl("wait", "--timeout", "30")


@pytest.mark.parametrize("name", ["router-1", "sm-1", "router-2", "sm-2"])
def test_nobody_notices_the_restart_inside(pair, name):
    async def play():
        clients, _ = await crowd(pair, 8)
        watches = [asyncio.create_task(c.watch()) for c in clients]
        pid = pid_of(pair, name)
        pair.ctl("drain", name)
        while pid_of_or(pair, name, pid) == pid:
            await asyncio.sleep(0.05)
        pair.ctl("wait", "--timeout", "30")
        for c in clients:
            c.stream.send(f"<iq type='get' id='after' to='{pair.domain}'><ping xmlns='urn:xmpp:ping'/></iq>")
        deadline = time.monotonic() + 20
        while not all("{jabber:client}iq" in c.saw for c in clients):
            await asyncio.sleep(0.05)
            assert time.monotonic() < deadline
        assert not any(w.done() for w in watches)
        for w, c in zip(watches, clients):
            w.cancel()
            c.stream.abort()
    asyncio.run(play())


def pid_of_or(server, name, otherwise):
    return server.daemons().get(name, otherwise)


def test_wait_keeps_to_its_time(pair):
    """A router that does not answer: carillonctl says so, and does not try for ever."""
    pid, begun = pid_of(pair, "router-2"), time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    try:
        done = pair.ctl("wait", "--timeout", "2", check=False)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert done.returncode == 3 and "no router answers at" in done.stderr, done.stderr
    assert time.monotonic() - begun < 15
    pair.ctl("wait", "--timeout", "30")


def set_meta(server, key, value):
    with sqlite3.connect(server.dir / "carillon.db", timeout=10) as db:
        db.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
    db.close()


def meta(server, key):
    with sqlite3.connect(server.dir / "carillon.db", timeout=10) as db:
        found = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0]
    db.close()
    return found


def test_new_sm_before_the_migration():
    """It does not start, and says what to do; the other one serves all; after the migration it comes by itself."""
    server = Server(daemons="sm=2")
    server.allow(r"supervisor-1 daemon=sm-1: ended by itself with status 1")
    version = int(meta(server, "schema_version"))
    set_meta(server, "schema_version", str(version - 1))
    os.kill(pid_of(server, "sm-1"), signal.SIGTERM)
    what = f"sm-1: cannot start: the database has schema {version - 1}, this program needs {version}: run carillonctl db migrate"
    wait_until(lambda: what in server.log())
    assert rows(server, "user", "show", f"{server.env['USER1']}@localhost")
    assert sum(row["slots"] for row in rows(server, "slots") if row["owner"] == "sm-2") == 1024
    status = server.ctl("--json", "db", "status", check=False)
    assert status.returncode == 1 and "run carillonctl db migrate" in status.stdout
    assert f"applied {version:03}-" in server.ctl("db", "migrate").stdout
    server.ctl("wait", "--timeout", "30")
    complaints = server.close()
    assert not complaints, complaints


def test_database_of_the_next_release(small_server):
    """Migrated already, and compatible: this release starts, and is content."""
    version, back = int(meta(small_server, "schema_version")), meta(small_server, "schema_compatible")
    set_meta(small_server, "schema_version", str(version + 1))
    set_meta(small_server, "schema_compatible", str(version))
    try:
        pid = pid_of(small_server, "sm-1")
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: pid_of_or(small_server, "sm-1", pid) != pid)
        small_server.ctl("wait", "--timeout", "30")
        assert "newer than this program, and good for it" in small_server.ctl("db", "status").stdout
        assert "newer than this program and good for it" in small_server.ctl("db", "migrate").stdout
    finally:
        set_meta(small_server, "schema_version", str(version))
        set_meta(small_server, "schema_compatible", back)
