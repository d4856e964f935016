"""The look-ahead check finds a peek wherever it is, and nothing where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.models import write_model

from cambio.calendar import session_days
from cambio.contracts.market import DateRange, MarketHistory
from cambio.features.spec import FeatureSpec
from cambio.trading.costs import CostModel
from cambio.trading.gate import LoadedModel, ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation.lookahead import MOMENTS, find_look_ahead
from cambio.validation.replay import BacktestEngine

SESSIONS = 8


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> LoadedModel:
    folder = write_model(tmp_path_factory.mktemp("model") / "m", FeatureSpec(bar_range="as_is"))
    return ProductionContract.validate_and_load(folder)


@pytest.fixture(scope="module")
def terms(settings) -> TradingTerms:
    return TradingTerms(CostModel(settings.trading.costs), settings.risk, 10_000.0)


@pytest.fixture(scope="module")
def window(simulated: MarketHistory) -> DateRange:
    days = simulated.bars["time"].dt.date().unique().sort()
    return DateRange(days[-SESSIONS - 3], days[-4])


class Peeker:
    """Buys before a rise: it was handed the closes that come after each bar of a session."""

    def __init__(self, closes: np.ndarray, ahead: int) -> None:
        self.closes, self.ahead, self.bar = closes, ahead, -1

    def probabilities(self, observation: np.ndarray) -> np.ndarray:
        self.bar += 1
        later = self.closes[min(self.bar + self.ahead, len(self.closes) - 1)]
        side = 2 if later > self.closes[self.bar] else 0
        return np.eye(3, dtype=np.float32)[side]


def peeking(model: LoadedModel, terms: TradingTerms, ahead: int):
    def decide(known: MarketHistory, session: DateRange):
        day = (session.start - type(session.start)(1970, 1, 1)).days
        days = session_days(known.bars["time"].dt.epoch("s").to_numpy())
        closes = known.bars["close"].to_numpy()[np.searchsorted(days, day) :]
        peeker = replace(model, policy=Peeker(closes, ahead))
        return BacktestEngine(known, terms).run(peeker, session).decisions

    return decide


def test_the_products_own_path_does_not_look_ahead(simulated, model, terms, window):
    def decide(known: MarketHistory, session: DateRange):
        return BacktestEngine(known, terms).run(model, session).decisions

    found = find_look_ahead(decide, simulated, window, np.random.default_rng(1))
    assert (found.found, found.moments, found.first) == (False, MOMENTS, None)


@pytest.mark.parametrize("ahead", [1, 5])
def test_a_policy_that_peeks_is_found(simulated, model, terms, window, ahead):
    decide = peeking(model, terms, ahead)
    found = find_look_ahead(decide, simulated, window, np.random.default_rng(1))
    assert found.found
    assert found.changed > MOMENTS / 4
    assert window.contains(found.first.date())


def test_a_policy_that_peeks_at_nothing_is_not_found(simulated, model, terms, window):
    """The same policy that looks at the bar itself: what is found above is the peek."""
    decide = peeking(model, terms, 0)
    assert not find_look_ahead(decide, simulated, window, np.random.default_rng(1)).found


def test_a_scaling_by_later_prices_is_found(simulated, model, terms, window):
    """A feature that is divided by the mean of the whole file, its future included."""

    def decide(known: MarketHistory, session: DateRange):
        scaled = pl.col("open", "high", "low", "close") / pl.col("close").mean()
        bars = known.bars.with_columns(scaled)
        return BacktestEngine(MarketHistory(bars, known.macro), terms).run(model, session).decisions

    found = find_look_ahead(decide, simulated, window, np.random.default_rng(1))
    assert found.changed == MOMENTS


def test_macro_values_of_tomorrow_are_found(simulated, model, terms, window):
    """Every series is taken for known two days before it was."""

    def decide(known: MarketHistory, session: DateRange):
        early = known.macro.with_columns(pl.col("available_at").dt.offset_by("-3d"))
        history = MarketHistory(known.bars, early)
        return BacktestEngine(history, terms).run(model, session).decisions

    found = find_look_ahead(decide, simulated, window, np.random.default_rng(1))
    assert found.changed > MOMENTS / 2
