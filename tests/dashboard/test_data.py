"""The Data page: what it tells of the seeded market."""

from __future__ import annotations

from playwright.sync_api import expect

from cambio.store import bars
from cambio.store.database import reading


def test_the_calendar_has_the_stored_sessions(site, visit):
    with reading(site.resources.engine) as connection:
        stored = bars.load(connection)
    days = stored["time"].dt.convert_time_zone("America/Bogota").dt.date().n_unique()
    with visit("/data/") as page:
        page.get_by_text("By year").click()
        expect(page.get_by_role("table", name="By year").get_by_role("row").nth(1)).to_contain_text(
            str(days)
        )
        calendar = page.get_by_role("slider", name="Day in the calendar")
        calendar.focus()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Close day")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Close day")).to_be_visible()
