"""Queries on `inference_signals`, `fills` and `account_marks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, or_, select

from cambio.contracts.trading import Action, Reason, Signal
from cambio.store import tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from cambio.contracts.trading import Fill

PAPER: Final = "paper"
"""The role of the signals that `cambio paper` stores."""


def row_of(signal: Signal, now: datetime, **more: Any) -> dict[str, Any]:
    """Give a signal's row; ``more`` holds `capsule` and `latency_ms` where there are any."""
    content = signal.to_dict()
    del content["signal_id"]
    return {
        **content,
        "timestamp": signal.timestamp,
        "action": int(signal.action),
        "observation": None if signal.observation is None else list(signal.observation),
        "capsule": None,
        "latency_ms": None,
        "created_at": now,
        **more,
    }


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
    connection.execute(insert(table), row_of(signal, now))
    return True


def first_time(connection: Connection, model_id: str, role: str = PAPER) -> datetime | None:
    """Give the bar on which a model's stored signals of a role begin."""
    table = tables.inference_signals
    mine = (table.c.model_id == model_id) & (table.c.role == role)
    return connection.execute(select(func.min(table.c.timestamp)).where(mine)).scalar()


def clear(connection: Connection, model_id: str) -> None:
    """Remove a model's signals of `cambio paper`; live ones stay."""
    table = tables.inference_signals
    mine = (table.c.model_id == model_id) & (table.c.role == PAPER)
    connection.execute(delete(table).where(mine))


def count(connection: Connection, model_id: str) -> int:
    """Give the number of stored signals of a model."""
    table = tables.inference_signals
    query = select(func.count()).where(table.c.model_id == model_id)
    return connection.execute(query).scalar_one()


def get(connection: Connection, model_id: str, time: datetime) -> dict[str, Any] | None:
    """Give one signal's row, capsule and all; None where there is none."""
    table = tables.inference_signals
    query = select(table).where(table.c.model_id == model_id, table.c.timestamp == time)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def newest(
    connection: Connection,
    limit: int,
    before: tuple[datetime, str] | None = None,
    model_id: str | None = None,
    role: str | None = None,
) -> list[tuple[Signal, float | None]]:
    """Give the newest signals with their latency in ms, newest first, then by model.

    Args:
        connection: to read on.
        limit: most to give.
        before: bar time and model of the last one of the page before.
        model_id: of one model only.
        role: of one role only.
    """
    table = tables.inference_signals
    columns = [column for column in table.c if column.name != "capsule"]
    query = select(*columns).order_by(table.c.timestamp.desc(), table.c.model_id).limit(limit)
    if before is not None:
        time, model = before
        same = (table.c.timestamp == time) & (table.c.model_id > model)
        query = query.where((table.c.timestamp < time) | same)
    if model_id is not None:
        query = query.where(table.c.model_id == model_id)
    if role is not None:
        query = query.where(table.c.role == role)
    return [(_signal(row), row["latency_ms"]) for row in connection.execute(query).mappings()]


def _signal(row: Any) -> Signal:
    return Signal(
        timestamp=row["timestamp"],
        model_id=row["model_id"],
        role=row["role"],
        action=Action(row["action"]),
        confidence=row["confidence"],
        price=row["price"],
        requested=row["requested"],
        target=row["target"],
        position=row["position"],
        equity=row["equity"],
        blocked_by=tuple(Reason(reason) for reason in row["blocked_by"]),
        late=row["late"],
        observation=None if row["observation"] is None else tuple(row["observation"]),
    )


def equity(
    connection: Connection, model_id: str, start: datetime | None = None, limit: int = 20_000
) -> list[tuple[datetime, float, int]]:
    """Give time, equity and position of a model's live book at each close, ascending.

    The newest ``limit`` of those from ``start`` on; signals of `cambio paper` are left out.
    """
    table = tables.inference_signals
    query = (
        select(table.c.timestamp, table.c.equity, table.c.position)
        .where(table.c.model_id == model_id, table.c.role != PAPER)
        .order_by(table.c.timestamp.desc())
        .limit(limit)
    )
    if start is not None:
        query = query.where(table.c.timestamp >= start)
    rows = connection.execute(query).all()
    return [(row.timestamp, row.equity, row.position) for row in reversed(rows)]


def account_marks(
    connection: Connection, start: datetime | None = None, limit: int = 20_000
) -> list[dict[str, Any]]:
    """Give the account's newest marks, ascending."""
    table = tables.account_marks
    query = select(table).order_by(table.c.timestamp.desc()).limit(limit)
    if start is not None:
        query = query.where(table.c.timestamp >= start)
    return [dict(row) for row in connection.execute(query).mappings()][::-1]


def fills(
    connection: Connection, model_id: str | None, limit: int, before: datetime | None = None
) -> list[dict[str, Any]]:
    """Give the newest fills of live books, newest first, then by model."""
    table = tables.fills
    query = select(table).order_by(table.c.timestamp.desc(), table.c.model_id).limit(limit)
    if model_id is not None:
        query = query.where(table.c.model_id == model_id)
    if before is not None:
        query = query.where(table.c.timestamp < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def losing_streaks(connection: Connection) -> dict[str, int]:
    """Count the losing trades in a row that each live book ends with; a book without any is absent.

    The circuit breaker counts anew each time it trips. This goes on until a trade wins.
    """
    table = tables.fills
    other = table.alias()
    won = (
        select(func.max(other.c.timestamp))
        .where(other.c.model_id == table.c.model_id, other.c.result > 0.0)
        .scalar_subquery()
    )
    query = (
        select(table.c.model_id, func.count())
        .where(table.c.result <= 0.0, or_(won.is_(None), table.c.timestamp > won))
        .group_by(table.c.model_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def fill_rows(fills_: Sequence[tuple[str, Fill]]) -> list[dict[str, Any]]:
    """Give the rows of fills by model."""
    return [
        {
            "timestamp": fill.time,
            "model_id": model_id,
            "from_position": fill.from_position,
            "to_position": fill.to_position,
            "price": fill.price,
            "cost": fill.cost,
            "result": fill.result,
        }
        for model_id, fill in fills_
    ]
