"""The 13 market features of 86,000 bars, raw bars and macro events in, one matrix out.

Against pandas: the same formulas and the same join, on frames already in pandas' own types,
checked to give the same values to 1e-6 once its averages have settled. Ours can also go on bar by
bar from where it ended, and is bit-identical then; theirs cannot.

Against TA-Lib: the technical features alone, equal work on both sides. TA-Lib's C gives RSI, ATR
and ADX (checked to 1e-9 on all bars), numpy the three log returns.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import talib

from benchmarks import market, with_pandas
from benchmarks.figures import Contender, Figure, times
from cambio.features import kernels
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable

TARGET_S = 0.15
ROUNDS = 15


def figures() -> list[Figure]:
    """Measure both."""
    return [_all_features(), _technical_features()]


def _all_features() -> Figure:
    bars, macro = market.history().bars, market.history().macro
    bars_pd, macro_pd = _in_pandas()

    def ours() -> np.ndarray:
        return CanonicalFeatureBuilder(market.SPEC, MacroTable(macro)).compute(bars)

    def theirs() -> np.ndarray:
        return with_pandas.features(bars_pd, macro_pd)

    settled = slice(with_pandas.SETTLED, None)
    np.testing.assert_allclose(theirs()[settled], ours()[settled], rtol=1e-6, atol=1e-6)
    samples = times(ROUNDS, Contender("cambio", ours), Contender("pandas", theirs))
    return Figure("13 features of 86,000 bars", "s", *samples, target=TARGET_S)


def _technical_features() -> Figure:
    columns = [market.history().bars[name].to_numpy() for name in ("high", "low", "close")]
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
        expected[:, 3] = talib.RSI(close, kernels.RSI_PERIOD)
        expected[:, 4] = talib.ATR(*columns, kernels.ATR_PERIOD) / close * 100.0
        expected[:, 5] = talib.ADX(*columns, kernels.ADX_PERIOD)
        return expected

    np.testing.assert_allclose(theirs(), ours(), rtol=0.0, atol=1e-9)
    samples = times(
        ROUNDS, Contender("cambio", ours), Contender("TA-Lib and numpy", theirs), scale=1e3
    )
    return Figure("6 technical features of 86,000 bars", "ms", *samples)


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
