"""Macro series of a bad provider: no value is lost or invented, and the past stays what it was.

Each schedule is two weeks of daily updates against a fake bank that fails, revises, repeats,
reorders and serves days that have not come. Then it recovers, and is asked for everything.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import stamina
from pydantic import HttpUrl
from sqlalchemy import delete
from tests.effort import times
from tests.fakes.banrep import FakeBanrep, Fault, midnight_ms
from tests.fakes.server import Server
from tests.unit.app.live import Clock, wired
from tests.unit.app.macro_product import Silent, weekdays

from cambio.acquisition.providers import Breaker, SourceConfig
from cambio.app.macro import update
from cambio.app.macro_as_of import as_of
from cambio.sources.banrep import Banrep
from cambio.sources.http import Client
from cambio.store import macro, tables
from cambio.store.database import open_database
from cambio.store.requests import DatabaseRequestLog

SCHEDULES, CHUNKS = times(12, 40), 2
SERIES = {"IBR": 241, "TPM": 59, "COL5Y": 15273}
DAYS = weekdays(date(2024, 3, 1), date(2024, 5, 31))
KNOWN_AT_FIRST, UPDATES = 40, 10
FAULTS = [None, None, None, *(fault for fault in Fault if fault is not Fault.STALL)]
WIPED = (tables.macro_observations, tables.macro_indicators_daily, tables.quarantine,
         tables.source_requests)  # fmt: skip


class Bank:
    """The bank's books: what it would tell, and when it told what."""

    def __init__(self, seed):
        self.rng = Random(seed)
        self.fake = FakeBanrep({number: {} for number in SERIES.values()}, self.rng)
        self.levels = {number: 9.0 + n for n, number in enumerate(SERIES.values())}

    def publish(self, day):
        for number in SERIES.values():
            self.levels[number] += self.rng.choice([-0.05, -0.01, 0.0, 0.01, 0.05])
            self.fake.truth[number][day] = round(self.levels[number], 3)

    def misbehave(self, day):
        self.fake.faults.extend(self.rng.choices(FAULTS, k=self.rng.randrange(6)))
        self.fake.messy = self.rng.random() < 0.4
        ahead = day + timedelta(days=self.rng.randrange(2, 9))
        self.fake.extra = [[midnight_ms(ahead), 9.9]] if self.rng.random() < 0.3 else []
        if self.rng.random() < 0.3:  # of the last 15, which every update asks for again
            number = self.rng.choice(list(SERIES.values()))
            past = self.rng.choice(sorted(self.fake.truth[number])[-10:])
            self.fake.truth[number][past] = round(self.fake.truth[number][past] + 0.002, 3)

    def recover(self):
        self.fake.faults.clear()
        self.fake.messy, self.fake.extra = False, []


def newest(resources):
    with resources.engine.connect() as connection:
        rows = macro.newest(connection).select("series", "period", "value").iter_rows()
    return {(series, period): value for series, period, value in rows}


def told(resources, moment):
    """What as-of says that this database knew, down to the value."""
    values = as_of(resources, moment, as_seen=True).values
    return {(one.series, one.period, one.value) for one in values}


def in_force(resources, moment):
    """The value of every period that was public then, by a naive walk over all rows."""
    with resources.engine.connect() as connection:
        rows = macro.load(connection).sort("available_at", "revision").iter_rows(named=True)
    return {
        (row["series"], row["period"]): row["value"] for row in rows if row["available_at"] < moment
    }


def run_schedule(seed, engine, home):
    with engine.begin() as connection:
        for table in WIPED:
            connection.execute(delete(table))
    bank = Bank(seed)
    for day in DAYS[:KNOWN_AT_FIRST]:
        bank.publish(day)
    clock = Clock(datetime.combine(DAYS[KNOWN_AT_FIRST - 1], datetime.min.time(), UTC))
    with Server(bank.fake.handle) as server:
        config = SourceConfig(url=HttpUrl(server.url), attempts=2, timeout_s=5.0,
                              breaker=Breaker(failures=1_000_000))  # fmt: skip
        log = DatabaseRequestLog(engine)
        client = Client("banrep", config, log, now=clock, sleep=clock.sleep)
        resources = replace(
            wired(engine, home, clock, lambda: None),
            progress=Silent(),
            macro_feed=lambda source: Banrep(client, clock),
        )
        answers = {}
        for day in DAYS[KNOWN_AT_FIRST : KNOWN_AT_FIRST + UPDATES]:
            clock.time = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=20)
            bank.publish(day)
            bank.misbehave(day)
            update(resources, list(SERIES))
            clock.time += timedelta(minutes=1)
            answers[clock.time] = (told(resources, clock.time), in_force(resources, clock.time))
        clock.time += timedelta(hours=1)
        bank.recover()
        report = update(resources, list(SERIES), full=True)
        client.close()
    assert {one.state for one in report.series} == {"ok"}
    truth = {
        (name, day): value
        for name, number in SERIES.items()
        for day, value in bank.fake.truth[number].items()
    }
    assert newest(resources) == truth
    for moment, (said, public) in answers.items():
        assert told(resources, moment) == said
        now_said = in_force(resources, moment)  # and what was fetched late
        assert {key: now_said[key] for key in public} == public


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_series_are_the_truth_and_the_past_stays(chunk, tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'cambio.db'}")
    with stamina.set_testing(True, attempts=2, cap=True):
        for seed in range(chunk, SCHEDULES, CHUNKS):
            run_schedule(seed, engine, tmp_path)
    engine.dispose()
