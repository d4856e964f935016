"""The API with the built dashboard on a real server, and links that log a browser in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from fastapi import FastAPI
from pydantic import SecretStr
from tests.api.served import PATIENCE_S, _Server
from tests.faults.market import Scripted
from uvicorn import Config

from cambio.api.application import create_app
from cambio.api.dashboard import bundle
from cambio.api.options import ApiOptions
from cambio.api.sessions import Identity
from cambio.app import accounts
from cambio.app.resources import Resources
from cambio.app.trading_loop import Loop
from cambio.contracts.accounts import Account, Role


@dataclass(frozen=True)
class Site:
    """A running dashboard. The database behind it is the test's own."""

    resources: Resources
    app: FastAPI
    url: str

    def login_link(self, role: Role = Role.APPROVER) -> str:
        """A link like the one that `cambio serve` prints, of a new account with a role."""
        name = f"{role}-{len(accounts.tokens(self.resources))}"
        token = SecretStr(accounts.create_token(self.resources, name, role))
        code = self.app.state.security.codes.issue(Identity(Account(name, role), token))
        return f"{self.url}/login?code={code}"

    def trade(self, bars: int = 1) -> None:
        """Let the engine trade some more bars, as `cambio live` in another process would."""
        Loop(self.resources, Scripted(self.resources, bars)).run(Event())


@contextmanager
def serving(resources: Resources | None) -> Iterator[Site]:
    """Serve until the context closes; without resources, the files alone.

    Raises:
        AssertionError: nobody has built the dashboard.
    """
    folder = bundle()
    assert folder is not None, "The dashboard is not built: run `make dashboard`."
    app = create_app(resources, options=ApiOptions(static=folder))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = Config(app, log_config=None, timeout_graceful_shutdown=5, lifespan="on")
        server = _Server(config, app)
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        assert server.is_up.wait(PATIENCE_S)
        try:
            yield Site(resources, app, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), "the server did not stop"
