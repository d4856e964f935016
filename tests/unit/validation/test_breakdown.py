"""Where a result comes from: months, hours, weekdays, VIX, drawdowns."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import empyrical
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cambio.calendar import expected_bars
from cambio.trading import ledger
from cambio.trading.ledger import Market
from cambio.validation.breakdown import (
    by_hour,
    by_month,
    by_vix,
    by_weekday,
    drawdowns,
    rolling_sharpe,
    terciles,
    units_held,
)
from cambio.validation.metrics import Account, compute_metrics

CAPITAL = 1000.0
PERIODS = 239.0
WEEK = expected_bars(date(2024, 7, 8), date(2024, 7, 12)).astype("datetime64[s]").astype(np.int64)
SEEDS = st.integers(0, 2**32 - 1)


def traded(market: Market, targets: np.ndarray, capital: float = CAPITAL) -> Account:
    """What the product's own ledger makes of targets."""
    equity = np.empty(len(targets))
    book = ledger.run_targets(market, targets, capital, equity)
    return Account(
        capital=capital,
        day=market.day,
        equity=equity,
        positions=np.append(0, targets[:-1]),
        trade_results=np.empty(0),
        costs=float(book[ledger.COSTS]),
        financing=float(book[ledger.FINANCING]),
        turnover=float(book[ledger.TURNOVER]),
    )


def market_of(time_s, open_, close, cost: float = 0.0, carry: float = 0.0) -> Market:
    n = len(time_s)
    return Market(
        day=(np.asarray(time_s) - 5 * 3600) // 86_400,
        open=np.asarray(open_, dtype=float),
        close=np.asarray(close, dtype=float),
        cost_rate=np.full(n, cost),
        carry=np.full(n, carry),
        markup=np.zeros(n),
    )


def rows(shares) -> dict[str, tuple[int, int, float]]:
    return {share.name: (share.bars, share.held, share.result) for share in shares}


# Ten units long from 08:05 at 100, for 1 % a leg, so 990 at the fill; 08:10 and 08:15 are missing;
# a night at 0.1 % of the notional; sold on Tuesday at 08:05.
#
#   Mon 08:00  100 -> 100          Mon 08:05  100 -> 101   -10 + 10   = 0     08 h
#   Mon 08:20  103 -> 103          gap 101 -> 103          +20
#   Tue 08:00  104 -> 105          night 103 -> 104 +10, financing 1.03;  bar +10    08 h
#   Tue 08:05  105 -> 999          flat at 105, cost 10.50                           08 h
TIMES = np.array([WEEK[0], WEEK[1], WEEK[4], WEEK[60], WEEK[61]])
BY_HAND = market_of(TIMES, [100, 100, 103, 104, 105], [100, 101, 103, 105, 999], 0.01, 0.001)
BOUGHT = np.array([1, 1, 1, 0, 0])


def test_hours_gaps_and_nights_by_hand():
    found = rows(by_hour(traded(BY_HAND, BOUGHT), BY_HAND, TIMES))
    assert found["08–09 h"] == (5, 3, pytest.approx(0.0 + 10.0 - 10.5))
    assert found["gaps within a session"] == (1, 1, pytest.approx(20.0))
    assert found["nights, price"] == (1, 1, pytest.approx(10.0))
    assert found["nights, financing"] == (1, 1, pytest.approx(-1.03))
    assert found["12–13 h"] == (0, 0, 0.0)


