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
        self.flapped, self.unarchived, self.archived_twice = [], [], []
        self.said = self.acked = self.heard = 0

    def good(self):
        return not (self.lost or self.missed or self.doubled or self.reordered or self.unacknowledged or self.refused
                    or self.flapped or self.unarchived or self.archived_twice)

    def __str__(self):
        text = (f"{self.said} said, {self.acked} acknowledged, {self.heard} heard: "
                f"{len(self.lost)} lost, {len(self.missed)} missed by a device, {len(self.doubled)} doubled, {len(self.reordered)} reordered, "
                f"{len(self.unacknowledged)} never acknowledged, {len(self.refused)} refused, {len(self.flapped)} seen to leave who had not, "
                f"{len(self.unarchived)} not in an archive, {len(self.archived_twice)} twice in one")
        for name in ("lost", "missed", "doubled", "reordered", "unacknowledged", "refused", "flapped", "unarchived",
                     "archived_twice"):
            for item in getattr(self, name)[:5]:
                text += f"\n  {name}: {item}"
        return text


def key_of(device, peer, n):
    """A message as the robot that hears it knows it."""
    name, resource = device.split("/")
    return f"{name}@{peer.split('@')[1]}/{resource}", n


def journeys(records):
    """When each message that came was said, and when a device heard it."""
    said = {}
    for at, kind, me, *rest in records:
        if kind == "said":
            peer, n = rest
            said[*key_of(me, peer, n), peer.split("@")[0]] = at
        elif kind == "heard":
            yield said[*rest, me.split("/")[0]], at


def latency(records):
    """In words."""
    took = sorted(heard - said for said, heard in journeys(records))
    if not took:
        return "nothing heard"
    return ", ".join(f"{name} {took[int(share * (len(took) - 1))] * 1000:.0f} ms"
                     for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1)))


def flaps(records):
    """(observer, device) for each device that was seen to leave more often than it has begun a session anew."""
    left, anew, on = Counter(), Counter(), False
    for _, kind, me, *rest in records:
        if kind in ("begin", "end"):
            on = kind == "begin"
        elif kind == "anew":
            anew[me] += 1
        elif kind == "left" and on:
            left[me, rest[0]] += 1
    return sorted(pair for pair, count in left.items() if count > anew[pair[1]])


def check_archives(v, acked, archives):
    """Each message once in the sender's and once in the recipient's, those from one device to one user in their order."""
    for archive, rows in archives.items():
        last, seen = {}, set()
        for sender, peer, n in rows:
            if (sender, peer, n) in seen:
                v.archived_twice.append((archive, sender, peer, n))
            elif n < last.get((sender, peer), 0):
                v.reordered.append((archive, sender, n, f"after {last[sender, peer]}"))
            seen.add((sender, peer, n))
            last[sender, peer] = max(n, last.get((sender, peer), 0))
        name = archive.split("/")[0]
        mine = {key for key in acked if name in (key[0].split("/")[0], key[1].split("@")[0])}
        v.unarchived += [(archive, *key) for key in sorted(mine - seen)]


def check(records):
    """records: as the robots write them (robot.py): time, kind, device, and more."""
    v = Verdict()
    said, acked, heard = set(), set(), defaultdict(list)
    devices, anew = defaultdict(set), set()
    archives = defaultdict(list)
    for _, kind, me, *rest in records:
        if kind == "archived":
            archives[me].append(tuple(rest))
            continue
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
    v.flapped = flaps(records)
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
        address, _ = key_of(sender, peer, n)
        if not any(got[device][address, n] for device in devices[name]):
            v.lost.append((sender, peer, n))
        v.missed += [(device, sender, n) for device in devices[name] - anew if not got[device][address, n]]
    check_archives(v, acked, archives)
    return v


def main():
    with open(sys.argv[1]) as file:
        records = [json.loads(line) for line in file]
    verdict = check(records)
    print(f"{verdict}\nfrom said to heard: {latency(records)}")
    return 0 if verdict.good() else 1


if __name__ == "__main__":
    sys.exit(main())
