"""Folds as a person would write them down, and what holds for all of them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.unit.dataset import market

from cambio.contracts.market import MarketHistory
from cambio.dataset.folds import Fold, WalkForwardConfig, folds
from cambio.dataset.splits import DateRanges
from cambio.errors import ConfigError, DataQualityError
from cambio.features.kernels import LONGEST_LOOKBACK

ROLLING: dict[str, Any] = {
    "mode": "rolling",
    "first_test": "2022-01-01",
    "test_months": 6,
    "validation_months": 3,
    "training_months": 24,
}
ANCHORED = {**ROLLING, "mode": "anchored", "training_months": None}
RANGES = DateRanges.model_validate(
    {
        "data": {"start": "2020-03-01"},
        "training": {"start": "2020-03-01", "end": "2024-12-31"},
        "validation": {"start": "2025-01-01", "end": "2025-06-30"},
        "test": {"start": "2025-07-01", "end": "dynamic"},
    }
)


def found(newest: str, section: dict[str, Any], ranges: DateRanges = RANGES) -> list[Fold]:
    config = WalkForwardConfig.model_validate(section)
    return folds(config, ranges, date.fromisoformat(newest))


def written(fold: Fold) -> tuple[str, ...]:
    spans = (fold.ranges.training, fold.ranges.validation, fold.test)
    return tuple(f"{span.start} {span.end}" for span in spans)


def test_rolling_folds_move_along_once_the_history_is_long_enough():
    assert [written(fold) for fold in found("2023-09-15", ROLLING)] == [
        ("2020-03-01 2021-09-30", "2021-10-01 2021-12-31", "2022-01-01 2022-06-30"),
        ("2020-04-01 2022-03-31", "2022-04-01 2022-06-30", "2022-07-01 2022-12-31"),
        ("2020-10-01 2022-09-30", "2022-10-01 2022-12-31", "2023-01-01 2023-06-30"),
        ("2021-04-01 2023-03-31", "2023-04-01 2023-06-30", "2023-07-01 2023-09-15"),
    ]


def test_anchored_folds_grow_from_the_start_of_training():
    assert [written(fold)[0] for fold in found("2022-12-30", ANCHORED)] == [
        "2020-03-01 2021-09-30",
        "2020-03-01 2022-03-31",
    ]


@pytest.mark.parametrize(
    ("newest", "last"),
    [
        ("2022-07-28", "2022-01-01 2022-06-30"),  # July lacks a session
        ("2022-07-29", "2022-07-01 2022-07-29"),  # a Friday, the last of July
        ("2022-09-30", "2022-07-01 2022-09-30"),
    ],
)
def test_a_last_window_that_lacks_a_month_is_dropped(newest, last):
    assert written(found(newest, ROLLING)[-1])[2] == last


def test_the_last_test_may_be_named():
    assert written(found("2025-09-30", {**ROLLING, "last_test": "2022-12-31"})[-1])[2] == (
        "2022-07-01 2022-12-31"
    )


def test_without_a_full_first_month_there_is_nothing_to_walk_over():
    with pytest.raises(DataQualityError, match=r"2022-01-14.*2022-01-01"):
        found("2022-01-14", ROLLING)


def test_a_fold_without_training_names_what_to_change():
    with pytest.raises(ConfigError, match="nothing is left to train on") as refused:
        found("2025-09-30", {**ROLLING, "first_test": "2020-06-01"})
    assert "first_test" in refused.value.remedy


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"training_months": None}, "rolling folds need training_months"),
        ({"mode": "anchored"}, "leave training_months out"),
        ({"first_test": "2022-01-15"}, "first day of a month"),
        ({"last_test": "2021-12-31"}, "lies before first_test"),
        ({"embargo_bars": 47}, "greater than or equal to 48"),
        ({"test_month": 6}, "Extra inputs"),
        ({"test_months": 0}, "greater than or equal to 1"),
    ],
)
def test_what_does_not_fit_together_is_refused(changed, message):
    with pytest.raises(ValidationError, match=message):
        WalkForwardConfig.model_validate({**ROLLING, **changed})


@given(
    first=st.dates(date(2021, 1, 1), date(2024, 1, 1)).map(lambda day: day.replace(day=1)),
    newest=st.dates(date(2024, 3, 1), date(2026, 1, 1)),
    test=st.integers(1, 18),
    validation=st.integers(1, 6),
    training=st.integers(1, 40) | st.none(),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_tests_follow_each_other_and_see_only_what_came_before(
    first, newest, test, validation, training
):
    every = folds(
        WalkForwardConfig(
            mode="anchored" if training is None else "rolling",
            first_test=first,
            test_months=test,
            validation_months=validation,
            training_months=training,
        ),
        RANGES,
        newest,
    )
    day = timedelta(days=1)
    assert [fold.index for fold in every] == list(range(1, len(every) + 1))
    assert every[0].test.start == first
    assert every[-1].test.end <= newest
    for fold in every:
        train, val = fold.ranges.training, fold.ranges.validation
        assert RANGES.training.start <= train.start <= train.end
        assert (train.end + day, val.end + day) == (val.start, fold.test.start)
    for earlier, later in pairwise(every):
        assert earlier.test.end + day == later.test.start
        assert earlier.ranges.training.start <= later.ranges.training.start


SMALL = {
    "first_test": "2024-05-01",
    "test_months": 1,
    "validation_months": 1,
    "training_months": 3,
    "embargo_bars": 61,
}
EVERY = found(str(market.END), SMALL, market.ranges())


def built(fold: Fold, root, history: MarketHistory | None = None):
    return market.build(root, history, ranges=fold.ranges, embargo_bars=61)


def times(dataset, name: str) -> pl.Series:
    return pl.read_parquet(f"{dataset.dataset_path}/{name}.parquet")["time"]


def with_noise_after(day: date) -> MarketHistory:
    """The same market up to and with ``day``, and another one later."""
    history, rng = market.history(), np.random.default_rng(5)
    later = pl.col("time").dt.convert_time_zone("America/Bogota").dt.date() > day
    noise = pl.Series(np.exp(rng.normal(0, 0.1, history.bars.height)))
    prices = [pl.when(later).then(pl.col(c) * noise).otherwise(pl.col(c)).alias(c) for c in "ohlc"]
    full = dict(zip("ohlc", ("open", "high", "low", "close"), strict=True))
    bars = history.bars.rename({name: c for c, name in full.items()}).with_columns(prices)
    values = pl.Series(np.exp(rng.normal(0, 0.1, history.macro.height)))
    macro = history.macro.with_columns(
        pl.when(pl.col("available_at").dt.date() > day)
        .then(pl.col("value") * values)
        .otherwise(pl.col("value"))
        .alias("value")
    )
    return MarketHistory(bars.rename(full), macro)


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    root = tmp_path_factory.mktemp("datasets")
    return [built(fold, root) for fold in EVERY]


def test_the_bars_between_two_splits_are_at_least_the_embargo(datasets):
    """Purge and embargo: a session of 60 would be too few for 61 bars, so two are left out."""
    bars = market.history().bars["time"]
    for dataset in datasets:
        for earlier, later in pairwise(("train", "val", "test")):
            last, first = times(dataset, earlier).max(), times(dataset, later).min()
            between = bars.filter((bars > last) & (bars < first))
            assert len(between) >= 61 > LONGEST_LOOKBACK


def test_what_comes_later_changes_nothing_in_an_earlier_fold(datasets, tmp_path):
    fold, before = EVERY[0], datasets[0]
    after = built(fold, tmp_path, with_noise_after(fold.test.end))
    assert after.source_data_hash != before.source_data_hash
    assert after.dataset_hash == before.dataset_hash
    assert after.norm_stats_hash == before.norm_stats_hash


def test_what_comes_after_training_changes_nothing_in_training(datasets, tmp_path):
    fold, before = EVERY[1], datasets[1]
    after = built(fold, tmp_path, with_noise_after(fold.ranges.training.end))
    assert after.dataset_hash != before.dataset_hash
    assert after.norm_stats_hash == before.norm_stats_hash
    files = [f"{dataset.dataset_path}/train.parquet" for dataset in (before, after)]
    assert pl.read_parquet(files[0]).equals(pl.read_parquet(files[1]))
