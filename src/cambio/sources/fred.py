"""FRED, the database of the Federal Reserve Bank of St. Louis: US series, with their revisions.

Follows "fred/series/observations" and "Real-Time Periods" of the St. Louis Fed Web Services
documentation: an answer holds at most 100,000 rows, a missing value is ".", and each row names the
days (in St. Louis) from which and until which its value was the valid one. Days before the
real-time period that was asked for are cut off, so its first day may stand for any earlier one.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from cambio.acquisition.feed import MACRO_VALUES
from cambio.errors import CambioError, ConfigError, SourceError
from cambio.sources.http import Answer, Transient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cambio.acquisition.catalogue import MacroSeries
    from cambio.sources.http import Client

PATH: Final = "/fred/series/observations"
PAGE_ROWS: Final = 100_000
VINTAGES_FROM: Final = date(2015, 1, 1)
"""Older revisions are left out: some are on another base (CPI was 1967 = 100 until 1988), and FRED
refuses more than 2,000 vintage days at once, which a series revised weekly since 1980 nears."""
FOR_EVER: Final = "9999-12-31"
"""FRED's name for "still valid"."""
YEARS: Final = range(1776, 2200)
"""FRED's own dates begin on 1776-07-04."""
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)
MISSING: Final = "."


def _day(text: object) -> date:
    """Give the date that stands as 2024-07-09, and in no other way."""
    day = date.fromisoformat(text) if isinstance(text, str) and DAY.fullmatch(text) else None
    if day is None or day.year not in YEARS:
        raise ValueError(f"{text!r} is no day")
    return day


def _value(text: object) -> float | None:
    """Give the number that stands as text; None for a missing one."""
    if text == MISSING:
        return None
    number = float(text) if isinstance(text, str) and NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is no number")
    return number


class _Observation(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    period: Annotated[date, BeforeValidator(_day)] = Field(alias="date")
    value: Annotated[float | None, BeforeValidator(_value)]
    """None is a missing one."""
    valid_from: Annotated[date, BeforeValidator(_day)] = Field(alias="realtime_start")
    """Today, on FRED's clock, where no vintages are asked for."""


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    limit: int = Field(gt=0)
    offset: int
    observations: list[_Observation]


class Fred:
    """The macro series of FRED.

    Args:
        client: adds the key, as `api_key`.
    """

    name = "fred"

    def __init__(self, client: Client) -> None:
        self._client = client

    def values(self, series: MacroSeries, since: date | None) -> pl.DataFrame:
        """Give the values from the period ``since`` on, by `MACRO_VALUES`.

        With vintages, a period has one row a revision, each known from its day on, at the time of
        day of the series' lag. What was published before `VINTAGES_FROM` stands with the value
        that was valid on that day, known since its lag says so.

        Raises:
            SourceError: FRED could not be asked, failed, or contradicts itself.
            ConfigError: it refuses the key or does not know the series.
        """
        rows = [
            (row.period, row.value, _known(series, row) if series.vintages else None)
            for row in _once(self._observations(series, since), series)
            if row.value is not None and row.period <= row.valid_from
        ]
        frame = pl.DataFrame(rows, schema=MACRO_VALUES, orient="row")
        return frame.sort("period", "available_at", nulls_last=False)

    def _observations(self, series: MacroSeries, since: date | None) -> list[_Observation]:
        query: dict[str, str | int] = {
            "series_id": str(series.source_id),
            "file_type": "json",
            "sort_order": "asc",
            "limit": PAGE_ROWS,
        }
        if since is not None:
            query["observation_start"] = since.isoformat()
        if series.vintages:
            query |= {"realtime_start": VINTAGES_FROM.isoformat(), "realtime_end": FOR_EVER}
        rows: list[_Observation] = []
        while True:
            query["offset"] = len(rows)
            page = self._client.get(PATH, query, lambda answer: _read(answer, query))
            rows += page.observations
            if len(page.observations) < page.limit:
                return rows


def _once(rows: Iterable[_Observation], series: MacroSeries) -> Iterable[_Observation]:
    """Give each period once, or each of its revisions; pages may repeat a row."""
    known: dict[tuple[date, date | None], _Observation] = {}
    for row in rows:
        revision = row.valid_from if series.vintages else None
        first = known.setdefault((row.period, revision), row)
        if first.value != row.value:
            since = f", both valid from {revision} on" if revision else ""
            raise SourceError(
                f"fred gives {_shown(first)} and {_shown(row)} for {row.period} in "
                f"{series.source_id}{since}; neither is taken.",
                remedy="Run the command again later, or take the series from a file.",
                source_id=series.source_id,
            )
    return known.values()


def _shown(row: _Observation) -> str:
    return MISSING if row.value is None else repr(row.value)


def _known(series: MacroSeries, row: _Observation) -> datetime | None:
    published = series.lag.on(row.valid_from)
    cut_off = row.valid_from == VINTAGES_FROM
    return None if cut_off and series.available_at(row.period) < published else published


def _read(answer: Answer, query: dict[str, str | int]) -> _Page:
    content = answer.json()
    if isinstance(content, dict) and "error_message" in content:
        raise _refusal(content, str(query["series_id"]))
    try:
        page = _Page.model_validate(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        raise SourceError(
            f"fred answered for {query['series_id']} in another form than it documents "
            f"({answer.status}{', at ' + place if place else ''}): {answer.shown()}.",
            remedy="Run the command again later; if it stays so, the client needs an update.",
        ) from None
    if page.offset != query["offset"]:
        raise Transient(f"fred gave rows from {page.offset} instead of {query['offset']}.")
    return page


def _refusal(content: dict[str, Any], series_id: str) -> CambioError:
    message = " ".join(str(content["error_message"]).split())
    if "api_key" in message:
        return ConfigError(
            f"fred refuses the key: {message}", remedy="Put a valid one into CAMBIO_FRED_API_KEY."
        )
    if "series does not exist" in message:
        return ConfigError(
            f"fred does not know the series {series_id}: {message}",
            remedy="Correct its source_id in macro_series.yaml.",
            source_id=series_id,
        )
    if str(content.get("error_code")) in {"429", "500", "502", "503", "504"}:
        return Transient(f"fred failed: {message}")
    return SourceError(f"fred refuses to serve {series_id}: {message}", source_id=series_id)
