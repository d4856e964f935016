"""Figures of a record of session returns, with what chance alone would make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.validation.bootstrap import metric_intervals
from cambio.validation.metrics import Account, compute_metrics, json_number

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

LEVEL: Final = 0.95
BOOTSTRAP_SEED: Final = 20_260_104
"""Of every interval and paired comparison: the same records give the same figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric and its interval; both NaN where it is undefined."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {name: json_number(getattr(self, name)) for name in ("value", "low", "high")}


def figures(
    returns: NDArray[np.float64], periods_per_year: float, rng: Generator
) -> dict[str, Figure]:
    """Give a record's metrics with their intervals, drawdown at the sessions' closes.

    Args:
        returns: simple, of each session, `(n,)`, at least one.
        periods_per_year: sessions a year.
        rng: draws the resamples.
    """
    found = compute_metrics(as_account(returns), periods_per_year)
    return {
        name: Figure(getattr(found, name), interval.low, interval.high)
        for name, interval in metric_intervals(returns, periods_per_year, rng, level=LEVEL).items()
    }


def as_account(returns: NDArray[np.float64]) -> Account:
    """Give an account of one unit that earned these returns, a bar a session."""
    nothing = np.zeros(len(returns), dtype=np.int64)
    return Account(
        capital=1.0,
        day=np.arange(len(returns)),
        equity=np.cumprod(1.0 + returns, dtype=np.float64),
        positions=nothing,
        trade_results=np.zeros(0),
        costs=0.0,
        financing=0.0,
        turnover=0.0,
    )
