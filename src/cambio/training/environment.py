"""Trading as a Markov decision process, one environment or many at once.

| | |
|---|---|
| observation | `Box(-10, 10, (15,), float32)`: CTR-FEAT-001, normalised by the training split |
| action | `Discrete(3)`: 0 SELL (target −1), 1 HOLD (keep), 2 BUY (target +1) |
| transition | decided after bar t closed, filled at bar t+1's open, marked at its close |
| reward | see `reward`; net of costs and financing |
| truncated | after `max_steps` bars, or at the end of the data |
| terminated | ruin: the equity fell to `ruin_fraction` of the capital |

`TradingEnvironment` is written to be read; `VectorTradingEnvironment` runs the same ledger,
observation and reward functions in one compiled loop. A property test holds them together.
Risk limits are not part of the process: they guard what trades, see ADR 0007.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from stable_baselines3.common.vec_env.base_vec_env import VecEnv

from cambio.contracts.features import (
    FEATURE_ORDER,
    MARKET_FEATURES,
    MARKET_FEATURES_COUNT,
    OBSERVATION_CLIP,
    OBSERVATION_DIM,
)
from cambio.errors import DataQualityError
from cambio.features.kernels import kernel
from cambio.trading import ledger
from cambio.trading.observation import ObservationBuilder, time_normalized, write_state
from cambio.training import reward

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cambio.trading.costs import CostModel
    from cambio.trading.ledger import Market
    from cambio.trading.observation import NormStats
    from cambio.training.config import EnvironmentConfig

VIX_Z: Final = FEATURE_ORDER.index("vix_z")
CAPITAL: Final = 10_000.0
"""What an episode starts with; rewards are relative, so it changes nothing."""
RUNNING, TRUNCATED, TERMINATED = range(3)


@dataclass(frozen=True, slots=True)
class EpisodeData:
    """One split, as environments read it; n bars."""

    market: Market
    features: NDArray[np.float64]
    """Raw, `(n, 13)`."""
    rows: NDArray[np.float32]
    """Normalised, `(n, 13)`."""
    time_s: NDArray[np.int64]
    time_normalized: NDArray[np.float64]

    @classmethod
    def of(
        cls, frame: pl.DataFrame, stats: NormStats, costs: CostModel, *, close_only: bool
    ) -> EpisodeData:
        """Prepare a split of a dataset (complete rows only).

        Raises:
            DataQualityError: a feature is missing, or there are fewer than two bars.
        """
        features = frame.select(MARKET_FEATURES).to_numpy()
        if len(features) < 2 or not np.isfinite(features).all():
            raise DataQualityError(
                f"An environment needs two bars or more and finite features; this split has "
                f"{len(features)} bars and {int((~np.isfinite(features)).sum())} missing values.",
                remedy="Rebuild the dataset.",
            )
        features = np.ascontiguousarray(features)
        time_s = frame["time"].dt.epoch("s").to_numpy()
        return cls(
            market=costs.market(frame, close_only=close_only),
            features=features,
            rows=ObservationBuilder(stats).market_rows(features),
            time_s=time_s,
            time_normalized=np.array([time_normalized(t) for t in time_s.tolist()]),
        )

    def __len__(self) -> int:
        return len(self.time_s)


def _observation_space() -> spaces.Box:
    return spaces.Box(-OBSERVATION_CLIP, OBSERVATION_CLIP, (OBSERVATION_DIM,), np.float32)


class TradingEnvironment(gym.Env[np.ndarray, int]):
    """The process as a Gymnasium environment.

    Args:
        data: the split.
        stats: statistics that normalise the observation.
        config: episode length, capital, ruin.
        rewards: which reward.
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": []}

    def __init__(
        self,
        data: EpisodeData,
        stats: NormStats,
        config: EnvironmentConfig,
        rewards: reward.RewardConfig,
    ) -> None:
        self.observation_space = _observation_space()
        self.action_space = spaces.Discrete(3)
        self._data = data
        self._config = config
        self._observations = ObservationBuilder(stats)
        self._rewards = reward.RewardCalculator(rewards)
        self._book = ledger.new_book(CAPITAL)
        self._t = self._stop = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start flat on a random bar, or on the bar `options["start"]`."""
        super().reset(seed=seed)
        start = (options or {}).get("start")
        if start is None:
            latest = max(len(self._data) - self._config.max_steps, 1)
            start = int(self.np_random.integers(latest))
        self._t = start
        self._stop = min(start + self._config.max_steps, len(self._data) - 1)
        self._rewards.reset()
        ledger.clear(self._book, CAPITAL)
        self._advance()
        return self._observe(), {}

    def step(self, action: int) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Order what ``action`` asks for, then move to the next bar's close."""
        book = self._book
        book[ledger.TARGET] = ledger.target_of(int(action), book[ledger.POSITION])
        equity, turnover = float(book[ledger.EQUITY]), float(book[ledger.TURNOVER])
        self._t += 1
        self._advance()
        value = self._rewards.calculate(
            returns=float(book[ledger.EQUITY]) / equity - 1.0,
            turnover=float(book[ledger.TURNOVER]) - turnover,
            drawdown=1.0 - float(book[ledger.EQUITY] / book[ledger.PEAK]),
            vix_z=float(self._data.features[self._t, VIX_Z]),
        )
        ruin = self._config.ruin_fraction * CAPITAL
        terminated = bool(book[ledger.EQUITY] <= ruin)
        truncated = not terminated and self._t >= self._stop
        info = {"equity": float(book[ledger.EQUITY]), "position": int(book[ledger.POSITION])}
        return self._observe(), value, terminated, truncated, info

    def _advance(self) -> None:
        ledger.advance(self._book, *(column[self._t] for column in self._data.market))

    def _observe(self) -> NDArray[np.float32]:
        observation = self._observations.build(
            self._data.features[self._t],
            int(self._book[ledger.POSITION]),
            int(self._data.time_s[self._t]),
        )
        if observation is None:  # EpisodeData admits complete rows only
            raise DataQualityError(f"Bar {self._t} lacks a feature.")
        return observation


