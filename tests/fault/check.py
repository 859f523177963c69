# SPDX-License-Identifier: Apache-2.0
"""The invariants of doc/reliability.md, looked for in a journal, record by
record: while the robots write it, or afterwards in the file.

usage: check.py JOURNAL
"""

import json
import sys
from array import array
from collections import Counter, defaultdict

FAULTS = {  # attribute of the verdict: in words
    "lost": "lost", "missed": "missed by a device", "doubled": "doubled", "reordered": "reordered",
    "strange": "heard that nobody said", "unacknowledged": "never acknowledged", "refused": "refused",
    "flapped": "seen to leave who had not", "unarchived": "not in an archive", "archived_twice": "twice in one",
}


class Verdict:
    def __init__(self):
        self.said = self.acked = self.heard = 0
        self.again = 0             # heard again in a session that was begun anew
        for fault in FAULTS:
            setattr(self, fault, [])

    def good(self):
        return not any(getattr(self, fault) for fault in FAULTS)

    def __str__(self):
        text = (f"{self.said} said, {self.acked} acknowledged, {self.heard} heard, {self.again} of them again in a new session: "
                + ", ".join(f"{len(getattr(self, fault))} {words}" for fault, words in FAULTS.items()))
        for fault in FAULTS:
            for item in getattr(self, fault)[:5]:
                text += f"\n  {fault}: {item}"
        return text


class Talk:
    """What one device says to one user: its numbers go from 1, so the n-th of each list is about number n."""

    def __init__(self):
        self.said = array("d")     # when
        self.acked = bytearray()
        self.first = array("d")    # when the first device heard it; 0: none yet


class Series:
    """Numbers as they came to one place: an ear, an archive."""

    def __init__(self):
        self.last = 0
        self.count = bytearray()
        self.before = b""          # what came before `anew`

    def anew(self):
        """What comes from now on comes to a place that has lost its memory."""
        self.before = bytes(self.has(n) for n in range(1, len(self.count) + 1))
        self.last, self.count = 0, bytearray(len(self.count))

    def add(self, n):
        """None, "doubled" or "reordered"."""
        if n > len(self.count):
            self.count.extend(bytes(max(n - len(self.count), 256)))
        self.count[n - 1] = min(self.count[n - 1] + 1, 255)
        if self.count[n - 1] > 1:
            return "doubled"
        if n < self.last:
            return "reordered"
        self.last = n
        return None

    def had(self, n):
        return n <= len(self.before) and self.before[n - 1] > 0

    def has(self, n):
        return self.had(n) or (n <= len(self.count) and self.count[n - 1] > 0)


def percentiles(seconds):
    """In words."""
    took = sorted(seconds)
    if not took:
        return "nothing heard"
    return ", ".join(f"{name} {took[int(share * (len(took) - 1))] * 1000:.0f} ms"
                     for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1)))


