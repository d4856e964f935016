"""The decision path hands each book its prices and rates; the terms on which books trade."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from tests.unit.features.releases import same_evening, table

from cambio.calendar import session_open
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.spec import FeatureSpec
from cambio.trading.costs import CostConfig, CostModel
from cambio.trading.risk import RiskLimits
from cambio.trading.step import DecisionPath, TradingTerms

COSTS = CostConfig(
    half_spread_bps=dict.fromkeys(range(8, 13), 1.0),
    slippage_bps=0.5,
    commission_bps=0.25,
    financing_markup_pct=1.0,
    fallback_differential_pct=6.0,
)
SPEC = FeatureSpec(bar_range="as_is", zscore_window=20)
MONDAY, TUESDAY = date(2024, 7, 8), date(2024, 7, 9)


def bar_time(index: int, day: date = MONDAY) -> int:
    """Open of a session's bar, 0 to 59."""
    return int(session_open(day).timestamp()) + 300 * index


class Recorder:
    """Stands where a book stands and keeps what the path handed to it."""

    def __init__(self) -> None:
        self.model_id = "recorder"
        self.calls: list[tuple] = []

    def on_bar(self, *call) -> None:
        self.calls.append(call[:-1])  # nothing outside objects


def handed(spec: FeatureSpec = SPEC) -> list[tuple]:
    """Two sessions of two bars; the policy rates change between them."""
    macro = table(
        [
            same_evening(MONDAY - timedelta(days=3), 10.0, "TPM"),
            same_evening(MONDAY - timedelta(days=3), 4.0, "FEDFUNDS"),
            same_evening(MONDAY, 9.0, "TPM"),
        ]
    )
    recorder = Recorder()
    path = DecisionPath(CanonicalFeatureBuilder(spec, macro), [(recorder, CostModel(COSTS))])
    for day in (MONDAY, TUESDAY):
        for index in (0, 59):
            path.on_bar(bar_time(index, day), 100.0, 103.0, 99.0, 102.0)
    return recorder.calls


def test_a_books_prices_are_the_bars_open_and_close():
    assert {prices for _, prices, _, _ in handed()} == {(100.0, 102.0)}


def test_on_close_only_bars_a_books_fill_price_is_the_close():
    close_only = SPEC.model_copy(update={"bar_range": "close_only"})
    assert {prices for _, prices, _, _ in handed(close_only)} == {(102.0, 102.0)}


def test_each_session_has_its_own_carry():
    carries = [rates[1] for _, _, rates, _ in handed()]
    assert carries == pytest.approx([0.06 / 365] * 2 + [0.05 / 365] * 2)


def test_a_path_charges_what_a_history_is_charged():
    """Live and replay read the same cost model: bar by bar it equals the vectorised market."""
    calls = handed()
    times = pl.from_epoch(pl.Series([call[0] for call in calls])).dt.replace_time_zone("UTC")
    frame = pl.DataFrame(
        {
            "time": times,
            "open": [100.0] * 4,
            "close": [102.0] * 4,
            "rate_differential_pct": [6.0, 6.0, 5.0, 5.0],
        }
    )
    market_view = CostModel(COSTS).market(frame, close_only=False)
    found = [rates for _, _, rates, _ in calls]
    columns = (market_view.cost_rate, market_view.carry, market_view.markup)
    assert found == list(zip(*(column.tolist() for column in columns), strict=True))


def test_terms_at_other_costs_keep_limits_and_capital():
    limits = RiskLimits(
        confidence_threshold=0.4,
        max_daily_loss=0.02,
        max_drawdown=0.15,
        max_consecutive_losses=3,
        cooldown_minutes=60,
        max_trades_per_session=10,
        max_position=1,
    )
    terms = TradingTerms(CostModel(COSTS), limits, 10_000.0)
    doubled = terms.at_costs(2.0)
    assert (doubled.limits, doubled.capital) == (limits, 10_000.0)
    assert doubled.costs.cost_rate(bar_time(0)) == pytest.approx(3.5e-4)
