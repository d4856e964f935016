"""Properties 2 and 3: replay equals live, and a restart changes nothing, bit for bit."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.models import write_model

from cambio.contracts.deployment import Role
from cambio.contracts.market import Bar, DateRange, MarketHistory
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable
from cambio.features.spec import FeatureSpec
from cambio.inference.live import LiveEngine, LiveStep, Seat, World, outcome_of
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms, decision_path
from cambio.validation.replay import BacktestEngine

SESSIONS = 20


@pytest.fixture
def terms(settings) -> TradingTerms:
    return TradingTerms(CostModel(settings.trading.costs), settings.risk, 10_000.0)


@pytest.fixture(params=["as_is", "close_only"])
def model(request, tmp_path):
    folder = write_model(tmp_path / "model", FeatureSpec(bar_range=request.param))
    return ProductionContract.validate_and_load(folder)


def window(history: MarketHistory) -> tuple[DateRange, int]:
    days = history.bars["time"].dt.date().unique().sort()[-SESSIONS:]
    first = history.bars["time"].dt.date().search_sorted(days[0])
    return DateRange(days[0], days[-1]), int(first)


def bars_of(history: MarketHistory, first: int) -> list[Bar]:
    rows = history.bars[first:].select("time", "open", "high", "low", "close").iter_rows()
    return [Bar(*row) for row in rows]


def same(a, b) -> bool:
    """Equal in every field, the observation to the bit."""
    if (a.observation is None) != (b.observation is None):
        return False
    bits = a.observation is None or a.observation.tobytes() == b.observation.tobytes()
    fields = ("time", "action", "confidence", "price", "position", "equity", "verdict", "fill")
    return bits and all(getattr(a, f) == getattr(b, f) for f in fields)


def test_replay_equals_live_event_for_event(history, model, terms):
    span, first = window(history)
    replayed = BacktestEngine(history, terms).run(model, span).decisions
    engine = live_engine(history, first, terms)
    engine.seat([Seat(model, Role.SHADOW, 0.0)])  # no account that could object
    live = [engine.on_bar(bar, World()) for bar in bars_of(history, first)]
    assert len(replayed) == len(live) > 500
    for decision, step in zip(replayed, live, strict=True):
        assert step.capsules[model.model_id]["outcome"] == outcome_of(decision)
    assert sum(len(step.fills) for step in live) > 5, "nothing traded: a weak test"


def test_an_account_with_one_model_is_its_book(history, model, terms):
    """All of the capital in one book from the first bar on: the same money, up to rounding."""
    _, first = window(history)
    engine = live_engine(history, first, terms)
    engine.seat([Seat(model, Role.CHAMPION, 1.0)])
    for bar in bars_of(history, first):
        step = engine.on_bar(bar, World())
        assert step.equity == pytest.approx(step.signals[0].equity, rel=1e-12)


def test_live_restarts_change_nothing(history, tmp_path, terms):
    """Three models, one leaving on the way: the state goes through JSON after random bars."""
    _, first = window(history)
    specs = (FeatureSpec(), FeatureSpec(), FeatureSpec(bar_range="close_only"))
    models = [
        ProductionContract.validate_and_load(write_model(tmp_path / f"m{i}", spec, i))
        for i, spec in enumerate(specs)
    ]
    seats = [
        Seat(models[0], Role.CHAMPION, 0.9),
        Seat(models[1], Role.CHALLENGER, 0.1),
        Seat(models[2], Role.SHADOW, 0.0),
    ]
    bars = bars_of(history, first)[:400]

    def run(cuts: set[int]) -> list[LiveStep]:
        engine, steps = live_engine(history, first, terms), []
        engine.seat(seats)
        for i, bar in enumerate(bars):
            steps.append(engine.on_bar(bar, World(late=i % 97 == 0)))
            seated = seats if i < 200 else seats[:1]
            if i == 200:
                engine.seat(seated)
            if i in cuts:
                kept = json.loads(json.dumps(engine.state()))
                engine = live_engine(history, first + i + 1, terms)
                engine.seat(seated)
                assert engine.restore(kept) == []
        return steps

    steady = run(set())
    cuts = {200, *np.random.default_rng(6).integers(0, 399, 5).tolist()}
    assert run(cuts) == steady
    assert {len(step.signals) for step in steady} == {3, 1}


def live_engine(history: MarketHistory, first: int, terms: TradingTerms) -> LiveEngine:
    """An engine that knows the bars before ``first``."""
    macro = MacroTable(history.macro)

    def warm(spec: FeatureSpec) -> CanonicalFeatureBuilder:
        builder = CanonicalFeatureBuilder(spec, macro)
        builder.compute(history.bars[:first])
        return builder

    return LiveEngine(terms, warm)


def test_costs_side_by_side_are_what_each_is_alone(history, model, terms):
    """The books share one adviser, and differ in positions: costs run into the loss limits."""
    span, _ = window(history)
    limits = terms.limits.model_copy(update={"max_daily_loss": 0.002})
    tight = replace(terms, limits=limits)
    multiples = (0.0, 1.0, 2.0, 3.0)
    together = BacktestEngine(history, tight).run_at_costs(model, span, multiples)
    positions = {multiple: together[multiple].positions.tolist() for multiple in multiples}
    assert positions[0.0] != positions[3.0], "no book went its own way: a weak test"
    for multiple in multiples:
        alone = BacktestEngine(history, tight.at_costs(multiple)).run(model, span)
        found = together[multiple]
        pairs = zip(found.decisions, alone.decisions, strict=True)
        assert all(same(a, b) for a, b in pairs), multiple
        assert found.book.tobytes() == alone.book.tobytes()
        assert all(
            a.tobytes() == b.tobytes() for a, b in zip(found.market, alone.market, strict=True)
        )


def test_a_restart_changes_nothing(history, model, terms):
    """Stop after a random bar, keep the state as JSON, go on in a new process's objects."""
    _, first = window(history)
    macro, bars = MacroTable(history.macro), bars_of(history, first)
    steady = decision_path(model, macro, terms)
    steady.builder.compute(history.bars[:first])
    expected = [steady.on_bar(*as_row(bar))[0] for bar in bars]
    for cut in np.random.default_rng(5).integers(1, len(bars) - 1, 6):
        path = decision_path(model, macro, terms)
        path.builder.compute(history.bars[:first])
        found = [path.on_bar(*as_row(bar))[0] for bar in bars[:cut]]
        kept = json.dumps(path.state())
        resumed = decision_path(model, macro, terms)
        resumed.restore(json.loads(kept))
        found += [resumed.on_bar(*as_row(bar))[0] for bar in bars[cut:]]
        assert all(same(a, b) for a, b in zip(expected, found, strict=True)), cut


