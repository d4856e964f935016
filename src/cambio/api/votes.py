"""The second vote: proposals to read and to vote on, and the audit log of it all."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from pydantic import Field, TypeAdapter

from cambio.api.dependencies import Approver, Viewer
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import (
    LONGEST_SUBJECT,
    SUBJECT,
    Answer,
    Limit,
    Moment,
    Page,
    ProposalId,
    Word,
    example,
    operation_id,
)
from cambio.app import votes
from cambio.contracts.audit import Flaw
from cambio.contracts.handoffs import PromotionProposal, ProposalStatus, Recommendation
from cambio.store import audit, proposals
from cambio.store.database import reading

router = APIRouter(prefix="/v1", generate_unique_id_function=operation_id)

ProposalPath = Annotated[ProposalId, Path()]
PROPOSAL_PLACE: Final = TypeAdapter(tuple[Moment, ProposalId])
SEQ: Final = TypeAdapter(tuple[Annotated[int, Field(ge=-(2**63), lt=2**63)]])

SUMMARY: Final[dict[str, Any]] = {
    "proposal_id": "5b0c9a52-6f0e-4d8e-9a3c-0c6a1d7f2e11",
    "model_id": "ppo_v20-s42",
    "experiment_name": "ppo_v20",
    "recommendation": "PROMOTE",
    "confidence": 0.97,
    "reason": "PROMOTE: all criteria and gates passed.",
    "status": "PENDING_APPROVAL",
    "is_open": True,
    "created_by": "olga",
    "created_at": "2025-01-08T21:40:00Z",
    "expires_at": "2025-01-22T21:40:00Z",
    "reviewer": None,
    "reviewed_at": None,
    "comment": None,
}
DETAIL: Final[dict[str, Any]] = SUMMARY | {
    "metrics": {"sharpe_ratio": 1.31, "max_drawdown": -0.04},
    "vs_baseline": {"against": "flat", "is_improvement": True},
    "criteria_results": [{"name": "min_sharpe_ratio", "passed": True}],
    "evidence": {"trials": 4},
    "remedies": [],
    "lineage": {"feature_order_hash": "ddc9d7cdba81ab3d"},
}
ENTRY: Final[dict[str, Any]] = {
    "seq": 12,
    "time": "2025-01-10T15:00:00Z",
    "actor": "ada",
    "action": "model:promoted",
    "subject": "ppo_v20-s42",
    "data": {"before": {"stage": "staging"}, "after": {"stage": "production"}},
    "sealed": True,
}
FINDING: Final[dict[str, Any]] = {"flaw": "edited", "seq": 7, "what": "Row 7 was edited."}


class ProposalSummary(Answer):
    """What L4 lays before a reviewer."""

    model_config = example(**SUMMARY)

    proposal_id: str
    """Its name."""
    model_id: str
    """The model that is proposed."""
    experiment_name: str
    """The experiment that trained it."""
    recommendation: Recommendation
    """What L4 votes for."""
    confidence: float
    """The chance that its skill is more than the luck of the best of all trials, in [0, 1]."""
    reason: str
    """Why it is so, in words."""
    status: ProposalStatus
    """Where it stands with the second vote."""
    is_open: bool
    """Whether it waits for a vote: it is pending, and its time is not over."""
    created_by: str
    """The account that ran the experiment; it can't vote."""
    created_at: datetime
    """When it was laid before reviewers."""
    expires_at: datetime
    """Until when it can be voted on."""
    reviewer: str | None
    """The account that voted."""
    reviewed_at: datetime | None
    """When it voted."""
    comment: str | None
    """What it said."""


class ProposalDetail(ProposalSummary):
    """A proposal with all that it rests on."""

    model_config = example(**DETAIL)

    metrics: dict[str, Any]
    """Of the backtest, by name."""
    vs_baseline: dict[str, Any]
    """The comparison with the champion, or with staying flat."""
    criteria_results: list[dict[str, Any]]
    """Each criterion and hard gate, whether it passed, and the recommendation `otherwise`."""
    evidence: dict[str, Any]
    """What the vote rests on besides: intervals, trials, the look-ahead check."""
    remedies: list[str]
    """What would have to change for a better recommendation."""
    lineage: dict[str, Any]
    """Hashes and dates of everything that the model was made from."""


class ProposalPage(Page):
    """Proposals, newest first."""

    model_config = example(items=[SUMMARY], next_cursor=None)

    items: list[ProposalSummary]
    """The proposals."""


class AuditEntry(Answer):
    """A row of the audit log."""

    model_config = example(**ENTRY)

    seq: int
    """Its number."""
    time: datetime | None
    """When; null where somebody wrote what is no time."""
    actor: str
    """An account, `cambio` for the product itself, or `sql...` for SQL from outside."""
    action: str
    """What happened, as `subject:action`."""
    subject: str
    """To what: a proposal, model, deployment, control or account."""
    data: dict[str, Any]
    """The audited fields before and after."""
    sealed: bool
    """Whether it is part of the hash chain."""


