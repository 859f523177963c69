# SPDX-License-Identifier: Apache-2.0
"""Those who say that they are somebody else, or say what only the server may say: clients and external components."""

import re

import pytest

from component import Component
from hostile import PASSWORD, stream_error
from raw import auth, plain

CARBON = ("<{0} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
          "from='peter@localhost/x' to='victim@localhost' type='chat'><body>send money</body></message></forwarded></{0}>")


@pytest.fixture(scope="module")
def victim(ground):
    ground.server.add_user("victim", PASSWORD)
    with ground.mallory(user="victim", resource="phone") as raw:
        raw.say("<presence/>")
        raw.ping()
        yield raw


def seen(victim):
    """All that has come to the victim up to now, in the order of its account."""
    victim.say("<message to='victim@localhost/phone' type='chat'><body>mark</body></message>")
    return victim.hear("<message [^>]*><body>mark</body>(<stanza-id [^>]*/>)?</message>")


def arrives(raw, victim, data):
    """What the victim sees of what `raw` says."""
    raw.say(data)
    raw.say("<message to='victim@localhost/phone' type='chat'><body>end</body></message>")
    return victim.hear("<message [^>]*><body>end</body>(<stanza-id [^>]*/>)?</message>")[:-1]


# --- by clients ---

@pytest.mark.parametrize("sender", ["peter@localhost", "peter@localhost/x", "localhost", "example.org", "mallory@localhost/other",
                                    "mallory@example.org", "victim@localhost", "a@b@c", "/", "@localhost"])
def test_from_is_not_chosen(ground, victim, sender):
    with ground.mallory("home") as raw:
        raw.say(f"<message from='{sender}' to='victim@localhost/phone'><body>forged</body></message>")
        assert stream_error(raw.rest(), "invalid-from")
    assert b"forged" not in seen(victim)


def test_from_is_stamped(ground, victim):
    with ground.mallory("home") as raw:
        for sender in ("", " from='mallory@localhost'", " from='mallory@localhost/home'", " from='MALLORY@LOCALHOST/home'"):
            said = arrives(raw, victim, f"<message{sender} to='victim@localhost/phone'><body>x</body></message>")
            assert b"from='mallory@localhost/home'" in said and said.count(b" from=") == 2


INTERNAL = [
    "<route xmlns='urn:carillon:bus:1' to='sm-1' from='c2s-1' len='0'></route>",
    "<c:route xmlns:c='urn:carillon:bus:1' to='sm-1' from='c2s-1' sid='x' seq='1' len='11'><presence/></c:route>",
    "<route xmlns='jabber:client'><message from='peter@localhost' to='victim@localhost'/></route>",
    "<route to='victim@localhost' from='peter@localhost'><message/></route>",
    "<open xmlns='urn:carillon:session:1' user='peter' host='localhost' resource='x'/>",
    "<credentials xmlns='urn:carillon:session:1' id='1' user='peter' host='localhost'/>",
    "<close xmlns='urn:carillon:session:1' reason='closed'/>",
    "<ack xmlns='urn:carillon:session:1'/>",
    "<done xmlns='urn:carillon:session:1' rid='1'/>",
    "<do xmlns='urn:carillon:admin:1' id='1' what='user-del' jid='victim@localhost'/>",
    "<bind xmlns='urn:carillon:bus:1' version='2' name='sm-9' role='sm' boot='x'><host name='localhost'/></bind>",
    "<handshake>00</handshake>", "<handshake xmlns='jabber:component:accept'>00</handshake>",
    "<message xmlns='jabber:server' from='peter@localhost' to='victim@localhost'/>",
    "<message xmlns='jabber:component:accept' from='peter@localhost' to='victim@localhost'/>",
    "<result xmlns='jabber:server:dialback' from='localhost' to='localhost'>key</result>",
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    "<stream:features/>",
]


@pytest.mark.parametrize("state", ["stranger", "secure", "mallory"])
@pytest.mark.parametrize("word", INTERNAL, ids=range(len(INTERNAL)))
def test_words_of_the_inside(ground, victim, state, word):
    """They end the stream, whatever its state, and nobody hears them."""
    with ground.attack(), getattr(ground, state)() as raw:
        raw.say(word)
        said = raw.rest()
        assert re.search(rb"<(unsupported-stanza-type|not-authorized|invalid-namespace|policy-violation) ", said), said
    assert seen(victim).count(b"<message ") == 1


