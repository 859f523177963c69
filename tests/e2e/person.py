# SPDX-License-Identifier: Apache-2.0
"""A person at an ordinary client: slixmpp, as its users use it."""

import asyncio

import slixmpp

PASSWORD = "wherefore art thou"


class Person(slixmpp.ClientXMPP):
    def __init__(self, server, name, resource=None, password=PASSWORD, direct_tls=False):
        jid = f"{name}@{server.domain}" + (f"/{resource}" if resource else "")
        super().__init__(jid, password)
        self.at = server
        self.direct_tls = direct_tls
        self.received = asyncio.Queue()
        self.presences = asyncio.Queue()
        self.requests = asyncio.Queue()
        self.online, self.gone = asyncio.Event(), asyncio.Event()
        self.failed = asyncio.Event()
        self.ca_certs = server.ca_file
        self.auto_reconnect = False
        self.auto_authorize = None
        self.register_plugin("xep_0199")
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("message", self.received.put_nowait)
        self.add_event_handler("presence_subscribe", self.requests.put_nowait)
        for kind in ("available", "away", "chat", "dnd", "xa", "unavailable", "subscribed"):
            self.add_event_handler(f"presence_{kind}", self.presences.put_nowait)
        self.add_event_handler("failed_all_auth", lambda _: self.failed.set())
        self.add_event_handler("disconnected", lambda _: self.gone.set())

    async def on_start(self, _):
        await self.get_roster()
        self.send_presence()
        self.online.set()

    async def arrive(self, port=None):
        port = port or (self.at.c2s_tls_port if self.direct_tls else self.at.c2s_port)
        self.connect((self.at.host, port), use_ssl=self.direct_tls, disable_starttls=False)
        await asyncio.wait_for(self.online.wait(), 20)
        return self

    async def leave(self):
        self.disconnect(wait=2)
        await asyncio.wait_for(self.gone.wait(), 20)

    def say(self, to, body):
        self.send_message(mto=to, mbody=body, mtype="chat")

    async def hears(self, timeout=20):
        """The next message with a body: (bare sender, body)."""
        while True:
            message = await asyncio.wait_for(self.received.get(), timeout)
            if message["body"]:
                return message["from"].bare, message["body"]

    async def sees(self, who, kind, timeout=20):
        """Waits for presence of `kind` ("available", "unavailable", "away"...) from a bare JID."""
        while True:
            presence = await asyncio.wait_for(self.presences.get(), timeout)
            if presence["from"].bare == who and presence["type"] == kind:
                return presence

    def abort(self):
        """slixmpp's own closes twice, and stumbles when the other side was first."""
        if self.transport:
            self.cancel_connection_attempt()
            self.transport.close()
