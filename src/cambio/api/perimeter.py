"""What every request passes: its id, its host, its size, its pace; and what every answer says."""

from __future__ import annotations

import re
import secrets
import time
import traceback
from typing import TYPE_CHECKING, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from cambio.api.dashboard import FOREVER, HASHED
from cambio.api.errors import (
    HEAD_TOO_LARGE,
    TOO_LARGE,
    WRONG_HOST,
    answer,
    kind_of,
    problem,
    unexpected,
)
from cambio.api.limits import network
from cambio.api.patience import in_time
from cambio.api.refusals import LONGEST_METHOD, path_of
from cambio.api.security import too_fast

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from cambio.api.security import Security

HOST: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", re.IGNORECASE)
REQUEST_ID: Final = "X-Request-ID"
API_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Scripts and styles from our own files alone: none inline, none from elsewhere."""
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # `no-referrer` makes our own forms say `Origin: null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS: Final = "max-age=31536000"
QUIET: Final = ("/healthz", "/readyz", "/metrics")
"""Paths that machines ask every few seconds: logged only when the answer is an error."""
ERRORS: Final = 400


class Perimeter:
    """The outermost of our layers.

    Args:
        app: what it guards.
        security: of the application.
    """

    def __init__(self, app: ASGIApp, security: Security) -> None:
        self._app = app
        self._security = security
        self._constant = dict(HEADERS)
        if security.options.https:
            self._constant["Strict-Transport-Security"] = HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = secrets.token_hex(8)
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._mark(scope, message)
            await send(message)

        receiving = in_time(receive, self._security.options.limits.body_s)
        try:
            await (self._refused(scope) or self._app)(scope, receiving, sending)
        except ClientDisconnect:
            status = status or 499
        except Exception as error:
            _log_failure(scope, error)
            if not status:
                await unexpected(scope)(scope, receiving, sending)
        finally:
            _log_answer(scope, status, time.perf_counter() - began)

    def _refused(self, scope: Scope) -> Response | None:
        """Give the answer to a request that nobody should look at any closer."""
        headers, client = Headers(scope=scope), scope.get("client")
        refused = self._security.refusals.refused
        host = HOST.fullmatch(headers.get("host", ""))
        if host is None or not self._security.options.allows(host[1] or host[2]):
            told = "This server does not answer to that name."
            remedy = "Use 127.0.0.1, or start `cambio serve` with --host-name."
            response = problem(scope, WRONG_HOST, told, remedy=remedy)
            response.background = refused(scope, WRONG_HOST, told)
            return response
        wait = self._security.addresses.take(network(client[0]) if client else "unknown")
        if wait:
            error = too_fast(wait)
            response = answer(scope, error)
            response.background = refused(scope, kind_of(error), error.what)
            return response
        if _head_size(scope) > self._security.options.limits.head:
            return problem({**scope, "path": path_of(scope)}, HEAD_TOO_LARGE, "Send fewer headers.")
        length, most = headers.get("content-length", "0"), self._security.options.limits.body
        if not length.isdecimal() or int(length) > most:
            return problem(scope, TOO_LARGE, f"The body may have up to {most:,} bytes.")
        return None

    def _mark(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        page = headers.get("content-type", "").startswith("text/html")
        headers["Content-Security-Policy"] = PAGE_POLICY if page else API_POLICY
        headers.update(self._constant)
        headers[REQUEST_ID] = scope["state"]["request_id"]
        if "etag" in headers:  # a file of the dashboard: kept, and mostly asked for anew each time
            hashed = scope["path"].startswith(HASHED)
            headers.setdefault("Cache-Control", FOREVER if hashed else "no-cache")
        else:
            told = headers.get("cache-control")
            headers["Cache-Control"] = "no-store" if told is None else f"no-store, {told}"


def _head_size(scope: Scope) -> int:
    """Give the bytes of a request's address and headers.

    The server bounds what it reads of them only while their end is missing.
    """
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return headers + len(scope.get("raw_path") or b"") + len(scope["query_string"])


def _log_failure(scope: Scope, error: Exception) -> None:
    """Log a traceback without local variables: they may be secrets."""
    structlog.get_logger().error(
        "request_failed",
        request_id=scope["state"]["request_id"],
        path=path_of(scope),
        traceback="".join(traceback.format_exception(error)),
    )


def _log_answer(scope: Scope, status: int, seconds: float) -> None:
    path = path_of(scope)
    if scope["state"].get("refused") or (path in QUIET and status < ERRORS):
        return
    structlog.get_logger().info(
        "request_answered",
        request_id=scope["state"]["request_id"],
        account=scope["state"].get("account"),
        method=scope["method"][:LONGEST_METHOD],
        path=path,
        status=status,
        ms=round(1000 * seconds, 1),
    )
