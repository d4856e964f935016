"""The Peruvian central bank's BCRPData on loopback: JSON called text/html, Spanish dates."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from tests.fakes.banrep import PAGE, Fault, spoiled
from tests.fakes.server import Reply, Request

MONTHS = ["Ene", "Feb", "Mar", "Abr", "May", "Jun", "Jul", "Ago", "Set", "Oct", "Nov", "Dic"]
CHALLENGE = b'<html><head><script src="/a1-b2" async></script></head><body></body></html>'


def period(day: date) -> str:
    """Give a day as the bank names it, such as 04.Set.26."""
    return f"{day.day:02}.{MONTHS[day.month - 1]}.{day.year % 100:02}"


class FakeBcrp:
    """Answers for `Server`.

    Args:
        truth: values by code and day, None where the bank says n.d.
        rng: orders rows and picks the repeated ones.
    """

    def __init__(self, truth: Mapping[str, Mapping[date, float | None]], rng: Random) -> None:
        self.truth = truth
        self.faults: deque[Fault | None] = deque()
        """Of the next answers, in order; then all go well."""
        self.messy = False
        """Rows come repeated and in any order."""
        self.extra: list[Any] = []
        """Rows served after the truth, whatever the range."""
        self.name = "Diferencial de rendimientos - Spread EMBIG Colombia (pbs)"
        """Of the series that is served, whatever its code."""
        self._rng = rng

    def handle(self, request: Request) -> Reply:
        fault = self.faults.popleft() if self.faults else None
        return spoiled(self._answer(request), fault)

    def _answer(self, request: Request) -> Reply:
        match request.path.strip("/").split("/"):
            case ["series", "api", code, "json", start, end, "esp"] if code in self.truth:
                rows = self._rows(code, date.fromisoformat(start), date.fromisoformat(end))
                return _answer(self.name, rows)
            case ["series", "api", *_]:
                return Reply(CHALLENGE, 200, "text/html")
            case _:
                return Reply(PAGE, 404, "text/html")

    def _rows(self, code: str, start: date, end: date) -> list[Any]:
        rows: list[Any] = [
            {"name": period(day), "values": ["n.d." if value is None else f"{value:g}"]}
            for day, value in self.truth[code].items()
            if start <= day <= end
        ] + self.extra
        if self.messy:
            rows += self._rng.sample(rows, len(rows) // 2)
            self._rng.shuffle(rows)
        return rows


def _answer(name: str, rows: list[Any]) -> Reply:
    series = [{"name": name, "dec": "0"}]
    content = {"config": {"title": "Riesgo país", "series": series}, "periods": rows}
    return Reply(json.dumps(content, ensure_ascii=False).encode(), 200, "text/html")
