"""Queries on `inference_features_5m` and `feature_cache`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import func, insert, select

from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def last_time(connection: Connection, feature_spec_hash: str) -> datetime | None:
    """Give the open of the newest bar whose features are stored for this specification."""
    table = tables.inference_features_5m
    query = select(func.max(table.c.time)).where(table.c.feature_spec_hash == feature_spec_hash)
    return connection.execute(query).scalar()


def store(
    connection: Connection,
    frame: pl.DataFrame,
    feature_spec_hash: str,
    builder_version: str,
    now: datetime,
) -> None:
    """Append features; a missing value (NaN) is stored as NULL.

    Args:
        connection: inside a transaction.
        frame: `time` and the 13 market features, of bars not stored yet.
        feature_spec_hash: what they were computed with.
        builder_version: version of the builder.
        now: when.
    """
    if frame.is_empty():
        return
    rows = frame.select(
        "time",
        *(pl.col(name).fill_nan(None) for name in MARKET_FEATURES),
        feature_spec_hash=pl.lit(feature_spec_hash),
        builder_version=pl.lit(builder_version),
        computed_at=pl.lit(now),
    )
    connection.execute(insert(tables.inference_features_5m), rows.to_dicts())


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
