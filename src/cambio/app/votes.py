"""The second vote: a person approves or rejects what L4 recommends, and the log keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cambio.app import transitions
from cambio.app.accounts import require_role
from cambio.app.sealing import sealed
from cambio.app.transitions import Word, require_comment
from cambio.contracts.accounts import Role
from cambio.contracts.handoffs import PromotionProposal, ProposalStatus, Recommendation
from cambio.errors import Conflict, ContractMismatch, NotAllowed
from cambio.inference.deployment import DeploymentManager
from cambio.store import accounts, audit, deployments, models, proposals
from cambio.store.database import reading, transaction
from cambio.store.proposals import Review
from cambio.validation.promotion import FLAT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cambio.app.resources import Resources
    from cambio.contracts.accounts import Account


def offer(connection: Connection, proposal: PromotionProposal) -> PromotionProposal:
    """Store a proposal, and tell of one that waits for a vote and did not before.

    Args:
        connection: inside a transaction that locks nothing after this.
        proposal: as L4 makes it; one that was voted on stays as it is.
    """
    name, now = proposal.proposal_id, proposal.created_at
    waited = proposals.waits(connection, name, now)
    stored = proposals.store(connection, proposal)
    if not waited and proposals.waits(connection, name, now):
        word = Word(proposal.created_by, proposal.reason, now)
        told = f"{stored.model_id} waits for a vote until {stored.expires_at:%Y-%m-%d}."
        details = {"model_id": stored.model_id, "status": str(stored.status)}
        transitions.tell(connection, "proposal", name, told, word, **details)
    return stored


def approve(resources: Resources, proposal_id: str, comment: str) -> PromotionProposal:
    """Approve a proposal: its model becomes the challenger, with the first share of the capital.

    While nobody trades, or where the canary has one step, it is the champion at once, and the
    former champion is archived. Either way its signed bundle is sealed before. Proposal, models,
    deployments and audit log change in one transaction, or nothing does.

    Args:
        resources: with the account that votes.
        proposal_id: or the beginning of it.
        comment: why; kept with the vote.

    Raises:
        NotAllowed: the account is no approver, or not independent of who ran the experiment.
        ConfigError: the comment is blank, or no key signs here.
        NotFound: no proposal, or several, begin so.
        Conflict: it was voted on, expired, is a REJECT, or was compared with another champion; or
            a challenger runs.
        ContractMismatch: the model's files are not what was registered.
    """
    voter = _voter(resources, comment)
    with reading(resources.engine) as connection:
        proposal = proposals.get(connection, proposals.resolve(connection, proposal_id))
        _require_votable(connection, proposal, voter, resources.now())
        seen = models.get(connection, proposal.model_id)
        _require_approvable(proposal, seen, models.champion(connection))
        transitions.require_no_challenger(connection, proposal.model_id)
    sealed(resources, seen)
    with transaction(resources.engine) as connection:
        model, champion = transitions.claim(connection, proposal.model_id)
        proposal = proposals.claim(connection, proposal.proposal_id)
        now = resources.now()
        _require_votable(connection, proposal, voter, now)
        _require_approvable(proposal, model, champion)
        _require_same(seen, model)
        transitions.require_no_challenger(connection, proposal.model_id)
        word = Word(voter.name, comment, now)
        manager = DeploymentManager(resources.deployment.canary)
        voted = _approve(connection, proposal, champion, word, manager)
    mirror(resources)
    return voted


def _approve(
    connection: Connection,
    proposal: PromotionProposal,
    champion: Mapping[str, Any] | None,
    word: Word,
    manager: DeploymentManager,
) -> PromotionProposal:
    """Write the vote on a claimed proposal, and what its model becomes."""
    name = proposal.model_id
    with audit.recording(connection, word.by):
        review = Review(word.by, word.comment, word.at)
        voted = proposals.close(connection, proposal.proposal_id, ProposalStatus.APPROVED, review)
        at_once = champion is None or manager.is_immediate
        if at_once:
            former = None if champion is None else champion["model_id"]
            transitions.succeed(connection, models.Succession(name, former), word, approval=True)
        else:
            share = manager.first_share
            transitions.begin_challenge(connection, name, share, word, approval=True)
    _tell(connection, voted, word)
    if at_once:
        told = f"{name} is the champion; {former or 'nobody'} was it before."
        transitions.tell(connection, "promotion", name, told, word, share=1.0, former=former)
    else:
        told = f"{name} is the challenger, with {share:.0%} of the capital."
        transitions.tell(connection, "deployment", name, told, word, share=share)
    return voted


def _tell(connection: Connection, proposal: PromotionProposal, word: Word) -> None:
    """Tell that a proposal was voted on."""
    told = f"{word.by} {str(proposal.status).lower()} {proposal.model_id}: {word.comment}"
    details = {"model_id": proposal.model_id, "status": str(proposal.status)}
    transitions.tell(connection, "proposal", proposal.proposal_id, told, word, **details)


def reject(resources: Resources, proposal_id: str, comment: str) -> PromotionProposal:
    """Reject a proposal for good; no model changes.

    Args:
        resources: with the account that votes.
        proposal_id: or the beginning of it.
        comment: why; kept with the vote.

    Raises:
        NotAllowed: the account is no approver, or not independent of who ran the experiment.
        ConfigError: the comment is blank.
        NotFound: no proposal, or several, begin so.
        Conflict: it was voted on, or expired.
    """
    voter = _voter(resources, comment)
    with transaction(resources.engine) as connection:
        whole = proposals.resolve(connection, proposal_id)
        proposal = proposals.claim(connection, whole)
        now = resources.now()
        _require_votable(connection, proposal, voter, now)
        with audit.recording(connection, voter.name):
            review = Review(voter.name, comment, now)
            voted = proposals.close(connection, whole, ProposalStatus.REJECTED, review)
        _tell(connection, voted, Word(voter.name, comment, now))
    mirror(resources)
    return voted


def expire(resources: Resources) -> list[PromotionProposal]:
    """Close the proposals whose time is over; give them, oldest first. A job runs this.

    Raises:
        NotAllowed: the account is a viewer.
    """
    account = resources.account()
    require_role(account, Role.OPERATOR, "closing proposals")
    with transaction(resources.engine) as connection:
        expired = proposals.expire(connection, account.name, resources.now())
    if expired:
        mirror(resources)
    return expired


def adopt(resources: Resources, comment: str) -> list[int]:
    """Seal what was logged past the application, as a manual rollback is; give the rows' numbers.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: the comment is blank.
        Conflict: no row waits.
    """
    account = resources.account()
    require_role(account, Role.OPERATOR, "adopting rows of the log")
    require_comment(comment, "Adopting rows")
    with transaction(resources.engine) as connection:
        rows = audit.adopt(connection, account.name, comment)
    mirror(resources)
    return rows


def mirror(resources: Resources) -> None:
    """Show in the tracking store who trades, and who would: the challenger, else a proposal's."""
    now = resources.now()
    with reading(resources.engine) as connection:
        champion = models.champion(connection)
        running = deployments.challenger(connection)
        waiting = [running.model_id] if running is not None else []
        waiting += [
            proposal.model_id
            for proposal in proposals.every(connection, ProposalStatus.PENDING)
            if proposal.recommendation is not Recommendation.REJECT and now < proposal.expires_at
        ]
    resources.tracker.aliases(
        champion=None if champion is None else champion["model_id"],
        challenger=next(iter(waiting), None),
    )


