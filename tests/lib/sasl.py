# SPDX-License-Identifier: Apache-2.0
"""The client's side of SCRAM (RFC 5802) and DIGEST-MD5 (RFC 2831), computed
here and not by a library, so that a test can also get it wrong. Messages go in
and out in base64, as they stand in XML."""

import base64
import hashlib
import hmac
import os
import re

HASHES = {"SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}


def encode(data):
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def decode(text):
    return base64.b64decode(text, validate=True)


class Scram:
    """One exchange. gs2: the header, as sent; binding: the bytes of the channel binding that it names."""

    def __init__(self, user, password, hash_name="SHA-256", gs2="n,,", binding=b""):
        self.user, self.password, self.hash = user, password, HASHES[hash_name]
        self.gs2, self.binding = gs2, binding
        self.nonce = encode(os.urandom(18))

    def hmac(self, key, text):
        return hmac.new(key, text if isinstance(text, bytes) else text.encode(), self.hash).digest()

    def first(self):
        name = self.user.replace("=", "=3D").replace(",", "=2C")
        self.bare = f"n={name},r={self.nonce}"
        return encode(self.gs2 + self.bare)

    def final(self, challenge):
        challenge = decode(challenge).decode()
        self.challenge = dict(part.split("=", 1) for part in challenge.split(","))
        salted = hashlib.pbkdf2_hmac(self.hash, self.password.encode(), decode(self.challenge["s"]), int(self.challenge["i"]))
        without_proof = f"c={encode(self.gs2.encode() + self.binding)},r={self.challenge['r']}"
        message = f"{self.bare},{challenge},{without_proof}"
        client_key = self.hmac(salted, "Client Key")
        stored_key = hashlib.new(self.hash, client_key).digest()
        proof = bytes(a ^ b for a, b in zip(client_key, self.hmac(stored_key, message)))
        self.signature = self.hmac(self.hmac(salted, "Server Key"), message)
        return encode(f"{without_proof},p={encode(proof)}")

    def success(self):
        """What the server must send with <success/>."""
        return encode(f"v={encode(self.signature)}")


class Digest:
    """One exchange. says: directives that differ from the right ones, or are not there (None)."""

    def __init__(self, user, password, host, **says):
        self.password = password
        self.says = {"username": user, "realm": host, "nonce": None, "cnonce": encode(os.urandom(12)), "nc": "00000001",
                     "qop": "auth", "digest-uri": f"xmpp/{host}", "charset": "utf-8", **says}

    def compute(self, method):
        says = self.says

        def md5(data):
            return hashlib.md5(data).digest()

        def part(text):
            """RFC 2831 2.1.2.1: what can be said in ISO 8859-1 is hashed in it."""
            try:
                return text.encode("latin-1")
            except UnicodeEncodeError:
                return text.encode()

        a1 = md5(b":".join(map(part, (says["username"], says["realm"], self.password))))
        a1 += f":{says['nonce']}:{says['cnonce']}".encode()
        if "authzid" in says:
            a1 += f":{says['authzid']}".encode()
        a2 = f"{method}:{says['digest-uri']}".encode()
        middle = f":{says['nonce']}:{says['nc']}:{says['cnonce']}:{says['qop']}:".encode()
        return md5(md5(a1).hex().encode() + middle + md5(a2).hex().encode()).hex()

    def response(self, challenge):
        offered = dict(re.findall(r'([a-z-]+)="?([^",]*)"?', decode(challenge).decode()))
        if self.says["nonce"] is None:
            self.says["nonce"] = offered["nonce"]
        plain = ("nc", "qop", "charset")
        parts = [f"{k}={v}" if k in plain else f'{k}="{v}"' for k, v in self.says.items() if v is not None]
        return encode(",".join(parts + [f"response={self.compute('AUTHENTICATE')}"]))

    def success(self):
        """What the server's second challenge must be."""
        return encode(f"rspauth={self.compute('')}")
