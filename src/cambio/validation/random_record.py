"""Random traders over several windows: what has to be kept of one to chain it with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.trading import ledger
from cambio.validation.baselines import shuffled_spells
from cambio.validation.metrics import session_returns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cambio.trading.ledger import Market

    Floats = NDArray[np.float64]

SINGULAR: Final = 1e-12
"""A variance below this share of the mean square is none: rounding of a constant."""


@dataclass(frozen=True, slots=True, eq=False)
class RandomRecord:
    """What random traders earned in a window: as much of it as chaining windows takes."""

    sessions: int
    mean: Floats
    """Of the session returns, `(traders,)`."""
    mean_square: Floats
    """Of the session returns, `(traders,)`."""
    growth: Floats
    """Last equity over first, `(traders,)`."""

    def sharpe(self) -> Floats:
        """Give each trader's Sharpe ratio per session, `(traders,)`; 0 where undefined."""
        n = self.sessions
        variance = (self.mean_square - self.mean**2) * n / max(n - 1, 1)
        found = np.zeros(len(self.mean))
        moved = variance > SINGULAR * self.mean_square
        found[moved] = self.mean[moved] / np.sqrt(variance[moved])
        return found


def random_record(
    market: Market,
    targets: NDArray[np.int64],
    capital: float,
    rng: np.random.Generator,
    count: int = 1000,
) -> RandomRecord:
    """Let random traders hold the policy's own spells, as `baselines.random_traders` does.

    Args:
        market: the bars, with the costs as they are.
        targets: the position the policy wanted after each bar, `(n,)`.
        capital: the starting equity.
        rng: decides everything random.
        count: how many traders.
    """
    equity = np.empty(len(targets))
    moments = np.empty((count, 3))
    sessions = 0
    for trader in range(count):
        ledger.run_targets(market, shuffled_spells(targets, rng), capital, equity)
        returns = session_returns(market.day, equity, capital)
        moments[trader] = returns.mean(), (returns**2).mean(), np.prod(1.0 + returns)
        sessions = len(returns)
    return RandomRecord(sessions, *moments.T.copy())


def chained(records: Sequence[RandomRecord]) -> RandomRecord:
    """Give the record of traders who went through all windows, the first through the first ones."""
    sessions = np.array([record.sessions for record in records])
    weights = sessions / sessions.sum()
    return RandomRecord(
        int(sessions.sum()),
        weights @ np.array([record.mean for record in records]),
        weights @ np.array([record.mean_square for record in records]),
        np.prod([record.growth for record in records], axis=0),
    )
