# SPDX-License-Identifier: Apache-2.0
"""Wrong configuration: file, line, what is wrong, what would be right; exit status 2."""

import os
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("CARILLON_BUILD") or TOP / "build")
GOOD = '''cluster {
    routers = {"unix:/tmp/none.sock"}
    secret = "0123456789abcdef0123"
}
host "localhost" {
}
'''
PROGRAMS = {"router": "router/carillon-router", "sm": "sm/carillon-sm", "c2s": "c2s/carillon-c2s",
            "supervisor": "ctl/carillon"}


def check(tmp_path, text, program):
    conf = tmp_path / "c.conf"
    conf.write_text(text)
    return subprocess.run([BUILD / PROGRAMS[program], "-c", conf, "-t"], capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("program", PROGRAMS)
def test_good(tmp_path, program):
    done = check(tmp_path, GOOD, program)
    assert done.returncode == 0, done.stderr
    assert "ok" in done.stdout


@pytest.mark.parametrize("addition, line, says", [
    ('c2ss {\n}\n', 7, "c2s"),
    ('c2s {\n    stanza_maxx = "1K"\n}\n', 8, "stanza_max"),
    ('c2s {\n    stanza_max = "lots"\n}\n', 8, "K, M, G"),
    ('c2s {\n    listen = {"nonsense"}\n}\n', 8, "listen"),
    ('sm {\n    user_sessions = -5\n}\n', 8, "user_sessions"),
    ('supervisor {\n    daemons = {"bus=1"}\n}\n', 7, "router, sm, c2s"),
    ('log {\n    level = "loud"\n}\n', 8, "error"),
    ('log {\n    level = "info\n}\n', None, "c.conf"),
])
def test_mistakes(tmp_path, addition, line, says):
    done = check(tmp_path, GOOD + addition, "supervisor")
    assert done.returncode == 2
    assert says in done.stderr
    if line:
        assert f"c.conf:{line}" in done.stderr


def test_all_mistakes_at_once(tmp_path):
    done = check(tmp_path, GOOD + 'c2s {\n    one = 1\n    two = 2\n}\n', "c2s")
    assert done.returncode == 2
    assert "'one'" in done.stderr and "'two'" in done.stderr


def test_missing_file(tmp_path):
    done = subprocess.run([BUILD / PROGRAMS["sm"], "-c", tmp_path / "absent.conf", "-t"], capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 2 and "absent.conf" in done.stderr
