"""Queries on `deployments`. Who is champion, `model_registry` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from cambio.contracts.deployment import Deployment, Role, Status
from cambio.store import tables
from cambio.store.models import CANARY, PRODUCTION
from cambio.store.signals import PAPER

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


def hold(connection: Connection) -> None:
    """Hold the deployments that run, after the models and before the log."""
    table = tables.deployments
    query = select(table.c.deployment_id).where(table.c.status == str(Status.RUNNING))
    connection.execute(query.order_by(table.c.deployment_id).with_for_update()).all()


def challenger(connection: Connection) -> Deployment | None:
    """Give the challenger that runs; the database allows one."""
    found = [one for one in running(connection) if one.role is Role.CHALLENGER]
    return found[0] if found else None


def of(connection: Connection, model_id: str) -> Deployment | None:
    """Give a model's running deployment; the database allows one."""
    found = [one for one in running(connection) if one.model_id == model_id]
    return found[0] if found else None


def ended(connection: Connection, limit: int) -> list[Deployment]:
    """Give the deployments that ended last, newest first."""
    table = tables.deployments
    query = select(table).where(table.c.status != str(Status.RUNNING))
    query = query.order_by(table.c.ended_at.desc(), table.c.deployment_id.desc()).limit(limit)
    return [_deployment(dict(row)) for row in connection.execute(query).mappings()]


def get(connection: Connection, deployment_id: int) -> Deployment:
    """Give a deployment that exists."""
    table = tables.deployments
    query = select(table).where(table.c.deployment_id == deployment_id)
    return _deployment(dict(connection.execute(query).mappings().one()))


@dataclass(frozen=True, slots=True)
class Stray:
    """A running deployment, or a model in stage canary without one, that does not fit the other."""

    deployment: Deployment | None
    model_id: str
    stage: str | None
    """Of the model; None where it is registered no more."""
    is_champion: bool


def strays(connection: Connection) -> list[Stray]:
    """Give what somebody has changed past the deployments; nothing where nobody has."""
    models, table = tables.model_registry, tables.deployments
    runs = table.c.status == str(Status.RUNNING)
    joined = select(table, models.c.stage, models.c.is_active).outerjoin(
        models, models.c.model_id == table.c.model_id
    )
    found = []
    for row in connection.execute(joined.where(runs).order_by(table.c.role)).mappings():
        deployment = _deployment({name: row[name] for name in table.c.keys()})  # noqa: SIM118
        is_champion = row["stage"] == PRODUCTION and bool(row["is_active"])
        if is_champion or row["stage"] is None or not _fits(deployment, row["stage"]):
            found.append(Stray(deployment, deployment.model_id, row["stage"], is_champion))
    challenges = select(table.c.model_id).where(runs, table.c.role == str(Role.CHALLENGER))
    alone = (models.c.stage == CANARY) & models.c.model_id.not_in(challenges)
    left = connection.execute(select(models.c.model_id).where(alone)).scalars()
    return found + [Stray(None, model_id, CANARY, is_champion=False) for model_id in left]


def _fits(deployment: Deployment, stage: str) -> bool:
    """Tell whether a challenger is in its stage, with a share of the capital that exists."""
    if deployment.role is not Role.CHALLENGER:
        return deployment.share == 0.0
    return stage == CANARY and 0.0 <= deployment.share <= 1.0


@dataclass(frozen=True, slots=True)
class SessionMark:
    """A session on which a live book was marked."""

    role: str
    first: datetime
    """Its first marked bar, UTC."""
    last: datetime
    equity: float
    """At the close of the last one, account currency."""
    decided_at: datetime
    """When its first bar was decided on, by the clock that people's decisions are stamped with; a
    simulated market's bars have another one."""
    marked_at: datetime
    """When its last one was."""


def session_marks(connection: Connection, model_id: str) -> list[SessionMark]:
    """Give the sessions of a model's live book, ascending; a change of role splits one in two."""
    table = tables.inference_signals
    day = func.date(table.c.timestamp)  # a session lies within one UTC date
    spans = (
        select(
            table.c.role,
            func.min(table.c.timestamp).label("first"),
            func.max(table.c.timestamp).label("last"),
            func.min(table.c.created_at).label("decided_at"),
            func.max(table.c.created_at).label("marked_at"),
        )
        .where(table.c.model_id == model_id, table.c.role != PAPER)
        .group_by(day, table.c.role)
        .subquery()
    )
    at_last = (table.c.model_id == model_id) & (table.c.timestamp == spans.c.last)
    query = select(spans, table.c.equity).join(table, at_last).order_by(spans.c.last)
    return [SessionMark(**row) for row in connection.execute(query).mappings()]


def _deployment(row: dict[str, object]) -> Deployment:
    return Deployment(
        **row | {"role": Role(str(row["role"])), "status": Status(str(row["status"]))}  # type: ignore[arg-type]
    )
