"""FRED as documented: real-time periods, at most 2,000 vintages and 100,000 rows, error bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.fakes.server import Reply, Request

KEY = "0123456789abcdef0123456789abcdef"
FOR_EVER = date(9999, 12, 31)
MOST_ROWS = 100_000
MOST_VINTAGES = 2_000


@dataclass(frozen=True)
class Published:
    """What FRED said of a period from a day on; None: that there is no value."""

    period: date
    day: date
    value: float | None


@dataclass
class FakeFred:
    """Answers from `truth`, by series id.

    Faults come first, one a request.
    """

    today: date
    truth: dict[str, list[Published]] = field(default_factory=dict)
    faults: list[Reply] = field(default_factory=list)

    def publish(self, series_id: str, *rows: tuple[str, str, float | None]) -> None:
        """Add (period, day, value), days ascending within a period."""
        made = [Published(date.fromisoformat(p), date.fromisoformat(d), v) for p, d, v in rows]
        self.truth.setdefault(series_id, []).extend(made)

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        if self.faults:
            return self.faults.pop(0)
        query = request.query
        if request.path != "/fred/series/observations":
            return Reply(b"<html>Not Found</html>", 404, "text/html")
        if "api_key" not in query:
            return _error("Variable api_key is not set.")
        if query["api_key"] != KEY:
            return _error("The value for variable api_key is not registered.")
        if query.get("file_type") != "json":
            return Reply(b'<?xml version="1.0"?><observations/>', content_type="text/xml")
        if query.get("series_id") not in self.truth:
            return _error("The series does not exist.")
        limit, offset = int(query.get("limit", MOST_ROWS)), int(query.get("offset", 0))
        if not 1 <= limit <= MOST_ROWS:
            return _error("Value of limit is not between 1 and 100000.")
        return self._observations(query, limit, offset)

    def _observations(self, query: dict[str, str], limit: int, offset: int) -> Reply:
        truth = self.truth[query["series_id"]]
        start = date.fromisoformat(query.get("realtime_start", self.today.isoformat()))
        end = date.fromisoformat(query.get("realtime_end", self.today.isoformat()))
        vintages = len({row.day for row in truth if start <= row.day <= end})
        if vintages > MOST_VINTAGES:
            return _error(
                f"There are {vintages} vintage dates in the specified real-time period: {start} to "
                f"{end}.  This exceeds the maximum number of vintage dates allowed (2000)."
            )
        since = date.fromisoformat(query.get("observation_start", "1776-07-04"))
        rows = [row for row in _valid(truth, start, end) if row["date"] >= since.isoformat()]
        if query.get("sort_order", "asc") == "desc":
            rows.reverse()
        body = {
            "realtime_start": start.isoformat(),
            "realtime_end": end.isoformat(),
            "observation_start": since.isoformat(),
            "observation_end": FOR_EVER.isoformat(),
            "units": "lin",
            "output_type": 1,
            "file_type": "json",
            "order_by": "observation_date",
            "sort_order": query.get("sort_order", "asc"),
            "count": len(rows),
            "offset": offset,
            "limit": limit,
            "observations": rows[offset : offset + limit],
        }
        return Reply(json.dumps(body).encode())


def _valid(truth: Iterable[Published], start: date, end: date) -> Iterator[dict[str, str]]:
    """Give the rows valid at any time from ``start`` to ``end``, their spans cut to it.

    FRED sorts by period alone; the newest revision first is as good an order as any.
    """
    by_period: dict[date, list[Published]] = {}
    for row in truth:
        by_period.setdefault(row.period, []).append(row)
    for period, rows in sorted(by_period.items()):
        ends = [after.day - timedelta(days=1) for after in rows[1:]] + [FOR_EVER]
        for row, last in reversed(list(zip(rows, ends, strict=True))):
            if row.day <= end and last >= start:
                yield {
                    "realtime_start": max(row.day, start).isoformat(),
                    "realtime_end": min(last, end).isoformat(),
                    "date": period.isoformat(),
                    "value": "." if row.value is None else str(row.value),
                }


def _error(message: str) -> Reply:
    body = {"error_code": 400, "error_message": f"Bad Request.  {message}"}
    return Reply(json.dumps(body).encode(), 400)
