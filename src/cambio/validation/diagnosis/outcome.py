"""What one way to trade a tape earned, and how that compares with the base."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from cambio.calendar import BARS_PER_SESSION
from cambio.trading import walk
from cambio.validation.metrics import json_number, session_returns, sharpe_per_session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.validation.bootstrap import PairedComparison
    from cambio.validation.diagnosis.tape import Tape

    Floats = NDArray[np.float64]

HALF: Final = 0.5
"""A test that leaves less than this share of the profit is not passed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one account."""

    total_return: float
    """Net."""
    gross_return: float
    """Before costs and financing, over the capital."""
    sharpe_ratio: float
    """Annual, of session returns; NaN where none differs."""
    trades: int
    """Round trips; one still open counts."""

    @classmethod
    def of(cls, path: walk.Path, returns: Floats, capital: float, periods_per_year: float) -> Self:
        """Give the figures of a walk with its session returns."""
        paid = path.parts[:, [walk.NIGHT_FINANCING, walk.COST]].sum()
        gained = float(path.equity[-1]) - capital
        moved = np.diff(path.positions, prepend=0) != 0
        return cls(
            total_return=gained / capital,
            gross_return=(gained - float(paid)) / capital,
            sharpe_ratio=sharpe_per_session(returns) * math.sqrt(periods_per_year),
            trades=int(np.count_nonzero(moved & (path.positions != 0))),
        )

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN."""
        return {name: json_number(value) for name, value in asdict(self).items()}


class Mark(StrEnum):
    """What a test says of a profit."""

    HOLDS = "holds"
    """Half of it or more is left."""
    UNCLEAR = "unclear"
    """Less is left, but the interval of the difference reaches zero."""
    FALLS = "falls"
    """Less is left, and the Sharpe ratio is surely lower."""


@dataclass(frozen=True, slots=True)
class Row:
    """One test beside the base."""

    name: str
    outcome: Outcome
    difference: PairedComparison
    """Annual Sharpe ratio less the base's, on the same sessions."""
    left: float | None
    """Share of the base's profit, as sums of session returns: compounding would make much of a
    little. None where the base has none."""
    dropped: float = 0.0
    """Share of the bars that the test takes away."""

    @property
    def mark(self) -> Mark | None:
        """What it says; None where there is no profit to lose."""
        if self.left is None:
            return None
        if self.left >= HALF:
            return Mark.HOLDS
        return Mark.FALLS if self.difference.interval.high < 0.0 else Mark.UNCLEAR

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types."""
        return {
            "name": self.name,
            **self.outcome.to_dict(),
            "left": self.left,
            "mark": None if self.mark is None else str(self.mark),
            "difference": self.difference.to_dict(),
            "dropped": self.dropped,
        }


@dataclass(frozen=True, slots=True)
class Spread:
    """What several random repetitions of one test earned."""

    name: str
    total_returns: tuple[float, ...]
    """Net, ascending."""
    sharpe_ratios: tuple[float, ...]
    """Annual, ascending; 0 for an account that never moved."""

    @classmethod
    def of(cls, name: str, outcomes: list[Outcome]) -> Self:
        """Give the spread of at least one outcome."""
        sharpes = (0.0 if math.isnan(o.sharpe_ratio) else o.sharpe_ratio for o in outcomes)
        return cls(name, tuple(sorted(o.total_return for o in outcomes)), tuple(sorted(sharpes)))

    @property
    def total_return(self) -> float:
        """The median."""
        return float(np.median(self.total_returns))

    @property
    def sharpe_ratio(self) -> float:
        """The median."""
        return float(np.median(self.sharpe_ratios))

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types: median, lowest, highest."""
        return {
            "name": self.name,
            "total_return": _three(self.total_return, self.total_returns),
            "sharpe_ratio": _three(self.sharpe_ratio, self.sharpe_ratios),
            "repetitions": len(self.total_returns),
        }


def _three(median: float, values: tuple[float, ...]) -> dict[str, float]:
    return {"median": median, "low": values[0], "high": values[-1]}


@dataclass(frozen=True, slots=True)
class Anatomy:
    """When a result was earned; all of it over the capital. The parts sum to the total return."""

    night: float
    """From a session's last close to the next one's first open."""
    financing: float
    """Of the nights; negative when paid."""
    gap: float
    """From a close to the next open of the same session; on close-only bars, whose open is their
    close, that is all that a session brings."""
    within: float
    """From a bar's open to its close."""
    costs: float
    """Of changing positions; negative."""
    by_night: tuple[float, ...]
    """Price and financing of the nights by the bar that ended them, `(60,)`."""
    by_session: tuple[float, ...]
    """Gaps and bars, `(60,)`; without costs."""
    by_costs: tuple[float, ...]
    """`(60,)`."""

    @classmethod
    def of(cls, path: walk.Path, slot: NDArray[np.int64], capital: float) -> Self:
        """Take a walk apart; ``slot`` is each bar's place in a whole session, `(n,)`."""
        part = path.parts / capital
        night = part[:, walk.NIGHT] + part[:, walk.NIGHT_FINANCING]
        session = part[:, walk.GAP] + part[:, walk.WITHIN]
        night_by, session_by, costs_by = (
            tuple(np.bincount(slot, values, BARS_PER_SESSION).tolist())
            for values in (night, session, part[:, walk.COST])
        )
        return cls(
            night=math.fsum(part[:, walk.NIGHT]),
            financing=math.fsum(part[:, walk.NIGHT_FINANCING]),
            gap=math.fsum(part[:, walk.GAP]),
            within=math.fsum(part[:, walk.WITHIN]),
            costs=math.fsum(part[:, walk.COST]),
            by_night=night_by,
            by_session=session_by,
            by_costs=costs_by,
        )

    @property
    def overnight(self) -> float:
        """Price and financing of the nights."""
        return self.night + self.financing

    @property
    def intraday(self) -> float:
        """What sessions brought, before costs."""
        return self.gap + self.within

    @property
    def before_costs(self) -> float:
        """Nights and sessions."""
        return self.overnight + self.intraday

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


def returns_of(tape: Tape, path: walk.Path, capital: float) -> Floats:
    """Give the simple return of each session of the tape, `(s,)`."""
    return session_returns(tape.market.day, path.equity, capital)
