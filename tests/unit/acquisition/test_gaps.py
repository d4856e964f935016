"""Gaps: expected minus present, bar by bar, and few requests for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cambio.acquisition.gaps import BAR, gaps, missing_bars, requests
from cambio.calendar import expected_bars

NONE = np.empty(0, "datetime64[us]")
WEDNESDAY, FRIDAY, MONDAY = date(2024, 7, 3), date(2024, 7, 5), date(2024, 7, 8)
"""The Thursday between is a US holiday."""
LATER = datetime(2024, 8, 1, tzinfo=UTC)


def test_everything_is_missing_where_nothing_is_stored():
    assert len(missing_bars(WEDNESDAY, MONDAY, LATER, NONE)) == 3 * 60


def test_a_stored_bar_is_not_missing():
    one = expected_bars(WEDNESDAY, WEDNESDAY)[[7]]
    missing = missing_bars(WEDNESDAY, WEDNESDAY, LATER, one)
    assert len(missing) == 59
    assert one[0] not in missing


def test_bars_on_holidays_and_outside_the_session_are_not_expected():
    strange = np.array(["2024-07-04T13:00", "2024-07-03T12:55", "2024-07-03T18:00"], "M8[us]")
    assert len(missing_bars(WEDNESDAY, FRIDAY, LATER, strange)) == 120


def test_a_bar_is_expected_from_its_close_on():
    close = datetime(2024, 7, 5, 13, 5, tzinfo=UTC)
    assert len(missing_bars(FRIDAY, FRIDAY, close - timedelta(microseconds=1), NONE)) == 0
    assert len(missing_bars(FRIDAY, FRIDAY, close, NONE)) == 1


def test_a_gap_runs_over_night_weekend_and_holiday():
    missing = missing_bars(WEDNESDAY, MONDAY, LATER, NONE)
    (gap,) = gaps(missing)
    assert gap.bars == 180
    assert f"{gap.first} {gap.last}" == "2024-07-03 13:00:00 2024-07-08 17:55:00"


def test_one_bar_that_is_there_parts_two_gaps():
    there = expected_bars(FRIDAY, FRIDAY)[[1]]
    found = gaps(missing_bars(WEDNESDAY, FRIDAY, LATER, there))
    assert [(gap.bars, str(gap.last)) for gap in found] == [
        (61, "2024-07-05 13:00:00"),
        (58, "2024-07-05 17:55:00"),
    ]


def test_no_bar_missing_is_no_gap():
    assert gaps(NONE) == []
    assert requests(NONE, 5000) == []


def test_a_request_spans_the_sessions_of_one_page():
    missing = missing_bars(date(2023, 1, 1), date(2023, 12, 31), LATER, NONE)
    groups = requests(missing, 720)  # twelve sessions, of which two are its neighbours
    assert all(len(group) == 600 for group in groups[:-1])
    assert np.array_equal(np.concatenate(groups), missing)


def test_gaps_that_lie_far_apart_are_asked_for_separately():
    missing = np.concatenate(
        [
            expected_bars(WEDNESDAY, WEDNESDAY)[[3]],
            expected_bars(date(2024, 12, 3), date(2024, 12, 3))[[3]],
        ]
    )
    assert [len(group) for group in requests(missing, 5000)] == [1, 1]
    assert [len(group) for group in requests(missing, 60 * 500)] == [2]


@given(st.sets(st.integers(0, 20 * 60 - 1)), st.integers(1, 400))
def test_gaps_and_requests_hold_each_missing_bar_once(places, page_bars):
    expected = expected_bars(date(2024, 1, 2), date(2024, 3, 1))
    missing = expected[sorted(places)] if places else NONE
    groups = requests(missing, page_bars)
    assert sum(gap.bars for gap in gaps(missing)) == len(missing)
    assert np.array_equal(np.concatenate([NONE, *groups]), missing)
    for group in groups:
        within = (expected >= group[0]) & (expected <= group[-1])
        assert within.sum() <= max(page_bars, 60)


def test_a_gap_is_counted_in_expected_bars_not_in_minutes():
    day = expected_bars(FRIDAY, MONDAY)
    (gap,) = gaps(day[58:62])
    assert gap.bars == 4
    assert np.datetime64(gap.last) - np.datetime64(gap.first) > 4 * BAR
