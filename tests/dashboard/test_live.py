"""The Live page: what is stored, and what arrives."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.dashboard.conftest import LAPTOP, PHONE

from cambio.calendar import BOGOTA
from cambio.store import signals
from cambio.store.database import reading


@pytest.mark.parametrize(("name", "size"), [("laptop", LAPTOP), ("phone", PHONE)])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_bar_arrives_by_the_stream(site, visit, shoot, theme, name, size):
    with visit("/live/", theme=theme, size=size) as page:
        chart = page.get_by_role("figure")
        expect(chart).to_contain_text("1200 bars")
        expect(page.get_by_role("table", name="Decisions").get_by_role("row")).to_have_count(13)
        before = chart.locator("figcaption").text_content()
        site.trade(1)
        expect(chart.locator("figcaption")).not_to_have_text(before)
        expect(page.get_by_text("simulated")).to_be_visible()
        shoot(page, f"live-{name}-{theme}")


def test_a_session_at_speed_is_followed_to_its_last_bar(site, visit):
    with visit("/live/") as page:
        chart = page.get_by_role("figure")
        expect(chart).to_contain_text("1200 bars")
        site.trade(60)  # a whole session in a second or two
        with reading(site.resources.engine) as connection:
            (mark,) = signals.account_marks(connection, limit=1)
        expect(chart).to_contain_text(f"over 1260 bars, last {mark['price']:,.2f}")
        decisions = page.get_by_role("table", name="Decisions")
        last = f"{mark['timestamp'].astimezone(BOGOTA):%H:%M}"
        expect(decisions.get_by_role("row").nth(1)).to_contain_text(last)
