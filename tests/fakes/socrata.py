"""datos.gov.co: rows of strings, no order of its own, and 1,000 of them unless asked for more."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date

from tests.fakes.server import Reply, Request

DEFAULT_ROWS = 1_000
MIDNIGHT = "T00:00:00.000"
COLUMNS = {"valor", "unidad", "vigenciadesde", "vigenciahasta", ":id"}


@dataclass
class FakeSocrata:
    """Answers from `truth`: the rate of each span of days.

    Faults come first, one a request.
    """

    truth: list[tuple[date, date, float]] = field(default_factory=list)
    data_set: str = "mcec-87by"
    most_rows: int = 50_000
    """Of one answer, whatever `$limit` says."""
    unit: str = "COP"
    faults: list[Reply] = field(default_factory=list)

    def publish(self, *spans: tuple[str, str, float]) -> None:
        """Add (first day, last day, rate)."""
        self.truth += [(date.fromisoformat(a), date.fromisoformat(b), rate) for a, b, rate in spans]

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        if self.faults:
            return self.faults.pop(0)
        if request.path != f"/resource/{self.data_set}.json":
            return _error(404, code="dataset.missing", error=True, message="Not found")
        query = request.query
        rows = [
            {
                "valor": f"{rate:.2f}",
                "unidad": self.unit,
                "vigenciadesde": f"{first}{MIDNIGHT}",
                "vigenciahasta": f"{last}{MIDNIGHT}",
                ":id": f"row-{n}",
            }
            for n, (first, last, rate) in enumerate(self.truth)
        ]
        if "$where" in query:
            found = re.fullmatch(r"(\w+) >= '([\d-]+T[\d:.]+)'", query["$where"])
            if found is None or found[1] not in COLUMNS:
                return _error(400, errorCode="query.soql.no-such-column", message=query["$where"])
            rows = [row for row in rows if row[found[1]] >= found[2]]
        offset = int(query.get("$offset", 0))
        if "$order" in query:
            columns = query["$order"].split(",")
            rows.sort(key=lambda row: tuple(row[column] for column in columns))
        elif rows:  # any order will do, and each answer has another
            turn = (offset // 2) % len(rows)
            rows = rows[turn:] + rows[:turn]
        limit = min(int(query.get("$limit", DEFAULT_ROWS)), self.most_rows)
        page = rows[offset : offset + limit]
        shown = [{name: row[name] for name in row if name != ":id"} for row in page]
        return Reply(json.dumps(shown).encode())


def _error(status: int, **body: object) -> Reply:
    return Reply(json.dumps(body).encode(), status)
