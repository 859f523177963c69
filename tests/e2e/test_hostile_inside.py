# SPDX-License-Identifier: Apache-2.0
"""Ports that are not for everybody, reached by anybody: the router's, and that of metrics. And a log nobody reads."""

import fcntl
import os
import random
import re
import select
import signal
import socket
import subprocess

import pytest

from bus import HEADER, Link
from hostile import PASSWORD, stream_error
from raw import Gone, Raw
from watch import METRICS_OFFSETS, counted, limit, metrics, until

BODY = "<message xmlns='jabber:client' from='peter@localhost/x' to='victim@localhost' type='chat'><body>forged</body></message>"


def alive(ground):
    """A message goes all the way."""
    with ground.mallory() as raw:
        raw.say(f"<message to='{raw.jid}' type='chat'><body>alive</body></message>")
        raw.hear("<body>alive</body>.*?</message>")


# --- strangers at the router ---

def test_wrong_secret(ground):
    with ground.attack(role="router"):
        for secret, user in (("guess", "carillon"), (None, "admin"), ("guess" * 1000, "carillon")):
            with Link(ground.server) as link:
                link.open()
                assert b"<not-authorized/>" in link.authenticate(secret, user)
                assert stream_error(link.rest(), "not-authorized")


@pytest.mark.parametrize("data", [
    "<bind xmlns='urn:carillon:bus:1' version='2' name='sm-9' role='sm' boot='x'><host name='localhost'/></bind>",
    "<c:route to='sm-1' from='c2s-1' len='0'></c:route>", BODY, "<c:ping id='1'/>",
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>",
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>=</auth>",
    "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "<x" * 30000, "x" * 30000, "<!DOCTYPE x>",
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
], ids=range(11))
def test_without_the_secret(ground, data):
    with ground.attack(role="router", mib=4):
        with Link(ground.server) as link:
            link.open()
            link.say(data)
            said = link.rest()
            assert b"<stream:error>" in said and b"<success" not in said and b"<bound" not in said
    alive(ground)


def test_garbage_at_the_router(ground):
    rng = random.Random(114)
    with ground.attack(role="router"):
        for i in range(100):
            with Link(ground.server) as link:
                link.say(rng.randbytes(3000) if i % 2 else HEADER.encode()[:rng.randrange(100)])
                link.end()
                link.rest()


def test_silence_at_the_router(ground):
    """A crowd that says nothing has little time, and does not keep the daemons out, nor fill the log."""
    before = len(ground.server.log())
    with ground.attack(role="router", limits=["setup_timeout", "setup_max"]):
        crowd = [Link(ground.server) for _ in range(200)]
        with Link(ground.server).join():
            pass
        for link in crowd:
            link.rest()
            link.close()
    assert ground.server.log()[before:].count("refused: ") < 5


# --- a member of the bus that does not keep to the rules ---

@pytest.fixture(scope="module")
def victim(ground):
    ground.server.add_user("target", PASSWORD)
    with ground.mallory(user="target", resource="phone") as raw:
        raw.say("<presence/>")
        raw.ping()
        yield raw


BAD_FRAMES = {
    "another's name": "<c:route to='sm-1' from='c2s-1' len='11'><presence/></c:route>",
    "no name": "<c:route to='sm-1' len='11'><presence/></c:route>",
    "the router's name": "<c:route to='sm-1' from='router-1' len='11'><presence/></c:route>",
    "too short": "<c:route to='sm-1' from='c2s-9' len='5'><presence/></c:route>",
    "too long": "<c:route to='sm-1' from='c2s-9' len='11'><presence/></c:rout>" + "x" * 100,
    "negative": "<c:route to='sm-1' from='c2s-9' len='-1'><presence/></c:route>",
    "huge": "<c:route to='sm-1' from='c2s-9' len='1048577'>" + "x" * 100,
    "overflowing": "<c:route to='sm-1' from='c2s-9' len='18446744073709551617'>x</c:route>",
    "no length": "<c:route to='sm-1' from='c2s-9'><presence/></c:route>",
    "no target": "<c:route from='c2s-9' len='11'><presence/></c:route>",
    "endless head": "<c:route to='sm-1' " + "a='b' " * 20000,
    "double quotes": "<c:route to=\"sm-1\" from=\"c2s-9\" len=\"11\"><presence/></c:route>",
    "a member": "<c:member name='sm-9' role='sm' state='up' boot='x' hosts='localhost'/>",
    "synced": "<c:synced/>",
    "no frame": "<message/>",
    "text": "hello",
    "a comment": "<!-- x -->",
    "NUL": "<c:ping id='\0'/>",
}


@pytest.mark.parametrize("what", BAD_FRAMES)
def test_bad_frames(ground, victim, what):
    """They end the link, and nothing of them goes anywhere."""
    ground.server.allow(r"warning router-1 link=\d+ name=c2s-9 .*", r"warning \S+ .*c2s-9.*")
    with ground.attack(role="router", mib=4), Link(ground.server).join() as link:
        link.say(BAD_FRAMES[what])
        assert b"<stream:error>" in link.rest()
    alive(ground)


