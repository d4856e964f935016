"""The one-time link that `cambio serve` prints, as a person uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.dashboard.test_every_page import grave_violations


def test_the_link_ends_on_the_dashboard_and_works_once(site, browser):
    link = site.login_link()
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Live")
    context.close()

    stranger = browser.new_context(locale="en-US")
    again = stranger.new_page()
    again.goto(link)
    again.get_by_role("button", name="Log in").click()
    expect(again.get_by_role("alert")).to_have_text("That is not accepted.")
    expect(again.get_by_role("heading", name="Live")).to_have_count(0)
    stranger.close()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_that_asks_to_log_in_is_one_of_the_house(site, browser, shoot, theme):
    context = browser.new_context(locale="en-US", color_scheme=theme)
    page = context.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text))
    page.goto(site.login_link())
    shoot(page, f"login-{theme}")
    page.goto(f"{site.url}/")
    expect(page.get_by_label("Token")).to_be_visible()
    house = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    errors.clear()  # of being nobody yet
    page.goto(f"{site.url}/login")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == house
    assert grave_violations(page) == []
    assert errors == []
    context.close()
