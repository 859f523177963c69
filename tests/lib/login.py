# SPDX-License-Identifier: Apache-2.0
"""What dialogues say of logging in that needs a computation: SASL messages, certificates, guests (README.md there)."""

import hashlib
import re
import ssl
import xml.etree.ElementTree as ET

from certs import Authority
from sasl import Digest, Scram, encode
from xmlstream import BIND, SASL, Closed, XmlStream

VERBS = ["is a guest"]
PATTERNS = [re.compile(p) for p in (
    r"(opens a connection) to (\S+)",
    r"(starts TLS)(?: (1\.2))?(?: with a (foreign )?certificate (?:for (.+)|of nobody))?",
    r"(starts TLS) 1\.2",
)]
CONFIG = """
c2s {
    client_ca_file = "{dir}/tls/ca.pem"
    mechanisms = {"SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256",
        "SCRAM-SHA-1", "DIGEST-MD5", "PLAIN", "EXTERNAL", "ANONYMOUS"}
}
host "guests.localhost" {
    certificate = "{dir}/tls/guests.localhost.pem"
    key = "{dir}/tls/guests.localhost.key"
    anonymous = local
}
"""


def match_verb(text):
    """("starts TLS", (its arguments)) or None."""
    for pattern in PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return found.group(1), found.groups()[1:]
    return None


def binding(stream, gs2):
    """The bytes of the channel binding that the header names."""
    tls = stream.writer.get_extra_info("ssl_object")
    name = gs2.split(",")[0].partition("=")[2]
    if name == "tls-unique":
        return tls.get_channel_binding("tls-unique")
    if name == "tls-server-end-point":
        return hashlib.sha256(tls.getpeercert(binary_form=True)).digest()
    return b""


class Logins:
    """Part of a scene: `streams`, `user(actor)` and `values` are the scene's."""

    password = ""

    def sasl_text(self, name, what):
        """What {name:what} stands for; None when it is nothing of ours. The exchange is remembered by the actor's name."""
        word, _, rest = what.partition(" ")
        more = rest.split()
        if word == "scram-first":
            return self.begin_scram(name, *more)
        if word == "scram-final":
            exchange = self.exchanges[name]
            exchange.password = more[1] if len(more) > 1 else exchange.password
            return exchange.final(self.values[more[0]])
        if word == "digest":
            says = dict(item.split("=", 1) for item in more[1:])
            password = says.pop("password", self.password)
            self.exchanges[name] = Digest(says.pop("username", self.user(name)), password, self.values["host"], **says)
            return self.exchanges[name].response(self.values[more[0]])
        if word == "sasl-success":
            return self.exchanges[name].success()
        return None

    def begin_scram(self, name, hash_name="SHA-256", gs2="n,,"):
        stream = next(s for actor, s in self.streams.items() if actor.lower().split("/")[0] == name)
        self.exchanges[name] = Scram(self.user(name), self.password, hash_name, gs2, binding(stream, gs2))
        return self.exchanges[name].first()

    @staticmethod
    def base64_text(text):
        return encode(text.encode().decode("unicode_escape"))

    def give_certificate(self, stream, actor, foreign, addresses):
        folder = self.server.dir / "tls"
        authority = Authority(folder, "foreign" if foreign else "ca")
        name = f"{self.path.stem}-{actor.lower()}-{len(self.streams)}"
        stream.certificate = authority.client(name, *re.split(r",\s*", self.fill(addresses)) if addresses else ())

    async def do_starts_TLS(self, step):
        stream = self.streams[step.actor]
        version, foreign, addresses = step.args or (None, None, None)
        if version:
            stream.versions = {"maximum_version": ssl.TLSVersion.TLSv1_2}
        if "certificate" in step.line:
            self.give_certificate(stream, step.actor, foreign, addresses)
        await stream.start_tls()

    async def do_is_a_guest(self, step):
        """Anonymous login with resource and presence. {actor} and {actor/full} are its addresses then."""
        stream = await self.connect_to(step.actor, self.values["guests"])
        await stream.open()
        await stream.start_tls()
        await stream.open()
        stream.send(f"<auth xmlns='{SASL}' mechanism='ANONYMOUS'/>")
        answer = await stream.element()
        if answer.tag != "{%s}success" % SASL:
            raise Closed(ET.tostring(answer, encoding="unicode"))
        stream.fresh()
        await stream.open()
        stream.send(f"<iq type='set' id='bind'><bind xmlns='{BIND}'/></iq><presence/>")
        jid = (await stream.element()).findtext("{%s}bind/{%s}jid" % (BIND, BIND))
        await stream.element()  # its own presence
        self.values[step.actor], self.values[step.actor + "/full"] = jid.split("/")[0], jid

    async def connect_to(self, actor, domain):
        server = self.server
        stream = self.streams[actor] = XmlStream(server.host, server.c2s_port, domain, server.ca_file)
        await stream.connect()
        return stream
