"""Pages of live bars: closed by both clocks, of the session, possible; the rest is not stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from cambio.acquisition.feed import PAGE_SCHEMA, Page
from cambio.acquisition.live_bars import check_overlap, read_page
from cambio.errors import DataQualityError

NOW = datetime(2024, 7, 5, 14, 2, tzinfo=UTC)
"""09:02 in Bogota: the bar of 13:55 has closed, that of 14:00 is forming."""


def page(*rows, served_at=NOW, full=False):
    cells = [[str(cell) if cell is not None else None for cell in row] for row in rows]
    return Page(pl.DataFrame(cells, schema=PAGE_SCHEMA, orient="row"), served_at, full)


def row(clock, close=4000.0):
    return (f"2024-07-05 {clock}:00", close - 1, close + 2, close - 3, close)


def times(live):
    return [f"{time:%H:%M}" for time in live.bars["time"]]


def test_a_forming_bar_is_left_out():
    live = read_page(page(row("13:55"), row("14:00")), "twelvedata", NOW)
    assert times(live) == ["13:55"]
    assert live.forming == 1


def test_a_bar_is_closed_at_the_very_end_of_its_five_minutes():
    at_close = datetime(2024, 7, 5, 14, 5, tzinfo=UTC)
    assert times(read_page(page(row("14:00"), served_at=at_close), "t", at_close)) == ["14:00"]


@pytest.mark.parametrize("ahead", ["ours", "theirs"])
def test_a_clock_that_is_ahead_closes_no_bar(ahead):
    ours = NOW + timedelta(minutes=4) * (ahead == "ours")
    theirs = NOW + timedelta(minutes=4) * (ahead == "theirs")
    live = read_page(page(row("13:55"), row("14:00"), served_at=theirs), "t", ours)
    assert times(live) == ["13:55"]


def test_without_the_providers_clock_ours_may_be_90_seconds_ahead():
    ours = datetime(2024, 7, 5, 14, 5, tzinfo=UTC) + timedelta(seconds=89)
    assert times(read_page(page(row("14:00"), served_at=None), "t", ours)) == []
    later = ours + timedelta(seconds=31)
    assert times(read_page(page(row("14:00"), served_at=None), "t", later)) == ["14:00"]


def test_the_night_is_neither_stored_nor_refused():
    rows = [
        row("03:00"),
        row("08:30"),
        row("12:55"),
        row("13:00"),
        ("2024-07-06 13:00:00", *row("")[1:]),
    ]
    live = read_page(page(*rows), "t", NOW + timedelta(days=3))
    assert times(live) == ["13:00"]
    assert live.refused == []


def test_reordered_and_repeated_rows_are_one_bar_each():
    live = read_page(page(row("13:05"), row("13:00"), row("13:05")), "t", NOW)
    assert times(live) == ["13:00", "13:05"]
    assert live.refused == []


def test_of_two_values_for_one_bar_neither_is_believed():
    live = read_page(page(row("13:05"), row("13:05", 4100.0), row("13:10")), "t", NOW)
    assert times(live) == ["13:10"]
    assert [refusal.reason for refusal in live.refused] == ["conflicting_duplicate"] * 2


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("2024-07-05 13:05:00", "4000", "3990", "4000", "4000"), "high_below_low"),
        (("2024-07-05 13:05:00", "4000", None, "4000", "4000"), "missing_price"),
        (("2024-07-05 13:05:00", "4000", "4,001", "4000", "4000"), "not_a_number"),
        (("2024-07-05 13:05:00", "40", "41", "39", "40"), "implausible"),
        (("2024-07-05 13:07:00", "4000", "4001", "3999", "4000"), "off_grid"),
        (("yesterday", "4000", "4001", "3999", "4000"), "unreadable_time"),
    ],
)
def test_an_impossible_row_is_refused_and_the_others_stay(cells, reason):
    live = read_page(page(row("13:00"), cells), "t", NOW)
    assert times(live) == ["13:00"]
    assert [refusal.reason for refusal in live.refused] == [reason]


def test_a_forming_bar_that_is_impossible_is_not_refused_yet():
    forming = ("2024-07-05 14:00:00", "4000", "3990", "4000", "4000")
    assert read_page(page(forming), "t", NOW).refused == []


@pytest.mark.parametrize("zone", ["America/New_York", "America/Bogota"])
def test_times_on_another_clock_are_refused_whole(zone):
    opens = [datetime(2024, 7, 5, 13, tzinfo=UTC) + timedelta(minutes=5 * n) for n in range(60)]
    clocks = [time.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S") for time in opens]
    rows = [(clock, *row("")[1:]) for clock in clocks]
    with pytest.raises(DataQualityError, match=zone):
        read_page(page(*rows, served_at=None), "t", NOW + timedelta(days=1))


def test_a_provider_that_quotes_around_the_clock_is_on_the_right_one():
    night = [datetime(2024, 7, 4, 18, tzinfo=UTC) + timedelta(minutes=5 * n) for n in range(230)]
    rows = [(time.strftime("%Y-%m-%d %H:%M:%S"), *row("")[1:]) for time in night]
    live = read_page(page(*rows, served_at=None), "t", NOW + timedelta(days=1))
    assert times(live) == ["13:00", "13:05"]


@pytest.mark.parametrize("clock", ["08/07/2024 13:05", "1720443900", "2024-07-05"])
def test_a_page_whose_times_cannot_be_read_is_refused_whole(clock):
    rows = [(clock, *row("")[1:])] * 2
    with pytest.raises(DataQualityError, match=clock):
        read_page(page(row("13:00"), *rows), "t", NOW)


@pytest.mark.parametrize("offset", ["-05:00", "-0500", "+05:30", "+00:30"])
def test_a_time_with_another_offset_is_not_read_as_utc(offset):
    told = (f"2024-07-05 13:05:00{offset}", *row("")[1:])
    live = read_page(page(row("13:00"), told, row("13:10")), "t", NOW)
    assert times(live) == ["13:00", "13:10"]
    assert (live.unreadable, [r.reason for r in live.refused]) == (1, ["unreadable_time"])


@pytest.mark.parametrize("offset", ["Z", "+00:00", " UTC"])
def test_a_time_that_says_it_is_utc_is(offset):
    told = (f"2024-07-05 13:05:00{offset}", *row("")[1:])
    assert times(read_page(page(row("13:00"), told), "t", NOW)) == ["13:00", "13:05"]


def test_an_empty_page_holds_nothing():
    live = read_page(page(), "t", NOW)
    assert live.bars.is_empty()
    assert live.served.is_empty()


WALK = 4000.0 * np.exp(np.random.default_rng(5).normal(0, 1e-3, 80).cumsum())
"""80 closes, 10 bp a bar: from 12:00 UTC on, of which the session's begin with the thirteenth."""


