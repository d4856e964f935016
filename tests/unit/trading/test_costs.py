"""Costs by hour and by night: who pays whom, and what a multiplier scales."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError
from tests.unit.features.releases import number, same_evening, table

from cambio.calendar import BOGOTA, session_open
from cambio.features.macro import MacroTable
from cambio.trading import ledger
from cambio.trading.costs import CostConfig, CostModel

CONFIG = CostConfig(
    half_spread_bps={8: 2.0, 9: 1.25, 10: 1.25, 11: 1.25, 12: 1.5},
    slippage_bps=0.5,
    commission_bps=0.25,
    financing_markup_pct=1.0,
    fallback_differential_pct=6.0,
)
COSTS = CostModel(CONFIG)
FREE = CostModel(
    CONFIG.model_copy(
        update={
            "half_spread_bps": dict.fromkeys(range(8, 13), 0.0),
            "slippage_bps": 0.0,
            "commission_bps": 0.0,
            "financing_markup_pct": 0.0,
        }
    )
)
DAY = date(2024, 7, 9)


def rates(local: float | None, foreign: float | None, age_days: int = 1) -> MacroTable:
    period = DAY - timedelta(days=age_days)
    values = {"TPM": local, "FEDFUNDS": foreign}
    return table([same_evening(period, v, s) for s, v in values.items() if v is not None])


def epoch(clock: str) -> int:
    return int(datetime.fromisoformat(f"{DAY} {clock}").replace(tzinfo=BOGOTA).timestamp())


def frame(differential: float = 5.0) -> pl.DataFrame:
    times = [session_open(DAY) + timedelta(minutes=5 * k) for k in range(60)]
    prices = 4000.0 + np.arange(60.0)
    return pl.DataFrame({"time": times, "open": prices, "close": prices + 0.5}).with_columns(
        rate_differential_pct=pl.lit(differential)
    )


@pytest.mark.parametrize(
    ("clock", "bps"),
    [("08:00", 2.75), ("08:55", 2.75), ("09:00", 2.0), ("11:55", 2.0), ("12:55", 2.25)],
)
def test_a_fill_pays_spread_slippage_and_commission_by_the_hour_in_bogota(clock, bps):
    assert COSTS.cost_rate(epoch(clock)) == pytest.approx(bps * 1e-4)


@pytest.mark.parametrize("clock", ["07:55", "13:00", "20:00"])
def test_a_fill_outside_the_session_pays_the_dearest_hour(clock):
    """Never NaN, which would turn the whole book into NaN without a word."""
    assert COSTS.cost_rate(epoch(clock)) == pytest.approx(2.75e-4)


def test_a_history_costs_what_its_bars_cost_one_by_one():
    market = COSTS.market(frame(), close_only=False)
    times = frame()["time"].dt.epoch("s").to_list()
    assert market.cost_rate.tolist() == [COSTS.cost_rate(time) for time in times]


@pytest.mark.parametrize("multiple", [0.0, 2.0, 3.0])
def test_a_multiplier_scales_costs_and_markup(multiple):
    scaled = COSTS.times(multiple)
    assert scaled.cost_rate(epoch("10:00")) == pytest.approx(multiple * 2e-4)
    assert scaled.markup == pytest.approx(multiple * 0.01 / 365)


def test_a_multiplier_leaves_the_rate_differential_alone():
    differential = np.array([5.0, np.nan])
    assert COSTS.times(3.0).carry(differential).tolist() == COSTS.carry(differential).tolist()


def test_multipliers_multiply():
    twice_thrice, six = COSTS.times(2.0).times(3.0), COSTS.times(6.0)
    assert twice_thrice.cost_rate(epoch("08:00")) == pytest.approx(six.cost_rate(epoch("08:00")))


def test_the_differential_is_local_minus_foreign():
    assert COSTS.differential(rates(9.5, 4.5), [number(DAY)]).tolist() == [5.0]


@pytest.mark.parametrize(("local", "foreign"), [(None, 4.5), (9.5, None), (None, None)])
def test_a_missing_rate_makes_the_differential_unknown(local, foreign):
    assert np.isnan(COSTS.differential(rates(local, foreign), [number(DAY)])).all()


@pytest.mark.parametrize(("age_days", "known"), [(100, True), (101, False)])
def test_a_monthly_rate_is_good_for_its_own_staleness_limit(age_days, known):
    found = COSTS.differential(rates(9.5, 4.5, age_days), [number(DAY)])
    assert np.isfinite(found[0]) == known


def test_an_unknown_differential_takes_the_fallback():
    found = COSTS.carry(np.array([5.0, np.nan, 0.0]))
    assert found.tolist() == pytest.approx([0.05 / 365, 0.06 / 365, 0.0])


@pytest.mark.parametrize(("position", "gain"), [(1, -0.10 / 365), (-1, 0.10 / 365), (0, 0.0)])
def test_a_long_dollar_position_pays_local_minus_foreign(position, gain):
    """Pesos are borrowed at 14 %, dollars lent at 4 %: a year of nights costs 10 %."""
    book = ledger.new_book(1.0)
    carry = float(FREE.carry(FREE.differential(rates(14.0, 4.0), [number(DAY)]))[0])
    for night in range(3):
        ledger.advance(book, night, 4000.0, 4000.0, 0.0, carry, FREE.markup)
        book[ledger.TARGET] = position
    assert book[ledger.EQUITY] == pytest.approx(1.0 + gain)


@pytest.mark.parametrize("position", [1, -1])
def test_the_markup_is_paid_on_either_side(position):
    book = ledger.new_book(1.0)
    for night in range(3):
        ledger.advance(book, night, 4000.0, 4000.0, 0.0, 0.0, COSTS.markup)
        book[ledger.TARGET] = position
    assert book[ledger.EQUITY] == pytest.approx(1.0 - 0.01 / 365)


def test_bars_keep_their_prices_and_sessions():
    market = COSTS.market(frame(), close_only=False)
    assert market.open.tolist() == frame()["open"].to_list()
    assert market.close.tolist() == frame()["close"].to_list()
    assert set(market.day.tolist()) == {number(DAY)}


def test_close_only_bars_are_filled_at_their_close():
    """A bar late, never early: the open of such a bar is not to be trusted."""
    market = COSTS.market(frame(), close_only=True)
    assert market.open.tolist() == market.close.tolist() == frame()["close"].to_list()


def test_every_bar_carries_its_own_sessions_rate():
    bars = frame().with_columns(rate_differential_pct=pl.Series(np.linspace(1, 9, 60)))
    found = COSTS.market(bars, close_only=False).carry
    assert all(later > earlier for earlier, later in pairwise(found))


@pytest.mark.parametrize("hour", range(8, 13))
def test_a_session_hour_without_a_spread_is_refused(hour):
    """The configuration promises one for every session hour; a guess would be silent."""
    spreads = {key: bps for key, bps in CONFIG.half_spread_bps.items() if key != hour}
    with pytest.raises(ValidationError, match=rf"half_spread_bps[\s\S]*\[{hour}\]"):
        CostConfig(**{**CONFIG.model_dump(), "half_spread_bps": spreads})


def test_a_negative_spread_is_refused():
    spreads = {**CONFIG.half_spread_bps, 9: -1.25}
    with pytest.raises(ValidationError, match="half_spread_bps"):
        CostConfig(**{**CONFIG.model_dump(), "half_spread_bps": spreads})


def test_an_unknown_key_is_refused():
    with pytest.raises(ValidationError, match="swap_points"):
        CostConfig(**CONFIG.model_dump(), swap_points=1.0)
