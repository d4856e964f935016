"""Rates with exact bounds, and what the gate's rate of false promotions is held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

CONFIDENCE: Final = 0.95
LIMIT: Final = 0.05
"""Share of policies without edge that may be promoted ..."""
BOUND_LIMIT: Final = 0.065
"""... and what the upper end of its interval may reach."""
STEPS: Final = 60
"""Halvings of [0, 1]; after them nothing of a double is left to find."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    hits: int
    runs: int

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.hits / self.runs if self.runs else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The exact two-sided 95 % interval."""
        return bounds(self.hits, self.runs)

    @property
    def holds(self) -> bool:
        """Whether, as a rate of false promotions, it is within `LIMIT` and `BOUND_LIMIT`."""
        return self.value <= LIMIT and self.interval[1] <= BOUND_LIMIT

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; the share of nothing is None."""
        return {
            "hits": self.hits,
            "runs": self.runs,
            "rate": self.value if self.runs else None,
            "interval": list(self.interval),
        }


def bounds(hits: int, runs: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Give the exact two-sided interval of a binomial share.

    Clopper & Pearson, *The Use of Confidence or Fiducial Limits*, Biometrika 26 (1934): the shares
    at which so few, or so many, hits have a chance of half of what ``confidence`` leaves over.
    Of nothing it is all of [0, 1].

    >>> [round(end, 4) for end in bounds(4, 20)]
    [0.0573, 0.4366]

    Raises:
        ValueError: more hits than runs, or fewer than none.
    """
    if not 0 <= hits <= runs:
        raise ValueError(f"{hits} of {runs} is no share")
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if hits == 0 else 1.0 - _upper(runs - hits, runs, tail)
    high = 1.0 if hits == runs else _upper(hits, runs, tail)
    return low, high


def _upper(hits: int, runs: int, tail: float) -> float:
    """Give the share at which ``hits`` or fewer have the probability ``tail``."""
    k = np.arange(hits + 1)
    factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, runs + 1)))))
    ways = factorials[runs] - factorials[k] - factorials[runs - k]
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        chance = np.exp(ways + k * math.log(middle) + (runs - k) * math.log1p(-middle)).sum()
        low, high = (middle, high) if chance > tail else (low, middle)
    return high