@pytest.mark.parametrize("word", INTERNAL[:-1], ids=range(len(INTERNAL) - 1))
def test_words_of_the_inside_inside(ground, victim, word):
    """In a stanza they are somebody's data: they pass as they are, and mean nothing on their way."""
    with ground.mallory() as raw:
        said = arrives(raw, victim, f"<message to='victim@localhost/phone'>{word}<body>data</body></message>")
        assert b"<body>data</body>" in said
        raw.say(f"<iq type='set' id='w' to='localhost'>{word}</iq>")
        assert b"type='error'" in raw.hear("<iq [^>]*id='w'.*?</iq>")
        raw.ping()


@pytest.mark.parametrize("wrapper", ["sent", "received"])
def test_carbons(ground, victim, wrapper):
    """XEP-0280 11: only one's own server makes them (CVE-2017-5589 and many more)."""
    carbon = CARBON.format(wrapper)
    with ground.mallory() as raw:
        for to in ("victim@localhost", "victim@localhost/phone"):
            for kind in ("chat", "normal", "headline"):
                said = arrives(raw, victim, f"<message type='{kind}' to='{to}'>{carbon}</message>")
                assert b"money" not in said and b"carbons" not in said
                said = arrives(raw, victim, f"<message type='{kind}' to='{to}'>{carbon}<body>hello</body></message>")
                assert b"money" not in said and b"carbons" not in said and b"<body>hello</body>" in said
        said = arrives(raw, victim, f"<message to='victim@localhost'>{carbon * 20}<body>hello</body></message>")
        assert b"money" not in said
        # a wish of the sender's about carbons is his to have
        said = arrives(raw, victim, "<message type='chat' to='victim@localhost'><body>x</body>"
                                    "<private xmlns='urn:xmpp:carbons:2'/></message>")
        assert b"<private xmlns='urn:xmpp:carbons:2'/>" in said


def test_carbons_for_somebody_away(ground):
    ground.server.add_user("away", PASSWORD)
    with ground.mallory() as raw:
        raw.say(f"<message to='away@localhost' type='chat'>{CARBON.format('sent')}<body>stored</body></message>")
        raw.ping()
    with ground.mallory(user="away") as raw:
        raw.say("<presence/>")
        said = raw.hear("<body>stored</body>.*?</message>")
        assert b"money" not in said


def test_stanza_ids(ground, victim):
    """XEP-0359 3: ids of our archive are ours to give; those of others (a room's) stay."""
    ours = "".join(f"<stanza-id xmlns='urn:xmpp:sid:0' id='forged{i}' by='{by}'/>" for i, by in enumerate((
        "victim@localhost", "VICTIM@localhost", "localhost", "victim@localhost/phone", "")))
    with ground.mallory() as raw:
        said = arrives(raw, victim, f"<message to='victim@localhost' type='chat'>{ours}"
                                    "<stanza-id xmlns='urn:xmpp:sid:0' id='room' by='room@muc.example.org'/>"
                                    "<origin-id xmlns='urn:xmpp:sid:0' id='mine'/><body>x</body></message>")
        assert b"forged" not in said and b"id='room'" in said and b"id='mine'" in said


PUSHES = [
    "<query xmlns='jabber:iq:roster'><item jid='mallory@localhost' subscription='both' name='Your bank'/></query>",
    "<query xmlns='jabber:iq:roster' ver='99'/>",
    "<block xmlns='urn:xmpp:blocking'><item jid='peter@localhost'/></block>",
    "<unblock xmlns='urn:xmpp:blocking'/>",
    "<query xmlns='jabber:iq:privacy'><list name='public'/></query>",
]


@pytest.mark.parametrize("push", PUSHES, ids=range(len(PUSHES)))
def test_pushes(ground, victim, push):
    """RFC 6121 2.1.6, XEP-0191, XEP-0016: changes of one's own account, told by one's own server."""
    with ground.mallory() as raw:
        for to in ("victim@localhost/phone", "victim@localhost"):
            raw.say(f"<iq type='set' id='push' to='{to}'>{push}</iq>")
            assert re.search(rb"<(service-unavailable|forbidden|not-allowed|bad-request) ", raw.hear("<iq [^>]*id='push'.*?</iq>"))
    assert b"push" not in seen(victim)


def test_answers_that_nobody_asked_for(ground, victim):
    """A result or error with the id of the server's own ping, and ones for others: nobody is confused, nobody answers."""
    with ground.mallory() as raw:
        for kind in ("result", "error"):
            for to in ("", " to='localhost'", " to='mallory@localhost'", " to='nobody@localhost'", " to='victim@localhost'"):
                raw.say(f"<iq type='{kind}' id='c2s-ping'{to}/>")
        raw.ping("quiet")
        assert b"<iq " not in raw.heard
    assert b"<iq " not in seen(victim)


