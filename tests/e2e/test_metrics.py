# SPDX-License-Identifier: Apache-2.0
"""What every daemon tells of itself: documented, typed, and nobody's business in no label."""

import re
import urllib.request
from pathlib import Path

import pytest

from person import Person
from test_chat import make, play
from watch import METRICS_OFFSETS, metrics, until

DOC = (Path(__file__).resolve().parents[2] / "doc/metrics.md").read_text()
DOCUMENTED = dict(re.findall(r"^\| `((?:xmpp|carillon|process)_[a-z0-9_]+)(?:\{[a-z, ]*\})?` \| (\w+) \|", DOC, re.M))


def scrape(server, role):
    url = f"http://{server.host}:{server.http_port + METRICS_OFFSETS[role]}/metrics"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("role", METRICS_OFFSETS)
def test_documented(small_server, role):
    """Name and type stand in doc/metrics.md."""
    types = re.findall(r"^# TYPE (\S+) (\S+)$", scrape(small_server, role), re.M)
    assert len(types) > 10
    for name, kind in types:
        assert DOCUMENTED.get(name) == kind, name


def test_a_message_in_figures(small_server, fresh):
    """A login and a message are counted where they pass, nothing is left waiting, and no label names who it was."""
    name, friend = fresh("metric"), fresh("metric")
    make(small_server, name, friend)
    before = {role: metrics(small_server, role) for role in METRICS_OFFSETS}

    async def scene():
        one, other = await Person(small_server, name).arrive(), await Person(small_server, friend).arrive()
        one.say(other.boundjid.bare, "how many are we?")
        await other.hears()
        await one.leave()
        await other.leave()
    play(scene)

    def grown(role, metric):
        return metrics(small_server, role).get(metric, 0) - before[role].get(metric, 0)
    assert grown("c2s", "xmpp_logins_total") == 2
    assert grown("c2s", 'xmpp_stanzas_total{dir="in",type="message",conn="c2s"}') == 1
    assert grown("c2s", 'xmpp_stanza_bytes_count{dir="in",conn="c2s"}') >= 3
    assert grown("sm", "xmpp_db_query_seconds_count") >= 2
    until(lambda: grown("c2s", 'xmpp_stanza_seconds_count{stage="c2s"}') >= 2, "the way of stanzas is timed")
    for role, queue in ("c2s", 'xmpp_queue_depth{queue="unacked"}'), ("sm", 'xmpp_queue_depth{queue="unacked"}'), \
            ("c2s", 'xmpp_queue_bytes{queue="sockets"}'), ("sm", "xmpp_log_lag_seconds"), ("sm", "xmpp_db_queue"):
        until(lambda: metrics(small_server, role)[queue] == 0, f"{role} has still {queue}")
    for role in METRICS_OFFSETS:
        for labels in re.findall(r"\{(.*)\}", scrape(small_server, role)):
            assert "@" not in labels and name not in labels and friend not in labels


def test_certificate(small_server):
    """The certificate that script/server has made is good for two years and more."""
    left = metrics(small_server, "c2s")['xmpp_tls_cert_expiry_seconds{host="localhost"}']
    assert 800 * 86400 < left < 826 * 86400


@pytest.mark.parametrize("role", METRICS_OFFSETS)
def test_turns_are_counted(small_server, role):
    """Looking makes the loop turn."""
    count = "carillon_loop_turn_seconds_count"
    before = metrics(small_server, role)[count]
    after = metrics(small_server, role)
    assert after[count] > before
    assert after['carillon_loop_turn_seconds_bucket{le="+Inf"}'] == after[count]
    assert after["carillon_loop_turn_seconds_sum"] > 0