def _voter(resources: Resources, comment: str) -> Account:
    voter = resources.account()
    require_role(voter, Role.APPROVER, "voting on a proposal")
    require_comment(comment, "A vote")
    return voter


def _require_votable(
    connection: Connection, proposal: PromotionProposal, voter: Account, now: datetime
) -> None:
    """Refuse a vote that comes too late, or from somebody who stands too near."""
    name = f"Proposal {proposal.proposal_id}"
    if proposal.reviewer is not None and proposal.reviewed_at is not None:
        raise Conflict(
            f"{name} was {proposal.status} by {proposal.reviewer} on "
            f"{proposal.reviewed_at:%Y-%m-%d %H:%M} UTC: {proposal.comment}",
            remedy="A vote stands. `cambio proposals list` shows what is open.",
            reviewer=proposal.reviewer,
            status=str(proposal.status),
        )
    if proposal.status is not ProposalStatus.PENDING or proposal.expires_at <= now:
        raise Conflict(
            f"{name} expired on {proposal.expires_at:%Y-%m-%d %H:%M} UTC.",
            remedy=f"Run the experiment again: `cambio experiment run {proposal.experiment_name}`.",
            expires_at=proposal.expires_at,
        )
    _require_four_eyes(connection, proposal, voter)


def _require_four_eyes(connection: Connection, proposal: PromotionProposal, voter: Account) -> None:
    author = proposal.created_by
    remedy = (
        f"Another approver has to vote, whose token {author} did not make; docs/votes.md, "
        "'A try-out with two people', shows how."
    )
    if author == proposals.UNKNOWN:
        raise Conflict(
            f"Proposal {proposal.proposal_id} does not say who ran its experiment, so nobody can "
            "be told apart from them.",
            remedy=f"Run it again: `cambio experiment run {proposal.experiment_name}`.",
        )
    if author == voter.name:
        raise NotAllowed(f"{author} ran the experiment and can't vote on it.", remedy=remedy)
    for one, other in ((author, voter.name), (voter.name, author)):
        if one in accounts.makers(connection, other):
            raise NotAllowed(
                f"{one} made the token of {other}, so {voter.name} is not independent of {author}, "
                "who ran the experiment.",
                remedy=remedy,
            )


def _require_approvable(
    proposal: PromotionProposal, model: Mapping[str, Any], champion: Mapping[str, Any] | None
) -> None:
    """Refuse what nobody may approve, and what was compared with something else."""
    again = f"Compare again: `cambio experiment run {proposal.experiment_name}`."
    if proposal.recommendation is Recommendation.REJECT:
        raise Conflict(
            f"L4 says REJECT to {proposal.model_id}, and a REJECT can't be approved.",
            remedy=" ".join(proposal.remedies) or "Improve the model and run it again.",
        )
    trades = FLAT if champion is None else champion["model_id"]
    if trades == proposal.model_id:
        raise Conflict(f"{trades} is the champion already.", champion=trades)
    against = proposal.vs_baseline.get("against")
    if trades != against:
        raise Conflict(
            f"{proposal.model_id} was compared with {against}, but the champion is {trades} now.",
            remedy=again,
            against=against,
            champion=trades,
        )
    if proposal.lineage.get("model_hash") != model["model_hash"]:
        raise ContractMismatch.between(
            "model hash",
            str(proposal.lineage.get("model_hash")),
            f"proposal {proposal.proposal_id}",
            model["model_hash"],
            "the registry",
        )


def _require_same(seen: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    """Refuse a model whose entry changed since its files were checked."""
    if any(seen[key] != model[key] for key in ("model_path", "model_hash")):
        raise Conflict(
            f"The registry's entry of {model['model_id']} changed during the vote.",
            remedy="Find out why (`cambio audit list`), then vote again.",
        )
