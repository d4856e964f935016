"""datos.gov.co, Colombia's open data on Socrata: the TRM, one row a span of days.

Follows "Paging through Data" and "Queries using SODA" of the Socrata developer documentation: an
answer holds 1,000 rows unless `$limit` says otherwise, without saying that there are more, and rows
have no order unless `$order` names one.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from cambio.acquisition.feed import macro_values
from cambio.calendar import BOGOTA
from cambio.errors import ConfigError, SourceError
from cambio.sources.http import Answer, Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import polars as pl

    from cambio.acquisition.catalogue import MacroSeries
    from cambio.sources.http import Client

PAGE_ROWS: Final = 5_000
ACCEPTED: Final = 202
"""The query still runs: ask again."""
NOT_FOUND: Final = 404
LONGEST: Final = timedelta(days=10)
"""Of one rate. A weekend with holidays has five days at most; a rate for longer is an open end or a
mistyped day, and would be taken for every day that has no row of its own."""
FIRST_YEAR: Final = 1900
"""The TRM began in 1991."""
DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(T00:00:00(\.0+)?)?", re.ASCII)
NUMBER: Final = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)


def _day(text: object) -> date:
    """Give the date of a midnight, such as 2024-07-08T00:00:00.000."""
    match = DAY.fullmatch(text) if isinstance(text, str) else None
    if match is None or (day := date.fromisoformat(match[1])).year < FIRST_YEAR:
        raise ValueError(f"{text!r} is no day")
    return day


def _value(text: object) -> float:
    """Give the number that stands as text."""
    number = float(text) if isinstance(text, str) and NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is no number")
    return number


class _Span(BaseModel):
    """A rate and the days on which it holds; weekends and holidays share one."""

    model_config = ConfigDict(frozen=True, strict=True)

    value: Annotated[float, BeforeValidator(_value)] = Field(alias="valor")
    unit: Literal["COP"] = Field(alias="unidad")
    first: Annotated[date, BeforeValidator(_day)] = Field(alias="vigenciadesde")
    last: Annotated[date, BeforeValidator(_day)] = Field(alias="vigenciahasta")

    def days(self, until: date) -> Iterator[date]:
        length = (min(self.last, until) - self.first).days + 1
        return (self.first + timedelta(days=n) for n in range(length))


_SPANS: Final = TypeAdapter(list[_Span])


class Socrata:
    """The TRM of datos.gov.co.

    Args:
        client: asks the portal; it wants no key.
        now: the clock.
    """

    name = "socrata"

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    def values(self, series: MacroSeries, since: date | None) -> pl.DataFrame:
        """Give one value for each day from ``since`` to today in Bogota, by `MACRO_VALUES`.

        Raises:
            SourceError: the portal could not be asked, failed, or contradicts itself.
            ConfigError: it does not know the data set.
        """
        today = self._now().astimezone(BOGOTA).date()
        values: dict[date, float] = {}
        for span in self._spans(str(series.source_id), since):
            for day in span.days(today):
                if values.setdefault(day, span.value) != span.value:
                    raise SourceError(
                        f"socrata gives {values[day]:g} and {span.value:g} for {day} in "
                        f"{series.source_id}; neither is taken.",
                        remedy="Run the command again later, or take the series from a file.",
                    )
        return macro_values(values, since)

    def _spans(self, data_set: str, since: date | None) -> list[_Span]:
        query: dict[str, str | int] = {"$order": "vigenciadesde,:id", "$limit": PAGE_ROWS}
        if since is not None:  # by the last day: a weekend's rate began before it
            query["$where"] = f"vigenciahasta >= '{since}T00:00:00.000'"
        spans: list[_Span] = []
        while True:
            query["$offset"] = len(spans)
            path = f"/resource/{data_set}.json"
            page = self._client.get(path, query, lambda answer: _read(answer, data_set))
            if not page:  # a short page may be a limit of the portal's own
                return spans
            if spans and page[0].first <= spans[-1].first:
                raise SourceError(
                    f"socrata's pages of {data_set} overlap at {page[0].first}: it changed while "
                    "it was read.",
                    remedy="Run the command again.",
                )
            spans += page


def _read(answer: Answer, data_set: str) -> list[_Span]:
    if answer.status == ACCEPTED:
        raise Transient("socrata is still working on the query (202).")
    content = answer.json()
    if answer.status == NOT_FOUND:
        raise ConfigError(
            f"socrata knows no data set {data_set}: {answer.shown()}.",
            remedy="Correct the source_id in macro_series.yaml.",
            source_id=data_set,
        )
    try:
        spans = _SPANS.validate_python(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        raise SourceError(
            f"socrata answered for {data_set} with something else than rates ({answer.status}"
            f"{', at ' + place if place else ''}): {answer.shown()}.",
            remedy="Run the command again later; if it stays so, the client needs an update.",
        ) from None
    for span in spans:
        if not timedelta(0) <= span.last - span.first < LONGEST:
            raise SourceError(
                f"socrata gives {span.value!r} for {span.first} to {span.last} in {data_set}, "
                f"which is no span of 1 to {LONGEST.days} days.",
                remedy="Nothing was taken; run the command again later, or take the series from a "
                "file.",
            )
    return spans
