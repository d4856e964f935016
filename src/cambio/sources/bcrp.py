"""Banco Central de Reserva del Perú (BCRPData): daily series by range, Spanish dates, text values.

The address is the bank's developer API, `series/api/{code}/json/{from}/{to}/{language}`; daily
ranges are dates like 2026-09-04, and `esp` fixes the names of the months. An answer is
`{"config": {"series": [{"name", "dec"}]}, "periods": [{"name": "04.Set.26", "values": ["188"]}]}`,
as public clients met it in 2026: JSON that is sent as text/html, so the content type says nothing,
and in some 7 of 100 requests the firewall's challenge instead, a web page with status 200. What
the bank answers to an unknown code is not documented; a page is taken for the firewall's.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from cambio.acquisition.feed import macro_values
from cambio.errors import ConfigError, SourceError
from cambio.sources.http import Transient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import polars as pl

    from cambio.acquisition.catalogue import MacroSeries
    from cambio.sources.http import Answer, Client

LIMA: Final = ZoneInfo("America/Lima")
FIRST_DAY: Final = date(1990, 1, 1)
"""Two-digit years are read as 1990 to 2089."""
MONTHS: Final = ("Ene", "Feb", "Mar", "Abr", "May", "Jun", "Jul", "Ago", "Set", "Oct", "Nov", "Dic")
DAY: Final = re.compile(rf"(\d{{1,2}})\.({'|'.join(MONTHS)})\.(\d\d)", re.ASCII)
NUMBER: Final = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)
MISSING: Final = "n.d."
NAMED: Final = {"PD04715XD": "Colombia"}
"""What the bank's own name of a series holds. The code is not in an answer, and its neighbours are
the spreads of other countries."""


class Bcrp:
    """The daily series of the Peruvian central bank.

    Args:
        client: of the source `bcrp`.
        now: the clock.
    """

    name = "bcrp"

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    def values(self, series: MacroSeries, since: date | None) -> pl.DataFrame:
        """Give the values from the period ``since`` on, or all, by `MACRO_VALUES`, ascending.

        Raises:
            SourceError: the source failed, or holds what cannot be read without guessing.
            ConfigError: the series is not daily.
        """
        if series.frequency != "daily":
            raise ConfigError(
                f"Series {series.source_id} of BCRP is {series.frequency}: only daily is read.",
                remedy="Correct its frequency in config/macro_series.yaml.",
            )
        start, today = since or FIRST_DAY, self._now().astimezone(LIMA).date()
        known: dict[date, float] = {}
        if start <= today:
            path = f"series/api/{series.source_id}/json/{start}/{today}/esp"
            known = self._client.get(path, {}, lambda answer: _read(answer, series))
        return macro_values({day: v for day, v in known.items() if day <= today}, start)


def _read(answer: Answer, series: MacroSeries) -> dict[date, float]:
    where = f"Series {series.source_id} of BCRP ({series.description})"
    values: dict[date, float] = {}
    for row in _periods(_content(answer, where), str(series.source_id), where):
        match row:
            case {"name": name, "values": [text]}:
                day = _day(name, where)
            case _:
                raise _unreadable(where, f"holds {row!r}, which is no day with one value")
        if text == MISSING:
            continue
        value = float(text) if _is_number(text) else math.nan
        if not math.isfinite(value):
            raise _unreadable(where, f"holds {text!r} on {day}, which is no number")
        if values.setdefault(day, value) != value:
            raise _unreadable(where, f"holds both {values[day]!r} and {value!r} for {day}")
    return values


def _content(answer: Answer, where: str) -> Any:
    if answer.status != 200:
        raise SourceError(
            f"BCRP answered {answer.status}: {answer.shown()}.",
            remedy="Check the url of bcrp in config/sources.yaml.",
        )
    try:
        return answer.json()
    except Transient as error:
        if answer.body.strip() and answer.body.strip()[:1] not in (b"<", b"{", b"\xef"):
            raise _unreadable(where, f"was answered with a message: {answer.shown()}") from None
        raise Transient(
            f"{where} {error.what}. A web page means the firewall or maintenance; if it stays,"
            " check its source_id in config/macro_series.yaml."
        ) from None


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and NUMBER.fullmatch(text) is not None


def _periods(content: Any, code: str, where: str) -> list[Any]:
    """Give the rows of an answer that holds one series, the one that was asked for."""
    try:
        served, periods = content["config"]["series"], content["periods"]
    except (TypeError, KeyError):
        raise _unreadable(where, "came without config.series or periods") from None
    if not isinstance(served, list) or len(served) != 1 or not isinstance(periods, list):
        raise _unreadable(where, f"came with {served!r}, which is not one series")
    name, part = served[0].get("name") if isinstance(served[0], dict) else None, NAMED.get(code, "")
    if part.casefold() not in str(name).casefold():
        raise _unreadable(where, f"came with the name {name!r}, which is not one of {part}")
    return periods


def _day(name: Any, where: str) -> date:
    """Give the date of a period's name."""
    match = DAY.fullmatch(name) if isinstance(name, str) else None
    if match:
        year = FIRST_DAY.year + (int(match[3]) - FIRST_DAY.year) % 100
        with suppress(ValueError):  # 30.Feb.24
            return date(year, MONTHS.index(match[2]) + 1, int(match[1]))
    raise _unreadable(where, f"holds the day {name!r}, not one like 04.Set.26")


def _unreadable(where: str, what: str) -> SourceError:
    return SourceError(
        f"{where} {what}.",
        remedy="Nothing of it was taken; check its source_id in config/macro_series.yaml.",
    )
