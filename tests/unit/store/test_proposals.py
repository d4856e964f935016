"""Queries on promotion proposals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from cambio.contracts.handoffs import PromotionProposal, Recommendation
from cambio.errors import NotFound
from cambio.store import proposals, tables

NOW = datetime(2025, 12, 1, 18, tzinfo=UTC)
PROPOSAL = PromotionProposal(
    proposal_id="p1",
    model_id="m1",
    experiment_name="e1",
    recommendation=Recommendation.REVIEW,
    confidence=0.9,
    reason="REVIEW: one gate failed.",
    metrics={"sharpe_ratio": 1.2, "win_rate": None},
    vs_baseline={"against": "flat", "is_improvement": True},
    criteria_results=[{"kind": "gate", "gate": "min_trades", "passed": True}],
    lineage={"model_hash": "ab12"},
    status="PENDING_APPROVAL",
    reviewer=None,
    reviewed_at=None,
    created_at=NOW,
    expires_at=NOW + timedelta(days=7),
)


@pytest.fixture
def connection(engine):
    with engine.begin() as opened:
        yield opened


def review(connection, **changes) -> None:
    connection.execute(update(tables.promotion_proposals).values(**changes))


def test_a_proposal_comes_back_as_it_was_stored(connection):
    assert proposals.store(connection, PROPOSAL) == PROPOSAL
    found = proposals.get(connection, "p1")
    assert found == PROPOSAL
    assert found.recommendation is Recommendation.REVIEW


def test_storing_it_again_keeps_one(connection):
    proposals.store(connection, PROPOSAL)
    proposals.store(connection, PROPOSAL)
    assert proposals.every(connection) == [PROPOSAL]


def test_a_later_run_replaces_what_nobody_has_reviewed(connection):
    """More trials were recorded since: the same run is now worth less."""
    proposals.store(connection, PROPOSAL)
    later = replace(PROPOSAL, confidence=0.7, created_at=NOW + timedelta(days=1))
    assert proposals.store(connection, later) == later
    assert proposals.every(connection) == [later]


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED"])
def test_a_reviewed_proposal_is_never_overwritten(connection, status):
    proposals.store(connection, PROPOSAL)
    review(connection, status=status, reviewer="ana", reviewed_at=NOW)
    reviewed = proposals.get(connection, "p1")
    assert proposals.store(connection, replace(PROPOSAL, confidence=0.1)) == reviewed
    assert (reviewed.status, reviewed.reviewer, reviewed.confidence) == (status, "ana", 0.9)


def test_storing_one_leaves_the_others_alone(connection):
    proposals.store(connection, PROPOSAL)
    proposals.store(connection, replace(PROPOSAL, proposal_id="p2", model_id="m2"))
    assert proposals.get(connection, "p1") == PROPOSAL


def test_proposals_are_listed_newest_first_by_status(connection):
    newer = replace(
        PROPOSAL, proposal_id="p2", status="EXPIRED", created_at=NOW + timedelta(days=1)
    )
    proposals.store(connection, PROPOSAL)
    proposals.store(connection, newer)
    assert proposals.every(connection) == [newer, PROPOSAL]
    assert proposals.every(connection, "PENDING_APPROVAL") == [PROPOSAL]


def test_an_unknown_proposal_is_answered_with_those_there_are(connection):
    with pytest.raises(NotFound, match="run a backtest first"):
        proposals.get(connection, "p9")
    proposals.store(connection, PROPOSAL)
    with pytest.raises(NotFound, match=r"'p9' exists. Newest: p1\."):
        proposals.get(connection, "p9")
