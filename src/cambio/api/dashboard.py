"""The built dashboard: where it lies, and how its files are sent."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUNDLE: Final = Path(__file__).parent / "static"
"""Where `make dashboard` and the wheel put it."""
HASHED: Final = "/_next/static/"
"""Below it a file's name changes with its content."""
FOREVER: Final = "public, max-age=31536000, immutable"
API: Final = re.compile(r"/v1(/|$)")
CODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""Packed copies beside a file, the smaller one first."""


def bundle() -> Path | None:
    """Give the folder of the dashboard's files; None: it was not built."""
    return BUNDLE if (BUNDLE / "index.html").is_file() else None


class Packed:
    """Sends the packed copy of a file to those who can read it.

    Args:
        app: what sends the files, and everything else.
        folder: of the files, as it is when this starts.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = Lost(app, folder)
        self._copies = _copies(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        found = self._copies.get(scope["path"], {}) if scope["type"] == "http" else {}
        if not found or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        accepted = _accepted(Headers(scope=scope).get("accept-encoding", ""))
        coding = next((name for name in found if name in accepted), None)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Accept-Encoding")
                if coding is not None:
                    headers["Content-Encoding"] = coding
            await send(message)

        if coding is not None:
            scope = {**scope, "path": found[coding], "raw_path": found[coding].encode()}
        await self._app(scope, receive, sending)


class Lost:
    """Shows a browser a page where there is none; programs, and the API's paths, get the problem.

    Args:
        app: what answers otherwise.
        folder: of the dashboard's files.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        page = folder / "404.html"
        self._app = app
        self._page = page.read_bytes() if page.is_file() else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._page is None or not _shows_pages(scope):
            await self._app(scope, receive, send)
            return
        lost = False

        async def sending(message: Message) -> None:
            nonlocal lost
            lost |= message.get("status") == HTTPStatus.NOT_FOUND
            if not lost:
                await send(message)

        await self._app(scope, receive, sending)
        if lost:
            await HTMLResponse(self._page, HTTPStatus.NOT_FOUND)(scope, receive, send)


def _shows_pages(scope: Scope) -> bool:
    """Whether a request comes from the address bar, of a path where pages may stand."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "") and not API.match(scope["path"])


def _copies(folder: Path) -> dict[str, dict[str, str]]:
    """Give the paths of packed copies by coding, of each path that has some."""
    found: dict[str, dict[str, str]] = {}
    for coding, suffix in CODINGS.items():
        for copy in folder.rglob(f"*{suffix}"):
            path = f"/{copy.relative_to(folder).as_posix()}"
            plain = path.removesuffix(suffix)
            for name in {plain, re.sub(r"/index\.html$", "/", plain)}:
                found.setdefault(name, {})[coding] = path
    return found


def _accepted(header: str) -> set[str]:
    """Give the codings that a client reads; one with a weight of nothing is none."""
    parts = (part.strip().partition(";") for part in header.lower().split(","))
    return {name.strip() for name, _, weight in parts if not re.fullmatch(r"\s*q=0(\.0*)?", weight)}
