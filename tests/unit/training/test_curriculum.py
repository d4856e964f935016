"""When a stage ends, and which episodes it practises on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cambio.errors import ConfigError, ContractMismatch
from cambio.training.config import StageConfig
from cambio.training.curriculum import CurriculumState, possible_starts, window_volatility

seeded = settings(derandomize=True, deadline=None, max_examples=60)
FULL = StageConfig()
FREE = StageConfig(costs=0.0, until_step=100)
CALM = StageConfig(volatility="calm", until_reward=1.5)
SHORT = StageConfig(max_steps=60, until_step=300, until_reward=2.0)
STAGES = (FREE, CALM, SHORT, FULL)


def after(*evaluations: tuple[int, float | None]) -> CurriculumState:
    state = CurriculumState(STAGES)
    for step, reward in evaluations:
        state.advance(step, reward)
    return state


@pytest.mark.parametrize(
    ("evaluations", "stage"),
    [
        ([], FREE),
        ([(99, None)], FREE),
        ([(99, 9.0)], FREE),
        ([(100, None)], CALM),
        ([(100, 1.4)], CALM),
        ([(100, None), (1000, None)], CALM),
        ([(100, None), (200, 1.4)], CALM),
        ([(100, None), (200, 1.5)], SHORT),
        ([(100, None), (200, 1.5), (299, 1.9)], SHORT),
        ([(100, None), (200, 1.5), (299, 2.0)], FULL),
        ([(100, None), (200, 1.5), (300, None)], FULL),
        ([(100, 1.5)], SHORT),
        ([(100, 2.0)], FULL),
        ([(300, 1.5)], FULL),
        ([(100, float("nan"))], CALM),
    ],
)
def test_a_stage_ends_at_its_step_or_its_reward(evaluations, stage):
    assert after(*evaluations).stage == stage


def test_advancing_tells_whether_the_stage_changed():
    state = CurriculumState(STAGES)
    calls = [(50, None), (100, 2.0), (200, 9.0), (10**9, 9.0)]
    assert [state.advance(*call) for call in calls] == [False, True, False, False]


def test_a_stage_that_was_left_never_comes_back():
    assert after((100, 1.5), (200, -9.0)).stage == SHORT


def test_the_history_tells_when_each_stage_began():
    """The second is skipped on the way: no step was trained in it."""
    assert after((50, None), (120, 1.5), (300, None)).history == [(0, 0), (120, 2), (300, 3)]


def test_no_curriculum_is_the_market_as_it_is():
    state = CurriculumState()
    assert (state.stage, state.index, state.count) == (FULL, 0, 1)
    assert not state.advance(10**9, 10.0**9)


@pytest.mark.parametrize("reached", [[], [(100, None)], [(120, 2.0)]])
def test_a_state_comes_back_from_json(reached):
    before, restored = after(*reached), CurriculumState(STAGES)
    restored.restore(json.loads(json.dumps(before.to_dict())))
    assert (restored.stage, restored.history) == (before.stage, before.history)


def test_a_state_of_another_curriculum_is_refused():
    with pytest.raises(ContractMismatch, match="curriculum differs"):
        CurriculumState(STAGES).restore(CurriculumState((FREE, FULL)).to_dict())


@seeded
@given(st.integers(2, 60), st.integers(0, 2**32 - 1), st.sampled_from([1e-6, 1e-3, 0.5]))
def test_volatility_is_the_deviation_of_each_windows_log_returns(n, seed, size):
    rng = np.random.default_rng(seed)
    returns = rng.normal(1e-4, size, n - 1)
    close = 4000.0 * np.exp(np.concatenate(([0.0], np.cumsum(returns))))
    width = int(rng.integers(1, n))
    found = np.diff(np.log(close))
    expected = [found[s : s + width].var() for s in range(n - width)]
    measured = window_volatility(close, width) ** 2
    np.testing.assert_allclose(measured, expected, rtol=1e-6, atol=1e-12 * size * size)


def test_a_quiet_stretch_after_a_wild_one_keeps_its_digits():
    """10 % a bar, then a hundredth of a basis point: nine orders apart in variance."""
    rng = np.random.default_rng(1)
    returns = np.concatenate([rng.normal(0, 0.1, 20_000), rng.normal(0, 1e-6, 20_000)])
    close = np.exp(np.cumsum(returns))
    found = np.diff(np.log(close))[-1200:].std()
    assert window_volatility(close, 1200)[-1] == pytest.approx(found, rel=0.05)


@pytest.mark.parametrize(("n", "steps", "count"), [(30, 20, 10), (30, 29, 1), (30, 99, 1)])
def test_all_starts_leave_room_for_a_whole_episode(n, steps, count):
    assert possible_starts(np.ones(n), steps, "all").tolist() == list(range(count))


def test_calm_and_turbulent_part_the_starts_at_the_median():
    """Returns 0, 0, 1, -1, 0: windows of two deviate by 0, 0.5, 1, 0.5."""
    close = np.exp(np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0]))
    assert possible_starts(close, 2, "calm").tolist() == [0, 1, 3]
    assert possible_starts(close, 2, "turbulent").tolist() == [2]


def test_every_episode_of_a_market_that_never_moves_is_calm():
    assert len(possible_starts(np.full(50, 4000.0), 10, "calm")) == 40


@pytest.mark.parametrize(("n", "steps"), [(50, 10), (50, 49), (2, 9)])
def test_a_market_without_turbulent_episodes_says_so(n, steps):
    with pytest.raises(ConfigError, match=r"has no turbulent ones.*smaller max_steps"):
        possible_starts(np.full(n, 4000.0), steps, "turbulent")
