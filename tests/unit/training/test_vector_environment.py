"""The compiled environment is the readable one, many times over."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stable_baselines3.common.vec_env import VecMonitor
from tests.unit.training.episodes import STATS, episode, flat, shuffled_after, wild

from cambio.errors import ConfigError, ContractMismatch
from cambio.training.config import EnvironmentConfig, StageConfig
from cambio.training.environment import EpisodeData, TradingEnvironment
from cambio.training.reward import STRATEGIES, RewardConfig
from cambio.training.vectorized import VectorTradingEnvironment

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
        self.earned: list[list[float]] = [[] for _ in starts]

    def begin(self, i: int) -> np.ndarray:
        self.earned[i] = []
        return self.parts[i].reset(options={"start": int(self.starts[i])})[0]

    def reset(self) -> list[np.ndarray]:
        return [self.begin(i) for i in range(len(self.parts))]

    def step(self, i: int, action: int) -> tuple[np.ndarray, np.float32, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.parts[i].step(action)
        self.earned[i].append(reward)
        if not (terminated or truncated):
            return observation, np.float32(reward), False, {}
        ended = {
            "terminal_observation": observation.tobytes(),
            "TimeLimit.truncated": truncated,
            "equity": info["equity"],
            "episode": {"r": sum(self.earned[i]), "l": len(self.earned[i])},
        }
        return self.begin(i), np.float32(reward), True, ended


def comparable(info: dict[str, Any]) -> dict[str, Any]:
    info = dict(info)
    if "terminal_observation" in info:
        info = {**info, "terminal_observation": info["terminal_observation"].tobytes()}
    return info


configs = st.builds(
    EnvironmentConfig,
    max_steps=st.sampled_from([2, 3, 9, 100]),
    ruin_fraction=st.sampled_from([0.5, 0.9, 0.97]),
)


stages = st.builds(
    StageConfig,
    costs=st.sampled_from([0.0, 0.3, 1.0]),
    max_steps=st.sampled_from([None, 2, 7, 20]),
    volatility=st.sampled_from(["all", "calm", "turbulent"]),
)


@seeded
@given(st.integers(0, 2**32 - 1), configs, st.sampled_from(STRATEGIES), stages)
def test_every_step_equals_that_of_the_readable_environment(seed, config, strategy, stage):
    """Observations to the bit, rewards as float32, ends, how they ended and what they summed."""
    rng = np.random.default_rng(seed)
    data = wild(seed=seed)
    rewards = RewardConfig(strategy=strategy, trade_penalty=0.02, high_vix_z=0.3)
    starts = rng.integers(len(data) - 1, size=rng.integers(1, 5))
    actions = rng.integers(3, size=(60, len(starts)))
    many = vector(data, config, rewards, n_envs=len(starts), starts=starts)
    many.begin_stage(stage)
    staged = config.model_copy(update={"max_steps": stage.max_steps or config.max_steps})
    plain = OneByOne(data.at_costs(stage.costs), staged, rewards, starts)
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


def test_nothing_can_be_written_into_the_info_of_a_running_copy():
    """All steps share it."""
    target = vector(wild(), EnvironmentConfig(max_steps=5))
    target.reset()
    with pytest.raises(TypeError):
        target.step(np.full(4, HOLD))[3][0]["seen"] = True


def test_the_episodes_that_end_are_the_ones_stable_baselines_monitor_would_report():
    config = EnvironmentConfig(max_steps=9, ruin_fraction=0.9)
    plain, monitored = vector(wild(), config), VecMonitor(vector(wild(), config))
    found = []
    for target in (plain, monitored):
        target.reset()
        rng = np.random.default_rng(1)
        infos = [info for _ in range(40) for info in target.step(rng.integers(3, size=4))[3]]
        found.append([info["episode"] for info in infos if info])
    assert [e["l"] for e in found[0]] == [e["l"] for e in found[1]]
    np.testing.assert_allclose(
        [e["r"] for e in found[0]], [e["r"] for e in found[1]], rtol=1e-4, atol=1e-4
    )


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


def conserved(data: EpisodeData, actions: list[int], costs: list[float]) -> list[float]:
    """Equity by money: units x price change - costs - financing, in plain Python."""
    day, opened, close, rate, carry, markup = (column.tolist() for column in data.market)
    equity, units, held, found = 10_000.0, 0.0, 0, []
    for t, (action, times) in enumerate(zip(actions, costs, strict=True), start=1):
        equity -= (day[t] - day[t - 1]) * close[t - 1] * units * carry[t]
        equity -= (day[t] - day[t - 1]) * close[t - 1] * abs(units) * markup[t] * times
        equity += units * (opened[t] - close[t - 1])
        if (wanted := (-1, held, 1)[action]) != held:
            equity -= abs(units) * opened[t] * rate[t] * times
            held, units = wanted, wanted * equity / opened[t]
            equity -= abs(units) * opened[t] * rate[t] * times
        equity += units * (close[t] - opened[t])
        found.append(equity)
    return found


@seeded
@given(st.integers(0, 2**32 - 1), st.lists(stages, min_size=1, max_size=5))
def test_money_is_conserved_over_the_stages(seed, chosen):
    """Costs change at once, whatever is held; what is earned is never more than the price gave."""
    rng, data = np.random.default_rng(seed), wild(seed=seed)
    config = EnvironmentConfig(max_steps=len(data) - 1, ruin_fraction=0.05)
    target = vector(data, config, n_envs=1, starts=np.array([0]))
    target.reset()
    actions, costs, equity = rng.integers(3, size=len(data) - 1).tolist(), [], []
    for t, action in enumerate(actions):
        stage = chosen[t * len(chosen) // len(actions)]
        target.begin_stage(stage)
        costs.append(stage.costs)
        _, _, dones, infos = target.step(np.array([action]))
        equity.append(infos[0].get("equity", target.equity[0]))
        if dones[0]:
            break
    np.testing.assert_allclose(equity, conserved(data, actions[: t + 1], costs), rtol=1e-9)


def walk(
    target: VectorTradingEnvironment, actions: np.ndarray, changes: dict[int, StageConfig]
) -> list[tuple[Any, ...]]:
    """Everything that each step gave; `changes` are stages and the steps that they begin at."""
    found = []
    for t, row in enumerate(actions):
        if t in changes:
            target.begin_stage(changes[t])
        observations, rewards, dones, infos = target.step(row)
        ended = [repr(comparable(info)) for info in infos]
        found.append((observations.tobytes(), rewards.tobytes(), dones.tolist(), ended))
    return found


@seeded
@given(
    st.integers(0, 2**32 - 1),
    st.dictionaries(st.integers(0, 39), stages, max_size=3),
    st.integers(0, 40),
    st.sampled_from(STRATEGIES),
)
def test_stopping_and_going_on_elsewhere_changes_nothing(seed, changes, cut, strategy):
    """Bit for bit, at any step, over the stages, through a file."""
    config = EnvironmentConfig(max_steps=9, ruin_fraction=0.9)
    rewards = RewardConfig(strategy=strategy)
    actions = np.random.default_rng(seed).integers(3, size=(40, 4))
    whole, before, after = (vector(wild(), config, rewards, seed=s) for s in (seed, seed, 1))
    whole.reset()
    before.reset()
    expected = walk(whole, actions, changes)
    found = walk(before, actions[:cut], changes)
    file = io.BytesIO()
    np.savez(file, **before.state())
    file.seek(0)
    with np.load(file) as kept:
        after.restore(dict(kept))
    found += walk(after, actions[cut:], {t - cut: stage for t, stage in changes.items()})
    assert found == expected


def test_a_state_does_not_change_with_the_next_step():
    target = vector(wild(), EnvironmentConfig(max_steps=5))
    target.reset()
    state = target.state()
    kept = {name: array.copy() for name, array in state.items()}
    target.step(np.full(4, BUY))
    assert all(np.array_equal(kept[name], array) for name, array in state.items())


SHORT = EnvironmentConfig(max_steps=5)
WRONG_STATES = {
    "other copies": lambda state: vector(wild(), SHORT, n_envs=5).state(),
    "another split": lambda state: vector(wild(n=61), SHORT).state(),
    "a missing array": lambda state: {k: v for k, v in state.items() if k != "memory"},
    "a missing generator": lambda state: {k: v for k, v in state.items() if k != "rng"},
    "another type": lambda state: state | {"lengths": state["lengths"].astype(np.int32)},
    "a cursor after the end": lambda state: state | {"cursor": np.full(4, 59)},
    "a cursor before the start": lambda state: state | {"cursor": np.full(4, -1)},
    "an end after the end": lambda state: state | {"stop": np.full(4, 60)},
    "a broken generator": lambda state: state | {"rng": np.frombuffer(b"{", np.uint8)},
    "another generator": lambda state: state | {"rng": np.frombuffer(b"{}", np.uint8)},
    "an unknown stage": lambda state: state | {"stage": np.frombuffer(b'{"fees": 1}', np.uint8)},
}


@pytest.mark.parametrize("wrong", WRONG_STATES.values(), ids=WRONG_STATES)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(wrong):
    target = vector(wild(), SHORT)
    target.reset()
    before = target.state()
    with pytest.raises(ContractMismatch, match="environment's state"):
        target.restore(wrong(before))
    assert {k: v.tobytes() for k, v in target.state().items()} == {
        k: v.tobytes() for k, v in before.items()
    }


def first_bars(target: VectorTradingEnvironment, data: EpisodeData, rounds: int) -> set[int]:
    """The bars that episodes began on, found by their rows."""
    rows = {row.tobytes(): t for t, row in enumerate(data.rows)}
    return {rows[row[:13].tobytes()] for _ in range(rounds) for row in target.reset()}


@pytest.mark.parametrize("volatility", ["calm", "turbulent"])
def test_a_stage_draws_all_the_episodes_of_its_volatility_and_no_other(volatility):
    data = wild(n=30)
    target = vector(data, EnvironmentConfig(max_steps=10), n_envs=16)
    target.begin_stage(StageConfig(volatility=volatility))
    returns = np.diff(np.log(data.market.close))
    measured = np.array([returns[s : s + 10].std() for s in range(20)])
    calm = measured <= np.median(measured)
    expected = np.flatnonzero(calm if volatility == "calm" else ~calm)
    assert first_bars(target, data, 20) == set(expected.tolist())


def test_a_stages_episodes_and_length_wait_for_the_next_one():
    target = vector(flat(60), EnvironmentConfig(max_steps=6), n_envs=1)
    target.reset()
    target.begin_stage(StageConfig(max_steps=3))
    dones = [bool(target.step(np.array([HOLD]))[2][0]) for _ in range(9)]
    assert np.flatnonzero(dones).tolist() == [5, 8]


def test_a_stages_costs_apply_at_once_and_to_the_configured_ones():
    """0.1 % to enter; a stage at half, then at no cost, then the market as it is."""
    target = vector(flat(60, cost_rate=0.001), EnvironmentConfig(max_steps=50), n_envs=1)
    target.reset()
    found = []
    for costs, action in [(0.5, BUY), (0.0, 0), (1.0, BUY)]:
        target.begin_stage(StageConfig(costs=costs))
        found.append(float(target.step(np.array([action]))[1][0]))
    assert found == pytest.approx([-0.05, 0.0, -0.2], rel=1e-3)


def test_the_carry_is_a_price_and_stays():
    """Three nights at 0.02 % and a markup of 0.005 %, without costs."""
    data = episode([100.0] * 3, [100.0] * 3, days=[0, 0, 3], carry=2e-4, markup=5e-5)
    target = vector(data, EnvironmentConfig(max_steps=2), n_envs=1, starts=np.array([0]))
    target.begin_stage(StageConfig(costs=0.0))
    target.reset()
    assert [target.step(np.array([BUY]))[1][0] for _ in range(2)] == pytest.approx([0.0, -0.06])


def test_a_stage_without_an_episode_is_refused_and_changes_nothing():
    target = vector(flat(60), EnvironmentConfig(max_steps=50))
    before = target.state()["stage"].tobytes()
    with pytest.raises(ConfigError, match="more volatile than the median"):
        target.begin_stage(StageConfig(volatility="turbulent"))
    assert target.state()["stage"].tobytes() == before


@seeded
@given(st.integers(0, 2**32 - 1), st.integers(1, 58), stages, st.sampled_from(STRATEGIES))
def test_shuffling_what_comes_after_the_fill_changes_nothing_before(seed, last, stage, strategy):
    """A decision on bar t is filled on bar t + 1; later bars touch nothing up to there."""
    rng, data = np.random.default_rng(seed), wild(seed=seed)
    config = EnvironmentConfig(max_steps=59, ruin_fraction=1e-9)
    actions = rng.integers(3, size=(last, 1))
    walks = []
    for market in (data, shuffled_after(data, last, rng)):
        rewards = RewardConfig(strategy=strategy)
        target = vector(market, config, rewards, n_envs=1, starts=np.array([0]))
        target.begin_stage(stage.model_copy(update={"max_steps": None}))
        first = target.reset().tobytes()
        walks.append([first, *walk(target, actions, {})])
    assert walks[0] == walks[1]
