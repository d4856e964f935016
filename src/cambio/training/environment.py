"""Trading as a Markov decision process.

| | |
|---|---|
| observation | `Box(-10, 10, (15,), float32)`: CTR-FEAT-001, normalised by the training split |
| action | `Discrete(3)`: 0 SELL (target −1), 1 HOLD (keep), 2 BUY (target +1) |
| transition | decided after bar t closed, filled at bar t+1's open, marked at its close |
| reward | see `reward`; net of costs and financing |
| truncated | after `max_steps` bars, or at the end of the data |
| terminated | ruin: the equity fell to `ruin_fraction` of the capital |

`TradingEnvironment` is written to be read; `vectorized` runs many copies at once, by the same
ledger, observation and reward functions. Risk limits are not part of the process: they guard what
trades, see ADR 0007.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from cambio.contracts.features import (
    FEATURE_ORDER,
    MARKET_FEATURES,
    OBSERVATION_CLIP,
    OBSERVATION_DIM,
)
from cambio.errors import DataQualityError
from cambio.trading import ledger
from cambio.trading.observation import ObservationBuilder, time_normalized
from cambio.training import reward

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from cambio.trading.costs import CostModel
    from cambio.trading.ledger import Market
    from cambio.trading.observation import NormStats
    from cambio.training.config import EnvironmentConfig

VIX_Z: Final = FEATURE_ORDER.index("vix_z")
CAPITAL: Final = 10_000.0
"""What an episode starts with; rewards are relative, so it changes nothing."""


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

    def at_costs(self, multiple: float) -> EpisodeData:
        """Give the same bars with costs and markup times ``multiple``; the carry is a price."""
        market = self.market
        return replace(
            self,
            market=market._replace(
                cost_rate=market.cost_rate * multiple, markup=market.markup * multiple
            ),
        )

    def __len__(self) -> int:
        return len(self.time_s)


def observation_space() -> spaces.Box:
    """Give the space of CTR-FEAT-001, within the observation's clip."""
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
        self.observation_space = observation_space()
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
