# SPDX-License-Identifier: Apache-2.0
"""How much memory each daemon has had at most: the kernel keeps the peak of a
process, this keeps the highest of all processes of a name."""

import asyncio
import re

PERIOD = 1


class Memory:
    def __init__(self, server):
        self.server = server
        self.peaks = {}  # KiB by the daemon's name

    def look(self):
        for name, pid in self.server.daemons().items():
            try:
                with open(f"/proc/{pid}/status") as file:
                    peak = re.search(r"^VmHWM:\s*(\d+) kB", file.read(), re.M)
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just been killed
            if peak:
                self.peaks[name] = max(int(peak.group(1)), self.peaks.get(name, 0))

    async def watch(self):
        loop = asyncio.get_running_loop()
        while True:
            await loop.run_in_executor(None, self.look)
            await asyncio.sleep(PERIOD)

    def __str__(self):
        return ", ".join(f"{name} {peak / 1024:.1f} MiB" for name, peak in sorted(self.peaks.items()))
