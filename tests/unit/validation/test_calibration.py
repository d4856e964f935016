"""The gate's error rates: exact bounds, markets without edge, planted edges, one gate."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.unit.dataset.market import COSTS

from cambio.calendar import session_days
from cambio.contracts.handoffs import Recommendation
from cambio.trading import ledger
from cambio.trading.costs import CostModel
from cambio.validation.baselines import SIDES, follow, hold, random_traders
from cambio.validation.calibration.findings import Findings, Pace, Run, Study
from cambio.validation.calibration.judging import SCORE, Candidate, Outcome, Terms, Window, campaign
from cambio.validation.calibration.markets import RealSessions, at_costs, market_of, windows
from cambio.validation.calibration.planted import lifted, plant
from cambio.validation.calibration.policies import (
    FAMILIES,
    breakout,
    crossover,
    spells,
    turnover_matched,
)
from cambio.validation.calibration.rates import Rate, bounds
from cambio.validation.criteria import Criterion, Direction, HardGates
from cambio.validation.metrics import compute_metrics
from cambio.validation.vote import Case, first_vote

CRITERIA = (
    Criterion(metric="sharpe_ratio", threshold=1.0, direction=Direction.GTE, weight=3.0),
    Criterion(metric="max_drawdown", threshold=0.15, direction=Direction.LTE, weight=2.0),
    Criterion(metric="win_rate", threshold=0.45, direction=Direction.GTE, weight=1.5),
    Criterion(metric="profit_factor", threshold=1.2, direction=Direction.GTE, weight=2.0),
    Criterion(metric="total_trades", threshold=50, direction=Direction.GTE, weight=1.0),
)
TERMS = Terms(CRITERIA, HardGates(), 10_000.0)
LOOSE = replace(TERMS, gates=HardGates(min_deflated_sharpe=0.5, random_percentile=50.0))
SESSIONS, BARS = 125, 60


def martingale(seed: int, sessions: int = SESSIONS) -> ledger.Market:
    """A market of plain noise, at the configured costs."""
    rng = np.random.default_rng(seed)
    n = sessions * BARS
    days = np.repeat(np.arange(19_000, 19_000 + sessions), BARS)
    time_s = days * 86_400 + 13 * 3600 + np.tile(np.arange(BARS), sessions) * 300
    close = 4000.0 * np.exp(np.cumsum(rng.normal(0.0, 1.1e-3, n)))
    open_ = np.append(4000.0, close[:-1])
    return market_of(time_s, open_, close, CostModel(COSTS), close_only=False)


def positions(seed: int, n: int = SESSIONS * BARS, mean_bars: float = 30.0):
    return spells(n, mean_bars, 1 / 3, np.random.default_rng(seed))


# Rates


@pytest.mark.parametrize(("hits", "runs"), [(0, 37), (1, 20), (4, 20), (37, 400), (20, 20)])
def test_the_bounds_are_where_a_tail_of_the_binomial_has_two_and_a_half_percent(hits, runs):
    """Clopper and Pearson's definition, summed in whole numbers."""

    def chance(counts, share):
        return math.fsum(
            math.comb(runs, k) * share**k * (1.0 - share) ** (runs - k) for k in counts
        )

    low, high = bounds(hits, runs)
    if hits < runs:
        assert chance(range(hits + 1), high) == pytest.approx(0.025)
    else:
        assert high == 1.0
    if hits > 0:
        assert chance(range(hits, runs + 1), low) == pytest.approx(0.025)
    else:
        assert low == 0.0


def test_no_hit_in_many_runs_has_a_bound_in_closed_form():
    assert bounds(0, 5000)[1] == pytest.approx(1.0 - 0.025 ** (1 / 5000), rel=1e-9)


def test_of_nothing_nothing_is_known():
    assert bounds(0, 0) == (0.0, 1.0)
    assert not Rate(0, 0).holds


def test_the_criterion_asks_for_the_rate_and_for_its_bound():
    assert Rate(40, 1000).holds  # 4.0 %, at most 5.4 %
    assert not Rate(4, 100).holds  # 4.0 %, at most 9.9 %
    assert not Rate(520, 10_000).holds  # 5.2 %, at most 5.7 %


# Markets


