"""Checks on bars: impossible rows, duplicates, bad ticks and close-only records."""

from __future__ import annotations

from typing import Final

import polars as pl

from cambio.acquisition.refusals import Reason

PRICES: Final = ("open", "high", "low", "close")
PLAUSIBLE_PRICE: Final = (400.0, 12_000.0)
"""COP per USD since 1990, with room; another instrument or unit lies outside."""
SPIKE_FLOOR_BP: Final = 100.0
SPIKE_SIGMAS: Final = 15.0
MAD_TO_SIGMA: Final = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def price_fault() -> pl.Expr:
    """Give the reason why a row's prices or volume are impossible, null where they are not.

    Stands for rows whose cells are numbers or null; see `importers` for those that are text.
    """
    low, high = PLAUSIBLE_PRICE
    body = pl.max_horizontal("open", "close"), pl.min_horizontal("open", "close")
    return (
        pl.when(_any(lambda c: c.is_null() | c.is_nan())).then(pl.lit(Reason.MISSING_PRICE))
        .when(_any(lambda c: c.is_infinite())).then(pl.lit(Reason.INFINITE))
        .when(_any(lambda c: c <= 0)).then(pl.lit(Reason.NON_POSITIVE_PRICE))
        .when(_any(lambda c: ~c.is_between(low, high))).then(pl.lit(Reason.IMPLAUSIBLE))
        .when(pl.col("high") < pl.col("low")).then(pl.lit(Reason.HIGH_BELOW_LOW))
        .when(pl.col("high") < body[0]).then(pl.lit(Reason.HIGH_BELOW_PRICE))
        .when(pl.col("low") > body[1]).then(pl.lit(Reason.LOW_ABOVE_PRICE))
        .when(pl.col("volume") < 0).then(pl.lit(Reason.NEGATIVE_VOLUME))
        .when(pl.col("volume").is_infinite()).then(pl.lit(Reason.INFINITE))
    )  # fmt: skip
