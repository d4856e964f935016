"""A policy judged through a table of its actions is the policy judged bar by bar."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.training.episodes import STATS, episode, flat, wild

from cambio.calendar import sessions_per_year
from cambio.errors import DataQualityError
from cambio.features.macro import EPOCH
from cambio.training.config import EnvironmentConfig
from cambio.training.environment import EpisodeData, TradingEnvironment
from cambio.training.evaluation import Evaluation, Evaluator, Logits
from cambio.training.reward import STRATEGIES, RewardConfig
from cambio.validation.metrics import sharpe_per_session

seeded = settings(derandomize=True, deadline=None, max_examples=40)
PNL = RewardConfig(strategy="pnl")
CONFIG = EnvironmentConfig(ruin_fraction=0.05)


def linear(seed: int) -> Logits:
    """A policy that heeds all it sees, its position most of all."""
    weights = np.random.default_rng(seed).normal(size=(15, 3)).astype(np.float32)
    weights[13] *= 3.0
    return lambda observations: observations @ weights


def always(action: int) -> Logits:
    return lambda observations: np.tile(np.eye(3, dtype=np.float32)[action], (len(observations), 1))


def walked(
    data: EpisodeData,
    config: EnvironmentConfig,
    rewards: RewardConfig,
    segments: int,
    logits: Logits,
) -> tuple[list[float], list[float]]:
    """Totals and session returns of asking the policy at every bar of the readable process."""
    length = len(data) // segments
    longest = config.model_copy(update={"max_steps": length - 1})
    totals, growth = [], {}
    for start in range(0, segments * length, length):
        target = TradingEnvironment(data, STATS, longest, rewards)
        observation, _ = target.reset(options={"start": start})
        total, equity, over = 0.0, 10_000.0, False
        for t in range(start, start + length):
            day = int(data.market.day[t])
            growth.setdefault(day, 1.0)
            if t == start or over:
                continue
            action = int(np.argmax(logits(observation[None])[0]))
            observation, reward, terminated, truncated, info = target.step(action)
            over = terminated or truncated
            total += reward
            growth[day] *= max(info["equity"] / equity, 0.0)
            equity = info["equity"]
        totals.append(total)
    return totals, [value - 1.0 for value in growth.values()]


@seeded
@given(
    st.integers(0, 2**32 - 1),
    st.integers(16, 90),
    st.integers(1, 8),
    st.sampled_from([0.05, 0.9]),
    st.sampled_from(STRATEGIES),
)
def test_an_evaluation_equals_asking_the_policy_at_every_bar(seed, n, segments, ruin, strategy):
    data, rewards = wild(n=n, seed=seed), RewardConfig(strategy=strategy, high_vix_z=0.3)
    config = EnvironmentConfig(ruin_fraction=ruin)
    found = Evaluator(data, config, rewards, segments).evaluate(linear(seed))
    totals, returns = walked(data, config, rewards, segments, linear(seed))
    assert found.rewards.tolist() == totals
    np.testing.assert_allclose(found.session_returns, returns, rtol=1e-12, atol=1e-14)


def test_the_observations_are_the_ones_that_the_process_gives():
    """Short, flat, long; the first bar of an episode is flat."""
    data = wild(n=20)
    table = Evaluator(data, CONFIG, PNL).observations.reshape(3, 20, 15)
    for place, action in enumerate(range(3)):
        target = TradingEnvironment(data, STATS, CONFIG, PNL)
        first, _ = target.reset(options={"start": 0})
        assert table[1, 0].tobytes() == first.tobytes()
        for t in range(1, 20):
            assert table[place, t].tobytes() == target.step(action)[0].tobytes()


def test_the_policy_is_asked_once():
    calls = []

    def counted(observations: np.ndarray) -> np.ndarray:
        calls.append(observations.shape)
        return always(2)(observations)

    Evaluator(wild(n=64), CONFIG, PNL).evaluate(counted)
    assert calls == [(192, 15)]


def test_an_evaluation_does_not_depend_on_the_one_before():
    target = Evaluator(wild(), CONFIG, RewardConfig(strategy="differential_sharpe"))
    first = target.evaluate(linear(1))
    target.evaluate(linear(2))
    again = target.evaluate(linear(1))
    assert first.rewards.tolist() == again.rewards.tolist()
    assert first.session_returns.tolist() == again.session_returns.tolist()


def test_a_segment_begins_flat_and_ends_before_the_next():
    """Two of four bars, each bought at its second bar's open; the jump between them is nobody's."""
    data = episode(
        [100.0, 100.0, 110.0, 110.0, 300.0, 300.0, 300.0, 330.0],
        [100.0, 110.0, 110.0, 121.0, 300.0, 300.0, 330.0, 330.0],
        days=[0, 0, 1, 1, 1, 1, 2, 2],
    )
    found = Evaluator(data, CONFIG, PNL, segments=2).evaluate(always(2))
    assert found.rewards == pytest.approx([20.0, 10.0])
    assert found.session_returns == pytest.approx([0.1, 0.1, 0.1])


def test_what_a_ruined_segment_does_afterwards_counts_for_nothing():
    """Bought at 100; at 40 the episode is over, though the price comes back."""
    data = episode([100.0] * 6, [100.0, 100.0, 40.0, 40.0, 100.0, 100.0], days=[0, 0, 0, 1, 1, 1])
    ruin = EnvironmentConfig(ruin_fraction=0.5)
    found = Evaluator(data, ruin, PNL, segments=1).evaluate(always(2))
    assert found.rewards == pytest.approx([-60.0])
    assert found.session_returns == pytest.approx([-0.6, 0.0])


def test_no_session_loses_more_than_everything():
    data = episode([100.0] * 4, [100.0, 100.0, 250.0, 250.0], days=[0, 0, 0, 1])
    found = Evaluator(data, CONFIG, PNL, segments=1).evaluate(always(0))
    assert found.session_returns.tolist() == [-1.0, 0.0]


def test_costs_are_paid_in_full():
    found = Evaluator(flat(9, cost_rate=0.001), CONFIG, PNL, segments=1).evaluate(always(2))
    assert found.rewards == pytest.approx([-0.1])


@pytest.mark.parametrize(("n", "segments"), [(2, 1), (5, 2), (15, 7), (16, 8), (100, 8)])
def test_a_short_split_has_fewer_segments(n, segments):
    assert len(Evaluator(wild(n=n), CONFIG, PNL).evaluate(always(1)).rewards) == segments


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_a_policy_that_diverged_is_no_policy(broken):
    def logits(observations: np.ndarray) -> np.ndarray:
        found = always(1)(observations)
        found[5, 2] = broken
        return found

    with pytest.raises(DataQualityError, match="1 logits that are not finite, of 540"):
        Evaluator(wild(), CONFIG, PNL).evaluate(logits)


def evaluation(*returns: float) -> Evaluation:
    return Evaluation(np.array([1.0, 4.0]), np.array(returns), 239.0)


def test_the_mean_reward_is_the_segments():
    assert evaluation().mean_reward == 2.5


def test_the_sharpe_ratio_is_the_validations():
    returns = np.random.default_rng(1).normal(0.001, 0.01, 50)
    expected = sharpe_per_session(returns) * math.sqrt(239.0)
    assert evaluation(*returns).sharpe == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("returns", [[], [0.1], [0.0, 0.0], [0.1, 0.1, 0.1]])
def test_returns_that_never_vary_have_no_sharpe_ratio(returns):
    assert evaluation(*returns).sharpe == 0.0


def test_a_year_has_the_sessions_of_the_calendar():
    data, first, last = wild(), date(2023, 1, 2), date(2024, 12, 30)
    day = np.linspace(*((d - EPOCH).days for d in (first, last)), len(data)).astype(np.int64)
    dated = replace(data, market=data.market._replace(day=day))
    found = Evaluator(dated, CONFIG, PNL, segments=1).evaluate(always(1))
    assert found.sessions_per_year == sessions_per_year(first, last)
