"""Queries on `inference_signals` and `events`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from cambio.store import tables

if TYPE_CHECKING:
    from collections.abc import Sequence
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


def of_model(connection: Connection, model_id: str, limit: int) -> Sequence[dict[str, Any]]:
    """Give the newest signals of a model, newest first."""
    table = tables.inference_signals
    query = (
        select(table)
        .where(table.c.model_id == model_id)
        .order_by(table.c.timestamp.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def count(connection: Connection, model_id: str) -> int:
    """Give the number of stored signals of a model."""
    table = tables.inference_signals
    query = select(func.count()).where(table.c.model_id == model_id)
    return connection.execute(query).scalar_one()
