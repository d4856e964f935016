"""Confidence sequences for two policies that are looked at after every session."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import special, stats

from cambio.validation.metrics import sharpe_per_session
from cambio.validation.sequential import (
    LAGS,
    mean_difference_sequence,
    sharpe_difference_sequence,
    tuned_variance,
)

PERIODS = 250.0
ROOT = math.sqrt(PERIODS)


def arms(rng, sessions=500, gap=0.0, correlation=0.5, degrees=4):
    """Two heavy-tailed records of a common market; ``gap`` is of their annual Sharpe ratios."""
    common, own = rng.standard_t(degrees, sessions), rng.standard_t(degrees, (2, sessions))
    mixed = math.sqrt(correlation) * common + math.sqrt(1 - correlation) * own
    unit = mixed / math.sqrt(degrees / (degrees - 2)) + np.array([[1.0], [1.0 + gap]]) / ROOT
    return 0.005 * unit


def long_run_variance(influence: np.ndarray) -> float:
    """Newey & West's, with what lies beyond lag 0 counted only if it widens."""
    n, centred = len(influence), influence - influence.mean()
    beyond = sum(
        2 * (1 - lag / (LAGS + 1)) * (centred[lag:] @ centred[:-lag]) / n
        for lag in range(1, min(LAGS + 1, n))
    )
    return centred @ centred / n + max(beyond, 0.0)


def radius(sessions: int, alpha: float, expected: int) -> float:
    """Theorem 2.2 of the paper, as printed, at rho from its exact solution."""
    rho2 = (-special.lambertw(-(alpha**2) / math.e, -1).real - 1) / expected
    return math.sqrt(
        2
        * (sessions * rho2 + 1)
        / (sessions**2 * rho2)
        * math.log(math.sqrt(sessions * rho2 + 1) / alpha)
    )


def influence(returns: np.ndarray) -> np.ndarray:
    z = (returns - returns.mean()) / returns.std()
    return z - returns.mean() / returns.std() / 2 * (z**2 - 1)


@pytest.mark.parametrize(("alpha", "expected"), [(0.05, 250), (0.01, 60), (0.2, 1000)])
def test_rho_is_the_papers_exact_solution(alpha, expected):
    exact = (-special.lambertw(-(alpha**2) / math.e, -1).real - 1) / expected
    assert tuned_variance(alpha, expected) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("seen", [10, 11, 60, 123, 240])
def test_each_sharpe_interval_is_that_of_the_sessions_so_far(seen):
    control, treatment = arms(np.random.default_rng(1), 240, gap=2.0)
    found = sharpe_difference_sequence(
        control, treatment, PERIODS, alpha=0.1, burn_in=10, expected_sessions=100
    )
    a, b = control[:seen], treatment[:seen]
    difference = ROOT * (sharpe_per_session(b) - sharpe_per_session(a))
    deviation = math.sqrt(long_run_variance(influence(b) - influence(a)))
    half = ROOT * deviation * radius(seen, 0.1, 100)
    at = seen - 1
    assert found.difference[at] == pytest.approx(difference, rel=1e-9)
    assert found.low[at] == pytest.approx(difference - half, rel=1e-9)
    assert found.high[at] == pytest.approx(difference + half, rel=1e-9)


@pytest.mark.parametrize("seen", [10, 77, 120])
def test_each_interval_of_a_mean_is_that_of_the_sessions_so_far(seen):
    control, treatment = arms(np.random.default_rng(2), 120, gap=3.0)
    found = mean_difference_sequence(control, treatment, burn_in=10, expected_sessions=80)
    change = (treatment - control)[:seen]
    half = math.sqrt(long_run_variance(change)) * radius(seen, 0.05, 80)
    assert found.difference[seen - 1] == pytest.approx(change.mean(), rel=1e-9)
    assert found.low[seen - 1] == pytest.approx(change.mean() - half, rel=1e-9)
    assert found.high[seen - 1] == pytest.approx(change.mean() + half, rel=1e-9)


def concluded(runs: int, seed: int, **terms) -> list[str | None]:
    rng = np.random.default_rng(seed)
    return [sharpe_difference_sequence(*arms(rng, **terms), PERIODS).winner for _ in range(runs)]


def naive_test_concludes(control: np.ndarray, treatment: np.ndarray) -> bool:
    """A paired t-test at 5 %, repeated after every session from the 60th on."""
    change, n = treatment - control, np.arange(1, len(control) + 1)
    mean = np.cumsum(change) / n
    error = np.sqrt(np.maximum(np.cumsum(change**2) / n - mean**2, 0.0) / np.maximum(n - 1, 1))
    return bool((np.abs(mean) > stats.t.ppf(0.975, 59) * error)[59:].any())


def test_looking_after_every_session_cheats_nothing_where_a_t_test_would():
    rng = np.random.default_rng(0)
    runs = [arms(rng) for _ in range(400)]
    false = np.mean(
        [sharpe_difference_sequence(*run, PERIODS).concluded_at is not None for run in runs]
    )
    means = np.mean([mean_difference_sequence(*run).concluded_at is not None for run in runs])
    naive = np.mean([naive_test_concludes(*run) for run in runs])
    assert false <= 0.05
    assert means <= 0.05
    assert naive > 0.15


