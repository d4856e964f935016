"""Timing contenders in turn, and what a headline figure is."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Contender:
    """Something to time."""

    name: str
    run: Callable[[], object]
    work: float = 1.0
    """Steps, bars or decisions in one run."""
    before: Callable[[], object] | None = None
    """Puts everything back before each run; not timed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A contender's values, one a round, in the figure's unit."""

    name: str
    values: NDArray[np.float64]

    def to_dict(self) -> dict[str, Any]:
        """Give the sample as plain JSON types."""
        return {
            "name": self.name,
            "median": float(np.median(self.values)),
            "min": float(self.values.min()),
            "max": float(self.values.max()),
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """Ours beside one peer."""

    name: str
    unit: str
    """Ends in `/s` for a rate, where more is better; otherwise a time, where less is."""
    ours: Sample
    peer: Sample
    target: float | None = None
    """What the median has to reach."""
    target_ratio: float | None = None
    """What the ratio has to reach."""

    @property
    def ratio(self) -> float:
        """How many times better ours is: the median over the rounds, each paired."""
        ours, peer = self.ours.values, self.peer.values
        return float(np.median(ours / peer if self.is_rate else peer / ours))

    @property
    def is_rate(self) -> bool:
        """More is better."""
        return self.unit.endswith("/s")

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target_ratio is not None:
            return self.ratio >= self.target_ratio
        if self.target is None:
            return None
        median = float(np.median(self.ours.values))
        return median >= self.target if self.is_rate else median <= self.target

    def to_dict(self) -> dict[str, Any]:
        """Give the figure as plain JSON types."""
        return {
            "figure": self.name,
            "unit": self.unit,
            "ours": self.ours.to_dict(),
            "peer": self.peer.to_dict(),
            "ratio": self.ratio,
            "target": self.target,
            "target_ratio": self.target_ratio,
            "reached": self.reached,
        }


def in_turn(rounds: int, *contenders: Contender) -> list[NDArray[np.float64]]:
    """Run all contenders one after the other, ``rounds`` times after a round that does not count.

    Returns:
        For each contender its seconds for one unit of work, `(rounds,)`.
    """
    seconds = np.empty((len(contenders), rounds))
    for i in range(-1, rounds):
        for k, contender in enumerate(contenders):
            if contender.before is not None:
                contender.before()
            gc.collect()
            start = perf_counter()
            contender.run()
            elapsed = perf_counter() - start
            if i >= 0:
                seconds[k, i] = elapsed / contender.work
    return list(seconds)


def times(rounds: int, *contenders: Contender, scale: float = 1.0) -> list[Sample]:
    """Give each contender's time for a unit of work, in seconds times ``scale``."""
    found = in_turn(rounds, *contenders)
    return [Sample(c.name, s * scale) for c, s in zip(contenders, found, strict=True)]


def rates(rounds: int, *contenders: Contender) -> list[Sample]:
    """Give how much work each contender does in a second."""
    found = in_turn(rounds, *contenders)
    return [Sample(c.name, 1.0 / s) for c, s in zip(contenders, found, strict=True)]
