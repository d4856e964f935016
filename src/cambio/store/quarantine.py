"""Queries on `quarantine`: rows that were refused, with the reason, never thrown away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select

from cambio.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection


def store(connection: Connection, rows: Iterable[dict[str, Any]], now: datetime) -> int:
    """Keep refused rows; one that is already there for the same reason is not kept twice.

    Args:
        connection: inside a transaction.
        rows: dicts of kind, key, reason, detail, payload (plain JSON) and source_file. The key
            of a bar opens with its time, that of a macro value with its series and period.
        now: when they were refused.

    Returns:
        The number of rows that were new.
    """
    table = tables.quarantine
    keys = connection.execute(select(table.c.kind, table.c.key, table.c.reason))
    known = {(kind, key, reason) for kind, key, reason in keys}
    fresh = {(row["kind"], row["key"], row["reason"]): {**row, "created_at": now} for row in rows}
    new_rows = [row for key, row in fresh.items() if key not in known]
    if new_rows:
        connection.execute(insert(table), new_rows)
    return len(new_rows)


def release(connection: Connection, kind: str, keys: Iterable[str], reason: str) -> int:
    """Remove rows that have found their place since; give their number.

    Args:
        connection: inside a transaction.
        kind: `ohlcv` or `macro`.
        keys: of the rows that are stored now.
        reason: why they had been refused.
    """
    table = tables.quarantine
    placed = (table.c.kind == kind) & (table.c.reason == reason)
    statement = delete(table).where(placed & (table.c.key == bindparam("placed_key")))
    rows = [{"placed_key": key} for key in keys]
    return connection.execute(statement, rows).rowcount if rows else 0


def counts(connection: Connection) -> list[dict[str, Any]]:
    """Give the number of rows by kind and reason, with the first and last key of each."""
    table = tables.quarantine
    query = (
        select(
            table.c.kind,
            table.c.reason,
            func.count().label("rows"),
            func.min(table.c.key).label("first"),
            func.max(table.c.key).label("last"),
        )
        .group_by(table.c.kind, table.c.reason)
        .order_by(table.c.kind, table.c.reason)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def by_series(connection: Connection) -> dict[str, int]:
    """Give the number of refused macro values of each series."""
    keys = connection.execute(
        select(tables.quarantine.c.key).where(tables.quarantine.c.kind == "macro")
    )
    return dict(Counter(key.split(" ")[0] for key in keys.scalars()))
