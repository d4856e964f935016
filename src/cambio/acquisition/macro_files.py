"""Wide files of macro values: a date column, a column for each series, and a mapping of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from cambio.acquisition.files import LINE, SourceTable, read_table
from cambio.acquisition.importers import read_clock, read_numbers
from cambio.acquisition.refusals import Reason, Refusal, json_row, line_key
from cambio.calendar import previous_business_day
from cambio.errors import ConfigError, DataQualityError
from cambio.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from cambio.acquisition.catalogue import Catalogue, MacroSeries


class MacroColumn(BaseModel):
    """Where a series stands in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    column: str
    scale: float = Field(default=1.0, gt=0)
    """Multiplies the file's values into the catalogue's unit."""


class MacroMapping(BaseModel):
    """Which column of a wide file is which series of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    date: str
    source: str = Field(max_length=50)
    series: dict[str, MacroColumn] = Field(min_length=1)


def load_mapping(path: Path) -> MacroMapping:
    """Read a mapping from YAML; `config/mappings/usdcop_rl_models_macro.yaml` is one.

    Raises:
        ConfigError: the file cannot be read, or says something else than a mapping.
    """
    mapping: MacroMapping = read_yaml(path, MacroMapping)
    return mapping


@dataclass(frozen=True, slots=True)
class MacroFile:
    """The values of a wide file, at most one a series and period, not judged yet.

    `values` has the line, `series`, `period` and `value`.
    """

    table: SourceTable
    values: pl.DataFrame
    refused: list[Refusal]
    unfinished: tuple[str, ...]
    """Series whose last period is left out, because the file ends within it."""


def read_macro(path: Path, mapping: MacroMapping, catalogue: Catalogue, now: datetime) -> MacroFile:
    """Read a `.csv` or `.parquet` file of macro series.

    A monthly or quarterly column may repeat its value on each day. The last day of the period
    counts: until the period is over such files carry the value of the one before.

    Raises:
        ConfigError: the mapping names a series that is not in the catalogue.
        SourceError: the file cannot be opened.
        DataQualityError: it is damaged, lacks a column, or none of its dates can be read.
    """
    unknown = sorted(set(mapping.series) - set(catalogue))
    if unknown:
        raise ConfigError(
            f"The mapping names series that the catalogue does not have: {', '.join(unknown)}.",
            remedy="Use the names of config/macro_series.yaml, or add the series there.",
        )
    table = read_table(path)
    table.require([mapping.date, *(column.column for column in mapping.series.values())])
    days, refused = _read_days(table, mapping.date)
    values, unfinished = [], []
    for name, column in mapping.series.items():
        series = catalogue[name]
        rows = _checked_rows(table, days, column, series, now.date())
        good = rows.filter(pl.col("reason").is_null()).drop("reason")
        if series.frequency != "daily":
            good, cut = _last_of_each_period(good, series, file_end=days["day"].max())  # type: ignore[arg-type]
            unfinished += [name] * cut
        kept, conflicts = _first_of_each_day(good)
        for bad in (rows.filter(pl.col("reason").is_not_null()), conflicts):
            refused += [
                _refusal(name, column, row, mapping.source) for row in bad.iter_rows(named=True)
            ]
        values.append(kept.select(LINE, "period", "value", series=pl.lit(name)))
    return MacroFile(table, pl.concat(values), refused, tuple(unfinished))


def _read_days(table: SourceTable, name: str) -> tuple[pl.DataFrame, list[Refusal]]:
    cells = table.frame[name]
    if cells.dtype == pl.Date:
        day = cells
    elif cells.dtype == pl.String:
        day = cells.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    else:
        day = read_clock(table, cells).dt.date()
    days = table.frame.select(LINE, day.alias("day"))
    lost = days.filter(pl.col("day").is_null()).join(table.frame, on=LINE)
    if lost.height == days.height:
        raise DataQualityError(
            f"{table.path} holds no date in column {name}; its first cell is {cells[0]!r}.",
            remedy="Dates are read as 2024-07-08.",
            file=str(table.path),
            column=name,
        )
    rows = lost.drop("day").iter_rows(named=True)
    return days.drop_nulls(), [_unreadable(row.pop(LINE), name, json_row(row)) for row in rows]


def _unreadable(line: int, name: str, payload: dict[str, Any]) -> Refusal:
    return Refusal(
        kind="macro",
        key=line_key(line, payload),
        reason=Reason.UNREADABLE_TIME,
        detail=f"Line {line}: {payload[name]!r} is no date like 2024-07-08.",
        payload=payload,
    )


def value_fault(day: pl.Expr, series: MacroSeries, today: date) -> pl.Expr:
    """Give the reason why the number in `value` can't be the series' on ``day``; null: it can.

    Args:
        day: that the value is dated with.
        series: some are published on weekends too.
        today: later days have no value yet.
    """
    weekend = series.frequency == "daily" and not series.every_day
    return (
        pl.when(pl.col("value").is_infinite()).then(pl.lit(Reason.INFINITE))
        .when(day > today).then(pl.lit(Reason.FUTURE))
        .when(pl.lit(weekend) & (day.dt.weekday() > 5)).then(pl.lit(Reason.WEEKEND))
    )  # fmt: skip


def _checked_rows(
    table: SourceTable, days: pl.DataFrame, column: MacroColumn, series: MacroSeries, today: date
) -> pl.DataFrame:
    """Give line, day, period, cell, value and reason of the cells that are not empty."""
    cells = table.frame[column.column]
    numbers, text = read_numbers(table, cells)
    value = pl.col("value")
    not_a_number = pl.when("text").then(pl.lit(Reason.NOT_A_NUMBER))
    reason = pl.coalesce(not_a_number, value_fault(pl.col("day"), series, today))
    rows = (
        table.frame.select(LINE, cell=cells, value=numbers * column.scale, text=text)
        .join(days, on=LINE, maintain_order="left")
        .with_columns(reason=reason)
        .filter(pl.col("text") | value.is_not_nan())
        .drop("text")
    )
    periods = [series.period_of(day) for day in rows["day"]]
    return rows.with_columns(pl.Series("period", periods, pl.Date))


def _last_of_each_period(
    rows: pl.DataFrame, series: MacroSeries, file_end: date
) -> tuple[pl.DataFrame, bool]:
    """Give the last row of each period, and whether an unfinished last period was left out."""
    last = rows.sort("day", LINE).unique("period", keep="last", maintain_order=True)
    if last.is_empty() or last.height == rows.height:
        return last, False
    cut = _last_business_day(series, last["period"][-1]) > file_end
    return last.head(last.height - cut), cut


def _last_business_day(series: MacroSeries, period: date) -> date:
    day = period
    while series.period_of(day + timedelta(days=1)) == period:
        day += timedelta(days=1)
    return previous_business_day(day + timedelta(days=1))


def _first_of_each_day(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give one row a period, and the others that say another value."""
    first = pl.col("value").first().over("period", order_by=LINE)
    again = pl.int_range(pl.len()).over("period", order_by=LINE) > 0
    marked = rows.with_columns(again=again, other=pl.col("value") != first)
    conflicts = marked.filter(pl.col("again") & pl.col("other"))
    return (
        marked.filter(~pl.col("again")),
        conflicts.with_columns(reason=pl.lit(Reason.CONFLICTING_DUPLICATE)),
    )


DETAILS: Final[Mapping[Reason, str]] = {
    Reason.NOT_A_NUMBER: "is no number",
    Reason.INFINITE: "is infinite",
    Reason.FUTURE: "is dated in the future",
    Reason.WEEKEND: "is dated on a weekend, when the series is not published",
    Reason.CONFLICTING_DUPLICATE: "differs from an earlier line for the same day",
}


def _refusal(name: str, column: MacroColumn, row: dict[str, Any], source: str) -> Refusal:
    reason = Reason(row["reason"])
    what = f"Line {row[LINE]}: {name} {row['cell']} on {row['day']} {DETAILS[reason]}."
    payload = {"date": row["day"], column.column: row["cell"]}
    key = f"{name} {row['day']} {row['cell']}"
    content = None
    if reason is Reason.CONFLICTING_DUPLICATE:
        value = {"period": row["period"], "value": row["value"]}
        content = json_row({"series": name, **value, "source": source})
    return Refusal("macro", key, reason, what, json_row(payload), content)
