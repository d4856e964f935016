"""Queries on `model_registry`. A row is a dict by the table's columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from cambio.contracts.audit import Action
from cambio.errors import Conflict, NotFound
from cambio.store import audit, tables
from cambio.store.database import lock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cambio.contracts.handoffs import L3Output

STAGING: Final = "staging"
CANARY: Final = "canary"
"""Of the challenger: it has a share of the capital and is compared with the champion."""
PRODUCTION: Final = "production"
ARCHIVED: Final = "archived"
KNOWN_SHOWN: Final = 10
LOCK: Final = "champion"
"""Of all that decides who trades with which money: the first lock of such a transaction."""


def register(
    connection: Connection,
    model: L3Output,
    lineage: Mapping[str, Any],
    now: datetime,
    by: str = audit.PRODUCT,
) -> bool:
    """Put a trained model into staging; tell whether it was new. A known one stays as it is.

    Args:
        connection: inside a transaction.
        model: what training handed over.
        lineage: plain JSON types.
        now: when.
        by: the account that the audit log names.

    Raises:
        Conflict: the id belongs to another graph.
    """
    table = tables.model_registry
    known = connection.execute(
        select(table.c.model_hash).where(table.c.model_id == model.model_id)
    ).scalar()
    if known is not None:
        _require_same(model, known)
        return False
    row = {
        "model_id": model.model_id,
        "experiment_name": model.experiment_name,
        "model_path": model.model_path,
        "model_hash": model.model_hash,
        "stage": STAGING,
        "is_active": False,
        "metrics": model.metrics,
        "lineage": dict(lineage),
        "created_at": now,
    }
    with audit.recording(connection, by):
        connection.execute(insert(table), row)
    return True


def _require_same(model: L3Output, known_hash: str) -> None:
    if known_hash != model.model_hash:
        raise Conflict(
            f"Model {model.model_id} is registered with graph {known_hash[:12]}, not "
            f"{model.model_hash[:12]}.",
            remedy="Train it under another id; a registered model is never replaced.",
            registered=known_hash,
            offered=model.model_hash,
        )


def add_metrics(connection: Connection, model_id: str, metrics: Mapping[str, Any]) -> None:
    """Merge figures that became known later into a model's metrics; one of the same name wins.

    Args:
        connection: inside a transaction.
        model_id: registered before.
        metrics: plain JSON types.

    Raises:
        NotFound: no such model is registered.
    """
    table = tables.model_registry
    mine = table.c.model_id == model_id
    # the row is held, so that of two writers the second merges into what the first wrote
    known = connection.execute(select(table.c.metrics).where(mine).with_for_update()).first()
    if known is None:
        raise _unknown(connection, model_id)
    merged = {**known.metrics, **metrics}
    connection.execute(update(table).where(mine).values(metrics=merged))


def get(connection: Connection, model_id: str) -> dict[str, Any]:
    """Give one model.

    Raises:
        NotFound: with the ids that exist, newest first.
    """
    table = tables.model_registry
    row = connection.execute(select(table).where(table.c.model_id == model_id)).mappings().first()
    if row is None:
        raise _unknown(connection, model_id)
    return dict(row)


def _unknown(connection: Connection, model_id: str) -> NotFound:
    table = tables.model_registry
    newest = select(table.c.model_id).order_by(table.c.created_at.desc(), table.c.model_id)
    known = list(connection.execute(newest.limit(KNOWN_SHOWN)).scalars())
    return NotFound(
        f"No model {model_id!r} is registered.",
        remedy=f"Newest: {', '.join(known)}." if known else "None is; train one first.",
        known=known,
    )


def every(connection: Connection, stage: str | None = None) -> list[dict[str, Any]]:
    """Give the models, newest first; of one stage if asked."""
    table = tables.model_registry
    query = select(table).order_by(table.c.created_at.desc(), table.c.model_id)
    if stage is not None:
        query = query.where(table.c.stage == stage)
    return [dict(row) for row in connection.execute(query).mappings()]


def champion(connection: Connection) -> dict[str, Any] | None:
    """Give the active production model; None while there is none. The database allows one."""
    table = tables.model_registry
    query = select(table).where(table.c.stage == PRODUCTION, table.c.is_active)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def claim(connection: Connection, model_id: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Give a model and the champion and hold both: whoever else changes or claims any waits.

    Args:
        connection: inside a transaction.
        model_id: of the model that may become champion.

    Raises:
        NotFound: it is not registered.
    """
    table = tables.model_registry
    lock(connection, LOCK)  # while there is none, no row would be shared
    is_champion = (table.c.stage == PRODUCTION) & table.c.is_active
    both = select(table.c.model_id).where((table.c.model_id == model_id) | is_champion)
    connection.execute(both.order_by(table.c.model_id).with_for_update()).all()
    return get(connection, model_id), champion(connection)


def hold(connection: Connection, model_id: str) -> None:
    """Hold a model's row, if there is one; several are held in the order of their ids."""
    table = tables.model_registry
    mine = select(table.c.model_id).where(table.c.model_id == model_id)
    connection.execute(mine.with_for_update()).first()


@dataclass(frozen=True, slots=True)
class Succession:
    """A model that takes the champion's place."""

    model_id: str
    former: str | None
    """The champion; None where there is none."""


def promote(connection: Connection, to: Succession, by: str | None, now: datetime) -> None:
    """Archive the champion and put a model in its place; all others stay as they are.

    Where another one became champion meanwhile, the database refuses a second.

    Args:
        connection: inside the transaction that claimed both, and inside `audit.recording`.
        to: as they were claimed.
        by: the account that approved it; None where it was approved before.
        now: when.
    """
    table = tables.model_registry
    former = table.c.model_id == to.former
    connection.execute(update(table).where(former).values(stage=ARCHIVED, is_active=False))
    values = {"stage": PRODUCTION, "is_active": True, "promoted_at": now} | _approval(by, now)
    connection.execute(update(table).where(table.c.model_id == to.model_id).values(values))


def _approval(by: str | None, now: datetime) -> dict[str, Any]:
    return {} if by is None else {"approved_by": by, "approved_at": now}


def challenge(connection: Connection, model_id: str, by: str | None, now: datetime) -> None:
    """Put a claimed model into stage canary; arguments as of `promote`."""
    table = tables.model_registry
    values = {"stage": CANARY, "is_active": False} | _approval(by, now)
    connection.execute(update(table).where(table.c.model_id == model_id).values(values))


def archive(connection: Connection, model_id: str) -> None:
    """Archive a claimed challenger, inside `audit.recording`; one in another stage stays there."""
    table = tables.model_registry
    mine = (table.c.model_id == model_id) & (table.c.stage == CANARY)
    connection.execute(update(table).where(mine).values(stage=ARCHIVED, is_active=False))


def former_champion(connection: Connection) -> str | None:
    """Give the archived model that ceased to be champion last, as the audit log tells it."""
    log, table = tables.approval_audit_log, tables.model_registry
    query = (
        select(log.c.subject)
        .join(table, table.c.model_id == log.c.subject)
        .where(log.c.action == str(Action.MODEL_RETIRED), table.c.stage == ARCHIVED)
        .order_by(log.c.seq.desc())
    )
    return connection.execute(query.limit(1)).scalar()
