"""Bad feeds by the hundred: whatever the provider does, the table is its truth, or a gap is told.

Each schedule is a market of some days, one of them around a change of New York's clocks, a run of
polls and backfills at random moments with random faults and revisions, and at last a provider
that has recovered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
import stamina
from sqlalchemy import delete
from tests.effort import times
from tests.fakes.twelvedata import FakeTwelveData, Fault, schedule
from tests.unit.app.live import Clock, market, product, stored

from cambio.acquisition import gaps
from cambio.app.ohlcv import backfill, realtime
from cambio.calendar import session_open, trading_days
from cambio.errors import CambioError
from cambio.store import tables
from cambio.store.database import open_database

SCHEDULES, CHUNKS = times(90, 300), 3
WEEKS = (
    date(2024, 3, 6),  # New York puts its clocks forward on Sunday the 10th
    date(2024, 10, 30),  # and back on Sunday, November 3
    date(2024, 6, 26),  # holidays of both countries in the week to come
    date(2023, 12, 20),
)
STEPS = 6
WIPED = (tables.bars, tables.bar_revisions, tables.absent_bars, tables.quarantine,
         tables.source_requests)  # fmt: skip


class OurClock:
    """Shows another time than the provider's, by so much."""

    def __init__(self, theirs, ahead):
        self.theirs, self.ahead = theirs, ahead

    def __call__(self):
        return self.theirs() + self.ahead

    def sleep(self, seconds):
        self.theirs.sleep(seconds)


class Run:
    """One schedule, step by step."""

    def __init__(self, seed, resources, fake, clock, days):
        self.rng = np.random.default_rng(seed)
        self.resources, self.fake, self.clock, self.days = resources, fake, clock, days
        self.held = defaultdict(set)
        """Every value that the provider ever held for a bar that has closed."""
        self.seen = Counter()

    def remember(self):
        for time, ohlc in self.fake.closed().items():
            self.held[time].add(ohlc)

    def step(self):
        what = self.rng.choice(["poll", "poll", "poll", "backfill", "recheck", "revise"])
        self.clock.time += timedelta(seconds=float(self.rng.choice([20, 299, 301, 1800, 20_000])))
        self.remember()
        if what == "revise":
            self.revise()
            return
        try:
            if what == "poll":
                realtime(self.resources)
            else:
                self.check(self.backfill(recheck=what == "recheck"))
        except CambioError as error:
            self.seen[type(error).__name__] += 1

    def revise(self):
        times = list(self.fake.closed())
        if times:
            time = times[int(self.rng.integers(len(times)))]
            self.fake.revise(time, self.fake.truth[time][3] + float(self.rng.normal(0, 3)))
            self.remember()

    def backfill(self, *, recheck):
        report = backfill(self.resources, self.days[0], self.days[-1], recheck=recheck)
        if report.failure is not None:
            self.seen[type(report.failure).__name__] += 1
        return report

    def check(self, report):
        """Nothing is invented, and every gap is told."""
        self.remember()  # what closed while the client waited for its turn
        table = stored(self.resources.engine)
        assert all(ohlc in self.held[time] for time, ohlc in table.items())
        here = np.array([t.replace(tzinfo=None) for t in table], "datetime64[us]")
        left = gaps.missing_bars(report.start, report.end, report.closed_by, here)
        assert report.missing_after == len(left) == sum(gap.bars for gap in report.gaps)


def run_schedule(seed, engine, home):
    rng = np.random.default_rng(seed)
    first = WEEKS[seed % len(WEEKS)]
    days = trading_days(first, first + timedelta(days=12))[: int(rng.integers(2, 5))]
    truth = market(days[0], days[-1], seed=seed)
    for time in rng.permutation(np.array(list(truth), dtype=object))[: int(rng.integers(0, 12))]:
        del truth[time]  # the provider lacks some
    start = session_open(days[-1]) - timedelta(days=float(rng.choice([0, 1, 2])))
    clock = Clock(start + timedelta(seconds=float(rng.integers(0, 20_000))))
    with engine.begin() as connection:
        for table in WIPED:
            connection.execute(delete(table))
    faults = schedule(seed, 3 * STEPS, share_of_faults=float(rng.uniform(0.1, 0.9)))
    ahead = timedelta(seconds=float(rng.choice([0, 0, 90, -90])))
    if ahead:  # one of the two clocks is right
        faults = [Fault.OK if fault is Fault.CLOCK_SKEW else fault for fault in faults]
    ours = OurClock(clock, ahead)
    with FakeTwelveData(truth, now=clock, faults=faults) as fake:
        config = fake.config(timeout_s=0.1 if Fault.TIMEOUT in faults else 5.0, attempts=3)
        with product(engine, home, fake, ours, config) as resources:
            run = Run(seed, resources, fake, clock, days)
            run.remember()
            for _ in range(STEPS):
                run.step()
            recovered(run)
            return run.seen


def recovered(run):
    """The provider is well again, the days are over: the table is the truth, bar for bar."""
    run.fake.heal()
    run.clock.time = session_open(run.days[-1]) + timedelta(days=2)
    run.remember()
    with product(run.resources.engine, run.resources.home, run.fake, run.clock,
                 run.fake.config(timeout_s=10.0)) as resources:  # fmt: skip
        run.resources = resources
        report = run.backfill(recheck=True)
    assert report.failure is None
    run.check(report)
    assert stored(resources.engine) == run.fake.closed()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_table_is_the_truth_after_any_faults(chunk, tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'cambio.db'}")
    seen = Counter()
    with stamina.set_testing(True, attempts=3, cap=True):
        for seed in range(chunk, SCHEDULES, CHUNKS):
            seen += run_schedule(seed, engine, tmp_path)
    engine.dispose()
    assert seen["Transient"] > 0  # the faults did reach us
    assert seen["SourceError"] + seen["DataQualityError"] > 0
