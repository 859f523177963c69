# SPDX-License-Identifier: Apache-2.0
"""One view, at ordinary clients: live, as copies (XEP-0280), after a time away, and from the archive (XEP-0313, XEP-0441) the
same messages, in the same order, under the same ids."""

import asyncio

import pytest
from slixmpp.exceptions import IqError

from person import Person
from server import Server
from test_chat import make, play


class Reader(Person):
    """A person whose client keeps what it sees: (id in the archive, sender, text)."""

    def __init__(self, server, name, resource=None):
        super().__init__(server, name, resource)
        self.seen = []
        self.news = asyncio.Event()
        for plugin in ("xep_0030", "xep_0059", "xep_0280", "xep_0313", "xep_0334", "xep_0359", "xep_0441"):
            self.register_plugin(plugin)
        self.add_event_handler("message", self.note)
        self.add_event_handler("carbon_received", lambda m: self.note(m["carbon_received"]))
        self.add_event_handler("carbon_sent", lambda m: self.note(m["carbon_sent"]))

    def note(self, message):
        if message["body"]:
            self.seen.append(self.entry(message))
            self.news.set()

    def entry(self, message):
        """Only ids of the own archive count."""
        ids = [e.get("id") for e in message.xml.findall("{urn:xmpp:sid:0}stanza-id") if e.get("by") == self.boundjid.bare]
        assert len(ids) <= 1
        return (ids[0] if ids else None), message["from"].bare, message["body"]

    async def has(self, count):
        """Waits until it has seen so many."""
        async def enough():
            while len(self.seen) < count:
                self.news.clear()
                await self.news.wait()
        await asyncio.wait_for(enough(), 30)
        return self.seen

    async def reads(self, **query):
        """All of the archive that matches, page by page."""
        found = []
        async for message in self["xep_0313"].iterate(**query):
            result = message["mam_result"]
            inner = result["forwarded"]["stanza"]
            assert message["from"].bare in ("", self.boundjid.bare)
            assert result["forwarded"]["delay"]["stamp"]
            found.append((result["id"], inner["from"].bare, inner["body"]))
        return found


async def arrive(server, name, *resources):
    devices = [await Reader(server, name, r).arrive() for r in resources]
    for device in devices:
        await device["xep_0280"].enable()
    return devices


def texts(entries):
    return [text for _, _, text in entries]


def test_one_view(server, fresh):
    romeo_name, juliet_name = fresh("romeo"), fresh("juliet")
    make(server, romeo_name, juliet_name)

    async def scene():
        home, phone = await arrive(server, juliet_name, "home", "phone")
        (romeo,) = await arrive(server, romeo_name, "garden")
        juliet_bare, romeo_bare = home.boundjid.bare, romeo.boundjid.bare
        said = []
        # to one device, to all, from either of them
        for i in range(12):
            text = f"line {i}"
            said.append(text)
            if i % 4 == 0:
                romeo.say(home.boundjid.full, text)
            elif i % 4 == 1:
                romeo.say(juliet_bare, text)
            else:
                (home, phone)[i % 2].say(romeo_bare, text)
            await romeo.has(len([t for n, t in enumerate(said) if n % 4 > 1]))
            await phone.has(len([t for n, t in enumerate(said) if n % 4 != 3]))
        await home.has(9)
        everything = await home.reads(rsm={"max": 5})
        assert texts(everything) == said
        assert len({i for i, _, _ in everything}) == len(said)
        assert everything == await phone.reads(rsm={"max": 3})
        # what a device says itself it does not hear; all the rest it has seen live as the archive has it
        own = {device: said[n::4] for n, device in ((2, home), (3, phone))}
        for device in home, phone:
            assert device.seen == [e for e in everything if e[2] not in own[device]]
        assert texts(await romeo.reads()) == said
        # they are away; what waits is in the archive under the id under which it comes
        await home.leave()
        await phone.leave()
        for i in range(30):
            romeo.say(juliet_bare, f"letter {i}")
        await romeo.plugin["xep_0199"].ping(server.domain)
        (home,) = await arrive(server, juliet_name, "home")
        letters = list(await home.has(30))
        assert texts(letters) == [f"letter {i}" for i in range(30)]
        everything = await home.reads(rsm={"max": 10})
        assert everything[12:] == letters
        # the last page first, backwards
        assert await home.reads(reverse=True, rsm={"max": 7}) == everything[::-1]
        await home.leave()
        await romeo.leave()
    play(scene)


