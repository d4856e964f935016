"""The Proposals page: who may vote sees what it does and does it once; who may not sees why."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from tests.dashboard.conftest import CHAMPION, CLOCK, PHONE, opened
from tests.dashboard.conftest import SHADOW as MODEL
from tests.dashboard.test_every_page import grave_violations
from tests.models import publish
from tests.unit.app import ballots

from cambio.api.evidence import EXAMPLE
from cambio.app import accounts, evidence
from cambio.contracts.accounts import Role
from cambio.contracts.handoffs import ProposalStatus, Recommendation
from cambio.features.spec import FeatureSpec
from cambio.store import audit, deployments, models, proposals
from cambio.store.database import reading, transaction

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from cambio.contracts.handoffs import PromotionProposal

OPEN, OVER = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
PATH = f"/proposals/?id={OPEN}"
WEEK = timedelta(days=7)


def _gate(name: str, value: float, threshold: float, otherwise: str) -> dict[str, Any]:
    told = {"value": value, "threshold": threshold, "passed": otherwise == "REJECT"}
    return {"kind": "gate", "gate": name, "otherwise": otherwise, "explanation": "Told."} | told


def _criterion(metric: str, value: float, threshold: float, weight: float) -> dict[str, Any]:
    told = {"value": value, "threshold": threshold, "weight": weight, "passed": True}
    told["otherwise"] = "REJECT"
    return {"kind": "criterion", "metric": metric, "direction": "gte"} | told


ASKED: dict[str, Any] = {
    "model_id": MODEL,
    "recommendation": Recommendation.REVIEW,
    "reason": "REVIEW: one gate failed.",
    "criteria_results": [
        _criterion("sharpe_ratio", 1.2, 1.0, 3.0),
        _gate("min_trades", 59, 20, "REJECT"),
        _gate("deflated_sharpe", 0.91, 0.95, "PROMOTE"),
    ],
    "remedies": ["A Sharpe ratio of 1.60 over these 122 sessions."],
    "metrics": {"sharpe_ratio": 1.2, "max_drawdown": 0.04},
    "evidence": {"intervals": {"sharpe_ratio": {"low": 0.2, "high": 2.2, "level": 0.95}}},
    "vs_baseline": {"against": CHAMPION, "sharpe_delta": 0.3, "is_improvement": True},
}


@pytest.fixture(scope="session")
def traded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where one model trades, and another is proposed beside it."""
    home = tmp_path_factory.mktemp("proposals") / "home"
    with opened(home) as resources:
        for seed, model_id in ((11, CHAMPION), (10, MODEL)):
            publish(resources, FeatureSpec(), seed, model_id)
        now = resources.now()
        with transaction(resources.engine) as connection, audit.recording(connection, "test"):
            models.promote(connection, models.Succession(CHAMPION, None), "test", now)
        _record(resources, _propose(resources, OPEN))
        _propose(resources, OVER, created_at=now - 2 * WEEK, expires_at=now - WEEK)
    return home


def _propose(resources: Any, proposal_id: str, **changed: Any) -> PromotionProposal:
    now = resources.now()
    times = {"created_at": now, "expires_at": now + WEEK}
    return ballots.propose(resources, proposal_id, **{**ASKED, **times, **changed})


def _record(resources: Any, proposal: PromotionProposal) -> None:
    """Two sessions, after which it is worth 1.002 of the capital, and 1.004 without costs."""
    path = evidence.path_of(resources, proposal)
    path.parent.mkdir(parents=True, exist_ok=True)
    of = {"proposal_id": proposal.proposal_id, "model_hash": proposal.lineage["model_hash"]}
    path.write_text(json.dumps(EXAMPLE | of | {"format": evidence.FORMAT}))


def _vote(page: Page, verb: str, comment: str) -> None:
    """Vote as somebody in a hurry does: by a double click."""
    page.get_by_role("button", name=f"{verb} …").click()
    answer = page.get_by_role("dialog").get_by_role("button", name=verb, exact=True)
    expect(answer).to_be_disabled()
    page.get_by_role("dialog").get_by_role("textbox").fill(comment)
    answer.dblclick()


def _asked(page: Page) -> Any:
    return page.get_by_role("heading", name=f"Let {MODEL} challenge {CHAMPION}?")


