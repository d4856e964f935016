"""How much of a Sharpe ratio may be luck: probabilistic and deflated Sharpe ratios.

Bailey & López de Prado, *The Sharpe Ratio Efficient Frontier* (2012) and *The Deflated Sharpe
Ratio* (2014). Every ratio here is per session, not annual. Session returns are taken as serially
independent. A NaN passes through. `docs/statistics.md` says what each figure means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from cambio.validation.metrics import sharpe_per_session

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NORMAL: Final = NormalDist()
MIN_TRIALS: Final = 10
"""Below so many trials their spread says too little to be used."""
MAD_TO_STD: Final = 1.0 / NORMAL.inv_cdf(0.75)
"""Standard deviation of a normal variable over its median absolute deviation."""


def finite_returns(returns: ArrayLike, name: str = "returns") -> NDArray[np.float64]:
    """Give ``returns`` as floats, any shape.

    Raises:
        ValueError: one is NaN or infinite; a statistic of the others would answer another question.
    """
    values = np.asarray(returns, dtype=np.float64)
    if not np.isfinite(values).all():
        broken = int(np.count_nonzero(~np.isfinite(values)))
        raise ValueError(f"{broken} of {values.size} {name} are NaN or infinite")
    return values


@dataclass(frozen=True, slots=True)
class SharpeEstimate:
    """A Sharpe ratio and what its standard error is made of."""

    sharpe: float
    """Per session; NaN when the returns never vary."""
    sessions: int
    skew: float
    kurtosis: float
    """Not in excess: 3 for a normal variable."""

    @classmethod
    def of(cls, returns: NDArray[np.float64]) -> Self:
        """Give the estimate from session returns; the moments are the population's."""
        sharpe = sharpe_per_session(returns)
        if not math.isfinite(sharpe):
            return cls(math.nan, len(returns), math.nan, math.nan)
        z = (returns - returns.mean()) / returns.std()
        return cls(sharpe, len(returns), float((z**3).mean()), float((z**4).mean()))


def probabilistic_sharpe_ratio(estimate: SharpeEstimate, benchmark: float = 0.0) -> float:
    """Give the probability that the true Sharpe ratio exceeds ``benchmark``; NaN passes through.

    Bailey & López de Prado 2012, eq. 11.

    >>> round(probabilistic_sharpe_ratio(SharpeEstimate(0.1, 101, 0.0, 3.0)), 4)
    0.8407
    """
    sharpe = estimate.sharpe
    if math.isnan(sharpe):
        return math.nan
    spread = _spread(estimate)
    return NORMAL.cdf((sharpe - benchmark) * math.sqrt((estimate.sessions - 1) / spread))


def minimum_track_record_length(
    estimate: SharpeEstimate, benchmark: float = 0.0, confidence: float = 0.95
) -> float:
    """Give how many sessions it takes until the probabilistic Sharpe ratio is ``confidence``.

    Bailey & López de Prado 2012, eq. 13. Sharpe ratio, skew and kurtosis are taken to stay what
    they are. Infinite when the Sharpe ratio does not exceed ``benchmark``; NaN passes through.

    >>> daily = SharpeEstimate(2 / math.sqrt(250), 500, 0.0, 3.0)
    >>> round(minimum_track_record_length(daily, 1 / math.sqrt(250)) / 250, 2)
    2.73

    Raises:
        ValueError: ``confidence`` is not from 0.5 to below 1.
    """
    if not 0.5 <= confidence < 1.0:
        raise ValueError(f"confidence must be from 0.5 to below 1, not {confidence}")
    if math.isnan(estimate.sharpe) or math.isnan(benchmark):
        return math.nan
    lead = estimate.sharpe - benchmark
    if lead <= 0.0:
        return math.inf
    return 1.0 + _spread(estimate) * (NORMAL.inv_cdf(confidence) / lead) ** 2


