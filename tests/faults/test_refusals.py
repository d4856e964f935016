"""What others refuse the engine: a bar's insertion, a lost race, a bus, a second engine."""

from __future__ import annotations

from threading import Event

import pytest
from sqlalchemy import event
from tests.faults.conftest import BARS
from tests.faults.market import CHAMPION, Scripted, left, opened

from cambio.app import deployments, sealing
from cambio.app.live import Trader
from cambio.app.trading_loop import Loop
from cambio.bus.memory import MemoryBus
from cambio.errors import ConfigError, Conflict, SourceError
from cambio.inference.live import LiveStep
from cambio.store.engine import NotAlone


def refuse_once(resources, beginning: str, error: Exception) -> list[str]:
    """Let a statement of the 10th bar fail, before the database sees it."""
    seen: list[str] = []

    def refuse(_connection, _cursor, statement, *_):
        if statement.startswith(beginning):
            seen.append(statement)
            if len(seen) == 10:
                raise error

    event.listen(resources.engine, "before_cursor_execute", refuse)
    return seen


def trade_to_the_end(resources, steady) -> None:
    Loop(resources, Scripted(resources, BARS)).run(Event())
    assert left(resources) == steady


def test_a_bar_that_could_not_be_stored_is_stored_later(resources, steady):
    seen = refuse_once(resources, "INSERT INTO usdcop_m5_ohlcv", SourceError("The disk is full."))
    trade_to_the_end(resources, steady)
    assert len(seen) == BARS + 1


def test_a_lost_race_is_run_again(resources, steady):
    seen = refuse_once(resources, "INSERT INTO account_marks", Conflict("A deadlock."))
    trade_to_the_end(resources, steady)
    assert len(seen) == BARS + 1


def test_a_bus_that_refuses_us_stops_no_trading(resources, steady):
    class Foreign(MemoryBus):
        told = 0

        def publish(self, events):
            self.told += 1
            raise ConfigError("The stream holds the events of another database.")

    object.__setattr__(resources, "bus", bus := Foreign())
    trade_to_the_end(resources, steady)
    assert bus.told >= BARS


def test_who_loses_a_bar_to_another_engine_ends(resources, home):
    """Both read the bar before either wrote: the database's refusal is no race to run again."""
    feed, mine = Scripted(resources, 2), Trader(resources)
    mine.prepare(feed.now())
    feed.poll()
    feed.poll()
    while feed.stored < 1:
        feed.poll()
    with opened(home) as other:

        def overtaken(_connection, _cursor, statement, *_):
            if statement.startswith("INSERT INTO account_marks"):
                raise Conflict("Another process wrote the same rows.")

        event.listen(resources.engine, "before_cursor_execute", overtaken)
        with pytest.raises(Conflict, match="same rows"):
            next(mine.catch_up(feed.now()))
        next(Trader(other).catch_up(feed.now()))
    with pytest.raises(NotAlone):
        next(mine.catch_up(feed.now()))


def test_an_unreadable_bundle_stops_its_model_and_nobody_else(resources):
    path = sealing.bundle_path(resources, CHAMPION)
    path.unlink()
    path.symlink_to("/proc/self/mem")  # a file that exists and cannot be read
    steps: list[LiveStep] = []
    Loop(resources, Scripted(resources, 3), steps.append).run(Event())
    found = left(resources)
    assert len(found["account_marks"]) == 3
    assert steps[-1].refused.keys() == deployments.status(resources).refused.keys() == {CHAMPION}
    assert CHAMPION not in {row["model_id"] for row in found["inference_signals"]}
