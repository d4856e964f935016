"""Many copies of the process in one compiled loop, for Stable-Baselines3.

The kernels call the ledger, observation and reward functions that `TradingEnvironment` calls, and a
property test holds the two together. The stages of a curriculum change costs, length and first
bars, see ADR 0023.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.vec_env.base_vec_env import VecEnv

from cambio.contracts.features import MARKET_FEATURES_COUNT, OBSERVATION_DIM
from cambio.errors import ContractMismatch
from cambio.features.kernels import kernel
from cambio.trading import ledger
from cambio.trading.observation import write_state
from cambio.training import reward
from cambio.training.config import StageConfig
from cambio.training.curriculum import possible_starts
from cambio.training.environment import CAPITAL, VIX_Z, observation_space

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.training.config import EnvironmentConfig
    from cambio.training.environment import EpisodeData

RUNNING, TRUNCATED, TERMINATED = range(3)
NOTHING: Final = cast("dict[str, Any]", MappingProxyType({}))
"""The info of a copy whose episode goes on: one for all, so nothing can be written into it."""


class VectorTradingEnvironment(VecEnv):
    """Many copies of the process, stepped by one compiled loop, for Stable-Baselines3.

    The info of a copy whose episode ended holds `terminal_observation`, `TimeLimit.truncated`,
    `equity`, and `episode` with the total reward `r` and the steps `l`, as `VecMonitor` would
    add; all others are empty and cannot be written to.

    Args:
        data: the split.
        config: episode length, capital, ruin.
        rewards: which reward.
        n_envs: number of copies.
        seed: draws the episodes' first bars.
        starts: first bar of each copy's every episode, instead of drawing them.
    """

    def __init__(
        self,
        data: EpisodeData,
        config: EnvironmentConfig,
        rewards: reward.RewardConfig,
        *,
        n_envs: int,
        seed: int,
        starts: NDArray[np.int64] | None = None,
    ) -> None:
        self.render_mode = None
        super().__init__(n_envs, observation_space(), spaces.Discrete(3))
        self._data = data
        self._config = config
        self.rewards = rewards
        self._parameters = rewards.parameters()
        self._rng = np.random.default_rng(seed)
        self._starts = starts
        self._books = np.zeros((n_envs, ledger.BOOK_SIZE))
        self._memory = np.zeros((n_envs, reward.MEMORY_SIZE))
        self._cursor = np.zeros(n_envs, np.int64)
        self._stop = np.zeros(n_envs, np.int64)
        self._totals = np.zeros(n_envs)
        self._lengths = np.zeros(n_envs, np.int64)
        self._observations = np.zeros((n_envs, OBSERVATION_DIM), np.float32)
        self._rewards = np.zeros(n_envs, np.float32)
        self._status = np.zeros(n_envs, np.int64)
        self._actions = np.zeros(n_envs, np.int64)
        self.begin_stage(StageConfig())

    @property
    def equity(self) -> NDArray[np.float64]:
        """Give each copy's equity, `(n_envs,)`; the capital right after an episode ended."""
        return self._books[:, ledger.EQUITY].copy()

    def begin_stage(self, stage: StageConfig) -> None:
        """Take a stage's costs at once, its length and first bars from the next episodes on.

        `volatility` looks at the bars of this split, future ones of an episode included: it
        chooses what is practised and is no input of the policy.

        Raises:
            ConfigError: no episode is as the stage asks for; nothing was changed.
        """
        steps = stage.max_steps or self._config.max_steps
        if self._starts is None:
            self._pool = possible_starts(self._data.market.close, steps, stage.volatility)
        self.stage = stage
        self._steps = steps
        self._market = self.at_costs().market

    @property
    def steps(self) -> int:
        """Give the bars of an episode after its first, by the stage."""
        return min(self._steps, len(self._data) - 1)

    def at_costs(self) -> EpisodeData:
        """Give the split at the stage's costs."""
        return self._data.at_costs(self.stage.costs)

    def draw(self, shape: int | tuple[int, ...]) -> NDArray[np.int64]:
        """Draw first bars of episodes, among those that the stage allows."""
        return self._pool[self._rng.integers(len(self._pool), size=shape)]

    def state(self) -> dict[str, NDArray[Any]]:
        """Give all that the next steps depend on, besides the data and the configuration."""
        return {
            **{name: array.copy() for name, array in self._arrays().items()},
            "bars": np.array(len(self._data)),
            "rng": _packed(self._rng.bit_generator.state),
            "stage": _packed(self.stage.model_dump()),
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from a `state`: every later step is, bit for bit, what it would have been.

        Raises:
            ContractMismatch: the state is of other copies, another split or unreadable; nothing
                was changed.
        """
        arrays = self._arrays()
        _require("bars", str(len(self._data)), str(state.get("bars")))
        for name, array in arrays.items():
            _require(name, _shape(array), _shape(state.get(name)))
        cursor, stop = state["cursor"], state["stop"]
        if not ((cursor >= 0) & (cursor < len(self._data) - 1) & (stop < len(self._data))).all():
            raise ContractMismatch("The environment's state stands outside its data.")
        generator = np.random.default_rng()
        try:
            generator.bit_generator.state = _unpacked(state["rng"])
            stage = StageConfig(**_unpacked(state["stage"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ContractMismatch(f"The environment's state is unreadable: {error}.") from error
        self.begin_stage(stage)
        self._rng = generator
        for name, array in arrays.items():
            array[:] = state[name]

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "books": self._books,
            "memory": self._memory,
            "cursor": self._cursor,
            "stop": self._stop,
            "totals": self._totals,
            "lengths": self._lengths,
            "observations": self._observations,
        }

    def reset(self) -> NDArray[np.float32]:
        """Start all copies; give their observations, `(n_envs, 15) float32`."""
        self._begin(np.arange(self.num_envs))
        return self._observations.copy()

    def step_async(self, actions: NDArray[np.int64]) -> None:
        """Take the actions, `(n_envs,)`."""
        self._actions[:] = actions

    def step_wait(
        self,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Step all copies; those whose episode ended start a new one at once."""
        _step_many(
            *(self._books, self._memory, self._cursor, self._stop, self._actions),
            *(self._market, self._data.rows, self._data.features),
            *(self._data.time_normalized, self._parameters),
            self._config.ruin_fraction * CAPITAL,
            *(self._observations, self._rewards, self._status, self._totals, self._lengths),
        )
        infos = [NOTHING] * self.num_envs
        rewards, dones = self._rewards.copy(), self._status != RUNNING
        ended = np.flatnonzero(dones)
        if len(ended):
            for i in ended.tolist():
                infos[i] = self._ended(i)
            self._begin(ended)
        return self._observations.copy(), rewards, dones, infos

    def _ended(self, i: int) -> dict[str, Any]:
        return {
            "terminal_observation": self._observations[i].copy(),
            "TimeLimit.truncated": bool(self._status[i] == TRUNCATED),
            "equity": float(self._books[i, ledger.EQUITY]),
            "episode": {"r": float(self._totals[i]), "l": int(self._lengths[i])},
        }

    def _begin(self, which: NDArray[np.int64]) -> None:
        starts = self.draw(len(which)) if self._starts is None else self._starts[which]
        self._cursor[which] = starts
        self._stop[which] = np.minimum(starts + self._steps, len(self._data) - 1)
        self._memory[which] = 0.0
        self._totals[which] = 0.0
        self._lengths[which] = 0
        _begin_many(
            *(which, self._books, self._cursor, self._market, self._data.rows),
            *(self._data.time_normalized, CAPITAL, self._observations),
        )

    def close(self) -> None:
        """Nothing to release."""

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Give an attribute once for each copy asked for; they all share it."""
        return [getattr(self, attr_name)] * len(self._indices(indices))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:  # noqa: ARG002
        """Set an attribute for all copies; they share it."""
        setattr(self, attr_name, value)

    def env_method(
        self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any
    ) -> list[Any]:
        """Call a method once; the copies share it."""
        return [getattr(self, method_name)(*args, **kwargs)] * len(self._indices(indices))

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:  # noqa: ARG002
        """Tell that no copy is wrapped: there is no Python environment to wrap."""
        return [False] * len(self._indices(indices))

    def _indices(self, indices: Any) -> Sequence[int]:
        return list(self._get_indices(indices))


def _packed(document: Mapping[str, Any]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(document).encode(), np.uint8)


def _unpacked(data: NDArray[np.uint8]) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(data.tobytes()))


def _shape(array: NDArray[Any] | None) -> str:
    return "nothing" if array is None else f"{array.dtype} {array.shape}"


def _require(name: str, expected: str, found: str) -> None:
    if found != expected:
        subject = f"The environment's state, {name},"
        raise ContractMismatch.between(subject, expected, "this one", found, "what was kept")


@kernel
def _book_bar(book, market, t):  # type: ignore[no-untyped-def]
    ledger.advance(
        book,
        market.day[t],
        market.open[t],
        market.close[t],
        market.cost_rate[t],
        market.carry[t],
        market.markup[t],
    )


@kernel
def _observe(row, book, hour, out):  # type: ignore[no-untyped-def]
    out[:MARKET_FEATURES_COUNT] = row
    write_state(book[ledger.POSITION], hour, out)


@kernel
def _begin_many(which, books, cursor, market, rows, hours, capital, out):  # type: ignore[no-untyped-def]
    for i in which:
        t = cursor[i]
        ledger.clear(books[i], capital)
        _book_bar(books[i], market, t)
        _observe(rows[t], books[i], hours[t], out[i])


@kernel
def _step(book, memory, market, features, parameters, action, t):  # type: ignore[no-untyped-def]
    """Order what ``action`` asks for, take bar ``t`` into ``book``, and give the reward."""
    book[ledger.TARGET] = ledger.target_of(action, book[ledger.POSITION])
    equity, turnover = book[ledger.EQUITY], book[ledger.TURNOVER]
    _book_bar(book, market, t)
    return reward.calculate(
        parameters,
        memory,
        book[ledger.EQUITY] / equity - 1.0,
        book[ledger.TURNOVER] - turnover,
        1.0 - book[ledger.EQUITY] / book[ledger.PEAK],
        features[t, VIX_Z],
    )


@kernel
def _step_many(  # type: ignore[no-untyped-def]
    books,
    memory,
    cursor,
    stop,
    actions,
    market,
    rows,
    features,
    hours,
    parameters,
    ruin,
    observations,
    rewards,
    status,
    totals,
    lengths,
):
    for i in range(books.shape[0]):
        book = books[i]
        t = cursor[i] + 1
        cursor[i] = t
        value = _step(book, memory[i], market, features, parameters, actions[i], t)
        rewards[i] = value
        totals[i] += value
        lengths[i] += 1
        _observe(rows[t], book, hours[t], observations[i])
        if book[ledger.EQUITY] <= ruin:
            status[i] = TERMINATED
        elif t >= stop[i]:
            status[i] = TRUNCATED
        else:
            status[i] = RUNNING


@kernel
def walk(market, features, parameters, actions, start, ruin, equity):  # type: ignore[no-untyped-def]
    """Walk one episode by a table of actions, up to its end or its ruin.

    Args:
        market: `Market` of n bars.
        features: raw, `(n, 13)`.
        parameters: of the reward.
        actions: when short, flat and long, `(3, n)`.
        start: the first bar.
        ruin: the equity that ends it.
        equity: of each bar of the episode, `(length,)`, written; after a ruin its last value.

    Returns:
        The total reward.
    """
    book, memory = np.zeros(ledger.BOOK_SIZE), np.zeros(reward.MEMORY_SIZE)
    ledger.clear(book, CAPITAL)
    _book_bar(book, market, start)
    equity[0] = book[ledger.EQUITY]
    total = 0.0
    for i in range(1, equity.shape[0]):
        if book[ledger.EQUITY] > ruin:
            position = book[ledger.POSITION]
            action = actions[int(position) + 1, start + i - 1]
            total += _step(book, memory, market, features, parameters, action, start + i)
        equity[i] = book[ledger.EQUITY]
    return total
