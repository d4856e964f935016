"""Seconds to store a backfill's bars: 86,000, in 18 pages of 5,000, each its own transaction.

Ours, for each page: take the lock, compare with what is stored (so that a changed price becomes a
revision and a repeated one nothing), insert, remember what the provider lacked. Into the migrated
table, with its primary key.

The peer is `DataFrame.to_sql`, which can only append, and whose frame already holds every column.
On PostgreSQL it runs with default arguments, into a table that it makes itself. On SQLite it is
given a connection of the driver itself, which is quicker than through SQLAlchemy, and writes all
rows in one transaction to our table; the rows are checked to be the same.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from tests.services import postgresql

from benchmarks import market
from benchmarks.figures import Contender, Figure, times
from cambio.contracts.market import SYMBOL
from cambio.store import bars, tables
from cambio.store.database import open_database, transaction

if TYPE_CHECKING:
    import polars as pl
    from sqlalchemy import Engine

BARS = 86_000
PAGE = 5_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 7
TARGET_RATIO = 10.0
"""On PostgreSQL."""


def figures() -> list[Figure]:
    """Measure both, on both engines."""
    frame = market.whole_history().bars.head(BARS)
    return [_sqlite(frame), _postgresql(frame)]


def _sqlite(frame: pl.DataFrame) -> Figure:
    rows = rows_for_pandas(frame).assign(
        time=frame["time"].dt.replace_time_zone(None).to_numpy(),
        created_at=NOW.replace(tzinfo=None),
    )

    def theirs() -> None:
        with closing(sqlite3.connect(path)) as driver:
            driver.execute("PRAGMA synchronous=NORMAL")  # the file itself keeps journal_mode=WAL
            rows.to_sql(tables.bars.name, driver, if_exists="append", index=False)
            driver.commit()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bars.db"
        engine = open_database(f"sqlite:///{path}")
        cleared = partial(empty, engine)
        theirs()
        _require_stored(engine, frame)
        samples = times(
            ROUNDS,
            Contender("cambio", partial(_backfill, engine, frame), before=cleared),
            Contender("pandas.to_sql", theirs, before=cleared),
        )
        engine.dispose()
    return Figure("86,000 bars into SQLite", "s", *samples)


def _postgresql(frame: pl.DataFrame) -> Figure:
    rows = rows_for_pandas(frame)
    with postgresql() as server, server.database() as url:
        engine = open_database(url)
        ours = partial(_backfill, engine, frame)
        cleared = partial(empty, engine)
        ours()
        _require_stored(engine, frame)
        samples = times(
            ROUNDS,
            Contender("cambio", ours, before=cleared),
            Contender(
                "pandas.to_sql",
                partial(rows.to_sql, "peer", engine),
                before=partial(drop_peer, engine),
            ),
        )
        engine.dispose()
    return Figure("86,000 bars into PostgreSQL", "s", *samples, target_ratio=TARGET_RATIO)


def rows_for_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """Give the bars as a frame with every column of the table."""
    columns = {name: frame[name].to_list() for name in frame.columns if name != "time"}
    times_utc = pd.DatetimeIndex(frame["time"].dt.replace_time_zone(None).to_numpy(), tz="UTC")
    return pd.DataFrame({"time": times_utc, **columns}).assign(symbol=SYMBOL, created_at=NOW)


def _backfill(engine: Engine, frame: pl.DataFrame) -> None:
    inserted = 0
    for page in frame.iter_slices(PAGE):
        with transaction(engine) as connection:
            inserted += bars.store(connection, page, NOW).inserted
            bars.mark_absent(connection, page["time"][:0], "provider", NOW)
    if inserted != BARS:
        raise AssertionError(f"{inserted} of {BARS} bars were inserted")


def empty(engine: Engine) -> None:
    """Put the table back to nothing."""
    with transaction(engine) as connection:
        if engine.dialect.name == "postgresql":  # else what was deleted is swept up meanwhile
            connection.exec_driver_sql(f"TRUNCATE {tables.bars.name}")
        else:
            connection.execute(tables.bars.delete())


def drop_peer(engine: Engine) -> None:
    """Remove what the peer wrote."""
    with transaction(engine) as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS peer")


def _require_stored(engine: Engine, frame: pl.DataFrame) -> None:
    with engine.connect() as connection:
        if not bars.load(connection).equals(frame):
            raise AssertionError("other bars were stored")
