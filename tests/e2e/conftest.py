# SPDX-License-Identifier: Apache-2.0
"""Servers for the end-to-end tests: each shape is started once and shared."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from hostile import Ground  # noqa: E402
from server import Server  # noqa: E402

SHAPES = {
    "sqlite-1": dict(engine="sqlite"),
    "sqlite-2": dict(engine="sqlite", daemons="router=2,sm=2,c2s=2"),
    "postgresql-1": dict(engine="postgresql"),
    "postgresql-2": dict(engine="postgresql", daemons="router=2,sm=2,c2s=2"),
}


def shapes():
    """CARILLON_SHAPES picks some of them: "sqlite-1 postgresql-2"."""
    wanted = os.environ.get("CARILLON_SHAPES", "").split()
    return [s for s in SHAPES if not wanted or s in wanted]


@pytest.fixture(scope="session", params=shapes())
def server(request):
    server = Server(**SHAPES[request.param])
    yield server
    complaints = server.close()
    assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)


@pytest.fixture(scope="session")
def small_server():
    """One of each daemon on SQLite, for tests that look at one thing."""
    server = Server()
    yield server
    complaints = server.close()
    assert not complaints, "unexpected in the log:\n" + "\n".join(complaints)


@pytest.fixture(scope="session")
def ground():
    """A server under attack, shared by the tests of hostile input: what one leaves behind hurts the next."""
    ground = Ground()
    yield ground
    ground.close()


class Names:
    """Account names that no other test has."""
    count = 0

    def __call__(self, name):
        Names.count += 1
        return f"{name}{Names.count}"


@pytest.fixture
def fresh():
    return Names()
