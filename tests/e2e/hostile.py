# SPDX-License-Identifier: Apache-2.0
"""The ground that the tests of hostile input stand on: a server with limits that can be reached, two bystanders
who must not notice anything, and what every test checks at its end."""

import os
from contextlib import contextmanager
from pathlib import Path

from raw import Raw
from server import TOP, Server
from watch import Bystanders, bounded, counted, descriptors, limit, until

PASSWORD = "correct horse battery staple"
CONFIG = """
c2s {
    auth_timeout = "3s"
    handshake_timeout = "2s"
    unauthenticated_max = 300
    unauthenticated_per_address = 200
    connections_per_address = 300
    auth_failures_per_address = 6000
}
router {
    setup_timeout = "2s"
    setup_max = 20
}
http {
    timeout = "1s"
}
"""
EXPECTED = (r"warning c2s-\d+: connections refused limit=", r"warning router-\d+ .*refused: ",
            r"warning router-\d+ external=.* external component closed: ")


def sanitized():
    """A slow build: nobody shall run out of time who does nothing wrong."""
    build = Path(os.environ.get("CARILLON_BUILD") or TOP / "build")
    return b"__asan_init" in (build / "c2s/carillon-c2s").read_bytes()


class Ground:
    """A server under attack."""

    def __init__(self, config=CONFIG):
        self.server = Server(config=config.replace('auth_timeout = "3s"', 'auth_timeout = "8s"') if sanitized() else config)
        self.server.allow(*EXPECTED)
        self.server.add_user("mallory", PASSWORD)
        self.bystanders = Bystanders(self.server, ["peter", "balthasar"], PASSWORD)
        self.pids = self.server.pids()

    def close(self):
        self.bystanders.close()
        complaints = self.server.close()
        assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)

    def stranger(self, **options):
        """A stream that is open, in clear."""
        raw = Raw(self.server, **options)
        raw.open()
        return raw

    def secure(self):
        """The same in TLS, before login."""
        raw = Raw(self.server, direct_tls=True)
        raw.open()
        return raw

    def mallory(self, resource=None, user="mallory"):
        """Logged in."""
        raw = Raw(self.server, direct_tls=True, timeout=30)
        raw.login(user, PASSWORD, resource)
        return raw

    @contextmanager
    def attack(self, mib=16, role="c2s", limits=()):
        """Nobody notices, nothing grows by more than `mib`, nothing stays behind; the `limits` of `role` are hit."""
        pids = {pid: descriptors(pid) for pid in self.server.pids("c2s") + self.server.pids("router")}
        with self.bystanders.undisturbed(), bounded(self.server, mib), counted(self.server, role, *map(limit, limits)):
            yield
            for pid, before in pids.items():
                until(lambda: descriptors(pid) <= before + 3, f"process {pid} had {before} descriptors")
        assert self.server.pids() == self.pids, "a daemon has died"


def stream_error(said, condition):
    return b"<%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" % condition.encode() in said and \
        said.endswith(b"</stream:stream>")


def refused(raw, data, condition):
    """`data` ends the stream with this condition."""
    with raw:
        raw.say(data)
        said = raw.rest()
        assert stream_error(said, condition), f"{data[:200]!r} was answered {said[-300:]!r}"
        return said

