"""A bar is followed from the log to its signals and events by one id."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from tests.faults.market import Scripted, left
from tests.faults.test_faults import trade

from cambio.contracts.trading import bar_id, parse_signal_id
from cambio.errors import SourceError
from cambio.store import tables
from cambio.store.database import reading
from cambio.telemetry import configure_logging

BARS = 8


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


def test_each_bar_logs_its_signals_and_its_events(resources, logged):
    trade(resources, bars=BARS)
    lines = logged("bar_committed")
    marks = [row["timestamp"] for row in left(resources)["account_marks"]]
    assert [line["bar"] for line in lines] == [bar_id(time) for time in marks]

    line, time = lines[4], marks[4]
    signals = [row for row in left(resources)["inference_signals"] if row["timestamp"] == time]
    assert sorted(map(parse_signal_id, line["signals"])) == sorted(
        (row["model_id"], time) for row in signals
    )
    first, last = line["events"]
    with reading(resources.engine) as connection:
        query = select(tables.events).where(tables.events.c.time == time)
        events = connection.execute(query.order_by(tables.events.c.id)).all()
    assert [one.id for one in events] == list(range(first, last + 1))
    told = [one.data["signal_id"] for one in events if one.type == "signal"]
    assert told == line["signals"]


def test_what_is_said_of_a_bar_names_it_and_what_is_not_does_not(resources, logged):
    feed = Scripted(resources, BARS)

    def late():
        feed.ahead = timedelta(minutes=5)

    def lost():
        raise SourceError("The provider is silent.")

    feed._script = {3: late, 6: lost}
    trade(resources, feed=feed)
    bars = [line["bar"] for line in logged("bar_committed")]
    (notice,) = logged("live_notice")
    assert notice["bar"] == bars[3]
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
    assert (trouble["what"], trouble["bar"]) == ("database", logged("bar_committed")[0]["bar"])
