"""Queries on `usdcop_m5_ohlcv` and `bar_revisions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import bindparam, func, insert, select, update

from cambio.acquisition.quality import PRICES, same_price
from cambio.contracts.market import BAR_SCHEMA, SYMBOL, is_close_only
from cambio.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


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
    stored = load(connection, frame["time"].min(), frame["time"].max(), with_created=True)  # type: ignore[arg-type]
    merged = frame.join(stored, on="time", how="left", suffix="_old")
    fresh = merged.filter(pl.col("close_old").is_null())
    same = {price: same_price(pl.col(price), pl.col(f"{price}_old")) for price in PRICES}
    says_no_more = pl.all_horizontal(*same.values()) | (is_close_only() & same["close"])
    changed = merged.filter(pl.col("close_old").is_not_null() & ~says_no_more)
    if fresh.height:
        rows = fresh.select(*BAR_SCHEMA, symbol=pl.lit(SYMBOL), created_at=pl.lit(now))
        connection.execute(insert(tables.bars), rows.to_dicts())
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
        schema["created_at"] = pl.Datetime("us", "UTC")
    query = select(*columns).where(tables.bars.c.symbol == SYMBOL).order_by(tables.bars.c.time)
    if start is not None:
        query = query.where(tables.bars.c.time >= start)
    if end is not None:
        query = query.where(tables.bars.c.time <= end)
    rows = connection.execute(query).fetchall()
    return pl.DataFrame(rows, schema=schema, orient="row")


def sources(connection: Connection) -> set[str]:
    """Give the names of the sources that stored bars come from."""
    query = select(tables.bars.c.source).where(tables.bars.c.symbol == SYMBOL).distinct()
    return set(connection.execute(query).scalars())


def revision_count(connection: Connection) -> int:
    """Give the number of superseded bars that are kept."""
    return connection.execute(select(func.count()).select_from(tables.bar_revisions)).scalar_one()
