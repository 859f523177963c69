# SPDX-License-Identifier: Apache-2.0
"""A client on a bare, blocking socket, for tests that say what no client library would: bytes out, bytes in."""

import base64
import os
import re
import socket
import ssl
import struct

HEADER = (b"<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' "
          b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
STARTTLS = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
FEATURES_END = b"</stream:features>"


class Gone(Exception):
    """The other side has closed; the argument is what it had said."""


def tls_context(ca_file=None, **versions):
    context = ssl.create_default_context(cafile=ca_file)
    if not ca_file:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    for name, value in versions.items():
        setattr(context, name, value)
    return context


def plain(user, password):
    return base64.b64encode(f"\0{user}\0{password}".encode())


def auth(mechanism, data=b""):
    return b"<auth xmlns='%s' mechanism='%s'>%s</auth>" % (SASL.encode(), mechanism.encode(), data)


class Raw:
    def __init__(self, server, direct_tls=False, source=None, timeout=20):
        self.server, self.heard, self.jid = server, b"", None
        port = server.c2s_tls_port if direct_tls else server.c2s_port
        self.socket = socket.create_connection((server.host, port), timeout, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if direct_tls:
            self.secure()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends without a FIN, as a crashed machine's kernel does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def secure(self, context=None):
        self.socket = (context or tls_context(self.server.ca_file)).wrap_socket(
            self.socket, server_hostname=self.server.domain)

    def say(self, data):
        """False when the other side has had enough already."""
        try:
            self.socket.sendall(data if isinstance(data, bytes) else data.encode())
            return True
        except (ConnectionError, ssl.SSLError):
            return False

    def more(self):
        try:
            data = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            data = b""
        if not data:
            raise Gone(self.heard)
        self.heard += data

    def hear(self, what):
        """Everything up to and with `what`, bytes or a pattern."""
        pattern = re.compile(re.escape(what) if isinstance(what, bytes) else what.encode(), re.DOTALL)
        while not (found := pattern.search(self.heard)):
            self.more()
        said, self.heard = self.heard[:found.end()], self.heard[found.end():]
        return said

    def rest(self):
        """All that comes until the end; a reset is an end, too."""
        try:
            while True:
                self.more()
        except Gone:
            return self.heard

    def end(self):
        """No more from this side; under TLS without its goodbye, which Python would take for ours, too."""
        with socket.socket(fileno=os.dup(self.socket.fileno())) as bare:
            try:
                bare.shutdown(socket.SHUT_WR)
            except OSError:
                pass

    def open(self):
        self.say(HEADER)
        return self.hear(FEATURES_END)

    def start_tls(self, context=None):
        self.open()
        self.say(STARTTLS)
        self.hear("<proceed [^>]*/>")
        self.heard = b""
        self.secure(context)

    def authenticate(self, user, password):
        self.say(auth("PLAIN", plain(user, password)))
        self.hear("<success [^>]*/>")

    def bind(self, resource=None):
        wanted = f"<resource>{resource}</resource>" if resource else ""
        self.say(f"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{wanted}</bind></iq>")
        self.jid = re.search(rb"<jid>(.*)</jid>", self.hear("<jid>.*</iq>")).group(1).decode()
        return self.jid

    def login(self, user, password, resource=None, context=None):
        """The whole way over STARTTLS, or from TLS on when that is there already."""
        if not isinstance(self.socket, ssl.SSLSocket):
            self.start_tls(context)
        self.open()
        self.authenticate(user, password)
        self.open()
        return self.bind(resource)

    def ping(self, id="p", to=None):
        """To the server and back; what came in between stays in `seen`."""
        to = f" to='{to}'" if to else ""
        self.say(f"<iq type='get' id='{id}'{to}><ping xmlns='urn:xmpp:ping'/></iq>")
        return self.hear(f"<iq [^>]*id='{id}'[^>]*(/>|>.*?</iq>)")
