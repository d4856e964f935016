"""TwelveData on loopback: it holds a truth and serves it, with a fault per request on demand.

with FakeTwelveData(truth, now=clock, faults=[Fault.HTTP_500]) as fake:
    client = Client("twelvedata", fake.config(), log, now=clock, sleep=..., key=fake.key)
    TwelveData(client).page(start, end)
    fake.revise(time, close)  # history changes
    assert fake.violations == 0  # of the rate limit
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

import polars as pl
from pydantic import HttpUrl, SecretStr
from tests.fakes.server import Reply, Request, Server

from cambio.acquisition.providers import Breaker, RateLimit, SourceConfig

Ohlc = tuple[float, float, float, float]

KEY = "0123456789abcdef0123456789abcdef"
STEP = timedelta(minutes=5)
SKEW = timedelta(seconds=90)
STALL_S = 30.0  # cut short when the context closes
PRICES = ("open", "high", "low", "close")
NO_DATA = "No data is available on the specified dates. Try setting different start/end dates."
NO_CREDITS = (
    "You have run out of API credits for the current minute. {used} API credits were used, with "
    "the current limit being {limit}. Wait for the next minute or consider switching to a higher "
    "tier plan at https://twelvedata.com/pricing"
)
NO_CREDITS_TODAY = NO_CREDITS.replace("current minute", "day").replace("next minute", "next day")
BAD_KEY = "**apikey** parameter is incorrect or not specified."
BAD_SYMBOL = "**symbol** or **figi** parameter is missing or invalid."


class Fault(StrEnum):
    """What goes wrong with one request."""

    OK = "ok"
    HTTP_429 = "http_429"
    BODY_429 = "body_429"  # with HTTP 200
    HTTP_500 = "http_500"
    HTTP_503_HTML = "http_503_html"
    BODY_500 = "body_500"  # with HTTP 200
    TIMEOUT = "timeout"
    DROPPED = "dropped"  # inside the body
    TRUNCATED_JSON = "truncated_json"  # HTTP is whole
    HTML = "html"  # with HTTP 200
    REPEATED_ROWS = "repeated_rows"
    REORDERED_ROWS = "reordered_rows"
    CLOCK_SKEW = "clock_skew"  # the Date header, 90 s late or early by turns
    MISSING_DATE_HEADER = "missing_date_header"
    NEWEST_MISSING = (
        "newest_missing"  # a bar that closed less than 5 minutes ago comes one request late
    )
    LOCAL_TIMES = "local_times"  # on the clock of New York, whatever was asked
    OTHER_SYMBOL = "other_symbol"


def schedule(seed: int, length: int, share_of_faults: float) -> list[Fault]:
    """Give what happens to so many requests; the same for the same seed."""
    generator = random.Random(seed)
    faults = [fault for fault in Fault if fault is not Fault.OK]
    return [
        generator.choice(faults) if generator.random() < share_of_faults else Fault.OK
        for _ in range(length)
    ]


class FakeTwelveData:
    """Serves until the context closes.

    Args:
        bars: the truth, by open time in UTC: a frame with `time` and prices, or a mapping.
        now: the provider's clock. It stamps the answers, grants credits by the full minute, and
            tells which bars have opened and which have closed; the forming one drifts with
            each request.
        faults: one is taken by each request; none are left: all is well.
        per_minute: credits of a minute; None is without limit. `violations` counts what is above.
        per_day: credits of a UTC day.
        keep: which bars of a range that holds more than `outputsize` are served.
        decimals: of the prices; None prints them exactly.
    """

    def __init__(
        self,
        bars: pl.DataFrame | Mapping[datetime, Ohlc],
        *,
        now: Callable[[], datetime],
        faults: Iterable[Fault] = (),
        per_minute: int | None = None,
        per_day: int | None = None,
        keep: Literal["newest", "oldest"] = "newest",
        decimals: int | None = None,
    ) -> None:
        if isinstance(bars, pl.DataFrame):
            bars = {time: tuple(ohlc) for time, *ohlc in bars.select("time", *PRICES).iter_rows()}
        self.truth: dict[datetime, Ohlc] = dict(sorted(bars.items()))
        self.violations = 0
        self.key = ("apikey", SecretStr(KEY))
        self._now = now
        self._faults = iter(faults)
        self._limits = (
            ("%Y-%m-%d %H:%M", per_minute, NO_CREDITS),
            ("%Y-%m-%d", per_day, NO_CREDITS_TODAY),
        )
        self._used: Counter[str] = Counter()
        self._keep = keep
        self._decimals = decimals
        self._skew = SKEW
        self._server = Server(self._answer)

    def __enter__(self) -> FakeTwelveData:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(*exc)

    @property
    def requests(self) -> list[Request]:
        """What was asked, in order."""
        return self._server.requests

    def config(
        self,
        *,
        limits: tuple[RateLimit, ...] = (),
        attempts: int = 5,
        timeout_s: float = 0.5,
        breaker: Breaker | None = None,
    ) -> SourceConfig:
        """Give the configuration of a client of this fake; its breaker stays shut by default."""
        return SourceConfig(
            url=HttpUrl(self._server.url),
            limits=limits,
            attempts=attempts,
            timeout_s=timeout_s,
            breaker=breaker or Breaker(failures=1_000_000),
        )

    def heal(self) -> None:
        """Let no more faults come."""
        self._faults = iter(())

    def revise(self, time: datetime, close: float) -> None:
        """Change history: the bar gets another close, and high or low where that needs it."""
        first, high, low, _ = self.truth[time]
        self.truth[time] = (first, max(high, close), min(low, close), close)

    def closed(self) -> dict[datetime, Ohlc]:
        """Give the true bars that have closed by now."""
        return {time: ohlc for time, ohlc in self.truth.items() if time + STEP <= self._now()}

    def _answer(self, request: Request) -> Reply:
        fault = next(self._faults, Fault.OK)
        reply = self._over_limit() or self._refusal(request)
        reply = reply or INSTEAD.get(fault) or self._served(request, fault)
        date = self._now()
        if fault is Fault.CLOCK_SKEW:
            self._skew = -self._skew
            date += self._skew
        half = len(reply.body) // 2
        return replace(
            reply,
            body=reply.body[:half] if fault is Fault.TRUNCATED_JSON else reply.body,
            cut=half if fault is Fault.DROPPED else None,
            stall_s=STALL_S if fault is Fault.TIMEOUT else 0.0,
            date=date.timestamp(),
            dated=fault is not Fault.MISSING_DATE_HEADER,
        )

    def _over_limit(self) -> Reply | None:
        for span, limit, message in self._limits:
            credited = f"{self._now().astimezone(UTC):{span}}"
            self._used[credited] += 1
            if limit is not None and self._used[credited] > limit:
                self.violations += 1
                return _error(429, message.format(used=self._used[credited], limit=limit))
        return None

    def _refusal(self, request: Request) -> Reply | None:
        if request.query.get("apikey") != KEY:
            return _error(401, BAD_KEY)
        if request.path != "/time_series" or request.query.get("symbol") != "USD/COP":
            return _error(400, BAD_SYMBOL)
        if request.query.get("interval") != "5min":
            return _error(400, "Invalid **interval** provided.")
        return None

    def _served(self, request: Request, fault: Fault) -> Reply:
        query, zone = request.query, ZoneInfo(request.query.get("timezone", "UTC"))
        start, end = (
            datetime.fromisoformat(query[name]).replace(tzinfo=zone).astimezone(UTC)
            for name in ("start_date", "end_date")
        )
        now, size = self._now(), int(query.get("outputsize", "30"))
        times = [time for time in self.truth if start <= time <= end and time <= now]
        if fault is Fault.NEWEST_MISSING:
            times = [time for time in times if not STEP <= now - time < 2 * STEP]
        times = times[-size:] if self._keep == "newest" else times[:size]
        if not times:
            return _error(400, NO_DATA)
        if fault is Fault.LOCAL_TIMES:
            zone = ZoneInfo("America/New_York")
        rows = [self._row(time, zone) for time in times]
        if query.get("order", "DESC") == "DESC":
            rows.reverse()
        return _values(self._shuffled(rows, fault), fault)

    def _shuffled(self, rows: list[dict[str, str]], fault: Fault) -> list[dict[str, str]]:
        generator = random.Random(len(self.requests))
        if fault is Fault.REPEATED_ROWS:
            rows = rows + generator.choices(rows, k=1 + len(rows) // 3)
        if fault is Fault.REORDERED_ROWS:
            generator.shuffle(rows)
        return rows

    def _row(self, time: datetime, zone: ZoneInfo) -> dict[str, str]:
        ohlc = self.truth[time]
        if time + STEP > self._now():
            first, drift = ohlc[0], 0.25 * len(self.requests)
            ohlc = (first, first + drift, first, first + drift)
        local = time.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        return {"datetime": local} | dict(zip(PRICES, map(self._number, ohlc), strict=True))

    def _number(self, price: float) -> str:
        return repr(price) if self._decimals is None else f"{price:.{self._decimals}f}"


def _values(rows: list[dict[str, str]], fault: Fault) -> Reply:
    symbol = "USD/MXN" if fault is Fault.OTHER_SYMBOL else "USD/COP"
    meta = {
        "symbol": symbol,
        "interval": "5min",
        "currency_base": "US Dollar",
        "currency_quote": "Colombian Peso",
        "type": "Physical Currency",
    }
    return Reply(json.dumps({"meta": meta, "values": rows, "status": "ok"}).encode())


def _error(code: int, message: str, *, status: int | None = None) -> Reply:
    body = {"code": code, "message": message, "status": "error"}
    return Reply(json.dumps(body).encode(), status=status or code)


def _html(title: str, status: int) -> Reply:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body></body></html>"
    return Reply(page.encode(), status=status, content_type="text/html; charset=utf-8")


INSTEAD: Final = {
    Fault.HTTP_429: _error(429, NO_CREDITS.format(used=9, limit=8)),
    Fault.BODY_429: _error(429, NO_CREDITS.format(used=9, limit=8), status=200),
    Fault.HTTP_500: _error(500, "Internal server error"),
    Fault.BODY_500: _error(500, "Internal server error", status=200),
    Fault.HTTP_503_HTML: _html("Service Temporarily Unavailable", 503),
    Fault.HTML: _html("Checking your browser", 200),
}
