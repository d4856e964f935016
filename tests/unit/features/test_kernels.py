"""The six technical features, held against TA-Lib and against figures worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cambio.features import kernels

LOG_5M, LOG_1H, LOG_4H, RSI, ATR, ADX = range(6)
WARM_UP = {LOG_5M: 1, LOG_1H: 12, LOG_4H: 48, RSI: 9, ATR: 14, ADX: 27}
TICK = 0.01

seeded = settings(derandomize=True, deadline=None)  # the first call may compile
# Moves and wicks in ticks, one row a bar; the fill makes long flat stretches.
moves = st.integers(1, 200).flatmap(
    lambda n: arrays(np.int64, (n, 3), elements=st.integers(-500, 500), fill=st.just(0))
)


def features(high, low, close) -> np.ndarray:
    out = np.empty((len(close), 6))
    columns = (np.ascontiguousarray(column, float) for column in (high, low, close))
    kernels.fold(kernels.new_state(), *columns, out)
    return out


def bars(ticks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    close = 4000.0 + TICK * np.cumsum(ticks[:, 0])
    return close + TICK * np.abs(ticks[:, 1]), close - TICK * np.abs(ticks[:, 2]), close


def random_walk(n: int = 4000, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    close = 4000.0 * np.exp(np.cumsum(rng.normal(0, 1e-3, n)))
    return close * (1 + rng.gamma(1, 4e-4, n)), close * (1 - rng.gamma(1, 4e-4, n)), close


def expected_rsi(close: np.ndarray) -> np.ndarray:
    """TA-Lib's, except that it gives 0 where nothing ever moved and decision F2 rules 50."""
    never_moved = np.abs(np.diff(close, prepend=close[0])).cumsum() == 0
    if len(close) <= 9:
        return np.full(len(close), np.nan)
    found = talib.RSI(close, 9)
    return np.where(never_moved & ~np.isnan(found), 50.0, found)


def assert_equal(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, equal_nan=True)


@seeded
@given(moves)
def test_rsi_equals_talibs(ticks):
    high, low, close = bars(ticks)
    assert_equal(features(high, low, close)[:, RSI], expected_rsi(close))


@seeded
@given(moves)
def test_atr_equals_talibs(ticks):
    high, low, close = bars(ticks)
    found = features(high, low, close)[:, ATR] * close / 100.0
    assert_equal(found, talib.ATR(high, low, close, 14))


@seeded
@given(moves)
def test_adx_equals_talibs(ticks):
    high, low, close = bars(ticks)
    assert_equal(features(high, low, close)[:, ADX], talib.ADX(high, low, close, 14))


@seeded
@given(moves)
def test_close_only_bars_equal_talibs_too(ticks):
    close = bars(ticks)[2]
    found = features(close, close, close)
    assert_equal(found[:, ATR] * close / 100.0, talib.ATR(close, close, close, 14))
    assert_equal(found[:, ADX], talib.ADX(close, close, close, 14))


def test_indicators_equal_talibs_on_a_long_walk():
    high, low, close = random_walk()
    found = features(high, low, close)
    assert_equal(found[:, RSI], talib.RSI(close, 9))
    assert_equal(found[:, ATR] * close / 100.0, talib.ATR(high, low, close, 14))
    assert_equal(found[:, ADX], talib.ADX(high, low, close, 14))


@pytest.mark.parametrize("feature", WARM_UP)
@pytest.mark.parametrize("flat", [True, False])
def test_a_feature_is_missing_exactly_during_its_warm_up(feature, flat):
    high, low, close = random_walk(300)
    if flat:
        high = low = close = np.full(300, 4000.0)
    missing = np.flatnonzero(~np.isfinite(features(high, low, close)[:, feature]))
    assert missing.tolist() == list(range(WARM_UP[feature]))


def test_a_market_that_never_moves_is_neither_strong_nor_weak():
    flat = np.full(60, 4000.0)
    found = features(flat, flat, flat)[59]
    assert found.tolist() == [0.0, 0.0, 0.0, 50.0, 0.0, 0.0]


def test_rsi_goes_to_50_once_all_movement_is_forgotten():
    """Wilder's average never reaches zero; below 1e-14 it counts as zero, as in TA-Lib."""
    close = np.concatenate([4000.0 + np.arange(20.0), np.full(400, 4019.0)])
    rsi = features(close, close, close)[:, RSI]
    assert rsi[100] == 100.0
    assert rsi[-1] == 50.0


def test_adx_keeps_its_value_while_nothing_moves():
    close = np.concatenate([4000.0 + np.arange(60.0), np.full(600, 4059.0)])
    adx = features(close, close, close)[:, ADX]
    assert adx[-1] == pytest.approx(adx[59])


def test_rsi_by_hand():
    """Nine moves, 6 up by 2 and 3 down by 1: 12 / (12 + 3) = 80 %. Then one down by 5."""
    steps = [2, 2, -1, 2, -1, 2, 2, -1, 2, -5]
    close = 4000.0 + np.concatenate([[0], np.cumsum(steps)])
    rsi = features(close, close, close)[:, RSI]
    gain, loss = 12 / 9 * 8 / 9, (3 / 9 * 8 + 5) / 9
    assert rsi[9:].tolist() == pytest.approx([80.0, 100 * gain / (gain + loss)])


def test_atr_counts_the_gap_between_two_bars():
    """14 bars of range 4, each opening 10 above the last close: the true range is 12."""
    close = 1000.0 + 10.0 * np.arange(15)
    found = features(close + 2.0, close - 2.0, close)[14, ATR]
    assert found == pytest.approx(12.0 / close[14] * 100.0)


def test_log_returns_look_back_by_bars():
    close = np.exp(np.arange(60.0) / 1000.0)
    found = features(close, close, close)[59, :3]
    assert found.tolist() == pytest.approx([0.001, 0.012, 0.048], abs=1e-12)


def test_the_ring_of_closes_forgets_what_is_older_than_48_bars():
    close = random_walk(500)[2]
    found = features(close, close, close)[:, LOG_4H]
    expected = [math.log(close[t] / close[t - 48]) for t in range(48, 500)]
    np.testing.assert_allclose(found[48:], expected, rtol=0, atol=1e-15)


def test_one_bar_at_a_time_equals_all_at_once_to_the_bit():
    columns = random_walk(200)
    state, rows = kernels.new_state(), np.empty((200, 6))
    for i, bar in enumerate(zip(*columns, strict=True)):
        kernels.update(state, *bar, rows[i])
    assert np.array_equal(rows, features(*columns), equal_nan=True)


def test_a_price_in_another_unit_leaves_all_features_as_they_are():
    """All six are ratios: thousands of pesos instead of pesos change nothing."""
    high, low, close = random_walk(300)
    other = features(high / 1000, low / 1000, close / 1000)
    np.testing.assert_allclose(other, features(high, low, close), rtol=1e-9, atol=1e-11)
