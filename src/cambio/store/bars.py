"""Queries on `usdcop_m5_ohlcv` and `bar_revisions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cambio.acquisition.quality import PRICES, same_price
from cambio.contracts.market import BAR_SCHEMA, SYMBOL, is_close_only
from cambio.store import tables
from cambio.store.bulk import append, fetch
from cambio.store.database import lock

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Column, Connection, Select

    from cambio.contracts.market import Bar

TIME: Final = BAR_SCHEMA["time"]
ADD: Final = {
    "sqlite": sqlite.insert(tables.bars).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(tables.bars).on_conflict_do_nothing(),
}
"""Made once: live trading runs it on each bar."""


@dataclass(frozen=True, slots=True)
class InsertCounts:
    """How many rows were new, already there with the same values, or changed."""

    inserted: int = 0
    unchanged: int = 0
    revised: int = 0


def store(connection: Connection, frame: pl.DataFrame, now: datetime) -> InsertCounts:
    """Insert bars; append a revision where a stored closed bar comes back with other prices.

    The newest value serves research and the older one moves to `bar_revisions`. Prices that
    differ by rounding are the same. A close-only record never replaces a ranged bar with the
    same close: it says less, not something else.

    Args:
        connection: inside a transaction.
        frame: bars by `BAR_SCHEMA`, unique in time.
        now: when these values became known.
    """
    if frame.is_empty():
        return InsertCounts()
    lock(connection, "bars")
    start: datetime = frame["time"].min()  # type: ignore[assignment]
    end: datetime = frame["time"].max()  # type: ignore[assignment]
    if not _any_stored(connection, start, end):  # as in most of a backfill
        _append(connection, frame, now)
        return InsertCounts(inserted=frame.height)
    stored = load(connection, start, end, with_created=True)
    merged = frame.join(stored, on="time", how="left", suffix="_old")
    fresh = merged.filter(pl.col("close_old").is_null())
    same = {price: same_price(pl.col(price), pl.col(f"{price}_old")) for price in PRICES}
    says_no_more = pl.all_horizontal(*same.values()) | (is_close_only() & same["close"])
    changed = merged.filter(pl.col("close_old").is_not_null() & ~says_no_more)
    if fresh.height:
        _append(connection, fresh, now)
    if changed.height:
        old = changed.select(
            "time",
            *(pl.col(f"{c}_old").alias(c) for c in (*PRICES, "volume", "source")),
            "created_at",
            symbol=pl.lit(SYMBOL),
            replaced_at=pl.lit(now),
        )
        connection.execute(insert(tables.bar_revisions), old.to_dicts())
        new = changed.select(
            pl.col("time").alias("at"), *PRICES, "volume", "source", created_at=pl.lit(now)
        )
        where = (tables.bars.c.time == bindparam("at")) & (tables.bars.c.symbol == SYMBOL)
        connection.execute(update(tables.bars).where(where), new.to_dicts())
    return InsertCounts(
        inserted=fresh.height,
        revised=changed.height,
        unchanged=frame.height - fresh.height - changed.height,
    )


def _any_stored(connection: Connection, start: datetime, end: datetime) -> bool:
    """Tell whether [start, end] holds a bar, at a quarter of what loading nothing takes."""
    table = tables.bars
    here = (table.c.symbol == SYMBOL) & table.c.time.between(start, end)
    return connection.execute(select(table.c.time).where(here).limit(1)).first() is not None


def _append(connection: Connection, frame: pl.DataFrame, now: datetime) -> None:
    rows = frame.select(*BAR_SCHEMA, symbol=pl.lit(SYMBOL), created_at=pl.lit(now, TIME))
    append(connection, tables.bars, rows)


def load(
    connection: Connection,
    start: datetime | None = None,
    end: datetime | None = None,
    *,
    with_created: bool = False,
) -> pl.DataFrame:
    """Give the bars whose open lies in [start, end], ascending, by `BAR_SCHEMA`."""
    columns = [tables.bars.c[name] for name in BAR_SCHEMA]
    schema = dict(BAR_SCHEMA)
    if with_created:
        columns.append(tables.bars.c.created_at)
        schema["created_at"] = TIME
    query = select(*columns).where(tables.bars.c.symbol == SYMBOL).order_by(tables.bars.c.time)
    if start is not None:
        query = query.where(tables.bars.c.time >= start)
    if end is not None:
        query = query.where(tables.bars.c.time <= end)
    return fetch(connection, query, pl.Schema(schema))


def add(connection: Connection, bar: Bar, source: str, now: datetime) -> None:
    """Insert one bar that has just closed.

    One that is stored already stays as it is: `store` knows how to revise.

    Args:
        connection: inside a transaction.
        bar: without a volume.
        source: where it comes from.
        now: when it became known.
    """
    row = {"time": bar.time, "symbol": SYMBOL, "volume": 0.0, "source": source, "created_at": now}
    row |= {price: getattr(bar, price) for price in PRICES}
    connection.execute(ADD[connection.dialect.name], row)


def times(
    connection: Connection, start: datetime | None = None, end: datetime | None = None
) -> pl.Series:
    """Give the opens (UTC) of the stored bars in [start, end], ascending."""
    table = tables.bars
    query = select(table.c.time).where(table.c.symbol == SYMBOL).order_by(table.c.time)
    return _times(connection, query, table.c.time, start, end)


def revised_times(
    connection: Connection, start: datetime | None = None, end: datetime | None = None
) -> pl.Series:
    """Give the opens (UTC) in [start, end] of the bars that had other values, ascending."""
    table = tables.bar_revisions
    query = select(table.c.time).where(table.c.symbol == SYMBOL).order_by(table.c.time)
    return _times(connection, query, table.c.time, start, end)


def first_and_last(connection: Connection) -> tuple[datetime, datetime] | None:
    """Give the opens (UTC) of the oldest and the newest bar; None where nothing is stored."""
    time = tables.bars.c.time
    query = select(func.min(time), func.max(time)).where(tables.bars.c.symbol == SYMBOL)
    first, last = connection.execute(query).one()
    return None if first is None else (first, last)


def newest(connection: Connection) -> datetime | None:
    """Give the open (UTC) of the newest bar; None where nothing is stored."""
    ends = first_and_last(connection)
    return ends[1] if ends else None


class Newest(NamedTuple):
    """The newest bar's open (UTC), and where it comes from."""

    time: datetime
    source: str


