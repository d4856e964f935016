"""Somebody who is told by webhook, on loopback: takes posts, and misbehaves on demand."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Post:
    """What came."""

    path: str
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered; of status 0 nothing is, and the connection is dropped."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    stall: bool = False
    """Say nothing until the receiver closes."""


class Receiver:
    """Answers by what `replies` holds, first things first, then well."""

    def __init__(self, *replies: Reply | int) -> None:
        self.replies = [Reply(one) if isinstance(one, int) else one for one in replies]
        self.posts: list[Post] = []
        self.arrived = threading.Semaphore(0)
        self._closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append(Post(self.path, dict(self.headers), content))
                reply = outer.replies.pop(0) if outer.replies else Reply()
                outer.arrived.release()
                if reply.stall:
                    outer._closing.wait()
                if reply.stall or not reply.status:
                    self.close_connection = True
                    return
                with suppress(ConnectionError):
                    self.send_response_only(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    if reply.status >= 200 and reply.status not in (204, 304):
                        self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/hooks/t0ken"

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
