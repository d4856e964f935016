"""The built dashboard: where it lies, and how its files are sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUNDLE: Final = Path(__file__).parent / "static"
"""Where `make dashboard` and the wheel put it."""
HASHED: Final = "/_next/static/"
"""Below it a file's name changes with its content."""
FOREVER: Final = "public, max-age=31536000, immutable"
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
        self._app = app
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
