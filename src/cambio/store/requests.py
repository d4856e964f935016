"""Queries on `source_requests`: one limit for all processes, one breaker, one error rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, insert, or_, select, update

from cambio.acquisition.providers import IN_A_ROW, Booking, SourceConfig
from cambio.store import tables
from cambio.store.database import lock, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

TIMEOUTS: Final = 4
"""A request that has not ended after so many of its time-outs (to connect, to send, to be answered,
and a long answer) is taken for lost."""
LOST: Final = timedelta(minutes=5)
"""A request of whatever source that has not ended after so long has failed."""


class DatabaseRequestLog:
    """The `RequestLog` that all processes on one database share.

    A row that is dated further ahead than the span it counts for was booked before the clock was
    set back, and counts no more.

    Args:
        engine: the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, source: str, config: SourceConfig, now: Callable[[], datetime]) -> Booking:
        """Book a request, unless a limit is used up or the source rests."""
        with transaction(self._engine) as connection:
            lock(connection, "source_requests")
            time = now()  # not before: other writers may have held the lock for long
            rest_s = _rest(connection, source, config, time)
            if rest_s > 0:
                return Booking(wait_s=rest_s, resting=True)
            wait_s = _turn(connection, source, config, time)
            if wait_s > 0:
                return Booking(wait_s=wait_s)
            table = tables.source_requests
            booked = insert(table).values(source=source, time=time).returning(table.c.id)
            return Booking(request_id=connection.execute(booked).scalar_one())

    def end(self, request_id: int, *, ok: bool, note: str, elapsed_s: float) -> None:
        """Record how a booked request ended."""
        table = tables.source_requests
        values = {"ok": ok, "note": note, "elapsed_s": elapsed_s}
        with transaction(self._engine) as connection:
            connection.execute(update(table).where(table.c.id == request_id).values(values))


def _turn(connection: Connection, source: str, config: SourceConfig, now: datetime) -> float:
    """Give the seconds until every limit allows one more request."""
    table = tables.source_requests
    wait_s = 0.0
    for limit in config.limits:
        span = timedelta(seconds=limit.per_s)
        last_ones = (
            select(table.c.time)
            .where(table.c.source == source, table.c.time > now - span, table.c.time < now + span)
            .order_by(table.c.time.desc())
        )
        full = connection.execute(last_ones.offset(limit.requests - 1).limit(1)).scalar()
        if full is not None:
            wait_s = max(wait_s, limit.per_s - (now - full).total_seconds())
    return wait_s


def _rest(connection: Connection, source: str, config: SourceConfig, now: datetime) -> float:
    """Give the seconds that the source still rests, or that its one attempt may still take."""
    table, breaker = tables.source_requests, config.breaker
    last = connection.execute(
        select(table.c.id, table.c.time, table.c.ok)
        .where(table.c.source == source, table.c.time > now - IN_A_ROW, table.c.ok.is_not(None))
        .order_by(table.c.id.desc())
        .limit(breaker.failures)
    ).all()
    if len(last) < breaker.failures or any(row.ok for row in last):
        return 0.0
    rested_s: float = (now - last[0].time).total_seconds()
    if abs(rested_s) < breaker.rest_s:
        return breaker.rest_s - rested_s
    lost = timedelta(seconds=TIMEOUTS * config.timeout_s)
    attempt = connection.execute(
        select(func.max(table.c.time)).where(
            table.c.source == source,
            table.c.time > now - lost,
            table.c.time < now + lost,
            table.c.id > last[0].id,
        )
    ).scalar()  # it has not ended, or it would be the last one
    return 0.0 if attempt is None else (attempt + lost - now).total_seconds()


def error_rates(
    connection: Connection, since: datetime, now: datetime
) -> dict[str, tuple[int, int]]:
    """Give (requests, failures) of each source since then.

    What was `LOST` has failed, and so has what was asked wrongly: nobody got data.
    """
    table = tables.source_requests
    lost = and_(table.c.ok.is_(None), table.c.time <= now - LOST)
    failed = func.count().filter(or_(table.c.note != "", lost))
    query = (
        select(table.c.source, func.count(), failed)
        .where(table.c.time >= since)
        .group_by(table.c.source)
        .order_by(table.c.source)
    )
    return {source: (count, bad) for source, count, bad in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Record:
    """What became of all requests to a source; one that never ended is in neither count."""

    ok: int
    failed: int
    last_failure: datetime | None
    """When it was made, UTC."""
    note: str | None
    """What failed."""


def records(connection: Connection) -> dict[str, Record]:
    """Give the record of each source that was ever asked, by name."""
    table = tables.source_requests
    counts = (
        select(
            table.c.source,
            func.count().filter(table.c.note == "").label("ok"),
            func.count().filter(table.c.note != "").label("failed"),
            func.max(table.c.id).filter(table.c.note != "").label("last_id"),
        )
        .group_by(table.c.source)
        .subquery()
    )
    query = (
        select(counts.c.source, counts.c.ok, counts.c.failed, table.c.time, table.c.note)
        .outerjoin_from(counts, table, table.c.id == counts.c.last_id)
        .order_by(counts.c.source)
    )
    return {source: Record(*rest) for source, *rest in connection.execute(query)}
