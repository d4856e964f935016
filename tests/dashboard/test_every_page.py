"""What holds on every page: accessible, quiet on the console, nothing from elsewhere; and pictures.

`visit` watches console and requests. axe-core judges what the browser has drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.dashboard.conftest import LAPTOP, PHONE

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
