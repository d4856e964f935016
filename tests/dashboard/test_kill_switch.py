"""The kill switch: from the bar above every page into the database, and onto the next bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from cambio.contracts.accounts import Role
from cambio.store import controls, engine, signals
from cambio.store.database import reading

if TYPE_CHECKING:
    from tests.dashboard.served import Site


def switch(site: Site) -> tuple[str, str, str] | None:
    """What the database holds: on or off, who, and why."""
    with reading(site.resources.engine) as connection:
        found = engine.orders(connection).controls.get(controls.KILL_SWITCH)
    return found and (found.value, found.changed_by, found.comment)


def test_an_operator_stops_all_trading_and_lets_it_go_on(site, visit, shoot):
    with visit("/live/", role=Role.OPERATOR) as page:
        page.get_by_role("button", name="Kill switch").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        expect(dialog.get_by_role("button", name="Stop trading")).to_be_disabled()
        dialog.get_by_role("textbox").fill("The peso jumps.")
        shoot(page, "kill-switch")
        assert switch(site) is None
        dialog.get_by_role("button", name="Stop trading").click()
        stopped = page.get_by_role("button", name="Trading stopped")
        expect(stopped).to_be_visible()
        value, who, why = switch(site) or ("", "", "")
        assert (value, why) == (controls.ON, "The peso jumps.")
        assert who.startswith("operator-")

        site.trade(2)
        expect(page.get_by_role("main").get_by_text("kill switch").first).to_be_visible()
        with reading(site.resources.engine) as connection:
            (mark,) = signals.account_marks(connection, limit=1)
        assert mark["exposure"] == 0.0

        stopped.click()
        expect(dialog).to_contain_text("“The peso jumps.”")
        dialog.get_by_role("textbox").fill("It is calm again.")
        dialog.get_by_role("button", name="Lift the stop").click()
        expect(page.get_by_role("button", name="Kill switch")).to_be_visible()
        assert (switch(site) or ())[0] == controls.OFF


def test_a_viewer_is_told_who_may(site, visit):
    with visit("/live/", role=Role.VIEWER) as page:
        button = page.get_by_role("button", name="Kill switch")
        expect(button).to_be_disabled()
        expect(button).to_have_attribute("title", "Takes the role operator; you are viewer.")
    assert switch(site) is None
