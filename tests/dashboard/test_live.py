"""The Live page: what is stored, and what arrives."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.dashboard.conftest import LAPTOP, PHONE


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