# --- addresses ---

LONG = "x" * 1024
BAD_JIDS = ["@localhost", "a@", "a@@localhost", "a@/x", "/x", "", " ", "a b@localhost", "a&amp;b@localhost",
            "a&quot;b@localhost", "a&lt;b@localhost", "a:b@localhost", "\u00ad@localhost", "a\u2028b@localhost", "a\u200eb@localhost/\u0007",
            f"{LONG}@localhost", f"a@{LONG}", f"a@localhost/{LONG}", "a@localhost/", "a@-localhost", "a@local host",
            "\ufffd@localhost", "\ue000@localhost", "\u0221@localhost", "a@localhost/\u0001", "a@localhost/\U000e0001"]


@pytest.mark.parametrize("jid", BAD_JIDS, ids=range(len(BAD_JIDS)))
def test_bad_addresses(ground, jid):
    """RFC 6120 8.3.3.8, 6122: an error to the sender, and nothing else happens."""
    if any(ord(c) < 32 for c in jid):
        with ground.mallory() as raw:
            raw.say(f"<iq type='get' id='j' to='{jid}'><ping xmlns='urn:xmpp:ping'/></iq>")
            assert stream_error(raw.rest(), "not-well-formed")  # it cannot even be written
        return
    with ground.mallory() as raw:
        raw.say(f"<iq type='get' id='j' to='{jid}'><ping xmlns='urn:xmpp:ping'/></iq>")
        said = raw.hear("<iq [^>]*id='j'.*?</iq>")
        assert b"<jid-malformed " in said
        raw.say(f"<message to='{jid}' id='j2'><body>x</body></message><presence to='{jid}' id='j3'/>")
        raw.ping("after")


@pytest.mark.parametrize("resource", ["\u00ad", LONG, "\u0627b", "a\u2028", "\ue000", " "], ids=range(6))
def test_bad_resources(ground, resource):
    with ground.secure() as raw:
        raw.authenticate("mallory", PASSWORD)
        raw.open()
        raw.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                f"<resource>{resource}</resource></bind></iq>")
        said = raw.hear("<iq [^>]*id='b'.*?</iq>")
        assert b"type='error'" in said or b"<jid>mallory@localhost/" in said


def test_homographs_are_two(ground, victim):
    """Cyrillic letters that look like Latin ones are other letters; a wide or capital one is the same."""
    with ground.mallory() as raw:
        raw.say("<message to='v\u0456ctim@localhost' id='h'><body>homograph</body></message>")
        assert b"<service-unavailable " in raw.hear("<message [^>]*id='h'.*?</message>")
        assert b"<body>same</body>" in arrives(
            raw, victim, "<message to='\uff36ICTIM@LOCALHOST/phone'><body>same</body></message>")


def test_a_thousand_and_twenty_three(ground):
    with ground.mallory() as raw:
        for jid in (f"{'x' * 1023}@localhost", f"a@localhost/{'x' * 1023}", f"{chr(0xe9) * 511}@localhost/{chr(0x20ac) * 341}"):
            raw.say(f"<iq type='get' id='j' to='{jid}'><ping xmlns='urn:xmpp:ping'/></iq>")
            assert b"<service-unavailable " in raw.hear("<iq [^>]*id='j'.*?</iq>")


# --- into the log ---

def test_log_lines_are_ours(ground):
    """Whatever a stranger is called: he does not write a line of his own, nor paint the terminal."""
    evil = "\n2026-01-01T00:00:00.000Z error c2s-1: all is lost\x1b[31m\u202e\u2028\x7f\u0085"
    before = len(ground.server.log())
    for name in (evil, "\r" + evil, "a\" b", "x" * 3000, "\x1b]0;title\x07"):
        with ground.secure() as raw:
            raw.say(auth("PLAIN", plain(name, name)))
            raw.hear("</failure>")
    for name in ("&#10;2026-01-01T00:00:00.000Z error c2s-1: all is lost", "\u202e\u2028\x7f\x85", "user=peter reason=ok"):
        with ground.secure() as raw:
            raw.say(auth(name))
            raw.hear("</failure>")
    with ground.mallory(resource="r\u00a0x &quot;y&quot; why=forged") as raw:
        raw.say("<stream:error><text>\n2026-01-01T00:00:00.000Z error c2s-1: all is lost</text></stream:error></stream:stream>")
        raw.rest()
    with Component(ground.server) as c:
        c.header("evil.\u202eexample&#10;2026-01-01T00:00:00.000Z error router-1: all is lost")
        c.rest()
    with ground.mallory() as raw:
        raw.ping()
    new = ground.server.log()[before:]
    assert "all is lost" in new  # escaped, within a line
    for line in new.splitlines():
        assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning|error|debug) [a-z0-9]+-\d+", line), line
        assert not line.startswith("2026-01-01T00:00:00.000Z"), line
        assert len(line) < 4100
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", new)


