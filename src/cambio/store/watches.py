"""Queries on `drift_readings` and `parity_checks`, and on what they are made from."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select

from cambio.calendar import BOGOTA
from cambio.contracts.market import SYMBOL
from cambio.store import tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection


class ChangedBar(NamedTuple):
    """A stored bar that was not there, or was another one, at some moment."""

    time: datetime
    created_at: datetime
    revised: bool
    """It was another one; else it came later."""


class LateValue(NamedTuple):
    """A macro value that was published before a moment and seen after it."""

    series: str
    period: date
    first_seen: datetime


def midnight(day: date) -> datetime:
    """Give the begin of a day in Bogota, in UTC.

    >>> from datetime import date
    >>> midnight(date(2024, 7, 8)).isoformat()
    '2024-07-08T05:00:00+00:00'
    """
    return datetime.combine(day, time(), BOGOTA).astimezone(UTC)


def cached(connection: Connection, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Give what live kept of the bars in [start, end), by feature specification and time.

    Each: timestamp, feature_spec_hash, features (by name; None where missing), kernel_state and
    computed_at.
    """
    table = tables.feature_cache
    names = ("timestamp", "feature_spec_hash", "features", "kernel_state", "computed_at")
    query = (
        select(*(table.c[name] for name in names))
        .where(table.c.timestamp >= start, table.c.timestamp < end)
        .order_by(table.c.feature_spec_hash, table.c.timestamp)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def newest_features(
    connection: Connection, feature_spec_hash: str, before: datetime, limit: int
) -> list[tuple[datetime, dict[str, float | None]]]:
    """Give bar time and live features of the newest bars before a moment, ascending."""
    table = tables.feature_cache
    query = (
        select(table.c.timestamp, table.c.features)
        .where(table.c.feature_spec_hash == feature_spec_hash, table.c.timestamp < before)
        .order_by(table.c.timestamp.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    return [(row.timestamp, row.features) for row in reversed(rows)]


def store_drift(
    connection: Connection,
    key: tuple[date, str],
    sessions: int,
    readings: Sequence[tuple[str, float, float, bool]],
    now: datetime,
) -> None:
    """Put readings in place of those that the session and model had.

    Args:
        connection: inside a transaction.
        key: last session of the window, and model.
        sessions: of the window.
        readings: feature, KS distance, corrected p-value and whether it is an alert.
        now: when.
    """
    table = tables.drift_readings
    session, model_id = key
    same = (table.c.session == session) & (table.c.model_id == model_id)
    connection.execute(delete(table).where(same))
    rows = [
        {
            "session": session,
            "model_id": model_id,
            "feature": feature,
            "ks": ks,
            "p_value": p_value,
            "sessions": sessions,
            "alert": alert,
            "created_at": now,
        }
        for feature, ks, p_value, alert in readings
    ]
    if rows:
        connection.execute(insert(table), rows)


def newest_drift(
    connection: Connection, model_id: str, until: date | None = None
) -> list[dict[str, Any]]:
    """Give the rows of a model's newest readings, of those up to a session if asked, by feature."""
    table = tables.drift_readings
    mine = table.c.model_id == model_id
    if until is not None:
        mine &= table.c.session <= until
    newest = select(func.max(table.c.session)).where(mine).scalar_subquery()
    query = select(table).where(table.c.model_id == model_id, table.c.session == newest)
    return [dict(row) for row in connection.execute(query.order_by(table.c.feature)).mappings()]


def store_parity(connection: Connection, row: dict[str, Any]) -> bool:
    """Store a check in place of an earlier one; tell whether its difference is news.

    Args:
        connection: inside a transaction.
        row: by the columns of `parity_checks`.
    """
    table = tables.parity_checks
    same = (table.c.session == row["session"]) & (
        table.c.feature_spec_hash == row["feature_spec_hash"]
    )
    known = connection.execute(select(table.c.difference).where(same)).scalar()
    connection.execute(delete(table).where(same))
    connection.execute(insert(table), row)
    return row["difference"] is not None and row["difference"] != known


def is_checked(connection: Connection, session: date) -> bool:
    """Tell whether parity was looked at after a session."""
    table = tables.parity_checks
    query = select(table.c.session).where(table.c.session == session).limit(1)
    return connection.execute(query).first() is not None


def changed_bar(connection: Connection, until: datetime, since: datetime) -> ChangedBar | None:
    """Give the oldest bar up to ``until`` whose values became known after ``since``."""
    bars, old = tables.bars, tables.bar_revisions
    query = (
        select(bars.c.time, bars.c.created_at)
        .where(bars.c.symbol == SYMBOL, bars.c.time <= until, bars.c.created_at > since)
        .order_by(bars.c.time)
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    before = select(old.c.id).where(
        old.c.symbol == SYMBOL, old.c.time == found.time, old.c.created_at <= since
    )
    revised = connection.execute(before.limit(1)).first() is not None
    return ChangedBar(found.time, found.created_at, revised)


def late_value(connection: Connection, published: datetime, seen: datetime) -> LateValue | None:
    """Give the newest period that was published before a moment, and first seen after another."""
    table = tables.macro_observations
    query = (
        select(table.c.series, table.c.period, table.c.first_seen)
        .where(table.c.available_at < published, table.c.first_seen > seen)
        .order_by(table.c.period.desc(), table.c.series)
        .limit(1)
    )
    found = connection.execute(query).first()
    return None if found is None else LateValue(*found)
