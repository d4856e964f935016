"""The Models page: who may changes who trades, once and with a reason; who may not sees why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect
from tests.dashboard.conftest import CHALLENGER, CHAMPION, SHADOW

from cambio.contracts.accounts import Role
from cambio.contracts.deployment import Role as Doing
from cambio.store import deployments, models
from cambio.store.database import reading

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.dashboard.served import Site


def _answer(page: Page, action: str, comment: str) -> None:
    """Give the dangerous answer; it can't be given without a comment."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    answer = dialog.get_by_role("button", name=action)
    expect(answer).to_be_disabled()
    dialog.get_by_role("textbox").fill(comment)
    answer.click()
    expect(dialog).to_have_count(0)


def _split(page: Page) -> Locator:
    return page.get_by_role("img", name="of the capital")


def _running(site: Site, role: Doing) -> list[str]:
    with reading(site.resources.engine) as connection:
        return [one.model_id for one in deployments.running(connection) if one.role is role]


def test_an_operator_stops_a_shadow_and_starts_it_again(site, visit):
    with visit("/models/", role=Role.OPERATOR) as page:
        shadows = page.get_by_role("table", name="Shadows")
        page.get_by_role("button", name=f"Stop {SHADOW}").click()
        expect(page.get_by_role("dialog")).to_contain_text("Its book is kept")
        _answer(page, "Stop the shadow", "Seen enough.\nFor now.")
        expect(shadows).to_have_count(0)
        expect(page.get_by_role("table", name="Ended")).to_contain_text("Seen enough. For now.")
        assert _running(site, Doing.SHADOW) == []

        page.get_by_role("table", name="Registry").get_by_text(SHADOW).click()
        page.get_by_role("button", name="Run as shadow").click()
        _answer(page, "Start the shadow", "Once more.")
        expect(shadows).to_contain_text(SHADOW)
        assert _running(site, Doing.SHADOW) == [SHADOW]


def test_a_viewer_is_told_why_not_and_an_operator_rolls_back(site, visit):
    with visit("/models/", role=Role.VIEWER) as page:
        for name in ("Roll back", "Promote", f"Stop {SHADOW}"):
            expect(page.get_by_role("button", name=name)).to_be_disabled()
        reason = "Takes the role operator; you are viewer."
        expect(page.get_by_role("button", name="Roll back")).to_have_accessible_description(reason)

    with visit("/models/", role=Role.OPERATOR) as page:
        expect(_split(page)).to_have_accessible_name(
            f"{CHAMPION} trades 90 % of the capital, {CHALLENGER} 10 %."
        )
        expect(page.get_by_role("button", name="Promote")).to_be_disabled()
        page.get_by_role("button", name="Roll back").click()
        expect(page.get_by_role("dialog")).to_contain_text("It loses its 10 % of the capital")
        _answer(page, "Take its capital", "It trades too much.")
        expect(_split(page)).to_have_accessible_name(f"{CHAMPION} trades all of the capital.")
        expect(page.get_by_role("table", name="Ended")).to_contain_text("It trades too much.")
        former = page.get_by_role("button", name="Former champion back")
        expect(former).to_have_accessible_description("No archived model was champion before.")
    assert _running(site, Doing.CHALLENGER) == []


def test_an_approver_promotes_the_challenger(site, visit):
    with visit("/models/") as page:
        page.get_by_role("button", name="Promote").click()
        expect(page.get_by_role("dialog")).to_contain_text(f"{CHAMPION} is archived")
        _answer(page, "Make it champion", "Better in every week.")
        expect(_split(page)).to_have_accessible_name(f"{CHALLENGER} trades all of the capital.")
        expect(page.get_by_role("button", name="Former champion back")).to_be_enabled()
    with reading(site.resources.engine) as connection:
        champion = models.champion(connection)
    assert champion is not None
    assert champion["model_id"] == CHALLENGER


def test_a_stage_and_a_model_stay_in_the_address(visit):
    with visit("/models/") as page:
        registry = page.get_by_role("table", name="Registry")
        page.get_by_role("group", name="Stage").get_by_role("button", name="canary").click()
        expect(registry.get_by_role("row")).to_have_count(2)
        registry.get_by_text(CHALLENGER).click()
        hashes = page.get_by_role("button", name="Copy ddc9d7cdba81ab3d")
        expect(hashes).to_be_visible()
        page.reload()
        expect(hashes).to_be_visible()
        expect(registry.get_by_role("row")).to_have_count(2)
        assert f"stage=canary&id={CHALLENGER}" in page.url