def test_arms_that_seldom_trade_are_not_mistaken_for_better_ones():
    """One session in ten has a return: the tenth part of the evidence that the sessions suggest."""
    rng = np.random.default_rng(0)
    runs = [
        np.where(rng.random((2, 500)) < 0.1, 0.005 * rng.standard_t(4, (2, 500)), 0.0)
        for _ in range(200)
    ]
    false = [sharpe_difference_sequence(*run, PERIODS).concluded_at is not None for run in runs]
    assert np.mean(false) <= 0.05


def test_returns_that_depend_on_the_day_before_are_allowed_for():
    rng = np.random.default_rng(0)
    false = 0
    for _ in range(300):
        shocks = 0.005 * rng.standard_t(5, (2, 501))
        found = sharpe_difference_sequence(*(shocks[:, 1:] + 0.2 * shocks[:, :-1]), PERIODS)
        false += found.concluded_at is not None
    assert false / 300 <= 0.06


def test_a_better_treatment_is_found_and_named():
    """Power over 500 sessions at a gap of 4 with correlation 0.5: `docs/statistics.md`."""
    found = concluded(100, seed=1, gap=4.0)
    assert found.count("treatment") >= 90
    assert found.count("control") == 0


def test_a_better_control_is_named_as_such():
    assert concluded(20, seed=2, gap=-5.0).count("control") >= 18


def test_swapping_the_arms_mirrors_the_sequence():
    a, b = arms(np.random.default_rng(3), gap=2.0)
    one, other = (sharpe_difference_sequence(*pair, PERIODS) for pair in ((a, b), (b, a)))
    assert other.low == pytest.approx(-one.high, rel=1e-9)


def test_it_is_concluded_at_the_first_interval_without_0():
    found = sharpe_difference_sequence(*arms(np.random.default_rng(4), gap=6.0), PERIODS)
    at = found.concluded_at
    assert at is not None
    assert found.low[at] > 0
    assert (found.low[:at] <= 0).all()


def test_what_was_seen_does_not_change_with_later_sessions():
    a, b = arms(np.random.default_rng(5), gap=2.0)
    short = sharpe_difference_sequence(a[:200], b[:200], PERIODS)
    long = sharpe_difference_sequence(a, b, PERIODS)
    assert long.low[:200] == pytest.approx(short.low, rel=1e-9)


def test_nothing_is_said_during_the_burn_in():
    found = sharpe_difference_sequence(*arms(np.random.default_rng(6)), PERIODS, burn_in=50)
    assert np.isinf(found.low[:49]).all()
    assert np.isinf(found.high[:49]).all()
    assert np.isfinite(found.low[49:]).all()


def test_the_burn_in_counts_the_sessions_in_which_an_arm_moved():
    a, b = arms(np.random.default_rng(7), 200)
    b[::2] = 0.0
    found = sharpe_difference_sequence(a, b, PERIODS, burn_in=50)
    assert np.flatnonzero(np.isfinite(found.low))[0] == 99


def test_an_arm_that_never_trades_has_a_sharpe_ratio_of_0():
    _, b = arms(np.random.default_rng(8), 200, gap=1.0)
    found = sharpe_difference_sequence(np.zeros(200), b, PERIODS)
    assert found.difference[-1] == pytest.approx(ROOT * sharpe_per_session(b), rel=1e-9)
    assert np.isfinite(found.low[59:]).all()
    assert found.low[-1] < found.difference[-1]


@pytest.mark.parametrize("sequence", [sharpe_difference_sequence, mean_difference_sequence])
def test_an_arm_against_itself_is_never_concluded(sequence):
    a, _ = arms(np.random.default_rng(9), 100)
    terms = (PERIODS,) if sequence is sharpe_difference_sequence else ()
    for record in (a, np.zeros(100)):
        found = sequence(record, record, *terms)
        assert found.concluded_at is None
        assert found.winner is None


def test_an_arm_against_itself_with_another_capital_is_never_concluded():
    control, _ = arms(np.random.default_rng(5))
    rounded = (1e4 * (1.0 + control) - 1e4) / 1e4
    assert (control != rounded).any()
    sequence = sharpe_difference_sequence(control, rounded, PERIODS)
    assert sequence.winner is None


@pytest.mark.parametrize("sessions", [0, 1, 2])
def test_a_test_that_has_hardly_begun_says_nothing(sessions):
    a, b = arms(np.random.default_rng(10), sessions)
    found = sharpe_difference_sequence(a, b, PERIODS)
    assert found.sessions == sessions
    assert found.concluded_at is None


def test_what_it_gives_is_json():
    found = sharpe_difference_sequence(*arms(np.random.default_rng(11), 80, gap=9.0), PERIODS)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["difference"][0] is None
    assert plain["low"][:59] == [None] * 59
    assert (plain["sessions"], plain["winner"]) == (80, "treatment")
    assert plain["concluded_at"] == found.concluded_at


A = np.full(10, 0.01)


@pytest.mark.parametrize(
    ("control", "treatment", "terms", "message"),
    [
        (A, A[1:], {}, "same sessions"),
        (A, np.append(A[1:], np.nan), {}, "1 of 10 returns are NaN"),
        (A, A, {"alpha": 0.0}, "alpha"),
        (A, A, {"burn_in": 1}, "burn_in"),
        (A, A, {"expected_sessions": 0}, "expected_sessions"),
    ],
)
def test_what_cannot_be_compared_is_refused(control, treatment, terms, message):
    with pytest.raises(ValueError, match=message):
        sharpe_difference_sequence(control, treatment, PERIODS, **terms)
