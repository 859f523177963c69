# SPDX-License-Identifier: Apache-2.0
"""Guesses, floods of them, confusion, and what strangers can learn about who exists (RFC 6120 6, 13.9.4; 6121 8.5)."""

import base64
import re
import statistics
import time

import pytest

from hostile import CONFIG, PASSWORD, Ground, stream_error
from raw import FEATURES_END, HEADER, Raw, auth, plain

ABORT = b"<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
SCRAM_FIRST = b"biwsbj1tYWxsb3J5LHI9YWJjZGVmZ2g="  # n,,n=mallory,r=abcdefgh


def wrong(user="mallory"):
    return auth("PLAIN", plain(user, "guess"))


def test_three_guesses(ground):
    with ground.attack(limits=["auth_tries"]), ground.secure() as raw:
        for _ in range(2):
            raw.say(wrong())
            assert b"<not-authorized/>" in raw.hear("</failure>")
        raw.say(wrong() * 50)
        said = raw.rest()
        assert said.count(b"<not-authorized/>") == 1 and stream_error(said, "policy-violation")


def test_mechanisms_and_aborts_end(ground):
    """What is no guess may be repeated more often, and not for ever."""
    for attempt in (auth("X-NONSENSE"), auth("EXTERNAL"), auth("SCRAM-SHA-256", SCRAM_FIRST) + ABORT,
                    auth("PLAIN", b"!!!"), ABORT, auth("A" * 1000), auth("")):
        with ground.attack(), ground.secure() as raw:
            for _ in range(12):
                if not raw.say(attempt):
                    break
            said = raw.rest()
            assert stream_error(said, "policy-violation"), said
            assert 3 <= said.count(b"</failure>") <= 10


