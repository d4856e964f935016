"""Queries on `macro_observations` (append-only) and the derived `macro_indicators_daily`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import delete, func, insert, select

from cambio.contracts.market import MACRO_SCHEMA
from cambio.store import tables
from cambio.store.bars import InsertCounts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection


def store(connection: Connection, frame: pl.DataFrame, now: datetime) -> InsertCounts:
    """Append observations; a value that changed becomes a revision, known from ``now`` on.

    Args:
        connection: inside a transaction.
        frame: observations by `MACRO_SCHEMA`, unique in (series, period).
        now: when these values were first seen.
    """
    if frame.is_empty():
        return InsertCounts()
    old = newest(connection, frame["series"].unique().to_list())
    old = old.select("series", "period", value_old="value", revision_old="revision")
    merged = frame.join(old, on=["series", "period"], how="left")
    fresh = pl.col("value_old").is_null()
    changed = ~fresh & (pl.col("value") != pl.col("value_old"))
    known_from = pl.when(fresh).then("available_at")
    rows = merged.filter(fresh | changed).select(
        *("series", "period", "value", "source"),
        known_from.otherwise(pl.max_horizontal("available_at", pl.lit(now))).alias("available_at"),
        revision=pl.col("revision_old").fill_null(-1) + 1,
        first_seen=pl.lit(now),
    )
    if rows.height:
        connection.execute(insert(tables.macro_observations), rows.to_dicts())
    revised = rows.filter(pl.col("revision") > 0).height
    return InsertCounts(
        inserted=rows.height - revised, revised=revised, unchanged=frame.height - rows.height
    )


def load(connection: Connection, series: Collection[str] | None = None) -> pl.DataFrame:
    """Give all observations and revisions, sorted by series, period and revision.

    Columns: those of `MACRO_SCHEMA`, and `revision` (0 is the first publication).
    """
    table = tables.macro_observations
    names = [*MACRO_SCHEMA, "revision"]
    query = select(*(table.c[name] for name in names)).order_by(
        table.c.series, table.c.period, table.c.revision
    )
    if series is not None:
        query = query.where(table.c.series.in_(series))
    schema = pl.Schema({**MACRO_SCHEMA, "revision": pl.Int64()})
    return pl.DataFrame(connection.execute(query).fetchall(), schema=schema, orient="row")


def newest(connection: Connection, series: Collection[str] | None = None) -> pl.DataFrame:
    """Give the newest revision of each observation, sorted by series and period."""
    return load(connection, series).unique(["series", "period"], keep="last", maintain_order=True)


def sources(connection: Connection) -> set[str]:
    """Give the names of the sources that stored observations come from."""
    return set(connection.execute(select(tables.macro_observations.c.source).distinct()).scalars())


def rebuild_daily(connection: Connection, critical: Collection[str], now: datetime) -> int:
    """Derive the wide `macro_indicators_daily` from the newest revisions; give its row count.

    `is_complete` tells that every critical series has a value on that date.
    """
    series_of = tables.DAILY_COLUMNS
    wide = newest(connection, list(series_of.values())).select("series", "period", "value")
    connection.execute(delete(tables.macro_indicators_daily))
    if wide.is_empty():
        return 0
    wide = wide.pivot("series", index="period", values="value").sort("period")
    columns = {
        column: pl.col(series) if series in wide.columns else pl.lit(None, dtype=pl.Float64)
        for column, series in series_of.items()
    }
    present = [
        pl.col(s).is_not_null() if s in wide.columns else pl.lit(value=False) for s in critical
    ]
    rows = wide.select(
        fecha="period",
        **columns,
        is_complete=pl.all_horizontal(present) if present else pl.lit(value=True),
        updated_at=pl.lit(now),
    )
    connection.execute(insert(tables.macro_indicators_daily), rows.to_dicts())
    return rows.height


def last_available(connection: Connection) -> dict[str, datetime]:
    """Give, for each series, when its newest value became available."""
    table = tables.macro_observations
    query = select(table.c.series, func.max(table.c.available_at).label("newest")).group_by(
        table.c.series
    )
    return {row.series: row.newest for row in connection.execute(query)}
