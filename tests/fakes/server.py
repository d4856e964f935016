"""A provider on loopback: one handler function, real sockets, faults on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    line: str = ""
    """The request's first line as it came, such as `GET /x?key=a%2Fb HTTP/1.1`."""


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Send only so many bytes of the body, then drop the connection."""
    stall_s: float = 0.0
    """Say nothing for so long, then drop the connection."""
    date: float | None = None
    """Epoch seconds of the Date header; None is the real clock."""
    dated: bool = True
    """Send a Date header at all."""
    raw: bytes | None = None
    """Send these bytes instead of all that, then drop the connection."""


class Server:
    """Serves until the context closes. `requests` keeps what was asked, in order.

    ``handle`` is called by one thread at a time. What it raises looks like a lost connection to
    the client, which may well ask again, so it is raised once more when the context closes.
    """

    def __init__(self, handle: Callable[[Request], Reply]) -> None:
        self.requests: list[Request] = []
        self._handle = handle
        self._one_at_a_time = threading.Lock()
        self._closing = threading.Event()
        self._failure: Exception | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query))
                request = Request(parts.path, query, dict(self.headers), self.requestline)
                with suppress(ConnectionError):  # a client that timed out has gone
                    self._send(outer._answer(request))

            def _send(self, reply: Reply) -> None:
                if reply.stall_s:
                    outer._closing.wait(reply.stall_s)
                    self.close_connection = True
                    return
                if reply.raw is not None:
                    self.wfile.write(reply.raw)
                    self.close_connection = True
                    return
                self.send_response_only(reply.status)
                if reply.dated:
                    stamp = time.time() if reply.date is None else reply.date
                    self.send_header("Date", formatdate(stamp, usegmt=True))
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut])
                if reply.cut is not None:
                    self.close_connection = True

            def log_message(self, *args: Any) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    def _answer(self, request: Request) -> Reply:
        with self._one_at_a_time:
            self.requests.append(request)
            try:
                return self._handle(request)
            except Exception as error:
                self._failure = error
                return Reply(b"", cut=0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if self._failure is not None:
            raise self._failure
