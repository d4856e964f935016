"""`cambio live --once`: a scheduler that runs it at every bar trades as one process would."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import event
from tests.faults.conftest import BARS
from tests.faults.market import Scripted, left, opened
from tests.faults.test_commands import answer, started

from cambio.app.trading_loop import Loop
from cambio.errors import SourceError

FEED = "simulated://?seed=3&speed=0"
REALTIME = ("ohlcv", "realtime", "--feed", FEED, "--json")
ONCE = ("live", "--once", "--json", "--feed", FEED)


def test_run_by_run_it_leaves_what_one_run_leaves_though_one_of_them_fails(home, steady):
    with opened(home) as resources:
        feed = Scripted(resources, BARS)
        Loop(resources, feed).once()  # begins behind the newest stored bar
        feed.poll()

        def full(_connection, _cursor, statement, *_):
            if "INSERT INTO inference_signals" in statement:
                raise SourceError("The disk is full.")

        while feed.stored < BARS:
            feed.poll()
            if feed.stored == 3:
                event.listen(resources.engine, "before_cursor_execute", full)
                with pytest.raises(SourceError, match="disk is full"):
                    Loop(resources, feed).once()
                event.remove(resources.engine, "before_cursor_execute", full)
            Loop(resources, feed).once()
        assert left(resources) == steady


def test_each_bar_is_fetched_described_and_traded_by_commands(home):
    assert answer(home, *ONCE) == ""
    for _ in range(2):
        poll = json.loads(answer(home, *REALTIME))
        assert (poll["source"], poll["intake"]["inserted"], poll["behind"]) == ("simulated", 1, 0)
        (line,) = answer(home, *ONCE).splitlines()
        assert json.loads(line)["timestamp"] == poll["newest"]
        assert len(json.loads(line)["signals"]) == 3
        assert json.loads(line)["late"] is False
    assert answer(home, *ONCE) == ""
    refreshed = json.loads(answer(home, "features", "refresh", "--json"))
    assert refreshed["newest"] == poll["newest"]
    assert refreshed["feature_order_hash"] == "ddc9d7cdba81ab3d"
    assert refreshed["written"] == refreshed["rows"]
    assert json.loads(answer(home, *REALTIME))["newest"] > poll["newest"]
    assert json.loads(answer(home, "features", "refresh", "--json"))["written"] == 1


def test_a_second_engine_is_refused(home):
    trading = started(home, "live", "--json", "--feed", "simulated://?seed=3&speed=600")
    assert trading.stdout is not None
    trading.stdout.readline()
    refused = started(home, *ONCE)
    _, err = refused.communicate(timeout=60)
    trading.terminate()
    trading.communicate(timeout=20)
    assert refused.returncode == 8, err
