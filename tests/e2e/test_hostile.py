# SPDX-License-Identifier: Apache-2.0
"""Strangers who do not speak XMPP at the client port: each is got rid of, nothing stays behind, nobody else notices."""

import os
import random
import socket
import ssl
import struct
import time

import pytest
from server import Server

CONFIG = """
c2s {
    auth_timeout = "3s"
    handshake_timeout = "2s"
    unauthenticated_per_address = 100
    connections_per_address = 100
}
"""
HEADER = (b"<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' "
          b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
STARTTLS = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"


class Strangers:
    """A c2s of our own, what it holds before a test and what it holds afterwards."""

    def __init__(self, server):
        self.server, self.open = server, []
        self.pid, = server.pids("c2s")
        self.random = random.Random(6120)

    def connect(self, direct_tls=False):
        port = self.server.c2s_tls_port if direct_tls else self.server.c2s_port
        s = socket.create_connection((self.server.host, port), 10)
        self.open.append(s)
        return s

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def rss_kib(self):
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def until_descriptors(self, wanted):
        end = time.monotonic() + 20
        while self.descriptors() > wanted:
            assert time.monotonic() < end, f"{self.descriptors()} descriptors, there were {wanted}"
            time.sleep(0.05)

    def close_all(self):
        for s in self.open:
            s.close()
        self.open.clear()


@pytest.fixture(scope="module")
def hostile_server():
    server = Server(config=CONFIG)
    yield server
    complaints = server.close()
    assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)


@pytest.fixture
def strangers(hostile_server):
    s = Strangers(hostile_server)
    before = s.descriptors()
    yield s
    s.close_all()
    s.until_descriptors(before)
    assert hostile_server.pids("c2s") == [s.pid]
    greet(s)


def hear(s):
    """All that comes until the other side closes; a reset is an end, too."""
    said = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                return said
            said += more
    except ConnectionError:
        return said


def say(s, data):
    try:
        s.sendall(data)
    except ConnectionError:
        pass  # it has had enough already


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def greet(strangers):
    """It still answers."""
    s = strangers.connect()
    s.sendall(HEADER)
    said = b""
    while b"</stream:features>" not in said:
        more = s.recv(4096)
        assert more
        said += more
    s.close()


def client_hello():
    context = ssl.create_default_context()
    out = ssl.MemoryBIO()
    tls = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return out.read()


def test_garbage(strangers):
    for i in range(60):
        s = strangers.connect(direct_tls=i % 2 == 1)
        say(s, strangers.random.randbytes(strangers.random.randrange(1, 3000)))
        if i % 3 == 0:
            reset(s)
        else:
            s.shutdown(socket.SHUT_WR)
            hear(s)
            s.close()


def test_mutations(strangers):
    seeds = [HEADER, HEADER + STARTTLS, HEADER + b"<a>" * 50,
             HEADER + b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>"]
    for _ in range(200):
        data = bytearray(strangers.random.choice(seeds))
        for _ in range(strangers.random.randrange(1, 6)):
            at = strangers.random.randrange(len(data))
            data[at:at + strangers.random.randrange(3)] = bytes(strangers.random.choices(b"<>/='\"&;![]?-\0\xff ", k=2))
        s = strangers.connect()
        say(s, bytes(data))
        s.shutdown(socket.SHUT_WR)
        hear(s)
        s.close()


def test_half_a_handshake(strangers):
    hello = client_hello()
    for i in range(20):
        s = strangers.connect(direct_tls=True)
        say(s, hello[:strangers.random.randrange(1, len(hello))])
        if i % 2:
            reset(s)
    for s in strangers.open:
        if s.fileno() >= 0:
            hear(s)  # the time for a handshake is over


def test_bytes_behind_starttls_are_not_believed(strangers):
    s = strangers.connect()
    s.sendall(HEADER + STARTTLS + HEADER + b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>")
    said = hear(s)
    assert b"<proceed" in said
    assert b"<failure" not in said and b"<success" not in said


def test_endless(strangers):
    before = strangers.rss_kib()
    for start in (HEADER, HEADER + b"<message>", b"<", b" "):
        s = strangers.connect()
        say(s, start)
        for _ in range(100):
            say(s, b"x" * 65536)
        hear(s)
    assert strangers.rss_kib() - before < 16 * 1024


def test_too_big_is_said_so(strangers):
    s = strangers.connect()
    s.sendall(HEADER + b"<message><body>" + b"x" * 5000)
    said = hear(s)
    assert b"<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" in said
    assert b"<stanza-too-big xmlns='urn:xmpp:errors'/>" in said
    assert said.endswith(b"</stream:error></stream:stream>")


def test_half_closed(strangers):
    for _ in range(10):
        s = strangers.connect()
        s.sendall(HEADER)
        s.shutdown(socket.SHUT_WR)
        hear(s)


def test_one_byte_at_a_time(strangers):
    s = strangers.connect()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    start = time.monotonic()
    data = HEADER + b"<a>" + b"x" * 100000
    for i in range(len(data)):
        try:
            s.sendall(data[i:i + 1])
        except ConnectionError:
            break
        s.settimeout(0.005)
        try:
            if s.recv(4096) == b"":
                break
        except TimeoutError:
            pass
        except ConnectionError:
            break
    assert time.monotonic() - start < 10, "drops keep a connection for longer than a login may take"


def test_silence(strangers):
    strangers.server.allow("connections refused limit=")
    before = strangers.descriptors()
    crowd = [strangers.connect() for _ in range(150)]
    said = [hear(s) for s in crowd]
    strangers.until_descriptors(before)  # although we do not close
    # Fifty were one too many for one address and heard nothing; the others were told that it took too long.
    assert sum(b"connection-timeout" in words for words in said) == 100
    assert sum(words == b"" for words in said) == 50
