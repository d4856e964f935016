"""Whether it lives, whether it can work, and what Prometheus wants to know."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from cambio import telemetry
from cambio.api.dependencies import Viewer
from cambio.api.schemas import operation_id
from cambio.app.market_clock import market_clock
from cambio.app.metrics import state
from cambio.app.resources import Resources
from cambio.errors import CambioError
from cambio.store import engine
from cambio.store.database import is_current, reading

NOT_READY: Final = 503
THREADS: Final = 2
"""That ask at a time. Strangers may, and what is away answers slowly: nobody else shall wait."""
BusState = Literal["in process", "ok", "down"]

router = APIRouter(tags=["health"], generate_unique_id_function=operation_id)


class Alive(BaseModel):
    """That the process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether requests can be answered, and what is known of those that we depend on."""

    ready: bool
    database: Literal["ok", "down"]
    schema_: Literal["current", "other", "unknown"] = Field(serialization_alias="schema")
    bus: BusState
    """`down` is no reason not to be ready: streams poll the database then."""
    engine: Literal["running", "stopped", "unknown"] = "unknown"
    """Whether a process trades on the database. Stopped is no reason not to be ready."""
    simulated: bool = False
    """The market is simulated, and has a clock of its own."""
    last_bar: datetime | None = None
    """Open of the last bar that the engine committed, UTC; null before the first."""
    last_bar_age_s: float | None = None
    """Time since that bar's open, on the market's clock. Between sessions it grows, and nothing is
    wrong."""


@router.get("/healthz", summary="Does the process live?")
async def get_health() -> Alive:
    """Answer, and ask nothing of anybody."""
    return Alive()


@router.get(
    "/readyz",
    summary="Can it answer?",
    responses={NOT_READY: {"description": "Not now.", "model": Ready}},
)
async def get_readiness(request: Request, response: Response) -> Ready:
    """Ask the database; the engine and the bus are told of, and decide nothing."""
    app = request.app
    if not hasattr(app.state, "readiness_threads"):
        app.state.readiness_threads = CapacityLimiter(THREADS)
    state = await run_sync(_state, app.state.resources, limiter=app.state.readiness_threads)
    if not state.ready:
        response.status_code = NOT_READY
    return state


def _state(resources: Resources) -> Ready:
    bus = _bus(resources)
    try:
        if not is_current(resources.engine):
            return Ready(ready=False, database="ok", schema_="other", bus=bus)
        with reading(resources.engine) as connection:
            stored = engine.load(connection)
            now, simulated = market_clock(connection, resources.now())
        runs = engine.is_running(resources.engine)
    except CambioError as error:
        structlog.get_logger().warning("not_ready", error=error.what)
        return Ready(ready=False, database="down", schema_="unknown", bus=bus)
    last = None if stored is None else stored.last_bar
    return Ready(
        ready=True,
        database="ok",
        schema_="current",
        bus=bus,
        engine="running" if runs else "stopped",
        simulated=simulated,
        last_bar=last,
        last_bar_age_s=None if last is None else (now - last).total_seconds(),
    )


def _bus(resources: Resources) -> BusState:
    """Ask the bus, where there is one outside of this process."""
    is_reachable = resources.bus.is_reachable()
    if is_reachable is None:
        return "in process"
    return "ok" if is_reachable else "down"


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def get_metrics(caller: Viewer) -> Response:
    """Give every metric in the text format; the state of the data is read anew each time."""
    resources = caller.resources
    text = telemetry.exposition(lambda: state(resources))
    return Response(text, media_type="text/plain; version=0.0.4")
