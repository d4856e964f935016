"""The as-of join, rule by rule: nothing is seen before it was published, or too long after."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.features.releases import (
    Release,
    ask,
    at,
    frame,
    naive_as_of,
    number,
    same_evening,
    table,
    weekdays,
)

from cambio.features.macro import CHANGE, LEVEL, ZSCORE, MacroTable
from cambio.features.spec import FeatureSpec

seeded = settings(derandomize=True, deadline=None)
FRIDAY, SATURDAY, SUNDAY, MONDAY, TUESDAY, WEDNESDAY = (
    date(2024, 7, 5) + timedelta(days=n) for n in range(6)
)
WINDOW = 20


def level(releases: list[Release], day: date, **options) -> float:
    return ask(releases, day, **options)[LEVEL]


def test_todays_macro_is_invisible_today():
    """Even when it is known before the open, as a rate fixed at midnight is."""
    releases = [same_evening(MONDAY, 1.0), Release(TUESDAY, 2.0, at(TUESDAY, 5))]
    assert level(releases, TUESDAY) == 1.0


def test_monday_sees_friday():
    assert level([same_evening(FRIDAY, 1.0)], MONDAY) == 1.0


@pytest.mark.parametrize("weekend", [SATURDAY, SUNDAY])
def test_monday_does_not_see_the_weekend(weekend):
    assert level([same_evening(FRIDAY, 1.0), same_evening(weekend, 2.0)], MONDAY) == 1.0


def test_tuesday_sees_monday_rather_than_the_weekend():
    days = [FRIDAY, SATURDAY, SUNDAY, MONDAY]
    assert level([same_evening(d, float(d.day)) for d in days], TUESDAY) == MONDAY.day


@pytest.mark.parametrize(("second", "expected"), [(-1, 2.0), (0, 1.0), (1, 1.0)])
def test_a_value_is_seen_only_if_it_was_known_before_the_open(second, expected):
    known = at(TUESDAY, 13) + timedelta(seconds=second)
    assert level([same_evening(FRIDAY, 1.0), Release(MONDAY, 2.0, known)], TUESDAY) == expected


def test_a_value_that_comes_two_days_late_is_seen_two_days_late():
    releases = [same_evening(FRIDAY, 1.0), Release(MONDAY, 2.0, at(TUESDAY, 21))]
    assert [level(releases, day) for day in (TUESDAY, WEDNESDAY)] == [1.0, 2.0]


def test_a_late_value_does_not_hide_a_newer_one():
    releases = [Release(FRIDAY, 1.0, at(TUESDAY, 5)), same_evening(MONDAY, 2.0)]
    assert ask(releases, TUESDAY)[:2].tolist() == [2.0, 1.0]


@pytest.mark.parametrize(("age", "seen"), [(5, True), (6, False)])
def test_a_value_older_than_the_limit_is_missing(age, seen):
    """In calendar days between the period and the session."""
    found = level([same_evening(WEDNESDAY - timedelta(days=age), 1.0)], WEDNESDAY)
    assert np.isfinite(found) == seen


def test_a_stale_value_leaves_neither_change_nor_score():
    releases = [same_evening(day, 1.0 + day.day) for day in weekdays(FRIDAY, 25)]
    found = ask(releases, FRIDAY + timedelta(days=10), window=WINDOW)
    assert np.isnan(found).all()


def test_the_old_revision_is_seen_until_the_new_one_is_known():
    releases = [same_evening(FRIDAY, 1.0), Release(FRIDAY, 9.0, at(MONDAY, 15))]
    assert [level(releases, day) for day in (MONDAY, TUESDAY)] == [1.0, 9.0]


def test_a_revision_is_no_release_of_its_own():
    releases = [
        same_evening(FRIDAY, 2.0),
        same_evening(MONDAY, 3.0),
        Release(MONDAY, 4.0, at(TUESDAY, 5)),
    ]
    assert ask(releases, TUESDAY)[CHANGE] == (4.0 - 2.0) / 2.0


def test_of_two_values_known_at_once_the_one_stored_last_is_seen():
    """A correction before the catalogue's lag is over carries the same `available_at`."""
    days = weekdays(MONDAY, 300)
    mixed = np.random.default_rng(1).permutation(days).tolist()
    releases = [same_evening(day, value) for value in (1.0, 2.0) for day in mixed]
    numbers = [number(day) for day in [*days[1:], TUESDAY]]
    found = table(releases).as_of("DXY", numbers, staleness_days=5)[:, LEVEL]
    assert set(found.tolist()) == {2.0}


