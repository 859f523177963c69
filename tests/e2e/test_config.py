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
    ('c2s {\n    stanza_max = "9K"\n}\n', 8, "from 10000"),  # RFC 6120 13.12
    ('c2s {\n    auth_tries = 6\n}\n', 8, "from 2 to 5"),  # RFC 6120 6.4.5
    ('c2s {\n    mechanisms = {}\n}\n', None, "nobody could log in"),  # RFC 6120 6.3.4
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


@pytest.mark.parametrize("program", ["c2s", "supervisor"])
@pytest.mark.parametrize("where, line", [("host", 'host "localhost": key \'certificate\': '), ("cluster", "cluster: key 'certificate': ")])
def test_certificates(tmp_path, program, where, line):
    """A certificate that cannot be used is an error that names the file and says what is wrong with it."""
    absent, broken = tmp_path / "absent.pem", tmp_path / "broken.pem"
    broken.write_text("not in the mood\n")
    for path, reason in ((absent, "No such file or directory"), (broken, "no certificate in PEM form")):
        more = f'certificate = "{path}"\n' + (f'ca_file = "{path}"\n' if where == "cluster" else "")
        opening = 'host "localhost" {' if where == "host" else "cluster {"
        done = check(tmp_path, GOOD.replace(opening, opening + "\n" + more), program)
        assert done.returncode == 2
        assert line in done.stderr and f"{path}: " in done.stderr and reason in done.stderr
        assert "ok" not in done.stdout


@pytest.mark.parametrize("place, good", [
    ("b.example", True), ("b.example:9222", True), ("192.0.2.7", True), ("192.0.2.7:5222", True),
    ("[2001:db8::7]", True), ("[2001:db8::7]:5222", True),
    ("2001:db8::7", False), ("b.example:", False), ("b.example:0", False), ("b.example:65536", False), (":5222", False),
    ("b example", False), ("[b.example]:5222", False), ("xmpp://b.example", False), ("", False),
])
def test_see_other_host(tmp_path, place, good):  # RFC 6120 4.9.3.19
    done = check(tmp_path, GOOD.replace('host "localhost" {', f'host "localhost" {{\nsee_other_host = "{place}"'), "c2s")
    assert (done.returncode == 0) == good
    assert good or "see_other_host" in done.stderr
