"""Twenty sessions at speed with random faults: nothing leaks, nothing is lost, parity holds."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import numpy as np
from sqlalchemy import event, select
from tests.faults.market import Scripted, left

from cambio.app.trading_loop import Loop
from cambio.errors import SourceError
from cambio.store import bars, tables
from cambio.store.database import reading, transaction

SESSIONS = 20
BARS = 60 * SESSIONS
WARM = 60 * 5
"""Bars after which memory is measured for the first time."""
PAGE = 4096


class Flaky:
    """A bus that fails for a while, and keeps what it was told."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.failures = 0

    def publish(self, events) -> None:
        if self.failures:
            self.failures -= 1
            raise SourceError("The bus is away.")
        self.ids += [one.id for one in events]


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def test_twenty_sessions_with_random_faults(resources):
    rng = np.random.default_rng(20)
    bus = Flaky()
    resources = replace(resources, bus=bus)
    happened: Counter[str] = Counter()
    refusals, memory = [0], []

    def refuse(_connection, _cursor, statement, *_):
        if refusals[0] and statement.startswith(("INSERT INTO fills", "UPDATE engine_state")):
            refusals[0] -= 1
            raise SourceError("The server is away.")

    event.listen(resources.engine, "before_cursor_execute", refuse)

    def away():
        bus.failures = int(rng.integers(1, 12))

    def refused():
        refusals[0] = 1

    def twice():
        with reading(resources.engine) as connection:
            stored = bars.load(connection)[-5:]
        with transaction(resources.engine) as connection:
            bars.store(connection, stored, resources.now())

    def ahead():
        feed.ahead = timedelta(minutes=int(rng.integers(0, 40)))

    def restart():
        stop.set()

    def measure():
        memory.append(resident())

    faults = {f.__name__: f for f in (away, refused, twice, ahead, restart)}
    names = list(faults)

    def fault(name):
        def happens():
            happened[name] += 1
            faults[name]()

        return happens

    script = {int(n): fault(names[i % 5]) for i, n in enumerate(rng.choice(BARS, 60, False))}
    script |= {WARM: measure, BARS - 1: measure}
    feed = Scripted(resources, BARS, script)
    while feed.stored < BARS:
        stop = Event()
        Loop(resources, feed).run(stop)
    assert min(happened.values()) >= 8, happened

    found = left(resources)
    assert len(found["account_marks"]) == BARS
    decided = Counter(row["timestamp"] for row in found["inference_signals"])
    assert len(decided) == BARS
    assert max(decided.values()) <= 3
    with reading(resources.engine) as connection:
        checks = connection.execute(select(tables.parity_checks)).all()
        ids = connection.execute(select(tables.events.c.id).order_by(tables.events.c.id))
        told = list(ids.scalars())
    assert len(checks) == SESSIONS
    assert [check.difference for check in checks] == [None] * SESSIONS
    assert list(dict.fromkeys(bus.ids)) == told[: len(dict.fromkeys(bus.ids))]
    assert len(told) - len(set(bus.ids)) <= 1, "the notice of the end is told by the next run"
    growth = memory[-1] / memory[0] - 1.0
    assert growth < 0.05, f"memory grew by {growth:.1%}, from {memory[0] / 2**20:.0f} MiB"
