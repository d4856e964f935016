"""The built dashboard's files, as the server sends them; and what was generated for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.dashboard.served import serving

from cambio.api.dashboard import bundle

ROOT = Path(__file__).parents[2]
MOST_SCRIPT = 350_000
"""Bytes of scripts on the first load, packed by gzip."""


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of a server that has files and no database."""
    with serving(None) as site, httpx.Client(base_url=site.url) as found:
        yield found


@pytest.fixture(scope="module")
def scripts(client) -> list[str]:
    return re.findall(r'<script src="([^"]+)"(?! noModule)', client.get("/live/").text)


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_pages_are_sent_packed_and_asked_for_anew(client, coding):
    answer = client.get("/live/?span=day", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_who_reads_no_packed_files_gets_plain_ones(client):
    answer = client.get("/live/", headers={"Accept-Encoding": "br;q=0, identity"})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!DOCTYPE html>")


def test_scripts_are_kept_for_good(client, scripts):
    hashed = [path for path in scripts if path.startswith("/_next/static/")]
    answer = client.get(hashed[0], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_no_page_holds_a_script_or_style_that_the_policy_forbids():
    for page in bundle().rglob("*.html"):
        text = page.read_text()
        assert re.findall(r"<script(?![^>]* src=)", text) == [], page
        assert re.findall(r"<style|\sstyle=|\son\w+=", text) == [], page


def test_the_first_load_is_small(scripts):
    sizes = [Path(f"{bundle()}{path}") for path in set(scripts)]
    packed = [p.with_name(f"{p.name}.gz") for p in sizes]
    total = sum((p if p.exists() else q).stat().st_size for p, q in zip(packed, sizes, strict=True))
    assert 100_000 < total < MOST_SCRIPT


def test_types_are_those_of_the_api():
    path = f"{ROOT / '.venv' / 'node'}{os.pathsep}{os.environ['PATH']}"
    told = subprocess.run(
        ["node", "scripts/types.mjs", "--check"],
        cwd=ROOT / "dashboard",
        env={**os.environ, "PATH": path, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
