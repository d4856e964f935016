"""Queries on several tables, of what is shown a part at a time, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.market import SYMBOL
from cambio.store import tables

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Column, ColumnElement, Connection, Select

Place = tuple["datetime", str]
"""Time and model of the last row of the part before."""


def bars(
    connection: Connection, start: datetime | None, before: datetime | None, limit: int
) -> list[dict[str, Any]]:
    """Give the newest bars from ``start`` on whose open lies before ``before``, newest first."""
    table = tables.bars
    columns = [table.c[name] for name in ("time", "open", "high", "low", "close", "volume")]
    query = select(*columns, table.c.source).where(table.c.symbol == SYMBOL)
    if start is not None:
        query = query.where(table.c.time >= start)
    if before is not None:
        query = query.where(table.c.time < before)
    return _rows(connection, query.order_by(table.c.time.desc()).limit(limit))


def fills(
    connection: Connection, model_id: str | None, before: Place | None, limit: int
) -> list[dict[str, Any]]:
    """Give fills of live books, newest first, then by model."""
    table = tables.fills
    query = _of_model(select(table), table.c.model_id, model_id)
    if before is not None:
        query = query.where(_behind(table.c.timestamp, table.c.model_id, before))
    return _rows(
        connection, query.order_by(table.c.timestamp.desc(), table.c.model_id).limit(limit)
    )


def trades(
    connection: Connection, model_id: str | None, before: Place | None, limit: int
) -> list[dict[str, Any]]:
    """Give the round trips of live books by their end, newest first, then by model.

    A trade begins with the fill before the one that closed it: a book's position changes with
    fills alone. What is still held is none yet.
    """
    end, begin = tables.fills.alias("ended"), tables.fills.alias("begun")
    earlier = tables.fills.alias("earlier")
    last = (
        select(func.max(earlier.c.timestamp))
        .where(earlier.c.model_id == end.c.model_id, earlier.c.timestamp < end.c.timestamp)
        .scalar_subquery()
    )
    query: Select[Any] = (
        select(
            end.c.model_id,
            end.c.from_position.label("side"),
            begin.c.timestamp.label("entry_time"),
            end.c.timestamp.label("exit_time"),
            begin.c.price.label("entry_price"),
            end.c.price.label("exit_price"),
            end.c.result.label("pnl"),
        )
        .select_from(end)
        .join(begin, and_(begin.c.model_id == end.c.model_id, begin.c.timestamp == last))
        .where(end.c.result.is_not(None))
    )
    query = _of_model(query, end.c.model_id, model_id)
    if before is not None:
        query = query.where(_behind(end.c.timestamp, end.c.model_id, before))
    return _rows(connection, query.order_by(end.c.timestamp.desc(), end.c.model_id).limit(limit))


def quarantined(
    connection: Connection, kind: str | None, before_id: int | None, limit: int, *, resolved: bool
) -> list[dict[str, Any]]:
    """Give refused rows, newest first: the open ones, or all if ``resolved`` ones count too."""
    table = tables.quarantine
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if not resolved:
        query = query.where(table.c.resolution.is_(None))
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return _rows(connection, query)


def drift(
    connection: Connection,
    model_id: str | None,
    before: tuple[date, str, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Give drift readings: the newest session first, then by model and feature.

    Args:
        connection: to read on.
        model_id: of one model only.
        before: session, model and feature of the last row of the part before.
        limit: most to give.
    """
    table = tables.drift_readings
    order = (table.c.session.desc(), table.c.model_id, table.c.feature)
    query = _of_model(select(table), table.c.model_id, model_id)
    if before is not None:
        session, model, feature = before
        same = table.c.session == session
        later_model = same & (table.c.model_id > model)
        later_feature = same & (table.c.model_id == model) & (table.c.feature > feature)
        query = query.where((table.c.session < session) | later_model | later_feature)
    return _rows(connection, query.order_by(*order).limit(limit))


def parity(
    connection: Connection, before: tuple[date, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Give parity checks, the newest session first, then by specification."""
    table = tables.parity_checks
    order = (table.c.session.desc(), table.c.feature_spec_hash)
    query = select(table).order_by(*order).limit(limit)
    if before is not None:
        session, spec = before
        same = (table.c.session == session) & (table.c.feature_spec_hash > spec)
        query = query.where((table.c.session < session) | same)
    return _rows(connection, query)


def features(
    connection: Connection, spec_hash: str, time: datetime | None
) -> dict[str, Any] | None:
    """Give the raw features of a bar, or of the newest one: what live used, else what was stored.

    Args:
        connection: to read on.
        spec_hash: of the specification that they were computed with.
        time: the bar's open; None: the newest bar that has any.

    Returns:
        `time`, `features` (by name; None where missing) and `computed_at`; None without any.
    """
    live, batch = tables.feature_cache, tables.inference_features_5m
    by_live = _at(select(live.c.timestamp.label("time"), live), live.c.timestamp, time)
    by_batch = _at(select(batch), batch.c.time, time)
    found = [
        *_rows(connection, by_live.where(live.c.feature_spec_hash == spec_hash)),
        *_rows(connection, by_batch.where(batch.c.feature_spec_hash == spec_hash)),
    ]
    if not found:
        return None
    row = max(found, key=lambda row: row["time"])  # of two, the first: live's
    named = row.get("features") or {name: row[name] for name in MARKET_FEATURES}
    return {"time": row["time"], "features": named, "computed_at": row["computed_at"]}


def _at(query: Select[Any], column: Column[datetime], time: datetime | None) -> Select[Any]:
    if time is not None:
        return query.where(column == time)
    return query.order_by(column.desc()).limit(1)


def _behind(time: Column[datetime], model_id: Column[str], place: Place) -> ColumnElement[bool]:
    at, model = place
    return or_(time < at, and_(time == at, model_id > model))


def _of_model(query: Select[Any], column: Column[str], model_id: str | None) -> Select[Any]:
    return query if model_id is None else query.where(column == model_id)


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]
