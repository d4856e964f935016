"""What a dataset holds: raw features, frozen ranges, statistics of the training split alone."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError
from tests.unit.dataset.market import COSTS, END, build, history, plan, ranges

from cambio.contracts.features import FEATURE_ORDER, FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.contracts.handoffs import L2Output
from cambio.contracts.lineage import file_hash
from cambio.contracts.market import MarketHistory
from cambio.dataset.build import FeatureConfig, read_dataset
from cambio.dataset.quality import QualityThresholds
from cambio.dataset.splits import SPLITS, DateRanges
from cambio.errors import ConfigError, DataQualityError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable
from cambio.features.spec import FeatureSpec
from cambio.trading.observation import NormStats

SPEC = FeatureSpec(bar_range="as_is", zscore_window=60)
SHORT = FeatureConfig(zscore_window=20)
TRAINING_END = date(2024, 4, 30)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> L2Output:
    return build(tmp_path_factory.mktemp("datasets"))


def rows(dataset: L2Output, name: str) -> pl.DataFrame:
    return pl.read_parquet(Path(dataset.dataset_path) / f"{name}.parquet")


def manifest(dataset: L2Output) -> dict[str, Any]:
    return json.loads(Path(dataset.manifest_path).read_text())


def content(dataset: L2Output, name: str) -> bytes:
    return (Path(dataset.dataset_path) / name).read_bytes()


def sessions(dataset: L2Output, name: str) -> list[date]:
    return rows(dataset, name)["session"].unique().sort().to_list()


def with_macro(change: pl.Expr) -> MarketHistory:
    """The market with other macro rows or values."""
    return MarketHistory(history().bars, history().macro.filter(change))


def local_date() -> pl.Expr:
    return pl.col("time").dt.convert_time_zone("America/Bogota").dt.date()


def flattened(where: pl.Expr) -> MarketHistory:
    """The market with its range lost on some bars."""
    flat = {
        name: pl.when(where).then("close").otherwise(name).alias(name)
        for name in ("open", "high", "low")
    }
    return MarketHistory(history().bars.with_columns(**flat), history().macro)


def test_a_split_has_the_agreed_columns(dataset):
    expected = ["time", "session", "open", "high", "low", "close"]
    expected += [*MARKET_FEATURES, "rate_differential_pct"]
    assert [rows(dataset, name).columns for name in SPLITS] == [expected] * 3


def test_features_are_stored_as_they_were_computed(dataset):
    """Raw: normalisation happens once, in the observation."""
    computed = CanonicalFeatureBuilder(SPEC, MacroTable(history().macro)).compute(history().bars)
    at = dict(zip(history().bars["time"], computed, strict=True))
    for name in SPLITS:
        expected = np.array([at[time] for time in rows(dataset, name)["time"]])
        assert np.array_equal(rows(dataset, name).select(MARKET_FEATURES).to_numpy(), expected)


def test_every_stored_row_is_complete(dataset):
    for name in SPLITS:
        assert np.isfinite(rows(dataset, name).select(MARKET_FEATURES).to_numpy()).all()


def test_the_first_row_is_the_first_whose_indicators_are_warm(dataset):
    first = rows(dataset, "train")["time"][0]
    assert first == history().bars["time"][48]


def test_bars_before_the_training_range_warm_the_indicators_up(tmp_path):
    later = build(tmp_path, ranges=ranges("2024-01-04", "2024-01-04"))
    assert rows(later, "train")["time"][0] == history().bars["time"][2 * 60]


def test_splits_are_apart_by_a_session(dataset):
    every = history().bars.select(local_date().unique().sort()).to_series().to_list()
    train, val, test = (sessions(dataset, name) for name in SPLITS)
    for earlier, later in ((train, val), (val, test)):
        assert every.index(later[0]) - every.index(earlier[-1]) == 2


def test_the_manifest_names_the_embargoed_sessions(dataset):
    found = manifest(dataset)["embargoed_sessions"]
    assert found == {"train": ["2024-04-30"], "val": ["2024-05-31"], "test": []}


def test_the_manifest_freezes_the_dynamic_end(dataset):
    assert manifest(dataset)["ranges"]["test"] == ["2024-06-01", str(END)]


def test_the_statistics_are_those_of_the_training_rows(dataset):
    stats = NormStats.model_validate_json(content(dataset, "norm_stats.json"))
    values = rows(dataset, "train").select(MARKET_FEATURES).to_numpy()
    mean, std = stats.arrays()
    np.testing.assert_allclose(mean[:13], values.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(std[:13], values.std(axis=0, ddof=1), rtol=1e-12)
    assert (mean[13:].tolist(), std[13:].tolist()) == ([0, 0], [1, 1])


def noise_after(day: date, seed: int = 3) -> MarketHistory:
    """The market with nothing but noise after a day: prices, and every macro value from it on."""
    random = np.random.default_rng(seed)
    after, known = local_date() > day, pl.col("period") >= day
    close = pl.Series(random.uniform(3000.0, 5000.0, history().bars.height))
    prices = {
        name: pl.when(after).then(close + shift).otherwise(name).alias(name)
        for name, shift in (("open", 1.0), ("high", 9.0), ("low", -9.0), ("close", 0.0))
    }
    values = pl.Series(random.uniform(1.0, 200.0, history().macro.height))
    value = pl.when(known).then(values).otherwise("value")
    return MarketHistory(
        history().bars.with_columns(**prices), history().macro.with_columns(value=value)
    )


@pytest.mark.parametrize(
    ("end", "same", "other"),
    [
        (TRAINING_END, ["train.parquet", "norm_stats.json"], "val.parquet"),
        (
            date(2024, 5, 31),
            ["train.parquet", "norm_stats.json", "val.parquet"],
            "test.parquet",
        ),
    ],
)
def test_noise_after_a_splits_end_changes_no_byte_of_it(dataset, tmp_path, end, same, other):
    changed = build(tmp_path, noise_after(end))
    assert [content(changed, name) for name in same] == [content(dataset, name) for name in same]
    assert content(changed, other) != content(dataset, other)


def test_the_manifests_hashes_are_those_of_the_files(dataset):
    files = manifest(dataset)["files"]
    assert set(files) == {"train.parquet", "val.parquet", "test.parquet", "norm_stats.json"}
    for name, said in files.items():
        path = Path(dataset.dataset_path) / name
        assert (said["sha256"], said["md5"]) == (file_hash(path), file_hash(path, "md5"))
        assert said["size_bytes"] == path.stat().st_size


def test_the_dataset_hash_is_the_md5_of_train_val_test(dataset):
    together = b"".join(content(dataset, f"{name}.parquet") for name in SPLITS)
    assert dataset.dataset_hash == hashlib.md5(together).hexdigest()


def test_the_hand_off_says_what_is_on_disk(dataset):
    assert read_dataset(Path(dataset.dataset_path)) == dataset
    counted = [rows(dataset, name).height for name in SPLITS]
    assert [dataset.train_rows, dataset.val_rows, dataset.test_rows] == counted
    assert dataset.row_count == sum(counted)


def test_the_hand_off_carries_the_hashes_of_contract_and_inputs(dataset):
    assert dataset.feature_order_hash == FEATURE_ORDER_HASH
    assert dataset.feature_spec_hash == SPEC.hash()
    assert dataset.source_data_hash == history().hash()


def test_a_folder_without_a_manifest_is_no_dataset(tmp_path):
    with pytest.raises(DataQualityError, match="not a dataset"):
        read_dataset(tmp_path)


# What is published a day late stands still over Maundy Thursday and Good Friday: on Easter Monday
# the newest value is Tuesday's, six days old.
MONDAY = {"count": 1, "first": "2024-04-01", "last": "2024-04-01"}
EASTER = {"EMBI: stale": MONDAY, "COL10Y: stale": MONDAY}


def test_the_manifest_names_only_easter_monday_where_nothing_was_lost(dataset):
    assert manifest(dataset)["incomplete_sessions"] == {"count": 1, "reasons": EASTER}


# DXY was last published on Thursday 9 May and again on 21 May; its limit is five days. The 13th
# is a holiday. So the 15th to the 17th, the 20th and the 21st see a stale value.
OUTAGE = ~(
    (pl.col("series") == "DXY") & pl.col("period").is_between(date(2024, 5, 10), date(2024, 5, 20))
)


def test_the_manifest_names_incomplete_sessions_and_why(tmp_path):
    found = manifest(build(tmp_path, with_macro(OUTAGE)))["incomplete_sessions"]
    reason = {"count": 5, "first": "2024-05-15", "last": "2024-05-21"}
    assert found == {"count": 6, "reasons": {**EASTER, "DXY: stale": reason}}


def test_sessions_before_the_data_begins_are_not_called_incomplete(tmp_path):
    late = ranges("2024-03-01", "2024-03-01")
    january = pl.col("period").is_between(date(2024, 1, 10), date(2024, 1, 25))
    lost = (pl.col("series") == "EMBI") & january
    found = manifest(build(tmp_path, with_macro(~lost), ranges=late, features=SHORT))
    assert found["incomplete_sessions"]["reasons"] == EASTER


def test_incomplete_sessions_are_left_out(dataset, tmp_path):
    found = build(tmp_path, with_macro(OUTAGE))
    lost = set(sessions(dataset, "val")) - set(sessions(found, "val"))
    assert lost == {date(2024, 5, day) for day in (15, 16, 17, 20, 21)}


def test_the_rate_differential_is_that_of_the_session(dataset):
    table = MacroTable(history().macro)
    day = date(2024, 3, 20)
    number = (day - date(1970, 1, 1)).days
    local, foreign = (
        table.as_of(name, [number], staleness_days=100)[0, 0] for name in ("TPM", "FEDFUNDS")
    )
    found = rows(dataset, "train").filter(session=day)["rate_differential_pct"].unique()
    assert found.to_list() == [local - foreign]


def test_rows_without_a_rate_are_counted_and_kept(dataset, tmp_path):
    found = build(tmp_path, with_macro(pl.col("series") != "FEDFUNDS"))
    assert manifest(found)["rate_differential_fallback_rows"]["train"] == dataset.train_rows
    assert manifest(dataset)["rate_differential_fallback_rows"] == {"train": 0, "val": 0, "test": 0}


def test_without_bars_there_is_nothing_to_build(tmp_path):
    with pytest.raises(DataQualityError, match="no bars"):
        build(tmp_path, MarketHistory(history().bars[:0], history().macro))


def bar_range(dataset: L2Output) -> str:
    return manifest(dataset)["feature_spec"]["bar_range"]


def every_nth_training_bar(n: int, offset: int = 0) -> pl.Expr:
    index = pl.int_range(pl.len())
    return (index % n == offset) & (local_date() <= TRAINING_END)


@pytest.mark.parametrize(("n", "chosen"), [(10, "as_is"), (9, "close_only")])
def test_more_than_a_tenth_of_close_only_bars_makes_all_of_them_so(tmp_path, n, chosen):
    """81 sessions of 60 bars: every tenth is exactly a tenth."""
    assert bar_range(build(tmp_path, flattened(every_nth_training_bar(n)))) == chosen


def test_bars_after_training_do_not_decide_the_range(tmp_path):
    assert bar_range(build(tmp_path, flattened(local_date() > TRAINING_END))) == "as_is"


def test_a_chosen_range_is_kept_whatever_the_share(tmp_path):
    features = FeatureConfig(bar_range="as_is", zscore_window=60)
    found = build(tmp_path, flattened(pl.lit(value=True)), features=features)
    assert bar_range(found) == "as_is"


def test_the_manifest_says_why_the_range_was_chosen(tmp_path):
    found = build(tmp_path, flattened(every_nth_training_bar(5)))
    said = manifest(found)["bar_range_reason"]
    assert said == "auto; 20.0 % of the training bars are close-only"


@pytest.mark.parametrize(("key", "value"), [("zscore_window", 5), ("staleness_days", 0)])
def test_features_are_refused_when_they_are_read_not_when_they_are_built(key, value):
    """The specification's bounds hold for the experiment's file as well."""
    with pytest.raises(ValidationError, match=key):
        FeatureConfig(**{key: value})


def test_a_feature_config_knows_every_parameter_of_the_specification():
    assert set(FeatureConfig.model_fields) == set(FeatureSpec.model_fields)
    assert len(FEATURE_ORDER) == 15


def test_other_policy_rates_make_another_dataset(dataset, tmp_path):
    """They are a column of the splits, so the folder's name must tell them apart."""
    found = build(tmp_path, costs=COSTS.model_copy(update={"local_rate_series": "IBR"}))
    assert found.dataset_hash != dataset.dataset_hash
    assert Path(found.dataset_path).name != Path(dataset.dataset_path).name


