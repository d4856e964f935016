"""How soon the dashboard can be used, and whether its chart keeps moving while bars arrive.

A real headless Chromium on the real API, over loopback, on the same machine. "Usable" is the Live
page from a cold cache: from the request until price, equity and tables are drawn. Frames: the Live
page with 20,000 bars loaded and a week of them in view, while the engine trades 20 bars a second in
the same process, counted by `requestAnimationFrame`. The peer is a page of the same server with
nothing on it: what this machine's browser does at all, without a graphics card.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.dashboard.conftest import ARGUMENTS, LAPTOP
from tests.dashboard.served import Site, serving
from tests.faults.market import Scripted, opened, seed

from benchmarks.figures import Figure, Sample
from cambio.app.trading_loop import Loop

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 5
START = date(2024, 1, 2)
"""20,000 bars before the market of the tests ends."""
TRADED, LOADED = 300, 20_000
ENOUGH = re.compile(r"over [2-9]\d{4} bars")
PACE_S, ALMOST = 1 / 20, 0.9
COUNTED_S = 5
USABLE_MS, SMOOTH_FPS = 1_500.0, 50.0
EMPTY = "/healthz"
FRAMES = """async (seconds) => {
  const until = performance.now() + 1000 * seconds;
  let frames = 0;
  while ((await new Promise(requestAnimationFrame)) < until) frames++;
  return frames / seconds;
}"""


class Paced(Scripted):
    """A market that stores a bar twenty times a second, without an end."""

    _due = 0.0

    def wait(self, stop: Event) -> None:
        """Wait for the next one; a second's delay, as at the open, is made up for."""
        now = perf_counter()
        self._due = max(self._due + PACE_S, now - 1.0)
        stop.wait(max(self._due - now, 0.0))


def figures() -> list[Figure]:
    """Measure."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        resources = stack.enter_context(opened(home))
        seed(resources, START)
        Loop(resources, Scripted(resources, TRADED)).run(Event())
        site = stack.enter_context(serving(resources))
        path = os.environ.get("CAMBIO_TEST_CHROMIUM") or shutil.which("chromium")
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        stack.callback(browser.close)
        times = np.array([_times_ms(browser, site) for _ in range(ROUNDS)])
        frames = np.array([_frames(browser, site) for _ in range(ROUNDS)])
    return [
        Figure(
            "dashboard usable, cold cache",
            "ms",
            Sample("cambio", times[:, 0]),
            Sample("an empty page", times[:, 1]),
            USABLE_MS,
        ),
        Figure(
            f"chart of {LOADED:,} bars, 20 more a second",
            "frames/s",
            Sample("cambio", frames[:, 0]),
            Sample("an empty page", frames[:, 1]),
            SMOOTH_FPS,
        ),
    ]


@contextmanager
def _entered(browser: Browser, site: Site) -> Iterator[Page]:
    """Give a page of a browser that is logged in and has kept no file."""
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    context.request.post(f"{site.url}/login", **_form(site))
    try:
        yield page
    finally:
        context.close()


def _form(site: Site) -> dict[str, Any]:
    code = site.login_link().rpartition("=")[2]
    return {"form": {"code": code}, "headers": {"Origin": site.url}, "max_redirects": 0}


def _times_ms(browser: Browser, site: Site) -> tuple[float, float]:
    with _entered(browser, site) as page:
        start = perf_counter()
        page.goto(f"{site.url}/live/", wait_until="commit")
        expect(page.get_by_role("table", name="Decisions").get_by_role("row")).not_to_have_count(0)
        page.locator("canvas").first.wait_for()
        usable = perf_counter() - start
        start = perf_counter()
        page.goto(site.url + EMPTY)
        return 1e3 * usable, 1e3 * (perf_counter() - start)


def _frames(browser: Browser, site: Site) -> tuple[float, float]:
    """Give the frames a second of the chart and of an empty page."""
    with _entered(browser, site) as page, _trading(site):
        page.goto(site.url + EMPTY)
        empty = page.evaluate(FRAMES, COUNTED_S)
        page.goto(f"{site.url}/live/?span=year")
        expect(page.get_by_role("figure")).to_contain_text(ENOUGH, timeout=30_000)
        page.get_by_role("button", name="1 week").click()
        before = _drawn(page)
        ours = page.evaluate(FRAMES, COUNTED_S)
        if (pace := (_drawn(page) - before) * PACE_S / COUNTED_S) < ALMOST:
            raise RuntimeError(f"Only {pace:.0%} of the bars were drawn in time.")
        return float(ours), float(empty)


def _drawn(page: Page) -> int:
    """Give the number of bars that the chart says it has."""
    told = re.search(r"over (\d+) bars", page.get_by_role("figure").inner_text())
    return int(told[1]) if told else 0


@contextmanager
def _trading(site: Site) -> Iterator[None]:
    stop = Event()
    loop = Loop(site.resources, Paced(site.resources, 0))
    thread = Thread(target=loop.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
