"""The dashboard in a real headless Chromium, on the real API with a seeded database.

Server and browser live on a Saturday, so that a test says the same at each hour of the day. What a
page must never do is watched on every page: errors on the console, and requests to anybody but its
own server. Screenshots go to `var/screenshots`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.dashboard.served import Site, serving
from tests.faults import market
from tests.shared import once

from cambio.app.resources import Resources
from cambio.app.trading_loop import Loop
from cambio.contracts.accounts import Role

CHAMPION = "baseline_ppo_v1-s11-1a2b3c4d"
CHALLENGER = "fast_differential_sharpe_v1-s36-5e6f7a8b"
SHADOW = "fast_large_network_v1-s10-9c0d1e2f"
"""Models named as long as `cambio experiment run` names them."""
BARS = 150
"""Two sessions and a half that the engine has traded before a test begins."""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
LAPTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE_MS = 10_000
AHEAD = datetime(2025, 7, 5, 15, tzinfo=UTC) - datetime.now(UTC)
"""What the clocks are ahead of the real one: the market is closed, its newest bar two days old."""
CLOCK = f"""(() => {{
    const Real = Date;
    globalThis.Date = class extends Real {{
        constructor(...given) {{ super(...(given.length > 0 ? given : [Date.now()])); }}
        static now() {{ return Real.now() + {round(AHEAD / timedelta(milliseconds=1))}; }}
    }};
}})()"""
"""Only the date is another: charts and the stream need the browser's own timers."""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Charts draw in the frame after the one that they are made in."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one file; each has contexts of its own.

    While it is open an event loop runs in this thread, which tests elsewhere can't have.
    """
    path = os.environ.get("CAMBIO_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("These tests need Chromium: apt-get install chromium, or CAMBIO_TEST_CHROMIUM.")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        yield found
        found.close()


@contextmanager
def opened(home: Path) -> Iterator[Resources]:
    """Open the product on a database, on the clock of these tests."""
    with market.opened(home) as resources:
        yield replace(resources, now=lambda: datetime.now(UTC) + AHEAD)


@pytest.fixture(scope="session")
def traded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a market, a champion, a challenger, a shadow and what they have traded."""

    def make(home: Path) -> None:
        with opened(home) as resources:
            market.seed(resources, ids=(CHAMPION, CHALLENGER, SHADOW))
            Loop(resources, market.Scripted(resources, BARS)).run(Event())

    return once(tmp_path_factory, "dashboard", make)


@pytest.fixture
def site(traded_home: Path, tmp_path: Path) -> Iterator[Site]:
    """The dashboard on a copy of that home."""
    home = Path(shutil.copytree(traded_home, tmp_path / "home"))
    with opened(home) as resources, serving(resources) as found:
        yield found


@dataclass
class Watched:
    """A page, and what it did that it must not do."""

    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self, url: str) -> None:
        """Note errors and requests to others than ``url``."""
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url, url))

    def _told(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _asked(self, address: str, own: str) -> None:
        if not address.startswith((f"{own}/", "data:", "blob:")):
            self.foreign.append(address)


Opening = Callable[..., Any]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Opening:
    """Give a context manager that logs a browser in, as the one-time link does, and shows a page.

    `with visit("/live/", theme="light", size=PHONE, role=Role.VIEWER) as page: ...`; leaving it
    asserts that the page has broken nothing. `expected` are parts of errors that a test causes.
    """

    @contextmanager
    def visiting(
        path: str = "/",
        *,
        theme: str = "dark",
        size: dict[str, int] = LAPTOP,
        role: Role = Role.APPROVER,
        language: str = "en-US",
        expected: tuple[str, ...] = (),
    ) -> Iterator[Page]:
        context = browser.new_context(
            viewport=size, color_scheme=theme, locale=language, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(CLOCK)
        page = context.new_page()
        watched = Watched(page)
        watched.watch(site.url)
        form = {"code": site.login_link(role).rpartition("=")[2]}
        context.request.post(
            f"{site.url}/login", form=form, headers={"Origin": site.url}, max_redirects=0
        )
        page.goto(site.url + path)
        page.wait_for_selector("body[data-ready]")
        yield page
        context.close()
        broken = [error for error in watched.errors if not any(one in error for one in expected)]
        assert broken == []
        assert watched.foreign == []

    return visiting


@pytest.fixture
def shoot() -> Callable[[Page, str], Path]:
    """Give a function that takes a screenshot of a page, as NAME.png."""

    def shot(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.evaluate(DRAWN)
        page.screenshot(path=path)
        return path

    return shot
