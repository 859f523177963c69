# SPDX-License-Identifier: Apache-2.0
"""An external component (XEP-0114) on a bare socket."""

import hashlib
import re
import socket

from raw import Raw

NS = "jabber:component:accept"


class Component(Raw):
    def __init__(self, server, timeout=10):
        self.server, self.heard = server, b""
        self.socket = socket.create_connection((server.host, server.component_port), timeout)
        self.domain, self.secret = server.env["COMPONENT_DOMAIN"], server.env["COMPONENT_SECRET"]

    def header(self, domain=None):
        self.say(f"<?xml version='1.0'?><stream:stream to='{domain or self.domain}' xmlns='{NS}' "
                 "xmlns:stream='http://etherx.jabber.org/streams'>")

    def shake(self, secret=None):
        said = self.hear("<stream:stream [^>]*>").decode()
        stream_id = re.search(r" id='([^']*)'", said).group(1)
        digest = hashlib.sha1((stream_id + (secret or self.secret)).encode()).hexdigest()
        self.say(f"<handshake>{digest}</handshake>")

    def join(self):
        self.header()
        self.shake()
        self.hear("<handshake ?/>|<handshake></handshake>")
        return self
