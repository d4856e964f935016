"""Who trades with which money, for people: status, and what they can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cambio.app import transitions
from cambio.app.accounts import require_role
from cambio.app.canary import Standing, standing
from cambio.app.sealing import sealed
from cambio.app.transitions import Word, require_comment
from cambio.app.votes import mirror
from cambio.contracts.accounts import Role as AccountRole
from cambio.contracts.deployment import Deployment, Role, Status
from cambio.contracts.handoffs import ProposalStatus
from cambio.errors import Conflict, NotFound
from cambio.inference.deployment import DeploymentManager
from cambio.store import audit, deployments, engine, models, proposals
from cambio.store.database import lock, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from cambio.app.resources import Resources

ENDED_SHOWN: Final = 5
CHAMPION_FIELDS: Final = ("model_id", "experiment_name", "approved_by", "promoted_at")


@dataclass(frozen=True, slots=True)
class DeploymentReport:
    """Who trades, with which share, and how the challenger stands."""

    champion: dict[str, Any] | None
    """Of its row in `model_registry`, and its share of the capital."""
    challenger: Standing | None
    shadows: list[Deployment]
    ended: list[Deployment]
    """The last ones, newest first."""
    refused: dict[str, str]
    """By model that did not pass the load gate at the engine's last bar: why."""

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON types, times in ISO 8601."""
        champion = None if self.champion is None else dict(self.champion)
        if champion is not None and champion["promoted_at"] is not None:
            champion["promoted_at"] = champion["promoted_at"].isoformat()
        return {
            "champion": champion,
            "challenger": None if self.challenger is None else self.challenger.to_dict(),
            "shadows": [one.to_dict() for one in self.shadows],
            "ended": [one.to_dict() for one in self.ended],
            "refused": self.refused,
        }


def status(resources: Resources) -> DeploymentReport:
    """Tell who trades with which money, and what the challenger lacks for more of it."""
    config = resources.deployment.canary
    with reading(resources.engine) as connection:
        row = models.champion(connection)
        found = standing(connection, config, resources.capital, resources.now())
        running = deployments.running(connection)
        ended = deployments.ended(connection, ENDED_SHOWN)
        state = engine.load(connection)
    champion = None
    if row is not None:
        share = 1.0 - (0.0 if found is None else found.challenger.share)
        champion = {name: row[name] for name in CHAMPION_FIELDS} | {"share": share}
    shadows = [one for one in running if one.role is Role.SHADOW]
    refused = {} if state is None else state.state["loop"].get("refused", {})
    return DeploymentReport(champion, found, shadows, ended, refused)


def start(resources: Resources, model_id: str, *, shadow: bool, comment: str) -> Deployment:
    """Let a model decide beside the champion: as challenger with a share, or as shadow without.

    Args:
        resources: with the account that acts; its signed bundle is made.
        model_id: registered; a challenger's was approved before.
        shadow: whether it holds nothing.
        comment: why.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: the comment is blank, or no key signs here.
        NotFound: the model is not registered, or lacks a file.
        Conflict: it trades already, was never approved, another challenger runs, or nobody is
            champion.
        ContractMismatch: the model's files are not what was registered.
    """
    by = _acting(resources, comment, AccountRole.OPERATOR, "starting a deployment")
    manager = DeploymentManager(resources.deployment.canary)
    with reading(resources.engine) as connection:
        seen = models.get(connection, model_id)
        _require_startable(connection, model_id, manager, shadow=shadow)
    sealed(resources, seen)
    with transaction(resources.engine) as connection:
        transitions.claim(connection, model_id)
        _require_startable(connection, model_id, manager, shadow=shadow)
        word = Word(by, comment, resources.now())
        share = 0.0 if shadow else manager.first_share
        with audit.recording(connection, by):
            if shadow:
                deployments.start(connection, model_id, Role.SHADOW, share, by, word.at)
            else:
                transitions.begin_challenge(connection, model_id, share, word, approval=False)
        started = deployments.of(connection, model_id)
        what = "a shadow" if shadow else f"the challenger, with {share:.0%} of the capital"
        told = f"{model_id} is {what}."
        transitions.tell(connection, "deployment", model_id, told, word, share=share)
    mirror(resources)
    if started is None:  # cannot be: it was inserted
        raise Conflict(f"{model_id} was not started.")
    return started


def promote(resources: Resources, comment: str) -> str:
    """Make the challenger the champion at once; give its id.

    Raises:
        NotAllowed: the account is no approver.
        ConfigError: the comment is blank.
        Conflict: no challenger runs, or somebody was faster.
    """
    by = _acting(resources, comment, AccountRole.APPROVER, "promoting the challenger")
    with reading(resources.engine) as connection:
        known = deployments.challenger(connection)
    with transaction(resources.engine) as connection:
        challenger, champion = transitions.claim_challenger(connection, known)
        word = Word(by, comment, resources.now())
        transitions.promote_challenger(connection, challenger, champion, word)
    mirror(resources)
    return challenger.model_id


def rollback(resources: Resources, comment: str) -> str:
    """End the challenger; without one, make the former champion champion again. Give who trades.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: the comment is blank, or no key signs here.
        Conflict: there is neither, or somebody was faster.
        ContractMismatch: the former champion's files are not what was registered.
    """
    by = _acting(resources, comment, AccountRole.OPERATOR, "rolling back")
    with reading(resources.engine) as connection:
        challenger = deployments.challenger(connection)
    champion = (
        _restore(resources, by, comment)
        if challenger is None
        else _end_challenger(resources, challenger, by, comment)
    )
    mirror(resources)
    return champion


def _end_challenger(resources: Resources, known: Deployment, by: str, comment: str) -> str:
    with transaction(resources.engine) as connection:
        challenger = transitions.same_challenger(connection, known)
        champion = models.champion(connection)
        transitions.roll_back(connection, challenger, by, comment, resources.now())
    return "nobody" if champion is None else str(champion["model_id"])


def _restore(resources: Resources, by: str, comment: str) -> str:
    """Make the former champion champion again."""
    with reading(resources.engine) as connection:
        seen = _succession(connection)
        row = models.get(connection, seen.model_id)
    sealed(resources, row)
    with transaction(resources.engine) as connection:
        transitions.claim(connection, seen.model_id)
        if deployments.challenger(connection) is not None or _succession(connection) != seen:
            raise Conflict(
                "Who trades changed meanwhile.", remedy="`cambio deploy status` shows it."
            )
        word = Word(by, comment, resources.now())
        with audit.recording(connection, by):
            transitions.succeed(connection, seen, word, approval=False)
        told = f"{seen.model_id} is the champion again, after {seen.former or 'nobody'}."
        details = {"share": 1.0, "former": seen.former}
        transitions.tell(connection, "rollback", seen.model_id, told, word, **details)
    return seen.model_id


def _succession(connection: Connection) -> models.Succession:
    """Give who would be champion again, and who is.

    Raises:
        Conflict: nobody was champion before.
    """
    former, champion = models.former_champion(connection), models.champion(connection)
    if former is None:
        raise Conflict(
            "There is no challenger, and no archived model that was champion before.",
            remedy='`cambio kill-switch on --comment "…"` stops all trading.',
        )
    return models.Succession(former, None if champion is None else champion["model_id"])


def stop(resources: Resources, model_id: str, comment: str) -> Deployment:
    """End a shadow.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: the comment is blank.
        NotFound: the model is no shadow; with those that are.
    """
    by = _acting(resources, comment, AccountRole.OPERATOR, "stopping a shadow")
    with transaction(resources.engine) as connection:
        lock(connection, models.LOCK)
        deployments.hold(connection)
        shadow = _shadow(connection, model_id)
        now = resources.now()
        with audit.recording(connection, by):
            deployments.end(connection, shadow.deployment_id, Status.STOPPED, by, comment, now)
        told = f"{model_id} is a shadow no more."
        transitions.tell(connection, "deployment", model_id, told, Word(by, comment, now))
        ended = deployments.get(connection, shadow.deployment_id)
    mirror(resources)
    return ended


def _shadow(connection: Connection, model_id: str) -> Deployment:
    running = deployments.of(connection, model_id)
    if running is not None and running.role is Role.SHADOW:
        return running
    known = [one.model_id for one in deployments.running(connection) if one.role is Role.SHADOW]
    remedy = f"Shadows: {', '.join(known)}." if known else "None runs."
    if running is not None:
        remedy = "It is the challenger: `cambio deploy rollback` ends it."
    raise NotFound(f"{model_id} is no shadow.", remedy=remedy, known=known)


def seal(resources: Resources, model_id: str) -> Path:
    """Make the signed bundle of a registered model that trades, where none passes; give its path.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: no key signs here.
        NotFound: the model is not registered, or lacks a file.
        ContractMismatch: its files are not what was registered.
    """
    require_role(resources.account(), AccountRole.OPERATOR, "sealing a bundle")
    with reading(resources.engine) as connection:
        row = models.get(connection, model_id)
    return sealed(resources, row)


def _acting(resources: Resources, comment: str, role: AccountRole, doing: str) -> str:
    account = resources.account()
    require_role(account, role, doing)
    require_comment(comment, doing.capitalize())
    return account.name


def _require_startable(
    connection: Connection, model_id: str, manager: DeploymentManager, *, shadow: bool
) -> None:
    """Refuse a model that trades already, and a challenger that nobody has approved."""
    champion, running = models.champion(connection), deployments.of(connection, model_id)
    if champion is not None and champion["model_id"] == model_id:
        raise Conflict(f"{model_id} is the champion.")
    if shadow and running is not None:
        raise Conflict(f"{model_id} is a {running.role} already.")
    if shadow:
        return
    if champion is None:
        raise Conflict(
            "Nobody is champion, so that there is nothing to challenge.",
            remedy="An approved proposal's model is champion at once (`cambio proposals list`); "
            "`cambio deploy rollback` makes the former champion it again.",
        )
    if manager.is_immediate:
        raise Conflict(
            "The canary has one step, all of the capital, so that nobody challenges.",
            remedy="Give `canary.steps` in deployment.yaml a share below 1.",
        )
    transitions.require_no_challenger(connection, model_id)
    _require_vote(connection, models.get(connection, model_id))


def _require_vote(connection: Connection, model: Mapping[str, Any]) -> None:
    """Refuse a model unless the newest vote on just this one, by its hash, approved it."""
    model_id = model["model_id"]
    votes = [
        (one.reviewed_at, one.status is ProposalStatus.APPROVED)
        for one in proposals.every(connection)
        if one.model_id == model_id
        and one.reviewed_at is not None
        and one.lineage.get("model_hash") == model["model_hash"]
    ]
    if not max(votes, default=(None, False))[1]:
        never = f"No proposal of {model_id} was approved, and capital takes one."
        raise Conflict(
            f"The newest vote on {model_id} rejected it." if votes else never,
            remedy="`cambio proposals list` shows what can be voted on; a shadow takes no vote: "
            f"`cambio deploy start {model_id} --shadow --comment ...`.",
        )
