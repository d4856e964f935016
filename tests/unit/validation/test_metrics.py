"""Trades, session returns and metrics."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date

import empyrical
import numpy as np
import polars as pl
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from cambio.calendar import expected_bars
from cambio.contracts.features import FEATURE_ORDER
from cambio.contracts.trading import Decision
from cambio.trading.observation import FeatureStats, NormStats, ObservationBuilder
from cambio.trading.risk import RiskLimits, RiskManager
from cambio.trading.step import Adviser, TradingBook
from cambio.validation.metrics import (
    Account,
    compute_metrics,
    expected_shortfall,
    max_drawdown,
    session_returns,
    sharpe_per_session,
    trades_of,
)

SELL, HOLD, BUY = 0, 1, 2
PERIODS = 239.0
RELATIVE = 1e-12


class Script:
    """A policy that reads its actions from a list."""

    def __init__(self, actions):
        self._actions = iter(actions)

    def probabilities(self, observation):
        return np.eye(3, dtype=np.float32)[next(self._actions)]


def plain_stats() -> NormStats:
    entry = FeatureStats(mean=0, std=1, min=0, max=0, count=1)
    return NormStats(
        feature_order_hash="",
        feature_spec_hash="",
        row_count=1,
        features=dict.fromkeys(FEATURE_ORDER, entry),
    )


def traded(actions, prices, rates=(0.01, 0.0, 0.0), capital=1000.0, max_daily_loss=1.0):
    """What the product's own book decides and holds when the policy is a script."""
    limits = RiskLimits(
        confidence_threshold=0,
        max_daily_loss=max_daily_loss,
        max_drawdown=1,
        max_consecutive_losses=10**6,
        cooldown_minutes=0,
        max_trades_per_session=10**6,
        max_position=1,
    )
    adviser = Adviser(Script(actions), ObservationBuilder(plain_stats()))
    book = TradingBook("m1", adviser, RiskManager(limits), capital)
    times = expected_bars(date(2024, 7, 8), date(2024, 7, 12)).astype("datetime64[s]").astype(int)
    features = np.zeros(13)
    decisions = [
        book.on_bar(int(time), price, rates, features)
        for time, price in zip(times, prices, strict=False)
    ]
    return decisions, book.book


# Long at 100, reversed at 120, still short at 108; 1 % a leg. In figures:
#   open long    10 units, cost 10         equity  990, then 1,090 at 110
#   reverse      +100, cost 12             equity 1178: the long made 178
#                short 1178/120, cost 11.78  equity 1166.22
#   mark at 108  +117.80                   equity 1284.02: the short stands at 106.02
PRICES = [(100.0, 100.0), (100.0, 110.0), (120.0, 120.0), (120.0, 108.0)]


def test_a_reversal_closes_one_trade_and_opens_the_next():
    decisions, _ = traded([BUY, SELL, HOLD, HOLD], PRICES)
    long, short = trades_of(decisions)
    assert (long.side, long.entry_price, long.exit_price, long.is_open) == (1, 100.0, 120.0, False)
    assert long.pnl == pytest.approx(178.0, rel=RELATIVE)
    assert (short.side, short.entry_price, short.entry_time) == (-1, 120.0, long.exit_time)


def test_a_trade_still_held_is_marked_at_the_last_close():
    decisions, _ = traded([BUY, SELL, HOLD, HOLD], PRICES)
    short = trades_of(decisions)[-1]
    assert short.is_open
    assert (short.exit_price, short.exit_time) == (108.0, decisions[-1].time)
    assert short.pnl == pytest.approx(106.02, rel=RELATIVE)


def test_a_book_that_never_trades_has_no_trades():
    decisions, _ = traded([HOLD] * 4, PRICES)
    assert trades_of(decisions) == []


def test_a_record_that_begins_inside_a_trade_is_refused():
    decisions, _ = traded([BUY, SELL, HOLD, HOLD], PRICES)
    with pytest.raises(ValueError, match="begins inside a trade"):
        trades_of(decisions[1:])


def walk(seed: int, n: int) -> list[tuple[float, float]]:
    """Opens and closes with a gap before every bar."""
    steps = np.random.default_rng(seed).normal(0, 0.004, 2 * n)
    return [tuple(pair) for pair in 4000 * np.exp(np.cumsum(steps)).reshape(n, 2)]


@settings(deadline=None, max_examples=60)
@given(
    actions=st.lists(st.sampled_from([SELL, HOLD, BUY]), min_size=2, max_size=200),
    seed=st.integers(0, 2**32 - 1),
    flatten=st.booleans(),
)
def test_trades_sum_to_what_the_account_gained(actions, seed, flatten):
    """Nights, gaps, costs and positions that risk flattened included."""
    decisions, _ = traded(
        actions,
        walk(seed, len(actions)),
        rates=(2e-4, 2e-4, 5e-5),
        capital=10_000.0,
        max_daily_loss=0.02 if flatten else 1.0,
    )
    gained = decisions[-1].equity - 10_000.0
    assert math.fsum(trade.pnl for trade in trades_of(decisions)) == pytest.approx(gained, abs=1e-6)


