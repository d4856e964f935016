"""Milliseconds from a closed bar to committed and published signals, three models a bar.

The bar is handed over by the feed, stored, decided on by champion, challenger and shadow, committed
with all that it leads to (signals with their capsules, fills, features, marks, state, events), and
published. Every one of 5,000 bars counts, the sessions' first ones too; what is done between
sessions does not (features anew at the open, parity and drift after the close).

The peer is what the same machine takes for the least that could be done: two transactions of one
row each, and one publication.
"""

from __future__ import annotations

import gc
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, insert, select
from tests.faults.market import Scripted, opened, seed
from tests.services import postgresql, redis_server

from benchmarks.figures import Figure, Sample
from cambio.app.trading_loop import Loop
from cambio.cli.session import COLLECTIONS
from cambio.contracts.events import StoredEvent
from cambio.store import tables
from cambio.store.database import reading, transaction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.app.resources import Resources

BARS = 5_000
MODELS = 3
TARGETS_MS = {"PostgreSQL and Redis": (5.0, 15.0), "SQLite and memory": (3.0, None)}
QUANTILES = (95, 99)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Timed(Scripted):
    """A feed that notes when it hands over a bar."""

    handed = 0.0

    def poll(self) -> None:
        """Store the next bar."""
        self.handed = perf_counter()
        super().poll()


class Noted:
    """A bus that notes when a publication is done."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self.done = 0.0

    def publish(self, events: Any) -> None:
        """Publish."""
        self._bus.publish(events)
        self.done = perf_counter()

    def close(self) -> None:
        """Close."""
        self._bus.close()


def figures() -> list[Figure]:
    """Measure on both pairs of services."""
    gc.set_threshold(*COLLECTIONS)  # as the command does
    with ExitStack() as stack:
        server = stack.enter_context(postgresql())  # every commit reaches the disk
        url = stack.enter_context(server.database())
        bus = stack.enter_context(redis_server()).url
        return [*_measured("PostgreSQL and Redis", url, bus), *_measured("SQLite and memory")]


def _measured(name: str, url: str = "", bus: str = "memory://") -> list[Figure]:
    with tempfile.TemporaryDirectory() as home, opened(Path(home), url, bus) as resources:
        seed(resources)
        ours, peer = _live(_lenient(resources)), _least(resources)
        with reading(resources.engine) as connection:
            counted = connection.scalar(select(func.count()).select_from(tables.inference_signals))
    if counted != MODELS * BARS:
        raise RuntimeError(f"{counted:,} signals were stored, not {MODELS * BARS:,}")
    limits = zip(QUANTILES, TARGETS_MS[name], strict=True)
    return [
        Figure(
            f"live bar, {name}, p{quantile}",
            "ms",
            Sample("cambio", np.array([np.percentile(ours, quantile)])),
            Sample("two one-row commits", np.array([np.percentile(peer, quantile)])),
            target,
        )
        for quantile, target in limits
    ]


def _lenient(resources: Resources) -> Resources:
    """Let a challenger lose what it will: three models decide on every bar."""
    deployment = resources.deployment
    canary = deployment.canary.model_copy(update={"max_drawdown": 1.0, "min_sessions": BARS})
    return replace(resources, deployment=deployment.model_copy(update={"canary": canary}))


def _live(resources: Resources) -> NDArray[np.float64]:
    """Give the milliseconds of each bar."""
    noted, taken = Noted(resources.bus), []
    resources = replace(resources, bus=noted)
    feed = Timed(resources, BARS)
    loop = Loop(resources, feed, lambda _: taken.append(noted.done - feed.handed))
    loop.run(Event())
    return np.array(taken) * 1e3


def _least(resources: Resources) -> NDArray[np.float64]:
    row = {"time": NOW, "type": "none", "subject": "", "data": {}}
    taken = []
    for i in range(BARS):
        event = StoredEvent(10**9 + i, **row)
        start = perf_counter()
        for _ in range(2):
            with transaction(resources.engine) as connection:
                connection.execute(insert(tables.events), row)
        resources.bus.publish([event])
        taken.append(perf_counter() - start)
    return np.array(taken) * 1e3