def test_the_manifest_names_the_configuration_and_the_code(tmp_path):
    found = manifest(build(tmp_path, code_version="1.2.3+abcd"))
    assert found["code_version"] == "1.2.3+abcd"
    told = found["configuration"]
    assert told["date_ranges"]["test"] == {"start": "2024-06-01", "end": "dynamic"}
    assert (told["features"]["zscore_window"], told["embargo_bars"]) == (60, 48)
    assert told["quality"]["min_coverage"] == 0.5


@pytest.mark.parametrize(
    "changed",
    [
        {"code_version": "2"},
        {"embargo_bars": 61},
        {"quality": QualityThresholds(min_training_years=0.1, min_coverage=0.5)},
    ],
)
def test_what_the_manifest_says_of_its_making_tells_folders_apart(dataset, tmp_path, changed):
    assert Path(build(tmp_path, **changed).dataset_path).name != Path(dataset.dataset_path).name


def test_a_longer_embargo_is_kept(tmp_path):
    found = manifest(build(tmp_path, embargo_bars=61))
    assert found["embargoed_sessions"]["train"] == ["2024-04-29", "2024-04-30"]
    assert found["left_out"]["embargoed_rows"] == {"train": 120, "val": 120, "test": 0}


def test_an_embargo_within_the_look_back_is_refused():
    with pytest.raises(ConfigError, match="47 bars"):
        plan(embargo_bars=47)