@pytest.mark.parametrize("first", [auth("SCRAM-SHA-256", SCRAM_FIRST), auth("PLAIN", plain("mallory", PASSWORD))])
@pytest.mark.parametrize("second", [wrong("peter"), auth("SCRAM-SHA-256", base64.b64encode(b"n,,n=peter,r=abcdefgh"))])
def test_one_exchange_at_a_time(ground, first, second):
    """His own password, and in the same packet somebody else's name: who he is gets decided once."""
    with ground.attack(), ground.secure() as raw:
        raw.say(first + second + HEADER + b"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
        raw.end()
        assert b"peter@localhost" not in raw.rest()


def test_authorization_as_somebody_else(ground):
    with ground.attack():
        for authzid in ("peter@localhost", "peter", "localhost", "peter@localhost/x", "mallory@example.org"):
            with ground.secure() as raw:
                raw.say(auth("PLAIN", base64.b64encode(f"{authzid}\0mallory\0{PASSWORD}".encode())))
                assert b"<invalid-authzid/>" in raw.hear("</failure>")


MALFORMED = (b"=", b"", b"AA==", b"AAAA", b"AAAAAAAA", b"AG1hbGxvcnk=", b"//79", b"AP8A/w==", b"====", b"A", b"AGE\0Yg==",
             b"bixhPXBldGVyLG49bWFsbG9yeSxyPWE=", b"cD10bHMtdW5pcXVlLCxuPWEscj1i", b"x" * 8000)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-256-PLUS"])
def test_malformed(ground, mechanism):
    """Data that is none: an answer for each, and the daemon lives."""
    with ground.attack():
        for data in MALFORMED:
            with ground.secure() as raw:
                raw.say(auth(mechanism, data))
                said = raw.hear("(</failure>|</challenge>|<challenge [^>]*/>|</stream:stream>)")
                if b"</challenge>" in said or b"<challenge " in said:
                    raw.say(b"<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" + data + b"</response>")
                    assert b"<success" not in raw.hear("(</failure>|</stream:stream>)")


def test_flood_of_guesses(ground):
    """Sixty connections guess as fast as they can; PLAIN costs CPU, and others log in meanwhile."""
    with ground.attack(mib=32, limits=["plain_at_once"]):
        crowd = [ground.secure() for _ in range(60)]
        for raw in crowd:
            raw.say(wrong() * 3)
        start = time.monotonic()
        with ground.mallory() as raw:
            raw.ping()
        assert time.monotonic() - start < 5
        for raw in crowd:
            assert stream_error(raw.rest(), "policy-violation")
            raw.close()


@pytest.fixture(scope="module")
def strict_ground():
    """Where little is allowed and less is told."""
    g = Ground(CONFIG.replace("auth_failures_per_address = 6000", "auth_failures_per_address = 6") +
               'sm { unknown_account = "silent" }\n')
    yield g
    g.close()


def test_address_that_guesses_is_told_to_wait(strict_ground):
    server = strict_ground.server
    with strict_ground.attack(limits=["auth_failures_per_address"]):
        for _ in range(2):
            with Raw(server, source="127.0.0.9", direct_tls=True) as raw:
                raw.open()
                raw.say(wrong() * 3)
                raw.rest()
        with Raw(server, source="127.0.0.9", direct_tls=True) as raw:
            raw.open()
            raw.say(auth("PLAIN", plain("mallory", PASSWORD)))  # even when it has guessed right
            assert stream_error(raw.rest(), "policy-violation")
        with Raw(server, source="127.0.0.10", direct_tls=True) as raw:
            raw.login("mallory", PASSWORD)  # others are not concerned


# --- who exists ---

def challenge(g, user):
    with g.secure() as raw:
        raw.say(auth("SCRAM-SHA-256", base64.b64encode(f"n,,n={user},r=abcdefgh".encode())))
        said = raw.hear("</challenge>")
    text = base64.b64decode(re.search(rb">([^<]+)</challenge>", said).group(1)).decode()
    return dict(part.split("=", 1) for part in text.split(","))


def test_scram_does_not_tell(ground):
    """Salt and iterations of those who do not exist are made up, and stay."""
    known, unknown, again = (challenge(ground, user) for user in ("mallory", "nobody", "nobody"))
    assert unknown["s"] == again["s"] != challenge(ground, "nobody2")["s"]
    assert (known["i"], len(known["s"])) == (unknown["i"], len(unknown["s"]))


def failure_and_time(g, user):
    with g.secure() as raw:
        start = time.monotonic()
        raw.say(wrong(user))
        said = raw.hear("</failure>")
        return said, time.monotonic() - start


def test_plain_does_not_tell(ground):
    times = {"mallory": [], "nobody": []}
    answers = set()
    for _ in range(15):
        for user, all_times in times.items():
            said, took = failure_and_time(ground, user)
            answers.add(said)
            all_times.append(took)
    assert len(answers) == 1
    known, unknown = (statistics.median(t) for t in times.values())
    assert abs(known - unknown) < max(known, unknown) / 2, f"{known} s when it exists, {unknown} s when not"


ASKED = {
    "disco#info": "<iq type='get' id='q' to='{to}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    "disco#items": "<iq type='get' id='q' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
    "ping": "<iq type='get' id='q' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>",
    "vCard": "<iq type='get' id='q' to='{to}'><vCard xmlns='vcard-temp'/></iq>",
    "last": "<iq type='get' id='q' to='{to}'><query xmlns='jabber:iq:last'/></iq>",
    "version": "<iq type='get' id='q' to='{to}'><query xmlns='jabber:iq:version'/></iq>",
    "roster": "<iq type='get' id='q' to='{to}'><query xmlns='jabber:iq:roster'/></iq>",
    "roster set": "<iq type='set' id='q' to='{to}'><query xmlns='jabber:iq:roster'><item jid='a@b'/></query></iq>",
    "pubsub": "<iq type='get' id='q' to='{to}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/></pubsub></iq>",
    "nonsense": "<iq type='set' id='q' to='{to}'><nonsense xmlns='urn:example:nonsense'/></iq>",
    "probe": "<presence type='probe' to='{to}'/>",
    "presence": "<presence to='{to}'/>",
    "subscribe": "<presence type='subscribe' to='{to}'/>",
    "unsubscribe": "<presence type='unsubscribe' to='{to}'/>",
    "headline": "<message type='headline' to='{to}'><body>q</body></message>",
    "groupchat": "<message type='groupchat' to='{to}'><body>q</body></message>",
    "error": "<message type='error' to='{to}'><body>q</body></message>",
}


def answers(raw, stanza, to):
    """
    All that comes for it, without the address, until a request behind it, to the same account, is refused, as it
    always is.
    """
    raw.say(stanza.replace("{to}", to))
    raw.say(f"<iq type='get' id='behind' to='{to.split('/')[0]}'><behind xmlns='urn:example:behind'/></iq>")
    said = raw.hear("<iq [^>]*id='behind'.*?</iq>") + raw.ping("again")
    said = re.sub(rb"<iq [^>]*id='(behind|again)'[^>]*(/>|>.*?</iq>)", b"", said)
    said = re.sub(rb"<iq [^>]*type='set'.*?</iq>", b"", said)  # pushes of his own roster
    return said.replace(to.encode(), b"X")


@pytest.fixture(scope="module")
def acquaintances(ground):
    """Somebody online, somebody offline, nobody."""
    for name in ("online", "offline"):
        ground.server.add_user(name, PASSWORD)
    with ground.mallory(user="online", resource="here") as raw:
        raw.say("<presence/>")
        raw.ping()
        yield ("online@localhost", "offline@localhost", "nobody@localhost")


@pytest.fixture(scope="module")
def asker(ground):
    ground.server.add_user("asker", PASSWORD)
    with ground.mallory(user="asker") as raw:
        raw.say("<presence/>")
        raw.ping()
        yield raw


# Who knows the resource may speak to the client itself (RFC 6121 8.5.3.1); test_messages_to_nobody has the rest.
QUESTIONS = [(what, resource) for what in ASKED for resource in ("", "/here", "/elsewhere")
             if resource != "/here" or not (ASKED[what].startswith("<iq") or what == "groupchat")]


@pytest.mark.parametrize("what, resource", QUESTIONS)
def test_strangers_learn_nothing(acquaintances, asker, what, resource):
    """Whoever is not in somebody's roster cannot tell by any question whether he is online, offline or does not exist."""
    told = {answers(asker, ASKED[what], who + resource) for who in acquaintances}
    assert len(told) == 1, "\n".join(map(str, told))


@pytest.mark.parametrize("kind", ["chat", "normal"])
def test_messages_to_nobody(asker, strict_ground, kind):
    """An error helps who has mistyped an address; silence keeps secret which there are. The operator chooses."""
    message = f"<message type='{kind}' id='q' to='{{to}}'><body>q</body></message>"
    assert b"<service-unavailable" in answers(asker, message, "nobody@localhost")
    with strict_ground.mallory() as raw:
        assert answers(raw, message, "nobody@localhost") == b""


def test_features_before_login(ground):
    """Nothing about the server or its users that a login does not need."""
    with Raw(ground.server) as raw:
        raw.say(HEADER)
        said = raw.hear(FEATURES_END)
        assert b"<mechanism>" not in said and b"register" not in said