class AuditPage(Page):
    """Rows of the audit log, newest first."""

    model_config = example(items=[ENTRY], next_cursor=None)

    items: list[AuditEntry]
    """The rows."""


class AuditFinding(Answer):
    """One thing that is wrong with the audit log."""

    model_config = example(**FINDING)

    flaw: Flaw
    """Its kind."""
    seq: int | None
    """Of the row; null where it is not about one."""
    what: str
    """What was found, in words."""


class AuditVerification(Answer):
    """Whether the audit log is whole."""

    model_config = example(passed=False, rows=12, head="12:" + "ab" * 32, findings=[FINDING])

    passed: bool
    """Whether nothing was found."""
    rows: int
    """Of the log."""
    head: str | None
    """SEQ:HASH of the chain's end. Who keeps it elsewhere can prove later what came before."""
    findings: list[AuditFinding]
    """What is wrong."""


@router.get("/proposals", tags=["proposals"])
def list_proposals(
    caller: Viewer,
    status: ProposalStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ProposalPage:
    """List the proposals, newest first; those of one status if asked."""
    before = decode(cursor, PROPOSAL_PLACE)
    with reading(caller.resources.engine) as connection:
        rows = proposals.every(connection, status)
    if before is not None:
        rows = [row for row in rows if _is_behind(row, before)]
    part, following = cut(rows, limit, lambda row: (row.created_at, row.proposal_id))
    now = caller.resources.now()
    return ProposalPage(
        items=[ProposalSummary.of(_content(row, now)) for row in part], next_cursor=following
    )


@router.get("/proposals/{proposal_id}", tags=["proposals"])
def get_proposal(caller: Viewer, proposal_id: ProposalPath) -> ProposalDetail:
    """Give one proposal with all that it rests on."""
    with reading(caller.resources.engine) as connection:
        found = proposals.get(connection, proposal_id)
    return ProposalDetail.of(_content(found, caller.resources.now()))


@router.post("/proposals/{proposal_id}/approve", tags=["proposals"])
def approve_proposal(caller: Approver, proposal_id: ProposalPath, word: Word) -> ProposalDetail:
    """Approve a proposal. Who ran its experiment can't, and a REJECT can't be approved."""
    voted = votes.approve(caller.resources, _whole(caller, proposal_id), word.comment)
    return ProposalDetail.of(_content(voted, caller.resources.now()))


@router.post("/proposals/{proposal_id}/reject", tags=["proposals"])
def reject_proposal(caller: Approver, proposal_id: ProposalPath, word: Word) -> ProposalDetail:
    """Reject a proposal for good; no model changes."""
    voted = votes.reject(caller.resources, _whole(caller, proposal_id), word.comment)
    return ProposalDetail.of(_content(voted, caller.resources.now()))


@router.get("/audit", tags=["audit"])
def list_audit(
    caller: Viewer,
    subject: Annotated[
        str | None,
        Query(
            pattern=SUBJECT,
            max_length=LONGEST_SUBJECT,
            description="How the subject begins.",
            examples=["ppo_v20-s42"],
        ),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AuditPage:
    """List the audit log, newest first; what is about one subject if asked."""
    before = decode(cursor, SEQ)
    with reading(caller.resources.engine) as connection:
        most = limit + 1 if before is None else None
        rows = audit.entries(connection, subject, most)
    if before is not None:
        rows = [row for row in rows if row.seq < before[0]]
    part, following = cut(rows, limit, lambda row: (row.seq,))
    return AuditPage(items=[AuditEntry.model_validate(row) for row in part], next_cursor=following)


@router.get("/audit/verify", tags=["audit"])
def verify_audit(caller: Viewer) -> AuditVerification:
    """Compare the audit log with its seals and with the tables."""
    with reading(caller.resources.engine) as connection:
        report = audit.verify(connection)
    return AuditVerification(
        passed=report.passed,
        rows=report.rows,
        head=None if report.head is None else str(report.head),
        findings=[AuditFinding.model_validate(finding) for finding in report.findings],
    )


def _whole(caller: Approver, proposal_id: str) -> str:
    """Refuse the beginning of an id, which the command line takes: a vote names all of it."""
    with reading(caller.resources.engine) as connection:
        return proposals.get(connection, proposal_id).proposal_id


def _content(proposal: PromotionProposal, now: datetime) -> dict[str, Any]:
    waits = proposal.status is ProposalStatus.PENDING and now < proposal.expires_at
    return proposal.to_dict() | {"is_open": waits}


def _is_behind(proposal: PromotionProposal, place: tuple[datetime, str]) -> bool:
    """Tell whether a proposal comes after a place in the list: older, or of a later id."""
    at, proposal_id = place
    created = proposal.created_at
    return created < at or (created == at and proposal.proposal_id > proposal_id)
