"""What a person reads at 80 columns: ids and paths, which are copied, stay whole."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from cambio.app.deployments import DeploymentReport
from cambio.cli import console, render, render_deploy, render_live, render_votes
from cambio.contracts.audit import AuditEntry
from cambio.contracts.deployment import Deployment, Role, Status
from cambio.contracts.handoffs import Recommendation
from cambio.contracts.trading import Action, Reason, Signal

TIME = datetime(2025, 1, 15, 13, 55, tzinfo=UTC)
MODEL = "baseline_ppo_v1-s42-da27fd95"


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setattr(console.out, "width", 80)


def ended(why="Its losses were too large, and nobody wanted to wait for more of them."):
    by = ("ana", TIME, TIME, "os:operator", TIME)
    return Deployment(1, MODEL, Role.CHALLENGER, 0.1, Status.ROLLED_BACK, *by, why)


def test_signals_show_the_id_the_role_and_why_nothing_is_held(capsys):
    blocked = (Reason.OUT_OF_DISTRIBUTION, Reason.MAX_TRADES)
    numbers = (0.71, 4300.0, 1, 0, 0, 10_000.0)
    render_live.signals(
        [Signal(TIME, MODEL, "challenger", Action.BUY, *numbers, blocked, False, None)]
    )
    said = capsys.readouterr().out
    for word in (f"{MODEL}@20250115T1355Z", "challenger", "BUY 0.71 → FLAT", *map(str, blocked)):
        assert word in said
    assert "…" not in said


def test_the_log_shows_actions_and_subjects_whole(capsys):
    after = {"stage": "archived", "comment": "It lost more than anybody thought. " * 4}
    change = {"before": {"stage": "canary"}, "after": after}
    action = "deployment:rolled_back"
    entry = AuditEntry(1042, TIME, "os:operator", action, MODEL, change, sealed=True)
    render_votes.entries("Audit log", [entry])
    said = capsys.readouterr().out
    for word in ("1042", "2025-01-15 13:55", "os:operator", action, MODEL):
        assert word in said
    assert "…" not in said


def test_what_ended_has_its_reason_beside_it(capsys):
    render_deploy.report(DeploymentReport(None, None, [], [ended(), ended("Too few trades.")], {}))
    said = capsys.readouterr().out
    assert said.count(MODEL) == 2
    for word in ("challenger, rolled back", "2025-01-15 13:55", "by os:operator", "Too few trades"):
        assert word in said
    assert "…" not in said


def test_a_path_is_not_broken(capsys):
    path = f"/data/{'long-name/' * 9}report.html"
    console.facts("", {"report": path, "reason": "word " * 30})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"report   {path}"
    assert lines[1:] == [
        "reason   " + " ".join(["word"] * 14),
        *[f"         {' '.join(['word'] * n)}" for n in (14, 2)],
    ]


@pytest.mark.parametrize("vote", Recommendation)
def test_who_ran_the_demo_is_told_that_another_has_to_vote_where_anybody_may(capsys, vote):
    render.second_person(SimpleNamespace(recommendation=vote, created_by="os:eva"))
    told = "os:eva ran the experiment" in capsys.readouterr().out
    assert told == (vote is not Recommendation.REJECT)
