# SPDX-License-Identifier: Apache-2.0
"""Thousands of accounts in a moment: load0, load1, ... with one password. Each server is given what it would have
stored itself; the expensive part, SCRAM's iterations, is done once. Where a server takes rows, they are made by its
database."""

import base64
import hashlib
import hmac
import os
import sqlite3
import subprocess

PASSWORD = "sesame-opens-the-bench"
DOMAIN = "localhost"
ITERATIONS = 4096


class Verifier:
    """What SCRAM-SHA-1 stores of PASSWORD (RFC 5802 3)."""

    def __init__(self, salt=None):
        self.salt = salt or os.urandom(16)
        salted = hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), self.salt, ITERATIONS)
        self.stored = hashlib.sha1(hmac.digest(salted, b"Client Key", "sha1")).digest()
        self.server = hmac.digest(salted, b"Server Key", "sha1")


def b64(data):
    return base64.b64encode(data).decode()


def numbers(engine, count):
    """A table n(i) of 0 .. count-1, as the head of a statement."""
    if engine == "postgresql":
        return f"WITH n(i) AS (SELECT generate_series(0, {count - 1})::bigint)"
    return f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})"


def psql(port, script, *options):
    """The rows that a script gives, from the private PostgreSQL of script/lib.sh."""
    done = subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "carillon", "-d", "carillon", "-qAtX",
                           "-v", "ON_ERROR_STOP=1", "-f", "-", *options], input=script, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"psql: {done.stderr}")
    return done.stdout.splitlines()


def sqlite(path, script):
    with sqlite3.connect(path, timeout=30) as db:
        db.executescript(script)
    db.close()