def test_questions(server, fresh):
    romeo_name, juliet_name, nurse_name = fresh("romeo"), fresh("juliet"), fresh("nurse")
    make(server, romeo_name, juliet_name, nurse_name)

    async def scene():
        (juliet,) = await arrive(server, juliet_name, "home")
        (romeo,) = await arrive(server, romeo_name, "garden")
        (nurse,) = await arrive(server, nurse_name, "hall")
        bare = juliet.boundjid.bare
        info = await juliet["xep_0030"].get_info(jid=bare)
        assert {"urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0"} <= set(info["disco_info"]["features"])
        for i in range(6):
            (romeo, nurse)[i % 2].say(bare, f"word {i}")
            await juliet.has(i + 1)
        everything = await juliet.reads()
        assert everything == juliet.seen
        assert await juliet.reads(with_jid=nurse.boundjid.bare) == everything[1::2]
        metadata = (await juliet["xep_0313"].get_archive_metadata())["mam_metadata"]
        assert (metadata["start"]["id"], metadata["end"]["id"]) == (everything[0][0], everything[-1][0])
        stamps = [m["mam_result"]["forwarded"]["delay"]["stamp"] async for m in juliet["xep_0313"].iterate()]
        assert stamps == sorted(stamps)
        fields = (await juliet["xep_0313"].get_fields()).get_fields()
        assert {"with", "start", "end", "before-id", "after-id", "ids"} <= set(fields)
        with pytest.raises(IqError) as refused:
            await nurse["xep_0313"].retrieve(jid=bare)
        assert refused.value.condition in ("service-unavailable", "forbidden")
        # preferences: from now on nothing of the nurse's
        assert tuple(await juliet["xep_0441"].get_preferences())[0] == "always"
        await juliet["xep_0441"].set_preferences("always", never=[nurse.boundjid.bare])
        nurse.say(bare, "a secret")
        await juliet.has(7)
        romeo.say(bare, "no secret")
        await juliet.has(8)
        assert [entry[0] is None for entry in juliet.seen[6:]] == [True, False]
        assert texts(await juliet.reads()) == texts(everything) + ["no secret"]
        for person in juliet, romeo, nurse:
            await person.leave()
    play(scene)


def test_keep_changes():
    """The operator shortens `keep`: what is too old goes. Then there is no archive any more, and clients are told so."""
    server = Server(config="mod_archive { keep = 30d }")

    def keep(text):
        (server.dir / "extra.conf").write_text("mod_archive { keep = %s }" % text)
        since = server.log().count(" reloaded")
        server.ctl("reload")
        assert server.log().count(" reloaded") > since

    async def scene():
        (juliet,) = await arrive(server, "viola", "home")
        bare = juliet.boundjid.bare
        juliet.say(bare, "one")
        await juliet.has(1)
        assert texts(await juliet.reads()) == ["one"]
        keep("1s")
        async with asyncio.timeout(30):
            while await juliet.reads():  # nobody is told when it goes
                await asyncio.sleep(0.1)
        keep("0")
        juliet.say(bare, "two")
        await juliet.has(2)
        assert juliet.seen[1] == (None, bare, "two")
        with pytest.raises(IqError) as refused:
            await juliet["xep_0313"].get_archive_metadata()
        assert refused.value.condition == "service-unavailable"
        for jid in server.domain, bare:
            info = await juliet["xep_0030"].get_info(jid=jid, cached=False)
            assert not [f for f in info["disco_info"]["features"] if f.startswith("urn:xmpp:mam")]
        keep("30d")
        juliet.say(bare, "three")
        await juliet.has(3)
        assert await juliet.reads() == juliet.seen[2:]
        await juliet.leave()
    try:
        make(server, "viola")
        play(scene)
    finally:
        complaints = server.close()
    assert not complaints
