"""Whether it lives, whether it can work, and what Prometheus wants to know."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from cambio import telemetry
from cambio.api.dependencies import Viewer
from cambio.app.health import health
from cambio.app.metrics import readings

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """That the process answers."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Does the process live?")
async def alive() -> Alive:
    """Answer, and ask nothing of anybody."""
    return Alive()


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(caller: Viewer) -> Response:
    """Give every metric in the text format; the state of the data is read anew each time."""
    resources = caller.resources
    text = telemetry.exposition(
        lambda: readings(health(resources.engine, resources.catalogue, resources.now()))
    )
    return Response(text, media_type="text/plain; version=0.0.4")
