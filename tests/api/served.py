"""The API on a real server on loopback, and what a client of its streams reads."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from tests.unit.app.live import Clock, wired

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.api.application import create_app
from cambio.api.options import ApiOptions
from cambio.api.sse import StreamOptions, end_streams
from cambio.app import accounts
from cambio.app.resources import Resources
from cambio.contracts.accounts import Role
from cambio.store import bars, macro
from cambio.store.database import transaction

NOW = datetime(2024, 4, 1, 12, tzinfo=UTC)
MARKET = SimulationConfig(start=date(2024, 1, 2), end=date(2024, 3, 28))
PATIENCE_S = 20.0
SMALL_BUFFER = 4096
"""Of the sockets, so that a client who does not read is felt soon."""


class Silent:
    """A progress that nobody watches."""

    @contextmanager
    def stage(self, title: str) -> Iterator[Silent]:
        yield self

    def update(self, done: int, total: int, note: str = "") -> None:
        pass


def product(engine: Engine, home: Path) -> Resources:
    """Resources at `NOW`, with nothing stored."""
    resources = wired(engine, home, Clock(NOW), lambda: (_ for _ in ()).throw(AssertionError))
    return replace(resources, progress=Silent())


def store_market(resources: Resources, config: SimulationConfig = MARKET) -> None:
    """A simulated market in the database."""
    market = simulate(config, resources.catalogue)
    with transaction(resources.engine) as connection:
        bars.store(connection, market.bars, NOW)
        macro.store(connection, market.macro, NOW)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.is_up = Event()
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        end_streams(self._app)
        await super().shutdown(sockets)


@dataclass(frozen=True)
class Served:
    """A running server, and the tokens that it accepts."""

    resources: Resources
    app: FastAPI
    address: tuple[str, int]
    tokens: dict[Role, str]
    stop: Callable[[], None]
    """Asks the server to stop, as a signal does."""

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.address)

    def headers(self, role: Role = Role.OPERATOR) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def client(self, role: Role = Role.OPERATOR) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=self.headers(role), timeout=PATIENCE_S)


@contextmanager
def serving(resources: Resources, options: StreamOptions | None = None) -> Iterator[Served]:
    """Serve the API until the context closes; it then stops within the server's patience."""
    # Its clock runs fast: what it asks of a token is asked anew at once.
    app = create_app(resources, options=ApiOptions(clock=lambda: 100.0 * monotonic()))
    if options is not None:
        app.state.stream_options = options
    tokens = {
        role: accounts.create_token(resources, f"{role}{monotonic():.6f}", role)
        for role in (Role.VIEWER, Role.OPERATOR)
    }
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5, lifespan="on")
    server = _Server(config, app)
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    assert server.is_up.wait(PATIENCE_S)

    def stop() -> None:
        server.should_exit = True

    try:
        yield Served(resources, app, listener.getsockname(), tokens, stop)
    finally:
        stop()
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "the server did not stop"


def until(claim: Callable[[], bool]) -> None:
    """Wait until a claim holds."""
    end, never = monotonic() + PATIENCE_S, Event()
    while not claim():
        assert monotonic() < end, "it never came true"
        never.wait(0.005)


@dataclass(frozen=True)
class Sse:
    """One event, as a browser's parser gives it."""

    id: int | None
    event: str
    data: dict[str, Any]


def parsed(lines: Iterable[str]) -> Iterator[Sse | str]:
    """Events and, as strings, comments; other fields are left out."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            yield line
        elif line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            event_id = int(fields["id"]) if "id" in fields else None
            yield Sse(event_id, fields["event"], json.loads(fields["data"]))
            fields = {}
        else:
            fields = {}


def events_in(text: str) -> list[Sse]:
    """The events of a whole answer."""
    return [found for found in parsed(text.split("\n")) if isinstance(found, Sse)]
