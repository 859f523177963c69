# SPDX-License-Identifier: Apache-2.0
"""Somebody at the router's socket (doc/protocol.md), who knows the cluster's secret or does not."""

import base64
import hashlib
import hmac
import re
import socket

from raw import FEATURES_END, Raw, auth

SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
HEADER = ("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
          "xmlns:c='urn:carillon:bus:1' to='router' version='1.0'>")


def scram(password, client_first, server_first):
    """The client's final message (RFC 5802 3)."""
    given = dict(part.split("=", 1) for part in server_first.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(given["s"]), int(given["i"]))
    key = hmac.digest(salted, b"Client Key", "sha256")
    bare = f"c=biws,r={given['r']}"
    signed = ",".join((client_first, server_first, bare)).encode()
    signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature))).decode()
    return f"{bare},p={proof}"


class Link(Raw):
    def __init__(self, server, timeout=10):
        self.server, self.heard = server, b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(server.dir / "router-1.sock"))

    def open(self):
        self.say(HEADER)
        return self.hear(FEATURES_END)

    def authenticate(self, secret=None, user="carillon"):
        secret = secret or (self.server.dir / "secret").read_text().strip()
        first = f"n={user},r=abcdefghijkl"
        self.say(auth("SCRAM-SHA-256", base64.b64encode(b"n,," + first.encode())))
        said = re.search(rb">([^<]+)</challenge>", self.hear("</challenge>")).group(1)
        final = scram(secret, first, base64.b64decode(said).decode())
        self.say(f"<response xmlns='{SASL}'>{base64.b64encode(final.encode()).decode()}</response>")
        return self.hear("(</success>|</failure>)")

    def bind(self, name="c2s-9", role="c2s", boot="forged"):
        self.say(f"<bind xmlns='urn:carillon:bus:1' version='2' name='{name}' role='{role}' boot='{boot}'/>")
        return self.hear("<bound [^>]*/>")

    def join(self, **binding):
        self.open()
        assert b"</success>" in self.authenticate()
        self.open()
        self.bind(**binding)
        self.hear("<c:synced/>")
        return self

    def route(self, payload, length=None, **head):
        """A frame; attributes whose name ends in _ are written without it."""
        attrs = "".join(f" {k.rstrip('_')}='{v}'" for k, v in head.items())
        length = len(payload.encode()) if length is None else length
        self.say(f"<c:route{attrs} len='{length}'>{payload}</c:route>")