def newest_and_source(connection: Connection) -> Newest | None:
    """Give the newest bar's open and source; None where nothing is stored."""
    table = tables.bars
    query = select(table.c.time, table.c.source).where(table.c.symbol == SYMBOL)
    row = connection.execute(query.order_by(table.c.time.desc()).limit(1)).first()
    return None if row is None else Newest(*row)


def mark_absent(connection: Connection, times: pl.Series, source: str, now: datetime) -> int:
    """Remember that a source was asked for bars and has none; give how many are newly known.

    What is known already keeps the time of its first confirmation.

    Args:
        connection: inside a transaction.
        times: opens, UTC.
        source: that was asked.
        now: when it answered.
    """
    if times.is_empty():
        return 0
    lock(connection, "bars")
    known = absent(connection, source, times.min(), times.max())  # type: ignore[arg-type]
    asked = pl.DataFrame({"time": times}, {"time": TIME}).unique().sort("time")
    new = asked.filter(~pl.col("time").is_in(known.implode()))
    rows = new.with_columns(
        symbol=pl.lit(SYMBOL), source=pl.lit(source), confirmed_at=pl.lit(now, TIME)
    )
    append(connection, tables.absent_bars, rows)
    return new.height


def absent(
    connection: Connection,
    source: str,
    start: datetime | None = None,
    end: datetime | None = None,
) -> pl.Series:
    """Give the opens (UTC) in [start, end] that the source is known to lack, ascending."""
    table = tables.absent_bars
    here = (table.c.symbol == SYMBOL) & (table.c.source == source)
    query = select(table.c.time).where(here).order_by(table.c.time)
    return _times(connection, query, table.c.time, start, end)


def _times(
    connection: Connection,
    query: Select[tuple[datetime]],
    column: Column[datetime],
    start: datetime | None,
    end: datetime | None,
) -> pl.Series:
    if start is not None:
        query = query.where(column >= start)
    if end is not None:
        query = query.where(column <= end)
    return fetch(connection, query, pl.Schema({"time": TIME}))["time"]


def sources(connection: Connection) -> set[str]:
    """Give the names of the sources that stored bars come from."""
    query = select(tables.bars.c.source).where(tables.bars.c.symbol == SYMBOL).distinct()
    return set(connection.execute(query).scalars())


def revision_count(connection: Connection) -> int:
    """Give the number of superseded bars that are kept."""
    return connection.execute(select(func.count()).select_from(tables.bar_revisions)).scalar_one()


def absent_anywhere(connection: Connection) -> pl.Series:
    """Give the opens (UTC) of the bars that some source is known to lack, ascending, each once."""
    table = tables.absent_bars
    query = select(table.c.time).where(table.c.symbol == SYMBOL).order_by(table.c.time)
    found = _times(connection, query, table.c.time, None, None)
    return found.unique(maintain_order=True)