def test_a_position_sold_at_the_first_open_was_carried_through_the_night():
    """Bought at 100 on Monday; the sale, decided at Monday's last close, is filled at 110."""
    time_s = WEEK[[0, 1, 60, 61]]
    market = market_of(time_s, [100, 100, 110, 120], [100, 100, 120, 130])
    found = rows(by_hour(traded(market, np.array([1, 0, 0, 0])), market, time_s))
    assert found["nights, price"] == (1, 1, pytest.approx(100.0))
    assert found["08–09 h"] == (4, 1, pytest.approx(0.0))


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, keep=st.floats(0.3, 1.0))
def test_hours_gaps_and_nights_add_up_to_the_result(seed, keep):
    """With gaps, reversals, costs, carry and nights."""
    rng = np.random.default_rng(seed)
    time_s = WEEK[np.sort(rng.choice(300, size=max(2, int(300 * keep)), replace=False))]
    prices = 4000 * np.exp(np.cumsum(rng.normal(0, 3e-3, 2 * len(time_s)))).reshape(-1, 2)
    market = market_of(time_s, prices[:, 0], prices[:, 1], 2e-4, 1.5e-4)
    targets = rng.integers(-1, 2, len(time_s) // 5 + 1).repeat(5)[: len(time_s)]
    account = traded(market, targets, 10_000.0)
    shares = by_hour(account, market, time_s)
    gained = account.equity[-1] - account.capital
    assert math.fsum(share.result for share in shares) == pytest.approx(gained, abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS)
def test_units_are_those_of_the_ledger(seed):
    rng = np.random.default_rng(seed)
    prices = 4000 * np.exp(np.cumsum(rng.normal(0, 3e-3, 600))).reshape(-1, 2)
    market = market_of(WEEK, prices[:, 0], prices[:, 1], 2e-4, 1.5e-4)
    targets = rng.integers(-1, 2, 60).repeat(5)
    book, units = ledger.new_book(10_000.0), []
    for bar, target in zip(zip(*market, strict=True), targets, strict=True):
        ledger.advance(book, *bar)
        book[ledger.TARGET] = target
        units.append(book[ledger.UNITS])
    np.testing.assert_allclose(
        units_held(traded(market, targets, 10_000.0), market), units, rtol=1e-12
    )


def test_months_and_years_equal_empyricals():
    index = pd.bdate_range("2023-11-15", "2025-02-10")
    returns = np.random.default_rng(3).normal(2e-4, 6e-3, len(index))
    series = pd.Series(returns, index)
    years = by_month(index.to_numpy().astype("datetime64[D]"), returns)
    monthly = empyrical.aggregate_returns(series, "monthly")
    for (year, month), value in monthly.items():
        row = next(row for row in years if row.year == year)
        assert row.months[month - 1] == pytest.approx(value, abs=1e-12)
    yearly = empyrical.aggregate_returns(series, "yearly")
    assert [row.total for row in years] == pytest.approx(yearly.to_list(), abs=1e-12)
    assert [row.year for row in years] == yearly.index.to_list()
    assert sum(row.sessions for row in years) == len(index)


def test_a_month_without_a_session_has_no_return():
    days = np.array(["2024-01-31", "2024-03-01"], "datetime64[D]")
    (year,) = by_month(days, np.array([0.1, -0.1]))
    assert year.months[:3] == (pytest.approx(0.1), None, pytest.approx(-0.1))
    assert (year.total, year.sessions) == (pytest.approx(-0.01), 2)


def sessions(returns, first: str = "2024-07-08") -> Account:
    """One bar a session, on consecutive days from a Monday."""
    marks = CAPITAL * np.cumprod(1 + np.asarray(returns))
    days = np.datetime64(first).astype(np.int64) + np.arange(len(marks))
    return Account(CAPITAL, days, marks, np.ones_like(days), np.empty(0), 0.0, 0.0, 0.0)


def test_weekdays_compound_their_own_sessions():
    account = sessions([0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, -0.5])
    entries = account.day[[0, 0, 8]]
    found = {group.name: group for group in by_weekday(account, entries, PERIODS)}
    monday, tuesday = found["Monday"], found["Tuesday"]
    assert (monday.sessions, monday.total_return, monday.trades) == (2, pytest.approx(0.21), 2)
    assert (tuesday.total_return, tuesday.trades) == (pytest.approx(-0.5), 1)
    assert list(found)[-2:] == ["Saturday", "Sunday"]  # only because this record holds them


def test_weekdays_multiply_to_the_whole():
    account = sessions(np.random.default_rng(0).normal(0, 0.01, 100))
    groups = by_weekday(account, np.empty(0, np.int64), PERIODS)
    whole = math.prod(1 + group.total_return for group in groups) - 1
    assert whole == pytest.approx(account.equity[-1] / CAPITAL - 1, abs=1e-12)


def test_sessions_are_ranked_by_their_vix_and_those_without_stand_apart():
    account = sessions([0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07])
    vix = np.array([30.0, 12.0, np.nan, 20.0, 35.0, 13.0, 21.0])
    found = {group.name: group for group in by_vix(account, vix, account.day[:3], PERIODS)}
    assert found["low VIX"].total_return == pytest.approx(1.02 * 1.06 - 1)
    assert found["middle VIX"].total_return == pytest.approx(1.04 * 1.07 - 1)
    assert found["high VIX"].total_return == pytest.approx(1.01 * 1.05 - 1)
    assert found["VIX unknown"].total_return == pytest.approx(0.03)
    assert [group.trades for group in found.values()] == [1, 0, 1, 1]


def test_a_groups_sharpe_ratio_is_that_of_its_sessions():
    returns = np.array([0.01, 0.5, -0.02, 0.5, 0.03, 0.5])
    vix = np.array([10.0, 20.0, 10.0, 20.0, 10.0, 20.0])
    calm = by_vix(sessions(returns), vix, np.empty(0, np.int64), PERIODS)[0]
    assert calm.sharpe_ratio == pytest.approx(
        empyrical.sharpe_ratio(returns[::2], annualization=PERIODS)
    )


def test_no_row_is_made_for_a_vix_that_is_always_known():
    names = [g.name for g in by_vix(sessions([0.1] * 3), np.arange(3.0), np.empty(0), PERIODS)]
    assert names == ["low VIX", "middle VIX", "high VIX"]


def test_alike_values_are_all_in_one_tercile():
    assert terciles(np.full(5, 20.0)).tolist() == [0] * 5
    assert terciles(np.full(2, np.nan)).tolist() == [-1, -1]


def test_rolling_sharpe_equals_empyricals_once_its_window_is_full():
    returns = np.random.default_rng(5).normal(2e-4, 6e-3, 100)
    found = rolling_sharpe(returns, PERIODS)
    assert np.isnan(found[:62]).all()
    expected = empyrical.roll_sharpe_ratio(returns, 63, annualization=PERIODS)
    np.testing.assert_allclose(found[62:], expected, rtol=1e-9)


def test_rolling_sharpe_of_a_still_or_short_record_is_nothing():
    assert np.isnan(rolling_sharpe(np.zeros(70), PERIODS)).all()
    assert np.isnan(rolling_sharpe(np.ones(3), PERIODS)).all()


def test_drawdowns_by_hand():
    #  Mon 1100 (peak), Tue 990 trough, Wed 1100: recovered; Thu 1210, Fri 1089, Sat 1149.5: not.
    account = sessions([0.1, -0.1, 1 / 9, 0.1, -0.1, 1 / 18])
    account = replace(account, equity=account.equity.round(6))
    first, second = sorted(drawdowns(account), key=lambda fall: fall.trough)
    assert (first.peak, first.trough) == (date(2024, 7, 8), date(2024, 7, 9))
    assert (first.recovery, first.sessions) == (date(2024, 7, 10), 2)
    assert (second.peak, second.recovery, second.sessions) == (date(2024, 7, 11), None, 2)
    assert first.depth == pytest.approx(0.1)


def test_a_fall_below_the_capital_has_no_session_for_its_peak():
    (fall,) = drawdowns(sessions([-0.1, 0.05]))
    assert (fall.peak, fall.trough, fall.recovery) == (None, date(2024, 7, 8), None)
    assert fall.sessions == 2


def test_a_fall_may_recover_with_the_very_last_mark():
    (fall,) = drawdowns(sessions([-0.1, 0.2]))
    assert (fall.recovery, fall.sessions) == (date(2024, 7, 9), 2)


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS)
def test_drawdowns_agree_with_a_naive_walk_and_with_the_metrics(seed):
    rng = np.random.default_rng(seed)
    equity = CAPITAL * np.exp(np.cumsum(rng.normal(0, 0.01, 60)))
    account = replace(sessions([0.0] * 20), equity=equity, day=19_000 + np.arange(60) // 3)
    account = replace(account, positions=np.ones(60, np.int64))
    peak, since, depth, falls = CAPITAL, -1, 0.0, []
    for bar, mark in enumerate(equity):
        if mark >= peak:
            falls.append((depth, bar // 3 - since))
            peak, since, depth = mark, bar // 3, 0.0
        depth = max(depth, 1 - mark / peak)
    falls.append((depth, 19 - since))
    expected = sorted((fall for fall in falls if fall[0] > 0), reverse=True)
    found = drawdowns(account, count=60)
    assert [(f.depth, f.sessions) for f in found] == [(pytest.approx(d), s) for d, s in expected]
    metrics = compute_metrics(account, PERIODS)
    assert metrics.longest_drawdown_sessions == max((s for _, s in expected), default=0)
    assert metrics.max_drawdown == max((f.depth for f in found), default=0.0)
