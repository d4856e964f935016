"""The engine is killed at every step of a bar; the run equals one that nobody disturbed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
import redis
from tests.faults.market import Scripted, left, opened, seed

from cambio.app.trading_loop import Loop

ROOT = Path(__file__).parents[2]
STEPS = 24
"""More than a bar has; the runs that get past their bar die in the next one."""
BARS = 45


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path):
    """Home, database and bus of a run that is killed, and of one that is not."""
    homes = [tmp_path / name for name in ("killed", "steady")]
    if request.param == "sqlite":
        yield [(home, "", "memory://") for home in homes]
        return
    server = request.getfixturevalue("postgresql_server")
    redis_url = request.getfixturevalue("redis_url")
    one = request.getfixturevalue("postgresql_url")
    with server.database(request.getfixturevalue("migrated")) as other:
        yield [(homes[0], one, redis_url), (homes[1], other, "memory://")]


def test_killed_at_every_step_nothing_is_lost_and_nothing_is_done_twice(where, tmp_path):
    (home, url, bus), (steady_home, steady_url, _) = where
    with opened(home, url, bus) as resources:
        seed(resources)
    if url:
        with opened(steady_home, steady_url) as resources:
            seed(resources)
        shutil.copytree(home / "bundles", steady_home / "bundles", dirs_exist_ok=True)
        shutil.copytree(home / "keys", steady_home / "keys", dirs_exist_ok=True)
    else:
        shutil.copytree(home, steady_home)
    with opened(steady_home, steady_url) as resources:
        Loop(resources, Scripted(resources, BARS)).run(Event())
        expected = left(resources)
    until = expected["account_marks"][-1]["timestamp"].isoformat()
    plan = {
        "home": str(home),
        "url": url,
        "bus": bus,
        "until": until,
        "kills": list(range(1, STEPS + 1)),
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    command = [sys.executable, "-m", "tests.faults.runner", str(tmp_path / "plan.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert outcomes == [-9] * STEPS + [0]
    with opened(home, url, bus) as resources:
        found = left(resources)
        for name, rows in expected.items():
            assert found[name] == rows, name
        if bus != "memory://":
            assert_published_once(bus, expected)


def assert_published_once(bus, expected) -> None:
    entries = redis.from_url(bus, decode_responses=True).xrange("trading:signals:live")
    told = [row["data"]["signal_id"] for row in expected["events"] if row["type"] == "signal"]
    assert [fields["signal_id"] for _, fields in entries] == told
