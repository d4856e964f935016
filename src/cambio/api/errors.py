"""Errors as HTTP says them: RFC 9457 problem details. HTTP codes of errors live here alone."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from cambio.errors import (
    CambioError,
    ConfigError,
    Conflict,
    ContractMismatch,
    DataQualityError,
    NotAllowed,
    NotFound,
    SourceError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import FastAPI, Request
    from starlette.background import BackgroundTask
    from starlette.types import Scope

    OnRefusal = Callable[[Scope, "Kind", str], BackgroundTask | None]

MEDIA_TYPE: Final = "application/problem+json"
SAFE_FIELDS: Final = (
    "account",
    "champion",
    "expected",
    "expires_at",
    "found",
    "id",
    "known",
    "offered",
    "registered",
    "reviewer",
    "role",
)
"""Of an error's facts, those that a client may see; the rest may name files and machines."""
RETRY_AFTER_S: Final = 5
"""Pause that is asked for where a source failed."""
CHALLENGE: Final = 'Bearer realm="cambio"'


class Unauthenticated(NotAllowed):
    """Nobody that we know: log in, or present another token."""


class TooManyRequests(NotAllowed):
    """Too fast: come again after `fields["retry_after_s"]` seconds."""


class Place(BaseModel):
    """Something that is wrong with a request."""

    place: str = Field(examples=["body.comment"])
    """Where it stands: body, query, path or header, then the names of the fields."""
    message: str = Field(examples=["Field required"])


class Problem(BaseModel):
    """RFC 9457 problem details: what was wrong, and what to do."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/problems/not-found"])
    """Stable name of the kind of problem; docs/api.md lists them."""
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no proposal p1."])
    remedy: str = ""
    """What to do about it."""
    instance: str = Field(examples=["/v1/proposals/p1"])
    """Path of the request."""
    request_id: str = ""
    """By which the server's log knows the request."""
    errors: list[Place] = Field(default_factory=list)
    """What is wrong with the request, one by one; of `invalid-request`."""


class Kind(BaseModel):
    """A kind of problem."""

    model_config = ConfigDict(frozen=True)

    slug: str
    title: str
    status: int

    @property
    def type(self) -> str:
        """Give its name as a relative URI."""
        return f"/problems/{self.slug}"


def _kind(slug: str, status: HTTPStatus) -> Kind:
    return Kind(slug=slug, title=slug.replace("-", " ").capitalize(), status=status)


