"""Banco de la República's SUAMECA on loopback: a truth, served as the bank serves it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.server import Reply, Request

PATH = "/consultaInformacionSerie"
BOGOTA = ZoneInfo("America/Bogota")
PAGE = b"<!DOCTYPE html><html><head><title>Portal</title></head><body></body></html>"


class Fault(StrEnum):
    """What goes wrong with one answer of any provider."""

    SERVER_ERROR = "500"
    TOO_MANY = "429"
    WEB_PAGE = "html"
    CUT = "cut"
    TRUNCATED = "truncated"
    STALL = "stall"


def spoiled(reply: Reply, fault: Fault | None) -> Reply:
    """Give the reply as the fault lets it through."""
    half = len(reply.body) // 2
    return {
        None: reply,
        Fault.SERVER_ERROR: Reply(PAGE, 500, "text/html"),
        Fault.TOO_MANY: Reply(b"", 429, headers={"Retry-After": "0"}),
        Fault.WEB_PAGE: Reply(PAGE, 200, "text/html"),
        Fault.CUT: replace(reply, cut=half),
        Fault.TRUNCATED: replace(reply, body=reply.body[:half]),
        Fault.STALL: replace(reply, stall_s=30.0),
    }[fault]


def midnight_ms(day: date) -> int:
    """Give the epoch of the day's begin in Bogota."""
    return int(datetime(day.year, day.month, day.day, tzinfo=BOGOTA).timestamp()) * 1000


class FakeBanrep:
    """Answers for `Server`.

    Args:
        truth: values by series id and day; the fake serves all of them, every time.
        rng: orders rows and picks the repeated ones.
    """

    def __init__(self, truth: Mapping[int, Mapping[date, float]], rng: Random) -> None:
        self.truth = truth
        self.faults: deque[Fault | None] = deque()
        """Of the next answers, in order; then all go well."""
        self.nulls: set[date] = set()
        """Days that are served without a value."""
        self.messy = False
        """Rows come repeated and in any order."""
        self.extra: list[Any] = []
        """Rows served after the truth."""
        self._rng = rng

    def handle(self, request: Request) -> Reply:
        fault = self.faults.popleft() if self.faults else None
        return spoiled(self._answer(request), fault)

    def _answer(self, request: Request) -> Reply:
        if request.path != PATH:
            return Reply(PAGE, 200, "text/html;charset=UTF-8")
        asked = request.query.get("idSerie", "")
        if not asked:
            return Reply(PAGE, 500, "text/html")
        if int(asked) not in self.truth:
            return _json([{"idPeriodicidad": 0, "valor": 0.0, "isSerie": "NO", "tieneHijos": "NO"}])
        record = {
            "id": int(asked),
            "nombre": f"Serie {asked}",
            "unidad": "Porcentaje",
            "isSerie": "SI",
            "data": self._rows(int(asked)),
        }
        return _json([record])

    def _rows(self, series: int) -> list[Any]:
        rows: list[Any] = [
            [midnight_ms(day), None if day in self.nulls else value]
            for day, value in self.truth[series].items()
        ] + self.extra
        if self.messy:
            rows += self._rng.sample(rows, len(rows) // 2)
            self._rng.shuffle(rows)
        return rows


def _json(content: Any) -> Reply:
    return Reply(json.dumps(content).encode())
