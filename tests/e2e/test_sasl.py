# SPDX-License-Identifier: Apache-2.0
"""Logging in with an ordinary client by each mechanism that it knows (RFC 6120 6), and what is left of it."""

import asyncio
import json
import sqlite3
import ssl

import pytest
import slixmpp

import login
from certs import Authority
from person import Person
from server import Server
from watch import until

PASSWORD = "wherefore art thou"


@pytest.fixture(scope="module")
def server():
    server = Server(config=login.CONFIG, hosts=["guests.localhost"])
    yield server
    complaints = server.close()
    assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)


class Client(Person):
    """mechanism: the only one that it tries; None: as it likes."""

    def __init__(self, server, name, mechanism=None, password=PASSWORD, tls12=False, certificate=None, domain=None):
        super().__init__(server, name, "home", password)
        if domain:
            self.requested_jid.domain = domain
        self.plugin["feature_mechanisms"].use_mech = mechanism
        if tls12:
            self.ssl_context.maximum_version = ssl.TLSVersion.TLSv1_2
        if certificate:
            self.certfile, self.keyfile = certificate


class Guest(Person):
    """Nobody: a host and no user."""

    def __init__(self, server, host="guests.localhost"):
        super().__init__(server, "nobody", None, "")
        self.requested_jid = self.boundjid = slixmpp.JID(host)
        self.stream_header = self.stream_header.replace(f"to='{server.domain}'", f"to='{host}'")
        self.plugin["feature_mechanisms"].use_mech = "ANONYMOUS"
        self.refused = asyncio.Queue()
        self.add_event_handler("message_error", self.refused.put_nowait)

    async def on_start(self, _):
        self.send_presence()
        self.online.set()


def sessions(server, jid=None):
    return json.loads(server.ctl("--json", "session", "list", *([jid] if jid else [])).stdout)


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 60))


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN", "DIGEST-MD5"])
@pytest.mark.parametrize("tls12", [False, True], ids=["tls1.3", "tls1.2"])
def test_each_mechanism(server, fresh, mechanism, tls12):
    """slixmpp says 'y' in SCRAM when it knows of a binding, so without -PLUS it is refused; by all else it gets in."""
    name = fresh("juliet")
    server.add_user(name, PASSWORD, "--digest-md5")

    async def play():
        person = Client(server, name, mechanism, tls12=tls12)
        if mechanism.startswith("SCRAM"):
            person.credentials["channel_binding"] = None
            person.plugin["feature_mechanisms"].sasl_callback = without_binding(person)
        await person.arrive()
        assert [s["mechanism"] for s in sessions(server, person.boundjid.bare)] == [mechanism]
        await person.leave()
    run(play())


def without_binding(person):
    default = person.plugin["feature_mechanisms"]._default_credentials

    def callback(required, optional):
        return {**default(required, optional), "channel_binding": None}
    return callback


@pytest.mark.parametrize("tls12, mechanism", [(True, "SCRAM-SHA-512-PLUS"), (False, "PLAIN")])
def test_old_channel_binding(server, fresh, tls12, mechanism):
    """It knows tls-unique. In TLS 1.2 it gets its -PLUS; in 1.3 there is none, its 'y' is refused as RFC 5802 6 has it,
    and it finds its way without having guessed wrong once."""
    name = fresh("juliet")
    server.add_user(name, PASSWORD)

    async def play():
        person = Client(server, name, tls12=tls12)
        person.plugin["feature_mechanisms"].use_mechs = {
            "SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256",
            "SCRAM-SHA-1", "PLAIN"}
        await person.arrive()
        assert [s["mechanism"] for s in sessions(server, person.boundjid.bare)] == [mechanism]
        await person.leave()
    run(play())


def test_certificate(server, fresh):
    name, other = fresh("juliet"), fresh("romeo")
    for user in (name, other):
        server.add_user(user, PASSWORD)
    authority = Authority(server.dir / "tls")
    one = authority.client("one", f"{name}@localhost")
    two = authority.client("two", f"{name}@localhost", f"{other}@localhost")

    async def play():
        person = Client(server, name, "EXTERNAL", password="", certificate=one)
        await person.arrive()
        assert person.boundjid.bare == f"{name}@localhost"
        await person.leave()
        person = Client(server, other, "EXTERNAL", password="", certificate=two)
        person.credentials["authzid"] = f"{other}@localhost"
        await person.arrive()
        assert person.boundjid.bare == f"{other}@localhost"
        assert sessions(server, f"{other}@localhost")[0]["mechanism"] == "EXTERNAL"
        await person.leave()
        person = Client(server, other, "EXTERNAL", password="", certificate=one)
        person.credentials["authzid"] = f"{other}@localhost"
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(person.arrive(), 3)
        assert person.failed.is_set()
        person.abort()
    run(play())


