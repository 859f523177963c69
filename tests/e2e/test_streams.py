# SPDX-License-Identifier: Apache-2.0
"""Streams whose end needs another configuration, or two: RFC 6120 4.9.3, 4.9.3.19, 5.4, RFC 7590."""

import socket
import ssl

import pytest

from raw import HEADER, SASL, Raw, auth, plain, tls_context
from server import Server

PASSWORD = "speak the speech I pray you"
GONE = HEADER.replace(b"to='localhost'", b"to='gone.example'")
NO_CERTIFICATE = r"warning c2s-\d+: host gone.example has no certificate"


def condition(name, content=""):
    xmlns = "urn:ietf:params:xml:ns:xmpp-streams"
    return (f"<{name} xmlns='{xmlns}'>{content}</{name}>" if content else f"<{name} xmlns='{xmlns}'/>").encode()


class Changing:
    """A server whose configuration the test changes."""

    def __init__(self, config):
        self.server = Server(config=config)
        self.server.add_user("hamlet", PASSWORD)

    def change(self, config):
        (self.server.dir / "extra.conf").write_text(config)
        since = self.server.log().count(" reloaded")
        self.server.ctl("reload")
        assert self.server.log().count(" reloaded") > since

    def bound(self):
        raw = Raw(self.server, direct_tls=True)
        raw.login("hamlet", PASSWORD)
        return raw

    def close(self):
        complaints = self.server.close()
        assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)


@pytest.fixture
def changing():
    made = []

    def make(config):
        made.append(Changing(config))
        return made[-1]
    yield make
    for one in made:
        one.close()


def test_reload_ends_what_is_not_served_any_more(changing):
    """4.9.3.5 host-gone, 4.9.3.16 reset; who is in TLS at a host that stays notices nothing."""
    it = changing('c2s {\n    tls = "optional"\n}\nhost "gone.example" {\n}\n')
    it.server.allow(NO_CERTIFICATE)
    stays, clear = it.bound(), Raw(it.server)
    clear.open()
    gone = Raw(it.server)
    gone.say(GONE)
    gone.hear(b"</stream:features>")
    it.change('c2s {\n    tls = "required"\n}\n')
    assert gone.rest().endswith(b"</stream:error></stream:stream>") and condition("host-gone") in gone.heard
    assert clear.rest().endswith(b"</stream:error></stream:stream>") and condition("reset") in clear.heard
    stays.ping()
    with Raw(it.server) as again:
        again.say(GONE)
        assert condition("host-unknown") in again.rest()
    for raw in (stays, clear, gone):
        raw.close()


def test_login_in_clear_is_reset(changing):
    """Also one that is logged in, where that was allowed."""
    it = changing('c2s {\n    tls = "optional"\n}\n')
    with Raw(it.server) as raw:
        raw.open()
        it.change('c2s {\n    tls = "required"\n}\n')
        assert condition("reset") in raw.rest()
    with Raw(it.server) as raw:  # and there is no way around TLS any more
        raw.open()
        raw.say(auth("PLAIN", plain("hamlet", PASSWORD)))
        assert b"<encryption-required/>" in raw.hear("</failure>")


@pytest.mark.parametrize("where", ["b.example", "b.example:9222", "192.0.2.7:5222", "[2001:db8::7]:5222"])
def test_see_other_host(changing, where):
    """4.9.3.19: new sessions go elsewhere, after TLS and after login; who is here stays."""
    it = changing("# nothing else\n")
    old = it.bound()
    it.change(f'host "localhost" {{\n    see_other_host = "{where}"\n}}\n')
    old.ping()
    with Raw(it.server) as raw:
        raw.start_tls()
        raw.open()
        raw.authenticate("hamlet", PASSWORD)
        raw.say(HEADER)
        said = raw.rest()
        assert condition("see-other-host", where) in said and b"<stream:features" not in said
        assert said.endswith(b"</stream:stream>")
    it.change(f'host "localhost" {{\n    see_other_host = "{where}"\n    see_other_host_when = "tls"\n}}\n')
    with Raw(it.server) as raw:
        assert b"<required/>" in raw.open()  # not a word about it in clear
        raw.close()
    with Raw(it.server, direct_tls=True) as raw:
        raw.say(HEADER)
        assert condition("see-other-host", where) in raw.rest()
    it.change("# nothing else\n")
    it.bound().close()
    old.ping()
    old.close()


