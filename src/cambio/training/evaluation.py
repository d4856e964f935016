"""`Evaluator`: how a policy does on the whole validation split, without asking it bar by bar.

A deterministic policy sees a bar's row, the time and its position, and the position is −1, 0 or
1. So one batched call gives its action for every bar in each position, and the walk looks the
actions up. It is always the market as it is: a curriculum never touches it, see ADR 0023.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cambio.calendar import sessions_per_year
from cambio.errors import DataQualityError
from cambio.training.environment import CAPITAL
from cambio.training.vectorized import walk

if TYPE_CHECKING:
    from cambio.training.config import EnvironmentConfig
    from cambio.training.environment import EpisodeData
    from cambio.training.reward import RewardConfig

Logits = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A policy: observations `(m, 15)` in, one logit for each action `(m, 3)` out."""

POSITIONS: Final = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one policy earned on the split."""

    rewards: NDArray[np.float64]
    """Total reward of each segment, `(segments,)`; up to the ruin of one that was ruined."""
    session_returns: NDArray[np.float64]
    """Net return of each session, in order; see `Evaluator.evaluate`."""
    sessions_per_year: float

    @property
    def mean_reward(self) -> float:
        """Give the mean total reward of a segment."""
        return float(self.rewards.mean())

    @property
    def sharpe(self) -> float:
        """Give the Sharpe ratio of the sessions, annualised; 0 when the returns never vary."""
        returns = self.session_returns
        if len(returns) < 2 or np.ptp(returns) == 0.0:
            return 0.0
        return float(returns.mean() / returns.std(ddof=1)) * math.sqrt(self.sessions_per_year)


class Evaluator:
    """Walks policies over one split, at full costs, each segment as one episode.

    Args:
        val: the split; n bars.
        config: ruin; the length of an episode is the segment's.
        rewards: which reward.
        segments: equal consecutive parts, each begun flat with the capital; fewer where the
            split has not two bars for each. Up to `segments - 1` bars are left at the end.
    """

    def __init__(
        self,
        val: EpisodeData,
        config: EnvironmentConfig,
        rewards: RewardConfig,
        segments: int = 8,
    ) -> None:
        segments = min(segments, len(val) // 2)
        self._length = len(val) // segments
        self._starts = np.arange(segments) * self._length
        self._walk_terms = val.market, val.features, rewards.parameters()
        self._ruin = config.ruin_fraction * CAPITAL
        self._day = val.market.day[: segments * self._length]
        first, last = self._day[[0, -1]].astype("datetime64[D]").tolist()
        self._yearly = sessions_per_year(first, last)
        self._observations = _in_each_position(val)

    @property
    def observations(self) -> NDArray[np.float32]:
        """Give the whole split short, then flat, then long, `(3n, 15)`; do not write to it."""
        return self._observations

    def evaluate(self, logits: Logits) -> Evaluation:
        """Walk the split with the most likely actions; one call of ``logits``.

        A session's return compounds the returns of its bars, from close to close, each relative
        to the equity of its segment. The first bar of a segment returns 0 (it is begun flat),
        and so do those after a ruin; no bar loses more than everything.

        Raises:
            DataQualityError: a logit is not finite.
        """
        found = logits(self._observations)
        if not np.isfinite(found).all():
            raise DataQualityError(
                f"The policy gives {int((~np.isfinite(found)).sum())} logits that are not "
                f"finite, of {found.size}: its training diverged.",
                remedy="Lower the learning rate, or clip gradients harder (max_grad_norm).",
            )
        actions = found.argmax(axis=1).reshape(len(POSITIONS), -1)
        rewards, equity = self._walk(actions)
        return Evaluation(rewards, self._session_returns(equity), self._yearly)

    def _walk(self, actions: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give each segment's reward, and its equity at each bar, `(segments, length)`."""
        equity = np.empty((len(self._starts), self._length))
        rewards = [
            walk(*self._walk_terms, actions, start, self._ruin, row)
            for start, row in zip(self._starts, equity, strict=True)
        ]
        return np.array(rewards), equity

    def _session_returns(self, equity: NDArray[np.float64]) -> NDArray[np.float64]:
        growth = np.ones_like(equity)
        np.divide(equity[:, 1:], equity[:, :-1], out=growth[:, 1:], where=equity[:, :-1] > 0.0)
        sessions = np.flatnonzero(np.diff(self._day, prepend=self._day[0] - 1))
        return np.multiply.reduceat(np.maximum(growth.ravel(), 0.0), sessions) - 1.0


def _in_each_position(val: EpisodeData) -> NDArray[np.float32]:
    parts = [
        np.column_stack([val.rows, np.full(len(val), position), val.time_normalized])
        for position in POSITIONS
    ]
    return np.concatenate(parts).astype(np.float32)
