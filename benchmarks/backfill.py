"""Seconds of a whole backfill into PostgreSQL: 86,000 bars, asked for in pages from loopback.

Ours: find the gaps, ask (HTTP, JSON, prices as text), check every row, compare with what is stored,
store and book each request; a transaction a page. The provider is a process of its own that has
its answers ready and no limit, so what is measured is our work.

The peer is `DataFrame.to_sql` with default arguments: it is handed the finished frame, and only
has to write it.
"""

from __future__ import annotations

import json
import tempfile
from bisect import bisect_left, bisect_right
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import HttpUrl, SecretStr
from tests.fakes.server import Reply, Request, Server
from tests.services import postgresql
from tests.unit.app.live import Clock, wired

from benchmarks import market
from benchmarks.figures import Contender, Figure, times
from benchmarks.store import BARS, ROUNDS, TARGET_RATIO, drop_peer, empty, rows_for_pandas
from cambio.acquisition.providers import Breaker, SourceConfig
from cambio.app.ohlcv import backfill
from cambio.calendar import BOGOTA
from cambio.sources.http import Client
from cambio.sources.twelvedata import TwelveData
from cambio.store.database import open_database
from cambio.store.requests import DatabaseRequestLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    import polars as pl
    from sqlalchemy import Engine

META = {"symbol": "USD/COP", "interval": "5min"}


def figures() -> list[Figure]:
    """Measure both."""
    frame = market.whole_history().bars.head(BARS)
    rows = rows_for_pandas(frame)
    with provider(frame) as url, postgresql() as server, server.database() as database:
        engine = open_database(database)
        samples = times(
            ROUNDS,
            Contender("cambio", partial(run, engine, url, frame), before=partial(empty, engine)),
            Contender(
                "pandas.to_sql",
                partial(rows.to_sql, "peer", engine),
                before=partial(drop_peer, engine),
            ),
        )
        engine.dispose()
    return [Figure("86,000 bars by backfill", "s", *samples, target_ratio=TARGET_RATIO)]


def run(engine: Engine, url: str, frame: pl.DataFrame) -> None:
    """Backfill an empty table."""
    config = SourceConfig(url=HttpUrl(url), breaker=Breaker(failures=1_000_000))
    clock = Clock(datetime(2030, 1, 1, tzinfo=UTC))
    log = DatabaseRequestLog(engine)
    key = ("apikey", SecretStr("none"))
    client = Client("twelvedata", config, log, now=clock, sleep=clock.sleep, key=key)
    days = frame["time"].dt.convert_time_zone(BOGOTA.key).dt.date()
    with closing(client), tempfile.TemporaryDirectory() as home:
        resources = wired(engine, Path(home), clock, lambda: TwelveData(client))
        report = backfill(resources, days[0], days[-1])
    if report.intake.inserted != BARS:
        raise AssertionError(f"{report.intake.inserted} of {BARS} bars were inserted")


@contextmanager
def provider(frame: pl.DataFrame) -> Iterator[str]:
    """Give the URL of a process that serves the bars."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(theirs, frame), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def _serve(pipe: Connection, frame: pl.DataFrame) -> None:
    opens = frame["time"].dt.strftime("%Y-%m-%d %H:%M:%S").to_list()
    prices = frame.select("open", "high", "low", "close").iter_rows(named=True)
    rows = [
        json.dumps({"datetime": at, **{name: repr(price) for name, price in row.items()}})
        for at, row in zip(opens, prices, strict=True)
    ]

    def answer(request: Request) -> Reply:
        start = bisect_left(opens, request.query["start_date"])
        end = bisect_right(opens, request.query["end_date"])
        page = ",".join(rows[max(start, end - 5000) : end])
        return Reply(f'{{"meta":{json.dumps(META)},"values":[{page}],"status":"ok"}}'.encode())

    with Server(answer) as server:
        pipe.send(server.url)
        pipe.recv()
