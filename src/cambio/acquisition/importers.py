"""Files of bars: from a table of unknown columns to bars by `BAR_SCHEMA`, and the refused rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cambio.acquisition.files import LINE, SourceTable, read_table
from cambio.acquisition.quality import PRICES, price_fault
from cambio.acquisition.refusals import Reason, Refusal, json_row, line_key
from cambio.acquisition.sessions import opens_a_bar
from cambio.contracts.market import BAR_SCHEMA, SYMBOL
from cambio.errors import ConfigError, DataQualityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REQUIRED: Final = ("time", *PRICES)
OPTIONAL: Final = ("volume", "source", "symbol")
SOURCE_LENGTH: Final = 50
WEEKEND: Final = 5
"""`weekday()` from Saturday on."""
CLOCK_FORMATS: Final = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
ZONE_SUFFIX: Final = r"(:\d{2}(?:\.\d+)?) ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)$"
"""Behind a clock: +00 is how PostgreSQL writes a zone, and -08 alone ends a date."""

_DETAILS: Final[Mapping[Reason, str]] = {
    Reason.NOT_A_NUMBER: "a price or the volume is not a number",
    Reason.UNREADABLE_TIME: "the time is missing or not like 2024-07-08 13:05:00",
    Reason.OTHER_SYMBOL: f"the symbol is {{symbol}}, not {SYMBOL}",
    Reason.MISSING_PRICE: "a price is missing",
    Reason.INFINITE: "a price or the volume is infinite",
    Reason.NON_POSITIVE_PRICE: "a price is zero or negative",
    Reason.IMPLAUSIBLE: "a price is not one of USD/COP since 1990",
    Reason.HIGH_BELOW_LOW: "high {high} lies below low {low}",
    Reason.HIGH_BELOW_PRICE: "high {high} lies below open {open} or close {close}",
    Reason.LOW_ABOVE_PRICE: "low {low} lies above open {open} or close {close}",
    Reason.NEGATIVE_VOLUME: "volume {volume} is negative",
    Reason.NONEXISTENT_LOCAL_TIME: "the clock never showed {clock}: daylight saving skips it",
    Reason.AMBIGUOUS_LOCAL_TIME: "the clock showed {clock} twice: daylight saving repeats it",
    Reason.SHIFTED_SESSION: "{clock} is a session bar of Bogota stored under another zone",
    Reason.WEEKEND: "no session on a weekend",
    Reason.OFF_GRID: "{time} is not the open of a 5-minute bar",
    Reason.OUTSIDE_SESSION: "{time} lies outside the session (13:00-17:55 UTC)",
    Reason.NOT_CLOSED: "the bar has not closed yet",
    Reason.CONFLICTING_DUPLICATE: "the time is taken by a bar that closes at {kept_close}",
}


@dataclass(frozen=True, slots=True)
class BarFile:
    """The rows of a file of bars, in its order.

    `bars` has the line, `clock` (naive, as stored), prices, `volume`, `source`, `symbol` and
    `reason`, which is null unless the row is impossible.
    """

    table: SourceTable
    bars: pl.DataFrame
    backwards: int
    """Rows whose clock is earlier than that of the row before."""

    def refusals(self, refused: pl.DataFrame) -> list[Refusal]:
        """Give the quarantine records of rows with a `reason`, the file's cells included."""
        rows = self.table.frame.join(refused.select(LINE), on=LINE, how="semi")
        cells = {row.pop(LINE): json_row(row) for row in rows.iter_rows(named=True)}
        return [
            Refusal(
                kind="ohlcv",
                key=_key(row, cells[row[LINE]]),
                reason=Reason(row["reason"]),
                detail=f"Line {row[LINE]}: {_DETAILS[Reason(row['reason'])].format(**row)}.",
                payload=cells[row[LINE]],
                content=json_row({name: row[name] for name in BAR_SCHEMA})
                if _has_a_place(row)
                else None,
            )
            for row in refused.iter_rows(named=True)
        ]


def _key(row: dict[str, Any], payload: dict[str, Any]) -> str:
    when = row["time"] or row["clock"]
    if when is None:
        return line_key(row[LINE], payload)
    prices = " ".join("-" if row[price] is None else f"{row[price]:.9g}" for price in PRICES)
    return f"{when:%Y-%m-%dT%H:%M:%S}{'Z' if row['time'] else ''} {prices}"


def _has_a_place(row: dict[str, Any]) -> bool:
    """Tell whether a refused row could stand in the table, if a person vouched for its prices."""
    if row["reason"] != Reason.IMPLAUSIBLE:
        return bool(row["reason"] == Reason.CONFLICTING_DUPLICATE)
    time = row["time"]
    if time is None or time.weekday() >= WEEKEND or not opens_a_bar(pl.Series([time]))[0]:
        return False
    body = row["open"], row["close"]
    ordered: bool = row["low"] <= min(body) and max(body) <= row["high"]
    return ordered and 0 <= row["volume"] < math.inf