def test_tls_switched_off(changing):
    """No STARTTLS is offered; who asks all the same gets <failure/> (5.4.2.2). Direct TLS is a matter of its own."""
    it = changing('c2s {\n    tls = "off"\n}\n')
    with Raw(it.server) as raw:
        assert b"starttls" not in raw.open()
        raw.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        assert raw.rest() == b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"
    it.bound().close()


def test_tls_optional(changing):
    """STARTTLS is offered first, without <required/>, and not once a login has begun."""
    it = changing('c2s {\n    tls = "optional"\n}\n')
    with Raw(it.server) as raw:
        said = raw.open()
        assert b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><mechanisms" in said
        raw.say(auth("SCRAM-SHA-256", b"biwsbj1oYW1sZXQscj1hYmNkZWZnaA=="))
        raw.hear("<challenge [^>]*>[^<]*</challenge>")
        raw.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        assert raw.rest() == b"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"


def test_login_does_not_survive_the_handshake(changing):
    """5.4.3.3: an exchange that was begun in clear is none after it."""
    it = changing('c2s {\n    tls = "optional"\n}\n')
    with Raw(it.server) as raw:
        raw.open()
        raw.say(auth("SCRAM-SHA-256", b"n o t base64"))  # over, and counted
        raw.hear("</failure>")
        raw.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        raw.hear("<proceed [^>]*/>")
        raw.secure()
        raw.open()
        raw.say(f"<response xmlns='{SASL}'/>")
        assert b"<malformed-request/>" in raw.hear("</failure>")
        raw.authenticate("hamlet", PASSWORD)


def test_goodbye_of_tls(small_server, fresh):
    """close_notify is answered, ours is awaited; and a connection that is cut off without one is closed like another."""
    name = fresh("hamlet")
    small_server.add_user(name, PASSWORD)
    raw = Raw(small_server, direct_tls=True)
    raw.login(name, PASSWORD)
    bare = raw.socket.unwrap()  # raises unless the answer comes
    assert bare.recv(1) == b""
    bare.close()
    raw = Raw(small_server, direct_tls=True)
    raw.login(name, PASSWORD)
    raw.say("</stream:stream>")
    assert raw.rest().endswith(b"</stream:stream>")
    raw.socket.unwrap().close()
    raw = Raw(small_server, direct_tls=True)
    raw.login(name, PASSWORD)
    raw.end()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        if not raw.socket.recv(100):
            raise ConnectionError
    raw.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_is_spoken(small_server, version):
    """RFC 9325 4.1, 4.2, 3.3: forward secrecy, authenticated encryption, no compression."""
    context = tls_context(small_server.ca_file, minimum_version=version, maximum_version=version)
    with Raw(small_server) as raw:
        raw.start_tls(context)
        name, _, bits = raw.socket.cipher()
        assert bits >= 128 and ("GCM" in name or "CHACHA20" in name or "CCM" in name)
        assert version == ssl.TLSVersion.TLSv1_3 or name.startswith("ECDHE-")
        assert raw.socket.compression() is None
        raw.open()


def test_alpn(small_server):
    """XEP-0368 4, RFC 7301 3.2: our protocol, or none named, or no connection."""
    for offered, selected in ((["xmpp-client"], "xmpp-client"), (["h2", "xmpp-client"], "xmpp-client"), (None, None)):
        context = tls_context(small_server.ca_file)
        if offered:
            context.set_alpn_protocols(offered)
        with socket.create_connection((small_server.host, small_server.c2s_tls_port), 10) as s:
            with context.wrap_socket(s, server_hostname=small_server.domain) as tls:
                assert tls.selected_alpn_protocol() == selected
    context = tls_context(small_server.ca_file)
    context.set_alpn_protocols(["xmpp-server"])
    with socket.create_connection((small_server.host, small_server.c2s_tls_port), 10) as s:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(s, server_hostname=small_server.domain)