def owners(server):
    """Everybody of whom there is a row in any table."""
    db = sqlite3.connect(f"file:{server.dir}/carillon.db?mode=ro", uri=True)
    found = set()
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if "owner" in [column[1] for column in db.execute(f"PRAGMA table_info({table})")]:
            found |= {row[0] for row in db.execute(f"SELECT owner FROM {table}")}
    db.close()
    return found


def test_guests(server):
    """Two who have no account, and nothing of them afterwards."""
    async def play():
        alice, bob = Guest(server), Guest(server)
        await alice.arrive()
        await bob.arrive()
        a, b = alice.boundjid, bob.boundjid
        assert a.domain == "guests.localhost" and a.bare != b.bare
        alice.say(b.bare, "Is anybody here?")
        assert await bob.hears() == (a.bare, "Is anybody here?")
        bob.say(a.full, "I am.")
        assert await alice.hears() == (b.bare, "I am.")
        assert sorted(s["mechanism"] for s in sessions(server) if "guests" in s["jid"]) == ["ANONYMOUS", "ANONYMOUS"]
        await bob.leave()
        alice.say(b.bare, "Still?")
        refused = await asyncio.wait_for(alice.refused.get(), 20)
        assert refused["error"]["condition"] == "service-unavailable"
        await alice.leave()
        return a.bare, b.bare
    gone = run(play())
    assert not owners(server) & set(gone)
    assert not any(owner.endswith("@guests.localhost") for owner in owners(server))
    until(lambda: not [s for s in sessions(server) if "guests" in s["jid"]], "the sessions of guests end")


def test_no_guests_here(server):
    async def play():
        alice = Guest(server, "localhost")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(alice.arrive(), 3)
        assert alice.failed.is_set()
        alice.abort()
    run(play())


def test_disabled(server, fresh):
    """RFC 6120 6.5.2: told to who has the password, and to nobody else; whoever is in has to go."""
    name = fresh("nurse")
    jid = f"{name}@localhost"
    server.add_user(name, PASSWORD)

    async def condition_for(password):
        person = Client(server, name, "PLAIN", password=password)
        heard = asyncio.Queue()
        person.add_event_handler("failed_auth", heard.put_nowait)
        person.connect((server.host, server.c2s_port))
        failure = await asyncio.wait_for(heard.get(), 20)
        person.abort()
        return failure["condition"]

    async def play():
        person = await Client(server, name, "PLAIN").arrive()
        server.ctl("user", "disable", jid)
        await asyncio.wait_for(person.gone.wait(), 20)
        assert await condition_for(PASSWORD) == "account-disabled"
        assert await condition_for("wrong") == "not-authorized"
        server.ctl("user", "enable", jid)
        person = await Client(server, name, "PLAIN").arrive()
        await person.leave()
    run(play())


def test_digest_follows_the_password(server, fresh):
    """Its hash is kept while the operator asks for it; a password change without asking takes the old one away."""
    name = fresh("nurse")
    jid = f"{name}@localhost"
    server.add_user(name, "first", "--digest-md5")

    async def gets_in(password, mechanism="DIGEST-MD5"):
        person = Client(server, name, mechanism, password=password)
        try:
            await asyncio.wait_for(person.arrive(), 3)
        except asyncio.TimeoutError:
            assert person.failed.is_set()
            person.abort()
            return False
        await person.leave()
        return True

    assert run(gets_in("first"))
    server.ctl("user", "passwd", jid, "--digest-md5", stdin="second\n")
    assert not run(gets_in("first"))
    assert run(gets_in("second"))
    server.ctl("user", "passwd", jid, stdin="third\n")
    assert not run(gets_in("second"))
    assert not run(gets_in("third"))
    assert run(gets_in("third", "PLAIN"))