def bars(count, factor=1.0, lag=0):
    rows = [
        row(f"{13 + n // 12}:{5 * (n % 12):02d}", WALK[12 + n - lag] * factor) for n in range(count)
    ]
    later = NOW + timedelta(days=1)
    return read_page(page(*rows, served_at=later), "t", later).bars


def test_a_page_of_another_market_is_refused_whole():
    with pytest.raises(DataQualityError, match=r"21 bp.*no other hour"):
        check_overlap(bars(60, factor=1.0021), bars(60), "t")


@pytest.mark.parametrize(("lag", "minutes"), [(1, "-5"), (12, "-60")])
def test_a_page_on_another_clock_is_refused_whole(lag, minutes):
    with pytest.raises(DataQualityError, match=f"{minutes} minutes"):
        check_overlap(bars(60, lag=lag), bars(60), "t")


def test_few_revised_bars_are_no_other_market():
    mixed = pl.concat([bars(30, factor=1.01).head(14), bars(30).tail(16)])
    check_overlap(mixed, bars(30), "t")


def test_a_source_that_quotes_a_little_higher_is_no_other_market():
    check_overlap(bars(60, factor=1.0005), bars(60), "t")


def test_too_little_overlap_judges_nothing():
    check_overlap(bars(30, factor=1.01), bars(19), "t")
