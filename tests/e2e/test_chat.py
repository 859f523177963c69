# SPDX-License-Identifier: Apache-2.0
"""Two people at ordinary clients: the first conversation, on every shape of server."""

import asyncio

from person import PASSWORD, Person


def play(scene):
    """Runs a coroutine on a loop of its own; slixmpp wants the current one."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(asyncio.wait_for(scene(), 90))
    finally:
        rest = asyncio.all_tasks(loop)  # slixmpp leaves some behind
        for task in rest:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
        loop.close()


def make(server, *names):
    for name in names:
        server.add_user(name, PASSWORD)


def test_first_conversation(server, fresh):
    romeo_name, juliet_name = fresh("romeo"), fresh("juliet")
    make(server, romeo_name, juliet_name)

    async def scene():
        romeo = await Person(server, romeo_name).arrive()
        juliet = await Person(server, juliet_name, direct_tls=True).arrive()
        # they subscribe to each other
        romeo.send_presence(pto=juliet.boundjid.bare, ptype="subscribe")
        request = await asyncio.wait_for(juliet.requests.get(), 20)
        assert request["from"].bare == romeo.boundjid.bare
        juliet.send_presence(pto=romeo.boundjid.bare, ptype="subscribed")
        juliet.send_presence(pto=romeo.boundjid.bare, ptype="subscribe")
        await romeo.sees(juliet.boundjid.bare, "subscribed")
        await romeo.sees(juliet.boundjid.bare, "available")
        await asyncio.wait_for(romeo.requests.get(), 20)
        romeo.send_presence(pto=juliet.boundjid.bare, ptype="subscribed")
        await juliet.sees(romeo.boundjid.bare, "available")
        # they see each other's presence
        juliet.send_presence(pshow="away", pstatus="at the balcony")
        presence = await romeo.sees(juliet.boundjid.bare, "away")
        assert presence["status"] == "at the balcony"
        # they talk, both ways, in order
        for i in range(20):
            romeo.say(juliet.boundjid.bare, f"question {i}")
        for i in range(20):
            assert await juliet.hears() == (romeo.boundjid.bare, f"question {i}")
            juliet.say(romeo.boundjid.full, f"answer {i}")
        for i in range(20):
            assert await romeo.hears() == (juliet.boundjid.bare, f"answer {i}")
        # Juliet leaves; what is said meanwhile waits for her, in order
        bare = juliet.boundjid.bare
        await juliet.leave()
        await romeo.sees(bare, "unavailable")
        for i in range(50):
            romeo.say(bare, f"letter {i}")
        await romeo.plugin["xep_0199"].ping(server.domain)
        juliet = await Person(server, juliet_name).arrive()
        for i in range(50):
            assert await juliet.hears() == (romeo.boundjid.bare, f"letter {i}")
        # rosters have both
        assert romeo.client_roster[bare]["subscription"] == "both"
        await juliet.leave()
        await romeo.leave()
    play(scene)


def test_several_devices(server, fresh):
    romeo_name, juliet_name = fresh("romeo"), fresh("juliet")
    make(server, romeo_name, juliet_name)

    async def scene():
        phones = [await Person(server, juliet_name, f"device{i}").arrive() for i in range(3)]
        romeo = await Person(server, romeo_name).arrive()
        for i in range(10):
            romeo.say(phones[0].boundjid.bare, f"line {i}")
        for phone in phones:
            for i in range(10):
                assert await phone.hears() == (romeo.boundjid.bare, f"line {i}")
        for person in phones + [romeo]:
            await person.leave()
    play(scene)


def test_wrong_password_is_refused(server, fresh):
    name = fresh("romeo")
    make(server, name)
    server.allow("authentication failed")

    async def scene():
        impostor = Person(server, name, password="guess")
        impostor.connect((server.host, server.c2s_port))
        await asyncio.wait_for(impostor.failed.wait(), 30)
        assert not impostor.online.is_set()
    play(scene)


def test_many_pairs(server, fresh):
    """Every pair of c2s and sm that the shape has is met by some of these."""
    names = [(fresh("romeo"), fresh("juliet")) for _ in range(8)]
    for pair in names:
        make(server, *pair)

    async def talk(pair):
        romeo, juliet = [await Person(server, name).arrive() for name in pair]
        for i in range(25):
            romeo.say(juliet.boundjid.bare, f"{i}")
            juliet.say(romeo.boundjid.bare, f"{i}")
        for person in (romeo, juliet):
            for i in range(25):
                assert (await person.hears())[1] == f"{i}"
        await romeo.leave()
        await juliet.leave()

    async def scene():
        await asyncio.gather(*(talk(pair) for pair in names))
    play(scene)
