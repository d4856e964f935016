"""Two policies compared after every session, without being fooled by looking so often.

Asymptotic confidence sequences: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, *Time-uniform
central limit theory and asymptotic confidence sequences*, Annals of Statistics 52 (2024). All
intervals of a sequence hold together with probability 1 − alpha, so whoever stops at the first
that excludes 0 errs no more often than that. Sessions may depend on each other over a week.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.validation.metrics import json_number
from cambio.validation.statistics import finite_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BURN_IN: Final = 60
"""Sessions before the first interval: the theory is one of large samples."""
EXPECTED_SESSIONS: Final = 250
LAGS: Final = 5
"""Sessions over which returns may depend on each other: a week."""
NO_SPREAD: Final = 1e-10
"""A variance below so much of the mean square is rounding: the record has not varied yet."""


SAME: Final = 1e-6
"""Two annual Sharpe ratios that differ by less are one, told apart by rounding."""


class Arm(StrEnum):
    """One side of the comparison."""

    CONTROL = "control"
    TREATMENT = "treatment"


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """What was known after each of n sessions of treatment minus control."""

    difference: NDArray[np.float64]
    """Estimate after each session, `(n,)`; of Sharpe ratios NaN after the first."""
    low: NDArray[np.float64]
    """`(n,)`; −infinity during the burn-in."""
    high: NDArray[np.float64]
    """`(n,)`; infinity during the burn-in."""
    alpha: float

    @property
    def sessions(self) -> int:
        """How many were compared."""
        return len(self.difference)

    @property
    def concluded_at(self) -> int | None:
        """Index of the first session whose interval excludes 0; None while there is none."""
        outside = np.flatnonzero((self.low > 0.0) | (self.high < 0.0))
        return int(outside[0]) if len(outside) else None

    @property
    def winner(self) -> Arm | None:
        """Who was ahead when it was concluded; None while it is not."""
        at = self.concluded_at
        if at is None:
            return None
        return Arm.TREATMENT if self.low[at] > 0.0 else Arm.CONTROL

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {
            "sessions": self.sessions,
            "alpha": self.alpha,
            "difference": [json_number(value) for value in self.difference.tolist()],
            "low": [json_number(value) for value in self.low.tolist()],
            "high": [json_number(value) for value in self.high.tolist()],
            "concluded_at": self.concluded_at,
            "winner": None if self.winner is None else str(self.winner),
        }


def sharpe_difference_sequence(
    control: ArrayLike,
    treatment: ArrayLike,
    periods_per_year: float,
    *,
    alpha: float = 0.05,
    burn_in: int = BURN_IN,
    expected_sessions: int = EXPECTED_SESSIONS,
) -> ConfidenceSequence:
    """Give the confidence sequence of the difference in annual Sharpe ratio.

    It is that of a mean, of the paired differences of influence functions (delta method), whose
    variance allows for skew, kurtosis and the correlation of the two. A record that has not
    varied yet has the Sharpe ratio 0.

    Args:
        control: simple return of each session, `(n,)`.
        treatment: the same sessions, `(n,)`.
        periods_per_year: sessions a year.
        alpha: chance that any interval ever misses the truth.
        burn_in: sessions before the first interval, at least 2; whoever has traded must have
            had a return other than 0 in as many.
        expected_sessions: after so many the interval shall be as narrow as it can be.

    Raises:
        ValueError: records that differ in length or hold a NaN, or an argument out of range.
    """
    first, second = _paired(control, treatment)
    boundary = _boundary(len(first), alpha, expected_sessions)
    begun = _moved(first, burn_in) & _moved(second, burn_in)
    control_sharpe, control_terms, control_multiples = _running_sharpe(first)
    treatment_sharpe, treatment_terms, treatment_multiples = _running_sharpe(second)
    variance = _running_variance(
        np.hstack([control_terms, treatment_terms]),
        np.hstack([-control_multiples, treatment_multiples]),
    )
    root = math.sqrt(periods_per_year)
    difference = root * (treatment_sharpe - control_sharpe)
    difference[np.abs(difference) < SAME] = 0.0
    half = np.where(begun, root * np.sqrt(variance) * boundary, np.inf)
    return _sequence(difference, half, alpha)


def mean_difference_sequence(
    control: ArrayLike,
    treatment: ArrayLike,
    *,
    alpha: float = 0.05,
    burn_in: int = BURN_IN,
    expected_sessions: int = EXPECTED_SESSIONS,
) -> ConfidenceSequence:
    """Give the confidence sequence of the mean of paired differences, in their own unit.

    For anything that is measured once a session: returns, costs, slippage. Arguments and errors
    as of `sharpe_difference_sequence`.
    """
    first, second = _paired(control, treatment)
    boundary = _boundary(len(first), alpha, expected_sessions)
    change = second - first
    centre = float(change.mean()) if len(change) else 0.0
    variance = _running_variance((change - centre)[:, None], np.ones((len(change), 1)))
    difference = centre + _running_mean(change - centre)
    half = np.where(_moved(change, burn_in), np.sqrt(variance) * boundary, np.inf)
    return _sequence(difference, half, alpha)


def tuned_variance(alpha: float, expected_sessions: int) -> float:
    """Give rho², which makes the boundary narrowest at ``expected_sessions``.

    Waudby-Smith et al. 2024, section 2.2: with u = rho² × sessions, u = −2 ln(alpha) + ln(1 + u),
    solved here by iteration (a contraction: its derivative is 1 / (1 + u)).
    """
    start = -2.0 * math.log(alpha)
    u = start
    for _ in range(50):
        u = start + math.log1p(u)
    return u / expected_sessions


def _boundary(n: int, alpha: float, expected_sessions: int) -> NDArray[np.float64]:
    """Give half the width of the interval after each session per unit of deviation, `(n,)`.

    Waudby-Smith et al. 2024, theorem 2.2.
    """
    if not 0.0 < alpha < 1.0 or expected_sessions < 1:
        raise ValueError(
            f"alpha ({alpha}) must be between 0 and 1, "
            f"expected_sessions ({expected_sessions}) at least 1"
        )
    t = np.arange(1, n + 1, dtype=np.float64)
    u = t * tuned_variance(alpha, expected_sessions)
    return np.sqrt((1.0 + 1.0 / u) / t * (np.log1p(u) - 2.0 * math.log(alpha)))


def _moved(values: NDArray[np.float64], burn_in: int) -> NDArray[np.bool_]:
    """Tell after which sessions enough is known: ``burn_in`` have passed and as many were not 0.

    Values that were all 0 so far leave nothing to estimate, so that those need no burn-in.
    """
    if burn_in < 2:
        raise ValueError(f"burn_in must be at least 2, not {burn_in}")
    moves = np.cumsum(values != 0.0)
    passed = np.arange(1, len(values) + 1) >= burn_in
    return np.asarray(passed & ((moves >= burn_in) | (moves == 0)))


def _sequence(
    difference: NDArray[np.float64], half: NDArray[np.float64], alpha: float
) -> ConfidenceSequence:
    centre = np.where(np.isfinite(half), difference, 0.0)
    return ConfidenceSequence(difference, centre - half, centre + half, alpha)


def _running_sharpe(
    returns: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the Sharpe ratio per session after each session, and what it is sensitive to.

    The influence of a return x on the ratio S is (x − mean) / s − S / 2 ((x − mean)² / s² − 1):
    a constant, plus a multiple of each term in (x, x²).

    Returns:
        The ratio (n − 1), `(n,)`, NaN after one session; the terms, in units of the record's own
        deviation, `(n, 2)`; their multiples after each session, `(n, 2)`.
    """
    t = np.arange(1, len(returns) + 1)
    unit = float(returns.std()) if len(returns) and np.ptp(returns) > 0.0 else 1.0
    centre = float(returns.mean()) / unit if len(returns) else 0.0
    x = returns / unit - centre
    mean, square = _running_mean(x), _running_mean(x**2)
    varies = square - mean**2 > NO_SPREAD * square
    variance = np.where(varies, square - mean**2, 1.0)
    ratio = np.where(varies, (centre + mean) / np.sqrt(variance), 0.0)
    linear = np.where(varies, 1.0 / np.sqrt(variance) + ratio * mean / variance, 0.0)
    squared = np.where(varies, -ratio / (2.0 * variance), 0.0)
    sharpe = np.where(t > 1, ratio * np.sqrt((t - 1) / t), np.nan)
    return sharpe, np.stack([x, x**2], axis=1), np.stack([linear, squared], axis=1)


