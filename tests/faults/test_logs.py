"""A bar is followed from the log to its signals and events by one id."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from tests.faults.market import Scripted, left, opened
from tests.faults.test_commands import started
from tests.faults.test_faults import trade

from cambio.contracts.trading import bar_id, parse_signal_id
from cambio.errors import SourceError
from cambio.telemetry import configure_logging

BARS = 8
COMMITTED = "bar_committed"


@pytest.fixture
def logged(monkeypatch):
    """Give a function that reads what was logged so far, as a service logs it."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(json=True)

    def read(event: str = "") -> list[dict[str, Any]]:
        lines = map(json.loads, stream.getvalue().splitlines())
        return [line for line in lines if event in ("", line["event"])]

    return read


def test_each_bar_of_a_service_is_followed_to_its_signals_and_its_events(home):
    process = started(home, "live", "--json", "--feed", "simulated://?seed=3&speed=0&sessions=1")
    _, err = process.communicate(timeout=60)
    lines = [line for line in map(json.loads, err.splitlines()) if line["event"] == COMMITTED]
    with opened(home) as resources:
        marks = [row["timestamp"] for row in left(resources)["account_marks"]]
        assert [line["bar"] for line in lines] == [bar_id(time) for time in marks]
        line, time = lines[4], marks[4]
        signals = [row for row in left(resources)["inference_signals"] if row["timestamp"] == time]
        told = [one for one in left(resources)["events"] if one["time"] == time]
    assert sorted(map(parse_signal_id, line["signals"])) == sorted(
        (row["model_id"], time) for row in signals
    )
    assert [one["data"]["signal_id"] for one in told if one["type"] == "signal"] == line["signals"]
    assert {one["type"] for one in told} >= {"signal", "account"}


def test_what_is_said_of_a_bar_names_it_and_what_is_not_does_not(resources, logged):
    feed = Scripted(resources, BARS)

    def late():
        feed.ahead = timedelta(minutes=5)

    def lost():
        raise SourceError("The provider is silent.")

    feed._script = {3: late, 6: lost}
    trade(resources, feed=feed)
    (notice,) = logged("live_notice")
    assert notice["bar"] == bar_id(left(resources)["account_marks"][3]["timestamp"])
    (trouble,) = logged("trouble_began")
    assert (trouble["what"], "bar" in trouble) == ("feed", False)


def test_a_failure_names_the_bar_that_it_held_up(resources, logged):
    failed = []

    def refuse(_connection, _cursor, statement, *_):
        if "INSERT INTO account_marks" in statement and not failed:
            failed.append(statement)
            raise SourceError("The disk is full.")

    event.listen(resources.engine, "before_cursor_execute", refuse)
    trade(resources, bars=BARS)
    (trouble,) = logged("trouble_began")
    assert (trouble["what"], trouble["bar"]) == (
        "database",
        bar_id(left(resources)["account_marks"][0]["timestamp"]),
    )
