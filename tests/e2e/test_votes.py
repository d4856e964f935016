"""The second vote on the command line, from tokens to the champion and back."""

from __future__ import annotations

import sqlite3

import pytest
from tests.unit.app import ballots

from cambio.store.database import open_database


@pytest.fixture
def proposal(home):
    """The id of a proposal that waits."""
    engine = open_database(f"sqlite:///{home / 'cambio.db'}")
    product = ballots.at(ballots.resources(engine, home), ballots.NOW)
    ballots.publish_models(product)
    far = ballots.NOW.replace(year=2999)
    made = ballots.propose(product, "0d1e2f3a-4b5c-5d6e-8f90-a1b2c3d4e5f6", expires_at=far)
    ballots.propose(product, "9-over", model_id="random-s1")
    engine.dispose()
    return made.proposal_id


@pytest.fixture
def acting(cambio, monkeypatch):
    """A function that makes a token and acts under it from now on."""

    def act(name, role):
        made = cambio("token", "create", name, "--role", role)
        assert made.code == 0, made.err
        token = made.out.strip()
        monkeypatch.setenv("CAMBIO_TOKEN", token)
        return token

    return act


def test_from_a_proposal_to_the_champion_and_back(cambio, home, proposal, acting, monkeypatch):
    shown = cambio("proposals", "show", "0d1e")
    assert "olga" in shown.out
    assert "proposal:created" in shown.out
    refused = cambio("proposals", "approve", "0d1e", "--comment", "Yes.")
    assert refused.code == 9
    assert "takes the role approver" in refused.err

    token = acting("ana", "approver")
    assert cambio("token", "whoami", "--json").json() == {"name": "ana", "role": "approver"}
    approved = cambio("proposals", "approve", "0d1e", "--comment", "Yes.", "--json").json()
    assert (approved["status"], approved["reviewer"]) == ("APPROVED", "ana")
    again = cambio("proposals", "reject", "0d1e", "--comment", "No.")
    assert again.code == 8
    assert "was APPROVED by ana" in again.err
    verified = cambio("audit", "verify", "--json").json()
    assert (verified["passed"], verified["findings"]) == (True, [])

    with sqlite3.connect(home / "cambio.db") as connection:
        connection.execute(
            "UPDATE model_registry SET stage = 'archived' WHERE model_id = 'random-s0'"
        )
    connection.close()
    found = cambio("audit", "verify", "--head", verified["head"])
    assert found.code == 6
    assert "written past the application" in found.out
    assert cambio("audit", "adopt", "--comment", "Rolled back.", "--json").json() == {"rows": [8]}
    assert cambio("audit", "verify", "--head", verified["head"]).code == 0
    assert cambio("audit", "verify", "--head", f"3:{'0' * 64}").code == 6
    trail = cambio("audit", "list", "--subject", "random-s0", "--json").json()
    assert [(e["actor"], e["action"]) for e in trail[:2]] == [
        ("sql", "model:retired"),
        ("ana", "model:promoted"),
    ]

    assert cambio("token", "revoke", "ana").code == 0
    refused = cambio("proposals", "expire")
    assert refused.code == 9
    assert "was revoked" in refused.err
    assert token not in refused.err + refused.out
    monkeypatch.delenv("CAMBIO_TOKEN")
    assert token not in (home / "cambio.db").read_bytes().decode("latin1")


def test_the_job_closes_what_is_over(cambio, proposal):
    assert [row["status"] for row in cambio("proposals", "list", "--json").json()] == [
        "PENDING_APPROVAL",
        "PENDING_APPROVAL",
    ]
    closed = cambio("proposals", "expire", "--json").json()
    assert [row["proposal_id"] for row in closed] == ["9-over"]
    waiting = cambio("proposals", "list", "--status", "pending_approval", "--json").json()
    assert [row["proposal_id"] for row in waiting] == [proposal]


def test_lists_read_well_and_never_show_a_token(cambio, proposal, acting):
    assert "No tokens yet" in cambio("token", "list").out
    token = acting("vic", "viewer")
    listed = cambio("token", "list").out
    assert "vic" in listed
    assert token not in listed
    assert "pending until 2999" in cambio("proposals", "list").out
    assert "expired" in cambio("proposals", "list").out
    assert "token:created" in cambio("audit", "list", "--subject", "vic").out
    verified = cambio("audit", "verify").out
    assert "each sealed and as it was written" in verified
    assert "head 5:" in verified
    assert cambio("proposals", "expire").code == 9


def test_an_approval_says_what_the_model_becomes(cambio, home, proposal, acting):
    acting("ana", "approver")
    told = cambio("proposals", "approve", "0d1e", "--comment", "Yes.").out
    assert "it is the champion, with all of the capital" in told
    engine = open_database(f"sqlite:///{home / 'cambio.db'}")
    product = ballots.at(ballots.resources(engine, home), ballots.NOW)
    against = {"against": "random-s0"}
    far = ballots.NOW.replace(year=2999)
    ballots.propose(product, "p2", model_id="random-s1", vs_baseline=against, expires_at=far)
    engine.dispose()
    told = cambio("proposals", "approve", "p2", "--comment", "Better.").out
    assert "it is the challenger, with 10 % of the capital" in told


def test_what_is_wrong_with_a_vote_is_said_in_an_exit_code(cambio, proposal, acting):
    acting("ana", "approver")
    assert cambio("proposals", "approve", "zzz", "--comment", "Yes.").code == 7
    assert cambio("proposals", "approve", "0d1e", "--comment", " ").code == 3
    assert cambio("proposals", "approve", "9-over", "--comment", "Yes.").code == 8
    assert cambio("audit", "verify", "--head", "nonsense").code == 3
    assert cambio("audit", "grant", "somebody").code == 3