KINDS: Final[Mapping[type[CambioError], Kind]] = {
    Unauthenticated: _kind("unauthenticated", HTTPStatus.UNAUTHORIZED),
    TooManyRequests: _kind("too-many-requests", HTTPStatus.TOO_MANY_REQUESTS),
    NotAllowed: _kind("not-allowed", HTTPStatus.FORBIDDEN),
    NotFound: _kind("not-found", HTTPStatus.NOT_FOUND),
    Conflict: _kind("conflict", HTTPStatus.CONFLICT),
    ContractMismatch: _kind("contract-mismatch", HTTPStatus.CONFLICT),
    ConfigError: _kind("invalid-value", HTTPStatus.UNPROCESSABLE_ENTITY),
    DataQualityError: _kind("bad-data", HTTPStatus.UNPROCESSABLE_ENTITY),
    SourceError: _kind("unavailable", HTTPStatus.SERVICE_UNAVAILABLE),
}
"""Of each branch of the error tree, the finer ones first.

A `ContractMismatch` is a 409: the request was in order, what the server stores is not.
"""
INVALID_REQUEST: Final = _kind("invalid-request", HTTPStatus.UNPROCESSABLE_ENTITY)
NO_SUCH_PATH: Final = _kind("no-such-path", HTTPStatus.NOT_FOUND)
TOO_LARGE: Final = _kind("too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
HEAD_TOO_LARGE: Final = _kind("head-too-large", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
WRONG_HOST: Final = _kind("wrong-host", HTTPStatus.MISDIRECTED_REQUEST)
UNEXPECTED: Final = _kind("unexpected", HTTPStatus.INTERNAL_SERVER_ERROR)
ROUTING: Final[Mapping[int, Kind]] = {
    kind.status: kind
    for kind in (
        _kind("bad-request", HTTPStatus.BAD_REQUEST),
        NO_SUCH_PATH,
        _kind("request-timeout", HTTPStatus.REQUEST_TIMEOUT),
        _kind("method-not-allowed", HTTPStatus.METHOD_NOT_ALLOWED),
        TOO_LARGE,
        _kind("unsupported-media-type", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    )
}
"""What the framework itself refuses, by its code."""

TOLD: Final = (
    (HTTPStatus.BAD_REQUEST, "The body cannot be read."),
    (HTTPStatus.UNAUTHORIZED, "No token, or one that is not accepted."),
    (HTTPStatus.FORBIDDEN, "The account lacks the role, or the request may be another site's."),
    (HTTPStatus.NOT_FOUND, "What was named does not exist."),
    (HTTPStatus.REQUEST_TIMEOUT, "The body did not come in time."),
    (HTTPStatus.CONFLICT, "The state is another one than expected: look again, then decide."),
    (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large."),
    (HTTPStatus.UNPROCESSABLE_ENTITY, "The request is not what this path takes."),
    (HTTPStatus.TOO_MANY_REQUESTS, "Too fast; `Retry-After` says when to come again."),
    (HTTPStatus.SERVICE_UNAVAILABLE, "The database, or what it needs, does not answer now."),
)
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    int(status): {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in TOLD
}
"""For `responses=`, so that every route documents its errors."""


def problem(
    scope: Scope,
    kind: Kind,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    """Give the answer that says what was wrong.

    Args:
        scope: of the request.
        kind: of the problem.
        detail: what was wrong, in one sentence that anybody may read.
        headers: besides the content type.
        **more: `remedy`, `errors` and further facts.
    """
    content = more | {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": scope["path"],
        "request_id": scope.get("state", {}).get("request_id", ""),
    }
    return JSONResponse(
        jsonable_encoder(content), kind.status, dict(headers or {}), media_type=MEDIA_TYPE
    )


def kind_of(error: CambioError) -> Kind:
    """Give the kind of problem that an error is."""
    return next(kind for branch, kind in KINDS.items() if isinstance(error, branch))


def answer(scope: Scope, error: CambioError) -> JSONResponse:
    """Give the answer to an error that was raised on purpose.

    Where a source failed, its words go to the log alone: they name servers and files.
    """
    kind = kind_of(error)
    facts = {name: error.fields[name] for name in SAFE_FIELDS if name in error.fields}
    detail, remedy, headers = error.what, error.remedy, {}
    if isinstance(error, SourceError):
        structlog.get_logger().error("source_failed", error=error.what, path=scope["path"])
        detail = "The database, or another source that this needs, does not answer now."
        remedy, facts = "Try again; the server's log says more, under the request's id.", {}
        headers["Retry-After"] = str(RETRY_AFTER_S)
    elif isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.fields["retry_after_s"])
    elif isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = CHALLENGE
    return problem(scope, kind, _without_home(scope, detail), headers, remedy=remedy, **facts)


def unexpected(scope: Scope) -> JSONResponse:
    """Give the answer to an error that nobody foresaw; it tells nothing of it."""
    return problem(
        scope,
        UNEXPECTED,
        "Something failed that should not have.",
        remedy="Report it with the request's id; the server's log has the cause.",
    )


def install(app: FastAPI, on_refusal: OnRefusal) -> None:
    """Let an application answer errors so.

    Args:
        app: the application.
        on_refusal: is told of every refusal, and gives what is still to do after the answer.
    """

    async def _on_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, CambioError)  # noqa: S101  # as registered
        response = answer(request.scope, error)
        if isinstance(error, NotAllowed):
            response.background = on_refusal(request.scope, kind_of(error), _cause(error))
        return response

    app.add_exception_handler(CambioError, _on_error)
    app.add_exception_handler(HTTPException, _on_routing)
    app.add_exception_handler(RequestValidationError, _on_invalid)


def _without_home(scope: Scope, text: str) -> str:
    """Leave out where on this machine the product's files lie."""
    return text.replace(f"{scope['app'].state.resources.home}/", "")


def _cause(error: CambioError) -> str:
    """Give what was wrong, in the words of who found it: they are for the log."""
    return error.__cause__.what if isinstance(error.__cause__, CambioError) else error.what


async def _on_routing(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered
    known = ROUTING.get(error.status_code)
    kind = known or _kind(HTTPStatus(error.status_code).phrase, HTTPStatus(error.status_code))
    return problem(request.scope, kind, f"{error.detail}.", error.headers)


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Name the places, never what stood there: it may be a secret."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as registered
    places = [
        Place(place=".".join(map(str, found["loc"])), message=found["msg"])
        for found in error.errors()
    ]
    detail = "; ".join(f"{at.place}: {at.message}" for at in places)
    return problem(request.scope, INVALID_REQUEST, f"{detail}.", errors=places)
