"""Statistics of the training rows: right, complete, and never of a constant."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cambio.contracts.features import FEATURE_ORDER, FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.dataset.normalization import norm_stats, stats_bytes
from cambio.errors import DataQualityError
from cambio.trading.observation import FeatureStats, NormStats


def train(rows: int = 1000, **columns: np.ndarray) -> pl.DataFrame:
    values = np.random.default_rng(1).normal(3.0, 2.0, (rows, 13))
    frame = pl.DataFrame(values, list(MARKET_FEATURES))
    return frame.with_columns(**{name: pl.Series(values) for name, values in columns.items()})


def test_every_feature_of_the_contract_has_an_entry_in_its_order():
    assert tuple(norm_stats(train(), "spec").features) == FEATURE_ORDER


@pytest.mark.parametrize("name", MARKET_FEATURES)
def test_an_entry_holds_the_figures_of_its_column(name):
    frame = train()
    values = frame[name].to_list()
    mean = sum(values) / 1000
    std = (sum((value - mean) ** 2 for value in values) / 999) ** 0.5
    found = norm_stats(frame, "spec").features[name]
    assert (found.mean, found.std) == (pytest.approx(mean), pytest.approx(std))
    assert (found.min, found.max, found.count) == (min(values), max(values), 1000)


@pytest.mark.parametrize(("name", "low"), [("position", -1.0), ("time_normalized", 0.0)])
def test_the_state_features_have_identity_entries(name, low):
    found = norm_stats(train(), "spec").features[name]
    assert found == FeatureStats(mean=0.0, std=1.0, min=low, max=1.0, count=0)


def test_the_statistics_say_what_they_are_of():
    found = norm_stats(train(70), "spec")
    assert (found.feature_order_hash, found.feature_spec_hash) == (FEATURE_ORDER_HASH, "spec")
    assert found.row_count == 70


@pytest.mark.parametrize("value", [0.0, 0.1, 5.3, 7.7, 103.2, -0.7])
def test_a_constant_feature_is_refused_by_name(value):
    """Whatever rounding makes of its standard deviation."""
    frame = train(rate_spread=np.full(1000, value))
    with pytest.raises(DataQualityError, match=r"Constant .* rate_spread\."):
        norm_stats(frame, "spec")


def test_all_constant_features_are_named_at_once():
    frame = train(10, vix_z=np.ones(10), embi_z=np.zeros(10))
    with pytest.raises(DataQualityError, match="vix_z, embi_z"):
        norm_stats(frame, "spec")


def test_a_single_row_is_constant():
    with pytest.raises(DataQualityError, match="log_ret_5m"):
        norm_stats(train(1), "spec")


def test_a_feature_that_hardly_moves_is_not_constant():
    values = np.full(1000, 5.3)
    values[500] = 5.3001
    assert norm_stats(train(rate_spread=values), "spec").features["rate_spread"].std > 0


def test_the_guards_limit_is_the_999th_of_1000_distances_from_the_middle_of_training():
    """Linear between the two ordered values around rank 0.999 · 1999 = 1997.001."""
    frame = train(2000)
    distances = []
    columns = [frame[name].to_numpy() for name in MARKET_FEATURES]
    for row in zip(*columns, strict=True):
        squares = [((x - c.mean()) / c.std(ddof=1)) ** 2 for x, c in zip(row, columns, strict=True)]
        distances.append((sum(squares) / 13) ** 0.5)
    low, high = sorted(distances)[1997:1999]
    found = norm_stats(frame, "spec").distance_p999
    assert found == pytest.approx(low + 0.001 * (high - low), rel=1e-12)


def test_the_guards_limit_is_written_and_read_back_to_the_bit():
    stats = norm_stats(train(), "spec")
    assert NormStats.model_validate_json(stats_bytes(stats)) == stats


def test_statistics_without_the_guards_limit_are_written_without_it():
    stats = norm_stats(train(), "spec").model_copy(update={"distance_p999": None})
    assert b"distance" not in stats_bytes(stats)
