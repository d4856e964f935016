"""What becomes of a deployment in a transaction: registry, deployments, log and notice at once.

Who calls holds the models before (`claim`); each of these logs and then tells, so nothing may be
locked after it but the log and the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cambio.contracts.deployment import Deployment, Role, Status
from cambio.contracts.events import Notice, NoticeEvent, NoticeType
from cambio.errors import ConfigError, Conflict
from cambio.store import audit, deployments, events, models
from cambio.store.database import lock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

BY_SQL: Final = "changed in the registry"
"""Why a deployment ended that somebody ended by SQL."""


@dataclass(frozen=True, slots=True)
class Word:
    """Who did something, why and when."""

    by: str
    comment: str
    at: datetime


def require_comment(comment: str, what: str) -> None:
    """Refuse what nobody gave a reason for.

    Raises:
        ConfigError: the comment is blank.
    """
    if not comment.strip():
        raise ConfigError(f"{what} needs a comment.", remedy='Say why: --comment "…".')


def tell(
    connection: Connection, kind: NoticeType, subject: str, text: str, word: Word, **details: object
) -> None:
    """Append a notice; events are the last thing that a transaction locks."""
    said = {"by": word.by, "comment": word.comment, **details}
    notice = Notice(subject=subject, text=text, details=said)
    events.append(connection, word.at, [(subject, NoticeEvent(type=kind, data=notice))])


def claim(connection: Connection, model_id: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Give the rows of a model and of the champion; hold both, and the deployments that run.

    Args:
        connection: inside a transaction that has locked neither the log nor the events.
        model_id: of the model.

    Raises:
        NotFound: it is not registered.
    """
    rows = models.claim(connection, model_id)
    deployments.hold(connection)
    return rows


def begin_challenge(
    connection: Connection, model_id: str, share: float, word: Word, *, approval: bool
) -> None:
    """Make a claimed model the challenger, inside `audit.recording`; its run as a shadow ends.

    Args:
        connection: inside a transaction.
        model_id: the model.
        share: of the capital.
        word: whose.
        approval: whether this is the vote on it.
    """
    _end_shadow(connection, model_id, word, "it became the challenger")
    models.challenge(connection, model_id, word.by if approval else None, word.at)
    deployments.start(connection, model_id, Role.CHALLENGER, share, word.by, word.at)


def succeed(connection: Connection, to: models.Succession, word: Word, *, approval: bool) -> None:
    """Make a claimed model the champion, inside `audit.recording`; whatever it was before ends."""
    running = deployments.of(connection, to.model_id)
    if running is not None and running.role is Role.CHALLENGER:
        deployments.end(
            connection, running.deployment_id, Status.PROMOTED, word.by, word.comment, word.at
        )
    _end_shadow(connection, to.model_id, word, "it became the champion")
    models.promote(connection, to, word.by if approval else None, word.at)


def _end_shadow(connection: Connection, model_id: str, word: Word, why: str) -> None:
    running = deployments.of(connection, model_id)
    if running is not None and running.role is Role.SHADOW:
        deployments.end(connection, running.deployment_id, Status.STOPPED, word.by, why, word.at)


def require_no_challenger(connection: Connection, model_id: str) -> None:
    """Refuse a challenger while one runs.

    Raises:
        Conflict: it does.
    """
    running = deployments.challenger(connection)
    if running is not None:
        which = "already" if running.model_id == model_id else "and one runs at a time"
        raise Conflict(
            f"{running.model_id} is the challenger since {running.started_at:%Y-%m-%d %H:%M} UTC, "
            f"{which}.",
            remedy="`cambio deploy status` shows how it does; `cambio deploy promote` or "
            "`cambio deploy rollback` ends it.",
            challenger=running.model_id,
        )


def claim_challenger(
    connection: Connection, known: Deployment | None
) -> tuple[Deployment, Mapping[str, Any] | None]:
    """Give the challenger that runs, and the champion's row, and hold both.

    Arguments and errors as of `same_challenger`.

    Raises:
        NotFound: somebody deleted its model by SQL.
    """
    running = same_challenger(connection, known)
    _, champion = claim(connection, running.model_id)
    return running, champion


