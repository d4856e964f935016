"""Cursors: where the next part of a list begins, as a text that clients hand back."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar

from fastapi import Query
from pydantic import TypeAdapter, ValidationError

from cambio.errors import ConfigError

T = TypeVar("T")
Row = TypeVar("Row")

LONGEST: Final = 300
Cursor = Annotated[
    str | None,
    Query(
        max_length=LONGEST,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="`next_cursor` of the part before; leave it out for the first one.",
    ),
]


def encode(*place: object) -> str:
    """Give the cursor behind a place: what the last row is ordered by.

    >>> decode(encode(7, "m1"), TypeAdapter(tuple[int, str]))
    (7, 'm1')
    """
    text = json.dumps(place, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, kind: TypeAdapter[T]) -> T | None:
    """Give the place that a cursor names; None of none.

    Raises:
        ConfigError: it is no cursor of this list.
    """
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return kind.validate_json(text)
    except (binascii.Error, ValidationError) as error:
        raise ConfigError(
            "The cursor is not one that this list has given.",
            remedy="Hand back `next_cursor` as it came, or leave `cursor` out.",
        ) from error


def cut(
    rows: Sequence[Row], limit: int, place: Callable[[Row], Sequence[Any]]
) -> tuple[Sequence[Row], str | None]:
    """Give a part of a list, and the cursor of what follows it.

    Args:
        rows: one more than ``limit``, where there are as many.
        limit: most rows of the part.
        place: what a row is ordered by.
    """
    part = rows[:limit]
    return part, encode(*place(part[-1])) if len(rows) > limit else None
