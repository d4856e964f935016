"""DANE: Colombian consumer prices (IPC), a spreadsheet a month that holds the whole history.

Address and layout as published in 2025 and 2026, in the words of public programs that read the
files: `files/operaciones/IPC/ago2026/anex-IPC-Indices-ago2026.xlsx`, sheet `IndicesIPC`, below a
title a header `Mes | 2003 | 2004 | …` and a row for each month, the months still to come empty,
below them notes. The total national index, December 2018 = 100.
"""

from __future__ import annotations

import io
import lzma
import math
import struct
import sys
import warnings
import zipfile
import zlib
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from cambio.acquisition.feed import macro_values
from cambio.calendar import BOGOTA
from cambio.errors import SourceError
from cambio.sources.http import Transient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import polars as pl

    from cambio.acquisition.catalogue import MacroSeries
    from cambio.sources.http import Answer, Client

MONTHS: Final = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
SHEET: Final = "IndicesIPC"
BASE: Final = (date(2018, 12, 1), 100.0)
FILES_BACK: Final = 3
"""How many months a release may be late before we give up."""
MAX_BYTES: Final = 50_000_000
"""Of the file unpacked; a real one is far below a megabyte."""
MAX_ROWS, MAX_COLUMNS = 200, 200
FIRST_YEAR: Final = 1900

Rows = list[tuple[Any, ...]]


class Dane:
    """The consumer price index of DANE.

    Args:
        client: of the source `dane`.
        now: the clock.
    """

    name = "dane"

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    def values(self, series: MacroSeries, since: date | None) -> pl.DataFrame:
        """Give the values from the period ``since`` on, or all, by `MACRO_VALUES`, ascending.

        Raises:
            SourceError: there is no file, or it is not laid out as we know it.
        """
        known = self._newest(series)
        return macro_values(known, since)

    def _newest(self, series: MacroSeries) -> dict[date, float]:
        """Give the months of the newest file, from the last month that can be published."""
        month = self._now().astimezone(BOGOTA).date().replace(day=1)
        while series.available_at(month, by_source=True) > self._now():
            month = _month_before(month)
        asked = []
        for _ in range(1 + FILES_BACK):
            stem = f"{MONTHS[month.month - 1][:3]}{month.year}"
            path = f"files/operaciones/IPC/{stem}/anex-IPC-Indices-{stem}.xlsx"
            asked.append(path)
            known = self._client.get(path, {}, partial(_read, last=month))
            if known is not None:
                return known
            month = _month_before(month)
        raise SourceError(
            f"DANE has none of {', '.join(asked)}.",
            remedy="Look for the address on DANE's page of the IPC; it may have changed.",
        )


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _read(answer: Answer, last: date) -> dict[date, float] | None:
    """Give the months up to ``last``; None if there is no such file."""
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise SourceError(
            f"DANE answered {answer.status}: {answer.shown()}.",
            remedy="Check the url of dane in config/sources.yaml.",
        )
    if not answer.body.startswith(b"PK"):
        raise Transient(f"DANE answered with no spreadsheet: {answer.shown()}.")
    values = _table(_cells(answer.body), last)
    month, index = BASE
    if not math.isclose(values.get(month, math.nan), index, abs_tol=0.005):
        raise _unreadable(
            "as a whole", f"{values.get(month)} for {month:%Y-%m}, where the base is {index:g}"
        )
    return values


def _cells(content: bytes) -> Rows:
    """Give the sheet's rows from the first on, each from column A on.

    Raises:
        Transient: the file is damaged.
        SourceError: it is absurdly large, or has no such sheet.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > MAX_BYTES:
            raise SourceError(
                f"DANE's file unpacks to {size} bytes; the most we read is {MAX_BYTES}.",
                remedy="Look at the file before anything of it is believed.",
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of styles, which we do not read
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            if SHEET not in book.sheetnames:
                raise SourceError(
                    f"DANE's file has no sheet {SHEET}, only {', '.join(book.sheetnames)}.",
                    remedy="The layout has changed: the reader must learn it.",
                )
            return list(book[SHEET].iter_rows(1, MAX_ROWS, 1, MAX_COLUMNS, values_only=True))
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
        SyntaxError, LookupError, ValueError, TypeError, AttributeError, RuntimeError,
        ArithmeticError,
    ) as error:  # fmt: skip
        # openpyxl has no error of its own for a damaged file; SyntaxError is one of its XML.
        raise Transient(f"DANE's file is damaged ({type(error).__name__}): {error}.") from None


def _table(rows: Rows, last: date) -> dict[date, float]:
    """Read the table that begins with `Mes`; months after ``last`` are left out."""
    top, left = _header(rows)
    years = _years(rows, top, left)
    values: dict[date, float] = {}
    seen: set[int] = set()
    for n in range(top + 1, len(rows)):
        name = _label(rows[n][left])
        if not name and not seen:
            continue
        if name not in MONTHS:
            break
        number = MONTHS.index(name) + 1
        if number in seen:
            raise _unreadable(_cell(n, left), f"{name} for the second time")
        seen.add(number)
        for column in range(left + 1, len(rows[n])):
            value = _number(rows[n][column], _cell(n, column))
            if value is None:
                continue
            if column not in years:
                raise _unreadable(_cell(n, column), f"{value} in a column without a year")
            if date(years[column], number, 1) <= last:
                values[date(years[column], number, 1)] = value
    if len(seen) < len(MONTHS):
        raise _unreadable(_cell(top, left), f"a table of {len(seen)} months instead of 12")
    return values


def _header(rows: Rows) -> tuple[int, int]:
    for n, row in enumerate(rows):
        for column, value in enumerate(row):
            if _label(value) == "mes":
                return n, column
    raise _unreadable("as a whole", "no header that begins with Mes")


def _years(rows: Rows, top: int, left: int) -> dict[int, int]:
    """Give the year of each column that has a header."""
    years: dict[int, int] = {}
    for column in range(left + 1, len(rows[top])):
        label = _label(rows[top][column]).removesuffix(".0")
        if not label:
            continue
        year = int(label) if len(label) == 4 and label.isdecimal() else 0
        if year < FIRST_YEAR or year in years.values():
            raise _unreadable(_cell(top, column), f"{rows[top][column]!r} where a new year belongs")
        years[column] = year
    return years


def _label(value: Any) -> str:
    """Give a cell as plain lower-case text; some files quote the months ('Enero')."""
    return "" if value is None else str(value).strip().strip("'").strip().casefold()


def _number(value: Any, cell: str) -> float | None:
    if not _label(value):
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 < value <= sys.float_info.max:  # exact for integers of any length
        raise _unreadable(cell, f"{value!r} where an index belongs")
    return float(value)


def _cell(row: int, column: int) -> str:
    return f"cell {get_column_letter(column + 1)}{row + 1}"


def _unreadable(where: str, what: str) -> SourceError:
    return SourceError(
        f"DANE's sheet {SHEET}, {where}, holds {what}.",
        remedy="Nothing was taken. The layout has changed: the reader must learn it.",
        sheet=SHEET,
    )
