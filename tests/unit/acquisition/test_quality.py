from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from cambio.acquisition.quality import (
    close_only_share,
    holiday_bars,
    resolve_duplicates,
    spikes,
)

OPEN = datetime(2024, 7, 8, 13, tzinfo=UTC)
RANGED = (4000.0, 4002.0, 3999.0, 4001.0)
FLAT = (4001.0, 4001.0, 4001.0, 4001.0)
OTHER = (4100.0, 4102.0, 4099.0, 4101.0)


def frame(*rows: tuple[float, ...], minutes: list[int] | None = None) -> pl.DataFrame:
    """Bars at 13:00 UTC, or so many minutes after it, in the file's order."""
    offsets = minutes or [0] * len(rows)
    times = pl.Series(
        "time", [OPEN + timedelta(minutes=n) for n in offsets], dtype=pl.Datetime("us", "UTC")
    )
    prices = pl.DataFrame(rows, schema=["open", "high", "low", "close"], orient="row")
    return prices.with_columns(
        times, pl.int_range(2, 2 + len(rows)).alias("__line__"), moved=pl.lit(value=False)
    )


def prices(bars: pl.DataFrame) -> list[tuple[float, ...]]:
    return bars.select("open", "high", "low", "close").rows()


def test_bars_are_sorted() -> None:
    resolved = resolve_duplicates(frame(RANGED, OTHER, minutes=[5, 0]))
    assert prices(resolved.bars) == [OTHER, RANGED]


def test_exact_repetitions_collapse_and_are_counted() -> None:
    resolved = resolve_duplicates(frame(RANGED, RANGED, RANGED))
    assert (prices(resolved.bars), resolved.repeated) == ([RANGED], 2)
    assert resolved.conflicts.is_empty()


def test_rounding_makes_no_conflict() -> None:
    rounded = tuple(price + 0.00001 for price in RANGED)
    resolved = resolve_duplicates(frame(RANGED, rounded))
    assert (prices(resolved.bars), resolved.repeated) == ([RANGED], 1)


@pytest.mark.parametrize("rows", [(FLAT, RANGED), (RANGED, FLAT)])
def test_the_ranged_bar_is_kept_beside_its_close_only_record(
    rows: tuple[tuple[float, ...], ...],
) -> None:
    resolved = resolve_duplicates(frame(*rows))
    assert (prices(resolved.bars), resolved.covered) == ([RANGED], 1)
    assert resolved.conflicts.is_empty()


def test_of_conflicting_bars_the_first_is_kept_and_the_other_told() -> None:
    resolved = resolve_duplicates(frame(RANGED, OTHER))
    assert prices(resolved.bars) == [RANGED]
    assert prices(resolved.conflicts) == [OTHER]
    assert resolved.conflicts["kept_close"].to_list() == [4001.0]


def test_a_close_only_record_of_another_close_is_a_conflict() -> None:
    resolved = resolve_duplicates(frame(OTHER, FLAT))
    assert (prices(resolved.bars), prices(resolved.conflicts)) == ([OTHER], [FLAT])


def test_three_rows_for_one_time_each_find_their_fate() -> None:
    resolved = resolve_duplicates(frame(FLAT, OTHER, RANGED))
    assert (prices(resolved.bars), prices(resolved.conflicts)) == ([RANGED], [OTHER])
    assert resolved.covered == 1


def test_a_bar_in_place_comes_before_one_that_was_moved() -> None:
    bars = frame(OTHER, RANGED).with_columns(moved=pl.Series([True, False]))
    assert prices(resolve_duplicates(bars).bars) == [RANGED]


def test_the_close_only_share_is_by_bogota_month() -> None:
    august = int(timedelta(days=30).total_seconds() // 60)
    share = close_only_share(frame(FLAT, RANGED, FLAT, minutes=[0, 5, august]))
    assert share == {"2024-07": 0.5, "2024-08": 1.0}


def test_bars_on_holidays_are_counted() -> None:
    independence = -4 * 24 * 60  # 2024-07-04
    assert holiday_bars(frame(RANGED, RANGED, RANGED, minutes=[0, independence, 5])) == 1


def closes(*values: float) -> pl.DataFrame:
    minutes = [5 * n for n in range(len(values))]
    return frame(*((value,) * 4 for value in values), minutes=minutes)


QUIET = (4000.0, 4001.0, 4000.0, 4001.0, 4000.0, 4001.0)


def test_a_lone_departure_that_returns_is_suspicious() -> None:
    [spike] = spikes(closes(*QUIET, 4040.0, *QUIET))
    assert spike.time == OPEN + timedelta(minutes=30)
    assert spike.close == 4040.0
    assert spike.departure_bp == pytest.approx(97.0, abs=0.1)  # 1e4 * log(4040 / 4001)


def test_a_move_that_stays_is_none() -> None:
    assert spikes(closes(*QUIET, 4040.0, 4041.0, 4040.0, 4041.0)) == []


def test_a_departure_over_night_is_none() -> None:
    day = 24 * 60
    minutes = [0, 5, 10, day, day + 5, day + 10]
    values = (4000.0, 4001.0, 4000.0, 4040.0, 4000.0, 4001.0)
    bars = frame(*((value,) * 4 for value in values), minutes=minutes)
    assert spikes(bars) == []
