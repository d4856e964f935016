"""Property 1: features of a prefix equal the prefix of the features, whatever the future holds."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from cambio.calendar import BOGOTA, session_open
from cambio.contracts.features import MARKET_FEATURES
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import EPOCH, MacroTable
from cambio.features.spec import FeatureSpec

CUTS = 12


def features(bars: pl.DataFrame, macro: pl.DataFrame, spec: FeatureSpec) -> np.ndarray:
    return CanonicalFeatureBuilder(spec, MacroTable(macro)).compute(bars)


def garbage_after(history, cut: int, rng) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same market up to bar `cut`; after it, noise in every price and every macro value."""
    bars = history.bars
    session = session_open(bars["time"][cut - 1].astimezone(BOGOTA).date())
    noise = rng.lognormal(8.0, 2.0, bars.height)
    later = pl.int_range(pl.len()) >= cut
    prices = {
        name: pl.when(later).then(pl.Series(noise * factor)).otherwise(pl.col(name)).alias(name)
        for name, factor in (("open", 1.0), ("high", 1.2), ("low", 0.8), ("close", 1.1))
    }
    unknown = pl.col("available_at") >= session
    values = pl.Series(rng.normal(0, 1e6, history.macro.height))
    macro = history.macro.with_columns(
        value=pl.when(unknown).then(values).otherwise(pl.col("value"))
    )
    return bars.with_columns(**prices), macro


@pytest.mark.parametrize("bar_range", ["as_is", "close_only"])
def test_the_future_changes_no_feature_of_the_past(history, bar_range):
    spec = FeatureSpec(bar_range=bar_range)
    rng = np.random.default_rng(11)
    truth = features(history.bars, history.macro, spec)
    for cut in rng.integers(100, history.bars.height, CUTS):
        bars, macro = garbage_after(history, int(cut), rng)
        found = features(bars, macro, spec)[:cut]
        for i, name in enumerate(MARKET_FEATURES):
            assert np.array_equal(found[:, i], truth[:cut, i], equal_nan=True), (name, cut)


def test_garbage_in_the_past_does_change_the_features(simulated):
    """The check above can fail: the same garbage one bar earlier is seen."""
    spec = FeatureSpec(bar_range="as_is")
    truth = features(simulated.bars, simulated.macro, spec)
    bars, macro = garbage_after(simulated, 2000, np.random.default_rng(1))
    found = features(bars, macro, spec)
    assert not np.array_equal(found[2000], truth[2000], equal_nan=True)


@pytest.mark.parametrize("bar_range", ["as_is", "close_only"])
def test_a_prefix_alone_gives_the_prefix_of_the_features(history, bar_range):
    spec = FeatureSpec(bar_range=bar_range)
    truth = features(history.bars, history.macro, spec)
    for cut in np.random.default_rng(12).integers(1, history.bars.height, CUTS):
        found = features(history.bars[: int(cut)], history.macro, spec)
        assert np.array_equal(found, truth[:cut], equal_nan=True), cut


def test_a_value_published_at_the_open_is_not_known_at_the_open(simulated):
    """The join is strict: available before the session's open, not at it."""
    day = simulated.bars["time"][-1].date()
    moment = session_open(day)
    macro = pl.DataFrame(
        {
            "series": ["DXY", "DXY"],
            "period": [day - timedelta(days=1), day - timedelta(days=1)],
            "value": [100.0, 105.0],
            "available_at": [moment - timedelta(seconds=1), moment],
            "source": ["test", "test"],
        },
        schema_overrides={"available_at": pl.Datetime("us", "UTC")},
    )
    level = MacroTable(macro).as_of("DXY", [(day - EPOCH).days], staleness_days=5)[0, 0]
    assert level == 100.0
