"""The application in process: a clock that only the test moves, accounts, and routes to probe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import Engine, event
from starlette.requests import Request
from tests.unit.app.live import Clock, wired

from cambio.api.application import create_app
from cambio.api.dependencies import Approver, Operator, Viewer
from cambio.api.options import ApiOptions
from cambio.app import accounts
from cambio.app.resources import Resources
from cambio.contracts.accounts import Role

NOW = datetime(2025, 12, 1, 18, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8003"


class Seconds:
    """A clock of seconds that only the test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class Client:
    """Asks an application in process, and keeps its cookies as a browser does."""

    def __init__(self, app: FastAPI, origin: str = ORIGIN, address: str = "127.0.0.1") -> None:
        self.app = app
        self.cookies = httpx.Cookies()
        self._origin = origin
        self._address = address

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self._address, 50000))
            async with httpx.AsyncClient(
                transport=transport, base_url=self._origin, cookies=self.cookies
            ) as client:
                response = await client.request(method, path, **more)
                self.cookies = client.cookies
                return response

        return asyncio.run(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self("POST", path, **more)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def wall() -> Clock:
    return Clock(NOW)


@pytest.fixture
def product(engine: Engine, tmp_path: Path, wall: Clock) -> Resources:
    def no_feed() -> Any:
        raise AssertionError("the API asks no provider")

    return wired(engine, tmp_path, wall, no_feed)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def tokens(product: Resources) -> dict[Role, str]:
    """A token of each role, of accounts with the roles' names."""
    return {role: accounts.create_token(product, str(role), role) for role in Role}


@pytest.fixture
def make(product: Resources, seconds: Seconds) -> Callable[..., Client]:
    """Give a function that makes a client of an application with options."""

    def made(origin: str = ORIGIN, **options: Any) -> Client:
        app = create_app(product, options=ApiOptions(**{"clock": seconds} | options))
        probes(app)
        return Client(app, origin)

    return made


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()


@pytest.fixture
def token_queries(product: Resources) -> list[str]:
    """The queries on tokens that were sent since."""
    sent: list[str] = []

    @event.listens_for(product.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM api_tokens" in statement:
            sent.append(statement)

    return sent


class Ballot(BaseModel):
    comment: str


def probes(app: FastAPI) -> None:
    """Add routes that tell who asks, one for each role and method."""

    @app.get("/probe/viewer")
    @app.post("/probe/viewer")
    async def viewer(caller: Viewer) -> str:
        return caller.resources.account().name

    @app.post("/probe/operator")
    async def operator(caller: Operator) -> str:
        return caller.resources.account().name

    @app.post("/probe/approver")
    async def approver(caller: Approver) -> str:
        return caller.resources.account().name

    @app.post("/probe/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    @app.post("/probe/ballot/{number}")
    async def ballot(number: int, ballot: Ballot) -> str:
        return f"{number} {ballot.comment}"