def sharpe_needed(
    estimate: SharpeEstimate, benchmark: float = 0.0, confidence: float = 0.95
) -> float:
    """Give the Sharpe ratio per session that would make the probabilistic one ``confidence``.

    The inverse of `probabilistic_sharpe_ratio` in the Sharpe ratio, at the sessions, skew and
    kurtosis of ``estimate``; of its Sharpe ratio no use is made. With `selection_benchmark` as
    ``benchmark`` it is what the deflated ratio needs.

    Returns:
        The smallest ratio that suffices; infinite when these sessions are too few for any,
        −infinity when any would do (a ``confidence`` below 0.5 only), NaN when the moments are.

    Raises:
        ValueError: ``confidence`` is not between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must be between 0 and 1, not {confidence}")
    if math.isnan(estimate.skew) or math.isnan(estimate.kurtosis) or math.isnan(benchmark):
        return math.nan
    z = NORMAL.inv_cdf(confidence)
    if z == 0.0:
        return benchmark
    # (S − b)²(n − 1) = z²(1 − skew S + (kurtosis − 1)/4 S²), and S on z's side of b
    weight = estimate.sessions - 1
    quadratic = [
        weight - z**2 * (estimate.kurtosis - 1.0) / 4.0,
        z**2 * estimate.skew - 2.0 * weight * benchmark,
        weight * benchmark**2 - z**2,
    ]
    roots = np.roots(quadratic)
    leads = [float(root.real) - benchmark for root in roots if abs(root.imag) < 1e-12]
    reached = [lead for lead in leads if lead * z > 0.0]
    return benchmark + min(reached, key=abs) if reached else math.copysign(math.inf, z)


def _spread(estimate: SharpeEstimate) -> float:
    """Give the variance of the estimated Sharpe ratio, times sessions − 1."""
    sharpe = estimate.sharpe
    return 1.0 - estimate.skew * sharpe + (estimate.kurtosis - 1.0) / 4.0 * sharpe**2


def expected_maximum_sharpe(trials: int, variance: float, mean: float = 0.0) -> float:
    """Give the largest Sharpe ratio to expect of ``trials`` independent ones.

    Bailey & López de Prado 2014, eq. 1. The best of one is its mean.

    Args:
        trials: how many were tried.
        variance: between the trials' Sharpe ratios.
        mean: of the trials; 0 is the hypothesis that none has skill.

    >>> round(expected_maximum_sharpe(100, 1.0), 4)
    2.5306
    """
    if trials < 2:
        return mean
    quantile, tail = (
        NORMAL.inv_cdf(1.0 - 1.0 / trials),
        NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e)),
    )
    return mean + math.sqrt(variance) * ((1.0 - np.euler_gamma) * quantile + np.euler_gamma * tail)


def selection_benchmark(sharpes: NDArray[np.float64], sessions: NDArray[np.int64]) -> float:
    """Give the Sharpe ratio that picking the best of the recorded trials explains by itself.

    The larger of two. First, of as many independent trials without skill: their variance is that
    of an estimated Sharpe ratio whose true value is 0, 1/(sessions − 1), so every further look
    raises the bar and clones of one model cannot lower it. Second, from `MIN_TRIALS` trials on,
    what the trials themselves show, by median and median absolute deviation: a trial that lost
    everything to costs tells nothing about the luck of the best, but would dominate a variance.

    With one trial it is 0, and the deflated Sharpe ratio is the probabilistic one.

    Args:
        sharpes: per session, of every trial on an overlapping window, this one included, `(n,)`.
        sessions: of each trial, `(n,)`.
    """
    trials = len(sharpes)
    if trials == 0:
        return 0.0
    luck = float((1.0 / np.maximum(sessions - 1, 1)).mean())
    benchmark = expected_maximum_sharpe(trials, luck)
    if trials < MIN_TRIALS:
        return benchmark
    middle = float(np.median(sharpes))
    spread = MAD_TO_STD * float(np.median(np.abs(sharpes - middle)))
    return max(benchmark, expected_maximum_sharpe(trials, spread**2, middle))


def deflated_sharpe_ratio(
    estimate: SharpeEstimate, sharpes: NDArray[np.float64], sessions: NDArray[np.int64]
) -> float:
    """Give the probability that the true Sharpe ratio exceeds what selection alone explains.

    Args:
        estimate: the candidate.
        sharpes: of every recorded trial, as `selection_benchmark` takes them.
        sessions: of each trial.
    """
    return probabilistic_sharpe_ratio(estimate, selection_benchmark(sharpes, sessions))
