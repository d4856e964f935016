"""The observation: normalised once, clipped, and never built from what is missing."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from pydantic import ValidationError
from tests.models import stats_for

from cambio.calendar import BOGOTA
from cambio.contracts.features import FEATURE_ORDER, MARKET_FEATURES, validate_observation
from cambio.contracts.lineage import hash_of
from cambio.errors import DataQualityError
from cambio.features.spec import FeatureSpec
from cambio.trading.observation import (
    NormStats,
    ObservationBuilder,
    distances,
    time_normalized,
)

NOON = int(datetime(2024, 7, 8, 12, 30, tzinfo=BOGOTA).timestamp())


def stats(**changed: dict[str, float]) -> NormStats:
    """Mean i and standard deviation i + 1 for feature i; identity for the two of the state."""
    document = stats_for(FeatureSpec()).model_dump()
    for i, name in enumerate(MARKET_FEATURES):
        document["features"][name] |= {"mean": float(i), "std": float(i + 1)}
    for name, values in changed.items():
        document["features"][name] |= values
    return NormStats(**document)


def build(features: np.ndarray, position: int = 0) -> np.ndarray | None:
    return ObservationBuilder(stats()).build(features, position, NOON)


def test_a_market_feature_is_measured_in_training_deviations():
    """x = mean + 2 std everywhere."""
    features = np.arange(13.0) + 2.0 * np.arange(1.0, 14.0)
    assert build(features)[:13].tolist() == [2.0] * 13


@pytest.mark.parametrize(("deviations", "seen"), [(9.5, 9.5), (10.5, 10.0), (-1e300, -10.0)])
def test_market_features_are_clipped_at_ten_deviations(deviations, seen):
    features = np.zeros(13)
    features[0] = deviations
    assert build(features)[0] == seen


@pytest.mark.parametrize("position", [-1, 0, 1])
def test_the_position_enters_as_it_is(position):
    assert build(np.zeros(13), position)[13] == position


def test_the_time_enters_as_it_is():
    assert build(np.zeros(13))[14] == 0.5


def test_state_features_are_not_normalised_whatever_the_statistics_say():
    other = {"mean": 7.0, "std": 3.0}
    builder = ObservationBuilder(stats(position=other, time_normalized=other))
    found = builder.build(np.zeros(13), 1, NOON)
    assert found[13:].tolist() == [1.0, 0.5]


@pytest.mark.parametrize("index", range(13))
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_missing_feature_leaves_no_observation(index, value):
    features = np.zeros(13)
    features[index] = value
    assert build(features) is None


def test_the_observation_keeps_the_contract():
    assert validate_observation(build(np.random.default_rng(1).normal(0, 50, 13), -1))


def test_each_observation_is_its_own_array():
    """A stored one must not change under its owner."""
    builder = ObservationBuilder(stats())
    first = builder.build(np.zeros(13), 0, NOON)
    kept = first.copy()
    builder.build(np.ones(13), 1, NOON)
    assert np.array_equal(first, kept)


@pytest.mark.parametrize(("hour", "minute"), [(8, 0), (8, 55), (12, 0), (12, 55), (0, 0), (23, 59)])
def test_the_time_is_the_hour_of_the_open_in_bogota(hour, minute):
    moment = datetime(2024, 7, 8, hour, minute, tzinfo=BOGOTA)
    assert time_normalized(int(moment.timestamp())) == hour / 24


@pytest.mark.parametrize("day", [date(2024, 1, 8), date(2024, 7, 8)])
def test_the_time_knows_no_daylight_saving(day):
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=BOGOTA)
    assert time_normalized(int(moment.timestamp())) == 9 / 24


def test_rows_for_environments_equal_single_observations_to_the_bit():
    features = np.random.default_rng(2).normal(0, 40, (200, 13))
    builder = ObservationBuilder(stats())
    single = np.array([builder.build(row, 0, NOON)[:13] for row in features])
    assert np.array_equal(builder.market_rows(features), single)


def test_statistics_come_in_the_contracts_order_not_the_files():
    document = stats().model_dump()
    document["features"] = dict(reversed(document["features"].items()))
    mean, std = NormStats(**document).arrays()
    assert (mean[:13].tolist(), std[:13].tolist()) == (
        np.arange(13.0).tolist(),
        np.arange(1.0, 14.0).tolist(),
    )


@pytest.mark.parametrize("name", FEATURE_ORDER)
def test_a_missing_entry_is_named(name):
    document = stats().model_dump()
    del document["features"][name]
    with pytest.raises(DataQualityError, match=name):
        NormStats(**document).arrays()


@pytest.mark.parametrize("std", [0.0, -1.0])
def test_an_entry_that_cannot_scale_is_named(std):
    with pytest.raises(DataQualityError, match="vix_z"):
        stats(vix_z={"std": std}).arrays()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_statistics_that_are_not_finite_are_refused(value):
    with pytest.raises(ValidationError, match="finite"):
        stats(vix_z={"mean": value})


@pytest.mark.parametrize("key", ["mean", "std", "min", "max", "count"])
def test_the_hash_covers_every_figure(key):
    value = 3 if key == "count" else 3.25
    assert stats(vix_z={key: value}).hash() != stats().hash()


def test_statistics_without_the_guards_limit_keep_the_hash_that_they_had():
    """Models of before there was a guard carry it."""
    document = stats().model_dump()
    assert document.pop("distance_p999") is None
    assert stats().hash() == hash_of(document)


def test_the_hash_covers_the_guards_limit():
    assert guarded(3.0).hash() != guarded(3.5).hash() != stats().hash()


def guarded(limit: float | None) -> NormStats:
    return NormStats(**{**stats().model_dump(), "distance_p999": limit})


def strange(deviations: list[float], limit: float | None = None) -> bool:
    """The guard's answer to an observation that lies so far from the middle of training."""
    far = np.zeros(13)
    far[: len(deviations)] = deviations
    features = np.arange(13.0) + far * np.arange(1.0, 14.0)
    return ObservationBuilder(guarded(limit)).observe(features, 1, NOON)[1]


