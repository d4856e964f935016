"""How far figures of a record would scatter: the stationary bootstrap over sessions.

Politis & Romano, *The Stationary Bootstrap*, JASA 89 (1994): sessions are drawn in blocks of
random length, so that what lasts for some days lasts in the resamples too. Two records are
compared on the same resampled sessions, as in Ledoit & Wolf, *Robust Performance Hypothesis Testing
with the Sharpe Ratio*, Journal of Empirical Finance 15 (2008).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.validation.metrics import json_number
from cambio.validation.statistics import finite_returns

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import ArrayLike, NDArray

COUNT: Final = 2_000
SIGNIFICANT: Final = 2.0
"""c of Politis & White: standard errors beyond which an autocorrelation counts."""
MIN_SESSIONS: Final = 2
METRICS: Final = (
    "sharpe_ratio",
    "sortino_ratio",
    "annual_return",
    "total_return",
    "annual_volatility",
    "max_drawdown",
)
"""What `metric_intervals` gives."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval; NaN where the figure itself is undefined."""

    low: float
    high: float
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {"low": json_number(self.low), "high": json_number(self.high), "level": self.level}


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """A challenger against a champion on the same sessions."""

    difference: float
    """Annual Sharpe ratio, challenger minus champion."""
    interval: Interval
    """Of the difference."""
    probability: float
    """Share of the resamples in which the challenger is ahead."""
    p_value: float
    """Of the hypothesis that the challenger is not better, by `compare_paired`."""
    sessions: int
    block: float
    """Mean length of the blocks, sessions."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {
            "difference": json_number(self.difference),
            "interval": self.interval.to_dict(),
            "probability": json_number(self.probability),
            "p_value": json_number(self.p_value),
            "sessions": self.sessions,
            "block": self.block,
        }


def block_length(returns: ArrayLike) -> float:
    """Give the mean block length that suits the stationary bootstrap of the mean, in sessions.

    Politis & White, *Automatic Block-Length Selection for the Dependent Bootstrap*, Econometric
    Reviews 23 (2004), with the correction of Patton, Politis & White (28, 2009). At least 1, and
    1 for returns that never vary.

    Raises:
        ValueError: a return is NaN or infinite.
    """
    values = finite_returns(returns)
    n = len(values)
    if n < MIN_SESSIONS or np.ptp(values) == 0.0:
        return 1.0
    quiet = max(5, math.ceil(math.sqrt(math.log10(n))))
    furthest = min(math.ceil(math.sqrt(n)) + quiet, n - 1)
    covariance = _autocovariance(values, furthest)
    bandwidth = _bandwidth(covariance / covariance[0], n, quiet)
    lag = np.arange(1, bandwidth + 1)
    weighted = np.clip(2.0 * (1.0 - lag / bandwidth), 0.0, 1.0) * covariance[1 : bandwidth + 1]
    slope = 2.0 * float(lag @ weighted)
    spectrum = float(covariance[0]) + 2.0 * float(weighted.sum())
    longest = math.ceil(min(3.0 * math.sqrt(n), n / 3.0))
    if spectrum == 0.0:
        return float(longest)
    return min(max((slope**2 / spectrum**2 * n) ** (1.0 / 3.0), 1.0), longest)


def _autocovariance(values: NDArray[np.float64], furthest: int) -> NDArray[np.float64]:
    centred = values - values.mean()
    n = len(values)
    return np.array([centred[lag:] @ centred[: n - lag] / n for lag in range(furthest + 1)])


def _bandwidth(correlation: NDArray[np.float64], n: int, quiet: int) -> int:
    """Give M: twice the first of ``quiet`` insignificant lags in a row, or all lags at hand.

    The paper's text takes the last lag before these; the package `arch`, which is followed
    here, their first, and so blocks that are a little longer.
    """
    furthest = len(correlation) - 1
    silent = np.abs(correlation) < SIGNIFICANT * math.sqrt(math.log10(n) / n)
    for lag in range(1, furthest - quiet + 1):
        if silent[lag : lag + quiet].all():
            return min(2 * lag, furthest)
    return furthest


def resampled_sessions(n: int, count: int, block: float, rng: Generator) -> NDArray[np.int64]:
    """Give the sessions of ``count`` resamples as indices, `(count, n)`.

    Stationary bootstrap, Politis & Romano 1994: blocks begin anywhere, the end is followed by the
    beginning, and lengths are geometric with mean ``block``.

    Raises:
        ValueError: ``block`` is below 1.
    """
    if not block >= 1.0:
        raise ValueError(f"the mean block length must be at least 1, not {block}")
    place = np.arange(n)
    begins = rng.random((count, n)) < 1.0 / block
    begins[:, :1] = True
    latest = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    start = np.take_along_axis(rng.integers(0, max(n, 1), (count, n)), latest, axis=1)
    return np.asarray((start + place - latest) % max(n, 1))


def metric_intervals(
    returns: ArrayLike,
    periods_per_year: float,
    rng: Generator,
    *,
    level: float = 0.95,
    count: int = COUNT,
) -> dict[str, Interval]:
    """Give percentile intervals of a record's figures, by the names of `BacktestMetrics`.

    Drawdown is that of session closes here. A resample whose ratio is 0/0 counts as 0; when
    that is so of the record itself, or it has fewer than two sessions, the interval is NaN.

    Args:
        returns: simple, of each session, `(n,)`.
        periods_per_year: sessions a year.
        rng: what draws the resamples.
        level: of the interval, between 0 and 1.
        count: how many resamples.

    Raises:
        ValueError: a return is NaN or infinite, or ``level`` or ``count`` out of range.
    """
    values = finite_returns(returns)
    _check(level, count)
    if len(values) < MIN_SESSIONS:
        return dict.fromkeys(METRICS, Interval(math.nan, math.nan, level))
    sessions = resampled_sessions(len(values), count, block_length(values), rng)
    resampled = _figures(values[sessions], periods_per_year)
    found = _figures(values[None, :], periods_per_year)
    return {name: _interval(resampled[name], float(found[name][0]), level) for name in METRICS}


def _figures(
    returns: NDArray[np.float64], periods_per_year: float
) -> dict[str, NDArray[np.float64]]:
    """Give the figures of each row, as `metrics.compute_metrics` defines them, `(rows,)` each."""
    n = returns.shape[1]
    mean, deviation = returns.mean(axis=1), _deviation(returns)
    downside = np.sqrt((np.minimum(returns, 0.0) ** 2).mean(axis=1))
    equity = _equity(returns)
    peak = np.maximum(np.maximum.accumulate(equity, axis=1), 1.0)
    total = equity[:, -1] - 1.0
    root = math.sqrt(periods_per_year)
    return {
        "sharpe_ratio": _ratio(mean, deviation) * root,
        "sortino_ratio": _ratio(mean, downside) * root,
        "annual_return": np.maximum(1.0 + total, 0.0) ** (periods_per_year / n) - 1.0,
        "total_return": total,
        "annual_volatility": deviation * root,
        "max_drawdown": (1.0 - equity / peak).max(axis=1),
    }


def compare_paired(
    challenger: ArrayLike,
    champion: ArrayLike,
    periods_per_year: float,
    rng: Generator,
    *,
    level: float = 0.95,
    count: int = COUNT,
) -> PairedComparison:
    """Give the difference in annual Sharpe ratio, and how sure it is.

    Both records are resampled by the same sessions, in blocks that suit the one which needs the
    longer ones. A record, or a resample of one, that never varies has the Sharpe ratio 0.

    The p-value is the chance of a difference this large if the truth were 0: the distribution of
    the resampled differences is moved to 0, and p = (1 + resamples with d* − d ≥ d) / (1 + count).

    Args:
        challenger: simple return of each session, `(n,)`.
        champion: the same sessions, `(n,)`.
        periods_per_year: sessions a year.
        rng: what draws the resamples.
        level: of the interval, between 0 and 1.
        count: how many resamples.

    Returns:
        The comparison; all NaN when there are fewer than two sessions.

    Raises:
        ValueError: records that differ in length or hold a NaN, or an argument out of range.
    """
    first, second = finite_returns(challenger), finite_returns(champion)
    _check(level, count)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"records of the same sessions needed, not {first.shape}, {second.shape}")
    n = len(first)
    block = max(block_length(first), block_length(second))
    if n < MIN_SESSIONS:
        nothing = Interval(math.nan, math.nan, level)
        return PairedComparison(math.nan, nothing, math.nan, math.nan, n, block)
    root = math.sqrt(periods_per_year)
    found = root * float(_sharpe_or_zero(first[None, :])[0] - _sharpe_or_zero(second[None, :])[0])
    sessions = resampled_sessions(n, count, block, rng)
    resampled = root * (_sharpe_or_zero(first[sessions]) - _sharpe_or_zero(second[sessions]))
    return PairedComparison(
        difference=found,
        interval=_interval(resampled, found, level),
        probability=float((resampled > 0.0).mean()),
        p_value=float(1 + (resampled - found >= found).sum()) / (1 + count),
        sessions=n,
        block=block,
    )


def _check(level: float, count: int) -> None:
    if not 0.0 < level < 1.0 or count < 1:
        raise ValueError(f"level ({level}) must be between 0 and 1, count ({count}) at least 1")


def _interval(resampled: NDArray[np.float64], found: float, level: float) -> Interval:
    """Give the percentiles, rounded outwards to values that occurred, as infinities demand."""
    if math.isnan(found):
        return Interval(math.nan, math.nan, level)
    ordered = np.sort(np.where(np.isnan(resampled), 0.0, resampled))
    tail = (1.0 - level) / 2.0 * (len(ordered) - 1)
    low, high = math.floor(tail), math.ceil(len(ordered) - 1 - tail)
    return Interval(float(ordered[low]), float(ordered[high]), level)


def _equity(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the growth of 1 along each row; a row that is ruined stays where it fell to."""
    growth = 1.0 + returns
    if (growth <= 0.0).any():
        falls = growth <= 0.0
        growth = np.where(np.cumsum(falls, axis=1) - falls > 0, 1.0, growth)
    return np.asarray(np.cumprod(growth, axis=1), dtype=np.float64)


def _deviation(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the standard deviation (n − 1) of each row, exactly 0 where it never varies."""
    varies = returns.max(axis=1) > returns.min(axis=1)
    return np.where(varies, returns.std(axis=1, ddof=1), 0.0)


def _sharpe_or_zero(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = _deviation(returns)
    ratio = np.zeros(len(returns))
    return np.divide(returns.mean(axis=1), deviation, out=ratio, where=deviation > 0.0)


def _ratio(numerator: NDArray[np.float64], denominator: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide as IEEE does: x/0 is ±infinity and 0/0 is NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(numerator / denominator)
