"""The Risk page: limits and what is used, a book that is resumed, and the log as it grows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from sqlalchemy import select, update
from tests.dashboard.conftest import CHALLENGER, CHAMPION

from cambio.app import controls
from cambio.contracts.accounts import Role
from cambio.store import tables
from cambio.store.database import transaction

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from tests.dashboard.served import Site


def _stop(site: Site, model_id: str) -> None:
    """Have a book be stopped by its drawdown, as the engine would have stored it."""
    table = tables.engine_state
    with transaction(site.resources.engine) as connection:
        state = copy.deepcopy(connection.execute(select(table.c.state)).scalar_one())
        state["engine"]["books"][model_id]["risk"]["drawdown_breached"] = True
        connection.execute(update(table).values(state=state))


def _line(page: Page, name: str) -> Locator:
    return page.get_by_role("table", name="Limits against use").get_by_role("row", name=name)


def test_an_operator_resumes_a_stopped_book(site, visit):
    _stop(site, CHAMPION)
    with visit("/risk/", role=Role.VIEWER) as page:
        expect(_line(page, CHAMPION)).to_contain_text("stopped by its drawdown")
        expect(page.get_by_role("button", name=f"Resume {CHAMPION}")).to_be_disabled()
        expect(_line(page, CHALLENGER)).to_contain_text("may trade")

    with visit("/risk/", role=Role.OPERATOR) as page:
        page.get_by_role("button", name=f"Resume {CHAMPION}").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        dialog.get_by_role("textbox").fill("The feed is repaired.")
        dialog.get_by_role("button", name="Let it trade").click()
        said = page.get_by_role("row", name="May trade again")
        expect(said).to_contain_text("The feed is repaired.")
        expect(_line(page, CHAMPION)).to_contain_text("resumes with the next bar")
        site.trade(1)
        expect(_line(page, CHAMPION)).not_to_contain_text("drawdown")
        expect(
            _line(page, CHAMPION).get_by_role("img", name="Drawdown, %: 0.00 of")
        ).to_be_visible()


def test_a_gain_is_no_loss(visit):
    with visit("/risk/") as page:
        line = _line(page, CHALLENGER)
        expect(line.get_by_role("img", name="Day's loss, %: 0.00 of 2.00")).to_be_visible()
        expect(line).to_contain_text("gained 0.18")


def test_a_filter_outlives_a_reload_and_an_event_arrives_by_the_stream(site, visit):
    with visit("/risk/") as page:
        log = page.get_by_role("table", name="Events")
        filters = page.get_by_role("group", name="Types of events")
        filters.get_by_role("button", name="Engine").click()
        filters.get_by_role("button", name="Kill switch").click()
        expect(log.get_by_role("row")).to_have_count(3)
        assert "types=kill_switch%2Cengine" in page.url
        page.reload()
        expect(log.get_by_role("row")).to_have_count(3)
        expect(filters.get_by_role("button", name="Kill switch")).to_have_attribute(
            "aria-pressed", "true"
        )
        controls.kill_switch(site.resources, on=True, comment="Central bank intervenes.")
        expect(log.get_by_role("row").nth(1)).to_contain_text("Central bank intervenes.")
        expect(_line(page, CHAMPION)).to_contain_text("kill switch")


def test_older_events_are_asked_for(visit):
    with visit("/risk/?types=signal") as page:
        rows = page.get_by_role("table", name="Events").get_by_role("row")
        expect(rows).to_have_count(51)
        page.get_by_role("button", name="Older").click()
        expect(rows).to_have_count(101)


def test_a_refusal_is_told_in_words(visit):
    with visit("/risk/?types=access", role=Role.VIEWER, expected=("403",)) as page:
        expect(page.get_by_text("Nothing of these types has happened.")).to_be_visible()
        page.evaluate(
            """async () => {
                const { csrf_token } = await (await fetch("/v1/session")).json();
                const headers = { "X-CSRF-Token": csrf_token, "Content-Type": "application/json" };
                const body = JSON.stringify({ on: true, comment: "No." });
                await fetch("/v1/kill-switch", { method: "PUT", headers, body });
            }"""
        )
        told = "Was refused PUT /v1/kill-switch: it may not do that"
        expect(page.get_by_role("row", name="Refusals")).to_contain_text(told)