def test_the_conservation_test_sees_flat_spells_and_nights():
    """The property above is about something: such records go flat, and pay for nights."""
    actions = ([BUY] * 13 + [SELL] * 13) * 7
    rates = (2e-4, 2e-4, 5e-5)
    decisions, book = traded(actions, walk(1, 180), rates, 10_000.0, max_daily_loss=0.02)
    account = Account.of(decisions, book, 10_000.0)
    assert {-1, 0, 1} == set(account.positions.tolist())
    assert account.financing != 0.0
    assert compute_metrics(account, PERIODS).total_trades > 4


def test_sessions_are_measured_from_last_mark_to_last_mark():
    day = np.array([10, 10, 11, 14, 14])
    equity = np.array([500.0, 1100.0, 990.0, 2000.0, 1188.0])
    returns = session_returns(day, equity, 1000.0)
    np.testing.assert_allclose(returns, [0.1, -0.1, 0.2], rtol=RELATIVE)


def test_a_session_that_begins_ruined_returns_nothing():
    returns = session_returns(np.array([1, 2, 3]), np.array([-10.0, 50.0, 60.0]), 100.0)
    np.testing.assert_allclose(returns, [-1.1, 0.0, 0.2])


def account_of_sessions(returns, bars_per_session: int = 1, seed: int = 0) -> Account:
    """An account with given session returns and a random way through each session."""
    n = len(returns)
    marks = 10_000.0 * np.cumprod(1 + returns)
    noise = 1 + np.random.default_rng(seed).normal(0, 0.01, (n, bars_per_session))
    equity = marks[:, None] * noise
    equity[:, -1] = marks
    return Account(
        capital=10_000.0,
        day=np.repeat(np.arange(n), bars_per_session),
        equity=equity.reshape(-1),
        positions=np.ones(n * bars_per_session, dtype=np.int64),
        trade_results=np.array([marks[-1] - 10_000.0]),
        costs=0.0,
        financing=0.0,
        turnover=1.0,
    )


def by_empyrical(returns: np.ndarray) -> dict[str, float]:
    """What empyrical makes of the same session returns, under our names."""
    terms = {"returns": returns, "annualization": PERIODS}
    return {
        "total_return": empyrical.cum_returns_final(returns),
        "annual_return": empyrical.annual_return(**terms),
        "annual_volatility": empyrical.annual_volatility(**terms),
        "sharpe_ratio": empyrical.sharpe_ratio(**terms),
        "sortino_ratio": empyrical.sortino_ratio(**terms),
        "calmar_ratio": empyrical.calmar_ratio(**terms),
        "max_drawdown": -empyrical.max_drawdown(returns),
        "value_at_risk": empyrical.value_at_risk(returns),
        "expected_shortfall": empyrical.conditional_value_at_risk(returns),
        "tail_ratio": empyrical.tail_ratio(returns),
    }


@pytest.mark.parametrize("seed", range(5))
def test_ratios_equal_empyricals_on_the_same_session_returns(seed):
    returns = np.random.default_rng(seed).normal(2e-4, 6e-3, 120 + seed)
    found = compute_metrics(account_of_sessions(returns), PERIODS)
    expected = by_empyrical(returns) | {
        "skew": scipy.stats.skew(returns),
        "kurtosis": scipy.stats.kurtosis(returns, fisher=False),
    }
    # Marks carry the session returns to about 1e-16 of the equity, hence the absolute part.
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=RELATIVE, abs=RELATIVE), name


def test_metrics_equal_empyricals_on_real_returns(real_data):
    """Buying and holding the stored closes, session by session."""
    closes = (
        pl.scan_parquet(real_data / "usdcop_m5_ohlcv_raw.parquet")
        .group_by(pl.col("time").dt.date().alias("day"), maintain_order=True)
        .agg(pl.col("close").last())
        .sort("day")
        .collect()["close"]
        .to_numpy()
    )
    returns = closes[1:] / closes[:-1] - 1.0
    found = compute_metrics(account_of_sessions(returns), PERIODS)
    expected = by_empyrical(returns)
    assert len(returns) > 1000
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-9, abs=1e-9), name


def test_a_full_year_of_sessions_is_annualised_by_nothing_but_the_calendar():
    """A dump with bars on holidays has more sessions a year than the calendar: 260, not 239."""
    returns = np.full(260, 1e-4)
    found = compute_metrics(account_of_sessions(returns), 239.0)
    assert found.annual_return == pytest.approx(1.0001**239 - 1)


def test_drawdown_sees_what_happens_within_a_session():
    account = account_of_sessions(np.full(30, 0.001), bars_per_session=60)
    bars = np.diff(account.equity, prepend=account.capital) / np.append(
        account.capital, account.equity[:-1]
    )
    found = compute_metrics(account, PERIODS)
    assert found.max_drawdown == pytest.approx(-empyrical.max_drawdown(bars), rel=1e-9)
    assert found.max_drawdown > 0.02  # though no session lost anything
    assert found.calmar_ratio == pytest.approx(found.annual_return / found.max_drawdown)


