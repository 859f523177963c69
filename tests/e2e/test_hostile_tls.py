# SPDX-License-Identifier: Apache-2.0
"""Around the TLS handshake: what came before it is forgotten, what is no TLS ends it, and there is only one."""

import random
import socket
import ssl
import subprocess

import pytest

from hostile import PASSWORD, stream_error
from raw import HEADER, STARTTLS, Raw, auth, plain, tls_context
from test_hostile_connections import client_hello

LOGIN = auth("PLAIN", plain("mallory", PASSWORD))
INJECTED = (
    HEADER, HEADER + LOGIN, LOGIN, b"<presence/>", b" \n ", b"</stream:stream>", b"<", b"<iq type='get' id='1'>",
)


@pytest.mark.parametrize("injected", INJECTED, ids=range(len(INJECTED)))
def test_injection(ground, injected):
    """
    CVE-2011-0411 and its like, RFC 6120 5.4.3.3: what somebody in between writes behind <starttls/> is no word of the
    client that shakes hands then. In the same packet or in one of its own, before the answer.
    """
    with ground.attack(), Raw(ground.server) as raw:
        raw.open()
        raw.say(STARTTLS + injected)
        raw.hear("<proceed [^>]*/>")
        assert raw.heard == b""
        try:
            raw.secure()
        except (ssl.SSLError, ConnectionError):
            pytest.fail("what was injected disturbs the handshake")
        raw.open()  # a stream of its own, with features of its own
        assert raw.heard == b"", "and nothing that answers what was injected"
        raw.authenticate("mallory", PASSWORD)


def test_injection_behind_the_answer(ground):
    """Where the handshake should be it is no TLS, and the end."""
    with ground.attack():
        for injected in INJECTED:
            with Raw(ground.server) as raw:
                raw.open()
                raw.say(STARTTLS)
                raw.hear("<proceed [^>]*/>")
                raw.say(injected + b"." * 300)
                said = raw.rest()
                assert b"<success" not in said and b"stream" not in said


def test_nothing_is_remembered(ground):
    """After the handshake the stream begins anew: nobody is in the middle of anything."""
    with ground.attack(), Raw(ground.server) as raw:
        raw.start_tls()
        raw.say(LOGIN)
        assert stream_error(raw.rest(), "invalid-xml") or b"<stream:error>" in raw.heard
        assert b"<success" not in raw.heard


def test_login_before_tls(ground):
    with ground.attack(), ground.stranger() as raw:
        for mechanism in ("PLAIN", "SCRAM-SHA-256", "EXTERNAL", "DIGEST-MD5", "ANONYMOUS"):
            raw.say(auth(mechanism, plain("mallory", PASSWORD)))
            assert b"<encryption-required/>" in raw.hear("</failure>")


def test_starttls_again(ground):
    with ground.attack():
        for state in ("secure", "mallory"):
            with getattr(ground, state)() as raw:
                raw.say(STARTTLS)
                said = raw.rest()
                assert b"<proceed" not in said and b"</stream:stream>" in said


@pytest.mark.parametrize("state", ["secure", "mallory"])
def test_clear_text_behind_tls(ground, state):
    with ground.attack():
        raw = getattr(ground, state)()
        with socket.socket(fileno=raw.socket.detach()) as s:
            s.settimeout(10)
            s.sendall(b"<message to='peter@localhost'><body>in clear</body></message>")
            said = b""
            try:
                while data := s.recv(4096):
                    said += data
            except ConnectionError:
                pass
            assert b"stream" not in said


NO_TLS = {
    "http": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "xml": HEADER,
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "sslv2": bytes.fromhex("802e0100020015000000100100800200800300800400800500800600400700c00000") + b"\0" * 16,
    "endless record": b"\x16\x03\x01\xff\xff" + b"\x01" * 20000,
    "empty records": b"\x16\x03\x01\0\0" * 1000,
    "alerts": b"\x15\x03\x03\0\x02\x01\0" * 1000,
    "data": b"\x17\x03\x03\0\x10" + b"x" * 16,
    "change cipher spec": b"\x14\x03\x03\0\x01\x01" * 1000,
    "heartbeat": b"\x18\x03\x03\0\x03\x01\x40\0",
    "giant hello": b"\x16\x03\x01\x40\0\x01\xff\xff\xff\x03\x03" + b"\0" * 16384,
}


