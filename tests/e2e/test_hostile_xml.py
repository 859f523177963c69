# SPDX-License-Identifier: Apache-2.0
"""XML that is against the rules, or too much of it, in each state of a stream (RFC 6120 11, 13.12)."""

import pytest

from hostile import PASSWORD, refused, stream_error
from raw import HEADER, Raw

DECLARATION = b"<?xml version='1.0'?>"
BILLION_LAUGHS = (b"<!DOCTYPE l [<!ENTITY a 'ha'>" +
                  b"".join(b"<!ENTITY %c '%s'>" % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)) + b"]>")
STATES = ("stranger", "secure", "mallory")


def body(data):
    return b"<message to='nobody@localhost'><body>" + data + b"</body></message>"


@pytest.mark.parametrize("data", [
    BILLION_LAUGHS + HEADER,
    DECLARATION + BILLION_LAUGHS + HEADER,
    b"<!DOCTYPE stream SYSTEM 'file:///etc/passwd'>" + HEADER,
    b"<!-- hello -->" + HEADER,
    b"<?php system('id') ?>" + HEADER,
    DECLARATION + b"<?xml-stylesheet href='http://127.0.0.1/'?>" + HEADER,
], ids=["entities", "entities behind a declaration", "external DTD", "comment", "instruction", "stylesheet"])
def test_restricted_before_the_header(ground, data):
    with ground.attack():
        refused(Raw(ground.server), data, "restricted-xml")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("data", [
    b"<!DOCTYPE x>", b"<!ENTITY x 'y'>", b"<!-- x -->", b"<?x y?>", b"<?xml version='1.0'?>",
    body(b"<!-- x -->"), body(b"<?x y?>"), body(b"<!DOCTYPE x>"), body(b"<!x"),
    b"<message><!-- x --></message>",
])
def test_restricted(ground, state, data):
    refused(getattr(ground, state)(), data, "restricted-xml")


def test_entities(ground):
    """The five, and numbers of characters that there are; no others, and no CDATA that hides something."""
    with ground.attack():
        for bad in (b"&hello;", b"&#0;", b"&#xFFFE;", b"&#xD800;", b"&#x110000;", b"&#2;", b"&a", b"&;", b"&#;", b"& "):
            with ground.mallory() as raw:
                raw.say(body(bad))
                said = raw.rest()
                assert stream_error(said, "not-well-formed") or stream_error(said, "restricted-xml"), bad
        with ground.mallory() as raw:
            raw.say(f"<message to='{raw.jid}'><body>&lt;&gt;&amp;&apos;&quot;&#65;&#x10FFFF;<![CDATA[<b>&]]></body></message>")
            said = raw.hear("<message.*</message>")
            assert "<body>&lt;>&amp;'\"A\U0010ffff&lt;b>&amp;</body>".encode() in said.replace(b"&gt;", b">").replace(
                b"&apos;", b"'").replace(b"&quot;", b'"')


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("data", [
    b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",      # longer than need be
    b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80",  # halves of UTF-16
    b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xff", b"\xfe",  # beyond Unicode
    b"\x80", b"\xbf", b"\xc3(", b"\xe2\x82(", b"\xf0\x9f\x98(",  # parts of characters
], ids=lambda data: data.hex())
def test_bad_utf8(ground, state, data):
    for stanza in (body(data), b"<message to='" + data + b"'/>"):
        with getattr(ground, state)() as raw:
            raw.say(stanza)
            said = raw.rest()
            assert stream_error(said, "unsupported-encoding") or stream_error(said, "not-well-formed")


