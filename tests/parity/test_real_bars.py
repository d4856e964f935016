"""The technical features of the real bars are TA-Lib's, in both readings of their range."""

from __future__ import annotations

import numpy as np
import pytest
import talib

from cambio.contracts.features import MARKET_FEATURES
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable
from cambio.features.spec import FeatureSpec

TOLERANCE = 1e-9


@pytest.mark.parametrize("bar_range", ["as_is", "close_only"])
def test_rsi_atr_and_adx_equal_talib(real, bar_range):
    bars = real.bars
    found = CanonicalFeatureBuilder(FeatureSpec(bar_range=bar_range), MacroTable(real.macro))
    features = dict(zip(MARKET_FEATURES, found.compute(bars).T, strict=True))
    close = bars["close"].to_numpy()
    high, low = (
        (close, close)
        if bar_range == "close_only"
        else (bars["high"].to_numpy(), bars["low"].to_numpy())
    )
    oracle = {
        "rsi_9": talib.RSI(close, 9),
        "atr_pct": talib.ATR(high, low, close, 14) / close * 100,
        "adx_14": talib.ADX(high, low, close, 14),
    }
    for name, expected in oracle.items():
        assert np.array_equal(np.isnan(features[name]), np.isnan(expected)), name
        assert np.nanmax(np.abs(features[name] - expected)) < TOLERANCE, name


def test_every_session_with_its_macro_values_has_complete_observations(real):
    """From 2020-04 on: a session is incomplete only where `missing` names a series and why."""
    from cambio.calendar import session_days

    spec = FeatureSpec(bar_range="close_only")
    table = MacroTable(real.macro)
    features = CanonicalFeatureBuilder(spec, table).compute(real.bars)
    days = session_days(real.bars["time"].dt.epoch("s").to_numpy())
    since = (np.datetime64("2020-04-01") - np.datetime64("1970-01-01")).astype(int)
    complete = np.isfinite(features).all(axis=1)
    checked = 0
    for day in np.unique(days[days >= since]).tolist():
        explained = bool(table.missing(day, spec))
        assert complete[days == day].all() != explained, day
        checked += not explained
    assert checked > 1_100