def recorded(moves_by_session) -> pl.DataFrame:
    """Bars whose log close moves by these, session by session, 08:00 on."""
    times, log, logs = [], 0.0, []
    for day, moves in enumerate(moves_by_session):
        for bar, move in enumerate(moves):
            log += move
            logs.append(log)
            times.append((19_700 + day) * 86_400 + 13 * 3600 + bar * 300)
    time = pl.Series("time", np.array(times) * 1_000_000).cast(pl.Datetime("us", "UTC"))
    return pl.DataFrame([time, pl.Series("close", 4000.0 * np.exp(logs))])


def test_resampled_moves_are_the_recorded_ones_with_their_gaps_in_blocks_of_five_sessions():
    """Session s moves by s millionths at its gap and by s + 0.5 millionths then."""
    real = RealSessions.of(recorded([[s / 1e6, (s + 0.5) / 1e6] for s in range(12)]))
    assert real.count == 11
    _, close = real.draw(20, np.random.default_rng(1))
    moves = np.abs(np.diff(np.log(close / real.level), prepend=0.0)).reshape(20, 2) * 1e6
    assert moves[:, 1] - moves[:, 0] == pytest.approx(np.full(20, 0.5), abs=1e-3)
    drawn = moves[:, 0].round().astype(int).reshape(4, 5)
    assert (np.diff(drawn, axis=1) == 1).all()
    assert drawn.min() >= 1


def test_the_sign_of_a_resampled_move_is_a_fair_coin_and_the_price_a_martingale():
    real = RealSessions.of(recorded([[0.5]] * 7))
    _, close = real.draw(2_000, np.random.default_rng(2))
    growth = close / np.append(real.level, close[:-1])
    up, down = math.exp(0.5) / math.cosh(0.5), math.exp(-0.5) / math.cosh(0.5)
    rises = growth > 1.0
    assert growth == pytest.approx(np.where(rises, up, down))
    assert (up + down) / 2 == pytest.approx(1.0)
    assert abs(rises.mean() - 0.5) < 4 * 0.5 / math.sqrt(2_000)


def test_resampled_bars_keep_their_time_of_day_on_days_that_follow_each_other():
    real = RealSessions.of(recorded([[0.001] * 3] * 8))
    time_s, _ = real.draw(6, np.random.default_rng(0))
    assert (time_s % 86_400).reshape(6, 3).tolist() == [[46_800, 47_100, 47_400]] * 6
    assert len(np.unique(session_days(time_s))) == 6


def test_costs_are_scaled_as_the_cost_model_scales_them():
    time_s = 19_000 * 86_400 + 13 * 3600 + np.arange(60) * 300
    price = np.full(60, 4000.0)
    model = CostModel(COSTS)
    expected = market_of(time_s, price, price, model.times(2.0), close_only=True)
    found = at_costs(market_of(time_s, price, price, model, close_only=True), 2.0)
    for column, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(column, wanted)


def test_windows_hold_whole_sessions_and_follow_each_other():
    market = martingale(0, 11)
    parts = windows(market, 4)
    assert [len(np.unique(part.day)) for part in parts] == [4, 4]
    np.testing.assert_array_equal(np.concatenate([p.close for p in parts]), market.close[: 8 * 60])


# Policies


def test_spells_last_and_rest_as_long_as_asked_in_the_mean():
    held = spells(400_000, 40.0, 0.25, np.random.default_rng(0))
    assert (held == 0).mean() == pytest.approx(0.25, abs=0.01)
    # A spell ends with another side in 1 − (1/4² + 2 (3/8)²) of the cases.
    assert (np.diff(held) != 0).mean() == pytest.approx((1 - 0.34375) / 40.0, rel=0.03)


def test_a_crossover_is_long_in_a_rise_and_short_in_a_fall():
    for slope in (1.0, -1.0):
        held = crossover(4000.0 + slope * np.arange(5000.0), np.random.default_rng(3))
        assert held[-1] == slope
        assert held[0] == 0


def test_a_breakout_turns_at_new_extremes_and_holds_in_between():
    price = np.concatenate((np.arange(400.0), np.arange(400.0, 0.0, -1.0)))
    held = breakout(price, np.random.default_rng(5))
    assert held[0] == 0
    assert held[399] == 1
    assert held[-1] == -1
    assert set(np.diff(held).tolist()) <= {0, 1, -2}  # from flat to long to short, once each