def test_sessions_of_others(ground, victim):
    """Numbers of sessions that are not there or not its own: nothing is done for them."""
    words = [BODY, "<close xmlns='urn:carillon:session:1' reason='closed'/>", "<ack xmlns='urn:carillon:session:1'/>",
             "<end xmlns='urn:carillon:session:1' condition='conflict'/>", "<unknown xmlns='urn:carillon:session:1'/>",
             "<done xmlns='urn:carillon:session:1' rid='1.1'/>", "<nonsense xmlns='urn:carillon:session:1'/>",
             "<opened xmlns='urn:carillon:session:1' jid='peter@localhost/x'/>", "no XML", "<", "<a><b></a></b>",
             "<message" + " a='b'" * 5000 + "/>", "<m>" * 200]
    ground.server.allow(r"warning (sm|c2s)-1 .*from=c2s-9", r"warning (sm|c2s)-1:? .*no XML", r"warning (sm|c2s)-1: payload",
                        r"warning c2s-1: a word that is no XML", r"warning router-1 link=\d+ name=c2s-9 .*")
    with ground.attack(mib=8), Link(ground.server).join() as link:
        for to in ("sm-1", "c2s-1"):
            for sid in ("A" * 22, "", "x" * 5000):
                for seq in (0, 1, 2 ** 63):
                    for word in words:
                        link.route(word, to=to, from_="c2s-9", sid=sid, seq=seq, ack=seq)
        link.say("<c:ping id='end'/>")
        link.hear("<c:pong id='end'/>")
        alive(ground)
    victim.say("<iq type='get' id='still'><ping xmlns='urn:xmpp:ping'/></iq>")
    assert b"forged" not in victim.hear("<iq [^>]*id='still'.*?>")


# --- metrics ---

def web(ground, role="c2s"):
    return socket.create_connection((ground.server.host, ground.server.http_port + METRICS_OFFSETS[role]), 10)


def ask(ground, request):
    with web(ground) as s:
        said = b""
        try:
            s.sendall(request)
            while data := s.recv(65536):
                said += data
        except ConnectionError:
            pass
        return said


@pytest.mark.parametrize("request_, status", [
    (b"GET /metrics HTTP/1.1\r\n\r\n", b"200"), (b"HEAD /livez HTTP/1.0\r\n\r\n", b"200"),
    (b"GET /../../etc/passwd HTTP/1.1\r\n\r\n", b"404"), (b"GET /metrics/ HTTP/1.1\r\n\r\n", b"404"),
    (b"POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", b"405"), (b"DELETE / HTTP/1.1\r\n\r\n", b"405"),
    (b"GET http://example.org/ HTTP/1.1\r\n\r\n", b"400"), (b"GET /metrics HTTP/9.9\r\n\r\n", b"505"),
    (b"GET /\x1b[31m HTTP/1.1\r\n\r\n", b"400"), (b"GET\r\n\r\n", b"400"), (b"\r\n\r\n", b"400"),
    (b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 5000, b"431"), (b"x" * 100000, b"431"),
    (b"GET /livez HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\n\r\n" * 3, b"200"),
], ids=range(14))
def test_requests(ground, request_, status):
    with ground.attack():
        said = ask(ground, request_)
        assert said.startswith(b"HTTP/1.1 " + status) and said.count(b"HTTP/1.1 ") == 1


def test_http_is_no_place_to_stay(ground):
    """Slow ones, silent ones, many, and those who do not read: the next scrape is answered."""
    with ground.attack(mib=8), counted(ground.server, "c2s", limit("http_connections"), limit("http_timeout"), limit("http_head")):
        ask(ground, b"x" * 5000)
        crowd = [web(ground) for _ in range(90)]
        for i, s in enumerate(crowd):
            s.sendall((b"GET /me", b"", b"GET /metrics HTTP/1.1\r\n\r\n")[i % 3])
        metrics(ground.server, "c2s")
        for s in crowd[60:]:
            try:
                while s.recv(65536):
                    pass
            except ConnectionError:
                pass
        for s in crowd:
            s.close()


# --- the log ---

def test_nobody_reads_the_log(ground):
    """
    A log pipe whose reader sleeps: lines are lost and counted, clients notice nothing; when it reads again it is told.
    """
    server = ground.server
    conf = str(server.dir / "carillon.conf")
    daemon = subprocess.Popen([str(server.build / "c2s/carillon-c2s"), "-c", conf, "-n", "c2s-7"], stderr=subprocess.PIPE)
    try:
        fcntl.fcntl(daemon.stderr, fcntl.F_SETPIPE_SZ, 4096)

        def ready():
            try:
                return metrics(server, "c2s", 7)
            except OSError:
                return None
        until(ready, "it does not start")
        lost = "xmpp_log_lines_lost_total"
        with ground.bystanders.undisturbed():
            while metrics(server, "c2s", 7)[lost] < 20:  # which of the two gets a connection is the kernel's choice
                with Raw(server) as raw:
                    raw.open()
            alive(ground)
        os.set_blocking(daemon.stderr.fileno(), False)
        while os.read(daemon.stderr.fileno(), 65536) and select.select([daemon.stderr], [], [], 0)[0]:
            pass
        said = b""
        while b"log lines were lost" not in said:
            with Raw(server) as raw:
                raw.open()
            if select.select([daemon.stderr], [], [], 0.05)[0]:
                said += os.read(daemon.stderr.fileno(), 65536)
        assert int(re.search(rb"count=(\d+)", said).group(1)) > 0
    finally:
        daemon.send_signal(signal.SIGTERM)
        os.set_blocking(daemon.stderr.fileno(), True)
        daemon.communicate(timeout=20)
    assert daemon.returncode == 0
    until(lambda: metrics(server, "router"), "")


def test_the_ground_is_firm(ground):
    alive(ground)
    with pytest.raises(Gone), Raw(ground.server) as raw:
        raw.say("x")
        raw.hear("never")
