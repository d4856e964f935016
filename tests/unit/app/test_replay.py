"""A replay told as events: the numbers of `cambio backtest`, and the look that it is."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import polars as pl
import pytest
from tests.api.served import product, store_market
from tests.models import publish

from cambio.app.backtests import backtest
from cambio.app.replay import ModelReplay, RecordedMarket
from cambio.contracts.market import BAR_SCHEMA
from cambio.errors import ConfigError, ContractMismatch, DataQualityError, NotFound
from cambio.features.spec import FeatureSpec
from cambio.store import bars, trials
from cambio.store.database import open_database, reading, transaction

START, END = date(2024, 3, 11), date(2024, 3, 22)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A home with a market and a model that nobody has looked at."""
    home = tmp_path_factory.mktemp("replay")
    with opened(home) as resources:
        store_market(resources)
        publish(resources, FeatureSpec(bar_range="as_is"), 3)
    return home


@pytest.fixture
def resources(stored, tmp_path):
    """A copy of it, which the test may change."""
    home = shutil.copytree(stored, tmp_path / "home")
    with opened(home) as resources:
        yield resources


@contextmanager
def opened(home):
    engine = open_database(f"sqlite:///{home / 'cambio.db'}")
    yield product(engine, home)
    engine.dispose()


def replay(resources, start=START, end=END) -> ModelReplay:
    return ModelReplay.of(resources, RecordedMarket(resources), "random-s3", start, end)


def looks(resources) -> int:
    with reading(resources.engine) as connection:
        return len(trials.every(connection))


def told(replay, *, with_bars=True):
    batches = list(replay.told(60, with_bars=with_bars))
    return list(chain.from_iterable(batch.events for batch in batches))


def of_type(events, kind):
    return [event.data for event in events if event.type == kind]


def test_the_figures_are_those_of_the_backtest_bit_for_bit(resources):
    events = told(replay(resources))
    found = backtest(resources, "random-s3", START, END).evaluation
    result = events[-1].data
    assert (result.success, result.total_return, result.sharpe) == (
        True,
        found.metrics.total_return,
        found.metrics.sharpe_ratio,
    )
    marks = of_type(events, "bar")
    assert [mark.equity for mark in marks] == found.replay.equity.tolist()
    fills = [d.fill for d in found.replay.decisions if d.fill is not None]
    assert len(fills) > 5, "nothing traded: a weak test"
    trades = of_type(events, "trade")
    assert [(t.timestamp, t.entry_price, t.pnl) for t in trades] == [
        (fill.time, fill.price, fill.result) for fill in fills
    ]
    assert {trade.side for trade in trades} == {"BUY", "SELL"}


def test_a_bars_event_holds_the_bar_as_it_was_recorded(resources):
    marks = of_type(told(replay(resources)), "bar")
    recorded = resources.history().bars.filter(pl.col("time").dt.date().is_between(START, END))
    columns = ("time", "open", "high", "low", "close")
    assert [(m.timestamp, m.open, m.high, m.low, m.close) for m in marks] == list(
        recorded.select(columns).iter_rows()
    )


def test_a_fill_is_told_before_the_bar_whose_open_it_took(resources):
    events = [e for e in told(replay(resources)) if e.type in ("bar", "trade")]
    following = [events[i + 1] for i, event in enumerate(events) if event.type == "trade"]
    trades = of_type(events, "trade")
    assert [bar.data.timestamp for bar in following] == [trade.timestamp for trade in trades]


def test_without_bars_all_else_is_the_same(resources):
    whole = told(replay(resources))
    assert told(replay(resources), with_bars=False) == [e for e in whole if e.type != "bar"]


def test_progress_goes_from_none_to_all_in_about_a_hundred_steps(resources):
    steps = of_type(told(replay(resources)), "progress")
    total = steps[0].total_bars
    assert (steps[0].progress, steps[-1].progress) == (0.0, 1.0)
    assert steps[-1].current_bar == total == 600
    assert [s.current_bar for s in steps] == list(range(0, 601, 6))


def test_a_replay_is_the_look_that_the_backtest_is(resources):
    told(replay(resources))
    with reading(resources.engine) as connection:
        (mine,) = trials.every(connection)
    backtest(resources, "random-s3", START, END)
    with reading(resources.engine) as connection:
        (both,) = trials.every(connection)
    assert (both.trial_id, both.sharpe_per_session) == (mine.trial_id, mine.sharpe_per_session)


def test_the_look_is_recorded_before_a_bar_is_told(resources):
    batches = replay(resources).told(60)
    for batch in batches:
        if any(event.type in ("bar", "trade", "result") for event in batch.events):
            break
        assert looks(resources) == 0
    assert looks(resources) == 1


def test_who_leaves_before_a_bar_was_told_has_not_looked(resources):
    batches = replay(resources).told(60)
    next(batches)
    batches.close()
    assert looks(resources) == 0


def test_a_window_ends_with_the_data(resources):
    assert replay(resources, end=date(2030, 1, 1)).window.end == date(2024, 3, 27)


@pytest.mark.parametrize(
    ("model_id", "start", "end", "error"),
    [
        ("nobody", START, END, NotFound),
        ("../random-s3", START, END, NotFound),
        ("random-s3", END, START, ConfigError),
        ("random-s3", date(2029, 1, 1), date(2030, 1, 1), ConfigError),
        ("random-s3", date(2020, 1, 1), date(2020, 2, 1), DataQualityError),
    ],
)
def test_what_cannot_be_replayed_is_refused_at_once(resources, model_id, start, end, error):
    with pytest.raises(error):
        ModelReplay.of(resources, RecordedMarket(resources), model_id, start, end)


def test_a_window_after_the_data_is_told_as_it_was_asked_for(resources):
    with pytest.raises(ConfigError, match="from 2029-01-01 to 2030-01-01") as caught:
        replay(resources, start=date(2029, 1, 1), end=date(2030, 1, 1))
    assert "2024-03-27" in caught.value.remedy


def test_a_model_that_is_not_what_was_registered_is_refused(resources):
    graph = resources.models / "random-s3" / "policy.onnx"
    graph.write_bytes(graph.read_bytes() + b"\0")
    with pytest.raises(ContractMismatch):
        replay(resources)


def test_the_market_is_read_again_only_when_something_was_stored(resources):
    market = RecordedMarket(resources)
    first = market.history()
    assert market.history() is first
    last = first.bars.row(-1, named=True)
    later = last["time"] + timedelta(days=1)
    store(resources, last | {"time": later})
    grown = market.history()
    assert grown.bars["time"].max() == later
    store(resources, last | {"time": later, "close": last["close"] + 1.0})
    assert market.history().bars["close"][-1] == last["close"] + 1.0, "a revision"


def store(resources, row) -> None:
    frame = pl.DataFrame([row], schema=BAR_SCHEMA)
    with transaction(resources.engine) as connection:
        bars.store(connection, frame, datetime(2024, 4, 2, tzinfo=UTC))
