# SPDX-License-Identifier: Apache-2.0
"""Two people at profanity, each in a terminal of their own, as a person sees it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

PASSWORD = "wherefore-art-thou"


class Terminal:
    """A profanity in tmux. Text is waited for, never guessed."""

    def __init__(self, socket, name):
        self.tmux, self.name = ["tmux", "-S", str(socket)], name
        self.home = Path(tempfile.mkdtemp(prefix="carillon-profanity-"))
        env = ["env", f"HOME={self.home}", f"XDG_CONFIG_HOME={self.home}/config", f"XDG_DATA_HOME={self.home}/data",
               "LC_ALL=C.UTF-8", "TERM=screen-256color", "profanity"]
        self.run("new-session", "-d", "-s", name, "-x", "100", "-y", "24", " ".join(env))

    def run(self, *args):
        return subprocess.run(self.tmux + list(args), check=True, capture_output=True, text=True, timeout=20).stdout

    def screen(self):
        return self.run("capture-pane", "-p", "-t", self.name)

    def sees(self, pattern, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            screen = self.screen()
            if re.search(pattern, screen):
                return screen
            time.sleep(0.1)  # a terminal has no other way to tell that it has changed
        raise AssertionError(f"{self.name} never saw {pattern!r}:\n{self.screen()}")

    def types(self, text):
        self.run("send-keys", "-t", self.name, "-l", text)
        self.run("send-keys", "-t", self.name, "Enter")

    def login(self, server, user):
        self.sees("Profanity")
        self.types(f"/connect {user}@{server.domain} server {server.host} port {server.c2s_port} tls trust")
        self.sees("password")
        self.types(PASSWORD)
        self.sees("logged in successfully")

    def close(self):
        subprocess.run(self.tmux + ["kill-session", "-t", self.name], capture_output=True, timeout=20)
        shutil.rmtree(self.home, ignore_errors=True)


def c2s_of(server, user):
    sessions = json.loads(server.ctl("--json", "session", "list", f"{user}@{server.domain}").stdout)
    return sessions[0]["c2s"]


def apart(server, romeo, juliet, hers):
    """Where there are several c2s, the two are on different ones: she connects until the kernel gives her another."""
    if len(server.pids("c2s")) < 2:
        return
    for _ in range(20):
        if c2s_of(server, romeo) != c2s_of(server, juliet):
            return
        hers.types("/disconnect")
        hers.sees(r"\[offline\]")
        hers.types("/clear")
        hers.login(server, juliet)
    raise AssertionError("the kernel put her on the same c2s twenty times")


@pytest.mark.skipif(not shutil.which("profanity") or not shutil.which("tmux"), reason="profanity and tmux are needed")
def test_two_terminals(server, fresh, tmp_path):
    romeo, juliet = fresh("romeo"), fresh("juliet")
    for name in (romeo, juliet):
        server.add_user(name, PASSWORD)
    his, hers = Terminal(tmp_path / "tmux", "his"), Terminal(tmp_path / "tmux", "hers")
    try:
        his.login(server, romeo)
        hers.login(server, juliet)
        apart(server, romeo, juliet, hers)
        his.types(f"/sub request {juliet}@{server.domain}")
        hers.sees("Received authorization request|authorization request from")
        hers.types(f"/sub allow {romeo}@{server.domain}")
        his.sees("Subscription received|accepted|subscription")
        hers.types(f"/sub request {romeo}@{server.domain}")
        his.sees("authorization request")
        his.types(f"/sub allow {juliet}@{server.domain}")
        his.types(f"/msg {juliet}@{server.domain} But soft! What light through yonder window breaks?")
        hers.sees(r"\(win 2\)")
        hers.types("/win 2")
        hers.sees("What light through yonder window breaks")
        hers.types("Art thou not Romeo, and a Montague?")
        screen = his.sees("and a Montague")
        hers.types("/away")
        his.types("/who")
        if os.environ.get("CARILLON_CAPTURE"):
            Path(os.environ["CARILLON_CAPTURE"]).write_text(screen)
    finally:
        his.close()
        hers.close()
        subprocess.run(["tmux", "-S", str(tmp_path / "tmux"), "kill-server"], capture_output=True, timeout=20)


@pytest.mark.skipif(not shutil.which("profanity") or not shutil.which("tmux"), reason="profanity and tmux are needed")
def test_history(server, fresh, tmp_path):
    """One device sees what is said at the other (XEP-0280), and a new one finds all of it (XEP-0313)."""
    romeo, juliet = fresh("romeo"), fresh("juliet")
    for name in (romeo, juliet):
        server.add_user(name, PASSWORD)
    terminals = his, hers, phone = [Terminal(tmp_path / "tmux", name) for name in ("his", "hers", "phone")]
    try:
        his.login(server, romeo)
        for terminal in hers, phone:
            terminal.types("/carbons on")
            terminal.login(server, juliet)
        his.types(f"/msg {juliet}@{server.domain} But soft!")
        for terminal in hers, phone:
            terminal.sees(r"\(win 2\)")
            terminal.types("/win 2")
            terminal.sees("But soft!")
        hers.types("Ay me!")
        his.sees("Ay me!")
        phone.sees("me: Ay me!")
        phone.close()
        hers.types("/quit")
        terminals[2] = tablet = Terminal(tmp_path / "tmux", "tablet")
        tablet.sees("Profanity")
        tablet.types("/mam on")
        tablet.login(server, juliet)
        tablet.types(f"/msg {romeo}@{server.domain}")
        tablet.sees("But soft!(.|\\n)*Ay me!")
        his.types("Farewell!")
        screen = tablet.sees("Farewell!")
        assert [screen.count(text) for text in ("But soft!", "Ay me!", "Farewell!")] == [1, 1, 1]
    finally:
        for terminal in terminals:
            terminal.close()
        subprocess.run(["tmux", "-S", str(tmp_path / "tmux"), "kill-server"], capture_output=True, timeout=20)
