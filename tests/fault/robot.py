# SPDX-License-Identifier: Apache-2.0
"""A client that loses nothing: XEP-0198 with resumption, and what a careful
client does when that fails. It writes down all that it says and hears."""

import asyncio
import random
import sys
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
from xmlstream import BIND, CLIENT, Closed, XmlStream  # noqa: E402

SM = "urn:xmpp:sm:3"
STANZAS = {"{%s}%s" % (CLIENT, kind) for kind in ("message", "presence", "iq")}
DOZE = 2  # seconds without reading, of who is slow
TROUBLE = (Closed, ConnectionError, OSError, asyncio.TimeoutError, asyncio.IncompleteReadError)


class Robot:
    """name: account; device: resource; journal: a function that takes one record. slow: reads in bursts only."""

    def __init__(self, server, name, device, password, journal, slow=False):
        self.server, self.name, self.device, self.password, self.journal = server, name, device, password, journal
        self.jid = f"{name}@{server.domain}"
        self.me = f"{name}/{device}"
        self.stream = None
        self.previd = None
        self.got = 0               # stanzas handled, in the current session
        self.queue = deque()       # stanzas that the server has not acknowledged: (key, text)
        self.acked = 0             # number of the one before the first of the queue
        self.numbers = {}          # next number for each peer
        self.seen = set()          # devices of contacts that are there: name/device
        self.connected = asyncio.Event()
        self.resumes = self.failures = self.breaks = 0
        self.stopping = False
        self.slow, self.dozing = slow, None

    # --- saying -------------------------------------------------------------

    def post(self, key, text):
        self.queue.append((key, text))
        if self.connected.is_set():
            self.stream.send(text)

    def say(self, peer):
        """The next numbered message to a bare JID."""
        n = self.numbers[peer] = self.numbers.get(peer, 0) + 1
        self.journal("said", self.me, peer, n)
        self.post((peer, n), f"<message to='{peer}' type='chat' id='{self.name}-{self.device}-{peer}-{n}'>"
                             f"<body>{self.device} {n}</body></message>")
        if self.connected.is_set() and n % 5 == 0:
            self.stream.send(f"<r xmlns='{SM}'/>")

    def has_acked(self, h):
        if h - self.acked > len(self.queue):
            raise Closed(f"the server acknowledges {h}, {self.acked + len(self.queue)} were sent")
        while self.acked < h:
            key, _ = self.queue.popleft()
            self.acked += 1
            if key:
                self.journal("acked", self.me, *key)

    def befriend(self, name):
        """Asks for the presence of that robot's user."""
        self.post(None, f"<presence type='subscribe' to='{name}@{self.server.domain}'/>")

    # --- hearing ------------------------------------------------------------

    def on_presence(self, element):
        kind, (account, _, device) = element.get("type"), element.get("from", self.jid).partition("/")
        if account == self.jid:
            return
        who = f"{account.split('@')[0]}/{device}"
        if kind == "subscribe":
            self.post(None, f"<presence type='subscribed' to='{account}'/>")
        elif kind is None:
            self.seen.add(who)
        elif kind == "unavailable" and device:
            self.seen.discard(who)
            self.journal("left", self.me, who)

    def on_message(self, element):
        body = element.findtext("{%s}body" % CLIENT)
        if element.get("type") == "error":
            self.journal("refused", self.me, element.get("from"), element.get("id"))
        elif body:
            device, n = body.split(" ")
            self.journal("heard", self.me, f"{element.get('from').split('/')[0]}/{device}", int(n))

    def on_element(self, element):
        if element.tag == "{%s}r" % SM:
            self.stream.send(f"<a xmlns='{SM}' h='{self.got}'/>")
        elif element.tag == "{%s}a" % SM:
            self.has_acked(int(element.get("h")))
        elif element.tag in STANZAS:
            self.got += 1
            if element.tag.endswith("}message"):
                self.on_message(element)
            elif element.tag.endswith("}presence"):
                self.on_presence(element)
        else:
            raise Closed(element.tag)

    # --- sessions -----------------------------------------------------------

    async def resume(self):
        """True: the session goes on."""
        self.stream.send(f"<resume xmlns='{SM}' previd='{self.previd}' h='{self.got}'/>")
        answer = await self.stream.element(20)
        if answer.tag != "{%s}resumed" % SM:
            self.failures += 1
            self.journal("anew", self.me)
            return False
        self.resumes += 1
        self.has_acked(int(answer.get("h")))
        return True

    async def begin(self):
        self.stream.send(f"<iq type='set' id='bind'><bind xmlns='{BIND}'><resource>{self.device}</resource></bind></iq>")
        answer = await self.stream.element(20)
        if answer.get("type") != "result":
            raise Closed("no resource")
        self.stream.send(f"<enable xmlns='{SM}' resume='true'/>")
        answer = await self.stream.element(20)
        self.previd = answer.get("id")
        self.got = self.acked = 0
        self.queue.appendleft((None, "<presence/>"))

    async def connect(self):
        self.stream = XmlStream(self.server.host, self.server.c2s_port, self.server.domain, self.server.ca_file)
        await asyncio.wait_for(self.stream.connect(), 10)
        await self.stream.authenticate(self.name, self.password)
        if not (self.previd and await self.resume()):
            self.queue = deque(item for item in self.queue if item[0])
            await self.begin()
        for _, text in self.queue:  # with what was said meanwhile
            self.stream.send(text)
        self.stream.send(f"<r xmlns='{SM}'/>")

    async def doze(self):
        """Lets the kernel's buffers and those of the server fill up, again and again."""
        transport = self.stream.writer.transport
        while not transport.is_closing():
            transport.pause_reading()
            await asyncio.sleep(DOZE)
            transport.resume_reading()
            await asyncio.sleep(DOZE / 10)

    async def read(self):
        if self.slow:
            self.dozing = asyncio.create_task(self.doze())
        while True:
            kind, element = await self.stream.items.get()
            if kind != "element":
                raise Closed(kind)
            self.on_element(element)

    async def live(self):
        """Comes back as often as it takes."""
        while not self.stopping:
            try:
                await self.connect()
                self.connected.set()
                await self.read()
            except TROUBLE as e:
                if self.stopping:
                    return
                if self.connected.is_set():
                    self.breaks += 1
                    self.journal("broken", self.me, str(e) or type(e).__name__)
                self.connected.clear()
                if self.dozing:
                    self.dozing.cancel()
                if self.stream and hasattr(self.stream, "pump"):
                    self.stream.abort()
                await asyncio.sleep(random.uniform(0.05, 0.3))  # a client's own pause before it connects again

    async def leave(self):
        self.stopping = True
        if self.connected.is_set():
            await self.stream.close()