def read_bars(path: Path, columns: Mapping[str, str] | None = None) -> BarFile:
    """Read a `.csv`, `.csv.gz` or `.parquet` file of bars.

    Args:
        path: the file.
        columns: our name -> the file's, for those that differ (`{"time": "fecha"}`).

    Raises:
        ConfigError: ``columns`` names a column that bars do not have.
        SourceError: the file cannot be opened.
        DataQualityError: it is damaged, lacks a column, or holds no bar of USD/COP.
    """
    columns = columns or {}
    unknown = sorted(set(columns) - {*REQUIRED, *OPTIONAL})
    if unknown:
        raise ConfigError(
            f"Bars have no column {', '.join(unknown)}.",
            remedy=f"Map one of {', '.join((*REQUIRED, *OPTIONAL))}, as in time=fecha.",
        )
    table = read_table(path)
    names = {name: columns.get(name, name) for name in (*REQUIRED, *OPTIONAL)}
    table.require([*(names[name] for name in REQUIRED), *columns.values()])
    found = {name: pl.col(c) for name, c in names.items() if c in table.frame.columns}
    raw = table.frame.select(LINE, **found)
    numbers = [read_numbers(table, raw[n]) for n in (*PRICES, "volume") if n in found]
    bars = raw.select(LINE, read_clock(table, raw["time"])).with_columns(
        *(values for values, _ in numbers),
        *([] if "volume" in found else [pl.lit(0.0).alias("volume")]),
        _text(raw, "source", path.name).str.slice(0, SOURCE_LENGTH),
        _text(raw, "symbol", SYMBOL),
    )
    text = pl.any_horizontal(pl.lit(value=False), *(wrong for _, wrong in numbers))
    bars = bars.with_columns(reason=_row_fault(text), volume=pl.col("volume").fill_nan(0.0))
    bars = bars.with_columns(pl.col("volume").fill_null(0.0))
    _require_bars(table, raw, bars)
    return BarFile(table, bars, int((bars["clock"].drop_nulls().diff() < timedelta(0)).sum()))


def _text(raw: pl.DataFrame, name: str, default: str) -> pl.Series:
    if name not in raw.columns:
        return pl.repeat(default, raw.height, eager=True).alias(name)
    return raw[name].cast(pl.String).fill_null(default)


def _row_fault(text: pl.Expr) -> pl.Expr:
    pair = pl.col("symbol").str.to_uppercase().str.replace_all(r"[^A-Z]", "")
    return (
        pl.when(pl.col("clock").is_null()).then(pl.lit(Reason.UNREADABLE_TIME))
        .when(pair != SYMBOL.replace("/", "")).then(pl.lit(Reason.OTHER_SYMBOL))
        .when(text).then(pl.lit(Reason.NOT_A_NUMBER))
        .otherwise(price_fault())
    )  # fmt: skip


def _require_bars(table: SourceTable, raw: pl.DataFrame, bars: pl.DataFrame) -> None:
    """Refuse a file without a single possible row: it is another kind of file."""
    if bars["reason"].is_null().any():
        return
    count = bars["reason"].value_counts(sort=True).row(0, named=True)
    cells = {name: str(value) for name, value in raw.drop(LINE).row(0, named=True).items()}
    raise DataQualityError(
        f"{table.path} holds no bar of {SYMBOL}: {count['reason']} in {count['count']} of "
        f"{bars.height} rows. Line {bars[LINE][0]} reads {cells}.",
        remedy="Times are read as 2024-07-08 13:05:00 and prices as 4012.5; check the columns.",
        file=str(table.path),
        line=bars[LINE][0],
        reason=count["reason"],
    )


def read_numbers(table: SourceTable, cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Give a column as floats, and which of its cells are text that is no number.

    Raises:
        DataQualityError: the column holds another type.
    """
    if cells.dtype != pl.String and not cells.dtype.is_numeric() and cells.dtype != pl.Null:
        raise _wrong_type(table, cells, "numbers")
    values = cells.cast(pl.Float64, strict=False)
    return values, cells.is_not_null() & values.is_null()


def read_clock(table: SourceTable, cells: pl.Series) -> pl.Series:
    """Give a column's clock readings, naive, in microseconds; null where it is unreadable.

    A zone or offset in the file is a label, and dumps of this market mislabel: only the reading
    counts, and the user states its zone.

    Raises:
        DataQualityError: the column holds neither times nor text.
    """
    if isinstance(cells.dtype, pl.Datetime):
        return cells.dt.replace_time_zone(None).dt.cast_time_unit("us").alias("clock")
    if cells.dtype != pl.String:
        raise _wrong_type(table, cells, "times such as 2024-07-08 13:05:00")
    plain = cells.str.replace(ZONE_SUFFIX, "$1").str.replace("T", " ", literal=True)
    tried = [plain.str.to_datetime(f, time_unit="us", strict=False) for f in CLOCK_FORMATS]
    return tried[0].fill_null(tried[1]).alias("clock")


def _wrong_type(table: SourceTable, cells: pl.Series, expected: str) -> DataQualityError:
    return DataQualityError(
        f"Column {cells.name} of {table.path} holds {cells.dtype}, not {expected}.",
        remedy="Convert the column, or name the right one.",
        file=str(table.path),
        column=cells.name,
    )
