"""Queries on promotion proposals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text, update

from cambio.contracts.handoffs import PromotionProposal, ProposalStatus, Recommendation
from cambio.errors import ConfigError, NotFound
from cambio.store import audit, models, proposals, tables, trials
from cambio.store.database import open_database, reading

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
    evidence={"trials": 3},
    remedies=["Trade less."],
    lineage={"model_hash": "ab12"},
    status=ProposalStatus.PENDING,
    created_by="olga",
    reviewer=None,
    reviewed_at=None,
    comment=None,
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
    assert found.status is ProposalStatus.PENDING


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
        PROPOSAL,
        proposal_id="p2",
        status=ProposalStatus.EXPIRED,
        created_at=NOW + timedelta(days=1),
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


def test_running_again_opens_an_expired_proposal(connection):
    proposals.store(connection, PROPOSAL)
    assert proposals.expire(connection, "os:cron", NOW + timedelta(days=7))[0].status == "EXPIRED"
    later = replace(PROPOSAL, expires_at=NOW + timedelta(days=21))
    assert proposals.store(connection, later) == later


def test_who_created_a_proposal_first_stays_its_creator(connection):
    """Else an author had somebody run the experiment again, and approved it."""
    proposals.store(connection, PROPOSAL)
    again = replace(PROPOSAL, created_by="ana", confidence=0.5)
    assert proposals.store(connection, again) == replace(again, created_by="olga")


def test_a_creator_that_was_never_known_becomes_known(connection):
    proposals.store(connection, replace(PROPOSAL, created_by="unknown"))
    assert proposals.store(connection, PROPOSAL).created_by == "olga"


def test_only_what_waits_and_is_over_expires(connection):
    over = replace(PROPOSAL, proposal_id="p2", expires_at=NOW + timedelta(days=1))
    rejected = replace(over, proposal_id="p3")
    for proposal in (PROPOSAL, over, rejected):
        proposals.store(connection, proposal)
    reviewed = update(tables.promotion_proposals).where(
        tables.promotion_proposals.c.proposal_id == "p3"
    )
    connection.execute(reviewed.values(status="REJECTED", reviewer="ana", reviewed_at=NOW))
    assert proposals.expire(connection, "os:cron", NOW + timedelta(hours=23)) == []
    expired = proposals.expire(connection, "os:cron", NOW + timedelta(days=1))
    assert expired == [replace(over, status=ProposalStatus.EXPIRED)]
    assert proposals.get(connection, "p3").status is ProposalStatus.REJECTED
    assert proposals.get(connection, "p1") == PROPOSAL


def test_an_id_may_be_cut_short_while_it_is_unique(connection):
    for name in ("ab1", "ab2", "a%1"):
        proposals.store(connection, replace(PROPOSAL, proposal_id=name))
    assert proposals.resolve(connection, "ab1") == "ab1"
    assert proposals.resolve(connection, "a%") == "a%1"
    with pytest.raises(NotFound, match=r"Several proposals begin with 'ab'.*ab1, ab2\."):
        proposals.resolve(connection, "ab")
    with pytest.raises(NotFound, match="'p9' exists"):
        proposals.resolve(connection, "p9")
    with pytest.raises(NotFound, match="Several"):
        proposals.resolve(connection, "")


MODEL = "'{}', 'e1', '/m', 'h', 'production', TRUE, NULL, NULL, NULL, '{{}}', '{{}}', '2025-01-01'"
OLD_MODEL = f"INSERT INTO model_registry VALUES ({MODEL})"
OLD_PROPOSAL = (
    "INSERT INTO promotion_proposals (proposal_id, model_id, experiment_name, recommendation, "
    "confidence, reason, metrics, vs_baseline, criteria_results, lineage, status, created_at, "
    "expires_at) VALUES ('p0', 'm0', 'e1', 'PROMOTE', 0.5, 'because', '{\"sharpe_ratio\": 1.5}', "
    "'{}', '[]', '{}', 'PENDING_APPROVAL', '2025-01-01', '2025-01-15')"
)
OLD_TRIAL = (
    "INSERT INTO trial_ledger VALUES "
    "('t0', 'm0', 'e1', '2025-01-01', '2025-01-31', 0.5, 20, '2025-02-01')"
)


@pytest.fixture
def older(engine):
    """A function that makes the database one of before the second vote, with rows."""

    def downgrade(*statements):
        config = Config()
        migrations = Path(tables.__file__).with_name("migrations")
        config.set_main_option("script_location", str(migrations))
        with engine.execution_options(cambio_writes=True).begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0003")
            for statement in statements:
                connection.exec_driver_sql(statement)

    return downgrade


def test_what_was_stored_before_the_second_vote_is_kept(older, url):
    older(OLD_MODEL.format("m0"), OLD_PROPOSAL, OLD_TRIAL)
    migrated = open_database(url)
    with reading(migrated) as connection:
        [found] = proposals.every(connection)
        assert models.champion(connection)["model_id"] == "m0"
        [trial] = trials.every(connection)
        assert audit.verify(connection).passed
    migrated.dispose()
    assert (found.evidence, found.remedies, found.created_by) == ({}, [], "unknown")
    assert (found.comment, found.metrics) == (None, {"sharpe_ratio": 1.5})
    assert (trial.trial_id, trial.days, trial.returns) == ("t0", None, None)


def test_a_database_with_two_champions_says_so_and_stays_as_it_is(older, url, engine):
    older(OLD_MODEL.format("m0"), OLD_MODEL.format("m1"))
    with pytest.raises(ConfigError, match="Several models are active in production: m0, m1"):
        open_database(url)
    with engine.connect() as connection:
        revision = text("SELECT version_num FROM alembic_version")
        assert connection.execute(revision).scalar_one() == "0003"
