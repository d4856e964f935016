from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from cambio.acquisition.refusals import Reason
from cambio.acquisition.sessions import (
    Agreement,
    agreement,
    check_step,
    check_zone,
    close_label_warning,
    localize,
    place,
    repair,
    shifted_bars,
)
from cambio.calendar import trading_days
from cambio.errors import ConfigError, DataQualityError

Rows = Callable[..., list[tuple[object, ...]]]
FILE = Path("bars.csv")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SUMMER = trading_days(date(2024, 7, 8), date(2024, 7, 12))
WINTER = trading_days(date(2024, 1, 8), date(2024, 1, 12))
ZONES = ("UTC", "America/Bogota", "America/New_York")


def clocks(rows: Sequence[tuple[object, ...]]) -> pl.Series:
    return pl.Series("clock", [row[0] for row in rows]).str.to_datetime(time_unit="us")


def frame(*texts: str, source: str = "vendor") -> pl.DataFrame:
    return pl.DataFrame(
        {"clock": pl.Series(texts).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")}
    ).with_columns(
        pl.int_range(2, 2 + len(texts)).alias("__line__"),
        close=pl.lit(4000.0),
        source=pl.lit(source),
        reason=pl.lit(None, pl.String),
    )


def readings(hours: range, minutes: range) -> list[str]:
    return [f"2024-07-09 {hour:02}:{minute:02}:00" for hour in hours for minute in minutes]


def reasons(bars: pl.DataFrame) -> list[str | None]:
    return bars["reason"].to_list()


def test_a_clock_reading_is_understood_in_the_stated_zone() -> None:
    times = localize(clocks([("2024-07-08 08:00:00",)]), "America/New_York")
    assert times.to_list() == [datetime(2024, 7, 8, 12, tzinfo=UTC)]


def test_an_unknown_zone_is_a_mistake_of_the_user() -> None:
    with pytest.raises(ConfigError, match="Bogota/America"):
        localize(clocks([("2024-07-08 08:00:00",)]), "Bogota/America")


def test_daylight_saving_leaves_hours_without_one_time() -> None:
    spring_forward, fall_back = "2024-03-10 02:30:00", "2024-11-03 01:30:00"
    placed = place(frame(spring_forward, fall_back), "America/New_York", NOW)
    assert reasons(placed) == [Reason.NONEXISTENT_LOCAL_TIME, Reason.AMBIGUOUS_LOCAL_TIME]


@pytest.mark.parametrize("days", [SUMMER, WINTER])
@pytest.mark.parametrize("zone", ZONES)
def test_the_right_zone_fits_wholly(session_rows: Rows, days: list[date], zone: str) -> None:
    shares = check_zone(clocks(session_rows(days, zone)), zone, FILE)
    assert shares[zone] == 1.0


@pytest.mark.parametrize(
    ("true", "stated"),
    [
        ("America/Bogota", "UTC"),
        ("UTC", "America/Bogota"),
        ("UTC", "America/New_York"),
        ("America/New_York", "UTC"),
        ("America/Bogota", "America/New_York"),
        ("America/New_York", "America/Bogota"),
    ],
)
def test_a_wrong_zone_is_refused_with_the_command_that_is_right(
    session_rows: Rows, true: str, stated: str
) -> None:
    with pytest.raises(DataQualityError, match="does not fit the time zone") as caught:
        check_zone(clocks(session_rows(SUMMER, true)), stated, FILE)
    assert f"--source-timezone {true}" in caught.value.remedy
    assert f"{true} 100.0%" in caught.value.what


def test_an_hour_off_in_summer_shows_even_in_a_file_that_is_mostly_winter(
    session_rows: Rows,
) -> None:
    rows = session_rows(trading_days(date(2023, 11, 6), date(2024, 3, 12)))  # two days of summer
    with pytest.raises(DataQualityError, match=r"80\.0% fall into the session"):
        check_zone(clocks(rows), "America/New_York", FILE)


def test_in_winter_bogota_and_new_york_are_one(session_rows: Rows) -> None:
    rows = session_rows(WINTER, "America/Bogota")
    assert check_zone(clocks(rows), "America/New_York", FILE)["America/New_York"] == 1.0


def test_a_market_that_trades_around_the_clock_fits_any_zone() -> None:
    day = readings(range(24), range(0, 60, 5))
    shares = check_zone(frame(*day)["clock"], "UTC", FILE)
    assert shares["UTC"] == pytest.approx(60 / 288)


def test_local_times_stored_as_utc_are_a_shifted_session(session_rows: Rows) -> None:
    right, wrong = SUMMER[:4], SUMMER[4:]
    rows = session_rows(right, "UTC") + session_rows(wrong, "America/Bogota")
    placed = place(frame(*(str(row[0]) for row in rows)), "UTC", NOW)
    assert reasons(placed) == [None] * 240 + [Reason.SHIFTED_SESSION] * 60
    assert shifted_bars(placed)["time"][0] == datetime(2024, 7, 12, 13, tzinfo=UTC)


def test_a_source_that_trades_longer_has_no_shifted_session() -> None:
    day = readings(range(24), range(0, 60, 5))
    placed = place(frame(*day), "UTC", NOW)
    assert dict(placed["reason"].value_counts().iter_rows()) == {
        None: 60,
        Reason.OUTSIDE_SESSION: 228,
    }


@pytest.mark.parametrize(
    ("clock", "reason"),
    [
        ("2024-07-08 12:55:00", None),
        ("2024-07-08 13:00:00", Reason.OUTSIDE_SESSION),
        ("2024-07-08 07:55:00", Reason.OUTSIDE_SESSION),
        ("2024-07-08 08:02:00", Reason.OFF_GRID),
        ("2024-07-06 08:00:00", Reason.WEEKEND),
        ("2024-07-20 08:00:00", Reason.WEEKEND),
        ("2024-07-04 08:00:00", None),  # a holiday: kept
    ],
)
def test_a_bar_is_placed_or_refused(clock: str, reason: Reason | None) -> None:
    assert reasons(place(frame(clock), "America/Bogota", NOW)) == [reason]


@pytest.mark.parametrize(("minute", "reason"), [(4, Reason.NOT_CLOSED), (5, None)])
def test_a_forming_bar_is_never_final(minute: int, reason: Reason | None) -> None:
    now = datetime(2024, 7, 8, 13, minute, tzinfo=UTC)
    assert reasons(place(frame("2024-07-08 13:00:00"), "UTC", now)) == [reason]


def test_an_earlier_reason_stays() -> None:
    bars = frame("2024-07-08 20:00:00").with_columns(reason=pl.lit(Reason.MISSING_PRICE))
    assert reasons(place(bars, "UTC", NOW)) == [Reason.MISSING_PRICE]


def test_the_repair_moves_shifted_bars_to_where_they_belong() -> None:
    placed = place(frame("2024-07-08 08:00:00", "2024-07-09 13:00:00"), "UTC", NOW)
    repaired = repair(placed, Agreement(0, None, None), FILE)
    assert reasons(repaired) == [None, None]
    assert repaired["moved"].to_list() == [True, False]
    assert repaired["time"][0] == datetime(2024, 7, 8, 13, tzinfo=UTC)


def test_agreement_is_in_basis_points_of_the_common_bars() -> None:
    times = [datetime(2024, 7, 8, 13, minute, tzinfo=UTC) for minute in (0, 5, 10)]
    moved = pl.DataFrame({"time": times, "close": [4000.0, 4000.0, 4000.0]})
    there = pl.DataFrame({"time": times[:2], "close": [4000.0, 4004.0]})
    found = agreement(moved, there)
    assert found.bars == 2
    assert found.max_bp == pytest.approx(9.995, abs=1e-3)  # 1e4 * log(4004 / 4000)
    assert found.median_bp == pytest.approx(found.max_bp / 2)


def test_bars_that_disagree_with_those_in_place_are_not_moved() -> None:
    placed = place(frame("2024-07-08 08:00:00"), "UTC", NOW)
    with pytest.raises(DataQualityError, match="differ by 50 bp"):
        repair(placed, Agreement(300, 50.0, 200.0), FILE)


def test_one_minute_bars_are_refused() -> None:
    minutes = readings(range(8, 13), range(60))
    placed = place(frame(*minutes), "America/Bogota", NOW)
    with pytest.raises(DataQualityError, match="shorter"):
        check_step(placed, FILE)


def test_quarter_hours_are_refused(session_rows: Rows) -> None:
    rows = [row for row in session_rows(SUMMER) if str(row[0])[14:16] in {"00", "15", "30", "45"}]
    placed = place(frame(*(str(row[0]) for row in rows)), "America/Bogota", NOW)
    with pytest.raises(DataQualityError, match="15 minutes apart"):
        check_step(placed, FILE)


def test_labels_by_the_close_are_warned_of(session_rows: Rows) -> None:
    rows = session_rows(SUMMER)
    by_close = place(
        frame(*(str(row[0]) for row in rows)).with_columns(pl.col("clock").dt.offset_by("5m")),
        "America/Bogota",
        NOW,
    )
    [warning] = close_label_warning(by_close)
    assert "5 bars stand at 13:00 and 0 at 08:00" in warning


def test_labels_by_the_open_are_not(session_rows: Rows) -> None:
    bars = place(frame(*(str(row[0]) for row in session_rows(SUMMER))), "America/Bogota", NOW)
    assert close_label_warning(bars) == ()
