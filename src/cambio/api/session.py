"""Logging in and out: a browser by the printed link or by a token, and who it is then."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from cambio.api.dependencies import Viewer
from cambio.api.errors import Unauthenticated, kind_of
from cambio.api.schemas import operation_id
from cambio.api.security import require_same_origin, security_of
from cambio.api.sessions import ABSOLUTE_S, CODE_S
from cambio.contracts.accounts import Role
from cambio.errors import NotFound

if TYPE_CHECKING:
    from cambio.api.dependencies import Caller
    from cambio.api.security import Security
    from cambio.api.sessions import Identity

router = APIRouter(tags=["session"], generate_unique_id_function=operation_id)

CODE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cambio · log in</title>
<link rel="stylesheet" href="/login.css">
</head>
<body>
<main>
<h1>cambio</h1>
{content}
</main>
</body>
</html>
"""
STYLE: Final = """:root {
  color-scheme: light dark;
  --bg: light-dark(#f6f7f8, #0a0b0d);
  --panel: light-dark(#ffffff, #101215);
  --line: light-dark(#e1e4e8, #23272d);
  --text: light-dark(#16181b, #e8eaed);
  --muted: light-dark(#565e68, #9ea6b0);
  --accent: light-dark(#5b45d6, #a99bff);
  --on-accent: light-dark(#ffffff, #14102b);
  --bad: light-dark(#c42b2b, #ff7070);
  background: var(--bg); color: var(--text);
}
body {
  display: grid; place-items: center; box-sizing: border-box;
  min-height: 100dvh; margin: 0; padding: 1rem;
  font: 0.8125rem/1.25rem ui-sans-serif, system-ui, sans-serif;
}
main { width: 100%; max-width: 24rem; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 2.25rem; font-weight: 600; }
p { margin: 0 0 1rem; color: var(--muted); }
p[role="alert"] { color: var(--bad); }
form, label { display: flex; flex-direction: column; gap: 1rem; }
label { gap: 0.25rem; color: var(--muted); font-size: 0.6875rem; }
input, button {
  box-sizing: border-box; height: 2.25rem; padding: 0 0.75rem;
  border: 1px solid var(--line); border-radius: 0.375rem;
  background: var(--panel); color: var(--text); font: inherit; font-size: 0.8125rem;
}
button {
  border-color: var(--accent); background: var(--accent); color: var(--on-accent);
  font-weight: 500; cursor: pointer;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code { color: var(--text); font: 0.75rem ui-monospace, "DejaVu Sans Mono", monospace; }
"""
"""The dashboard's look, also where it is not built; the content policy takes styles from files."""
LINK_FORM: Final = """<p>This link logs this browser in, once.</p>
<form method="post" action="/login">
<input type="hidden" name="code" value="{code}">
<button type="submit" autofocus>Log in</button>
</form>"""
ASK_FORM: Final = """<form method="post" action="/login">
<label>Token <input type="password" name="token" autocomplete="off" required autofocus></label>
<button type="submit">Log in</button>
</form>"""
HOW: Final = (
    f"<p>A login link works once and for {CODE_S / 60:.0f} minutes; <code>cambio serve</code> "
    "prints one when it starts. Or enter a token:</p>\n"
)
REFUSED: Final = '<p role="alert">That is not accepted.</p>\n'


class SessionState(BaseModel):
    """Who is logged in, and what a browser has to say with changes."""

    account: str = Field(examples=["os:olga"])
    role: Role
    home: str = Field(examples=["/home/olga/market"])
    """The server's CAMBIO_HOME, which commands on its machine have to name."""
    csrf_token: str | None = None
    """For the header X-CSRF-Token of requests that change something; null with a bearer token."""
    ends_at: datetime | None = None
    """When the session ends if nothing more comes, UTC; null with a bearer token."""


@router.get("/login", include_in_schema=False)
async def ask_to_log_in(code: str = "") -> HTMLResponse:
    """Show a button; what fetches links ahead, presses none."""
    content = LINK_FORM.format(code=code) if CODE.fullmatch(code) else HOW + ASK_FORM
    return HTMLResponse(PAGE.format(content=content))


@router.get("/login.css", include_in_schema=False)
async def login_style() -> Response:
    """Send the style of the page that asks to log in."""
    return Response(STYLE, media_type="text/css")


@router.post("/login", include_in_schema=False)
async def log_in(request: Request) -> Response:
    """Exchange the code of a login link, or a token, for a session."""
    security = security_of(request)
    require_same_origin(request, security.options.scheme)
    sent = parse_qs((await request.body()).decode("ascii", "replace"), max_num_fields=4)
    try:
        if "token" in sent:
            identity = await security.by_token(request, f"Bearer {sent['token'][0]}")
        else:
            identity = security.by_code(request, sent.get("code", [""])[0])
    except Unauthenticated as error:
        done = security.refusals.refused(request.scope, kind_of(error), error.what)
        page = PAGE.format(content=REFUSED + HOW + ASK_FORM)
        return HTMLResponse(page, kind_of(error).status, background=done)
    home = "/" if security.options.static else "/v1/session"
    response = RedirectResponse(home, HTTPStatus.SEE_OTHER)
    _begin(security, identity, response)
    return response


@router.get("/v1/session", summary="Who am I?")
async def get_session(request: Request, caller: Viewer) -> SessionState:
    """Tell who asks, and to a browser the token that its changes need."""
    state = _state(caller)
    if "authorization" in request.headers:
        return state
    security = security_of(request)
    session = await security.session(request)
    left = timedelta(seconds=security.sessions.left_s(session))
    ends = caller.resources.now() + left
    return state.model_copy(update={"csrf_token": session.csrf_token, "ends_at": ends})


@router.post("/v1/session", summary="Log a browser in with a token", status_code=201)
async def begin_session(request: Request, response: Response, caller: Viewer) -> SessionState:
    """Set a session's cookie, of the account of the bearer token; it ends with the token."""
    security = security_of(request)
    if "authorization" not in request.headers:
        raise Unauthenticated(
            "A session begins with a bearer token.",
            remedy="Send `Authorization: Bearer TOKEN`.",
        )
    csrf_token = _begin(security, await security.identify(request), response)
    return _state(caller).model_copy(update={"csrf_token": csrf_token})


@router.delete("/v1/session", summary="Log out", status_code=204)
async def end_session(request: Request, response: Response, caller: Viewer) -> None:  # noqa: ARG001
    """End the session of the cookie, and take the cookie back."""
    security = security_of(request)
    cookie = request.cookies.get(security.cookie)
    if "authorization" in request.headers or cookie is None:
        raise NotFound("A request with a token has no session.", remedy="Send the cookie alone.")
    security.sessions.end(cookie)
    response.delete_cookie(
        security.cookie, secure=security.options.https, httponly=True, samesite="strict"
    )


def _state(caller: Caller) -> SessionState:
    account = caller.account
    return SessionState(account=account.name, role=account.role, home=str(caller.resources.home))


def _begin(security: Security, identity: Identity, response: Response) -> str:
    """Open a session and set its cookie; give its CSRF token."""
    cookie, session = security.sessions.begin(identity)
    response.set_cookie(
        security.cookie,
        cookie,
        max_age=int(ABSOLUTE_S),
        secure=security.options.https,
        httponly=True,
        samesite="strict",
    )
    return session.csrf_token
