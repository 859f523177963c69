# SPDX-License-Identifier: Apache-2.0
"""A bare XMPP stream for tests: bytes out, elements in, nothing hidden. It is
deliberately not a client library, so that a test can say anything."""

import asyncio
import base64
import ssl
import xml.etree.ElementTree as ET
from xml.parsers import expat

CLIENT = "jabber:client"
STREAM = "http://etherx.jabber.org/streams"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
TLS = "urn:ietf:params:xml:ns:xmpp-tls"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"


class Closed(Exception):
    """The stream or the connection has ended."""


class _Parser:
    """Elements at depth 1, as they complete."""

    def __init__(self, on_item):
        self.on_item = on_item
        self.stack = []
        self.depth = 0
        self.expat = expat.ParserCreate(namespace_separator=" ")
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.text

    @staticmethod
    def name(raw):
        return "{%s}%s" % tuple(raw.split(" ")) if " " in raw else raw

    def start(self, raw, attrs):
        self.depth += 1
        element = ET.Element(self.name(raw), {self.name(k): v for k, v in attrs.items()})
        if self.depth == 1:
            self.on_item(("header", element))
            return
        if self.stack:
            self.stack[-1].append(element)
        self.stack.append(element)

    def end(self, raw):
        self.depth -= 1
        if self.depth == 0:
            self.on_item(("end", None))
            return
        element = self.stack.pop()
        if not self.stack:
            self.on_item(("element", element))

    def text(self, data):
        if not self.stack:
            return
        element = self.stack[-1]
        if len(element):
            element[-1].tail = (element[-1].tail or "") + data
        else:
            element.text = (element.text or "") + data


class XmlStream:
    def __init__(self, host, port, domain, ca_file=None):
        self.host, self.port, self.domain, self.ca_file = host, port, domain, ca_file
        self.items = asyncio.Queue()
        self.jid = None
        self.certificate, self.versions = None, {}  # for TLS: (certificate, key), limits of the version

    async def connect(self, direct_tls=False):
        loop = asyncio.get_running_loop()
        context = self.context() if direct_tls else None
        if context:
            context.set_alpn_protocols(["xmpp-client"])
        self.reader, self.writer = await asyncio.open_connection(
            self.host, self.port, ssl=context, server_hostname=self.domain if context else None)
        self.fresh()
        self.pump = loop.create_task(self._read())

    def context(self):
        context = ssl.create_default_context(cafile=self.ca_file)
        if not self.ca_file:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.certificate:
            context.load_cert_chain(*self.certificate)
        for name, value in self.versions.items():
            setattr(context, name, value)
        return context

    def fresh(self):
        """A new stream on the same connection."""
        self.parser = _Parser(self.items.put_nowait)

    async def _read(self):
        try:
            while True:
                data = await self.reader.read(65536)
                if not data:
                    break
                self.parser.expat.Parse(data, False)
        except (ConnectionError, ssl.SSLError, expat.ExpatError) as e:
            self.items.put_nowait(("broken", str(e)))
        self.items.put_nowait(("eof", None))

    def send(self, text):
        self.writer.write(text.encode() if isinstance(text, str) else text)

    async def item(self, timeout=10):
        try:
            return await asyncio.wait_for(self.items.get(), timeout)
        except asyncio.TimeoutError:
            raise Closed(f"nothing came for {timeout} s") from None

    async def element(self, timeout=10):
        kind, element = await self.item(timeout)
        if kind != "element":
            raise Closed(kind)
        return element

    def send_header(self, **attrs):
        attrs = {"to": self.domain, "version": "1.0", **attrs}
        text = "".join(f" {k}='{v}'" for k, v in attrs.items() if v is not None)
        self.send(f"<?xml version='1.0'?><stream:stream xmlns='{CLIENT}' xmlns:stream='{STREAM}'{text}>")

    async def open(self, **attrs):
        """Header out, header and features in; returns the features."""
        self.send_header(**attrs)
        kind, self.header = await self.item()
        if kind != "header":
            raise Closed(kind)
        return await self.element()

    async def start_tls(self):
        self.send(f"<starttls xmlns='{TLS}'/>")
        answer = await self.element()
        if answer.tag != "{%s}proceed" % TLS:
            raise Closed(answer.tag)
        await self.upgrade()

    async def upgrade(self):
        """The handshake on the open connection."""
        self.pump.cancel()
        try:
            await self.pump
        except asyncio.CancelledError:
            pass
        await self.writer.start_tls(self.context(), server_hostname=self.domain)
        self.fresh()
        self.pump = asyncio.get_running_loop().create_task(self._read())

    async def authenticate(self, user, password):
        """STARTTLS, SASL PLAIN, a new stream. Returns its features."""
        features = await self.open()
        if features.find("{%s}starttls" % TLS) is not None:
            await self.start_tls()
            await self.open()
        plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        self.send(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{plain}</auth>")
        answer = await self.element()
        if answer.tag != "{%s}success" % SASL:
            raise Closed(ET.tostring(answer, encoding="unicode"))
        self.fresh()
        return await self.open()

    async def login(self, user, password, resource=None):
        """The whole way: authenticated, then bound. Returns the full JID."""
        await self.authenticate(user, password)
        wanted = f"<resource>{resource}</resource>" if resource else ""
        self.send(f"<iq type='set' id='bind'><bind xmlns='{BIND}'>{wanted}</bind></iq>")
        answer = await self.element()
        self.jid = answer.findtext("{%s}bind/{%s}jid" % (BIND, BIND))
        if not self.jid:
            raise Closed(ET.tostring(answer, encoding="unicode"))
        return self.jid

    async def close(self):
        """Says goodbye and waits for the other side's."""
        try:
            self.send("</stream:stream>")
            while (await self.item(5))[0] not in ("end", "eof", "broken"):
                pass
        except (Closed, ConnectionError):
            pass
        self.abort()

    def abort(self):
        """The connection breaks."""
        self.pump.cancel()
        self.writer.transport.abort()