@pytest.mark.parametrize("family", ["random", "trend"])
def test_no_rule_looks_ahead(family):
    """Other prices from bar 3,000 on change no position before them."""
    close = martingale(1).close
    other = np.concatenate((close[:3000], close[3000:][::-1] * 1.2))
    for seed in range(6):
        one, two = (FAMILIES[family](c, np.random.default_rng(seed)) for c in (close, other))
        np.testing.assert_array_equal(one[:3000], two[:3000])


def test_a_turnover_matched_policy_holds_each_side_as_long_as_the_trend_follower():
    close = martingale(2).close
    follower = FAMILIES["trend"](close, np.random.default_rng(4))
    matched = turnover_matched(close, np.random.default_rng(4))
    assert sorted(matched.tolist()) == sorted(follower.tolist())
    assert (matched != follower).any()


# Planted edges


def test_a_planted_drift_moves_the_price_only_while_something_is_held_and_in_its_direction():
    market = market_of(
        19_000 * 86_400 + 13 * 3600 + np.arange(6) * 300,
        np.full(6, 100.0),
        np.full(6, 100.0),
        CostModel(COSTS),
        close_only=False,
    )
    found = lifted(market, np.array([1, 1, -1, 0, 0, 0]), 0.01)
    # Held: +1 over bars 1 and 2, −1 over bar 3; each pays at the open of the next bar.
    wanted = 100.0 * np.exp([0.0, 0.0, 0.01, 0.02, 0.01, 0.01])
    np.testing.assert_allclose(found.open, wanted)
    np.testing.assert_allclose(found.close, wanted)


@pytest.mark.parametrize("sharpe", [0.0, 2.0])
def test_the_realised_sharpe_ratio_is_the_planted_one_within_sampling_error(sharpe):
    realised = []
    for seed in range(100):
        market, targets = martingale(seed), positions(seed)
        found = follow(plant(market, targets, sharpe, 239.0), targets, 1.0)
        realised.append(compute_metrics(found, 239.0).sharpe_ratio)
    error = np.std(realised, ddof=1) / math.sqrt(len(realised))
    assert error < 0.2
    assert abs(np.mean(realised) - sharpe) < 3.0 * error


# The gate


@cache
def window(seed: int) -> Window:
    return Window.of(martingale(seed), TERMS)


def planted_candidate(seed: int, sharpe: float, terms: Terms = TERMS) -> Candidate:
    targets = positions(seed)
    market = plant(martingale(seed), targets, sharpe, window(seed).yearly)
    return Window.of(market, terms).candidate(targets, np.random.default_rng(seed))


def test_asking_the_random_traders_last_gives_the_vote_that_asking_them_at_once_gives():
    """The whole case in one go, made of the pieces that a backtest makes it of."""
    found = []
    for seed in range(8):
        candidate = planted_candidate(seed, 3.0)
        market, yearly = candidate.window.market, candidate.window.yearly
        targets = positions(seed)
        account = follow(market, targets, 10_000.0)
        metrics = compute_metrics(account, yearly)
        traders = random_traders(market, targets, 10_000.0, np.random.default_rng(seed))
        sharpe = metrics.sharpe_ratio / math.sqrt(yearly)
        case = Case(
            metrics=metrics,
            returns=account.session_returns,
            returns_at_costs={2.0: follow(at_costs(market, 2.0), targets, 1.0).equity[-1] - 1.0},
            baseline_sharpes={
                name: compute_metrics(hold(market, side, 1.0), yearly).sharpe_ratio
                for name, side in SIDES.items()
            },
            random_percentile=traders.percentile(sharpe),
            trial_sharpes=np.array([0.02, -0.03, sharpe]),
            trial_sessions=np.full(3, SESSIONS),
        )
        expected = first_vote(case, CRITERIA, HardGates()).recommendation
        assert candidate.judged(np.array([0.02, -0.03])).recommendation is expected
        found.append(expected)
    assert Recommendation.PROMOTE in found
    assert Recommendation.REVIEW in found


def test_one_that_passes_all_else_is_stopped_by_the_random_traders_alone():
    """A limit that no standing among 1,000 reaches: the last vote must see the real one."""
    candidate = next(c for c in map(_strong, range(40)) if c.judged().promoted)
    gates = HardGates(random_percentile=99.95)
    strict = replace(candidate.window, terms=replace(TERMS, gates=gates))
    outcome = replace(candidate, window=strict).judged()
    assert outcome.asked_random
    assert outcome.failed == ("random_traders",)
    assert outcome.recommendation is Recommendation.REVIEW


