"""Queries on `promotion_proposals`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from cambio.contracts.handoffs import PromotionProposal, Recommendation
from cambio.errors import NotFound
from cambio.store import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

KNOWN_SHOWN: Final = 10


def store(connection: Connection, proposal: PromotionProposal) -> PromotionProposal:
    """Insert a proposal or replace the one with its id; give what is stored afterwards.

    A proposal that a human has reviewed is never touched: a later run cannot undo a vote.

    Args:
        connection: inside a transaction.
        proposal: with plain JSON types in its fields.
    """
    table = tables.promotion_proposals
    row = proposal.to_dict() | {"recommendation": str(proposal.recommendation)}
    unreviewed = table.c.reviewed_at.is_(None) & table.c.reviewer.is_(None)
    this = table.c.proposal_id == proposal.proposal_id
    replaced = connection.execute(update(table).where(this & unreviewed).values(row)).rowcount
    if not replaced and connection.execute(select(table.c.proposal_id).where(this)).first() is None:
        connection.execute(insert(table), row)
    return get(connection, proposal.proposal_id)


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
    fields: dict[str, Any] = {**row, "recommendation": Recommendation(row["recommendation"])}
    return PromotionProposal(**fields)
