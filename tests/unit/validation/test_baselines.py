"""Constant baselines and random traders."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models import random_policy, stats_for
from tests.unit.dataset.market import COSTS, history

from cambio.contracts.market import DateRange
from cambio.features.spec import FeatureSpec
from cambio.trading import ledger
from cambio.trading.costs import CostModel
from cambio.trading.gate import LoadedModel
from cambio.trading.policy import OnnxPolicy
from cambio.trading.risk import RiskLimits
from cambio.trading.step import TradingTerms
from cambio.validation.baselines import (
    SIDES,
    RandomTraders,
    follow,
    hold,
    random_traders,
    shuffled_spells,
)
from cambio.validation.metrics import (
    Account,
    compute_metrics,
    session_ends,
    session_returns,
    sharpe_per_session,
)
from cambio.validation.replay import BacktestEngine

CAPITAL = 10_000.0
LIMITS = RiskLimits(
    confidence_threshold=0.0,
    max_daily_loss=0.05,
    max_drawdown=0.9,
    max_consecutive_losses=5,
    cooldown_minutes=30,
    max_trades_per_session=20,
    max_position=1,
)
PATHS = st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=120).map(np.array)
SEEDS = st.integers(0, 2**32 - 1)


def market_of(close, bars_per_session: int = 60, cost: float = 2e-4) -> ledger.Market:
    close = np.asarray(close, dtype=float)
    n = len(close)
    return ledger.Market(
        day=20_000 + np.arange(n) // bars_per_session,
        open=np.append(close[0], close[:-1]),
        close=close,
        cost_rate=np.full(n, cost),
        carry=np.full(n, 1.5e-4),
        markup=np.full(n, 3e-5),
    )


def random_market(seed: int, n: int = 600) -> ledger.Market:
    steps = np.random.default_rng(seed).normal(0, 1e-3, n)
    return market_of(4000 * np.exp(np.cumsum(steps)))


def spells(path) -> list[tuple[int, int]]:
    """(side, length) of each spell, seen as a ring."""
    changes = np.flatnonzero(path != np.roll(path, 1))
    if len(changes) == 0:
        return [(int(path[0]), len(path))]
    ring = np.roll(path, -changes[0])
    starts = np.append(np.flatnonzero(np.diff(ring, prepend=9)), len(ring))
    return [(int(ring[a]), int(b - a)) for a, b in pairwise(starts)]


def test_buying_and_holding_pays_one_cost_and_every_night():
    market = market_of([100.0, 100.0, 110.0, 121.0], bars_per_session=2, cost=0.01)
    account = hold(market, SIDES["buy_and_hold"], 1000.0)
    # 10 units at the second bar's open, cost 10; the night on 100: 10 * 100 * 1.8e-4 = 0.18.
    np.testing.assert_allclose(account.equity, [1000.0, 990.0, 1089.82, 1199.82])
    np.testing.assert_array_equal(account.positions, [0, 1, 1, 1])
    assert (account.costs, account.turnover) == (10.0, 1.0)
    assert account.financing == pytest.approx(0.18)
    np.testing.assert_allclose(account.trade_results, [199.82])


def test_selling_and_holding_gains_from_a_fall():
    account = hold(market_of([100.0, 100.0, 90.0], cost=0.0), SIDES["sell_and_hold"], 1000.0)
    assert account.equity[-1] == pytest.approx(1100.0)


def test_following_the_targets_of_a_replay_gives_the_replays_own_account():
    """Its equity to the bit, and each trade, reversals and the open one among them."""
    spec = FeatureSpec(bar_range="as_is", zscore_window=60)
    model = LoadedModel("m", OnnxPolicy(random_policy(3)), stats_for(spec), spec, {})
    terms = TradingTerms(CostModel(COSTS), LIMITS, CAPITAL)
    window = DateRange(date(2024, 3, 1), date(2024, 4, 30))
    replay = BacktestEngine(history(), terms).run(model, window)
    expected = Account.of(replay.decisions, replay.book, CAPITAL)
    found = follow(replay.market, replay.targets, CAPITAL)
    assert len(expected.trade_results) > 40
    assert replay.positions[-1] != 0
    np.testing.assert_array_equal(found.equity, expected.equity)
    np.testing.assert_array_equal(found.positions, expected.positions)
    np.testing.assert_allclose(found.trade_results, expected.trade_results, atol=1e-8)
    for name in ("costs", "financing", "turnover"):
        assert getattr(found, name) == getattr(expected, name), name


@settings(deadline=None)
@given(path=PATHS, seed=SEEDS, bars=st.integers(1, 9))
def test_looking_only_at_fills_and_marks_sees_the_same_equity(path, seed, bars):
    rng = np.random.default_rng(seed)
    n = len(path)
    market = market_of(4000 * np.exp(np.cumsum(rng.normal(0, 1e-3, n))), bars)
    market = market._replace(open=market.open * np.exp(rng.normal(0, 1e-4, n)))
    marks = np.union1d(session_ends(market.day), np.flatnonzero(rng.random(n) < 0.2))
    equity, found = np.empty(n), np.empty(len(marks))
    book = ledger.run_targets(market, path, CAPITAL, equity)
    begins = np.append(0, np.flatnonzero(np.diff(path)) + 1)
    sparse = ledger.run_spells(market, begins + 1, path[begins], marks, CAPITAL, found)
    np.testing.assert_allclose(found, equity[marks], rtol=1e-12)
    for slot in (ledger.COSTS, ledger.FINANCING, ledger.TURNOVER):
        assert sparse[slot] == pytest.approx(book[slot], rel=1e-9, abs=1e-9)


def test_flat_keeps_its_capital():
    account = hold(random_market(0), SIDES["flat"], CAPITAL)
    metrics = compute_metrics(account, 239.0)
    assert (metrics.total_return, metrics.max_drawdown, metrics.total_trades) == (0.0, 0.0, 0)


@settings(deadline=None)
@given(path=PATHS, seed=SEEDS)
def test_random_traders_hold_each_side_exactly_as_long_as_the_policy(path, seed):
    dealt = shuffled_spells(path, np.random.default_rng(seed))
    assert sorted(dealt.tolist()) == sorted(path.tolist())


@settings(deadline=None)
@given(path=PATHS, seed=SEEDS)
def test_random_traders_keep_the_policys_holding_times_up_to_the_seam(path, seed):
    dealt = shuffled_spells(path, np.random.default_rng(seed))
    ours, theirs = spells(path), spells(dealt)
    assert len(ours) == len(theirs)
    if path[0] != path[-1]:  # else the ring joins the policy's first spell to its last
        assert sorted(ours) == sorted(theirs)


@settings(deadline=None)
@given(path=PATHS, seed=SEEDS)
def test_random_traders_turn_over_what_the_policy_does_up_to_the_seam(path, seed):
    dealt = shuffled_spells(path, np.random.default_rng(seed))
    turnover = [int(np.abs(np.diff(each, prepend=0)).sum()) for each in (path, dealt)]
    assert abs(turnover[0] - turnover[1]) <= 3


def test_spells_of_one_length_still_give_different_traders():
    """Dealing equal lengths changes nothing; the rotation must."""
    path = np.tile(np.repeat([1, -1], 12), 5)
    rng = np.random.default_rng(0)
    assert len({shuffled_spells(path, rng).tobytes() for _ in range(200)}) > 15


def test_spells_of_many_lengths_are_dealt_not_only_rotated():
    path = np.repeat(np.tile([1, -1], 8), np.arange(1, 17))
    rng = np.random.default_rng(0)
    traders = {shuffled_spells(path, rng).tobytes() for _ in range(2 * len(path))}
    assert len(traders) > len(path)  # more than there are rotations


def test_the_same_seed_gives_the_same_traders():
    market = random_market(0)
    targets = np.random.default_rng(1).integers(-1, 2, 600)
    first, again, other = (
        random_traders(market, targets, CAPITAL, np.random.default_rng(seed), 20)
        for seed in (7, 7, 8)
    )
    assert first.sharpe.tobytes() == again.sharpe.tobytes()
    assert first.band.tobytes() == again.band.tobytes()
    assert first.sharpe.tobytes() != other.sharpe.tobytes()


def test_random_traders_run_through_the_ledger():
    """Every figure against a plain loop over the ledger and the metrics."""
    market = random_market(0)
    targets = np.repeat(np.random.default_rng(1).integers(-1, 2, 60), 10)
    found = random_traders(market, targets, CAPITAL, np.random.default_rng(7), 25)
    rng = np.random.default_rng(7)
    equity = np.empty((25, 600))
    for row in equity:
        ledger.run_targets(market, shuffled_spells(targets, rng), CAPITAL, row)
    sharpes = [sharpe_per_session(session_returns(market.day, row, CAPITAL)) for row in equity]
    np.testing.assert_allclose(found.sharpe, sharpes, rtol=1e-9)
    np.testing.assert_allclose(found.total_return, equity[:, -1] / CAPITAL - 1)
    np.testing.assert_allclose(found.band, np.percentile(equity, (5, 50, 95), axis=0))


def test_the_band_of_a_long_history_has_every_bar_and_both_ends():
    market = random_market(0, 3000)
    targets = np.repeat(np.random.default_rng(1).integers(-1, 2, 300), 10)
    found = random_traders(market, targets, CAPITAL, np.random.default_rng(7), 50)
    assert found.band.shape == (3, 3000)
    assert (np.diff(found.band, axis=0) >= 0).all()
    last = np.percentile(found.total_return, (5, 50, 95))
    np.testing.assert_allclose(found.band[:, -1] / CAPITAL - 1, last)


def test_standing_counts_the_policy_among_the_traders():
    found = RandomTraders(np.array([0.0, 0.1, 0.2, 0.3]), np.zeros(4), np.zeros((3, 1)))
    assert found.percentile(0.25) == pytest.approx(60.0)  # p = (1 + 1) / (4 + 1)
    assert found.percentile(9.0) == pytest.approx(80.0)
    assert found.percentile(float("nan")) == 0.0


def test_ties_count_against_the_policy():
    """A policy that always holds a long is each of its random traders: no timing, no standing."""
    market = random_market(3)
    targets = np.ones(600, dtype=np.int64)
    found = random_traders(market, targets, CAPITAL, np.random.default_rng(0), 99)
    account = hold(market, 1, CAPITAL)
    assert found.percentile(sharpe_per_session(account.session_returns)) == 0.0


def test_a_flat_policy_stands_below_all():
    market = random_market(3)
    found = random_traders(
        market, np.zeros(600, dtype=np.int64), CAPITAL, np.random.default_rng(0), 99
    )
    assert found.percentile(float("nan")) == found.percentile(0.0) == 0.0


def standing(market: ledger.Market, targets, rng: np.random.Generator, traders: int) -> float:
    equity = np.empty(len(targets))
    ledger.run_targets(market, targets, CAPITAL, equity)
    sharpe = sharpe_per_session(session_returns(market.day, equity, CAPITAL))
    return random_traders(market, targets, CAPITAL, rng, traders).percentile(sharpe)


def test_a_policy_that_knows_the_future_stands_above_nearly_all():
    market = random_market(5)
    hourly = market.close.reshape(50, 12)
    ahead = np.sign(np.diff(hourly[:, -1], append=hourly[-1, -1])).astype(np.int64)
    targets = np.roll(np.repeat(ahead, 12), 11)  # decided on the hour's last bar
    assert standing(market, targets, np.random.default_rng(0), 400) > 99.0


def test_five_in_a_hundred_policies_without_an_edge_pass():
    passed = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        lengths = rng.geometric(1 / 15, 200)
        targets = np.repeat(rng.integers(-1, 2, 200), lengths)[:600]
        passed += standing(random_market(1000 + seed), targets, rng, 99) >= 95.0
    assert 2 <= passed <= 20  # binomial: 10 expected, 3.1 its standard deviation
