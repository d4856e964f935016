"""Date ranges as they are configured, and the splits they make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA, DateRange, MarketHistory
from cambio.dataset.splits import DateRanges, empty_ranges, newest_session, split
from cambio.errors import DataQualityError
from cambio.features.kernels import LONGEST_LOOKBACK

seeded = settings(derandomize=True, deadline=None)
VALID: dict[str, Any] = {
    "data": {"start": "2024-01-01"},
    "training": {"start": "2024-01-01", "end": "2024-01-12"},
    "validation": {"start": "2024-01-15", "end": "2024-01-19"},
    "test": {"start": "2024-01-22", "end": "dynamic"},
}
FROZEN = DateRanges.model_validate(VALID).resolve(date(2024, 1, 31))


def changed(section: str, **values: str) -> dict[str, Any]:
    return {**VALID, section: {**VALID[section], **values}}


def sessions(*days: date, bars: int = 60) -> pl.DataFrame:
    return pl.DataFrame({"session": [day for day in days for _ in range(bars)]}).with_row_index()


def weekdays(start: date, end: date) -> list[date]:
    span = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in span if day.weekday() < 5]


JANUARY = weekdays(date(2024, 1, 1), date(2024, 1, 31))


@pytest.mark.parametrize(
    ("section", "values", "message"),
    [
        ("training", {"start": "2023-12-31"}, "before the data does"),
        ("training", {"start": "2024-01-13"}, "before it starts"),
        ("training", {"end": "2024-01-15"}, "overlap"),
        ("validation", {"end": "2024-01-14"}, "before it starts"),
        ("validation", {"end": "2024-01-22"}, "overlap"),
        ("validation", {"start": "2024-01-12"}, "overlap"),
        ("test", {"start": "2024-01-02", "end": "2024-01-05"}, "overlap"),
        ("test", {"end": "2024-01-21"}, "before it starts"),
        ("validation", {"end": "dynamic"}, "validation.end"),
        ("training", {"end": "dynamic"}, "training.end"),
        ("test", {"end": "today"}, "test.end"),
        ("test", {"embargo": "1"}, "test.embargo"),
        ("data", {"end": "2024-01-31"}, "data.end"),
    ],
)
def test_ranges_that_cannot_be_meant_are_refused(section, values, message):
    with pytest.raises(ValidationError, match=message):
        DateRanges.model_validate(changed(section, **values))


@pytest.mark.parametrize("section", VALID)
def test_every_section_is_needed(section):
    with pytest.raises(ValidationError, match=section):
        DateRanges.model_validate({name: VALID[name] for name in VALID if name != section})


def test_an_unknown_section_is_refused():
    with pytest.raises(ValidationError, match="holdout"):
        DateRanges.model_validate({**VALID, "holdout": VALID["training"]})


def test_ranges_may_touch_and_last_a_day():
    touching = {
        "data": {"start": "2024-01-01"},
        "training": {"start": "2024-01-01", "end": "2024-01-01"},
        "validation": {"start": "2024-01-02", "end": "2024-01-02"},
        "test": {"start": "2024-01-03", "end": "2024-01-03"},
    }
    found = DateRanges.model_validate(touching).resolve(date(2024, 1, 3))
    assert [span.start for span in found.values()] == [date(2024, 1, n) for n in (1, 2, 3)]


def test_dynamic_is_frozen_to_the_newest_session():
    assert FROZEN["test"] == DateRange(date(2024, 1, 22), date(2024, 1, 31))


def test_a_fixed_end_stays_whatever_is_stored():
    ranges = DateRanges.model_validate(changed("test", end="2024-01-26"))
    assert ranges.resolve(date(2024, 3, 1))["test"].end == date(2024, 1, 26)


def test_data_that_ends_before_the_test_begins_is_refused():
    with pytest.raises(DataQualityError, match=r"2024-01-19.*2024-01-22"):
        DateRanges.model_validate(VALID).resolve(date(2024, 1, 19))


def test_a_short_last_session_is_not_embargo_enough():
    """The look-back is measured in bars: a session of nine leaves 39 of them uncovered."""
    rows = sessions(*JANUARY)
    last = pl.col("session") == date(2024, 1, 12)
    short = pl.concat([rows.filter(~last), rows.filter(last).head(9)]).sort("session")
    found = split(short, FROZEN)["train"]
    assert found.embargoed == [date(2024, 1, 11), date(2024, 1, 12)]
    taken = short.filter(pl.col("session").is_in(found.embargoed))
    assert LONGEST_LOOKBACK <= taken.height < LONGEST_LOOKBACK + 60


def test_a_fixed_end_beyond_the_data_is_the_datas():
    ranges = DateRanges.model_validate(changed("test", end="2024-03-31"))
    assert ranges.resolve(date(2024, 1, 31))["test"].end == date(2024, 1, 31)


def test_the_embargo_takes_exactly_the_last_session_of_train_and_val():
    found = split(sessions(*JANUARY), FROZEN)
    assert {name: part.embargoed for name, part in found.items()} == {
        "train": [date(2024, 1, 12)],
        "val": [date(2024, 1, 19)],
        "test": [],
    }


def test_a_split_holds_its_range_but_for_the_embargo():
    found = {name: part.rows["session"] for name, part in split(sessions(*JANUARY), FROZEN).items()}
    ends = {name: (days.min(), days.max()) for name, days in found.items()}
    assert ends == {
        "train": (date(2024, 1, 1), date(2024, 1, 11)),
        "val": (date(2024, 1, 15), date(2024, 1, 18)),
        "test": (date(2024, 1, 22), date(2024, 1, 31)),
    }


def test_the_embargo_takes_the_last_session_that_has_rows():
    """The range ends on a holiday: the embargo still lies between the splits."""
    days = [day for day in JANUARY if day != date(2024, 1, 12)]
    assert split(sessions(*days), FROZEN)["train"].embargoed == [date(2024, 1, 11)]


@pytest.mark.parametrize("name", ["train", "val", "test"])
def test_a_range_without_rows_is_named(name):
    span = FROZEN[name]
    rows = sessions(*(day for day in JANUARY if not span.contains(day)))
    (told,) = empty_ranges(split(rows, FROZEN), FROZEN, rows)
    assert told.startswith(f"The {name} range {span.start} to {span.end} holds no complete")


def test_all_ranges_without_rows_are_named_at_once():
    rows = sessions(*(day for day in JANUARY if FROZEN["val"].contains(day)))
    told = empty_ranges(split(rows, FROZEN), FROZEN, rows)
    assert [text.split(" range")[0] for text in told] == ["The train", "The test"]


def test_a_range_of_nothing_but_the_embargo_is_empty():
    days = [day for day in JANUARY if not FROZEN["train"].contains(day)]
    rows = sessions(date(2024, 1, 5), *days)
    (told,) = empty_ranges(split(rows, FROZEN), FROZEN, rows)
    assert "The train range" in told


@pytest.mark.parametrize(("bars", "days"), [(48, [12]), (60, [12]), (61, [11, 12])])
def test_a_longer_embargo_takes_more_sessions(bars, days):
    found = split(sessions(*JANUARY), FROZEN, bars)["train"]
    assert found.embargoed == [date(2024, 1, day) for day in days]
    assert found.embargoed_rows == 60 * len(days)


def test_without_bars_there_is_no_newest_session():
    nothing = MarketHistory(BAR_SCHEMA.to_frame(), MACRO_SCHEMA.to_frame())
    with pytest.raises(DataQualityError, match="no bars"):
        newest_session(nothing)


def test_the_newest_session_is_bogotas_date():
    """03:00 UTC is 22:00 of the day before there."""
    time = pl.Series("time", [datetime(2024, 6, 4, 3, tzinfo=UTC)], BAR_SCHEMA["time"])
    bars = pl.DataFrame([time])
    assert newest_session(MarketHistory(bars, MACRO_SCHEMA.to_frame())) == date(2024, 6, 3)


@seeded
@given(st.sets(st.sampled_from(JANUARY), min_size=18), st.integers(48, 60))
def test_no_row_is_in_two_splits_and_order_is_kept(days, bars):
    frame = sessions(*sorted(days), bars=bars)
    parts = [part.rows["index"].to_list() for part in split(frame, FROZEN).values()]
    together = [index for part in parts for index in part]
    assert together == sorted(set(together))
    assert len(together) <= frame.height
