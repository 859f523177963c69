# SPDX-License-Identifier: Apache-2.0
"""Clients that have logged in and say too much, or read too little: they are slowed down, answered, or sent away."""

import re
import threading
import time

import pytest

from hostile import CONFIG, PASSWORD, Ground, stream_error
from raw import Raw
from watch import counted, limit, metrics, until

RATE, BURST = 1000, 2000
SMALL = CONFIG.replace("connections_per_address = 300", "connections_per_address = 30").replace("c2s {", f"""c2s {{
    rate = "1M"
    rate_burst = "2M"
    rate_stanzas = {RATE}
    rate_stanzas_burst = {BURST}
    out_queue_max = "256K"
""") + """
sm {
    user_sessions = 5
    roster_items = 20
    offline_messages = 400
    directed_presence = 30
    presence_rate = 20
    presence_burst = 100
}
"""
PING = "<iq type='get' id='%d'><ping xmlns='urn:xmpp:ping'/></iq>"


@pytest.fixture(scope="module")
def flooded():
    g = Ground(SMALL)
    g.server.add_user("reader", PASSWORD)
    yield g
    g.close()


def speak(raw, data):
    """Says all of it, from a thread of its own, while answers are read."""
    thread = threading.Thread(target=raw.say, args=(data,))
    thread.start()
    return thread


def test_stanzas_are_paced(flooded):
    """As many as it likes, at the rate that there is: delayed, not lost, in order."""
    count = BURST + 2 * RATE
    with flooded.attack(limits=["rate_stanzas"]), flooded.mallory() as raw:
        start = time.monotonic()
        speak(raw, "".join(PING % i for i in range(count)))
        said = raw.hear(f"<iq [^>]*id='{count - 1}'[^>]*(/>|></iq>)")
        took = time.monotonic() - start
        assert [int(i) for i in re.findall(rb" id='(\d+)'", said)] == list(range(count))
        assert took > 1.5, f"{count} stanzas in {took} s are over the rate"


def test_bytes_are_paced(flooded):
    """3.3 MB, with a megabyte a second after the first two."""
    body = "x" * 10000
    with flooded.attack(limits=["rate"]), flooded.mallory() as raw:
        start = time.monotonic()
        raw.say(f"<message to='nobody@localhost' type='headline'><body>{body}</body></message>" * 330)
        raw.ping("through")
        took = time.monotonic() - start
        assert took > 0.8, f"3.3 MB in {took} s are over the rate"


def sent_away(ground):
    return metrics(ground.server, "c2s").get(limit("out_queue_max"), 0)


def test_answers_that_are_not_read(flooded):
    """Who asks and does not listen is sent away when there is too much for him."""
    flooded.server.add_user("deaf", PASSWORD)
    question = f"<message to='@' type='chat'><body>{'x' * 4000}</body></message>"
    with flooded.attack(), flooded.mallory(user="deaf") as raw:
        before = sent_away(flooded)
        raw.say(question * 250)
        until(lambda: sent_away(flooded) > before, "it is not sent away")
        assert stream_error(raw.rest(), "resource-constraint")


def numbers(said):
    """In their order of first arrival; what was on its way when a connection ended may come twice."""
    return list(dict.fromkeys(int(i) for i in re.findall(rb" id='n(\d+)'", said)))


def test_reader_that_does_not_read(flooded):
    """It is sent away, its messages stay for it; the writer notices nothing, memory stays what it was."""
    count = 300
    with flooded.attack(), flooded.mallory() as writer:
        before = sent_away(flooded)
        reader = flooded.mallory(user="reader")
        reader.say("<presence/>")
        reader.ping()
        body = "x" * 4000
        for i in range(count):
            writer.say(f"<message to='reader@localhost' type='chat' id='n{i}'><body>{body}</body></message>")
        writer.ping("all said")
        until(lambda: sent_away(flooded) > before, "it is not sent away")
        first = reader.rest()
        reader.close()
        with flooded.mallory(user="reader") as again:
            again.say("<presence/>")
            said = again.hear(f"<message [^>]*id='n{count - 1}'.*?</message>")
        whole = first[:first.rfind(b"</message>")]
        assert numbers(whole + said) == list(range(count))


def test_presence_is_told_once(flooded):
    """A client that changes its presence all the time: others see the last one, and not all of them."""
    count = 1500
    with flooded.attack(), counted(flooded.server, "sm", limit("presence_rate")), \
            flooded.mallory("watching") as watching:
        watching.say("<presence/>")
        watching.ping()
        with flooded.mallory("restless") as restless:
            for i in range(count):
                restless.say(f"<presence><status>{i}</status></presence>")
            said = watching.hear(f"<status>{count - 1}</status></presence>")
            seen = [int(i) for i in re.findall(rb"<status>(\d+)</status>", said)]
            assert seen == sorted(seen) and 1 < len(seen) < 400
            restless.say("<presence type='unavailable'/>" + "<presence/><presence type='unavailable'/>" * 300)
            restless.ping("quiet")
        said = watching.hear("<presence [^>]*type='unavailable'[^>]*>")
        watching.ping("later")
        assert watching.heard.count(b"<presence") < 50