@pytest.mark.parametrize("what", NO_TLS)
def test_no_tls(ground, what):
    with ground.attack(mib=4):
        for _ in range(10):
            with socket.create_connection((ground.server.host, ground.server.c2s_tls_port), 10) as s:
                said = b""
                try:
                    s.sendall(NO_TLS[what])
                    s.shutdown(socket.SHUT_WR)
                    while data := s.recv(4096):
                        said += data
                except OSError:
                    pass  # it has had enough already
                assert b"stream" not in said  # nothing is said in clear there


def test_broken_hellos(ground):
    rng = random.Random(8446)
    hello = client_hello(ground.server)
    with ground.attack(mib=8):
        for i in range(150):
            data = bytearray(hello)
            for _ in range(rng.randrange(1, 8)):
                data[rng.randrange(5 if i % 2 else 0, len(data))] = rng.randrange(256)
            with socket.create_connection((ground.server.host, ground.server.c2s_tls_port), 10) as s:
                try:
                    s.sendall(data[:rng.randrange(1, len(data))] if i % 5 == 0 else data)
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(4096):
                        pass
                except OSError:
                    pass


def test_hello_in_single_bytes(ground):
    """Each in a record of its own: many records, one handshake."""
    hello = client_hello(ground.server)[5:]
    with ground.attack(), socket.create_connection((ground.server.host, ground.server.c2s_tls_port), 10) as s:
        s.sendall(b"".join(b"\x16\x03\x01\0\x01%c" % byte for byte in hello))
        assert s.recv(5)[:1] in (b"\x16", b"\x15", b"")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_old_versions(ground, version):
    """RFC 9325 3.1.1"""
    context = tls_context(minimum_version=getattr(ssl.TLSVersion, version),
                          maximum_version=getattr(ssl.TLSVersion, version))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with Raw(ground.server) as raw:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            raw.start_tls(context)


def test_weak_ciphers(ground):
    """RFC 9325 4.1: nothing without forward secrecy or without authenticated encryption."""
    for ciphers in ("kRSA:@SECLEVEL=0", "eNULL:aNULL:@SECLEVEL=0", "3DES:RC4:@SECLEVEL=0", "CBC:@SECLEVEL=0",
                    "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"):
        context = tls_context(maximum_version=ssl.TLSVersion.TLSv1_2)
        try:
            context.set_ciphers(ciphers)
        except ssl.SSLError:
            continue  # this machine cannot even ask for it
        with Raw(ground.server) as raw:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                raw.start_tls(context)


def test_another_protocol(ground):
    """ALPACA: a browser that was led here by somebody does not find a server for its protocol."""
    context = tls_context(ground.server.ca_file)
    context.set_alpn_protocols(["http/1.1"])
    with Raw(ground.server) as raw:
        raw.socket.close()
        raw.socket = socket.create_connection((ground.server.host, ground.server.c2s_tls_port), 10)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            raw.secure(context)


@pytest.mark.parametrize("times", [1, 20])
def test_renegotiation(ground, times):
    """TLS 1.2: who asks for a second handshake does not get one (RFC 9325 3.5; and it would cost us more than him)."""
    with ground.attack():
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"{ground.server.host}:{ground.server.c2s_tls_port}", "-no_tls1_3",
             "-CAfile", ground.server.ca_file, "-servername", ground.server.domain],
            input=b"R\n" * times, capture_output=True, timeout=20)
        said = done.stdout + done.stderr
        assert b"Verify return code: 0 (ok)" in said and b"RENEGOTIATING" in said
        assert b"no renegotiation" in said


def test_key_updates(ground):
    """TLS 1.3 has key updates in its place; s_client asks for one with K. They are few, or the end."""
    with ground.attack():
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"{ground.server.host}:{ground.server.c2s_tls_port}", "-tls1_3",
             "-CAfile", ground.server.ca_file, "-servername", ground.server.domain],
            input=b"K\n" * 200, capture_output=True, timeout=20)
        assert b"KEYUPDATE" in done.stdout + done.stderr


def test_goodbye_and_then_more(ground):
    """Behind close_notify nothing counts."""
    with ground.attack():
        with ground.mallory() as raw:
            try:
                raw.socket.unwrap()
            except (ssl.SSLError, OSError):
                pass
            raw.say(b"<message to='mallory@localhost'><body>posthumous</body></message>")
        with ground.mallory() as raw:
            raw.say("<presence/>")
            raw.ping()
            raw.say("</stream:stream>")
            assert b"posthumous" not in raw.rest()
