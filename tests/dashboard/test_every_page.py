"""What holds on every page: accessible, quiet on the console, nothing from elsewhere; and pictures.

`visit` watches console and requests. axe-core judges what the browser has drawn.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.dashboard.conftest import CHALLENGER, LAPTOP, PHONE

AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("live", "replay", "proposals", "models", "experiments", "data", "risk")
GRAVE = ("serious", "critical")
OTHER = {"dark": "light", "light": "dark"}
LOADING = '[aria-busy="true"]'


def grave_violations(page: Page) -> list[str]:
    """Give what axe finds serious, each with the first element that does it."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("() => axe.run(document)")
    return [
        f"{one['id']}: {one['nodes'][0]['target']} ({len(one['nodes'])})"
        for one in found["violations"]
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize(
    ("device", "size", "theme"), [("laptop", LAPTOP, "dark"), ("phone", PHONE, "light")]
)
def test_every_page_is_accessible_and_breaks_nothing(site, visit, shoot, device, size, theme):
    found = {}
    with visit(theme=theme, size=size) as page:
        for name in PAGES:
            page.goto(f"{site.url}/{name}/")
            page.wait_for_selector("body[data-ready]")
            expect(page.locator(LOADING)).to_have_count(0)
            for shown in (OTHER[theme], theme):
                page.evaluate("theme => { document.documentElement.dataset.theme = theme }", shown)
                shoot(page, f"{name}-{device}-{shown}")
            found[name] = grave_violations(page)
            assert page.get_by_role("main").get_by_role("alert").count() == 0, name
    assert {name: those for name, those in found.items() if those} == {}


def test_a_page_in_spanish_is_accessible_too(visit, shoot):
    with visit("/live/", language="es-CO") as page:
        shoot(page, "live-spanish")
        assert page.locator("html").get_attribute("lang") == "es"
        assert grave_violations(page) == []


CUT = """(main) => [...main.querySelectorAll("td, th, div:has(> table)")]
    .filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
    .filter((one) => getComputedStyle(one).textOverflow !== "ellipsis")
    .map((one) => one.textContent.slice(0, 80))"""
"""Tables that are cut off, and cells that overprint the next one; an ellipsis is neither."""


@pytest.mark.parametrize("language", ["en-US", "es-CO"])
@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_no_table_is_cut_and_no_cell_overprints_another(site, visit, size, language):
    found = {}
    with visit(size=size, language=language) as page:
        for name in PAGES:
            page.goto(f"{site.url}/{name}/")
            page.wait_for_selector("body[data-ready]")
            expect(page.locator(LOADING)).to_have_count(0)
            found[name] = page.get_by_role("main").evaluate(CUT)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
    assert {name: cut for name, cut in found.items() if cut} == {}


def test_an_address_that_is_none_says_so_and_where_the_pages_are(visit, shoot):
    with visit("/nowhere/", expected=("404",)) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
        shoot(page, "not-found")
        assert grave_violations(page) == []
        page.get_by_role("main").get_by_role("link", name="Risk").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Risk and events")


def test_search_is_opened_by_its_key_and_goes_to_a_model(visit):
    with visit("/live/") as page:
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("differential")
        expect(page.get_by_role("dialog").get_by_text(CHALLENGER)).to_be_visible()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/models/\?id={CHALLENGER}"))


def test_the_theme_is_the_systems_until_somebody_chooses_one(visit):
    with visit("/risk/", theme="dark") as page:
        root = page.locator("html")
        page.emulate_media(color_scheme="light")
        expect(root).to_have_attribute("data-theme", "light")
        page.keyboard.press("t")
        expect(root).to_have_attribute("data-theme", "dark")
        page.emulate_media(color_scheme="dark")
        page.emulate_media(color_scheme="light")
        expect(root).to_have_attribute("data-theme", "dark")