def _running_variance(
    terms: NDArray[np.float64], multiples: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give, after each session t, the long-run variance so far of the terms times `multiples[t]`.

    Newey & West's estimate (Econometrica 55, 1987) over `LAGS`, and never less than the plain
    variance.

    Args:
        terms: `(n, k)`.
        multiples: `(n, k)`.
    """
    n = len(terms)
    variance = _running_covariance(terms, multiples, 0)
    beyond = sum(
        (
            2.0 * (1.0 - lag / (LAGS + 1)) * _running_covariance(terms, multiples, lag)
            for lag in range(1, min(LAGS + 1, n))
        ),
        start=np.zeros(n),
    )
    return np.maximum(variance, 0.0) + np.maximum(beyond, 0.0)


def _running_covariance(
    terms: NDArray[np.float64], multiples: NDArray[np.float64], lag: int
) -> NDArray[np.float64]:
    """Give, after each session, the autocovariance so far at ``lag`` of the weighed terms."""
    n = len(terms)
    t = np.arange(lag + 1, n + 1)[:, None]
    sums = np.cumsum(terms, axis=0)
    mean, head = sums[lag:] / t, sums[: n - lag]
    tail = sums[lag:] - (sums[lag - 1] if lag else 0.0)
    products = np.cumsum(terms[lag:, :, None] * terms[: n - lag, None, :], axis=0)
    weights = multiples[lag:]
    level = (weights * mean).sum(axis=1)
    total = np.einsum("tj,tjk,tk->t", weights, products, weights)
    total -= level * (weights * (tail + head - (t - lag) * mean)).sum(axis=1)
    return np.concatenate([np.zeros(lag), total / t[:, 0]])


def _running_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.arange(1, len(values) + 1).reshape(-1, *[1] * (values.ndim - 1))
    return np.cumsum(values, axis=0) / t


def _paired(
    control: ArrayLike, treatment: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = finite_returns(control), finite_returns(treatment)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"records of the same sessions needed, not {first.shape}, {second.shape}")
    return first, second
