"""A product whose live features were kept: what drift and parity look at."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import insert, text
from tests.unit.app.live import Clock, wired
from tests.unit.dataset.market import history

from cambio.app.resources import Resources
from cambio.calendar import session_open
from cambio.contracts.events import StoredEvent
from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.contracts.handoffs import L3Output
from cambio.contracts.market import MarketHistory
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable
from cambio.features.spec import BUILDER_VERSION, FeatureSpec
from cambio.store import bars, events, macro, models, tables
from cambio.store.database import open_database, transaction

BEFORE = datetime(2023, 12, 31, tzinfo=UTC)
"""When everything was stored."""
CLOCK = datetime(2024, 7, 1, 18, tzinfo=UTC)
SPEC = FeatureSpec(zscore_window=60)
SESSION = date(2024, 6, 5)


@pytest.fixture(scope="session")
def stored_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the small market of 117 sessions, to copy."""
    path = tmp_path_factory.mktemp("market") / "cambio.db"
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as connection:
        bars.store(connection, history().bars, BEFORE)
        macro.store(connection, history().macro, BEFORE)
    engine.dispose()
    return path


@dataclass(frozen=True, slots=True)
class Watched:
    """The product, and what tests do to it."""

    resources: Resources
    clock: Clock

    def execute(self, statement: str, **values: Any) -> Any:
        with transaction(self.resources.engine) as connection:
            return connection.execute(text(statement), values)

    def register(
        self,
        model_id: str = "m1",
        spec: FeatureSpec = SPEC,
        trained: tuple[str, str] = ("2024-01-02", "2024-04-30"),
    ) -> None:
        """A model with a folder that tells its features."""
        folder = self.resources.models / model_id
        folder.mkdir(parents=True)
        (folder / "metadata.json").write_text(json.dumps({"feature_spec": spec.model_dump()}))
        output = L3Output(
            model_id=model_id,
            model_path=f"models/{model_id}",
            model_hash=model_id * 4,
            model_version="1.0.0",
            metrics={},
            training_run_id="",
            experiment_name="small",
            norm_stats_path="",
            config_hash="",
            feature_order_hash=FEATURE_ORDER_HASH,
            feature_spec_hash=spec.hash(),
        )
        start, end = trained
        lineage = {
            "feature_spec_hash": spec.hash(),
            "training_start": start,
            "training_end": end,
        }
        with transaction(self.resources.engine) as connection:
            models.register(connection, output, lineage, BEFORE)

    def enthrone(self, model_id: str = "m1") -> None:
        """As the specification's SQL does."""
        self.execute(
            "UPDATE model_registry SET stage = 'production', is_active = TRUE "
            "WHERE model_id = :model_id",
            model_id=model_id,
        )

    def trade(
        self,
        start: date = SESSION,
        end: date = SESSION,
        spec: FeatureSpec = SPEC,
        known: MarketHistory | None = None,
        **shift: float,
    ) -> list[dict[str, Any]]:
        """Keep the features of these sessions bar by bar, as live does; give the rows.

        Args:
            start: first session.
            end: last session.
            spec: of the features.
            known: what live knew; all that is stored by default.
            shift: is added to these features.
        """
        known = known or history()
        begin, stop = session_open(start), session_open(end) + timedelta(hours=5)
        builder = CanonicalFeatureBuilder(spec, MacroTable(known.macro))
        builder.compute(known.bars.filter(pl.col("time") < begin))
        session = known.bars.filter(pl.col("time").is_between(begin, stop, closed="left"))
        rows = []
        for time, high, low, close in session.select("time", "high", "low", "close").iter_rows():
            values = builder.update(int(time.timestamp()), high, low, close).tolist()
            by_name = dict(zip(MARKET_FEATURES, values, strict=True))
            shown = {
                name: value + shift.get(name, 0.0) if math.isfinite(value) else None
                for name, value in by_name.items()
            }
            rows.append(
                {
                    "timestamp": time,
                    "feature_spec_hash": spec.hash(),
                    "features": shown,
                    "kernel_state": builder.state(),
                    "builder_version": BUILDER_VERSION,
                    "feature_order_hash": FEATURE_ORDER_HASH,
                    "computed_at": time + timedelta(minutes=5),
                }
            )
        with transaction(self.resources.engine) as connection:
            connection.execute(insert(tables.feature_cache), rows)
        return rows

    def told(self) -> list[StoredEvent]:
        """The events so far, oldest first."""
        with self.resources.engine.connect() as connection:
            return events.after(connection, 0, 100)


@pytest.fixture
def watched(stored_market: Path, tmp_path: Path) -> Iterator[Watched]:
    """A product with a stored market, in which nothing was traded yet."""
    engine = open_database(f"sqlite:///{shutil.copy(stored_market, tmp_path)}")
    clock = Clock(CLOCK)
    resources = wired(engine, tmp_path, clock, lambda: (_ for _ in ()).throw(AssertionError))
    live = resources.deployment.live.model_copy(update={"drift_sessions": 5})
    short = resources.deployment.model_copy(update={"live": live})
    yield Watched(replace(resources, deployment=short), clock)
    engine.dispose()