# --- by external components ---

def test_component_of_nobody(ground):
    with ground.attack(role="router"):
        for domain in ("localhost", "unknown.localhost", "component.localhost.example", "..", "x" * 2000):
            with Component(ground.server) as c:
                c.header(domain)
                assert b"<stream:error>" in c.rest()


def test_component_without_the_secret(ground):
    with ground.attack(role="router"):
        for digest in ("", "0" * 40, "x" * 9000):
            with Component(ground.server) as c:
                c.header()
                c.hear("<stream:stream [^>]*>")
                c.say(f"<handshake>{digest}</handshake>")
                assert stream_error(c.rest(), "not-authorized")
        with Component(ground.server) as c:
            c.header()
            c.shake("wrong")
            assert stream_error(c.rest(), "not-authorized")
        with Component(ground.server) as c:
            c.header()
            c.hear("<stream:stream [^>]*>")
            c.say("<message from='component.localhost' to='victim@localhost'/>")
            assert stream_error(c.rest(), "not-authorized")


@pytest.mark.parametrize("sender", ["localhost", "peter@localhost", "peter@localhost/x", "example.org", "x.component.localhost",
                                    "component.localhost.example.org", "localhost/component.localhost"])
def test_component_of_foreign_domains(ground, victim, sender):
    with ground.attack(role="router"), Component(ground.server).join() as c:
        c.say(f"<message from='{sender}' to='victim@localhost/phone'><body>forged</body></message>")
        assert stream_error(c.rest(), "invalid-from")
    assert b"forged" not in seen(victim)


@pytest.mark.parametrize("word", [w for w in INTERNAL if "<message xmlns='jabber:component" not in w])
def test_component_with_words_of_the_inside(ground, victim, word):
    with ground.attack(role="router"), Component(ground.server).join() as c:
        c.say(word)
        assert b"<stream:error>" in c.rest()
    assert seen(victim).count(b"<message ") == 1


def test_component_forges_what_is_the_servers(ground, victim):
    def comes(c, data):
        c.say(data)
        c.say("<message from='component.localhost' to='victim@localhost/phone' type='chat'><body>end</body></message>")
        return victim.hear("<message [^>]*><body>end</body>(<stanza-id [^>]*/>)?</message>")

    with Component(ground.server).join() as c:
        for to in ("victim@localhost", "victim@localhost/phone"):
            said = comes(c, f"<message from='component.localhost' to='{to}' type='chat'>{CARBON.format('sent')}<body>x</body></message>")
            assert b"money" not in said
            for push in PUSHES:
                said = comes(c, f"<iq type='set' id='push' from='x@component.localhost' to='{to}'>{push}</iq>")
                assert b"push" not in said
                assert b"type='error'" in c.hear("<iq [^>]*id='push'.*?</iq>")


def test_component_that_floods(ground):
    """It is slowed down; users are not."""
    with ground.attack(mib=48, role="router", limits=["external_rate"]), Component(ground.server).join() as c:
        c.socket.settimeout(60)
        stanza = (f"<message from='component.localhost' to='nobody@localhost' type='headline'><body>{'x' * 8000}</body></message>").encode()
        for _ in range(20 * 1024 * 1024 // len(stanza) // 50):
            c.say(stanza * 50)
        c.say("<iq type='get' id='end' from='component.localhost' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>")
        c.hear("<iq [^>]*id='end'[^>]*>")


def test_component_stanza_too_big(ground):
    with ground.attack(mib=8, role="router", limits=["external_stanza_max"]), Component(ground.server).join() as c:
        c.say("<message from='component.localhost' to='victim@localhost'><body>" + "x" * 300000)
        assert stream_error(c.rest(), "policy-violation")


def test_component_that_is_silent(ground):
    """At the component port, too: there is a time, and a number, for strangers; and who knows the secret gets in."""
    with ground.attack(role="router", limits=["setup_timeout", "setup_max"]):
        crowd = [Component(ground.server) for _ in range(60)]
        with Component(ground.server).join():
            pass
        for c in crowd:
            c.rest()
            c.close()
