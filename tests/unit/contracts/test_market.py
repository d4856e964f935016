"""Date ranges, and the hash that says which market was recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA, DateRange, MarketHistory

DAY = date(2025, 6, 30)
OPEN = datetime(2025, 6, 27, 13, tzinfo=UTC)


def history() -> MarketHistory:
    bars = [
        (OPEN + timedelta(minutes=5 * i), 4000.0 + i, 4003.0 + i, 3999.0 + i, 4001.0 + i, 0.0, "a")
        for i in range(6)
    ]
    macro = [
        (series, DAY - timedelta(days=age), 100.0 - age, OPEN - timedelta(days=age), "b")
        for series in ("DXY", "VIX")
        for age in (1, 2, 3)
    ]
    return MarketHistory(
        pl.DataFrame(bars, BAR_SCHEMA, orient="row"),
        pl.DataFrame(macro, MACRO_SCHEMA, orient="row"),
    )


def changed(frame: pl.DataFrame, column: str, row: int, by: object) -> pl.DataFrame:
    moved = pl.when(pl.int_range(pl.len()) == row).then(pl.col(column) + by)
    return frame.with_columns(moved.otherwise(column).alias(column))


def test_a_range_holds_both_its_ends():
    span = DateRange(date(2025, 1, 1), DAY)
    assert span.contains(date(2025, 1, 1))
    assert span.contains(DAY)


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 7, 1)])
def test_a_range_does_not_hold_its_neighbours(day):
    assert not DateRange(date(2025, 1, 1), DAY).contains(day)


def test_a_range_may_be_one_day():
    assert DateRange(DAY, DAY).contains(DAY)


def test_a_range_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match=r"ends \(2025-06-30\) before it starts \(2025-07-01\)"):
        DateRange(date(2025, 7, 1), DAY)


def test_the_same_market_in_another_layout_has_the_same_hash():
    whole = history()
    pieces = pl.concat([whole.bars[:2], whole.bars[2:]], rechunk=False)
    shuffled = whole.macro.sample(fraction=1.0, shuffle=True, seed=3)
    assert MarketHistory(pieces, shuffled).hash() == whole.hash()


@pytest.mark.parametrize("column", ["open", "high", "low", "close"])
def test_every_price_counts(column):
    whole = history()
    other = changed(whole.bars, column, 3, 1e-9)
    assert MarketHistory(other, whole.macro).hash() != whole.hash()


def test_the_time_of_a_bar_counts():
    whole = history()
    other = changed(whole.bars, "time", 5, timedelta(minutes=5))
    assert MarketHistory(other, whole.macro).hash() != whole.hash()


@pytest.mark.parametrize(
    ("column", "by"),
    [("value", 1e-9), ("period", timedelta(days=1)), ("available_at", timedelta(seconds=1))],
)
def test_every_part_of_a_macro_value_counts(column, by):
    whole = history()
    other = changed(whole.macro, column, 3, by)
    assert MarketHistory(whole.bars, other).hash() != whole.hash()


def test_the_series_of_a_macro_value_counts():
    whole = history()
    other = whole.macro.with_columns(series=pl.col("series").replace("VIX", "WIX"))
    assert MarketHistory(whole.bars, other).hash() != whole.hash()
