"""How a feature's distribution moved from one split to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS: Final = 36
MIDDLE: Final = (0.5, 99.5)
"""Percentiles that bound the histogram: outliers must not flatten it."""


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """One feature in two splits."""

    name: str
    edges: NDArray[np.float64]
    """Of the bins, `(b + 1,)`."""
    train: NDArray[np.float64]
    """Share of the training values in each bin, `(b,)`."""
    test: NDArray[np.float64]
    distance: float
    """Kolmogorov and Smirnov's: the largest gap of the two distribution functions, 0 to 1."""


def shift(name: str, train: NDArray[np.float64], test: NDArray[np.float64]) -> Shift | None:
    """Compare a feature's values in two splits; what is not finite is left out.

    None if either split has no value.
    """
    train, test = (np.sort(values[np.isfinite(values)]) for values in (train, test))
    if not train.size or not test.size:
        return None
    edges = _edges(train, test)
    shares = [np.histogram(values, edges)[0] / values.size for values in (train, test)]
    return Shift(name, edges, shares[0], shares[1], ks_distance(train, test))


def ks_distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Give the largest gap between the distribution functions of two sorted samples.

    >>> ks_distance(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0]))
    0.5
    """
    points = np.concatenate([a, b])
    gaps = (
        np.searchsorted(a, points, "right") / a.size - np.searchsorted(b, points, "right") / b.size
    )
    return float(np.abs(gaps).max())


def _edges(train: NDArray[np.float64], test: NDArray[np.float64]) -> NDArray[np.float64]:
    ends = np.stack([np.percentile(values, MIDDLE) for values in (train, test)])
    low, high = float(ends[:, 0].min()), float(ends[:, 1].max())
    if high <= low:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)
