"""The one-time link that `cambio serve` prints, as a person uses it."""

from __future__ import annotations

from playwright.sync_api import expect


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
    expect(again.get_by_role("heading", name="Live")).to_have_count(0)
    stranger.close()