class VectorTradingEnvironment(VecEnv):
    """Many copies of the process, stepped by one compiled loop, for Stable-Baselines3.

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
        super().__init__(n_envs, _observation_space(), spaces.Discrete(3))
        self._data = data
        self._config = config
        self._parameters = rewards.parameters()
        self._rng = np.random.default_rng(seed)
        self._starts = starts
        self._books = np.empty((n_envs, ledger.BOOK_SIZE))
        self._memory = np.zeros((n_envs, reward.MEMORY_SIZE))
        self._cursor = np.zeros(n_envs, np.int64)
        self._stop = np.zeros(n_envs, np.int64)
        self._observations = np.zeros((n_envs, OBSERVATION_DIM), np.float32)
        self._rewards = np.zeros(n_envs, np.float32)
        self._status = np.zeros(n_envs, np.int64)
        self._actions = np.zeros(n_envs, np.int64)

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
            *(self._data.market, self._data.rows, self._data.features),
            *(self._data.time_normalized, self._parameters),
            self._config.ruin_fraction * CAPITAL,
            *(self._observations, self._rewards, self._status),
        )
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        ended = np.flatnonzero(self._status)
        for i in ended.tolist():
            infos[i] = {
                "terminal_observation": self._observations[i].copy(),
                "TimeLimit.truncated": bool(self._status[i] == TRUNCATED),
                "equity": float(self._books[i, ledger.EQUITY]),
            }
        rewards, dones = self._rewards.copy(), self._status != RUNNING
        if len(ended):
            self._begin(ended)
        return self._observations.copy(), rewards, dones, infos

    def _begin(self, which: NDArray[np.int64]) -> None:
        length, steps = len(self._data), self._config.max_steps
        if self._starts is None:
            starts = self._rng.integers(max(length - steps, 1), size=len(which))
        else:
            starts = self._starts[which]
        self._cursor[which] = starts
        self._stop[which] = np.minimum(starts + steps, length - 1)
        self._memory[which] = 0.0
        _begin_many(
            *(which, self._books, self._cursor, self._data.market, self._data.rows),
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
):
    for i in range(books.shape[0]):
        book = books[i]
        book[ledger.TARGET] = ledger.target_of(actions[i], book[ledger.POSITION])
        equity, turnover = book[ledger.EQUITY], book[ledger.TURNOVER]
        t = cursor[i] + 1
        cursor[i] = t
        _book_bar(book, market, t)
        rewards[i] = reward.calculate(
            parameters,
            memory[i],
            book[ledger.EQUITY] / equity - 1.0,
            book[ledger.TURNOVER] - turnover,
            1.0 - book[ledger.EQUITY] / book[ledger.PEAK],
            features[t, VIX_Z],
        )
        _observe(rows[t], book, hours[t], observations[i])
        if book[ledger.EQUITY] <= ruin:
            status[i] = TERMINATED
        elif t >= stop[i]:
            status[i] = TRUNCATED
        else:
            status[i] = RUNNING