@pytest.mark.parametrize("cut", [b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98"], ids=lambda data: data.hex())
def test_characters_cut_off(ground, cut):
    """By the end of a text; and one that is only cut into packets, and is whole."""
    for end in (b"</body></message>", b"<x/></body></message>"):
        with ground.mallory() as raw:
            raw.say(body(cut)[:-len("</body></message>")] + end)
            said = raw.rest()
            assert stream_error(said, "unsupported-encoding") or stream_error(said, "not-well-formed")
    with ground.mallory() as raw:
        for part in ("<message to='%s'><body>" % raw.jid, "\U0001f600\u20ac\u00e9", "</body></message>"):
            for byte in part.encode():
                raw.say(bytes([byte]))
        raw.hear("<body>\U0001f600\u20ac\u00e9</body>".encode())


@pytest.mark.parametrize("data", [b"\0", b"\x01", b"\x0b", b"\x1f", b"\xef\xbf\xbe", b"\xef\xbf\xbf"],
                         ids=lambda data: data.hex())
def test_no_characters(ground, data):
    """NUL, controls, U+FFFE and U+FFFF are no characters of XML 1.0."""
    for stanza in (body(data), b"<message to='" + data + b"@localhost'/>"):
        refused(ground.mallory(), stanza, "not-well-formed")


@pytest.mark.parametrize("declaration", [
    b"<?xml version='1.0' encoding='ISO-8859-1'?>", b"<?xml version='1.0' encoding='UTF-16'?>",
    b"<?xml version='1.0' encoding='US-ASCII'?>", b"<?xml version='1.0' encoding='EBCDIC-CP-US'?>",
])
def test_other_encodings(ground, declaration):
    refused(Raw(ground.server), declaration + HEADER[len(DECLARATION):], "unsupported-encoding")


def test_wide_encodings(ground):
    for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-16"):
        refused(Raw(ground.server), HEADER.decode().encode(name), "unsupported-encoding")


@pytest.mark.parametrize("declaration", [b"<?xml version='1.1'?>", b"<?xml version='2.0'?>",
                                         b"<?xml version='1.0' standalone='maybe'?>", b"<?xml encoding='UTF-8'?>"])
def test_bad_declarations(ground, declaration):
    refused(Raw(ground.server), declaration + HEADER[len(DECLARATION):], "not-well-formed")


@pytest.mark.parametrize("data", [
    b"<a></b>", b"<a", b"<a b></a>", b"<a b=c/>", b"<a b='1' b='2'/>", b"<a b='<'/>", b"<1/>", b"</x>", b"<a:b/>",
    b"<a xmlns:a=''/>", b"<a xmlns:xml='urn:x'/>", b"<a xmlns:xmlns='urn:x'/>", b"<a:a xmlns:a='x'></a:b>",
    b"<a x:b='1' y:b='2' xmlns:x='urn:u' xmlns:y='urn:u'/>", b"<message>]]></message>", b"<a/ >",
])
def test_not_well_formed(ground, data):
    with ground.mallory() as raw:
        raw.say(data + b"<iq/></stream:stream>")
        said = raw.rest()
        assert b"<not-well-formed " in said or b"<bad-namespace-prefix " in said or b"<bad-format " in said


# --- too much ---

TOO_MUCH = {
    "depth_max": b"<message>" + b"<a>" * 101,
    "attributes_max": b"<message><a " + b" ".join(b"a%d='%d'" % (i, i) for i in range(65)) + b"/></message>",
    "elements_max": b"<message>" + b"<a/>" * 4097,
    "name_max": b"<message><a" + b"a" * 1100 + b"/></message>",
}


@pytest.mark.parametrize("key", TOO_MUCH)
def test_limits_of_a_stanza(ground, key):
    with ground.attack(limits=[key]):
        refused(ground.mallory(), TOO_MUCH[key], "policy-violation")


def test_namespaces_are_attributes(ground):
    declarations = b" ".join(b"xmlns:a%d='urn:%d'" % (i, i) for i in range(65))
    with ground.attack(limits=["attributes_max"]):
        refused(ground.mallory(), b"<message><a " + declarations + b"/></message>", "policy-violation")
        refused(Raw(ground.server), HEADER.replace(b" to=", b" " + declarations + b" to="), "policy-violation")


def test_names_of_namespaces(ground):
    """Short names of a long namespace: each would be as long when it is written out."""
    with ground.attack(limits=["name_max"]):
        refused(ground.mallory(), b"<message><a xmlns='" + b"x" * 2000 + b"'/></message>", "policy-violation")


@pytest.mark.parametrize("state, key, most", [
    ("stranger", "stanza_max_before_tls", 4 << 10), ("secure", "stanza_max_before_auth", 16 << 10),
    ("mallory", "stanza_max", 256 << 10)])
def test_size_by_state(ground, state, key, most):
    with ground.attack(limits=[key]):
        for data in (body(b"x" * most), b"<message to='" + b"x" * most + b"'/>",
                     b"<message " + b"x" * most, b"<" + b"x" * most):
            said = refused(getattr(ground, state)(), data, "policy-violation")
            assert b"<stanza-too-big xmlns='urn:xmpp:errors'/>" in said


@pytest.mark.parametrize("start", [b"", b"<", b"<?xml ", HEADER[:-1], HEADER + b"<message ",
                                   HEADER + b"<message><body>", HEADER + b"<message a='"], ids=lambda data: data[-12:])
def test_endless(ground, start):
    """Somebody who never stops is stopped, and what he says is not collected."""
    with ground.attack(mib=4), Raw(ground.server) as raw:
        raw.say(start)
        for _ in range(64):
            if not raw.say(b"x" * 65536):
                break
        raw.rest()


def test_a_hundred_with_half_a_stanza(ground):
    """As much as each may keep us holding."""
    with ground.attack(mib=16):
        crowd = [ground.stranger() for _ in range(100)]
        for raw in crowd:
            raw.say(b"<auth>" + b"x" * 3500)
        for raw in crowd:
            raw.rest()  # until its time is up
            raw.close()


@pytest.mark.parametrize("depth", [100, 101])
def test_depth_is_exact(ground, depth):
    with ground.mallory() as raw:
        raw.say(b"<message to='%s'>" % raw.jid.encode() + b"<a>" * depth + b"</a>" * depth + b"</message>")
        if depth == 100:
            raw.ping("still here")
        else:
            assert stream_error(raw.rest(), "policy-violation")


def test_names_that_collide(ground):
    """
    Attribute names made to fall into one bucket of a table whose hash is not keyed. With a keyed one, many names
    cost as much as any others.
    """
    letters = (b"Ez", b"FY")  # equal for the hash of many languages (times 31)
    names = [b"".join(letters[i >> bit & 1] for bit in range(12)) for i in range(4096)]
    with ground.attack(mib=8):
        with ground.mallory() as raw:
            for i in range(0, len(names), 60):
                attrs = b" ".join(name + b"=''" for name in names[i:i + 60])
                raw.say(b"<message to='%s'><a %s/></message>" % (raw.jid.encode(), attrs))
            raw.ping("done")


# --- drop by drop ---

@pytest.mark.parametrize("direct_tls", [False, True])
def test_one_byte_at_a_time(ground, direct_tls):
    """A whole login and a message in single bytes, each in a packet (and a record) of its own, answered at once."""
    class Drops(Raw):
        def say(self, data):
            for byte in data if isinstance(data, bytes) else data.encode():
                super().say(bytes([byte]))

    with ground.attack(), Drops(ground.server, direct_tls=direct_tls) as raw:
        raw.login("mallory", PASSWORD)
        raw.say(f"<message to='{raw.jid}' type='chat'><body>dripping &amp; wet \u20ac</body></message>")
        assert "<body>dripping &amp; wet \u20ac</body>".encode() in raw.hear("</message>")
        raw.ping("drop")
        raw.say("</stream:stream>")
        assert raw.rest().endswith(b"</stream:stream>")


def test_drops_do_not_stop_the_clock(ground):
    """The time for a login runs from connecting, not from the last byte."""
    with ground.attack(limits=["auth_timeout"]), Raw(ground.server) as raw:
        raw.socket.settimeout(0.1)
        raw.say(HEADER)
        for _ in range(100):
            if not raw.say(b" "):
                break
            try:
                raw.more()
            except TimeoutError:
                continue
            except Exception:
                break
        raw.socket.settimeout(10)
        assert stream_error(raw.rest(), "connection-timeout")
