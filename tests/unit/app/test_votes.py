"""The second vote, on both databases."""

# ruff: noqa: F811 (fixtures that are imported)

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.effort import times
from tests.unit.app.ballots import LIFE, MODELS, NOW, at, by, canary, champion, propose, together
from tests.unit.app.electorate import product, template  # noqa: F401

from cambio.app import accounts, votes
from cambio.app.sealing import load_for_trading
from cambio.contracts.accounts import Account, Role
from cambio.contracts.deployment import Role as Deployed
from cambio.contracts.handoffs import ProposalStatus, Recommendation
from cambio.errors import ConfigError, Conflict, ContractMismatch, NotAllowed, NotFound
from cambio.store import audit, deployments, events, models, proposals
from cambio.store.database import reading, transaction

ROOT = Path(__file__).parents[3]
KILLS = times(30, 100)
FIRST, SECOND = MODELS


@pytest.fixture
def ana(product):
    return by(product, "ana")


def registered(product, model_id):
    with reading(product.engine) as connection:
        return models.get(connection, model_id)


def found(product, proposal_id="p1"):
    with reading(product.engine) as connection:
        return proposals.get(connection, proposal_id)


def log(product):
    """Who did what to what, oldest first, since the proposals were made."""
    with reading(product.engine) as connection:
        entries = audit.entries(connection)
        assert audit.verify(connection).passed
    made = ("model:registered", "proposal:created", "proposal:changed")
    return [(e.actor, e.action, e.subject) for e in entries[::-1] if e.action not in made]


def nothing_happened(product):
    assert (found(product).status, champion(product)) == (ProposalStatus.PENDING, None)
    assert log(product) == []


# An approval


def test_an_approved_model_becomes_champion(product, ana):
    voted = votes.approve(ana, "p1", "Looks right.")
    assert voted == found(product)
    assert (voted.status, voted.reviewer, voted.reviewed_at) == ("APPROVED", "ana", NOW)
    assert voted.comment == "Looks right."
    model = registered(product, FIRST)
    assert (model["stage"], model["is_active"], model["approved_by"]) == ("production", True, "ana")
    assert (model["approved_at"], model["promoted_at"]) == (NOW, NOW)


