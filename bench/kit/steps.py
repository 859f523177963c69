# SPDX-License-Identifier: Apache-2.0
"""The work of bench/compare: what carillon-load is told, and what a step's figures have to come to."""

from dataclasses import dataclass, field

from figures import cpu, memory, number


@dataclass
class Row:
    """A line of the table. value: the figures of an outcome, server and database; goal: what they may be at most."""
    title: str
    value: object
    goal: tuple
    scenario: str = "" # of the outcomes of the step, the one with this name; "": the first


@dataclass
class Step:
    name: str
    title: str
    args: list
    rows: list
    seconds: float = 5          # of measuring
    quick: list = field(default_factory=list) # arguments that make it short
    quick_seconds: float = 2
    database: bool = False      # the database has a part in it: state is in PostgreSQL
    archive: bool = False       # so it has here, and every message is archived
    login: bool = False         # whether the mechanism matters
    fresh: bool = False         # on a server that has done nothing yet: memory that it has had does not hide what is needed


def cpu_us(o):
    server, database, _ = cpu(o)
    return server, database


def cpu_us_all(o):
    """Where the goal is for both together."""
    return (sum(cpu_us(o)),)


def cpu_ms(o):
    return tuple(v / 1000 for v in cpu_us(o))


def latency_ms(o):
    latency = o.get("latency_us")
    return (latency["p50"] / 1000, latency["p99"] / 1000) if latency else None


def memory_kib(o):
    return (memory(o),)


def text(row, value):
    if value is None:
        return "-"
    if row.value is latency_ms:
        return " / ".join(number(v) for v in value)
    # A database that does next to nothing is left out.
    if len(value) > 1 and value[1] < 0.01 * value[0] and value[1] < 1:
        value = value[:1]
    return " + ".join(number(v) for v in value)


def total(row, value):
    """What is compared: all that it costs; of latencies, the median."""
    return value[0] if row.value is latency_ms else sum(value)


def is_met(row, value):
    if value is None or not row.goal:
        return None
    return all(v <= g for v, g in zip(value, row.goal)) # a goal of one figure is for the server alone


CHAT = ["--pairs", "50", "--window", "10"]
FANOUT = ["--first", "2000", "--groups", "5", "--contacts", "200", "--timeout", "120", "presence"]

STEPS = [
    Step("chat-clear", "50 pairs, window 10, no TLS", ["--tls", "off", *CHAT, "chat"],
         [Row("chat, 50 pairs, window 10, no TLS: CPU us/message", cpu_us, (12,))]),
    Step("chat", "50 pairs, window 10, TLS", [*CHAT, "chat"],
         [Row("chat, 50 pairs, window 10, TLS: CPU us/message", cpu_us, (15,))]),
    Step("chat-500", "500 pairs, window 10, TLS", ["--pairs", "500", "--window", "10", "chat"],
         [Row("chat, 500 pairs, window 10, TLS: CPU us/message, database included", cpu_us_all, (16,))],
         database=True),
    Step("chat-rate", "1000 messages a second, no TLS", ["--tls", "off", "--pairs", "50", "--rate", "1000", "chat"],
         [Row("chat at 1000 messages/s, no TLS: CPU us/message", cpu_us, (120,)),
          Row("the same: latency p50 / p99, ms", latency_ms, (0.25, 1))]),
    Step("chat-rate-tls", "1000 messages a second, TLS", ["--pairs", "50", "--rate", "1000", "chat"],
         [Row("chat at 1000 messages/s, TLS: CPU us/message", cpu_us, (120,)),
          Row("the same: latency p50 / p99, ms", latency_ms, (0.25, 1))]),
    Step("login", "SCRAM, TLS, 20 at a time", ["--sessions", "200", "login"],
         [Row("login, SCRAM, TLS: CPU ms", cpu_ms, (0.7, 0.1))], login=True, database=True),
    Step("login-plain", "PLAIN, TLS, 20 at a time", ["--sessions", "200", "--mechanism", "PLAIN", "login"],
         [Row("login, PLAIN, TLS: CPU ms", cpu_ms, ())], database=True),
    Step("offline", "1000 messages to 10 accounts that are away",
         ["--messages", "1000", "--receivers", "10", "--first", "1000", "--timeout", "60", "offline"],
         [Row("offline store, 1000 messages: CPU us/message", cpu_us, (15, 25), "offline-store"),
          Row("offline flush, 1000 messages: CPU us/message", cpu_us, (), "offline-flush")], database=True),
    Step("presence", "5 senders with 200 contacts each", FANOUT,
         [Row("presence to 200 contacts: CPU us/delivery", cpu_us, (10,))],
         quick=["--contacts", "50"]),
    Step("mixed", "chat, presence, logins and absence at 500/s", ["--pairs", "50", "--first", "1100", "--rate", "500",
                                                                   "mixed"],
         [Row("mixed, 500 operations/s, TLS: CPU us/operation", cpu_us, ())], database=True),
    Step("idle-clear", "10,000 sessions, no TLS", ["--tls", "off", "--sessions", "10000", "--timeout", "300", "idle"],
         [Row("idle session of 10,000, no TLS: KiB", memory_kib, (5,))], quick=["--sessions", "1000"], seconds=3, fresh=True),
    Step("idle", "10,000 sessions, TLS", ["--sessions", "10000", "--timeout", "300", "idle"],
         [Row("idle session of 10,000, TLS: KiB", memory_kib, (19,))], quick=["--sessions", "1000"], seconds=3, fresh=True),
    Step("archive", "every message archived, 50 pairs, window 10, no TLS", ["--tls", "off", *CHAT, "chat"],
         [Row("chat, archived in PostgreSQL, 50 pairs, window 10: CPU us/message", cpu_us, (18, 20))], archive=True),
    Step("archive-read", "the last 50 messages of an archive, 10 at a time", ["--sessions", "50", "--parallel", "10",
                                                                                "archive"],
         [Row("archive, a page of 50: CPU us/page", cpu_us, ()),
          Row("the same: latency p50 / p99, ms", latency_ms, ())], archive=True),
]
ACCOUNTS = 10000
QUICK_ACCOUNTS = 4000
