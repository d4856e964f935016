"""Queries on `events`, which is the outbox as well, and on `event_cursors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, select, text, update

from cambio.contracts.events import StoredEvent
from cambio.store import tables

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from cambio.contracts.events import Event

LOCK: Final = "events"
"""Last lock of a transaction: ids ascend in the order in which rows are committed."""
NUMBERS: Final = {
    "sqlite": text("SELECT (SELECT COALESCE(MAX(id), 0) FROM events) + :count"),
    "postgresql": text(
        "SELECT pg_advisory_xact_lock(hashtext(:lock)), "
        "nextval(pg_get_serial_sequence('events', 'id')) FROM generate_series(1, :count)"
    ),
}
APPEND: Final = insert(tables.events)


def number(
    connection: Connection, time: datetime, subjects: Sequence[tuple[str, Event]]
) -> list[StoredEvent]:
    """Give events their numbers; no other process gets any until this transaction ends.

    Args:
        connection: inside a transaction that locks nothing after this.
        time: the bar's open, or when it happened.
        subjects: each event with what it is about.
    """
    if not subjects:
        return []
    bound = {"lock": LOCK, "count": len(subjects)}
    dialect = connection.dialect.name
    if dialect == "sqlite":  # one writer at a time
        del bound["lock"]
    rows = connection.execute(NUMBERS[dialect], bound).all()
    last = int(rows[-1][-1])
    ids = range(last - len(subjects) + 1, last + 1)
    return [
        StoredEvent(id_, time, event.type, subject, event.data.model_dump(mode="json"))
        for id_, (subject, event) in zip(ids, subjects, strict=True)
    ]


def insert_numbered(connection: Connection, numbered: Sequence[StoredEvent]) -> None:
    """Insert events that `number` gave."""
    if numbered:
        rows = [{name: getattr(one, name) for name in one.__slots__} for one in numbered]
        connection.execute(APPEND, rows)


def append(
    connection: Connection, time: datetime, subjects: Sequence[tuple[str, Event]]
) -> list[StoredEvent]:
    """Append events and give them; whoever reads by id sees none of them out of order.

    Args:
        connection: inside a transaction that locks nothing after this.
        time: the bar's open, or when it happened.
        subjects: each event with what it is about.
    """
    numbered = number(connection, time, subjects)
    insert_numbered(connection, numbered)
    return numbered


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
