# SPDX-License-Identifier: Apache-2.0
"""Blocking with an ordinary client, and what remains of it when the inside dies."""

import asyncio
import os
import signal

import pytest

from person import PASSWORD, Person
from test_chat import make, play
from xmlstream import XmlStream

BLOCKING, PRIVACY = "{urn:xmpp:blocking}", "{jabber:iq:privacy}"


def test_client_blocks(server, fresh):
    """slixmpp's own Blocking Command: it finds the feature, blocks, is told so on its other device, and unblocks."""
    romeo_name, juliet_name = fresh("romeo"), fresh("juliet")
    make(server, romeo_name, juliet_name)

    async def scene():
        devices = [Person(server, juliet_name, resource) for resource in ("balcony", "chamber")]
        heard = [asyncio.Queue(), asyncio.Queue()]
        for device, queue in zip(devices, heard):
            device.register_plugin("xep_0191")
            device.add_event_handler("blocked", lambda iq, queue=queue: queue.put_nowait(("blocked", iq["block"]["items"])))
            device.add_event_handler("unblocked", lambda iq, queue=queue: queue.put_nowait(("unblocked", iq["unblock"]["items"])))
            await device.arrive()
        romeo = await Person(server, romeo_name).arrive()
        info = await devices[0]["xep_0030"].get_info(jid=server.domain)
        assert "urn:xmpp:blocking" in info["disco_info"]["features"]
        for device in devices:
            assert (await device["xep_0191"].get_blocked())["blocklist"]["items"] == set()
        await devices[0]["xep_0191"].block([romeo.boundjid.bare])
        for queue in heard:
            assert await asyncio.wait_for(queue.get(), 20) == ("blocked", {romeo.boundjid.bare})
        refused = asyncio.Queue()
        romeo.add_event_handler("message_error", lambda m: refused.put_nowait(m["error"]["condition"]))
        romeo.say(devices[1].boundjid.bare, "Alas")
        assert await asyncio.wait_for(refused.get(), 20) == "service-unavailable"
        assert (await devices[1]["xep_0191"].get_blocked())["blocklist"]["items"] == {romeo.boundjid.bare}
        await devices[1]["xep_0191"].unblock([romeo.boundjid.bare])
        for queue in heard:
            assert await asyncio.wait_for(queue.get(), 20) == ("unblocked", {romeo.boundjid.bare})
        romeo.say(devices[1].boundjid.bare, "Hi")
        for device in devices:
            assert (await device.hears(20))[1] == "Hi"
        for person in devices + [romeo]:
            await person.leave()
    play(scene)


class Client(XmlStream):
    """One that asks and waits for the answer; what else comes is kept."""

    @classmethod
    async def arrive(cls, server, name, resource):
        client = cls(server.host, server.c2s_port, server.domain, server.ca_file)
        await client.connect()
        await client.login(name, PASSWORD, resource)
        client.other = []
        return client

    async def ask(self, text, id_):
        self.send(text)
        while True:
            element = await self.element(30)
            if element.get("id") == id_:
                return element
            self.other.append(element)


@pytest.mark.parametrize("role", ["sm", "router"])
def test_active_list_outlives(server, fresh, role):
    """A session's choice of list, and that it wants to hear of changes, are nowhere but in its sm and its c2s."""
    romeo_name, juliet_name = fresh("romeo"), fresh("juliet")
    make(server, romeo_name, juliet_name)
    before = len(server.log())
    juliet_jid = f"{juliet_name}@{server.domain}"

    async def scene():
        romeo = await Client.arrive(server, romeo_name, "road")
        juliet = await Client.arrive(server, juliet_name, "hall")
        await romeo.ask("<iq type='get' id='1'><blocklist xmlns='urn:xmpp:blocking'/></iq>", "1")
        await romeo.ask("<iq type='set' id='2'><query xmlns='jabber:iq:privacy'><list name='l'>"
                        f"<item type='jid' value='{juliet_jid}' action='deny' order='1'/></list></query></iq>", "2")
        answer = await romeo.ask("<iq type='set' id='3'><query xmlns='jabber:iq:privacy'><active name='l'/></query></iq>", "3")
        assert answer.get("type") == "result"
        for pid in server.pids(role):
            os.kill(pid, signal.SIGKILL)
        refusal = await juliet.ask(f"<message to='{romeo.jid}' id='m1'><body>Ay me</body></message>", "m1")
        assert refusal.get("type") == "error"
        names = await romeo.ask("<iq type='get' id='4'><query xmlns='jabber:iq:privacy'/></iq>", "4")
        assert names.find(f"{PRIVACY}query/{PRIVACY}active").get("name") == "l"
        await romeo.ask("<iq type='set' id='5'><block xmlns='urn:xmpp:blocking'><item jid='paris@example.org'/></block></iq>", "5")
        while not any(e.find(f"{BLOCKING}block") is not None for e in romeo.other):
            romeo.other.append(await romeo.element(30))
        await romeo.close()
        await juliet.close()
    play(scene)
    server.ctl("wait", "--timeout", "30")
    server.forgive(before, r"warning supervisor-1 daemon=\S+: ended by signal 9",
                   r"warning \S+.*(router|link|sm-\d|bus)")
