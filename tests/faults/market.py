"""A small simulated market with three models that trade it, and what a run of the engine left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr
from sqlalchemy import select
from tests.models import publish

from cambio.acquisition.simulator import SimulationConfig
from cambio.app.feeds import SimulatedFeed, SimulatedFeedConfig
from cambio.app.processes import Quiet
from cambio.app.resources import Resources
from cambio.app.sealing import sealed
from cambio.app.simulation import simulate_market
from cambio.contracts.deployment import Role
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.store import audit, deployments, models, tables
from cambio.store.database import reading, transaction
from cambio.wiring import connect

if TYPE_CHECKING:
    from sqlalchemy import Table

SEED: Final = 3
FEED: Final = SimulatedFeedConfig(seed=SEED, speed=0)
POLICIES: Final = (11, 36, 10)
"""Seeds of random networks that change their mind often: champion, challenger, shadow."""
CHAMPION, CHALLENGER, SHADOW = (f"random-s{seed}" for seed in POLICIES)
FOREVER: Final = 100_000
"""Days of shelf life: the models of tests were trained long ago."""
VOLATILE: Final = {"created_at", "computed_at", "updated_at", "latency_ms", "checked_at", "id"}
TABLES: Final = (
    tables.inference_signals,
    tables.fills,
    tables.account_marks,
    tables.feature_cache,
    tables.engine_state,
)


@contextmanager
def opened(home: Path, url: str = "", bus: str = "memory://") -> Iterator[Resources]:
    """Open the product on a database and a bus."""
    settings = load_settings(home)
    live = settings.deployment.live.model_copy(update={"shelf_life_days": FOREVER})
    deployment = settings.deployment.model_copy(update={"live": live})
    changed: dict[str, Any] = {"deployment": deployment, "bus_url": SecretStr(bus)}
    if url:
        changed["database_url"] = SecretStr(url)
    resources = connect(settings.model_copy(update=changed), Quiet())
    try:
        yield resources
    finally:
        resources.bus.close()
        resources.engine.dispose()


def seed(
    resources: Resources,
    start: date = date(2025, 5, 5),
    ids: tuple[str, str, str] = (CHAMPION, CHALLENGER, SHADOW),
) -> None:
    """Store bars until June 2025, a champion, a challenger and a shadow."""
    market = SimulationConfig(seed=SEED, start=start, end=date(2025, 6, 30))
    simulate_market(resources, market)
    for number, model_id in zip(POLICIES, ids, strict=True):
        publish(resources, FeatureSpec(), number, model_id)
    now = resources.now()
    for model_id in ids:
        with reading(resources.engine) as connection:
            row = models.get(connection, model_id)
        sealed(resources, row)
    with transaction(resources.engine) as connection:
        models.claim(connection, ids[0])
        with audit.recording(connection, "test"):
            models.promote(connection, models.Succession(ids[0], None), "test", now)
            models.challenge(connection, ids[1], None, now)
            deployments.start(connection, ids[1], Role.CHALLENGER, 0.1, "test", now)
            deployments.start(connection, ids[2], Role.SHADOW, 0.0, "test", now)


class Scripted:
    """A simulated feed to which things happen.

    Args:
        resources: what to work with.
        bars: stops after so many.
        script: what happens before the n-th bar is stored, counted from 0.
    """

    def __init__(
        self, resources: Resources, bars: int, script: dict[int, Callable[[], None]] | None = None
    ) -> None:
        self.inner = SimulatedFeed(resources, FEED)
        self.ahead = timedelta(0)
        """What this clock is ahead of the market's."""
        self.held: set[int] = set()
        """Bars that the provider gives with the first one that is not held."""
        self._bars, self._script = bars, script or {}
        self.stored = 0

    def now(self) -> datetime:
        return self.inner.now() + self.ahead

    def poll(self) -> None:
        while True:
            following = self.inner._following()
            before = self.inner._newest
            if self.stored in self._script and self.inner.now() >= following - timedelta(minutes=5):
                self._script.pop(self.stored)()
            self.inner.poll()
            if self.inner._newest != before:
                self.stored += 1
            if self.stored - 1 not in self.held:
                return

    def wait(self, stop: Event) -> None:
        if self.stored >= self._bars:
            stop.set()


def left(resources: Resources) -> dict[str, list[dict[str, Any]]]:
    """Give what a run has left that is the same in every run: rows by table, events without ids."""
    found = {table.name: _rows(resources, table) for table in TABLES}
    kept = ("time", "type", "subject", "data")
    told = [row for row in _rows(resources, tables.events) if row["type"] != "engine"]
    return found | {"events": [{name: row[name] for name in kept} for row in told]}


def _rows(resources: Resources, table: Table) -> list[dict[str, Any]]:
    with reading(resources.engine) as connection:
        query = select(table).order_by(*table.primary_key.columns)
        rows = connection.execute(query).mappings().all()
    return [{k: v for k, v in row.items() if k not in VOLATILE} for row in rows]


def limited(resources: Resources, **changed: float) -> Resources:
    """Give the same with other limits of live trading."""
    live = resources.deployment.live.model_copy(update=changed)
    return replace(resources, deployment=resources.deployment.model_copy(update={"live": live}))
