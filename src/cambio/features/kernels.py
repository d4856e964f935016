"""Streaming kernels of the six technical features, compiled with numba.

`update` is the only definition: a batch is `fold`, a loop over it, so training and production
cannot disagree. The state is a flat float64 vector, which makes it easy to store and compare.

Indicators follow Wilder, *New Concepts in Technical Trading Systems* (1978), seeded with the
simple mean of the first n values as TA-Lib and TradingView do, and run across sessions.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numba
import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

KERNEL_ROOMS: Final = ("features", "trading", "training")
"""Where compiled functions live; all of them are made by `kernel`."""
KERNEL_SOURCES: Final = ("calendar.py", "contracts/*.py", *(f"{r}/*.py" for r in KERNEL_ROOMS))
"""Their source, and that of the constants that are compiled into them."""


def cache_folder(root: Path) -> Path:
    """Give the folder for compiled code of the package at ``root``, named by its kernels' source.

    Numba renews a kernel on disk when its own file changes, but not when a file it calls does;
    with one folder for each state of the source, an older ledger can never be run by mistake.
    """
    digest = hashlib.sha256()
    for path in sorted(path for pattern in KERNEL_SOURCES for path in root.glob(pattern)):
        digest.update(path.read_bytes())
    return root / "__pycache__" / f"kernels-{digest.hexdigest()[:16]}"


numba.config.CACHE_DIR = str(cache_folder(Path(__file__).parents[1]))

kernel = njit(cache=True, error_model="numpy", nogil=True)
"""How every compiled function of cambio is made: IEEE division, no fast-math, no GIL."""

RSI_PERIOD: Final = 9
ATR_PERIOD: Final = 14
ADX_PERIOD: Final = 14
HOUR_BARS: Final = 12
LONGEST_LOOKBACK: Final = 48
"""Bars in `log_ret_4h`, the longest look-back; the embargo is measured by it."""
EPSILON: Final = 1e-14
"""Below this TA-Lib takes a range for zero; so do we."""

# Slots of the state vector. During seeding, averages hold sums.
COUNT, HIGH, LOW, CLOSE, GAIN, LOSS, ATR, PLUS_DM, MINUS_DM, RANGE, ADX = range(11)
RING: Final = 11
STATE_SIZE: Final = RING + LONGEST_LOOKBACK
TECHNICAL_COUNT: Final = 6


def new_state() -> NDArray[np.float64]:
    """Give the state before the first bar, `(59,) float64`."""
    return np.zeros(STATE_SIZE)


@kernel
def update(state, high, low, close, out):  # type: ignore[no-untyped-def]
    """Take one closed bar into ``state`` and write the six technical features.

    Args:
        state: `(59,) float64`, changed in place.
        high: COP per USD, finite and positive; so are ``low`` and ``close``.
        low: see ``high``.
        close: see ``high``.
        out: at least `(6,) float64`; NaN marks a feature that is still warming up.
    """
    n = int(state[COUNT])  # bars before this one, and the number of moves with it
    if n == 0:
        out[:TECHNICAL_COUNT] = np.nan
    else:
        move = close - state[CLOSE]
        true_range = max(high - low, abs(high - state[CLOSE]), abs(low - state[CLOSE]))
        out[0] = math.log(close / state[CLOSE])
        out[1] = _log_return(state, n, close, HOUR_BARS)
        out[2] = _log_return(state, n, close, LONGEST_LOOKBACK)
        out[3] = _rsi(state, n, move)
        out[4] = _atr(state, n, true_range) / close * 100.0
        out[5] = _adx(state, n, high - state[HIGH], state[LOW] - low, true_range)
    state[RING + n % LONGEST_LOOKBACK] = close
    state[COUNT], state[HIGH], state[LOW], state[CLOSE] = n + 1, high, low, close


@kernel
def fold(state, high, low, close, out):  # type: ignore[no-untyped-def]
    """Apply `update` bar by bar; arrays `(n,) float64`, ``out`` at least `(n, 6)`."""
    for i in range(close.shape[0]):
        update(state, high[i], low[i], close[i], out[i])


@kernel
def _log_return(state, n, close, bars):  # type: ignore[no-untyped-def]
    if n < bars:
        return np.nan
    return math.log(close / state[RING + (n - bars) % LONGEST_LOOKBACK])


@kernel
def _wilder_mean(previous, n, period, value):  # type: ignore[no-untyped-def]
    """Sum while seeding, simple mean at the ``period``-th value, Wilder's average after it."""
    if n < period:
        return previous + value
    if n == period:
        return (previous + value) / period
    return (previous * (period - 1) + value) / period


@kernel
def _rsi(state, n, move):  # type: ignore[no-untyped-def]
    state[GAIN] = _wilder_mean(state[GAIN], n, RSI_PERIOD, max(move, 0.0))
    state[LOSS] = _wilder_mean(state[LOSS], n, RSI_PERIOD, max(-move, 0.0))
    if n < RSI_PERIOD:
        return np.nan
    total = state[GAIN] + state[LOSS]
    return 50.0 if total < EPSILON else 100.0 * state[GAIN] / total


@kernel
def _atr(state, n, true_range):  # type: ignore[no-untyped-def]
    state[ATR] = _wilder_mean(state[ATR], n, ATR_PERIOD, true_range)
    return state[ATR] if n >= ATR_PERIOD else np.nan


@kernel
def _adx(state, n, up_move, down_move, true_range):  # type: ignore[no-untyped-def]
    decay = 1.0 - 1.0 / ADX_PERIOD if n >= ADX_PERIOD else 1.0
    state[PLUS_DM] *= decay
    state[MINUS_DM] *= decay
    state[RANGE] = state[RANGE] * decay + true_range
    if down_move > 0.0 and up_move < down_move:
        state[MINUS_DM] += down_move
    elif up_move > 0.0 and up_move > down_move:
        state[PLUS_DM] += up_move
    if n < ADX_PERIOD:
        return np.nan
    first_adx = 2 * ADX_PERIOD - 1
    if state[RANGE] > EPSILON:
        plus, minus = state[PLUS_DM] / state[RANGE], state[MINUS_DM] / state[RANGE]
        if plus + minus > EPSILON:
            dx = 100.0 * abs(plus - minus) / (plus + minus)
            if n <= first_adx:
                state[ADX] += dx
            else:
                state[ADX] = (state[ADX] * (ADX_PERIOD - 1) + dx) / ADX_PERIOD
    if n < first_adx:
        return np.nan
    if n == first_adx:
        state[ADX] /= ADX_PERIOD
    return state[ADX]