def test_directed_presence(flooded):
    with flooded.attack(), counted(flooded.server, "sm", limit("directed_presence")), flooded.mallory() as raw:
        raw.say("".join(f"<presence to='u{i}@localhost'/>" for i in range(31)))
        said = raw.ping("told")
        assert said.count(b"<resource-constraint ") == 1 and b"from='u30@localhost'" in said


def test_roster(flooded):
    with flooded.attack(), counted(flooded.server, "sm", limit("roster_items")), flooded.mallory() as raw:
        answers = []
        for i in range(22):
            raw.say(f"<iq type='set' id='r{i}'><query xmlns='jabber:iq:roster'><item jid='u{i}@localhost'/></query></iq>")
            answers.append(raw.hear(f"<iq [^>]*id='r{i}'[^>]*(/>|>.*?</iq>)"))
        assert sum(b"type='error'" in said for said in answers) == 2
        assert b"<resource-constraint " in answers[21] or b"<not-allowed " in answers[21] or b"<policy-violation " in answers[21]


def test_sessions(flooded):
    flooded.server.add_user("many", PASSWORD)
    with flooded.attack(), counted(flooded.server, "sm", limit("user_sessions")):
        crowd = [flooded.mallory(user="many") for _ in range(5)]
        with flooded.secure() as raw:
            raw.authenticate("many", PASSWORD)
            raw.open()
            raw.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
            assert b"<resource-constraint " in raw.hear("<iq [^>]*id='b'.*?</iq>")
        for raw in crowd:
            raw.ping()
            raw.close()


def test_connections_of_one_address(flooded):
    """Logging in does not make room for ever more."""
    for i in range(6):
        flooded.server.add_user(f"crowd{i}", PASSWORD)
    with flooded.attack(mib=32, limits=["connections_per_address"]):
        crowd = []
        for i in range(30):
            raw = Raw(flooded.server, source="127.0.0.4", direct_tls=True)
            raw.login(f"crowd{i % 6}", PASSWORD)
            crowd.append(raw)
        for _ in range(5):
            with Raw(flooded.server, source="127.0.0.4") as raw:
                assert raw.rest() == b""
        with Raw(flooded.server, source="127.0.0.5") as raw:
            raw.open()
        for raw in crowd:
            raw.ping()
            raw.close()


def test_messages_for_somebody_away(flooded):
    """XEP-0160: more than there is room for, and the sender hears so."""
    flooded.server.add_user("hermit", PASSWORD)
    count = 410
    with flooded.attack(), counted(flooded.server, "sm", limit("offline_messages")), flooded.mallory() as raw:
        speak(raw, "".join(f"<message to='hermit@localhost' type='chat' id='n{i}'><body>{i}</body></message>" for i in range(count)))
        said = raw.hear(f"<message [^>]*id='n{count - 1}'.*?</message>")
        assert numbers(said) == list(range(400, 410)) and said.count(b"<service-unavailable ") == 10
    with flooded.mallory(user="hermit") as raw:
        raw.say("<presence/>")
        assert numbers(raw.hear("<message [^>]*id='n399'.*?</message>")) == list(range(400))


def test_binding_again_and_again(flooded):
    """Each request costs its sm something, so there is an end to it."""
    with flooded.attack(), flooded.secure() as raw:
        raw.authenticate("mallory", PASSWORD)
        raw.open()
        for _ in range(20):
            raw.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>\ue000</resource></bind></iq>")
        assert b"<stream:error>" in raw.rest()


def test_keep_alive_flood(flooded):
    """White space is no stanza, and is paced by its bytes."""
    with flooded.attack(limits=["rate"]), flooded.mallory() as raw:
        for _ in range(40):
            raw.say(b" \n" * 32768)
        raw.ping()


def test_everybody_floods(flooded):
    """Twenty at once, each at what it may."""
    for i in range(4):
        flooded.server.add_user(f"horde{i}", PASSWORD)
    with flooded.attack(mib=48):
        crowd = [flooded.mallory(user=f"horde{i % 4}") for i in range(20)]
        threads = []
        for raw in crowd:
            to = crowd[(crowd.index(raw) + 7) % 20].jid
            threads.append(speak(raw, "".join(f"<message to='{to}' type='chat'><body>{i}</body></message>" +
                                              PING % i for i in range(600))))
        for raw in crowd:
            raw.hear("<iq [^>]*id='599'[^>]*(/>|></iq>)")
        for thread in threads:
            thread.join()
        for raw in crowd:
            raw.close()
