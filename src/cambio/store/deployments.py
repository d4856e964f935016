"""Queries on `deployments`. Who is champion, `model_registry` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from cambio.contracts.deployment import Deployment, Role, Status
from cambio.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def running(connection: Connection) -> list[Deployment]:
    """Give the deployments that run, the challenger first, then shadows, oldest first."""
    table = tables.deployments
    query = select(table).where(table.c.status == str(Status.RUNNING))
    rows = connection.execute(query.order_by(table.c.role, table.c.deployment_id)).mappings()
    return [_deployment(dict(row)) for row in rows]


def every(connection: Connection, limit: int = 100) -> list[Deployment]:
    """Give the deployments, newest first."""
    table = tables.deployments
    query = select(table).order_by(table.c.deployment_id.desc()).limit(limit)
    return [_deployment(dict(row)) for row in connection.execute(query).mappings()]


def start(
    connection: Connection, model_id: str, role: Role, share: float, by: str, now: datetime
) -> None:
    """Begin a deployment. The database refuses a second one of a model, and a second challenger.

    Args:
        connection: inside a transaction and inside `audit.recording`.
        model_id: registered.
        role: CHALLENGER or SHADOW.
        share: of the capital.
        by: the account.
        now: when.
    """
    row = {
        "model_id": model_id,
        "role": str(role),
        "share": share,
        "status": str(Status.RUNNING),
        "started_by": by,
        "started_at": now,
        "stepped_at": now,
    }
    connection.execute(insert(tables.deployments), row)


def step(connection: Connection, deployment_id: int, share: float, now: datetime) -> None:
    """Give a running deployment another share; inside `audit.recording`."""
    table = tables.deployments
    mine = (table.c.deployment_id == deployment_id) & (table.c.status == str(Status.RUNNING))
    connection.execute(update(table).where(mine).values(share=share, stepped_at=now))


def end(
    connection: Connection, deployment_id: int, status: Status, by: str, reason: str, now: datetime
) -> bool:
    """End a running deployment, inside `audit.recording`; tell whether it still ran."""
    table = tables.deployments
    mine = (table.c.deployment_id == deployment_id) & (table.c.status == str(Status.RUNNING))
    values = {"status": str(status), "ended_by": by, "ended_at": now, "reason": reason}
    return connection.execute(update(table).where(mine).values(values)).rowcount > 0


def _deployment(row: dict[str, object]) -> Deployment:
    return Deployment(
        **row | {"role": Role(str(row["role"])), "status": Status(str(row["status"]))}  # type: ignore[arg-type]
    )