def same_challenger(connection: Connection, known: Deployment | None) -> Deployment:
    """Give the challenger that runs; nobody else decides who trades until the transaction ends.

    Args:
        connection: inside a transaction.
        known: as it was read before, whatever shall be done to it.

    Raises:
        Conflict: there was none, or it is not as it was read.
    """
    lock(connection, models.LOCK)
    running = deployments.challenger(connection)
    if running is None or running != known:
        raise Conflict(
            "No challenger runs." if known is None else "The challenger changed meanwhile.",
            remedy="`cambio deploy status` shows who trades.",
        )
    return running


def promote_challenger(
    connection: Connection, challenger: Deployment, champion: Mapping[str, Any] | None, word: Word
) -> None:
    """Make the claimed challenger the champion."""
    name = challenger.model_id
    former = None if champion is None else champion["model_id"]
    with audit.recording(connection, word.by):
        succeed(connection, models.Succession(name, former), word, approval=False)
    text = f"{name} is the champion; {former or 'nobody'} was it before."
    tell(connection, "promotion", name, text, word, share=1.0, former=former)


def step_up(connection: Connection, challenger: Deployment, share: float, word: Word) -> None:
    """Give the claimed challenger another share of the capital."""
    with audit.recording(connection, word.by):
        deployments.step(connection, challenger.deployment_id, share, word.at)
    text = f"{challenger.model_id} has {share:.0%} of the capital, after {challenger.share:.0%}."
    tell(connection, "promotion", challenger.model_id, text, word, share=share)


def roll_back(
    connection: Connection, deployment: Deployment, by: str, reason: str, now: datetime
) -> bool:
    """Take the capital from a challenger and archive its model; tell whether it still ran.

    Args:
        connection: inside a transaction that has locked neither the log nor the events.
        deployment: the challenger's.
        by: the account, or who acts for the product.
        reason: in words.
        now: when.
    """
    lock(connection, models.LOCK)
    models.hold(connection, deployment.model_id)  # its model may be deleted: it ends all the same
    deployments.hold(connection)
    word = Word(by, reason, now)
    with audit.recording(connection, by):
        ran = deployments.end(
            connection, deployment.deployment_id, Status.ROLLED_BACK, by, reason, now
        )
        if ran:
            models.archive(connection, deployment.model_id)
    if ran:
        text = f"{deployment.model_id} lost its share of the capital, {deployment.share:.0%}."
        tell(connection, "rollback", deployment.model_id, f"{text} {reason}", word)
    return ran


def reconcile(connection: Connection, now: datetime) -> list[Deployment]:
    """Obey what somebody has changed by SQL; give the deployments that this ended.

    A challenger whose model is no longer in stage canary is rolled back, or promoted where it is
    the champion; so is one whose share is none. A model that is left in stage canary without a
    running challenge is archived. Where nothing was changed it takes two queries and no lock.

    Args:
        connection: inside a transaction that has locked neither the log nor the events.
        now: when.
    """
    if not deployments.strays(connection):
        return []
    lock(connection, models.LOCK)
    for model_id in sorted(stray.model_id for stray in deployments.strays(connection)):
        models.hold(connection, model_id)
    deployments.hold(connection)
    strays = deployments.strays(connection)  # as they are now that nobody else changes them
    word = Word(audit.PRODUCT, BY_SQL, now)
    ended = []
    with audit.recording(connection, word.by):
        for stray in strays:
            models.archive(connection, stray.model_id)
            if stray.deployment is not None:
                status = _ended_as(stray)
                deployment_id = stray.deployment.deployment_id
                deployments.end(connection, deployment_id, status, word.by, BY_SQL, now)
                ended.append(deployments.get(connection, deployment_id))
    for one in ended:
        kind: NoticeType = "promotion" if one.status is Status.PROMOTED else "rollback"
        text = f"{one.model_id} is {one.role} no more: {BY_SQL}."
        tell(
            connection,
            kind if one.role is Role.CHALLENGER else "deployment",
            one.model_id,
            text,
            word,
            status=str(one.status),
        )
    return ended


def _ended_as(stray: deployments.Stray) -> Status:
    if stray.deployment is not None and stray.deployment.role is Role.SHADOW:
        return Status.STOPPED
    return Status.PROMOTED if stray.is_champion else Status.ROLLED_BACK
