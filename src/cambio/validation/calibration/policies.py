"""Policies without edge, as the positions that they want after each bar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cambio.calendar import BARS_PER_SESSION
from cambio.validation.baselines import shuffled_spells

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    Targets = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Rule = Callable[[Floats, Generator], Targets]
    """Closes, `(n,)`, in; what to hold after each, `(n,)`, out."""

HALF_AN_HOUR, TWO_DAYS = 6, 2 * BARS_PER_SESSION
MOST_FLAT: Final = 0.7
LONGEST_LOOKBACK: Final = 5 * BARS_PER_SESSION


def spells(n: int, mean_bars: float, flat: float, rng: Generator) -> Targets:
    """Give positions that nothing moves: independent spells of geometric length, `(n,)`.

    Two alike in a row are one.

    Args:
        n: bars.
        mean_bars: of a spell.
        flat: share of the spells without a position; the others are long or short by a fair coin.
        rng: decides.
    """
    count = math.ceil(2.0 * n / mean_bars) + 50
    lengths = rng.geometric(1.0 / mean_bars, count)
    while lengths.sum() < n:
        lengths = np.append(lengths, rng.geometric(1.0 / mean_bars, count))
    sides = rng.integers(0, 2, len(lengths)) * 2 - 1
    sides[rng.random(len(lengths)) < flat] = 0
    return np.repeat(sides, lengths)[:n]


def at_random(close: Floats, rng: Generator) -> Targets:
    """Hold spells of half an hour to two days in the mean, flat for up to 70 % of the time."""
    mean_bars = _log_uniform(HALF_AN_HOUR, TWO_DAYS, rng)
    return spells(len(close), mean_bars, rng.uniform(0.0, MOST_FLAT), rng)


def trend(close: Floats, rng: Generator) -> Targets:
    """Follow the trend by a rule with random look-backs, from minutes to days."""
    follow = (crossover, breakout)[rng.integers(2)]
    return follow(close, rng)


def crossover(close: Floats, rng: Generator) -> Targets:
    """Be long while a short moving average is above a long one, else short; flat in warm-up."""
    fast = _log_uniform(1, LONGEST_LOOKBACK, rng)
    slow = int(fast * rng.uniform(2.0, 8.0)) + 1
    lead = np.sign(_mean(close, int(fast)) - _mean(close, slow))
    return np.nan_to_num(lead).astype(np.int64)


def breakout(close: Floats, rng: Generator) -> Targets:
    """Turn long at a new high of the last bars, short at a new low, and hold in between."""
    bars = int(_log_uniform(2, LONGEST_LOOKBACK, rng)) + 1
    prices = pl.Series(close)
    high = prices == prices.rolling_max(bars)
    low = prices == prices.rolling_min(bars)
    turns = high.fill_null(value=False).cast(int) - low.fill_null(value=False).cast(int)
    held = turns.replace(0, None).forward_fill().fill_null(0)
    return held.to_numpy().astype(np.int64)


def turnover_matched(close: Floats, rng: Generator) -> Targets:
    """Hold a trend follower's spells, dealt anew: its turnover, and none of its timing."""
    return shuffled_spells(trend(close, rng), rng)


def _mean(close: Floats, bars: int) -> Floats:
    """Give the moving average, `(n,)`; NaN until there are enough bars."""
    total = np.concatenate(([0.0], np.cumsum(close - close[0])))
    found = np.full(len(close), math.nan)
    found[bars - 1 :] = (total[bars:] - total[:-bars]) / bars
    return found


def _log_uniform(low: float, high: float, rng: Generator) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


FAMILIES: Final[dict[str, Rule]] = {
    "random": at_random,
    "turnover-matched": turnover_matched,
    "trend": trend,
}
"""Rules that can't know anything, by name."""
