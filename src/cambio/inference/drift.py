"""Drift: whether live still sees what the model was trained on, and whether the model is too old.

The specification alerts when the Kolmogorov-Smirnov distance of live from training exceeds 0.05.
Twenty sessions of a market that has not changed exceed that nearly always: a macro feature has one
value a session, an indicator remembers, and volatility comes in weeks. So the distance is held
against what windows of the same length *in training* show, which have all of that too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cambio.contracts.features import MARKET_FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from cambio.inference.config import LiveConfig

CELLS: Final = 200
"""Quantiles of training at which windows are compared; the distance is told to 1/200."""
MIN_WINDOWS: Final = 5
"""Windows without overlap that training must hold; fewer say nothing about each other."""


class Reading(NamedTuple):
    """How far one feature of the live window is from training."""

    feature: str
    ks: float
    """The largest difference of the two distribution functions, in [0, 1]."""
    p_value: float
    """That a market like the training's shows as much; corrected over the features (Holm 1979)."""
    alert: bool


@dataclass(frozen=True, slots=True)
class TrainingSample:
    """The complete rows that a model was trained on, ascending in time."""

    features: NDArray[np.float64]
    """Raw market features, `(n, 13)`, finite."""
    sessions: NDArray[np.int64]
    """Of each row, `(n,)`: days since 1970-01-01."""


def shelf_life_over(training_end: date, day: date, days: int) -> bool:
    """Tell whether a model takes no new risk any more.

    Args:
        training_end: last session that it was trained on.
        day: of the session.
        days: calendar days that it lasts.

    >>> from datetime import date
    >>> [shelf_life_over(date(2024, 12, 31), date(2025, 3, 31), days) for days in (90, 89)]
    [False, True]
    """
    return (day - training_end).days > days


def find_drift(
    training: TrainingSample, live: NDArray[np.float64], limits: LiveConfig
) -> list[Reading] | None:
    """Give a reading for each feature of which live saw anything.

    A feature has drifted when its distance exceeds ``drift_ks`` and is significant as well.

    Args:
        training: of the model.
        live: raw market features of the newest ``drift_sessions`` sessions, `(m, 13) float64`;
            NaN where missing.
        limits: the window and both thresholds.

    Returns:
        None when training holds fewer than `MIN_WINDOWS` such windows.
    """
    _, first = np.unique(training.sessions, return_index=True)
    starts = np.append(first, len(training.sessions))
    if len(first) < MIN_WINDOWS * limits.drift_sessions:
        return None
    found = []
    for i, name in enumerate(MARKET_FEATURES):
        seen = live[np.isfinite(live[:, i]), i]
        if seen.size:
            values = training.features[:, i]
            p_value = _p_value(seen, values, starts, limits.drift_sessions)
            found.append((name, ks_statistic(seen, values), p_value))
    return [
        Reading(name, ks, p, ks > limits.drift_ks and p < limits.drift_significance)
        for (name, ks, _), p in zip(found, holm([p for *_, p in found]), strict=True)
    ]


def ks_statistic(sample: NDArray[np.float64], reference: NDArray[np.float64]) -> float:
    """Give the two-sample Kolmogorov-Smirnov statistic; ties count as they should.

    >>> ks_statistic(np.array([1.0, 2.0]), np.array([2.0, 3.0, 4.0, 5.0]))
    0.75
    """
    ours, theirs = np.sort(sample), np.sort(reference)
    points = np.unique(ours)
    gaps = [
        np.searchsorted(ours, points, side) / len(ours)
        - np.searchsorted(theirs, points, side) / len(theirs)
        for side in ("left", "right")
    ]
    return float(np.abs(gaps).max())


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for having looked at all of them (Holm 1979), in their order.

    >>> holm([0.25, 0.125, 0.75])
    [0.5, 0.375, 0.75]
    """
    corrected, least = [1.0] * len(p_values), 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = corrected[i] = max(least, min(1.0, (len(p_values) - rank) * p_values[i]))
    return corrected


def _p_value(
    live: NDArray[np.float64], values: NDArray[np.float64], starts: NDArray[np.int64], window: int
) -> float:
    """Give the probability that a further window like those of training is as far from it.

    The logarithms of the windows' distances are taken for normal, and as many independent ones for
    known as fit without overlap: a further one follows Student's t around their mean. To count
    how many windows are farther would be wrong by far at the small p-values that Holm asks
    for, where a few hundred overlapping windows are a few dozen.
    """
    cells = np.sort(values)[np.arange(1, CELLS) * len(values) // CELLS]
    here = np.searchsorted(np.sort(live), cells, "right") / len(live)
    whole = np.searchsorted(np.sort(values), cells, "right") / len(values)
    known = _logs(_window_distances(values, starts, cells, window))
    spread = float(known.std(ddof=1))
    if not spread > 0.0:
        return 1.0
    independent = (len(starts) - 1) / window
    farther = float(_logs(np.abs(here - whole).max()) - known.mean())
    return t_tail(farther / (spread * math.sqrt(1.0 + 1.0 / independent)), independent - 1.0)


def _logs(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.maximum(distances, 0.5 / CELLS))


def _window_distances(
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    cells: NDArray[np.float64],
    window: int,
) -> NDArray[np.float64]:
    """Give each window's distance from the training around it, `(sessions - window + 1,)`.

    A window and its neighbours, one window on either side, are no part of what it is compared
    with: live is no part of training either.
    """
    sessions = len(starts) - 1
    session_of = np.repeat(np.arange(sessions), np.diff(starts))
    cell_of = np.searchsorted(cells, values, "left")
    counts = np.bincount(session_of * CELLS + cell_of, minlength=sessions * CELLS)
    below = counts.reshape(sessions, CELLS).cumsum(axis=1)[:, :-1]
    upto = np.zeros((sessions + 1, CELLS - 1))
    np.cumsum(below, axis=0, out=upto[1:])
    first = np.arange(sessions - window + 1)
    left, right = np.maximum(first - window, 0), np.minimum(first + 2 * window, sessions)
    inside = _share(upto[first + window] - upto[first], starts[first + window] - starts[first])
    around = _share(
        upto[-1] - (upto[right] - upto[left]), starts[-1] - (starts[right] - starts[left])
    )
    return np.asarray(np.abs(inside - around).max(axis=1))


def _share(counts: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    return counts / rows[:, None]


def t_tail(t: float, degrees: float) -> float:
    """Give P(T > t) of Student's t, right to 4 % at the p-values in question (Wallace 1959).

    >>> round(t_tail(2.0, 10.0), 4)  # exactly 0.0367
    0.0367
    """
    z = (8.0 * degrees + 1.0) / (8.0 * degrees + 3.0)
    z *= math.sqrt(degrees * math.log1p(t * t / degrees))
    return NormalDist().cdf(-math.copysign(z, t))
