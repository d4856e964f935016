"""Rows that were refused: to look at, to release or to drop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cambio.api.dependencies import Caller, Operator, Viewer
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import Answer, Comment, Limit, Page, example, operation_id
from cambio.app import quarantine
from cambio.store import listing
from cambio.store.database import reading
from cambio.store.quarantine import Decision

router = APIRouter(tags=["quarantine"], generate_unique_id_function=operation_id)

LARGEST_ID: Final = 2**31 - 1
ROW_ID: Final = TypeAdapter(tuple[Annotated[int, Field(ge=0, le=LARGEST_ID)]])
Kind = Literal["ohlcv", "macro"]

REFUSED: Final[dict[str, Any]] = {
    "id": 17,
    "kind": "macro",
    "key": "USDMXN 2026-01-27",
    "reason": "unit_jump",
    "detail": "171335.0 is about 10,000 times 17.36, the value before.",
    "payload": {"series": "USDMXN", "period": "2026-01-27", "value": "171335.0"},
    "content": {"series": "USDMXN", "period": "2026-01-27", "value": 171_335.0},
    "source": "macro.csv",
    "created_at": "2026-01-28T13:00:00Z",
    "resolution": None,
    "resolved_at": None,
    "resolved_by": None,
    "comment": None,
}


class RefusedRow(Answer):
    """A row that was refused."""

    model_config = example(**REFUSED)

    id: int
    """Its number."""
    kind: Kind
    """Bar or macro value."""
    key: str
    """Time of the bar, or series and period."""
    reason: str
    """Why it was refused."""
    detail: str
    """Why, in words."""
    payload: dict[str, Any]
    """The row as it came."""
    content: dict[str, Any] | None
    """What a release stores; null where the row has no place."""
    source: str
    """The provider, or the name of the file."""
    created_at: datetime
    """When it was refused."""
    resolution: Literal["released", "dropped"] | None
    """What became of it; null: open."""
    resolved_at: datetime | None
    """When."""
    resolved_by: str | None
    """By whom."""
    comment: str | None
    """Why."""


class RefusedPage(Page):
    """Refused rows, newest first."""

    model_config = example(items=[REFUSED], next_cursor=None)

    items: list[RefusedRow]
    """The rows."""


class QuarantineWord(BaseModel):
    """Which refused rows are resolved, and why."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"ids": [17, 18], "comment": "The broker confirmed it."}]},
    )

    ids: list[Annotated[int, Field(ge=1, le=LARGEST_ID)]] = Field(min_length=1, max_length=500)
    """Numbers of the rows."""
    comment: Comment
    """Why."""


class Resolved(Answer):
    """What a decision on refused rows did."""

    model_config = example(ids=[17], settled=1)

    ids: list[int]
    """The rows that were resolved."""
    settled: int
    """Other open rows that say the same, released with these."""


@router.get("/quarantine")
def list_quarantine(
    caller: Viewer,
    kind: Kind | None = None,
    resolved: Annotated[bool, Query(description="Also those that are not open any more.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> RefusedPage:
    """List the refused rows, newest first."""
    place = decode(cursor, ROW_ID)
    before = None if place is None else place[0]
    with reading(caller.resources.engine) as connection:
        rows = listing.quarantined(connection, kind, before, limit + 1, resolved=resolved)
    part, following = cut(rows, limit, lambda row: (row["id"],))
    return RefusedPage(
        items=[RefusedRow.of(row | {"source": _name(row["source_file"])}) for row in part],
        next_cursor=following,
    )


@router.post("/quarantine/release")
def release_quarantined(caller: Operator, word: QuarantineWord) -> Resolved:
    """Store what refused rows hold: all of them, or none."""
    resources = caller.resources
    done = quarantine.release(
        resources.engine, resources.catalogue, word.ids, _decision(caller, word)
    )
    return Resolved(ids=[row.id for row in done.rows], settled=done.settled)


@router.post("/quarantine/drop")
def drop_quarantined(caller: Operator, word: QuarantineWord) -> Resolved:
    """Mark refused rows as dropped for good."""
    done = quarantine.drop(caller.resources.engine, word.ids, _decision(caller, word))
    return Resolved(ids=[row.id for row in done], settled=0)


def _decision(caller: Caller, word: QuarantineWord) -> Decision:
    return Decision(caller.account.name, word.comment, caller.resources.now())


def _name(source_file: str) -> str:
    """Give a file's name: where it lay is nobody's business."""
    return source_file.replace("\\", "/").rpartition("/")[2]