def _strong(seed: int) -> Candidate:
    return planted_candidate(seed, 3.0)


def test_a_gate_that_promotes_by_luck_is_caught():
    """The same policies without edge before the gate as it is, and before a loose one."""
    strict = loose = 0
    for seed in range(200):
        candidate = window(seed).candidate(
            positions(seed, mean_bars=60.0), np.random.default_rng(seed)
        )
        strict += candidate.judged().promoted
        loose += replace(candidate, window=replace(window(seed), terms=LOOSE)).judged().promoted
    assert Rate(strict, 200).value <= 0.05
    assert not Rate(loose, 200).holds
    assert loose >= 3 * max(strict, 1)


def test_each_proposal_of_a_campaign_is_a_look_that_makes_the_next_one_harder():
    seed = next(s for s in range(40) if _strong(s).judged().promoted)
    outcomes = campaign([lambda: _strong(seed)] * 30)
    assert outcomes[0].promoted
    assert not outcomes[-1].promoted
    assert "deflated_sharpe" in outcomes[-1].failed


# Findings


def outcome(*, promoted: bool = False, failed: tuple[str, ...] = (SCORE,)) -> Outcome:
    said = Recommendation.PROMOTE if promoted else Recommendation.REVIEW
    return Outcome(said, () if promoted else failed, promoted, 100, 0.5)


def no_edge(family: str, promoted: int, runs: int) -> list[Run]:
    return [
        Run(Study.NO_EDGE, family, "simulated", 125, outcome(promoted=i < promoted))
        for i in range(runs)
    ]


def test_one_family_that_is_promoted_too_often_fails_the_criterion_though_all_together_hold():
    few, many = no_edge("random", 0, 3000), no_edge("trend", 60, 600)
    assert Findings(few).holds
    found = Findings([*few, *many])
    assert found.false_promotions[0].every == Rate(60, 3600)
    assert found.false_promotions[0].every.holds
    assert not found.holds


def test_policies_that_hardly_trade_do_not_flatter_the_second_rate():
    idle = [
        Run(Study.NO_EDGE, "random", "simulated", 125, outcome(failed=("min_trades", SCORE)))
        for _ in range(90)
    ]
    (row, *_) = Findings([*idle, *no_edge("random", 2, 10)]).false_promotions
    assert (row.every, row.traded_enough) == (Rate(2, 100), Rate(2, 10))


def test_a_campaign_counts_once_however_many_it_promotes():
    runs = [
        Run(
            Study.CAMPAIGN,
            "rules",
            "simulated",
            125,
            outcome(promoted=(group, look) in {(0, 1), (0, 2), (2, 3)}),
            look=look,
            group=group,
        )
        for group in range(4)
        for look in (1, 2, 3)
    ]
    (row,) = Findings(runs).campaigns
    assert (row.proposals, row.campaigns) == (Rate(3, 12), Rate(2, 4))
    assert (row.first, row.last) == (Rate(1, 4), Rate(1, 4))


def test_random_traders_stop_a_share_of_those_that_they_were_asked_about():
    runs = [
        Run(
            Study.NO_EDGE,
            "random",
            "simulated",
            125,
            replace(outcome(failed=f), asked_random=asked),
        )
        for f, asked in [((SCORE,), False)] * 8 + [(("random_traders",), True)] * 3
    ]
    stops = Findings([*runs, *no_edge("random", 1, 1)]).stops["random"]
    assert stops["random_traders"] == Rate(3, 4)
    assert stops[SCORE] == Rate(8, 12)


def test_power_is_told_apart_by_pace_window_look_and_edge():
    runs = [
        Run(
            Study.POWER,
            str(pace),
            "simulated",
            sessions,
            outcome(promoted=edge > 1.0),
            edge=edge,
            pace=pace,
            look=look,
        )
        for pace in Pace
        for sessions in (125, 480)
        for look in (1, 10)
        for edge in (0.0, 2.0)
        for _ in range(3)
    ]
    found = Findings(runs).power
    assert len(found) == 16
    assert all(row.rate == Rate(3 if row.edge else 0, 3) for row in found)