def test_the_former_champion_is_archived_and_every_step_is_in_the_log(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    propose(product, "p2", model_id=SECOND, vs_baseline={"against": FIRST})
    votes.approve(canary(by(product, "bob"), steps=(1.0,)), "p2", "Better.")
    assert champion(product) == SECOND
    former = registered(product, FIRST)
    assert (former["stage"], former["is_active"]) == ("archived", False)
    assert log(product) == [
        ("ana", "proposal:approved", "p1"),
        ("ana", "model:promoted", FIRST),
        ("bob", "proposal:approved", "p2"),
        ("bob", "model:retired", FIRST),
        ("bob", "model:promoted", SECOND),
    ]


def test_a_review_can_be_approved_and_the_id_cut_short(product, ana):
    propose(product, "q1", recommendation=Recommendation.REVIEW)
    assert votes.approve(ana, "q", "Looks right.").proposal_id == "q1"


def test_approving_points_the_trackers_aliases(product, ana):
    told = []

    class Recorder:
        def aliases(self, champion, challenger):
            told.append((champion, challenger))

    propose(product, "p2", model_id=SECOND)
    propose(product, "p3", model_id=SECOND, expires_at=NOW + timedelta(seconds=1))
    watched = replace(ana, tracker=Recorder())
    votes.approve(watched, "p1", "Looks right.")
    votes.reject(watched, "p2", "Was compared with flat.")
    votes.mirror(at(watched, NOW + timedelta(seconds=1)))
    assert told == [(FIRST, SECOND), (FIRST, SECOND), (FIRST, None)]


def test_beside_a_champion_the_approved_model_is_the_challenger(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    propose(product, "p2", model_id=SECOND, vs_baseline={"against": FIRST})
    votes.approve(canary(ana, steps=(0.2, 1.0)), "p2", "Better.")
    assert champion(product) == FIRST
    model = registered(product, SECOND)
    assert (model["stage"], model["is_active"], model["approved_by"]) == ("canary", False, "ana")
    with reading(product.engine) as connection:
        running = deployments.challenger(connection)
    assert (running.model_id, running.share, running.started_by) == (SECOND, 0.2, "ana")
    assert (running.started_at, running.stepped_at) == (NOW, NOW)
    assert log(product)[2:] == [
        ("ana", "proposal:approved", "p2"),
        ("ana", "model:changed", SECOND),
        ("ana", "deployment:started", SECOND),
    ]


@pytest.mark.parametrize("steps", [(0.1, 1.0), (1.0,)])
def test_while_a_challenger_runs_nothing_else_is_approved(product, ana, steps):
    votes.approve(ana, "p1", "Looks right.")
    for proposal_id in ("p2", "p3"):
        propose(product, proposal_id, model_id=SECOND, vs_baseline={"against": FIRST})
    votes.approve(ana, "p2", "Better.")
    with pytest.raises(Conflict, match=f"{SECOND} is the challenger since 2025-12-01 18:00 UTC"):
        votes.approve(canary(ana, steps=steps), "p3", "Again.")
    assert found(product, "p3").status is ProposalStatus.PENDING


def test_a_challenger_that_began_meanwhile_is_noticed(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    propose(product, "p2", model_id=SECOND, vs_baseline={"against": FIRST})

    others = ["m9"]

    def clock():
        """Be asked first while the proposal is being read."""
        while others:
            with transaction(product.engine) as other:
                deployments.start(other, others.pop(), Deployed.CHALLENGER, 0.1, "bob", NOW)
        return NOW

    with pytest.raises(Conflict, match="m9 is the challenger since"):
        votes.approve(replace(canary(ana, steps=(1.0,)), now=clock), "p2", "Better.")
    assert champion(product) == FIRST


def test_what_was_approved_has_a_signed_bundle(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    loaded = load_for_trading(product, registered(product, FIRST))
    assert loaded.model_id == FIRST


def test_a_vote_is_told_and_what_it_did(product, ana):
    propose(product, "p2")
    votes.approve(ana, "p1", "Looks right.")
    votes.reject(ana, "p2", "No.")
    with reading(product.engine) as connection:
        told = [(e.type, e.subject, e.time) for e in events.after(connection, 0, 10)]
    assert told == [
        ("proposal", "p1", NOW),
        ("promotion", FIRST, NOW),
        ("proposal", "p2", NOW),
    ]


# A rejection


def offered(product, **changed):
    """Offer another proposal; give what was told of proposals so far."""
    with reading(product.engine) as connection:
        first = proposals.get(connection, "p1")
    with transaction(product.engine) as connection:
        votes.offer(connection, replace(first, **{"proposal_id": "p9", **changed}))
        return [(e.subject, e.data["text"]) for e in events.after(connection, 0, 99)]


def test_a_proposal_that_waits_for_a_vote_is_told_once(product, ana):
    told = [("p9", "random-s0 waits for a vote until 2025-12-15.")]
    assert offered(product) == told
    assert offered(product, confidence=0.5) == told
    votes.reject(ana, "p9", "No.")
    assert [subject for subject, _ in offered(product)] == ["p9", "p9"]


def test_a_proposal_that_was_over_is_told_again(product):
    offered(product)
    later = {"created_at": NOW + 2 * LIFE, "expires_at": NOW + 3 * LIFE}
    assert [text for _, text in offered(product, **later)] == [
        "random-s0 waits for a vote until 2025-12-15.",
        "random-s0 waits for a vote until 2026-01-12.",
    ]


def test_a_proposal_that_nobody_can_approve_is_not_told(product):
    assert offered(product, recommendation=Recommendation.REJECT) == []


def test_a_rejection_changes_no_model(product, ana):
    before = registered(product, FIRST)
    voted = votes.reject(ana, "p1", "Too few trades.")
    assert (voted.status, voted.reviewer, voted.comment) == ("REJECTED", "ana", "Too few trades.")
    assert registered(product, FIRST) == before
    assert log(product) == [("ana", "proposal:rejected", "p1")]


def test_what_l4_rejects_a_person_can_reject_too(product, ana):
    propose(product, "p2", recommendation=Recommendation.REJECT)
    assert votes.reject(ana, "p2", "Indeed.").status is ProposalStatus.REJECTED


# Who may vote


@pytest.mark.parametrize("vote", [votes.approve, votes.reject])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_only_an_approver_votes(product, vote, role):
    with pytest.raises(NotAllowed, match=f"carl is {role}; voting on a proposal takes"):
        vote(by(product, "carl", role), "p1", "Why not.")
    nothing_happened(product)


@pytest.mark.parametrize("vote", [votes.approve, votes.reject])
def test_the_author_does_not_vote(product, vote):
    with pytest.raises(NotAllowed, match="olga ran the experiment"):
        vote(by(product, "olga"), "p1", "I trust myself.")
    nothing_happened(product)


@pytest.mark.parametrize(
    "made",
    [
        [("olga", "puppet")],
        [("olga", "helper"), ("helper", "puppet")],
        [("puppet", "olga")],
    ],
    ids=["by the author", "by one whom the author made", "the author's by the voter"],
)
def test_who_stands_behind_the_other_does_not_vote(product, made):
    for maker, name in made:
        accounts.create_token(by(product, maker), name, Role.APPROVER)
    with pytest.raises(NotAllowed, match="is not independent of olga") as caught:
        votes.approve(by(product, "puppet"), "p1", "As told.")
    assert "whose token olga did not make" in caught.value.remedy
    assert champion(product) is None


def test_two_accounts_of_one_administrator_are_independent(product):
    for name in ("olga", "ana"):
        accounts.create_token(by(product, "os:root", Role.OPERATOR), name, Role.APPROVER)
    votes.approve(by(product, "ana"), "p1", "Looks right.")
    assert champion(product) == FIRST


def test_nobody_votes_on_what_has_no_author(product, ana):
    propose(product, "p2", created_by="unknown")
    with pytest.raises(Conflict, match="does not say who ran its experiment"):
        votes.approve(ana, "p2", "Looks right.")


@pytest.mark.parametrize("vote", [votes.approve, votes.reject])
def test_a_vote_needs_a_comment(product, ana, vote):
    with pytest.raises(ConfigError, match="needs a comment"):
        vote(ana, "p1", " \n")
    nothing_happened(product)


# What can be voted on


def test_an_unknown_proposal_is_not_found(ana):
    with pytest.raises(NotFound, match="'p9' exists"):
        votes.approve(ana, "p9", "Looks right.")


@pytest.mark.parametrize("again", [votes.approve, votes.reject])
@pytest.mark.parametrize("vote", [votes.approve, votes.reject])
def test_a_vote_stands(product, ana, vote, again):
    vote(ana, "p1", "First.")
    before = (found(product), champion(product), log(product))
    with pytest.raises(
        Conflict, match=r"(APPROVED|REJECTED) by ana on 2025-12-01 18:00 UTC: First"
    ):
        again(by(product, "bob"), "p1", "Second.")
    assert (found(product), champion(product), log(product)) == before


@pytest.mark.parametrize("vote", [votes.approve, votes.reject])
@pytest.mark.parametrize("job_ran", [True, False])
def test_an_expired_proposal_is_not_voted_on(product, ana, vote, job_ran):
    late = at(ana, NOW + LIFE)
    if job_ran:
        assert [p.proposal_id for p in votes.expire(late)] == ["p1"]
    with pytest.raises(Conflict, match="expired on 2025-12-15 18:00 UTC"):
        vote(late, "p1", "Looks right.")
    assert champion(product) is None


def test_a_vote_at_the_last_moment_counts(product, ana):
    votes.approve(at(ana, NOW + LIFE - timedelta(microseconds=1)), "p1", "Looks right.")
    assert champion(product) == FIRST


def test_expiry_is_logged_and_a_viewer_may_not_cause_it(product):
    late = at(product, NOW + LIFE)
    with pytest.raises(NotAllowed):
        votes.expire(by(late, "vic", Role.VIEWER))
    assert len(votes.expire(by(late, "os:cron", Role.OPERATOR))) == 1
    assert votes.expire(by(late, "os:cron", Role.OPERATOR)) == []
    assert log(product) == [("os:cron", "proposal:expired", "p1")]


def test_a_reject_is_not_approved_and_says_what_would_have_to_change(product, ana):
    propose(product, "p2", recommendation=Recommendation.REJECT, remedies=["Trade at least 50."])
    with pytest.raises(Conflict, match=r"can't be approved\. Trade at least 50\."):
        votes.approve(ana, "p2", "I like it.")
    assert champion(product) is None


def test_a_champion_that_changed_meanwhile_asks_for_another_comparison(product, ana):
    propose(product, "p2", model_id=SECOND)
    votes.approve(ana, "p1", "Looks right.")
    with pytest.raises(Conflict, match=f"compared with flat, but the champion is {FIRST} now"):
        votes.approve(ana, "p2", "Better.")
    assert champion(product) == FIRST


def test_a_champion_that_left_meanwhile_asks_for_another_comparison(product, ana):
    propose(product, "p2", model_id=SECOND, vs_baseline={"against": FIRST})
    with pytest.raises(Conflict, match=f"compared with {FIRST}, but the champion is flat now"):
        votes.approve(ana, "p2", "Better.")


def test_the_champion_is_not_promoted_again(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    propose(product, "p2")
    with pytest.raises(Conflict, match=f"{FIRST} is the champion already"):
        votes.approve(ana, "p2", "Again.")


def test_a_model_whose_files_changed_is_not_approved(product, ana):
    (product.models / FIRST / "policy.onnx").write_bytes(b"another graph")
    with pytest.raises(ContractMismatch, match="model hash"):
        votes.approve(ana, "p1", "Looks right.")
    nothing_happened(product)


def test_a_proposal_of_another_graph_than_the_registrys_is_not_approved(product, ana):
    propose(product, "p2", lineage={"model_hash": "0" * 64})
    with pytest.raises(ContractMismatch, match="000"):
        votes.approve(ana, "p2", "Looks right.")


def test_a_model_whose_entry_changes_while_its_files_are_read_is_not_approved(product, ana):
    moves = ["UPDATE model_registry SET model_path = 'elsewhere'"]

    def clock():
        """Be asked first while the entry is being read."""
        while moves:
            with transaction(product.engine) as other:
                other.exec_driver_sql(moves.pop())
        return NOW

    with pytest.raises(Conflict, match=f"entry of {FIRST} changed during the vote"):
        votes.approve(replace(ana, now=clock), "p1", "Looks right.")
    assert champion(product) is None


# At the same moment, and killed


def test_of_two_reviewers_at_the_same_moment_one_wins_and_the_other_learns_who(product):
    answers = together(
        lambda: votes.approve(by(product, "ana"), "p1", "Yes."),
        lambda: votes.reject(by(product, "bob"), "p1", "No."),
    )
    [lost] = [answer for answer in answers if isinstance(answer, Conflict)]
    [won] = [answer for answer in answers if not isinstance(answer, Conflict)]
    assert f"was {won.status} by {won.reviewer} on" in lost.what
    assert won.comment in lost.what
    assert champion(product) == (FIRST if won.reviewer == "ana" else None)
    votes_logged = {"ana": "proposal:approved", "bob": "proposal:rejected"}
    assert log(product)[0] == (won.reviewer, votes_logged[won.reviewer], "p1")
    assert len(log(product)) == (2 if won.reviewer == "ana" else 1)


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_models_approved_at_the_same_moment_one_becomes_champion(product, attempt):
    """While there is no champion, they share no row to wait for each other at."""
    propose(product, "p2", model_id=SECOND)
    answers = together(
        lambda: votes.approve(by(product, "ana"), "p1", "Yes."),
        lambda: votes.approve(by(product, "bob"), "p2", "Yes."),
    )
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    [won] = [answer for answer in answers if not isinstance(answer, Conflict)]
    [lost] = [answer for answer in answers if isinstance(answer, Conflict)]
    assert f"compared with flat, but the champion is {won.model_id} now" in lost.what
    assert champion(product) == won.model_id
    assert len(log(product)) == 2


def test_votes_that_are_killed_leave_one_consistent_outcome(postgresql_url, tmp_path):
    urls = {"sqlite": f"sqlite:///{tmp_path / 'cambio.db'}", "postgresql": postgresql_url}
    script = [sys.executable, "-m", "tests.unit.app.killed_votes"]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    runs = [
        subprocess.Popen([*script, url, tmp_path / name, str(KILLS)], **piped)
        for name, url in urls.items()
    ]
    for run in runs:
        out, err = run.communicate()
        assert run.returncode == 0, err
        told = json.loads(out)
        assert told["landed"] + told["undone"] == KILLS
        assert min(told["landed"], told["undone"]) >= KILLS // 10
        assert told["killed"] >= KILLS // 2


# Back by hand


ROLLBACK = (
    f"UPDATE model_registry SET stage = 'archived' WHERE model_id = '{SECOND}'",
    f"UPDATE model_registry SET stage = 'production', is_active = TRUE WHERE model_id = '{FIRST}'",
)
"""As the specification has it, challenger and champion by name."""


def test_after_the_specifications_rollback_the_next_vote_adopts_its_rows(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    propose(product, "p2", model_id=SECOND, vs_baseline={"against": FIRST})
    votes.approve(canary(ana, steps=(1.0,)), "p2", "Better.")
    with transaction(product.engine) as connection:
        for statement in ROLLBACK:
            connection.execute(text(statement))
    assert champion(product) == FIRST
    propose(product, "p3", model_id=SECOND, vs_baseline={"against": FIRST})
    *_, retired, promoted, adopted = log(product)
    assert [entry[1:] for entry in (retired, promoted)] == [
        ("model:retired", SECOND),
        ("model:promoted", FIRST),
    ]
    assert retired[0] == promoted[0]
    assert retired[0].startswith("sql")
    assert adopted == ("olga", "audit:adopted", "approval_audit_log")


# Accounts


def test_a_token_is_its_account_until_it_is_revoked(product):
    root = by(product, "os:root", Role.OPERATOR)
    token = accounts.create_token(root, "ana", Role.APPROVER)
    assert token.startswith("cambio_")
    assert len(token) >= len("cambio_") + 43

    def known(text):
        from pydantic import SecretStr

        return accounts.current(product.engine, SecretStr(text), "root", NOW)

    assert known(token) == Account("ana", Role.APPROVER)
    with pytest.raises(NotAllowed, match="is not known here"):
        known(token[:-1])
    accounts.revoke_token(root, "ana")
    with pytest.raises(NotAllowed, match="of ana was revoked on 2025-12-01 18:00 UTC"):
        known(token)
    assert log(product) == [
        ("os:root", "token:created", "ana"),
        ("os:root", "token:revoked", "ana"),
    ]


def test_a_token_that_is_no_text_is_not_known(product):
    from pydantic import SecretStr

    with pytest.raises(NotAllowed, match="is not known here"):
        accounts.current(product.engine, SecretStr("cambio_\udcff"), "root", NOW)


def test_a_token_ends_after_its_days(product):
    from pydantic import SecretStr

    token = SecretStr(accounts.create_token(by(product, "os:root"), "ana", Role.VIEWER, days=2))
    last = NOW + timedelta(days=2)
    before = last - timedelta(microseconds=1)
    assert accounts.current(product.engine, token, "root", before).name == "ana"
    with pytest.raises(NotAllowed, match="of ana ended on 2025-12-03"):
        accounts.current(product.engine, token, "root", last)


def test_without_a_token_the_login_is_an_operator(product):
    account = accounts.current(product.engine, None, "carl", NOW)
    assert account == Account("os:carl", Role.OPERATOR)


def test_a_token_makes_none_of_a_higher_role(product):
    with pytest.raises(NotAllowed, match="takes the role approver"):
        accounts.create_token(by(product, "carl", Role.OPERATOR), "carla", Role.APPROVER)
    with pytest.raises(NotAllowed, match="takes the role operator"):
        accounts.create_token(by(product, "vic", Role.VIEWER), "vicky", Role.VIEWER)
    assert accounts.create_token(by(product, "carl", Role.OPERATOR), "carla", Role.OPERATOR)


def test_an_account_has_one_token_at_a_time(product):
    root = by(product, "os:root", Role.OPERATOR)
    accounts.create_token(root, "ana", Role.APPROVER, days=1)
    with pytest.raises(Conflict, match="ana has a token that is accepted"):
        accounts.create_token(root, "ana", Role.APPROVER)
    assert accounts.create_token(at(root, NOW + timedelta(days=1)), "ana", Role.APPROVER)
    assert [token.name for token in accounts.tokens(product)] == ["ana", "ana"]


@pytest.mark.parametrize(
    "name", ["", "Ana", "os:ana", "a" * 61, "-ana", "sql", "cambio", "unknown"]
)
def test_names_that_would_be_taken_for_others_are_refused(product, name):
    with pytest.raises(ConfigError, match="can't be the name of an account"):
        accounts.create_token(by(product, "os:root"), name, Role.VIEWER)


def test_others_tokens_are_revoked_by_approvers_and_logins(product):
    root = by(product, "os:root", Role.OPERATOR)
    for name in ("ana", "carl"):
        accounts.create_token(root, name, Role.OPERATOR)
    with pytest.raises(NotAllowed, match="revoking the token of another"):
        accounts.revoke_token(by(product, "carl", Role.OPERATOR), "ana")
    accounts.revoke_token(by(product, "carl", Role.OPERATOR), "carl")
    accounts.revoke_token(by(product, "bob", Role.APPROVER), "ana")
    with pytest.raises(NotFound, match=r"ana has no token that could be revoked\. Nobody"):
        accounts.revoke_token(root, "ana")
