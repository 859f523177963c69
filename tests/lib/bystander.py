# SPDX-License-Identifier: Apache-2.0
"""Two people who chat all the time while somebody else misbehaves. They run in a process of their own, so that
what they notice is the server's doing and not that of the test:

    bystander.py HOST PORT DOMAIN CA USER1 USER2 PASSWORD

Each round is a ping to the server and a message from one to the other. Each line on the standard input asks for
one of JSON: how many rounds there were since the last one, and the longest ping and message in seconds."""

import json
import select
import sys
import time
from types import SimpleNamespace

from raw import Gone, Raw

PAUSE = 0.02


class Pair:
    def __init__(self, server, users, password):
        self.one, self.other = (Raw(server, timeout=60) for _ in users)
        for person, user in zip((self.one, self.other), users):
            person.login(user, password)
            person.say("<presence/>")
            person.ping("there")
        self.rounds = 0
        self.worst = {"ping": 0.0, "message": 0.0}
        self.number = 0

    def measure(self, what, start):
        self.worst[what] = max(self.worst[what], time.monotonic() - start)

    def round(self):
        self.number += 1
        start = time.monotonic()
        self.one.ping(f"p{self.number}")
        self.measure("ping", start)
        start = time.monotonic()
        self.one.say(f"<message to='{self.other.jid}' type='chat'><body>{self.number}</body></message>")
        self.other.hear(f"<body>{self.number}</body>.*?</message>")
        self.measure("message", start)
        self.rounds += 1

    def report(self):
        print(json.dumps({"rounds": self.rounds, **self.worst}), flush=True)
        self.rounds = 0
        self.worst = dict.fromkeys(self.worst, 0.0)


def main():
    host, port, domain, ca_file, *users, password = sys.argv[1:]
    pair = Pair(SimpleNamespace(host=host, c2s_port=int(port), domain=domain, ca_file=ca_file), users, password)
    pair.report()
    while True:
        readable, _, _ = select.select([sys.stdin], [], [], PAUSE)
        pair.round()
        if readable:
            if not sys.stdin.readline():
                return
            pair.report()


if __name__ == "__main__":
    try:
        main()
    except (Gone, OSError) as e:
        print(json.dumps({"gone": repr(e)}), flush=True)
