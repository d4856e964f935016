"""Figures with their intervals in words; free of pictures, so that terminals can use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cambio.reports.numbers import MEASURES, Measure, plain

if TYPE_CHECKING:
    from cambio.validation.overfitting import Overfitting

Interval = tuple[float, float, float]
"""A value, and the low and high ends of its interval."""
RESULTS: Final = ("sharpe_ratio", "total_return", "max_drawdown")
"""The metrics of a comparison."""
AB_RESULTS: Final = (*RESULTS, "annual_volatility")


def measure_of(name: str) -> Measure:
    """Give how a metric is named and shown."""
    words = (name[:1].upper() + name[1:]).replace("_", " ")
    return MEASURES.get(name, Measure(words, "", plain))


def with_interval(measure: Measure, found: Interval) -> str:
    """Give a figure with its interval, in one unit.

    >>> with_interval(MEASURES["sharpe_ratio"], (1.2, -0.5, 3.0))
    '1.20 (−0.50 to 3.00)'
    """
    value, low, high = (measure.show(each) for each in found)
    return f"{value} ({low} to {high})"


def overfitting_words(found: Overfitting | None, variants: int) -> str:
    """Say how likely picking the best of the variants picks luck."""
    if found is None:
        return "not computed: too few sessions"
    return (
        f"{100 * found.probability:.0f} % probability that the best of these {variants} on half of "
        f"the sessions is no better than their median on the other half (CSCV, "
        f"{found.splits:,} splits); 50 % is pure luck"
    )