def test_a_test_range_that_ends_on_a_date_leaves_later_bars_alone(tmp_path):
    """A fold of a walk-forward: what comes after it is no part of it."""
    fold = ranges().model_dump() | {"test": {"start": "2024-06-01", "end": "2024-06-14"}}
    found = build(tmp_path, ranges=DateRanges.model_validate(fold))
    assert sessions(found, "test")[-1] == date(2024, 6, 14)
    assert manifest(found)["left_out"]["between_ranges_rows"] == 0


def test_every_stored_bar_of_the_ranges_is_in_a_split_or_left_out(dataset):
    found = manifest(dataset)["left_out"]
    counted = found["incomplete_rows"] + sum(found["embargoed_rows"].values())
    assert counted + found["between_ranges_rows"] + dataset.row_count == history().bars.height


def test_trading_days_without_bars_are_counted(tmp_path):
    lost = pl.Series([date(2024, 3, 5), date(2024, 5, 8)]).implode()
    found = build(
        tmp_path, MarketHistory(history().bars.filter(~local_date().is_in(lost)), history().macro)
    )
    told = manifest(found)["sessions_without_bars"]
    assert told == {"count": 2, "first": "2024-03-05", "last": "2024-05-08"}


def test_every_reason_to_refuse_is_told_at_once(tmp_path):
    """Bars end in May, a macro series never moves, and the gate wants two years."""
    rate = pl.col("series").is_in(["COL10Y", "UST10Y"])
    constant = history().macro.with_columns(value=pl.when(rate).then(4.0).otherwise("value"))
    early = history().bars.filter(local_date() <= date(2024, 5, 2))
    with pytest.raises(DataQualityError) as caught:
        build(tmp_path, MarketHistory(early, constant), quality=QualityThresholds())
    assert [text.split(":")[0].split(" 2024")[0] for text in caught.value.fields["errors"]] == [
        "The val range",
        "The newest stored session is",
        "Constant over the whole training split",
        "Too few complete training rows",
    ]


def test_a_test_range_of_a_few_sessions_is_refused(tmp_path):
    """Test begins on 2024-06-04; of the bars up to the 7th four sessions are whole."""
    early = history().bars.filter(local_date() <= date(2024, 6, 7))
    with pytest.raises(DataQualityError, match="complete rows in test: 4 < 5"):
        build(tmp_path, MarketHistory(early, history().macro))
