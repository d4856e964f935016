"""TwelveData: 5-minute bars of USD/COP (https://twelvedata.com/docs#time-series)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cambio.acquisition.feed import PAGE_SCHEMA, Page
from cambio.contracts.market import SYMBOL
from cambio.errors import CambioError, ConfigError, SourceError
from cambio.sources.http import Answer, Client, Transient

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE_BARS: Final = 5000
INTERVAL: Final = "5min"
TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
ANOTHER_CLOCK: Final = timedelta(hours=1)
"""Bars this far outside of what was asked are told on the clock of another zone."""

UNAUTHORIZED, TOO_MANY, SERVER_FAILED = 401, 429, 500


class TwelveData:
    """The `BarFeed` of TwelveData.

    Args:
        client: of the source, with the key as the query parameter `apikey`.
    """

    name = "twelvedata"
    page_bars = PAGE_BARS

    def __init__(self, client: Client) -> None:
        self._client = client

    def page(self, start: datetime, end: datetime) -> Page:
        """Give the bars whose open lies in [start, end]; none is an empty page.

        Raises:
            SourceError: the provider could not be asked, failed, or serves other data.
            ConfigError: it refuses the key or the symbol.
        """
        params: dict[str, str | int] = {
            "symbol": SYMBOL,
            "interval": INTERVAL,
            "outputsize": PAGE_BARS,
            "start_date": start.astimezone(UTC).strftime(TIME_FORMAT),
            "end_date": end.astimezone(UTC).strftime(TIME_FORMAT),
            "timezone": "UTC",
            "order": "ASC",
        }
        read = partial(_page, start=start, end=end)
        return self._client.get("time_series", params, read, _explain)


def _page(answer: Answer, start: datetime, end: datetime) -> Page:
    payload = None if answer.status == UNAUTHORIZED else answer.json()
    error = _error(payload, answer)
    if error is not None:
        if _means_no_bars(payload):
            return Page(_rows(()), answer.served_at, full=False)
        raise error
    match payload:
        case {"meta": {"symbol": symbol, "interval": interval}, "values": list(values)}:
            if (symbol, interval) != (SYMBOL, INTERVAL):
                raise _other_data(f"{symbol} by {interval}", f"{SYMBOL} by {INTERVAL}")
            rows = _rows(values)
            _refuse_another_clock(rows["time"], start, end)
            return Page(rows, answer.served_at, full=len(values) >= PAGE_BARS)
    raise Transient(f"twelvedata answered in another shape ({answer.status}): {answer.shown()}.")


def _explain(answer: Answer) -> None:
    """Raise what the body of a failed request tells, if it tells anything."""
    try:
        error = _error(answer.json(), answer)
    except Transient:
        return
    if error is not None:
        raise error


def _error(payload: Any, answer: Answer) -> CambioError | None:
    """Give the error that an answer stands for; its code is the body's, then that of HTTP."""
    match payload:
        case {"status": "error", "code": int(code)}:
            message = " ".join(str(payload.get("message", "")).split())
        case _:
            code, message = answer.status, answer.shown()
            if code != UNAUTHORIZED:
                return None
    if code == TOO_MANY:
        if "for the day" in message:
            return SourceError(
                f"twelvedata has no credits left for the day: {message}",
                remedy="Run the command again tomorrow; nothing was lost.",
            )
        return Transient(f"twelvedata wants fewer requests: {message}", wait_s=_next_minute(answer))
    if code >= SERVER_FAILED:
        return Transient(f"twelvedata failed ({code}): {message}")
    if code == UNAUTHORIZED:
        return ConfigError(
            f"twelvedata refuses the key ({code}): {message}",
            remedy="Set CAMBIO_TWELVEDATA_API_KEY to a valid key.",
        )
    return ConfigError(
        f"twelvedata refuses to serve {SYMBOL} by {INTERVAL} ({code}): {message}",
        remedy="Check that the plan of CAMBIO_TWELVEDATA_API_KEY holds the symbol.",
    )


def _means_no_bars(payload: Any) -> bool:
    match payload:
        case {"code": 400, "message": str(message)}:
            return "no data is available" in message.lower()
    return False


def _next_minute(answer: Answer) -> float:
    """Give the seconds until the provider's next full minute, when it grants new credits."""
    return 60.0 - (answer.served_at.second if answer.served_at else 0)


def _rows(values: Iterable[Any]) -> pl.DataFrame:
    """Give the rows as text. What is no row stands whole as its time, to be refused later."""
    rows = [row if isinstance(row, dict) else {"datetime": row} for row in values]
    columns = {name: "datetime" if name == "time" else name for name in PAGE_SCHEMA}
    return pl.DataFrame(
        {name: [_text(row.get(field)) for row in rows] for name, field in columns.items()},
        schema=PAGE_SCHEMA,
    )


def _text(value: Any) -> str | None:
    printable = isinstance(value, str) and value.isascii() and value.isprintable()
    plain = value is None or printable
    return value if plain else json.dumps(value)


def _refuse_another_clock(times: pl.Series, start: datetime, end: datetime) -> None:
    times = times.str.to_datetime(TIME_FORMAT, time_zone="UTC", strict=False)
    first, last = times.min(), times.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return
    if first <= start - ANOTHER_CLOCK or last >= end + ANOTHER_CLOCK:
        raise _other_data(f"bars from {first} to {last}", f"{start} to {end}")


def _other_data(served: str, asked: str) -> SourceError:
    return SourceError(
        f"twelvedata served other data than asked for: {served} instead of {asked}.",
        remedy="Nothing was taken over; run the command again later.",
    )
