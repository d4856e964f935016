"""A new home with nothing in it: every panel says so, and none waits for what won't come."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.dashboard.conftest import opened
from tests.dashboard.served import serving
from tests.dashboard.test_every_page import LOADING, PAGES


@pytest.fixture
def site(tmp_path):
    """The dashboard on an empty database."""
    with opened(tmp_path / "home") as resources, serving(resources) as found:
        yield found


def test_every_page_of_an_empty_home_says_what_fills_it(site, visit):
    with visit() as page:
        for name in PAGES:
            page.goto(f"{site.url}/{name}/")
            page.wait_for_selector("body[data-ready]")
            if name != "experiments":  # the library is there at once
                hint = f"CAMBIO_HOME={site.resources.home} cambio "
                expect(page.get_by_role("main").get_by_text(hint).first).to_be_visible()
            expect(page.locator(LOADING)).to_have_count(0)
            assert page.get_by_role("main").get_by_role("alert").count() == 0, name