def test_the_change_is_between_releases_not_days():
    """Over a holiday without a value the last two values count."""
    releases = [same_evening(date(2024, 7, 2), 100.0), same_evening(FRIDAY, 103.0)]
    assert ask(releases, MONDAY)[CHANGE] == pytest.approx(0.03)


def test_the_change_from_zero_is_missing():
    found = ask([same_evening(FRIDAY, 0.0), same_evening(MONDAY, 1.0)], TUESDAY)
    assert np.isnan(found[CHANGE])


def test_one_release_has_a_level_but_no_change():
    found = ask([same_evening(MONDAY, 1.0)], TUESDAY)
    assert np.isnan(found).tolist() == [False, True, True]


def test_a_series_that_was_never_stored_is_missing():
    assert np.isnan(table([]).as_of("DXY", [number(MONDAY)], staleness_days=5)).all()


@pytest.mark.parametrize("ddof", [0, 1])
def test_the_score_is_over_exactly_the_window(ddof):
    days = weekdays(MONDAY, WINDOW + 5)
    values = np.random.default_rng(1).normal(100, 3, len(days))
    releases = [same_evening(d, v) for d, v in zip(days, values, strict=True)]
    last = values[-WINDOW:]
    found = ask(releases, TUESDAY, window=WINDOW, ddof=ddof)[ZSCORE]
    assert found == pytest.approx((last[-1] - last.mean()) / last.std(ddof=ddof), abs=1e-9)


@pytest.mark.parametrize(("count", "scored"), [(WINDOW - 1, False), (WINDOW, True)])
def test_the_score_needs_a_whole_window(count, scored):
    releases = [same_evening(d, float(d.day)) for d in weekdays(MONDAY, count)]
    assert np.isfinite(ask(releases, TUESDAY, window=WINDOW)[ZSCORE]) == scored


@pytest.mark.parametrize("value", [0.1, 5.3, 103.2, 300.3])
def test_a_series_that_stands_still_has_no_score(value):
    """Its spread is zero but for rounding, which must not be divided by."""
    releases = [same_evening(day, value) for day in weekdays(MONDAY, WINDOW)]
    assert np.isnan(ask(releases, TUESDAY, window=WINDOW)[ZSCORE])


seeds = st.integers(0, 2**32 - 1)


def random_history(seed: int) -> list[Release]:
    """Ten weeks of values with gaps, lags of up to eight days, and revisions."""
    rng = np.random.default_rng(seed)
    releases = []
    for n in range(70):
        period = FRIDAY + timedelta(days=n)
        for revision in range(rng.choice([0, 1, 1, 1, 2, 3])):
            hours = int(rng.choice([-3, 13, 14, 21, 24 * 8]) * rng.random() + rng.integers(24))
            known = at(period) + timedelta(hours=hours, minutes=revision)
            releases.append(Release(period, rng.normal(100, 5), known))
    rng.shuffle(releases)
    return releases


@seeded
@given(seeds, st.sampled_from([1, 3, 5]), st.integers(2, 9), st.sampled_from([0, 1]))
def test_the_join_equals_the_naive_one(seed, staleness, window, ddof):
    releases = random_history(seed)
    days = [FRIDAY + timedelta(days=n) for n in range(-3, 80)]
    options = {"staleness_days": staleness, "window": window, "ddof": ddof}
    found = table(releases).as_of("DXY", [number(day) for day in days], **options)
    expected = [naive_as_of(releases, day, staleness, window, ddof) for day in days]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, equal_nan=True)


@seeded
@given(seeds, st.integers(0, 75))
def test_what_is_published_from_the_open_on_changes_nothing(seed, n):
    releases, day = random_history(seed), FRIDAY + timedelta(days=n)
    before = [r for r in releases if r.available_at < at(day, 13)]
    found = [ask(known, day, window=5).tolist() for known in (releases, before)]
    assert np.array_equal(*found, equal_nan=True)


def all_series(count: int = 25) -> list[Release]:
    """Each feature's series; the values differ by series and by day."""
    scales = {"DXY": 1, "VIX": 2, "EMBI": 3, "BRENT": 4, "COL10Y": 5, "UST10Y": 6, "USDMXN": 7}
    rng = np.random.default_rng(5)
    return [
        same_evening(day, scale * (10 + rng.random()), series)
        for series, scale in scales.items()
        for day in weekdays(MONDAY, count)
    ]


