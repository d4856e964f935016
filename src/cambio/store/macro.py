"""Queries on `macro_observations` (append-only) and the derived `macro_indicators_daily`.

Of a period, the value in force at a moment is the one with the latest `available_at` before it;
of two known at once, the one that arrived later. `revision` counts arrivals, so a vintage that is
loaded late has a high number and an early `available_at`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import and_, bindparam, delete, func, insert, select

from cambio.contracts.market import MACRO_SCHEMA
from cambio.store import tables
from cambio.store.bars import InsertCounts
from cambio.store.database import lock

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Select

KEY = ("series", "period")
_UTC = pl.Datetime("us", "UTC")
_STORED = pl.Schema({**MACRO_SCHEMA, "revision": pl.Int64(), "first_seen": _UTC})


def store(
    connection: Connection,
    frame: pl.DataFrame,
    now: datetime,
    *,
    vintages: bool = False,
    lacking_at: datetime | None = None,
) -> InsertCounts:
    """Append observations; a value that changed becomes a revision.

    Args:
        connection: inside a transaction.
        frame: observations by `MACRO_SCHEMA`, unique in (series, period).
        now: when these values were first seen.
        vintages: ``frame`` holds the provider's own revisions, several a period, each with the
            moment at which it was published. That stays; otherwise a value that differs from
            the stored one is known from ``now`` on, whatever its `available_at`. The last vintage
            of a period in ``frame`` is in force from ``now`` on at the latest.
        lacking_at: the source was asked then and had nothing that is not stored: what was due
            before is known from ``now`` on.
    """
    lock(connection, "macro")
    if frame.is_empty():
        return InsertCounts()
    query = _observations(frame["series"].unique().to_list())
    query = query.where(tables.macro_observations.c.period >= frame["period"].min())
    stored = _read(connection, query)
    choose = _new_vintages if vintages else _changed
    rows = choose(frame, stored, now, lacking_at)
    last = stored.group_by(KEY).agg(last=pl.col("revision").max())
    rows = (
        rows.select(MACRO_SCHEMA.names())
        .sort(*KEY, "available_at", maintain_order=True)
        .join(last, on=KEY, how="left", maintain_order="left")
        .with_columns(
            revision=pl.col("last").fill_null(-1) + 1 + pl.int_range(pl.len()).over(KEY),
            first_seen=pl.lit(now),
        )
        .drop("last")
    )
    if rows.height:
        connection.execute(insert(tables.macro_observations), rows.to_dicts())
    revised = rows.filter(pl.col("revision") > 0).height
    return InsertCounts(
        inserted=rows.height - revised,
        revised=revised,
        unchanged=max(0, frame.height - rows.height),
    )


def _changed(
    frame: pl.DataFrame, stored: pl.DataFrame, now: datetime, lacking_at: datetime | None
) -> pl.DataFrame:
    """Give the values that differ from the newest stored ones, each known after that one."""
    newest = stored.unique(KEY, keep="last", maintain_order=True)
    newest = newest.select(*KEY, value_old="value", known="available_at")
    merged = frame.join(newest, on=KEY, how="left")
    fresh = pl.col("value_old").is_null()
    in_time = fresh & _in_time(lacking_at)
    later = pl.max_horizontal("available_at", "known", pl.lit(now))
    return merged.filter(fresh | (pl.col("value") != pl.col("value_old"))).with_columns(
        available_at=pl.when(in_time).then("available_at").otherwise(later)
    )


def _in_time(lacking_at: datetime | None) -> pl.Expr:
    """Tell what was not due yet when the source lacked it."""
    due = pl.col("available_at")
    return pl.lit(value=True) if lacking_at is None else due >= lacking_at


def _new_vintages(
    frame: pl.DataFrame, stored: pl.DataFrame, now: datetime, lacking_at: datetime | None
) -> pl.DataFrame:
    """Give the vintages that say something else than what was in force when they came out.

    One that came late was never in force here; only the last of a period counts from ``now`` on.
    """
    unknown = frame.join(stored, on=[*KEY, "available_at", "value"], how="anti")
    unknown = unknown.filter(_in_time(lacking_at))
    stored = stored.select(*MACRO_SCHEMA.names(), new=pl.lit(value=False))
    both = pl.concat([stored, unknown.with_columns(new=pl.lit(value=True))])
    # Stable: what is stored comes before what is new of the same moment.
    both = both.sort(*KEY, "available_at", maintain_order=True)
    repeats = (pl.col("value") == pl.col("value").shift(1).over(KEY)).fill_null(value=False)
    in_force = both.unique(KEY, keep="last", maintain_order=True)
    said = frame.sort(*KEY, "available_at", maintain_order=True).unique(KEY, keep="last")
    late = (
        said.join(in_force, on=[*KEY, "value"], how="anti")
        .join(in_force.select(*KEY, before="available_at"), on=KEY, how="left")
        .with_columns(available_at=pl.max_horizontal("available_at", "before", pl.lit(now)))
    )
    names = MACRO_SCHEMA.names()
    return pl.concat([both.filter("new", ~repeats).select(names), late.select(names)])


def load(connection: Connection, series: Collection[str] | None = None) -> pl.DataFrame:
    """Give all observations and revisions, sorted by series, period, available_at and revision.

    Columns: those of `MACRO_SCHEMA`, and `revision` (the order of arrival, from 0).
    """
    return _read(connection, _observations(series)).drop("first_seen")


def newest(connection: Connection, series: Collection[str] | None = None) -> pl.DataFrame:
    """Give the newest revision of each observation, sorted by series and period."""
    return load(connection, series).unique(KEY, keep="last", maintain_order=True)


def as_of(
    connection: Connection,
    moment: datetime,
    series: Collection[str] | None = None,
    *,
    as_seen: bool = False,
) -> pl.DataFrame:
    """Give what was known at a moment: of each series the newest period's value then in force.

    A value counts from after its `available_at`, as for a session, which knows what came out
    before its open: one that came out at ``moment`` itself is not known yet.

    Args:
        connection: any.
        moment: aware.
        series: names in the catalogue; all by default.
        as_seen: know only what this database held by then (`first_seen` up to ``moment``).

    Returns:
        `series`, `period`, `value`, `available_at`, `first_seen`, `source`, `revision` and
        `superseded` (another revision of that period came later), sorted by series.
    """
    table = tables.macro_observations
    known = table.c.available_at < moment
    if as_seen:
        known &= table.c.first_seen <= moment
    last = select(table.c.series, func.max(table.c.period).label("period")).where(known)
    if series is not None:
        last = last.where(table.c.series.in_(series))
    newest_known = last.group_by(table.c.series).subquery()
    query = _observations(None).join(
        newest_known,
        and_(table.c.series == newest_known.c.series, table.c.period == newest_known.c.period),
    )
    was_known = pl.col("available_at") < moment
    if as_seen:
        was_known &= pl.col("first_seen") <= moment
    return (
        _read(connection, query)
        .with_columns(superseded=pl.int_range(pl.len()).over(KEY) < pl.len().over(KEY) - 1)
        .filter(was_known)
        .unique("series", keep="last", maintain_order=True)
        .select(*KEY, "value", "available_at", "first_seen", "source", "revision", "superseded")
    )


def tail(connection: Connection, series: str, count: int) -> date | None:
    """Give the period from which on the last ``count`` stored ones lie, or the first if fewer.

    None where nothing is stored.
    """
    period = tables.macro_observations.c.period
    query = select(period).where(tables.macro_observations.c.series == series).distinct()
    last = connection.execute(query.order_by(period.desc()).limit(count)).scalars().all()
    return last[-1] if last else None


def sources(connection: Connection) -> set[str]:
    """Give the names of the sources that stored observations come from."""
    return set(connection.execute(select(tables.macro_observations.c.source).distinct()).scalars())


def last_answer(
    connection: Connection, series: str, source: str, before: datetime
) -> datetime | None:
    """Give when ``source`` was last asked with success, for whatever series, until ``before``.

    None where that was never, or before the first value that it gave of ``series``: what is
    loaded for the first time was not lacking.
    """
    stored, requests = tables.macro_observations.c, tables.source_requests.c
    first_seen = select(func.min(stored.first_seen)).where(
        stored.series == series, stored.source == source
    )
    query = select(func.max(requests.time)).where(
        requests.source == source,
        requests.ok.is_(True),
        requests.time < before,
        requests.time >= first_seen.scalar_subquery(),
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def last_available(connection: Connection) -> dict[str, datetime]:
    """Give, for each series, when its newest value became available."""
    table = tables.macro_observations
    query = select(table.c.series, func.max(table.c.available_at).label("newest")).group_by(
        table.c.series
    )
    return {row.series: row.newest for row in connection.execute(query)}


def first_values(connection: Connection, start: datetime, end: datetime) -> pl.DataFrame:
    """Give the value that arrived first of each period, if it was published in [start, end].

    Columns: those of `MACRO_SCHEMA`, `revision` (0) and `first_seen`; sorted by series and period.
    """
    table = tables.macro_observations
    first = (table.c.revision == 0) & table.c.available_at.between(start, end)
    return _read(connection, _observations(None).where(first))


def rebuild_daily(
    connection: Connection,
    critical: Collection[str],
    now: datetime,
    *,
    since: date = date.min,
) -> int:
    """Derive the wide `macro_indicators_daily` from the newest revisions, from a day on.

    Only the days that changed are written. `is_complete` tells that every critical series has a
    value on that date.

    Returns:
        How many days from ``since`` on there are.
    """
    lock(connection, "macro")
    table = tables.macro_indicators_daily
    daily = _observations(list(tables.DAILY_COLUMNS.values()))
    observed = _read(connection, daily.where(tables.macro_observations.c.period >= since))
    derived = _daily(observed.unique(KEY, keep="last", maintain_order=True), critical)
    columns = [table.c[name] for name in derived.columns]
    query = select(*columns).where(table.c.fecha >= since)
    written = pl.DataFrame(
        connection.execute(query).fetchall(), schema=derived.schema, orient="row"
    )
    same = derived.join(written, on=derived.columns, how="semi", nulls_equal=True)["fecha"]
    stale = written.filter(~pl.col("fecha").is_in(same.implode()))
    fresh = derived.filter(~pl.col("fecha").is_in(same.implode()))
    if stale.height:
        gone = delete(table).where(table.c.fecha == bindparam("day"))
        connection.execute(gone, stale.select(day="fecha").to_dicts())
    if fresh.height:
        rows = fresh.with_columns(updated_at=pl.lit(now)).to_dicts()
        connection.execute(insert(table), rows)
    return derived.height


def _daily(observations: pl.DataFrame, critical: Collection[str]) -> pl.DataFrame:
    """Give one row a day, with the columns of `macro_indicators_daily` but `updated_at`."""
    wide = observations.select(*KEY, "value").pivot("series", index="period", values="value")
    there = set(wide.columns)
    absent = pl.lit(None, dtype=pl.Float64)
    columns = {
        column: pl.col(series) if series in there else absent
        for column, series in tables.DAILY_COLUMNS.items()
    }
    complete = [
        pl.col(name).is_not_null() if name in there else pl.lit(value=False) for name in critical
    ]
    return wide.sort("period").select(
        fecha="period",
        **columns,
        is_complete=pl.all_horizontal(complete) if complete else pl.lit(value=True),
    )


def _observations(series: Collection[str] | None) -> Select[Any]:
    """Give the query of all columns, in the order in which values came into force."""
    table = tables.macro_observations
    query = select(*(table.c[name] for name in _STORED)).order_by(
        table.c.series, table.c.period, table.c.available_at, table.c.revision
    )
    return query if series is None else query.where(table.c.series.in_(series))


def _read(connection: Connection, query: Select[Any]) -> pl.DataFrame:
    return pl.DataFrame(connection.execute(query).fetchall(), schema=_STORED, orient="row")