def test_the_capital_is_the_first_peak():
    assert max_drawdown(np.array([80.0, 90.0]), 100.0) == pytest.approx(0.2)


def test_constant_returns_have_an_infinite_sharpe_ratio_as_in_empyrical():
    constant = np.full(10, 0.1)
    assert sharpe_per_session(constant) == math.inf == empyrical.sharpe_ratio(constant)


def metrics_with(**changes):
    returns = np.array([0.01, -0.02, 0.03, 0.005])
    return compute_metrics(replace(account_of_sessions(returns), **changes), PERIODS)


def test_trades_are_counted_and_weighed_after_costs():
    found = metrics_with(trade_results=np.array([30.0, -20.0, 0.0, 10.0]))
    assert found.total_trades == 4
    assert found.win_rate == 0.5  # the trade that came out even did not win
    assert found.profit_factor == 2.0


def test_exposure_and_holding_time_count_bars():
    found = metrics_with(positions=np.array([0, 1, -1, -1]), trade_results=np.array([1.0, 2.0]))
    assert found.exposure == 0.75
    assert found.average_trade_bars == 1.5


def test_a_night_adds_nothing_to_the_holding_time():
    """Twelve bars are an hour, on whichever sessions they lie."""
    account = account_of_sessions(np.zeros(2), bars_per_session=12)
    found = compute_metrics(replace(account, trade_results=np.array([1.0])), PERIODS)
    assert found.average_holding_hours == 2.0


def test_turnover_is_given_a_year():
    account = replace(account_of_sessions(np.zeros(4), bars_per_session=3), turnover=8.0)
    found = compute_metrics(account, PERIODS)
    assert found.annual_turnover == pytest.approx(8.0 * PERIODS / 4)


def test_costs_are_a_share_of_what_was_earned_before_them():
    """900 after 75 of costs and 25 of financing: a tenth of the 1,000 before them."""
    found = metrics_with(equity=np.full(4, 10_900.0), costs=75.0, financing=25.0)
    assert found.cost_share == pytest.approx(0.1)


def test_costs_are_no_share_of_a_loss():
    found = metrics_with(equity=np.full(4, 9_900.0), costs=75.0, financing=25.0)
    assert math.isnan(found.cost_share)


def test_sessions_are_ranked_and_those_that_gained_counted():
    found = compute_metrics(account_of_sessions(np.array([0.01, -0.02, 0.0, 0.03])), PERIODS)
    assert (found.best_session, found.worst_session) == pytest.approx((0.03, -0.02))
    assert found.positive_sessions == 0.5


def test_the_worst_session_of_few_is_their_expected_shortfall():
    assert expected_shortfall(np.array([0.01, -0.02, 0.03])) == -0.02


def test_the_longest_drawdown_ends_with_its_recovery_or_the_record():
    recovered = account_of_sessions(np.array([0.1, -0.1, 0.05, 0.1, -0.01]))
    assert compute_metrics(recovered, PERIODS).longest_drawdown_sessions == 3
    sunk = account_of_sessions(np.array([-0.1, 0.05, 0.01]))
    assert compute_metrics(sunk, PERIODS).longest_drawdown_sessions == 3


def test_costs_come_from_the_book():
    decisions, book = traded([BUY, SELL, HOLD, HOLD], PRICES)
    found = compute_metrics(Account.of(decisions, book, 1000.0), PERIODS)
    assert found.costs == pytest.approx(10.0 + 12.0 + 11.78)
    assert found.turnover == 3.0
    assert (found.total_trades, found.exposure) == (2, 0.75)
    assert found.total_return == pytest.approx(0.28402)


def test_no_losses_is_an_infinite_profit_factor_and_none_in_json():
    found = metrics_with(trade_results=np.array([30.0]))
    assert found.profit_factor == math.inf
    assert found.to_dict()["profit_factor"] is None


def test_an_account_that_never_moved_has_no_sharpe_ratio_and_is_still_json():
    decisions, book = traded([HOLD] * 4, PRICES)
    found = compute_metrics(Account.of(decisions, book, 1000.0), PERIODS)
    assert math.isnan(found.sharpe_ratio)
    assert math.isnan(found.skew)
    assert found.longest_drawdown_sessions == 0
    assert (found.total_return, found.max_drawdown, found.exposure) == (0.0, 0.0, 0.0)
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert record["sharpe_ratio"] is record["win_rate"] is None
    assert record["total_trades"] == 0


def test_a_ruined_account_lost_everything_a_year_over():
    found = metrics_with(equity=np.array([10_000.0, 5_000.0, -100.0, -100.0]))
    assert found.annual_return == -1.0
    assert found.max_drawdown > 1.0


def test_decisions_are_marked_in_bogotas_days():
    decisions, book = traded([HOLD] * 61, walk(0, 61))
    days = Account.of(decisions, book, 1000.0).day
    assert isinstance(decisions[0], Decision)
    assert (days[59] - days[0], days[60] - days[0]) == (0, 1)
