"""The 13 market features of 86,000 bars, raw bars and macro events in, one matrix out.

Against pandas: the same formulas and the same join, on frames already in pandas' own types,
checked to give the same values to 1e-6 once its averages have settled. Ours can also go on bar by
bar from where it ended, and is bit-identical then; theirs cannot.

Against TA-Lib, checked to 1e-9 on all bars: first RSI, ATR and ADX alone, by the kernels that the
product runs; then all six technical features as the product computes them, to which numpy adds
the three log returns that TA-Lib lacks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import talib

from benchmarks import market, with_pandas
from benchmarks.figures import Contender, Figure, times
from cambio.features import kernels
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.kernels import _adx, _atr, _rsi, kernel
from cambio.features.macro import MacroTable

TARGET_S = 0.15
ROUNDS = 15


def figures() -> list[Figure]:
    """Measure all three."""
    return [_all_features(), _indicators(), _technical_features()]


def _all_features() -> Figure:
    bars, macro = market.history().bars, market.history().macro
    bars_pd, macro_pd = _in_pandas()

    def ours() -> np.ndarray:
        return CanonicalFeatureBuilder(market.SPEC, MacroTable(macro)).compute(bars)

    def theirs() -> np.ndarray:
        return with_pandas.features(bars_pd, macro_pd)

    settled = slice(with_pandas.SETTLED, None)
    np.testing.assert_allclose(theirs()[settled], ours()[settled], rtol=1e-6, atol=1e-9)
    samples = times(ROUNDS, Contender("cambio", ours), Contender("pandas", theirs))
    return Figure("13 features, 86,000 bars", "s", *samples, target=TARGET_S)


def _indicators() -> Figure:
    columns = _columns()
    out = np.empty((len(columns[-1]), 3))

    def ours() -> np.ndarray:
        _fold_indicators(kernels.new_state(), *columns, out)
        return out

    def theirs() -> tuple[np.ndarray, ...]:
        return _talib(*columns)

    np.testing.assert_allclose(np.column_stack(theirs()), ours(), rtol=0.0, atol=1e-9)
    samples = times(ROUNDS, Contender("cambio", ours), Contender("TA-Lib", theirs), scale=1e3)
    return Figure("RSI, ATR, ADX, 86,000 bars", "ms", *samples)


def _technical_features() -> Figure:
    columns = _columns()
    close = columns[-1]
    out, expected = np.empty((2, len(close), kernels.TECHNICAL_COUNT))

    def ours() -> np.ndarray:
        kernels.fold(kernels.new_state(), *columns, out)
        return out

    def theirs() -> np.ndarray:
        log_close = np.log(close)
        for i, n in enumerate((1, 12, 48)):
            expected[:n, i] = np.nan
            expected[n:, i] = log_close[n:] - log_close[:-n]
        expected[:, 3], atr, expected[:, 5] = _talib(*columns)
        expected[:, 4] = atr / close * 100.0
        return expected

    np.testing.assert_allclose(theirs(), ours(), rtol=0.0, atol=1e-9)
    peer = Contender("TA-Lib and numpy", theirs)
    samples = times(ROUNDS, Contender("cambio", ours), peer, scale=1e3)
    return Figure("6 technical features, 86,000 bars", "ms", *samples)


def _columns() -> list[np.ndarray]:
    return [market.history().bars[name].to_numpy() for name in ("high", "low", "close")]


def _talib(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> tuple[np.ndarray, ...]:
    return (
        talib.RSI(close, kernels.RSI_PERIOD),
        talib.ATR(high, low, close, kernels.ATR_PERIOD),
        talib.ADX(high, low, close, kernels.ADX_PERIOD),
    )


@kernel
def _fold_indicators(state, high, low, close, out):  # what `fold` does around these three
    out[0] = np.nan
    for n in range(close.shape[0]):
        if n > 0:
            before = state[kernels.CLOSE]
            span = max(high[n] - low[n], abs(high[n] - before), abs(low[n] - before))
            up, down = high[n] - state[kernels.HIGH], state[kernels.LOW] - low[n]
            out[n, 0] = _rsi(state, n, close[n] - before)
            out[n, 1] = _atr(state, n, span)
            out[n, 2] = _adx(state, n, up, down, span)
        state[kernels.HIGH], state[kernels.LOW], state[kernels.CLOSE] = high[n], low[n], close[n]


def _in_pandas() -> tuple[pd.DataFrame, pd.DataFrame]:
    bars, macro = market.history().bars, market.history().macro
    bars_pd = pd.DataFrame({name: bars[name].to_numpy() for name in ("high", "low", "close")})
    bars_pd["time"] = pd.to_datetime(bars["time"].to_numpy(), utc=True)
    macro_pd = pd.DataFrame(
        {
            "series": macro["series"].to_list(),
            "period": pd.to_datetime(macro["period"].to_numpy(), utc=True),
            "value": macro["value"].to_numpy(),
            "available_at": pd.to_datetime(macro["available_at"].to_numpy(), utc=True),
        }
    )
    return bars_pd, macro_pd.astype({"period": "datetime64[us, UTC]"})
