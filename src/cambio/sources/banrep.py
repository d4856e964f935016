"""Banco de la República (SUAMECA): whole series in one answer, dated by Bogota midnights.

The service is not documented by the bank. Shapes as its statistics portal used them in 2026: an
answer is `[{"id", "nombre", "unidad", "data": [[epoch_ms, value], ...]}]`; an unknown id answers
200 with `[]` or `[{"isSerie": "NO"}]`, a wrong path 200 with the portal's web page.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from cambio.acquisition.feed import macro_values
from cambio.calendar import BOGOTA
from cambio.errors import ConfigError, SourceError
from cambio.sources.http import Transient

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from cambio.acquisition.catalogue import MacroSeries
    from cambio.sources.http import Answer, Client

PATH: Final = "consultaInformacionSerie"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MIDNIGHT: Final = time(5)
"""Of Bogota (UTC−5), on the clock of UTC."""
SUMMER_MIDNIGHT: Final = time(4)
FIRST_DAY: Final = date(1900, 1, 1)
"""Older days are no days of the bank, which was founded in 1923."""
SUMMER_TIME: Final = (date(1992, 5, 3), date(1993, 4, 4))
"""Bogota was on UTC−4 for a year. Releases of the time-zone database differ on its end, so that
within these dates both midnights are read; either names one day."""


class Banrep:
    """The series of Banco de la República.

    Args:
        client: of the source `banrep`.
        now: the clock.
    """

    name = "banrep"

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    def values(self, series: MacroSeries, since: date | None) -> pl.DataFrame:
        """Give the values from the period ``since`` on, or all, by `MACRO_VALUES`, ascending.

        Raises:
            SourceError: the source failed, or holds what cannot be read without guessing.
            ConfigError: the source does not know the id.
        """
        today = self._now().astimezone(BOGOTA).date()
        known = self._client.get(
            PATH, {"idSerie": str(series.source_id)}, lambda answer: _read(answer, series, today)
        )
        return macro_values(known, since)


def _read(answer: Answer, series: MacroSeries, today: date) -> dict[date, float]:
    where = f"Series {series.source_id} of Banco de la República ({series.description})"
    values: dict[date, float] = {}
    for row in _rows(answer, series, where):
        if not isinstance(row, list) or len(row) != 2:
            raise _unreadable(where, f"holds {row!r}, which is no pair of time and value")
        day, value = _day(row[0], where), row[1]
        if value is None or day > today:
            continue
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not abs(value) <= sys.float_info.max  # exact for integers of any length
        ):
            raise _unreadable(where, f"holds {value!r} on {day}, which is no number")
        period = series.period_of(day)
        if values.setdefault(period, float(value)) != value:
            raise _unreadable(where, f"holds both {values[period]!r} and {value!r} for {period}")
    return values


def _rows(answer: Answer, series: MacroSeries, where: str) -> list[Any]:
    if answer.status != 200:
        raise SourceError(
            f"Banco de la República answered {answer.status}: {answer.shown()}.",
            remedy="Check the url of banrep in config/sources.yaml.",
        )
    try:
        content = answer.json()
    except Transient as error:
        raise Transient(
            f"Banco de la República {error.what}. A web page means maintenance, or a wrong url of"
            " banrep in config/sources.yaml."
        ) from None
    if content == [] or _says(content, "isSerie", "NO"):
        raise ConfigError(
            f"Banco de la República does not know series {series.source_id}"
            f" ({series.description}).",
            remedy="Correct its source_id in config/macro_series.yaml.",
            source_id=series.source_id,
        )
    rows = content[0].get("data") if _is_record(content) else None
    if not isinstance(rows, list):
        raise _unreadable(where, f"came without data: {answer.shown()}")
    served = content[0].get("id", series.source_id)
    if str(served) != series.source_id:
        raise _unreadable(where, f"came with the id {served!r}: another series")
    return rows


def _is_record(content: Any) -> bool:
    return isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict)


def _says(content: Any, key: str, value: str) -> bool:
    return _is_record(content) and content[0].get(key) == value


def _day(epoch_ms: Any, where: str) -> date:
    """Give the day that begins in Bogota at that moment."""
    try:
        start = EPOCH + timedelta(milliseconds=epoch_ms)
    except (TypeError, OverflowError, ValueError):
        raise _unreadable(where, f"holds the time {epoch_ms!r}, which is no epoch") from None
    summer = SUMMER_TIME[0] <= start.date() <= SUMMER_TIME[1]
    if start.date() < FIRST_DAY:
        raise _unreadable(where, f"holds the time {epoch_ms!r} ({start.date()}): before the bank")
    if start.time() == MIDNIGHT or (summer and start.time() == SUMMER_MIDNIGHT):
        return start.date()
    raise _unreadable(
        where,
        f"holds the time {epoch_ms!r} ({start:%Y-%m-%d %H:%M:%S} UTC), which is no midnight in"
        " Bogota: its day cannot be told",
    )


def _unreadable(where: str, what: str) -> SourceError:
    return SourceError(
        f"{where} {what}.",
        remedy="Nothing of the series was taken; look at it on the bank's portal.",
    )
