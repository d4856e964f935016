"""Where a result comes from: the trades by side, by night and by hour of entry; the drawdown."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.calendar import BOGOTA, SESSION_CLOSE_S, SESSION_OPEN_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from cambio.contracts.trading import Trade

HOURS: Final = range(SESSION_OPEN_S // 3600, SESSION_CLOSE_S // 3600)


@dataclass(frozen=True, slots=True)
class Share:
    """What one kind of trade brought; None where there was no trade."""

    kind: str
    trades: int
    win_rate: float | None
    """Fraction that ended above zero."""
    result: float
    """Net, account currency."""
    mean: float | None
    best: float | None
    worst: float | None
    hours: float | None
    """Median time from entry to exit; a night counts in full."""


def breakdown(trades: Sequence[Trade]) -> list[list[Share]]:
    """Give the shares of each kind of trade, in groups that each add up to all trades."""
    kinds: list[dict[str, Callable[[Trade], bool]]] = [
        {"All": lambda _: True},
        {"Long": lambda trade: trade.side > 0, "Short": lambda trade: trade.side < 0},
        {
            "Within a session": lambda trade: not held_overnight(trade),
            "Held overnight": held_overnight,
        },
        {f"Entry {hour:02d}–{hour + 1:02d} h": _entered_at(hour) for hour in HOURS},
    ]
    return [
        [
            _share(kind, [trade for trade in trades if of_kind(trade)])
            for kind, of_kind in group.items()
        ]
        for group in kinds
    ]


def held_overnight(trade: Trade) -> bool:
    """Tell whether the trade was carried into another session."""
    return _session(trade.entry_time) != _session(trade.exit_time)


def drawdown(equity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the fall from the highest mark so far, as a fraction ≤ 0.

    >>> drawdown(np.array([100.0, 110.0, 99.0])).round(3).tolist()
    [0.0, 0.0, -0.1]
    """
    return np.asarray(equity / np.maximum.accumulate(equity) - 1.0)


def _entered_at(hour: int) -> Callable[[Trade], bool]:
    return lambda trade: trade.entry_time.astimezone(BOGOTA).hour == hour


def _session(moment: datetime) -> date:
    return moment.astimezone(BOGOTA).date()


def _share(kind: str, trades: Sequence[Trade]) -> Share:
    results = [trade.pnl for trade in trades]
    if not results:
        return Share(kind, 0, None, 0.0, None, None, None, None)
    seconds = [(trade.exit_time - trade.entry_time).total_seconds() for trade in trades]
    return Share(
        kind,
        len(results),
        sum(result > 0 for result in results) / len(results),
        sum(results),
        sum(results) / len(results),
        max(results),
        min(results),
        median(seconds) / 3600,
    )
