"""The application: routes, what guards them, and what OpenAPI says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from cambio import __version__
from cambio.api import (
    ab_tests,
    calibration,
    completeness,
    data,
    deployments,
    errors,
    evidence,
    experiments,
    health,
    histograms,
    inference,
    live,
    models,
    replay,
    risk,
    session,
    signals,
    votes,
    walk_forwards,
)
from cambio.api.dashboard import Packed
from cambio.api.options import DEFAULT, ApiOptions
from cambio.api.perimeter import Perimeter
from cambio.api.security import Security

if TYPE_CHECKING:
    from cambio.app.resources import Resources

ROOMS: Final = (
    health,
    session,
    models,
    votes,
    evidence,
    deployments,
    experiments,
    walk_forwards,
    ab_tests,
    calibration,
    signals,
    data,
    completeness,
    histograms,
    risk,
    inference,
    replay,
    live,
)
"""In the order in which OpenAPI lists them."""


def create_app(resources: Resources, *, options: ApiOptions = DEFAULT) -> FastAPI:
    """Give the API on the product's resources.

    Args:
        resources: what the use cases work with; who acts is said by each request.
        options: how it is reached, and how much it lets pass.
    """
    app = FastAPI(
        title="cambio",
        summary="Reinforcement-learning trading for USD/COP.",
        version=__version__,
        docs_url=None,  # its scripts come from a CDN, which our policy lets nobody load
        redoc_url=None,
        redirect_slashes=False,
    )
    security = Security(resources, options)
    app.state.resources = resources
    app.state.security = security
    errors.install(app, security.refusals.refused)
    if options.static is not None:
        app.add_middleware(Packed, folder=options.static)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=options.limits.body)
    app.add_middleware(Perimeter, security=security)
    for room in ROOMS:
        app.include_router(room.router, responses=errors.RESPONSES)
    if options.static is not None:
        app.frontend("/", directory=options.static, fallback=None)
    _document_problems(app)
    return app


def _document_problems(app: FastAPI) -> None:
    """Let OpenAPI know the schema to which `errors.RESPONSES` refer."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            reference = "#/components/schemas/{model}"
            schema = errors.Problem.model_json_schema(ref_template=reference)
            schemas |= schema.pop("$defs", {}) | {"Problem": schema}
        return document

    app.openapi = openapi  # type: ignore[method-assign]
