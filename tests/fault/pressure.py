# SPDX-License-Identifier: Apache-2.0
"""One who does not read, some who write as fast as they can, and a slow database,
all at once: what the others notice of it, and how much memory it takes."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
from xmlstream import XmlStream  # noqa: E402
from robot import TROUBLE  # noqa: E402

CONFIG = """
c2s {
	rate = 0
	rate_stanzas = 0
}
"""  # so that nothing but back-pressure holds a flooder
FLOODERS = 3
TEXT = "x" * 2000
CALM = 0.25           # of the time, first: what is measured then is what the others are used to
SLOW = (0.45, 0.05)   # seconds in which the database hears nothing, and in which it does
MEMORY = 64 * 1024    # KiB, of each daemon
FACTOR, LATENCY = 10, 0.5  # p99 at most: so many times as in the calm, or seconds


def p99(took):
    return sorted(took)[int(0.99 * (len(took) - 1))] if took else 0


class Pressure:
    def __init__(self, play, password):
        self.play, self.password = play, password
        self.flooded = 0
        for name in ["deaf"] + [f"flood{i}" for i in range(FLOODERS)]:
            play.server.add_user(name, password)

    async def be(self, name, what):
        """Is there, and when it is thrown out comes again."""
        s = self.play.server
        while True:
            stream = XmlStream(s.host, s.c2s_port, s.domain, s.ca_file)
            try:
                await asyncio.wait_for(stream.connect(), 10)
                await stream.login(name, self.password, "x")
                await what(stream)
            except TROUBLE:
                await asyncio.sleep(0.2)  # a client's own pause
            finally:
                if hasattr(stream, "pump"):
                    stream.abort()

    async def be_deaf(self, stream):
        stream.send("<presence/>")
        await stream.writer.drain()
        stream.writer.transport.pause_reading()
        await asyncio.sleep(10)  # for so long it does not look whether it is still there

    async def flood(self, stream):
        """To who does not read."""
        message = f"<message to='deaf@{self.play.server.domain}' type='chat' id='%d'><body>{TEXT}</body></message>"
        while True:
            stream.send(message % self.flooded)
            self.flooded += 1
            await stream.writer.drain()
            while not stream.items.empty():
                if stream.items.get_nowait()[0] != "element":
                    raise ConnectionError("closed")
            if self.flooded % 10 == 0:
                await asyncio.sleep(0)  # the robots are in this process, too

    async def slow_database(self):
        partition = self.play.partition
        while True:
            partition.cut("*", ["db"], "silent", "silent")
            await asyncio.sleep(SLOW[0])
            partition.heal()
            await asyncio.sleep(SLOW[1])

    async def press(self, seconds):
        tasks = [self.be("deaf", self.be_deaf)] + [self.be(f"flood{i}", self.flood) for i in range(FLOODERS)]
        if self.play.args.engine == "postgresql":
            tasks.append(self.slow_database())
        tasks = [asyncio.create_task(task) for task in tasks]
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            task.cancel()
        for end in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(end, asyncio.CancelledError):
                raise RuntimeError("the pressure has ended by itself") from end
        if self.play.args.engine == "postgresql":
            self.play.partition.heal()

    async def run(self, seconds):
        play = self.play
        await asyncio.sleep(CALM * seconds)
        before = play.checker.took_by(play.quick)
        await self.press((1 - CALM) * seconds)
        calm, pressed = p99(before), p99(play.checker.took_by(play.quick)[len(before):])
        await asyncio.get_running_loop().run_in_executor(None, play.memory.look)
        play.trouble.said.append(f"pressure: {self.flooded} messages to who does not read; p99 of the others "
                                 f"{calm * 1000:.0f} ms before, {pressed * 1000:.0f} ms then")
        if pressed > max(FACTOR * calm, LATENCY):
            play.trouble.wrong.append("the others had to wait")
        if play.breaks():
            play.trouble.wrong.append(f"{play.breaks()} connections of others broke")
        for name, peak in play.memory.peaks.items():
            if peak > MEMORY:
                play.trouble.wrong.append(f"{name} has taken {peak / 1024:.0f} MiB")
