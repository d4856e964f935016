from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from cambio.acquisition.importers import read_bars
from cambio.acquisition.refusals import Reason
from cambio.errors import ConfigError, DataQualityError

WriteCsv = Callable[..., Path]
GOOD = ("2024-07-08 08:00:00", 4000, 4002, 3999, 4001)


def read_one(write_csv: WriteCsv, *row: object) -> str | None:
    """Give the reason why ``row`` is refused beside a good one."""
    bars = read_bars(write_csv([GOOD, row])).bars
    assert bars["reason"][0] is None
    return bars["reason"][1]


def test_a_plain_file(write_csv: WriteCsv) -> None:
    bars = read_bars(write_csv([GOOD])).bars
    assert bars.drop("__line__").to_dicts() == [
        {
            "clock": datetime(2024, 7, 8, 8),  # noqa: DTZ001 - as the file's clock shows it
            "open": 4000.0,
            "high": 4002.0,
            "low": 3999.0,
            "close": 4001.0,
            "volume": 0.0,
            "source": "bars.csv",
            "symbol": "USD/COP",
            "reason": None,
        }
    ]


def test_optional_columns_are_taken(write_csv: WriteCsv) -> None:
    header = ("time", "open", "high", "low", "close", "volume", "source", "symbol")
    bars = read_bars(write_csv([(*GOOD, 12, "vendor", "usdcop")], header=header)).bars
    assert bars.row(0, named=True)["volume"] == 12.0
    assert bars.row(0, named=True)["source"] == "vendor"
    assert bars["reason"].to_list() == [None]


def test_columns_can_be_mapped(write_csv: WriteCsv) -> None:
    header = ("fecha", "apertura", "max", "min", "cierre")
    columns = dict(zip(("time", "open", "high", "low", "close"), header, strict=True))
    assert read_bars(write_csv([GOOD], header=header), columns).bars["close"].to_list() == [4001.0]


def test_a_missing_column_is_named(write_csv: WriteCsv) -> None:
    with pytest.raises(DataQualityError, match="no column close"):
        read_bars(write_csv([GOOD], header=("time", "open", "high", "low", "cierre")))


def test_a_mapped_column_that_the_file_lacks_is_named(write_csv: WriteCsv) -> None:
    with pytest.raises(DataQualityError, match="no column vol;"):
        read_bars(write_csv([GOOD]), {"volume": "vol"})


def test_a_mapping_to_an_unknown_column_is_a_mistake_of_the_user(write_csv: WriteCsv) -> None:
    with pytest.raises(ConfigError, match="fecha"):
        read_bars(write_csv([GOOD]), {"fecha": "time"})


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-08 08:00:00", "2024-07-08T08:00:00", "2024-07-08 08:00", "2024-07-08 08:00:00.000",
        "2024-07-08T08:00:00Z", "2024-07-08T08:00:00-05:00", "2024-07-08 08:00:00+0000",
        "2024-07-08 08:00:00 UTC", "2024-07-08 08:00:00+00", "2024-07-08 08:00:00.5-05",
    ],
)  # fmt: skip
def test_the_clock_reading_counts_and_not_its_label(write_csv: WriteCsv, text: str) -> None:
    bars = read_bars(write_csv([(text, *GOOD[1:])])).bars
    assert [f"{clock:%F %T}" for clock in bars["clock"]] == ["2024-07-08 08:00:00"]


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_a_parquet_columns_zone_is_a_label_too(tmp_path: Path, zone: str | None) -> None:
    path = tmp_path / "bars.parquet"
    clock = pl.Series("time", ["2024-07-08 08:00:00"]).str.to_datetime(time_unit="ns")
    prices = {name: [4000.0] for name in ("open", "high", "low", "close")}
    pl.DataFrame({"time": clock.dt.replace_time_zone(zone), **prices}).write_parquet(path)
    assert [f"{clock}" for clock in read_bars(path).bars["clock"]] == ["2024-07-08 08:00:00"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("2024-07-08 08:05:00", "", 4002, 3999, 4001), Reason.MISSING_PRICE),
        (("2024-07-08 08:05:00", "NaN", 4002, 3999, 4001), Reason.MISSING_PRICE),
        (("2024-07-08 08:05:00", "n/a", 4002, 3999, 4001), Reason.NOT_A_NUMBER),
        (("2024-07-08 08:05:00", 4000, "inf", 3999, 4001), Reason.INFINITE),
        (("2024-07-08 08:05:00", 0, 4002, 0, 4001), Reason.NON_POSITIVE_PRICE),
        (("2024-07-08 08:05:00", 4000, 4002, -3999, 4001), Reason.NON_POSITIVE_PRICE),
        (("2024-07-08 08:05:00", 4.0, 4.002, 3.999, 4.001), Reason.IMPLAUSIBLE),
        (("2024-07-08 08:05:00", 4000, 3999, 4002, 4001), Reason.HIGH_BELOW_LOW),
        (("2024-07-08 08:05:00", 4000, 4000, 3999, 4001), Reason.HIGH_BELOW_PRICE),
        (("2024-07-08 08:05:00", 4000, 4002, 4001, 4001), Reason.LOW_ABOVE_PRICE),
        (("2024-13-08 08:05:00", 4000, 4002, 3999, 4001), Reason.UNREADABLE_TIME),
        (("08/07/2024 08:05", 4000, 4002, 3999, 4001), Reason.UNREADABLE_TIME),
        (("", 4000, 4002, 3999, 4001), Reason.UNREADABLE_TIME),
    ],
)
def test_an_impossible_row_is_refused_for_its_reason(
    write_csv: WriteCsv, row: tuple[object, ...], reason: Reason
) -> None:
    assert read_one(write_csv, *row) == reason


