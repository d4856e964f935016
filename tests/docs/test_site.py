"""The site of the pages: built strictly, complete, and loading nothing from anybody else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from tests.docs.test_docs import COMMANDS, ROOT
from tests.shared import once

from cambio import telemetry
from cambio.dataset.splits import DateRanges

SOURCES = ("docs", "mkdocs.yml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE")
SOURCES += ("config", "dashboard/README.md")


def build(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
    told = {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        command, cwd=project, env=os.environ | told, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    def make(folder: Path) -> None:
        built = build(ROOT, folder)
        assert built.returncode == 0, built.stderr

    return once(tmp_path_factory, "site", make)


@pytest.fixture
def project(tmp_path):
    """A copy of all that the site is made from."""
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_link_an_anchor_and_a_page_out_of_place_each_end_the_build(project, tmp_path):
    with (project / "docs" / "gate.md").open("a") as page:
        page.write("\n[a](nowhere.md) [b](votes.md#no-such-heading) [c](../nobody.md)\n")
    (project / "docs" / "lost.md").write_text("# Lost\n")
    built = build(project, tmp_path / "site")
    assert built.returncode != 0
    for fault in ("'nowhere.md'", "'votes.md#no-such-heading'", "'../nobody.md'", "lost.md"):
        assert fault in built.stderr
    assert built.stderr.count("WARNING") == 4


def page(site: Path, name: str) -> str:
    return (site / "reference" / f"{name}.html").read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_part_of_the_reference(site, command):
    heading = rf'<h[2-4] id="{command.replace(" ", "-")}">'
    assert re.search(heading, page(site, "commands"))


def test_every_metric_is_in_the_reference_under_the_name_that_is_scraped(site):
    told = page(site, "metrics")
    scraped = telemetry.exposition(lambda: ()).decode() + telemetry.HEALTH_UP[0]
    names = {line.split()[2] for line in scraped.splitlines() if line.startswith("# HELP")}
    assert len(names) > 25
    assert {name for name in names if f"<code>{name}</code>" not in told} == set()


def test_every_route_and_type_is_in_the_reference(site):
    document = json.loads((site / "reference" / "openapi.json").read_text("utf-8"))
    told = page(site, "openapi")
    routes = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    assert {route for route in routes if f"<code>{route}</code>" not in told} == set()
    types = document["components"]["schemas"]
    assert {name for name in types if f'<h3 id="{name.lower()}">' not in told} == set()


def test_keys_are_told_with_type_and_bounds_down_to_the_last(site):
    told = page(site, "keys")
    for key in ("training.gamma", "success_criteria[].weight", *DateRanges.model_fields):
        assert f"<code>{key}" in told
    row = told[told.index("<code>max_daily_loss</code>") :].split("</tr>")[0]
    assert "number, &gt; 0, ≤ 1" in row


class Quiet(SimpleHTTPRequestHandler):
    """Sends the site, and logs nothing."""

    def log_message(self, *_: object) -> None: ...


def test_a_reader_finds_a_page_and_asks_no_other_host(site):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}/"
    chromium = os.environ.get("CAMBIO_TEST_CHROMIUM") or shutil.which("chromium")
    asked: list[str] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            tab = browser.new_page()
            tab.on("request", lambda request: asked.append(request.url))
            for name in ("index", "tutorial", "gate", "reference/openapi"):
                tab.goto(f"{host}{name}.html", wait_until="networkidle")
            tab.locator("input[name=query]").press_sequentially("kill switch")
            tab.locator(".md-search-result__link").first.wait_for()
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
    assert len(asked) > 10
    assert {url for url in asked if not url.startswith((host, "blob:", "data:"))} == set()