class Checker:
    """take() for each record as the robots write them (robot.py): time, kind, device, and more."""

    def __init__(self):
        self.v = Verdict()
        self.talks = defaultdict(Talk)          # (device that speaks, name of the user spoken to)
        self.ears = defaultdict(Series)         # (device that hears, device that speaks)
        self.archives = {}                      # archive: {(device that speaks, name): Series}
        self.devices = defaultdict(set)         # by name
        self.anew, self.left = Counter(), Counter()
        self.watching = False
        self.names = {}                         # name@host/device, shortened to name/device
        self.took = array("d")                  # seconds from said to heard, for each that was heard
        self.takers = []                        # and by which device
        self.unheard = 0                        # said, and no device has heard it yet

    def take(self, at, kind, me, *rest):
        handler = getattr(self, f"on_{kind}", None)
        if handler:
            handler(at, me, *rest)

    def short(self, address):
        name = self.names.get(address)
        if name is None:
            name = self.names[address] = f"{address.split('@')[0]}/{address.split('/')[1]}"
        return name

    # --- one function for each kind ----------------------------------------

    def on_here(self, _, me):
        self.devices[me.split("/")[0]].add(me)

    def on_said(self, at, me, peer, n):
        talk = self.talks[me, peer.split("@")[0]]
        if n != len(talk.said) + 1:
            raise ValueError(f"{me} says number {n} to {peer}, not {len(talk.said) + 1}")
        talk.said.append(at)
        talk.acked.append(0)
        talk.first.append(0)
        self.v.said += 1
        self.unheard += 1

    def on_acked(self, _, me, peer, n):
        talk = self.talks[me, peer.split("@")[0]]
        self.v.acked += not talk.acked[n - 1]
        talk.acked[n - 1] = 1

    def on_heard(self, at, me, address, n):
        self.v.heard += 1
        sender = self.short(address)
        talk = self.talks.get((sender, me.split("/")[0]))
        if not talk or n > len(talk.said):
            self.v.strange.append((me, sender, n))
            return
        self.took.append(at - talk.said[n - 1])
        self.takers.append(me)
        if not talk.first[n - 1]:
            talk.first[n - 1] = at
            self.unheard -= 1
        ear = self.ears[me, sender]
        self.v.again += ear.had(n)
        last, wrong = ear.last, ear.add(n)
        if wrong == "doubled":
            self.v.doubled.append((me, sender, n))
        elif wrong:
            self.v.reordered.append((me, sender, n, f"after {last}"))

    def on_refused(self, _, me, *rest):
        self.v.refused.append((me, *rest))

    def on_anew(self, _, me):
        """
        Could not resume: what its other devices have got it finds in the archive only; what it has got itself and not
        acknowledged comes again.
        """
        self.anew[me] += 1
        for (device, _), ear in self.ears.items():
            if device == me:
                ear.anew()

    def on_left(self, _, me, who):
        if self.watching:
            self.left[me, who] += 1

    def on_begin(self, *_):
        self.watching = True

    def on_end(self, *_):
        self.watching = False

    def on_archive(self, _, me):
        self.archives[me] = defaultdict(Series)

    def on_archived(self, _, me, sender, peer, n):
        series = self.archives[me][sender, peer.split("@")[0]]
        last, wrong = series.last, series.add(n)
        if wrong == "doubled":
            self.v.archived_twice.append((me, sender, peer, n))
        elif wrong:
            self.v.reordered.append((me, sender, n, f"after {last}"))

    # --- in the end ---------------------------------------------------------

    def look_at(self, sender, name, talk):
        """One talk: who has what of it."""
        ears = {device: self.ears[device, sender] for device in self.devices[name]}
        owners = {sender.split("/")[0], name}
        archives = {place: kept[sender, name] for place, kept in self.archives.items() if place.split("/")[0] in owners}
        for n, acked in enumerate(talk.acked, 1):
            if not acked:
                self.v.unacknowledged.append((sender, name, n))
                continue
            if not talk.first[n - 1]:
                self.v.lost.append((sender, name, n))
            self.v.missed += [(device, sender, n) for device, ear in ears.items() if not (ear.has(n) or device in self.anew)]
            self.v.unarchived += [(place, sender, name, n) for place, kept in archives.items() if not kept.has(n)]

    def verdict(self):
        """The last word, said once."""
        for (sender, name), talk in sorted(self.talks.items()):
            self.look_at(sender, name, talk)
        # a device that has begun a session anew was seen to leave, rightly, as often
        self.v.flapped = sorted(pair for pair, count in self.left.items() if count > self.anew[pair[1]])
        return self.v

    def heard_between(self, begin, end):
        """How many messages were said and heard in this time."""
        return sum(begin < said and 0 < first < end for talk in self.talks.values() for said, first in zip(talk.said, talk.first))

    def took_by(self, devices):
        """Seconds from said to heard by these, in the order in which they heard."""
        return [took for took, taker in zip(self.took, self.takers) if taker in devices]

    def latency(self):
        return percentiles(self.took)


def main():
    checker = Checker()
    with open(sys.argv[1]) as file:
        for line in file:
            checker.take(*json.loads(line))
    verdict = checker.verdict()
    print(f"{verdict}\nfrom said to heard: {checker.latency()}")
    return 0 if verdict.good() else 1


if __name__ == "__main__":
    sys.exit(main())