def test_a_forgotten_state_is_noticed(simulated, model, terms):
    """The check above can fail: without the state the rest of the run differs."""
    _, first = window(simulated)
    macro, bars = MacroTable(simulated.macro), bars_of(simulated, first)
    steady = decision_path(model, macro, terms)
    steady.builder.compute(simulated.bars[:first])
    expected = [steady.on_bar(*as_row(bar))[0] for bar in bars]
    fresh = decision_path(model, macro, terms)
    found = [fresh.on_bar(*as_row(bar))[0] for bar in bars[100:]]
    assert not all(same(a, b) for a, b in zip(expected[100:], found, strict=True))


def test_features_of_one_bar_at_a_time_equal_the_batch(history, model):
    """To the bit, including the bar on which a batch ended and the stream took over."""
    bars = history.bars.tail(1500)
    macro = MacroTable(history.macro)
    whole = CanonicalFeatureBuilder(model.spec, macro).compute(bars)
    builder = CanonicalFeatureBuilder(model.spec, macro)
    head = builder.compute(bars[:700])
    rows = bars[700:].select(bars["time"][700:].dt.epoch("s"), "high", "low", "close").iter_rows()
    tail = np.array([builder.update(*row) for row in rows])
    assert np.array_equal(np.vstack([head, tail]), whole, equal_nan=True)


def as_row(bar: Bar) -> tuple[int, float, float, float, float]:
    return int(bar.time.timestamp()), bar.open, bar.high, bar.low, bar.close
