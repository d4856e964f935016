"""Queries on `events`, which is the outbox as well, and on `event_cursors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from cambio.contracts.events import StoredEvent
from cambio.store import tables
from cambio.store.database import lock

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from cambio.contracts.events import Event

LOCK: Final = "events"
"""Last lock of a transaction: ids ascend in the order in which rows are committed."""
APPEND: Final = insert(tables.events).returning(tables.events.c.id, sort_by_parameter_order=True)


def append(
    connection: Connection, time: datetime, subjects: Sequence[tuple[str, Event]]
) -> list[StoredEvent]:
    """Append events and give them; whoever reads by id sees none of them out of order.

    Args:
        connection: inside a transaction that locks nothing after this.
        time: the bar's open, or when it happened.
        subjects: each event with what it is about.
    """
    if not subjects:
        return []
    lock(connection, LOCK)
    rows: list[dict[str, Any]] = [
        {
            "time": time,
            "type": event.type,
            "subject": subject,
            "data": event.data.model_dump(mode="json"),
        }
        for subject, event in subjects
    ]
    ids = connection.execute(APPEND, rows).scalars()
    return [StoredEvent(id=number, **row) for number, row in zip(ids, rows, strict=True)]


def after(
    connection: Connection, event_id: int, limit: int, types: Collection[str] = ()
) -> list[StoredEvent]:
    """Give the events with a higher id, ascending; of some types if asked."""
    table = tables.events
    query = select(table).where(table.c.id > event_id).order_by(table.c.id).limit(limit)
    if types:
        query = query.where(table.c.type.in_(types))
    return [StoredEvent(**row) for row in connection.execute(query).mappings()]


def newest(
    connection: Connection,
    limit: int,
    before_id: int | None = None,
    types: Collection[str] = (),
    subject: str | None = None,
) -> list[StoredEvent]:
    """Give the newest events, newest first; a page of those below ``before_id`` if asked."""
    table = tables.events
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    if types:
        query = query.where(table.c.type.in_(types))
    if subject is not None:
        query = query.where(table.c.subject == subject)
    return [StoredEvent(**row) for row in connection.execute(query).mappings()]


def last_id(connection: Connection) -> int:
    """Give the highest id; 0 where nothing has happened."""
    return connection.execute(select(func.max(tables.events.c.id))).scalar() or 0


def cursor(connection: Connection, reader: str) -> int | None:
    """Give the id of the last event that a reader has taken; None of an unknown reader."""
    table = tables.event_cursors
    query = select(table.c.event_id).where(table.c.reader == reader)
    return connection.execute(query).scalar()


def advance(connection: Connection, reader: str, event_id: int, now: datetime) -> None:
    """Note that a reader has taken everything up to ``event_id``; it never goes back.

    Args:
        connection: inside a transaction.
        reader: whose cursor; it is made where it is unknown.
        event_id: of the last event that was taken.
        now: when.
    """
    table = tables.event_cursors
    mine = table.c.reader == reader
    values = {"event_id": event_id, "updated_at": now}
    moved = connection.execute(
        update(table).where(mine, table.c.event_id <= event_id).values(values)
    )
    if not moved.rowcount and cursor(connection, reader) is None:
        connection.execute(insert(table).values(reader=reader, **values))