def test_the_distance_is_the_root_mean_square_in_training_deviations():
    """sqrt((3² + 4²) / 13)."""
    mean, std = stats().arrays()
    rows = np.array([np.arange(13.0), np.arange(13.0)])
    rows[1, 4] -= 3.0 * 5.0
    rows[1, 12] += 4.0 * 13.0
    assert distances(rows, mean, std).tolist() == [0.0, pytest.approx(5.0 / 13**0.5)]


@pytest.mark.parametrize(("limit", "out"), [(1.39, False), (1.38, True)])
def test_beyond_the_limit_an_observation_is_out_of_the_training_distribution(limit, out):
    """5 / sqrt(13) = 1.387."""
    assert strange([3.0, -4.0], limit) is out


def test_the_distance_is_taken_before_the_clip():
    """40 / sqrt(13) = 11.1; clipped it would be 2.8."""
    assert strange([40.0], 11.0)


@pytest.mark.parametrize(
    ("deviations", "out"),
    [([-12.0], False), ([12.0, -9.9], False), ([12.0, -10.0], True), ([1e300, 1e300], True)],
)
def test_two_features_at_the_clip_are_too_many(deviations, out):
    """Whether or not the statistics hold a limit of the distance."""
    assert strange(deviations) is strange(deviations, 1e200) is out


def test_the_state_is_never_out_of_distribution():
    far = {"mean": 1e6, "std": 1e-6}
    builder = ObservationBuilder(stats(position=far, time_normalized=far))
    assert builder.observe(np.zeros(13), 1, NOON)[1] is False


def test_a_missing_feature_is_missing_not_strange():
    features = np.full(13, 1e6)
    features[12] = np.nan
    assert ObservationBuilder(guarded(1.0)).observe(features, 0, NOON) == (None, False)
