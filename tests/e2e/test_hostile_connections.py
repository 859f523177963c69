# SPDX-License-Identifier: Apache-2.0
"""Connections that are silent, broken, too many, or all at once."""

import os
import random
import resource
import socket
import ssl
import subprocess
import time

import pytest

from hostile import PASSWORD, stream_error
from raw import HEADER, STARTTLS, Gone, Raw, auth, plain, tls_context
from watch import cpu_seconds, descriptors, is_sanitized, metrics, until

AUTH = auth("PLAIN", plain("mallory", "guess"))


def many(server, count, source=None):
    return [Raw(server, source=source) for _ in range(count)]


def hang_up(crowd):
    for raw in crowd:
        raw.close()


# --- silence ---

def test_silence(ground):
    """500 that say nothing: some are too many for one address, the others are told that it took too long."""
    with ground.attack(limits=["unauthenticated_per_address", "auth_timeout"]):
        crowd = many(ground.server, 500)
        said = [raw.rest() for raw in crowd]
        assert sum(stream_error(words, "connection-timeout") for words in said) == 200
        assert said.count(b"") == 300
        hang_up(crowd)


def test_silence_from_everywhere(ground):
    """Many addresses together find the limit of all strangers, and who is logged in goes on."""
    with ground.attack(limits=["unauthenticated_max"]):
        crowd = many(ground.server, 180, "127.0.0.2") + many(ground.server, 180, "127.0.0.3")
        said = [raw.rest() for raw in crowd]
        assert sum(stream_error(words, "connection-timeout") for words in said) == 300
        hang_up(crowd)
        with ground.mallory() as raw:
            raw.ping()


def test_silence_in_tls(ground):
    """A handshake that does not begin, or stops in the middle, has a time of its own."""
    hello = client_hello(ground.server)
    with ground.attack(limits=["handshake_timeout"]):
        crowd = []
        for cut in range(0, len(hello), len(hello) // 10):
            s = socket.create_connection((ground.server.host, ground.server.c2s_tls_port), 10)
            s.sendall(hello[:cut])
            crowd.append(s)
        start = time.monotonic()
        for s in crowd:
            while s.recv(4096):
                pass
            s.close()
        assert time.monotonic() - start < 2.8


# --- ends ---

def client_hello(server):
    out = ssl.MemoryBIO()
    tls = tls_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname=server.domain)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return out.read()


def in_handshake(g):
    raw = Raw(g.server)
    raw.open()
    raw.say(STARTTLS)
    raw.hear("<proceed [^>]*/>")
    raw.say(client_hello(g.server)[:200])
    return raw


def in_sasl(g):
    raw = g.secure()
    raw.say(auth("SCRAM-SHA-256", b"biwsbj1tYWxsb3J5LHI9YWJjZGVmZ2g="))  # n,,n=mallory,r=abcdefgh
    raw.hear("</challenge>")
    return raw


def behind_password(g):
    raw = g.secure()
    raw.say(auth("PLAIN", plain("mallory", PASSWORD)))
    return raw


def authenticated(g):
    raw = g.secure()
    raw.authenticate("mallory", PASSWORD)
    raw.say(HEADER)
    return raw


def binding(g):
    raw = authenticated(g)
    raw.hear("</stream:features>")
    raw.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
    return raw


def in_a_stanza(g):
    raw = g.mallory()
    raw.say(f"<message to='{raw.jid}'><body>and then")
    return raw


STAGES = {
    "connected": lambda g: Raw(g.server),
    "direct TLS": lambda g: Raw(g.server, direct_tls=True),
    "header": lambda g: g.stranger(),
    "handshake": in_handshake,
    "TLS": lambda g: g.secure(),
    "SASL": in_sasl,
    "password": behind_password,
    "authenticated": authenticated,
    "binding": binding,
    "bound": lambda g: g.mallory(),
    "stanza": in_a_stanza,
}


@pytest.mark.parametrize("stage", STAGES)
def test_reset_at(ground, stage):
    with ground.attack():
        for _ in range(10):
            STAGES[stage](ground).reset()
        with ground.mallory() as raw:
            raw.ping()


@pytest.mark.parametrize("stage", STAGES)
def test_half_closed_at(ground, stage):
    """A client that ends its side is gone: nothing waits for it, and the server ends its side too, soon."""
    with ground.attack():
        for _ in range(5):
            raw = STAGES[stage](ground)
            raw.end()
            start = time.monotonic()
            raw.rest()
            assert time.monotonic() - start < 2
            raw.close()


def test_last_words_of_a_half_closed_stream(ground):
    """What was said before the end counts, and is answered."""
    with ground.attack():
        with Raw(ground.server) as raw:
            raw.say(HEADER)
            raw.end()
            assert b"</stream:features>" in raw.rest()
        with ground.mallory() as raw:
            raw.say("<message to='mallory@localhost' id='last'><body>words</body></message></stream:stream>")
            raw.end()
            assert raw.rest().endswith(b"</stream:stream>")
        with ground.mallory() as raw:
            raw.say("<presence/>")
            assert b"<body>words</body>" in raw.hear("</message>")


