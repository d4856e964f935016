"""The session's calendar, at its edges and against the time-zone database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from cambio.calendar import (
    BAR_S,
    BARS_PER_SESSION,
    BOGOTA,
    BOGOTA_OFFSET_S,
    expected_bars,
    in_session,
    is_holiday,
    is_trading_day,
    local_seconds,
    previous_business_day,
    previous_business_days,
    session_days,
    session_open,
    sessions_per_year,
    trading_days,
)

MONDAY = date(2024, 7, 8)
EPOCH = date(1970, 1, 1)


def epoch(day: date, clock: str) -> int:
    """UTC epoch seconds of a clock reading in Bogota."""
    return int(datetime.combine(day, time.fromisoformat(clock), BOGOTA).timestamp())


def days_of(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def test_bogota_keeps_its_offset_from_1994_to_2040():
    moments = (datetime(d.year, d.month, d.day, 6, tzinfo=UTC) for d in _daily(1994, 2040))
    offsets = {moment.astimezone(BOGOTA).utcoffset() for moment in moments}
    assert offsets == {timedelta(seconds=BOGOTA_OFFSET_S)}


def _daily(first: int, last: int) -> list[date]:
    return days_of(date(first, 1, 1), date(last, 12, 31))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2024-01-01", "New Year, both"),
        ("2024-01-08", "Epiphany, moved to Monday, Colombia"),
        ("2024-01-15", "Martin Luther King, United States"),
        ("2024-03-28", "Maundy Thursday, Colombia"),
        ("2024-03-29", "Good Friday, both"),
        ("2024-07-04", "Independence, United States"),
        ("2024-08-07", "Boyacá, Colombia"),
        ("2024-11-28", "Thanksgiving, United States"),
        ("2021-12-24", "Christmas on a Saturday, observed on the NYSE"),
        ("2023-01-02", "New Year on a Sunday, observed on the NYSE"),
    ],
)
def test_no_session_is_expected_on_a_holiday_of_either_country(day, name):
    assert not is_trading_day(date.fromisoformat(day)), name


@pytest.mark.parametrize("day", ["2024-07-06", "2024-07-07"])
def test_no_session_is_expected_on_a_weekend(day):
    assert not is_trading_day(date.fromisoformat(day))


def test_a_plain_weekday_is_a_trading_day():
    assert is_trading_day(MONDAY)
    assert not is_holiday(MONDAY)


def test_trading_days_hold_both_ends_and_skip_what_lies_between():
    found = trading_days(date(2024, 3, 27), date(2024, 4, 1))
    assert found == [date(2024, 3, 27), date(2024, 4, 1)]


def test_a_range_that_ends_before_it_starts_holds_no_trading_day():
    assert trading_days(date(2024, 7, 9), date(2024, 7, 8)) == []


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2024-07-08", "2024-07-05"),  # Monday sees Friday
        ("2024-07-09", "2024-07-08"),
        ("2024-07-10", "2024-07-09"),
        ("2024-07-11", "2024-07-10"),
        ("2024-07-12", "2024-07-11"),
        ("2024-07-13", "2024-07-12"),  # Saturday
        ("2024-07-14", "2024-07-12"),  # Sunday
    ],
)
def test_the_previous_business_day_of_each_weekday(day, before):
    assert previous_business_day(date.fromisoformat(day)) == date.fromisoformat(before)


def test_the_previous_business_day_does_not_skip_holidays():
    """T-1 of macro data is the last weekday: Colombia rests on days when New York publishes."""
    assert previous_business_day(date(2024, 7, 5)) == date(2024, 7, 4)


@pytest.mark.parametrize("day", ["2024-03-08", "2024-03-11", "2024-11-01", "2024-11-05"])
def test_the_session_opens_at_13_utc_whatever_new_york_does(day):
    found = session_open(date.fromisoformat(day))
    assert found == datetime.combine(date.fromisoformat(day), time(13), UTC)


def test_expected_bars_run_from_0800_to_1255_local():
    bars = expected_bars(MONDAY, MONDAY)
    assert bars[0] == np.datetime64("2024-07-08T13:00")
    assert bars[-1] == np.datetime64("2024-07-08T17:55")
    assert len(bars) == BARS_PER_SESSION


def test_expected_bars_are_the_grid_of_the_trading_days_and_nothing_else():
    start, end = date(2024, 6, 27), date(2024, 7, 9)
    seconds = expected_bars(start, end).astype("datetime64[s]").astype(np.int64)
    naive = [
        int(session_open(day).timestamp()) + BAR_S * k
        for day in days_of(start, end)
        if is_trading_day(day)
        for k in range(60)
    ]
    assert seconds.tolist() == naive


def test_every_expected_bar_is_in_session():
    bars = expected_bars(date(2023, 12, 1), date(2024, 3, 31))
    assert in_session(bars.astype("datetime64[s]").astype(np.int64)).all()


def test_a_holiday_expects_no_bars():
    assert len(expected_bars(date(2024, 7, 4), date(2024, 7, 4))) == 0


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("07:55:00", False),
        ("07:59:59", False),
        ("08:00:00", True),
        ("08:00:01", False),
        ("08:02:00", False),
        ("08:05:00", True),
        ("12:55:00", True),
        ("12:59:59", False),
        ("13:00:00", False),
        ("18:00:00", False),  # 08:00-12:55 UTC stored as if it were local
        ("03:00:00", False),
    ],
)
def test_in_session_at_the_edges(clock, expected):
    assert in_session(np.array([epoch(MONDAY, clock)]))[0] == expected


@pytest.mark.parametrize("clock", ["00:00:00", "08:00:00", "12:55:00", "18:59:59", "23:59:59"])
def test_a_moment_belongs_to_its_date_in_bogota(clock):
    """From 19:00 local on the UTC date is a day ahead."""
    found = session_days(np.array([epoch(MONDAY, clock)]))[0]
    assert date(1970, 1, 1) + timedelta(days=int(found)) == MONDAY


def test_local_seconds_start_at_bogotas_midnight():
    moments = np.array([epoch(MONDAY, clock) for clock in ("00:00", "08:00", "23:59")])
    assert local_seconds(moments).tolist() == [0, 28_800, 86_340]


def test_sessions_per_year_average_whole_calendar_years():
    counts = [len(trading_days(date(y, 1, 1), date(y, 12, 31))) for y in (2023, 2024)]
    assert sessions_per_year(date(2023, 12, 30), date(2024, 1, 2)) == sum(counts) / 2


def test_the_previous_business_days_of_many_dates_are_those_of_each():
    days = np.arange(-800, 25_000)
    each = [(previous_business_day(EPOCH + timedelta(days=int(d))) - EPOCH).days for d in days]
    assert previous_business_days(days).tolist() == each
