"""The compiled environment is the readable one, many times over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.training.episodes import STATS, episode, flat, wild

from cambio.training.config import EnvironmentConfig
from cambio.training.environment import EpisodeData, TradingEnvironment, VectorTradingEnvironment
from cambio.training.reward import STRATEGIES, RewardConfig

seeded = settings(derandomize=True, deadline=None, max_examples=60)
HOLD, BUY = 1, 2
PNL = RewardConfig(strategy="pnl")


def vector(
    data: EpisodeData, config: EnvironmentConfig, rewards: RewardConfig = PNL, **settings: Any
) -> VectorTradingEnvironment:
    return VectorTradingEnvironment(data, config, rewards, **{"n_envs": 4, "seed": 1, **settings})


class OneByOne:
    """The same interface over readable environments, each restarted when its episode ends."""

    def __init__(self, data, config, rewards, starts) -> None:
        self.starts = starts
        self.parts = [TradingEnvironment(data, STATS, config, rewards) for _ in starts]

    def begin(self, i: int) -> np.ndarray:
        return self.parts[i].reset(options={"start": int(self.starts[i])})[0]

    def reset(self) -> list[np.ndarray]:
        return [self.begin(i) for i in range(len(self.parts))]

    def step(self, i: int, action: int) -> tuple[np.ndarray, np.float32, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.parts[i].step(action)
        if not (terminated or truncated):
            return observation, np.float32(reward), False, {}
        ended = {
            "terminal_observation": observation.tobytes(),
            "TimeLimit.truncated": truncated,
            "equity": info["equity"],
        }
        return self.begin(i), np.float32(reward), True, ended


def comparable(info: dict[str, Any]) -> dict[str, Any]:
    if "terminal_observation" in info:
        info = {**info, "terminal_observation": info["terminal_observation"].tobytes()}
    return info


configs = st.builds(
    EnvironmentConfig,
    max_steps=st.sampled_from([2, 3, 9, 100]),
    ruin_fraction=st.sampled_from([0.5, 0.9, 0.97]),
)


@seeded
@given(st.integers(0, 2**32 - 1), configs, st.sampled_from(STRATEGIES))
def test_every_step_equals_that_of_the_readable_environment(seed, config, strategy):
    """Observations to the bit, rewards as float32, ends, and how they ended."""
    rng = np.random.default_rng(seed)
    data = wild(seed=seed)
    rewards = RewardConfig(strategy=strategy, trade_penalty=0.02, high_vix_z=0.3)
    starts = rng.integers(len(data) - 1, size=rng.integers(1, 5))
    actions = rng.integers(3, size=(60, len(starts)))
    many = vector(data, config, rewards, n_envs=len(starts), starts=starts)
    plain = OneByOne(data, config, rewards, starts)
    assert many.reset().tobytes() == b"".join(row.tobytes() for row in plain.reset())
    for row in actions:
        observations, earned, dones, infos = many.step(row)
        for i, action in enumerate(row):
            observation, reward, done, info = plain.step(i, int(action))
            assert observations[i].tobytes() == observation.tobytes()
            assert (earned[i].tobytes(), bool(dones[i])) == (reward.tobytes(), done)
            assert comparable(infos[i]) == info


def test_the_walks_above_meet_both_kinds_of_end():
    config = EnvironmentConfig(max_steps=9, ruin_fraction=0.9)
    target = vector(wild(), config, n_envs=8)
    target.reset()
    rng = np.random.default_rng(1)
    infos = [info for _ in range(60) for info in target.step(rng.integers(3, size=8))[3] if info]
    truncated = [info["TimeLimit.truncated"] for info in infos]
    assert min(truncated.count(True), truncated.count(False)) > 5


def episodes(seed: int, steps: int = 40) -> list[bytes]:
    """All observations of a run with fixed actions."""
    target = vector(wild(), EnvironmentConfig(max_steps=5), seed=seed)
    found = [target.reset()]
    found += [target.step(np.full(4, n % 3))[0] for n in range(steps)]
    return [observations.tobytes() for observations in found]


def test_a_seed_reproduces_every_episode():
    assert episodes(1) == episodes(1)


def test_another_seed_gives_other_episodes():
    assert episodes(1) != episodes(2)


def test_copies_start_on_different_bars():
    observations = vector(wild(), EnvironmentConfig(max_steps=5), n_envs=16).reset()
    assert len({row.tobytes() for row in observations}) > 8


def test_only_the_copy_that_ended_starts_anew():
    config = EnvironmentConfig(max_steps=10)
    target = vector(flat(40), config, n_envs=3, starts=np.array([0, 36, 20]))
    target.reset()
    dones = [target.step(np.full(3, HOLD))[2].tolist() for _ in range(4)]
    assert dones == [[False] * 3, [False] * 3, [False, True, False], [False] * 3]


def test_a_copy_that_starts_anew_is_flat_with_its_capital():
    data = episode([100.0] * 6, [100.0, 100.0, 90.0, 90.0, 90.0, 90.0])
    config = EnvironmentConfig(max_steps=2)
    target = vector(data, config, n_envs=1, starts=np.array([0]))
    target.reset()
    target.step(np.array([BUY]))
    observations, _, dones, infos = target.step(np.array([BUY]))
    assert (dones[0], infos[0]["equity"]) == (True, pytest.approx(9_000.0))
    assert (observations[0, 13], infos[0]["terminal_observation"][13]) == (0.0, 1.0)
    assert target.step(np.array([HOLD]))[1].tolist() == [0.0]


def test_what_was_returned_does_not_change_with_the_next_step():
    """Rollout buffers keep references."""
    target = vector(wild(), EnvironmentConfig(max_steps=5))
    first = target.reset()
    second, rewards, _, _ = target.step(np.full(4, BUY))
    kept = [array.copy() for array in (first, second, rewards)]
    target.step(np.full(4, BUY))
    assert all(np.array_equal(a, b) for a, b in zip(kept, (first, second, rewards), strict=True))


def test_drawn_starts_leave_room_for_whole_episodes():
    target = vector(wild(n=30), EnvironmentConfig(max_steps=20, ruin_fraction=1e-9), n_envs=16)
    target.reset()
    dones = np.array([target.step(np.full(16, HOLD))[2] for _ in range(100)])
    assert np.flatnonzero(dones.any(axis=1)).tolist() == [19, 39, 59, 79, 99]
    assert dones[19::20].all()


def test_rewards_and_observations_have_the_types_that_sb3_keeps():
    target = vector(wild(), EnvironmentConfig(max_steps=5))
    assert target.reset().dtype == np.float32
    observations, rewards, dones, _ = target.step(np.full(4, BUY))
    assert (observations.dtype, rewards.dtype, dones.dtype) == (np.float32, np.float32, bool)
    assert target.observation_space.contains(observations[0])


def test_an_attribute_is_given_once_for_each_copy_asked_for():
    target = vector(wild(), EnvironmentConfig(max_steps=5))
    assert target.get_attr("num_envs", indices=[0, 2]) == [4, 4]
    assert target.env_is_wrapped(object) == [False] * 4
