"""Reading CSV and Parquet files: a table, or an error that names file, line and remedy."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from cambio.errors import DataQualityError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

LINE: Final = "__line__"
"""Added column: the line of the CSV file or the row of the Parquet file, both from 1."""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The columns of a file as they stand, with the line added; every CSV column is a string."""

    path: Path
    frame: pl.DataFrame
    warnings: tuple[str, ...] = ()

    def require(self, columns: Iterable[str]) -> None:
        """Refuse the file if one of ``columns`` is missing.

        Raises:
            DataQualityError: names the missing columns and the ones that exist.
        """
        missing = [name for name in columns if name not in self.frame.columns]
        if missing:
            found = ", ".join(name for name in self.frame.columns if name != LINE)
            raise DataQualityError(
                f"{self.path} has no column {', '.join(missing)}; it has {found}.",
                remedy="Name the columns as the file does, or check that it is the right file "
                "(CSV fields are separated by commas).",
                file=str(self.path),
                missing=missing,
            )


def read_table(path: Path) -> SourceTable:
    """Give the content of a `.csv`, `.csv.gz` or `.parquet` file.

    Raises:
        SourceError: the file cannot be opened or its extension is unknown.
        DataQualityError: it is empty, cut off, not UTF-8 or otherwise damaged.
    """
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    name, gzipped = path.name.lower().removesuffix(".gz"), path.suffix.lower() == ".gz"
    kind = Path(name).suffix
    if kind not in readers or (gzipped and kind != ".csv"):
        raise SourceError(
            f"{path} is neither .csv, .csv.gz nor .parquet.",
            remedy="Convert it to one.",
            file=str(path),
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.",
            remedy="Check the path and its permissions.",
            file=str(path),
        ) from error
    if gzipped and content:
        content = _unzipped(path, content)
    if not content:
        raise _damaged(path, "is empty")
    table = readers[kind](path, content)
    if table.frame.is_empty():
        raise _damaged(path, "has a header, but no row")
    return table


def _damaged(path: Path, what: str, **fields: object) -> DataQualityError:
    remedy = "Nothing was written. Get the file again from its source."
    return DataQualityError(f"{path} {what}.", remedy=remedy, file=str(path), **fields)


def _unzipped(path: Path, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, f"is cut off or no gzip file ({error})") from error


def _read_parquet(path: Path, content: bytes) -> SourceTable:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(path, f"is cut off or no Parquet file ({error})") from error
    return SourceTable(path, frame.with_row_index(LINE, offset=1))


def _read_csv(path: Path, content: bytes) -> SourceTable:
    if (null := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, null) + 1
        raise _damaged(path, f"is no text: byte {null}, line {line}, is zero", line=line)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _damaged(path, f"is not UTF-8: byte {error.start}, line {line}", line=line) from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[int] = []
    values: list[list[str]] = []
    try:
        header = next(rows, [])
        for row in rows:
            if row:
                lines.append(rows.line_num)
                values.append(row)
    except csv.Error as error:
        raise _damaged(path, f"is damaged at line {rows.line_num}: {error}") from error
    _check_header(path, header)
    _check_widths(path, len(header), lines, values)
    frame = pl.DataFrame(values, schema=dict.fromkeys(header, pl.String), orient="row")
    blank_is_null = pl.when(pl.all().str.strip_chars() != "").then(pl.all().str.strip_chars())
    frame = frame.select(blank_is_null).insert_column(0, pl.Series(LINE, lines, pl.UInt32))
    return SourceTable(path, frame, _end_warning(text))


def _check_header(path: Path, header: list[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise _damaged(path, f"names the columns {', '.join(twice)} twice", line=1)


def _check_widths(path: Path, width: int, lines: list[int], values: list[list[str]]) -> None:
    odd = next((n for n, row in enumerate(values) if len(row) != width), None)
    if odd is None:
        return
    cut = odd == len(values) - 1 and len(values[odd]) < width
    says = f"has {len(values[odd])} fields where the header has {width}"
    where = f"{'is cut off: its last line' if cut else 'is damaged: line'} {lines[odd]} {says}"
    raise _damaged(path, where, line=lines[odd])


def _end_warning(text: str) -> tuple[str, ...]:
    if text.endswith(("\n", "\r")):
        return ()
    return ("The last line does not end with a newline: check that the file was not cut off.",)
