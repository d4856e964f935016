"""Queries on `inference_features_5m` and `feature_cache`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import delete, insert, select

from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def load(connection: Connection, feature_spec_hash: str) -> pl.DataFrame:
    """Give what is stored for this specification: `time` and the 13 features, ascending."""
    table = tables.inference_features_5m
    columns = [table.c[name] for name in ("time", *MARKET_FEATURES)]
    query = select(*columns).where(table.c.feature_spec_hash == feature_spec_hash)
    rows = connection.execute(query.order_by(table.c.time)).fetchall()
    types = dict.fromkeys(MARKET_FEATURES, pl.Float64())
    schema = pl.Schema({"time": pl.Datetime("us", "UTC"), **types})
    return pl.DataFrame(rows, schema=schema, orient="row")


def replace(
    connection: Connection,
    frame: pl.DataFrame,
    feature_spec_hash: str,
    builder_version: str,
    now: datetime,
) -> None:
    """Write features in place of all that is stored from their first bar on.

    Args:
        connection: inside a transaction.
        frame: `time` and the 13 market features; a missing value (NaN) is stored as NULL.
        feature_spec_hash: what they were computed with.
        builder_version: version of the builder.
        now: when.
    """
    if frame.is_empty():
        return
    table = tables.inference_features_5m
    connection.execute(
        delete(table).where(
            table.c.feature_spec_hash == feature_spec_hash, table.c.time >= frame["time"][0]
        )
    )
    rows = frame.select(
        "time",
        *(pl.col(name).fill_nan(None) for name in MARKET_FEATURES),
        feature_spec_hash=pl.lit(feature_spec_hash),
        builder_version=pl.lit(builder_version),
        computed_at=pl.lit(now),
    )
    connection.execute(insert(table), rows.to_dicts())


def cache(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    """Keep the kernel state that follows a bar, so that live can resume from it.

    Args:
        connection: inside a transaction.
        row: timestamp, feature_spec_hash, features (by name), kernel_state, builder_version.
        now: when it was computed.
    """
    table = tables.feature_cache
    key = (table.c.timestamp == row["timestamp"]) & (
        table.c.feature_spec_hash == row["feature_spec_hash"]
    )
    if connection.execute(select(table.c.timestamp).where(key)).first() is None:
        values = {**row, "feature_order_hash": FEATURE_ORDER_HASH, "computed_at": now}
        connection.execute(insert(table), values)
