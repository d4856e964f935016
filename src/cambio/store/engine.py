"""Queries of the live engine: its state, what it has to obey, and all that a bar leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from cambio.errors import Conflict
from cambio.store import controls, deployments, tables
from cambio.store.models import PRODUCTION

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from cambio.contracts.deployment import Deployment
    from cambio.store.controls import Control

ROW: Final = 1
"""The only row of `engine_state`: one engine trades on a database."""


SEATING: Final = ("model_id", "model_path", "model_hash", "stage", "is_active", "lineage")
"""What of a model's row decides whether and as what it trades."""


@dataclass(frozen=True, slots=True)
class EngineState:
    """What the next bar depends on, as it was committed with the last one."""

    version: int
    """Counts the bars; who finds another one than it wrote is not alone."""
    last_bar: datetime
    state: dict[str, Any]
    """Of `LiveEngine.state`, and what the loop around it remembers."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Orders:
    """What the engine has to obey on a bar."""

    champion: str | None
    """Id of the active production model."""
    deployments: list[Deployment]
    """That run: the challenger first, then shadows."""
    models: dict[str, dict[str, Any]]
    """Rows of `model_registry` of all of them, by id."""
    controls: dict[str, Control]


def load(connection: Connection) -> EngineState | None:
    """Give the stored state; None before the first bar."""
    table = tables.engine_state
    row = connection.execute(select(table).where(table.c.id == ROW)).mappings().first()
    if row is None:
        return None
    return EngineState(**{name: row[name] for name in EngineState.__slots__})


def claim(connection: Connection, version: int) -> None:
    """Hold the state, so that nobody else commits a bar meanwhile.

    Args:
        connection: inside a transaction.
        version: that we wrote last; 0 before the first bar.

    Raises:
        Conflict: somebody else has written since.
    """
    table = tables.engine_state
    query = select(table.c.version).where(table.c.id == ROW).with_for_update()
    found = connection.execute(query).scalar() or 0
    if found != version:
        raise Conflict(
            f"Another engine trades on this database: it has committed bar {found}, "
            f"and this one knows {version}.",
            remedy="Run one `cambio live` for a database; this one takes up the stored state.",
        )


def orders(connection: Connection) -> Orders:
    """Give what people and the canary have decided."""
    running = deployments.running(connection)
    rows = _models(connection, [deployment.model_id for deployment in running])
    found = (name for name, row in rows.items() if row["stage"] == PRODUCTION and row["is_active"])
    return Orders(next(found, None), running, rows, controls.every(connection))


def _models(connection: Connection, deployed: list[str]) -> dict[str, dict[str, Any]]:
    """Give the rows of the champion and of ``deployed`` models, by id."""
    table = tables.model_registry
    columns = [table.c[name] for name in SEATING]
    champion = (table.c.stage == PRODUCTION) & table.c.is_active
    query = select(*columns).where(champion | table.c.model_id.in_(deployed))
    return {row["model_id"]: dict(row) for row in connection.execute(query).mappings()}


def save(connection: Connection, state: EngineState) -> None:
    """Replace the stored state; inside the transaction that claimed it."""
    table = tables.engine_state
    values = {name: getattr(state, name) for name in EngineState.__slots__}
    known = connection.execute(update(table).where(table.c.id == ROW).values(values)).rowcount
    if not known:
        connection.execute(insert(table).values(id=ROW, **values))


@dataclass(frozen=True, slots=True)
class BarRows:
    """The rows that a bar leads to."""

    signals: list[dict[str, Any]]
    fills: list[dict[str, Any]]
    features: list[dict[str, Any]]
    mark: dict[str, Any]


def append(connection: Connection, rows: BarRows) -> None:
    """Insert all that a bar led to.

    Raises:
        IntegrityError: a bar that was committed before; its signals exist.
    """
    connection.execute(insert(tables.account_marks), rows.mark)
    if rows.signals:
        connection.execute(insert(tables.inference_signals), rows.signals)
    if rows.fills:
        connection.execute(insert(tables.fills), rows.fills)
    if rows.features:
        connection.execute(insert(tables.feature_cache), rows.features)
