"""Queries on `inference_signals` and `events`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from cambio.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from cambio.contracts.trading import Signal


def store(connection: Connection, signal: Signal, now: datetime) -> bool:
    """Insert a signal; tell whether it was new. One (bar time, model) has one signal.

    Args:
        connection: inside a transaction.
        signal: what was decided.
        now: when it is stored.
    """
    table = tables.inference_signals
    key = (table.c.timestamp == signal.timestamp) & (table.c.model_id == signal.model_id)
    if connection.execute(select(table.c.model_id).where(key)).first() is not None:
        return False
    row = {
        **signal.to_dict(),
        "timestamp": signal.timestamp,
        "action": int(signal.action),
        "observation": list(signal.observation) if signal.observation is not None else None,
        "created_at": now,
    }
    connection.execute(insert(table), row)
    return True


def append_event(
    connection: Connection, time: datetime, kind: str, subject: str, data: dict[str, Any]
) -> None:
    """Append one event."""
    connection.execute(
        insert(tables.events), {"time": time, "type": kind, "subject": subject, "data": data}
    )


def first_time(connection: Connection, model_id: str) -> datetime | None:
    """Give the bar on which a model's stored signals begin."""
    table = tables.inference_signals
    query = select(func.min(table.c.timestamp)).where(table.c.model_id == model_id)
    return connection.execute(query).scalar()


def clear(connection: Connection, model_id: str) -> None:
    """Remove a model's signals and the events of them."""
    connection.execute(
        delete(tables.inference_signals).where(tables.inference_signals.c.model_id == model_id)
    )
    connection.execute(delete(tables.events).where(tables.events.c.subject == model_id))


def count(connection: Connection, model_id: str) -> int:
    """Give the number of stored signals of a model."""
    table = tables.inference_signals
    query = select(func.count()).where(table.c.model_id == model_id)
    return connection.execute(query).scalar_one()
