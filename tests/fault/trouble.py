# SPDX-License-Identifier: Apache-2.0
"""What is done to a server while robots talk: faults at random from a seed, a
rolling restart, the fail-over of the database."""

import asyncio
import os
import signal
import time

KINDS = ["kill-c2s", "kill-sm", "kill-router", "stop-c2s", "stop-sm", "stop-router", "term-c2s", "term-sm", "term-router",
         "drain-c2s", "drain-sm", "drain-router", "kill-db", "restart-db", "freeze-db",
         "cut-c2s", "cut-sm", "cut-router", "cut-db"]
USUAL = [kind for kind in KINDS if not (kind.endswith("-db") or kind.startswith("cut-"))]
LONG = 0.15  # of the cuts last longer than the 30 s after which a silent link is given up
READY = 60  # seconds: a restarted daemon is ready and its clients are back


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # has ended by itself in the meantime


async def aside(function, *args):
    return await asyncio.get_running_loop().run_in_executor(None, function, *args)


class Trouble:
    """play: of run, whose robots feel it. `said`: lines for the verdict; `wrong`: what should not have happened."""

    def __init__(self, play):
        self.play, self.server, self.random, self.args = play, play.server, play.random, play.args
        self.count = 0
        self.said, self.wrong = [], []
        self.cutting = None        # the task of the cut that is on; there is one at a time

    # --- at random ----------------------------------------------------------

    def pick(self, role):
        """Name and pid of one of them."""
        found = sorted((name, pid) for name, pid in self.server.daemons().items() if name.rsplit("-", 1)[0] == role)
        return self.random.choice(found) if found else (None, None)

    async def stop_for_a_while(self, pids, seconds):
        for pid in pids:
            send(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)  # for so long it is away
        finally:
            for pid in pids:
                send(pid, signal.SIGCONT)

    async def strike_database(self, what):
        if what != "freeze":
            await aside(self.server.restart_database, "KILL" if what == "kill" else "TERM")
            return
        first = (await aside(self.server.pids, "database"))[:1]
        for pid in first:
            send(pid, signal.SIGSTOP)  # so that it makes no more children
        await self.stop_for_a_while(await aside(self.server.pids, "database"), self.random.uniform(1, 10))

    async def whom_to_cut(self, role):
        """(daemon, the places that it does not reach any more)."""
        routers = self.play.partition.routers
        if role == "router":
            return "*", [self.random.choice(routers)]
        if role == "db":
            return (await aside(self.pick, "sm"))[0], ["db"]
        return (await aside(self.pick, role))[0], self.random.choice([routers, [self.random.choice(routers)]])

    async def cut(self, role):
        """While this goes on, other things happen."""
        who, places = await self.whom_to_cut(role)
        if who is None:
            return
        near, far = (self.random.choice(["silent", "broken"]) for _ in range(2))
        seconds = self.random.uniform(31, 40) if self.random.random() < LONG else self.random.uniform(1, 15)
        self.play.journal("cut", "-/-", who, places, near, far, round(seconds, 1))
        await aside(self.play.partition.cut, who, places, near, far)
        try:
            await asyncio.sleep(seconds)
        finally:
            await aside(self.play.partition.heal)
            self.play.journal("healed", "-/-")

    async def strike(self, fault):
        what, role = fault.split("-")
        if what == "cut":
            if self.cutting and not self.cutting.done():
                return
            self.cutting = asyncio.create_task(self.cut(role))
        self.play.journal("fault", "-/-", fault)
        self.count += 1
        if what == "cut":
            return
        if role == "db":
            await self.strike_database(what)
            return
        name, pid = await aside(self.pick, role)
        if name is None:
            return
        self.play.journal("struck", "-/-", name)
        if what == "stop":
            await self.stop_for_a_while([pid], self.random.uniform(0.2, 3))
        elif what == "drain":
            done = await aside(lambda: self.server.ctl("drain", name, check=False))
            if done.returncode:  # all routers may be away at this moment: then nobody hears it
                self.play.journal("unheard", "-/-", name, done.stderr.strip())
        else:
            send(pid, signal.SIGKILL if what == "kill" else signal.SIGTERM)

    async def at_random(self, kinds, until):
        while time.monotonic() < until:
            await asyncio.sleep(self.args.every)
            await self.strike(self.random.choice(kinds))
        if self.cutting:
            await self.cutting

    # --- every daemon in turn -----------------------------------------------

    async def until_back(self, name, old):
        """A new process of that name, everybody ready, and all robots there."""
        end = time.monotonic() + READY
        while (await aside(self.server.daemons)).get(name, old) == old:
            if time.monotonic() > end:
                raise RuntimeError(f"{name} (pid {old}) is not restarted within {READY} s")
            await asyncio.sleep(0.05)
        await aside(self.server.ctl, "wait", "--timeout", str(READY))
        await asyncio.wait_for(asyncio.gather(*(robot.connected.wait() for robot in self.play.robots)), READY)

    async def rolling(self):
        order = {"router": 0, "sm": 1, "c2s": 2}
        names = sorted(await aside(self.server.daemons), key=lambda name: (order[name.rsplit("-", 1)[0]], name))
        broken = {}
        for name in names:
            await asyncio.sleep(self.args.every)  # some talk between the two
            before, pid = self.play.breaks(), (await aside(self.server.daemons))[name]
            self.play.journal("restart", "-/-", name)
            self.count += 1
            send(pid, signal.SIGTERM)
            await self.until_back(name, pid)
            broken[name] = self.play.breaks() - before
            if broken[name] and not name.startswith("c2s"):
                self.wrong.append(f"the restart of {name} broke {broken[name]} connections")
        await asyncio.sleep(self.args.every)
        if sum(broken.values()) != self.play.breaks():
            self.wrong.append(f"{self.play.breaks() - sum(broken.values())} connections broke between the restarts")
        if any(robot.failures for robot in self.play.robots):
            self.wrong.append("not all of the sessions were resumed")
        self.said.append("rolling restart, connections broken: " + ", ".join(f"{name} {n}" for name, n in broken.items()))

    # --- the database dies, its replica takes over --------------------------

    async def fail_over(self, replica, until):
        await asyncio.sleep((until - time.monotonic()) / 3)
        self.play.journal("primary killed", "-/-")
        self.count += 1
        died = self.play.now()
        for pid in await aside(self.server.pids, "database"):
            send(pid, signal.SIGKILL)
        await asyncio.sleep(self.random.uniform(1, 4))  # somebody notices
        silence = self.play.now()
        await aside(replica.promote)
        self.play.journal("replica promoted", "-/-")
        flowed = self.play.checker.heard_between(died, silence)
        self.said.append(f"fail-over after {silence - died:.1f} s, {flowed} messages said and heard in between")
        if not flowed:
            self.wrong.append("no message flowed while there was no database")
        await asyncio.sleep(max(0, until - time.monotonic()))
        if not (self.args.faults or self.args.rolling) and self.play.breaks():
            self.wrong.append(f"{self.play.breaks()} connections broke")
