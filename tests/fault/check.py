# SPDX-License-Identifier: Apache-2.0
"""The invariants of doc/reliability.md, looked for in a journal after the fact.

usage: check.py JOURNAL
"""

import json
import sys
from collections import Counter, defaultdict


class Verdict:
    def __init__(self):
        self.lost, self.missed, self.doubled, self.reordered, self.unacknowledged, self.refused = [], [], [], [], [], []
        self.said = self.acked = self.heard = 0

    def good(self):
        return not (self.lost or self.missed or self.doubled or self.reordered or self.unacknowledged or self.refused)

    def __str__(self):
        text = (f"{self.said} said, {self.acked} acknowledged, {self.heard} heard: "
                f"{len(self.lost)} lost, {len(self.missed)} missed by a device, {len(self.doubled)} doubled, {len(self.reordered)} reordered, "
                f"{len(self.unacknowledged)} never acknowledged, {len(self.refused)} refused")
        for name in ("lost", "missed", "doubled", "reordered", "unacknowledged", "refused"):
            for item in getattr(self, name)[:5]:
                text += f"\n  {name}: {item}"
        return text


def check(records):
    """records: lists as the robots write them (robot.py)."""
    v = Verdict()
    said, acked, heard = set(), set(), defaultdict(list)
    devices, anew = defaultdict(set), set()
    for kind, me, *rest in records:
        devices[me.split("/")[0]].add(me)
        if kind == "said":
            said.add((me, *rest))
        elif kind == "acked":
            acked.add((me, *rest))
        elif kind == "heard":
            heard[me].append(tuple(rest))
        elif kind == "anew":  # could not resume: what its other devices have got it finds in the archive only
            anew.add(me)
        elif kind == "refused":
            v.refused.append((me, *rest))
    v.said, v.acked, v.heard = len(said), len(acked), sum(len(h) for h in heard.values())
    v.unacknowledged = sorted(said - acked)
    got = defaultdict(Counter)
    for device, items in heard.items():
        last = {}
        for sender, n in items:
            got[device][sender, n] += 1
            if got[device][sender, n] > 1:
                v.doubled.append((device, sender, n))
            elif n < last.get(sender, 0):
                v.reordered.append((device, sender, n, f"after {last[sender]}"))
            last[sender] = max(n, last.get(sender, 0))
    for sender, peer, n in acked:
        name = peer.split("@")[0]
        address = f"{sender.split('/')[0]}@{peer.split('@')[1]}/{sender.split('/')[1]}"
        if not any(got[device][address, n] for device in devices[name]):
            v.lost.append((sender, peer, n))
        v.missed += [(device, sender, n) for device in devices[name] - anew if not got[device][address, n]]
    return v


def main():
    with open(sys.argv[1]) as file:
        verdict = check([json.loads(line)[1:] for line in file])
    print(verdict)
    return 0 if verdict.good() else 1


if __name__ == "__main__":
    sys.exit(main())
