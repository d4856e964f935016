"""Queries on `promotion_proposals`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from cambio.contracts.handoffs import PromotionProposal, ProposalStatus, Recommendation
from cambio.errors import NotFound
from cambio.store import audit, tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

KNOWN_SHOWN: Final = 10
UNKNOWN: Final = "unknown"
"""Who created the proposals from before accounts were known."""


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's word on a proposal."""

    reviewer: str
    comment: str
    at: datetime


def store(connection: Connection, proposal: PromotionProposal) -> PromotionProposal:
    """Insert a proposal or replace the one with its id; give what is stored afterwards.

    A proposal that a human has reviewed is never touched: a later run cannot undo a vote. One that
    has expired is open again. Who created it first stays its creator, whoever runs it again.

    Args:
        connection: inside a transaction.
        proposal: with plain JSON types in its fields.
    """
    table = tables.promotion_proposals
    this = table.c.proposal_id == proposal.proposal_id
    query = select(table.c.reviewer, table.c.reviewed_at, table.c.created_by).where(this)
    known = connection.execute(query.with_for_update()).first()
    if known is not None and (known.reviewer is not None or known.reviewed_at is not None):
        return get(connection, proposal.proposal_id)
    row = proposal.to_dict() | {
        "recommendation": str(proposal.recommendation),
        "status": str(proposal.status),
    }
    with audit.recording(connection, proposal.created_by):
        if known is None:
            connection.execute(insert(table), row)
        else:
            if known.created_by != UNKNOWN:
                row["created_by"] = known.created_by
            connection.execute(update(table).where(this).values(row))
    return get(connection, proposal.proposal_id)


def waits(connection: Connection, proposal_id: str, now: datetime) -> bool:
    """Tell whether a proposal is stored that can be approved."""
    table = tables.promotion_proposals
    query = select(table.c.proposal_id).where(
        table.c.proposal_id == proposal_id,
        table.c.status == str(ProposalStatus.PENDING),
        table.c.recommendation != str(Recommendation.REJECT),
        table.c.expires_at > now,
    )
    return connection.execute(query).first() is not None


def resolve(connection: Connection, prefix: str) -> str:
    """Give the one id that begins with ``prefix``.

    Raises:
        NotFound: none does, or several do.
    """
    column = tables.promotion_proposals.c.proposal_id
    query = select(column).where(column.startswith(prefix, autoescape=True)).order_by(column)
    ids = list(connection.execute(query.limit(KNOWN_SHOWN)).scalars())
    if not prefix or len(ids) > 1:
        raise NotFound(
            f"Several proposals begin with {prefix!r}.",
            remedy=f"Type more of the id: {', '.join(ids)}.",
            known=ids,
        )
    return ids[0] if ids else get(connection, prefix).proposal_id


def claim(connection: Connection, proposal_id: str) -> PromotionProposal:
    """Give a proposal and hold it: whoever else claims it waits until this transaction ends.

    Args:
        connection: inside a transaction.
        proposal_id: the whole id.

    Raises:
        NotFound: with the ids that exist, newest first.
    """
    table = tables.promotion_proposals
    this = table.c.proposal_id == proposal_id
    connection.execute(select(table.c.status).where(this).with_for_update()).first()
    return get(connection, proposal_id)


def close(
    connection: Connection, proposal_id: str, status: ProposalStatus, vote: Review
) -> PromotionProposal:
    """Write a reviewer's vote into a claimed proposal.

    Args:
        connection: inside the transaction that claimed it, and inside `audit.recording`.
        proposal_id: the whole id.
        status: APPROVED or REJECTED.
        vote: whose.
    """
    table = tables.promotion_proposals
    values = {
        "status": str(status),
        "reviewer": vote.reviewer,
        "reviewed_at": vote.at,
        "comment": vote.comment,
    }
    connection.execute(update(table).where(table.c.proposal_id == proposal_id).values(values))
    return get(connection, proposal_id)


def expire(connection: Connection, actor: str, now: datetime) -> list[PromotionProposal]:
    """Close what waited for a vote until its time was over; give it, oldest first.

    Args:
        connection: inside a transaction.
        actor: the account that does it.
        now: when.
    """
    table = tables.promotion_proposals
    over = (table.c.status == str(ProposalStatus.PENDING)) & (table.c.expires_at <= now)
    query = select(table.c.proposal_id).where(over)
    query = query.order_by(table.c.created_at, table.c.proposal_id)
    ids = list(connection.execute(query.with_for_update()).scalars())
    if ids:
        with audit.recording(connection, actor):
            these = update(table).where(table.c.proposal_id.in_(ids))
            connection.execute(these.values(status=str(ProposalStatus.EXPIRED)))
    return [get(connection, proposal_id) for proposal_id in ids]


def get(connection: Connection, proposal_id: str) -> PromotionProposal:
    """Give one proposal.

    Raises:
        NotFound: with the ids that exist, newest first.
    """
    table = tables.promotion_proposals
    query = select(table).where(table.c.proposal_id == proposal_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        newest = select(table.c.proposal_id).order_by(table.c.created_at.desc())
        known = list(connection.execute(newest.limit(KNOWN_SHOWN)).scalars())
        raise NotFound(
            f"No proposal {proposal_id!r} exists.",
            remedy=f"Newest: {', '.join(known)}." if known else "None does; run a backtest first.",
            known=known,
        )
    return _proposal(row)


def every(connection: Connection, status: str | None = None) -> list[PromotionProposal]:
    """Give the proposals, newest first; of one status if asked."""
    table = tables.promotion_proposals
    query = select(table).order_by(table.c.created_at.desc(), table.c.proposal_id)
    if status is not None:
        query = query.where(table.c.status == status)
    return [_proposal(row) for row in connection.execute(query).mappings()]


def _proposal(row: RowMapping) -> PromotionProposal:
    fields: dict[str, Any] = {
        **row,
        "recommendation": Recommendation(row["recommendation"]),
        "status": ProposalStatus(row["status"]),
    }
    return PromotionProposal(**fields)