def test_garbage(ground):
    rng = random.Random(6120)
    with ground.attack():
        for i in range(120):
            s = socket.create_connection(
                (ground.server.host, ground.server.c2s_tls_port if i % 2 else ground.server.c2s_port), 10)
            try:
                s.sendall(rng.randbytes(rng.randrange(1, 3000)))
                s.shutdown(socket.SHUT_WR)
                while s.recv(65536):
                    pass
            except OSError:
                pass
            s.close()


def test_mutations(ground):
    rng = random.Random(6121)
    seeds = [HEADER, HEADER + STARTTLS, HEADER + b"<a>" * 50, HEADER + AUTH]
    with ground.attack():
        for _ in range(300):
            data = bytearray(rng.choice(seeds))
            for _ in range(rng.randrange(1, 6)):
                at = rng.randrange(len(data))
                data[at:at + rng.randrange(3)] = bytes(rng.choices(b"<>/='\"&;![]?-\0\xff ", k=2))
            with Raw(ground.server) as raw:
                raw.say(bytes(data))
                raw.end()
                raw.rest()


# --- too many at once ---

def test_descriptors_run_out(ground):
    """
    With no descriptor left for anybody new: those who are there notice nothing, the daemon does not spin and says so
    once; and when there are some again, it goes on.
    """
    pid, = ground.server.pids("c2s")
    before = len(ground.server.log())
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    ground.server.allow(r"error c2s-1: cannot accept connections on ")
    with ground.attack(limits=["descriptors"]):
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(pid) + 10, usual[1]))
        try:
            crowd = many(ground.server, 60)
            for raw in crowd[20:]:
                raw.socket.settimeout(5)
                assert raw.rest() == b""  # refused, and not left waiting
            busy = cpu_seconds(pid)
            start = time.monotonic()
            with ground.bystanders.undisturbed():
                while time.monotonic() - start < 1:
                    try:
                        late = Raw(ground.server)
                        late.rest()
                        late.close()
                    except ConnectionError:
                        pass
            assert cpu_seconds(pid) - busy < (0.5 if not is_sanitized(pid) else 1.5)
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        hang_up(crowd)

        def accepts():
            try:
                with Raw(ground.server) as raw:
                    raw.open()
                return True
            except (Gone, ConnectionError):
                return False
        until(accepts, "it does not recover")
    assert ground.server.log()[before:].count("cannot accept connections") == 1


def test_storm(ground):
    """
    Everybody comes back at once: logins as fast as they can be made, 200 a second and more, and a ping of those who
    are there still takes less than a second.
    """
    server = ground.server
    accounts = 20
    for i in range(accounts):
        server.add_user(f"storm{i}", PASSWORD)
    password = server.dir / "storm.password"
    password.write_text(PASSWORD + "\n")
    load = str(server.build / "bench/carillon-load")
    before = metrics(server, "c2s")["xmpp_logins_total"]
    with ground.attack(mib=48):
        start = time.monotonic()
        done = subprocess.run([load, "--server", f"{server.host}:{server.c2s_port}", "--domain", server.domain, "--ca",
                               server.ca_file, "--user", "storm", "--password-file", str(password), "--accounts",
                               str(accounts), "--sessions", "150", "--parallel", "100", "--warmup", "0.5", "--duration",
                               "3", "login"], capture_output=True, text=True, timeout=120)
        took = time.monotonic() - start
        assert done.returncode == 0, done.stdout + done.stderr
    logins = metrics(server, "c2s")["xmpp_logins_total"] - before
    if not is_sanitized(server.pids("c2s")[0]) and os.getloadavg()[0] < 2 * os.cpu_count():
        assert logins / took > 200, f"{logins} logins in {took} s are no storm"


def test_hello_storm(ground):
    """190 handshakes in the same moment."""
    hello = client_hello(ground.server)
    with ground.attack():
        crowd = []
        for _ in range(190):
            s = socket.create_connection((ground.server.host, ground.server.c2s_tls_port), 10)
            crowd.append(s)
        for s in crowd:
            s.sendall(hello)
        for s in crowd:
            assert s.recv(5)[:1] == b"\x16"  # its handshake goes on
            s.close()


def test_churn(ground):
    """Thousands who come and go: not a line in the log for each."""
    before = len(ground.server.log())
    with ground.attack():
        for _ in range(2000):
            socket.create_connection((ground.server.host, ground.server.c2s_port), 10).close()
    with ground.mallory() as raw:
        raw.ping()
    assert ground.server.log()[before:].count("closed reason=") < 1500
