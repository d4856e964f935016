"""Probabilistic and deflated Sharpe ratios."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cambio.validation.statistics import (
    SharpeEstimate,
    deflated_sharpe_ratio,
    expected_maximum_sharpe,
    finite_returns,
    minimum_track_record_length,
    probabilistic_sharpe_ratio,
    selection_benchmark,
    sharpe_needed,
)

# Bailey & Lopez de Prado 2014, "A numerical example": annual Sharpe ratio 2.5 from 1250 daily
# returns, 250 a year; 100 trials whose annual ratios have variance 1/2; skew -3, kurtosis 10.
PAPER = SharpeEstimate(2.5 / math.sqrt(250), 1250, skew=-3.0, kurtosis=10.0)
PAPER_VARIANCE = 0.5 / 250


def test_the_papers_benchmark_is_reproduced():
    assert expected_maximum_sharpe(100, PAPER_VARIANCE) == pytest.approx(0.1132, abs=5e-5)


def test_the_papers_deflated_sharpe_ratio_is_reproduced():
    benchmark = expected_maximum_sharpe(100, PAPER_VARIANCE)
    assert probabilistic_sharpe_ratio(PAPER, benchmark) == pytest.approx(0.9004, abs=5e-5)


@pytest.mark.parametrize(("trials", "skew", "kurtosis"), [(46, -3.0, 10.0), (88, 0.0, 3.0)])
def test_the_papers_largest_searches_that_still_pass_are_reproduced(trials, skew, kurtosis):
    """46 trials with these returns, 88 with normal ones: both 0.9505."""
    benchmark = expected_maximum_sharpe(trials, PAPER_VARIANCE)
    estimate = SharpeEstimate(PAPER.sharpe, PAPER.sessions, skew, kurtosis)
    assert probabilistic_sharpe_ratio(estimate, benchmark) == pytest.approx(0.9505, abs=5e-5)


def returns_of(seed: int) -> np.ndarray:
    return 0.001 + 0.005 * np.random.default_rng(seed).standard_t(5, 125)


@pytest.mark.parametrize("seed", range(4))
def test_the_moments_are_scipys(seed):
    returns = returns_of(seed)
    found = SharpeEstimate.of(returns)
    assert found.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1), rel=1e-12)
    assert found.skew == pytest.approx(stats.skew(returns), rel=1e-9)
    assert found.kurtosis == pytest.approx(stats.kurtosis(returns, fisher=False), rel=1e-9)


@pytest.mark.parametrize("benchmark", [0.0, 0.1, -0.2])
def test_the_probabilistic_ratio_is_the_normal_test_of_its_standard_error(benchmark):
    found = SharpeEstimate.of(returns_of(1))
    error = math.sqrt(
        (1 - found.skew * found.sharpe + (found.kurtosis - 1) / 4 * found.sharpe**2)
        / (found.sessions - 1)
    )
    expected = stats.norm.cdf(found.sharpe, loc=benchmark, scale=error)
    assert probabilistic_sharpe_ratio(found, benchmark) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("trials", [5, 20, 100])
def test_the_expected_maximum_is_that_of_simulated_trials(trials):
    rng = np.random.default_rng(trials)
    simulated = rng.normal(0.1, 0.5, (40_000, trials)).max(axis=1).mean()
    assert expected_maximum_sharpe(trials, 0.25, 0.1) == pytest.approx(simulated, rel=0.03)


@pytest.mark.parametrize("trials", [0, 1])
def test_the_first_look_is_not_deflated(trials):
    found = SharpeEstimate.of(returns_of(2))
    sharpes, sessions = np.full(trials, found.sharpe), np.full(trials, 125)
    assert deflated_sharpe_ratio(found, sharpes, sessions) == probabilistic_sharpe_ratio(found)


def test_every_further_look_makes_the_gate_stricter_even_at_clones():
    found = SharpeEstimate.of(returns_of(2))
    ratios = [
        deflated_sharpe_ratio(found, np.full(looks, found.sharpe), np.full(looks, 125))
        for looks in range(1, 60)
    ]
    assert (np.diff(ratios) < 0).all()


def test_few_trials_are_deflated_by_the_luck_of_a_sharpe_ratio_without_skill():
    """Three on 101 sessions: a standard error of 0.1, and what the best of three exceeds."""
    sharpes = np.array([0.9, -0.9, 0.0])
    assert selection_benchmark(sharpes, np.full(3, 101)) == pytest.approx(
        0.1 * expected_maximum_sharpe(3, 1.0)
    )


def test_shorter_windows_are_luckier():
    short, long = (selection_benchmark(np.zeros(5), np.full(5, n)) for n in (60, 240))
    assert short > 1.9 * long


def test_trials_that_spread_wider_than_luck_raise_the_benchmark():
    sharpes = np.random.default_rng(3).normal(0, 0.5, 30)
    wide = selection_benchmark(sharpes, np.full(30, 125))
    assert wide > 3 * selection_benchmark(np.zeros(30), np.full(30, 125))


def test_one_trial_ruined_by_costs_does_not_close_the_gate_for_the_others():
    sharpes = np.sort(np.random.default_rng(3).normal(0.1, 0.3, 12))
    ruined = np.append(-1.5, sharpes[1:])
    sessions = np.full(12, 125)
    benchmark = selection_benchmark(sharpes, sessions)
    assert benchmark > selection_benchmark(np.zeros(12), sessions)  # their own spread rules
    assert selection_benchmark(ruined, sessions) == pytest.approx(benchmark, rel=1e-12)


def test_the_best_of_many_without_skill_seldom_passes():
    rng = np.random.default_rng(0)
    passed = 0
    for _ in range(200):
        returns = rng.normal(0, 0.006, (20, 125))
        estimates = [SharpeEstimate.of(row) for row in returns]
        sharpes = np.array([each.sharpe for each in estimates])
        best = estimates[int(sharpes.argmax())]
        assert probabilistic_sharpe_ratio(best) > 0.5
        passed += deflated_sharpe_ratio(best, sharpes, np.full(20, 125)) >= 0.95
    assert passed / 200 <= 0.05


def test_returns_that_never_vary_have_no_probability():
    found = SharpeEstimate.of(np.zeros(50))
    assert math.isnan(probabilistic_sharpe_ratio(found))
    assert math.isnan(deflated_sharpe_ratio(found, np.zeros(3), np.full(3, 50)))


def annual(sharpe: float, periods: int, skew: float = 0.0, kurtosis: float = 3.0) -> SharpeEstimate:
    return SharpeEstimate(sharpe / math.sqrt(periods), 100, skew, kurtosis)


@pytest.mark.parametrize(
    ("periods", "skew", "kurtosis", "years"),
    [(250, 0, 3, 2.73), (52, 0, 3, 2.83), (12, 0, 3, 3.24), (12, -0.72, 5.78, 4.99)],
)
def test_the_papers_track_records_are_reproduced(periods, skew, kurtosis, years):
    """Bailey & Lopez de Prado 2012: annual Sharpe ratio 2 against 1, daily, weekly, monthly."""
    found = minimum_track_record_length(annual(2, periods, skew, kurtosis), 1 / math.sqrt(periods))
    assert found / periods == pytest.approx(years, abs=0.005)


def test_a_record_of_the_minimum_length_just_reaches_the_confidence():
    found = SharpeEstimate.of(returns_of(1))
    benchmark = found.sharpe - 0.05
    length = minimum_track_record_length(found, benchmark, 0.9)
    there = SharpeEstimate(found.sharpe, length, found.skew, found.kurtosis)
    assert probabilistic_sharpe_ratio(there, benchmark) == pytest.approx(0.9, rel=1e-12)


@pytest.mark.parametrize("benchmark", [0.1, 0.2])
def test_no_record_is_long_enough_for_a_ratio_that_is_not_above_the_benchmark(benchmark):
    estimate = SharpeEstimate(0.1, 100, 0.0, 3.0)
    assert minimum_track_record_length(estimate, benchmark) == math.inf


@pytest.mark.parametrize("confidence", [0.3, 0.6, 0.95, 0.99])
@pytest.mark.parametrize("benchmark", [0.0, 0.15, -0.1])
@pytest.mark.parametrize(("skew", "kurtosis"), [(0.0, 3.0), (-3.0, 12.0), (2.0, 8.0)])
def test_the_ratio_needed_just_reaches_the_confidence(confidence, benchmark, skew, kurtosis):
    estimate = SharpeEstimate(math.nan, 125, skew, kurtosis)
    needed = sharpe_needed(estimate, benchmark, confidence)
    there = SharpeEstimate(needed, 125, skew, kurtosis)
    assert probabilistic_sharpe_ratio(there, benchmark) == pytest.approx(confidence, rel=1e-9)


def test_the_smallest_ratio_that_suffices_is_given():
    """Skewed returns reach 0.95 twice on 4 sessions: more Sharpe is more uncertainty later on."""
    estimate = SharpeEstimate(math.nan, 4, skew=2.0, kurtosis=7.0)
    needed = sharpe_needed(estimate)
    below = np.linspace(0.0, needed - 1e-6, 50)
    ratios = [probabilistic_sharpe_ratio(SharpeEstimate(s, 4, 2.0, 7.0)) for s in below]
    assert max(ratios) < 0.95


def test_a_coin_flips_confidence_needs_the_benchmark_itself():
    assert sharpe_needed(SharpeEstimate(0.3, 125, -1.0, 5.0), 0.12, 0.5) == 0.12


def test_too_few_sessions_suffice_for_no_ratio():
    """As S grows, the ratio tends to the normal quantile of sqrt((n - 1) / ((k - 1) / 4)): 2."""
    estimate = SharpeEstimate(math.nan, 5, skew=0.0, kurtosis=5.0)
    assert sharpe_needed(estimate, 0.0, stats.norm.cdf(2.01)) == math.inf
    assert math.isfinite(sharpe_needed(estimate, 0.0, float(stats.norm.cdf(1.4))))


def test_returns_that_never_vary_need_what_cannot_be_said():
    found = SharpeEstimate.of(np.zeros(50))
    assert math.isnan(minimum_track_record_length(found))
    assert math.isnan(sharpe_needed(found))


@pytest.mark.parametrize(
    ("function", "confidence"),
    [
        (minimum_track_record_length, 0.4),
        (minimum_track_record_length, 1.0),
        (sharpe_needed, 0.0),
        (sharpe_needed, 1.0),
    ],
)
def test_a_confidence_out_of_range_is_refused(function, confidence):
    with pytest.raises(ValueError, match="confidence"):
        function(PAPER, 0.0, confidence)


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_records_with_holes_are_refused(broken):
    with pytest.raises(ValueError, match="1 of 3 returns are NaN or infinite"):
        finite_returns([0.01, broken, 0.02])
