# SPDX-License-Identifier: Apache-2.0
"""Stands between the daemons and what they connect to, and cuts the link of one
of them while everybody lives: a partition without privileges. A process of its own.

usage: proxy.py PLACE=SOCKET=TARGET...     TARGET is a Unix socket or a TCP port of 127.0.0.1

Commands come on standard input, one a line, and each is answered with "ok":

    cut WHO PLACE NEAR FAR   WHO is a daemon's name, or * for all. NEAR (the daemon's side) and FAR (the
                             target's) are `silent`, nothing comes and nothing goes, or `broken`, that end is closed at once
    heal                     what was silent goes on, with all that has waited; what has lost an end is closed

Who connects while he is cut off is accepted, as by a network that drops packets, and hears nothing.
"""

import os
import selectors
import socket
import struct
import sys

PIECE = 65536


def name_of(pid):
    """A daemon's, from `-c FILE -n NAME`."""
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            args = file.read().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return "?"
    return args[4] if args[1:4:2] == ["-c", "-n"] else "?"


def reach(target):
    """None: nobody listens."""
    far = socket.socket(socket.AF_INET if target.isdigit() else socket.AF_UNIX)
    try:
        far.settimeout(1)
        far.connect(("127.0.0.1", int(target)) if target.isdigit() else target)
    except OSError:
        far.close()
        return None
    far.setblocking(False)
    return far


class End:
    """One socket of a link, and what waits to be written to it."""

    def __init__(self, link, sock):
        self.link, self.sock = link, sock
        self.out = b""
        self.finished = False      # the other end has nothing more to say
        self.told = False          # ... and this one knows
        self.read_eof = False


class Link:
    def __init__(self, proxy, place, near, who):
        self.proxy, self.place, self.who = proxy, place, who
        self.near, self.far = End(self, near), None
        self.cut = False
        near.setblocking(False)

    def ends(self):
        return [end for end in (self.near, self.far) if end and end.sock]

    def other(self, end):
        return self.far if end is self.near else self.near

    def start(self):
        far = reach(self.proxy.targets[self.place])
        if not far:
            self.close()
            return
        self.far = End(self, far)
        self.watch()

    def close(self):
        for end in self.ends():
            self.drop(end)
        self.proxy.links.discard(self)

    def drop(self, end):
        self.proxy.set_events(end.sock, 0, end)
        end.sock.close()
        end.sock = None

    def watch(self):
        for end in self.ends():
            other = self.other(end)
            events = selectors.EVENT_WRITE if end.out else 0
            if not end.read_eof and not other.out:
                events |= selectors.EVENT_READ
            self.proxy.set_events(end.sock, 0 if self.cut else events, end)

    # --- bytes ------------------------------------------------------------

    def read(self, end):
        try:
            data = end.sock.recv(PIECE)
        except BlockingIOError:
            return
        other = self.other(end)
        if data:
            other.out += data
        else:
            end.read_eof = other.finished = True
        self.write(other)

    def write(self, end):
        try:
            if end.out:
                end.out = end.out[end.sock.send(end.out):]
        except BlockingIOError:
            pass
        if end.finished and not end.out and not end.told:
            end.told = True
            end.sock.shutdown(socket.SHUT_WR)

    def serve(self, end, events):
        try:
            if events & selectors.EVENT_WRITE:
                self.write(end)
            if events & selectors.EVENT_READ:
                self.read(end)
        except OSError:
            self.close()
            return
        if all(e.told for e in self.ends()):
            self.close()
        else:
            self.watch()

    # --- trouble ----------------------------------------------------------

    def sever(self, near, far):
        self.cut = True
        self.watch()
        for end, how in ((self.near, near), (self.far, far)):
            if end and end.sock and how == "broken":
                self.drop(end)
        if not self.ends():
            self.close()

    def heal(self):
        if not self.cut:
            return
        self.cut = False
        if not self.far:  # came while the way was cut
            self.start()
        elif len(self.ends()) < 2:
            self.close()
        else:
            self.watch()


class Proxy:
    def __init__(self, specs):
        self.selector = selectors.DefaultSelector()
        self.targets, self.links = {}, set()
        self.cuts = []             # (who, place)
        self.registered = {}
        for spec in specs:
            place, path, target = spec.split("=")
            self.targets[place] = target
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            os.chmod(path, 0o777)
            listener.listen(128)
            self.selector.register(listener, selectors.EVENT_READ, place)

    def set_events(self, sock, events, data):
        old = self.registered.get(sock, 0)
        if events == old:
            return
        if not events:
            self.selector.unregister(sock)
            del self.registered[sock]
            return
        (self.selector.modify if old else self.selector.register)(sock, events, data)
        self.registered[sock] = events

    def is_cut(self, who, place):
        return any(w in ("*", who) and p == place for w, p in self.cuts)

    def accept(self, listener, place):
        near, _ = listener.accept()
        pid, _, _ = struct.unpack("3i", near.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        link = Link(self, place, near, name_of(pid))
        self.links.add(link)
        if self.is_cut(link.who, place):
            link.cut = True
        else:
            link.start()

    def obey(self, words):
        if words[0] == "cut":
            who, place, near, far = words[1:]
            self.cuts.append((who, place))
            for link in list(self.links):
                if link.place == place and who in ("*", link.who) and not link.cut:
                    link.sever(near, far)
        elif words[0] == "heal":
            self.cuts.clear()
            for link in list(self.links):
                link.heal()
        else:
            raise ValueError(f"not understood: {words}")

    def turn(self):
        """False at the end of the input."""
        for key, events in self.selector.select():
            if key.data == "input":
                text = os.read(0, 4096).decode()
                if not text:
                    return False
                for line in text.splitlines():
                    self.obey(line.split())
                    print("ok", flush=True)
            elif isinstance(key.data, str):
                self.accept(key.fileobj, key.data)
            elif key.data.sock and not key.data.link.cut:  # it may have gone in this turn
                key.data.link.serve(key.data, events)
        return True

    def run(self):
        self.selector.register(0, selectors.EVENT_READ, "input")
        print("ok", flush=True)
        while self.turn():
            pass


if __name__ == "__main__":
    Proxy(sys.argv[1:]).run()