@pytest.mark.parametrize(("volume", "reason"), [(-1, Reason.NEGATIVE_VOLUME), ("", None)])
def test_a_negative_volume_is_refused_and_a_missing_one_is_zero(
    write_csv: WriteCsv, volume: object, reason: Reason | None
) -> None:
    header = ("time", "open", "high", "low", "close", "volume")
    bars = read_bars(write_csv([(*GOOD, 5), (*GOOD, volume)], header=header)).bars
    assert bars["reason"][1] == reason


def test_another_pair_is_refused(write_csv: WriteCsv) -> None:
    header = ("time", "open", "high", "low", "close", "symbol")
    rows = [(*GOOD, "USD/COP"), (*GOOD, "EUR/COP")]
    assert read_bars(write_csv(rows, header=header)).bars["reason"][1] == Reason.OTHER_SYMBOL


def test_a_file_without_one_possible_row_is_another_kind_of_file(write_csv: WriteCsv) -> None:
    rows = [("2024-07-08 08:00:00", 1.08, 1.09, 1.07, 1.08)] * 3
    with pytest.raises(DataQualityError, match=r"implausible in 3 of 3 rows. Line 2 reads"):
        read_bars(write_csv(rows))


@pytest.mark.parametrize(
    "times", [pl.Series([1_720_443_600]), pl.Series([datetime(2024, 7, 8, tzinfo=UTC).date()])]
)
def test_a_time_column_of_another_type_is_refused(tmp_path: Path, times: pl.Series) -> None:
    path = tmp_path / "bars.parquet"
    prices = {name: [4000.0] for name in ("open", "high", "low", "close")}
    pl.DataFrame({"time": times, **prices}).write_parquet(path)
    with pytest.raises(DataQualityError, match=r"Column time of .* holds"):
        read_bars(path)


def test_backwards_times_are_counted(write_csv: WriteCsv) -> None:
    minutes = (0, 10, 5, 20, 15)
    rows = [(f"2024-07-08 08:{minute:02}:00", *GOOD[1:]) for minute in minutes]
    assert read_bars(write_csv(rows)).backwards == 2


def test_a_refusal_holds_the_files_own_cells(write_csv: WriteCsv) -> None:
    header = ("time", "open", "high", "low", "close", "note")
    row = ("2024-07-08T08:05:00-05:00", 4000, 3999, 4002, 4001, "odd")
    file = read_bars(write_csv([(*GOOD, ""), row], header=header))
    bad = file.bars.filter(pl.col("reason").is_not_null()).with_columns(time=pl.lit(None))
    [refusal] = file.refusals(bad)
    assert refusal.key == "2024-07-08T08:05:00 4000 3999 4002 4001"
    assert refusal.detail == "Line 3: high 3999.0 lies below low 4002.0."
    assert refusal.payload == {
        "time": "2024-07-08T08:05:00-05:00",
        "open": "4000",
        "high": "3999",
        "low": "4002",
        "close": "4001",
        "note": "odd",
    }
