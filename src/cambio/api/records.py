"""Lists of what runs have left as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from cambio.api.pages import cut, decode
from cambio.api.schemas import Answer, Moment, Page
from cambio.app.research_records import kept

if TYPE_CHECKING:
    from cambio.app.research_records import Kind, Record
    from cambio.app.resources import Resources

T = TypeVar("T", bound=Answer)

MOST: Final = 50
"""Records of a part: each holds a whole run."""
PLACE: Final = TypeAdapter(tuple[Moment, str])


class RecordPage(Page):
    """Part of a list of records."""

    unreadable: list[str]
    """Records that can't be read, of another version maybe: running the same again mends them."""


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Records of one part of a list."""

    items: list[T]
    next_cursor: str | None
    unreadable: list[str]


def part_of(
    resources: Resources, kind: Kind, shape: type[T], wanted: tuple[int, str | None]
) -> Part[T]:
    """Give a part of the records of a kind, the newest first.

    Args:
        resources: where they lie.
        kind: of them.
        shape: what a record's document is, beside its name and time.
        wanted: most records, and the cursor.
    """
    limit, cursor = wanted
    before = decode(cursor, PLACE)
    records, unreadable = kept(resources, kind)
    shaped = []
    for record in records:
        item = _shaped(record, shape)
        if item is None:
            unreadable.append(record.name)
        elif before is None or (record.created_at, record.name) < before:
            shaped.append((record, item))
    part, following = cut(shaped, limit, lambda row: (row[0].created_at, row[0].name))
    return Part([item for _, item in part], following, sorted(unreadable))


def _shaped(record: Record, shape: type[T]) -> T | None:
    """Give a record as the API tells it; None where a part is missing or of another type."""
    try:
        return shape.of({**record.document, "name": record.name, "created_at": record.created_at})
    except (KeyError, ValidationError):
        return None