def test_an_approver_makes_it_the_challenger_once(site, visit):
    sent = []
    with visit("/proposals/") as page:
        page.on("request", lambda asked: sent.append(asked.method) if "approve" in asked.url else 0)
        page.get_by_role("button", name="Open").click()
        page.get_by_role("row", name=MODEL).first.click()
        expect(_asked(page)).to_be_visible()
        page.get_by_role("button", name="Approve …").click()
        expect(page.get_by_role("dialog")).to_contain_text(f"trades beside {CHAMPION}")
        page.get_by_role("button", name="Cancel").click()
        _vote(page, "Approve", "Understood.")
        expect(page.get_by_text(re.compile(r"by approver-0"))).to_be_visible()
        expect(page.get_by_role("table", name="History")).to_contain_text("Understood.")
        expect(page.get_by_role("button", name="Approve …")).to_have_count(0)
    assert sent == ["POST"]
    with reading(site.resources.engine) as connection:
        running = deployments.challenger(connection)
    assert running is not None
    assert (running.model_id, running.share) == (MODEL, 0.1)


def test_a_reject_keeps_its_comment(site, visit):
    with visit(PATH) as page:
        _vote(page, "Reject", "Six weeks are too few.")
        expect(page.locator("q")).to_have_text("Six weeks are too few.")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(f"{MODEL} was rejected")
    with reading(site.resources.engine) as connection:
        found = proposals.get(connection, OPEN)
    assert (found.status, found.comment) == (ProposalStatus.REJECTED, "Six weeks are too few.")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_a_link_opens_after_the_log_in_and_says_who_may_vote(site, browser, role):
    secret = SecretStr(accounts.create_token(site.resources, "ana", role))
    with browser.new_context() as context:
        context.add_init_script(CLOCK)
        page = context.new_page()
        page.goto(site.url + PATH)
        page.get_by_label("Token").fill(secret.get_secret_value())
        page.get_by_role("button", name="Log in").click()
        expect(_asked(page)).to_be_visible()
        expect(page.get_by_text(f"takes the role approver; you are ana, {role}")).to_be_visible()
        for verb in ("Approve …", "Reject …"):
            expect(page.get_by_role("button", name=verb)).to_be_disabled()


def test_an_approver_who_may_not_reads_why(site, visit):
    own, near = (OPEN.replace("a", letter) for letter in "cd")
    _propose(site.resources, own, created_by="approver-0")
    _propose(site.resources, near, created_by=site.resources.account().name)
    with visit(f"/proposals/?id={own}", expected=("403", "404")) as page:
        expect(page.get_by_text("you (approver-0) ran the experiment")).to_be_visible()
        expect(page.get_by_role("button", name="Approve …")).to_be_disabled()
        page.goto(f"{site.url}/proposals/?id={OVER}")
        expect(page.get_by_text("Its time is over")).to_contain_text("cambio experiment run random")
        expect(page.get_by_role("button", name="Approve …")).to_have_count(0)
        expect(page.get_by_text("were not recorded with this proposal")).to_be_visible()
        page.goto(f"{site.url}/proposals/?id={near}")
        _vote(page, "Reject", "No.")
        told = page.get_by_role("dialog").get_by_role("alert")
        expect(told).to_contain_text("made the token of approver-0")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("button", name="Reject …")).to_be_enabled()


def test_each_rule_tells_what_would_change_the_verdict(visit, shoot):
    with visit(PATH, theme="light", size=PHONE) as page:
        rules = page.get_by_role("table", name="Gates and criteria")
        expect(rules).to_contain_text("At 95.00 or more: promote.")
        expect(rules).to_contain_text("Below 20: reject.")
        expect(page.get_by_text("Audit chain verified")).to_be_visible()
        shoot(page, "proposal-phone-light")
        assert grave_violations(page) == []


def test_the_costs_and_the_session_of_the_curves_are_chosen(visit, shoot):
    with visit(f"{PATH}&costs=x0") as page:
        curves = page.get_by_role("slider")
        expect(curves).to_have_attribute("aria-valuetext", re.compile(r"2 Jul 2025: .* \+0.40 %"))
        page.get_by_role("button", name="×1").click()
        expect(curves).to_have_attribute("aria-valuetext", re.compile(r"2 Jul 2025: .* \+0.20 %"))
        curves.press("ArrowLeft")
        expect(curves).to_have_attribute("aria-valuetext", re.compile(r"1 Jul 2025: .* \+0.10 %"))
        assert "costs" not in page.url
        shoot(page, "proposal-laptop-dark")