def test_the_seven_features_come_in_the_contracts_order():
    releases = all_series()
    spec = FeatureSpec(zscore_window=WINDOW)
    by_series = {
        name: table(releases).as_of(name, [number(TUESDAY)], staleness_days=5, window=WINDOW)[0]
        for name in ("DXY", "VIX", "EMBI", "BRENT", "COL10Y", "UST10Y", "USDMXN")
    }
    expected = [
        by_series["DXY"][ZSCORE],
        by_series["DXY"][CHANGE],
        by_series["VIX"][ZSCORE],
        by_series["EMBI"][ZSCORE],
        by_series["BRENT"][CHANGE],
        by_series["COL10Y"][LEVEL] - by_series["UST10Y"][LEVEL],
        by_series["USDMXN"][CHANGE],
    ]
    assert table(releases).features([number(TUESDAY)], spec)[0].tolist() == expected


@pytest.mark.parametrize(
    ("parameter", "value"), [("zscore_window", 21), ("zscore_ddof", 0), ("staleness_days", 1)]
)
def test_every_parameter_of_the_specification_reaches_the_join(parameter, value):
    days = [number(day) for day in (TUESDAY, WEDNESDAY)]
    spec = FeatureSpec(zscore_window=WINDOW)
    other = spec.model_copy(update={parameter: value})
    found = table(all_series()).features(days, spec), table(all_series()).features(days, other)
    assert not np.array_equal(*found, equal_nan=True)


def test_the_spread_is_missing_when_either_rate_is():
    releases = [r for r in all_series() if r.series != "UST10Y"]
    found = table(releases).features([number(TUESDAY)], FeatureSpec(zscore_window=WINDOW))[0]
    assert np.flatnonzero(np.isnan(found)).tolist() == [5]


def test_the_order_of_rows_does_not_matter():
    ordered = frame(all_series())
    shuffled = ordered.sample(fraction=1.0, shuffle=True, seed=2)
    spec = FeatureSpec(zscore_window=WINDOW)
    found = [MacroTable(rows).features([number(TUESDAY)], spec) for rows in (ordered, shuffled)]
    assert np.array_equal(*found)


def reasons(releases: list[Release], day: date = TUESDAY) -> dict[str, str]:
    return table(releases).missing(number(day), FeatureSpec(zscore_window=WINDOW))


def without(series: str) -> list[Release]:
    return [release for release in all_series() if release.series != series]


def test_nothing_is_said_when_nothing_is_missing():
    assert reasons(all_series()) == {}


def test_a_series_without_any_value_is_named():
    assert reasons(without("EMBI")) == {"EMBI": "no value yet"}


def test_a_stale_series_is_named():
    old = Release(MONDAY - timedelta(days=9), 5.0, at(FRIDAY), "EMBI")
    assert reasons([*without("EMBI"), old]) == {"EMBI": "stale"}


def test_a_series_with_too_short_a_history_is_named():
    short = [same_evening(day, 1.0 + day.day, "VIX") for day in weekdays(MONDAY, WINDOW - 1)]
    assert reasons([*without("VIX"), *short]) == {"VIX": "fewer than 20 releases"}


def test_revisions_do_not_make_a_history_longer():
    days = weekdays(MONDAY, WINDOW - 1)
    short = [same_evening(day, 1.0 + day.day, "VIX") for day in days]
    revised = Release(days[0], 9.0, at(days[1]), "VIX")
    assert reasons([*without("VIX"), *short, revised]) == {"VIX": "fewer than 20 releases"}


def test_a_series_that_stands_still_is_named():
    still = [same_evening(day, 15.3, "VIX") for day in weekdays(MONDAY, WINDOW)]
    assert reasons([*without("VIX"), *still]) == {"VIX": "constant over 20 releases"}


@pytest.mark.parametrize("series", ["COL10Y", "UST10Y"])
def test_a_rate_needs_no_history(series):
    """`rate_spread` takes the newest level: one release leaves nothing empty."""
    releases = [*without(series), same_evening(MONDAY, 5.0, series)]
    spec = FeatureSpec(zscore_window=WINDOW)
    assert np.isfinite(table(releases).features([number(TUESDAY)], spec)).all()
    assert reasons(releases) == {}


def test_a_change_needs_two_releases_not_a_window():
    releases = [*without("BRENT"), same_evening(MONDAY, 80.0, "BRENT")]
    assert reasons(releases) == {"BRENT": "fewer than 2 releases"}
