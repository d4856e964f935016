"""Seconds to store 100,000 bars in SQLite, in one transaction.

Ours is `store.bars.store`: it first compares with what is stored, so that a changed price becomes
a revision and a repeated one nothing. The peer is `DataFrame.to_sql`, which can only append.

Both write the same rows (checked) to the same migrated table, with its primary key and the same
pragmas; the peer's frame already holds every column. `to_sql` is given a connection of the driver
itself, which runs all rows in one transaction: the quickest of its ways. Through SQLAlchemy it
takes longer, with `method="multi"` ten times as long.
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

from benchmarks import market
from benchmarks.figures import Contender, Figure, times
from cambio.contracts.market import SYMBOL
from cambio.store import bars, tables
from cambio.store.database import open_database, transaction

if TYPE_CHECKING:
    import polars as pl
    from sqlalchemy import Engine

TARGET_S = 3.0
BARS = 100_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 5


def figures() -> list[Figure]:
    """Measure both."""
    frame = market.whole_history().bars.head(BARS)
    columns = {name: frame[name].to_list() for name in frame.columns if name != "time"}
    rows = pd.DataFrame({"time": frame["time"].to_numpy(), **columns})
    rows = rows.assign(symbol=SYMBOL, created_at=NOW.replace(tzinfo=None))

    def ours() -> None:
        with transaction(engine) as connection:
            counts = bars.store(connection, frame, NOW)
        if counts.inserted != BARS:
            raise AssertionError(f"{counts.inserted} of {BARS} bars were inserted")

    def theirs() -> None:
        with closing(sqlite3.connect(path)) as driver:
            driver.execute("PRAGMA synchronous=NORMAL")  # the file itself keeps journal_mode=WAL
            rows.to_sql(tables.bars.name, driver, if_exists="append", index=False)
            driver.commit()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bars.db"
        engine = open_database(f"sqlite:///{path}")
        empty = partial(_empty, engine)
        theirs()
        _require_stored(engine, frame)
        samples = times(
            ROUNDS,
            Contender("cambio", ours, before=empty),
            Contender("pandas.to_sql", theirs, before=empty),
        )
        engine.dispose()
    return [Figure("100,000 bars into SQLite", "s", *samples, target=TARGET_S)]


def _empty(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(tables.bars.delete())


def _require_stored(engine: Engine, frame: pl.DataFrame) -> None:
    with engine.connect() as connection:
        if not bars.load(connection).equals(frame):
            raise AssertionError("to_sql stored other bars")
