"""Whether it lives and can work, its metrics, and `cambio serve` itself."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text
from tests.api.conftest import NOW, ORIGIN, Client, bearer

from cambio.acquisition.simulator import SIMULATED
from cambio.api.application import create_app
from cambio.bus.memory import MemoryBus
from cambio.bus.redis import RedisBus
from cambio.cli.serve import serve
from cambio.cli.session import OPENED
from cambio.contracts.accounts import Role
from cambio.contracts.market import Bar
from cambio.errors import ConfigError, NotAllowed
from cambio.store import bars, engine
from cambio.store.database import transaction
from cambio.store.engine import EngineState

ROOT = Path(__file__).parents[2]


def test_a_living_process_says_so_without_being_told_who_asks(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_when_the_database_answers(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": "ok",
        "schema": "current",
        "bus": "in process",
        "engine": "stopped",
        "simulated": False,
        "last_bar": None,
        "last_bar_age_s": None,
    }


def test_the_age_of_the_engines_last_bar_is_told(client, product):
    state = EngineState(0, NOW - timedelta(minutes=7), {}, NOW)
    with transaction(product.engine) as connection:
        engine.begin(connection, state)
    told = client.get("/readyz").json()
    assert (told["last_bar"], told["last_bar_age_s"]) == ("2025-12-01T17:53:00Z", 420.0)
    assert told["engine"] == "stopped"
    with engine.only_one(product.engine):
        assert client.get("/readyz").json()["engine"] == "running"


def test_a_simulated_market_is_measured_by_its_own_clock(client, product):
    close = NOW - timedelta(days=90)
    bar = Bar(close - timedelta(minutes=5), 4000.0, 4001.0, 3999.0, 4000.0)
    with transaction(product.engine) as connection:
        bars.add(connection, bar, SIMULATED, NOW)
        engine.begin(connection, EngineState(0, bar.time, {}, NOW))
    told = client.get("/readyz").json()
    assert (told["simulated"], told["last_bar_age_s"]) == (True, 300.0)


def test_a_bus_that_is_down_is_told_and_ready_all_the_same(product, unused_port):
    away = RedisBus(f"redis://127.0.0.1:{unused_port}/0", product.deployment.outputs)
    response = Client(create_app(replace(product, bus=away))).get("/readyz")
    assert (response.status_code, response.json()["bus"]) == (200, "down")


def test_who_asks_for_a_bus_that_hangs_holds_up_nobody_else(product, tokens):
    hung = Event()

    class Hanging(MemoryBus):
        def is_reachable(self) -> None:
            hung.wait(20)

    client = Client(create_app(replace(product, bus=Hanging())))

    async def ask() -> int:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as asker:
            waiting = [asyncio.create_task(asker.get("/readyz")) for _ in range(50)]
            await asyncio.sleep(0)
            answer = await asker.get("/v1/models", headers=bearer(tokens[Role.VIEWER]))
            assert not any(task.done() for task in waiting)
            hung.set()
            await asyncio.gather(*waiting)
            return answer.status_code

    assert asyncio.run(asyncio.wait_for(ask(), 15)) == 200


def test_it_is_not_ready_on_a_schema_of_another_version(client, product):
    with transaction(product.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    response = client.get("/readyz")
    assert (response.status_code, response.json()["schema"]) == (503, "other")


@pytest.fixture
def without_database(product, unused_port) -> Client:
    """The API on a PostgreSQL server that isn't there."""
    url = f"postgresql+psycopg://cambio:pg-password@127.0.0.1:{unused_port}/cambio"
    return Client(create_app(replace(product, engine=create_engine(url))))


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_without_a_database_it_lives_and_is_not_ready(without_database):
    assert without_database.get("/healthz").status_code == 200
    response = without_database.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "down")


def test_a_lost_database_tells_its_place_and_password_to_nobody(without_database, capsys):
    response = without_database.get("/v1/session", headers=bearer("cambio_token"))
    assert response.status_code == 503
    assert "127.0.0.1" not in response.text
    logged = "".join(capsys.readouterr())
    assert "source_failed" in logged
    assert "pg-password" not in logged
    assert "cambio_token" not in logged


def test_metrics_are_for_viewers(client, tokens):
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=bearer(tokens[Role.VIEWER])).status_code == 200


def test_prometheus_can_read_the_metrics(client, tokens):
    response = client.get("/metrics", headers=bearer(tokens[Role.VIEWER]))
    names = {family.name for family in text_string_to_metric_families(response.text)}
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert {"cambio_macro_completeness_ratio", "cambio_bars_ingested"} <= names


# cambio serve

SECRETS = {
    "CAMBIO_TWELVEDATA_API_KEY": "twelvedata-secret",
    "CAMBIO_FRED_API_KEY": "fred-secret",
    "CAMBIO_BUS_URL": "memory://bus-user:bus-secret@nowhere",
    "DESK_HOOK_KEY": "webhook-secret",
}


def run(home: Path, token: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CAMBIO_")
    }
    return subprocess.Popen(
        [sys.executable, "-m", "cambio", "serve", *arguments],
        env=environment | SECRETS | {"CAMBIO_HOME": str(home), "CAMBIO_TOKEN": token},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_is_served_until_it_is_told_to_stop_and_no_secret_is_logged(product, tokens):
    with run(product.home, tokens[Role.OPERATOR], "--port", "0") as server:
        server.stdout.readline()
        base, code = re.fullmatch(
            r"  (http://\S+)/login\?code=(\S+)\n", server.stdout.readline()
        ).groups()
        with httpx.Client(base_url=base) as browser:
            assert browser.get("/login", params={"code": code}).status_code == 200
            sent = {"code": code}
            assert browser.post("/login", data=sent, headers={"Origin": base}).status_code == 303
            cookie = browser.cookies["cambio_session"]
            csrf = browser.get("/v1/session").json()["csrf_token"]
            token = tokens[Role.VIEWER]
            browser.get("/v1/session", headers=bearer(token))
            browser.get(f"/nowhere?token={token}", headers=bearer("cambio_unknown"))
            browser.get("/v1/session", headers=bearer("cambio_unknown"))
            with socket.create_connection((browser.base_url.host, browser.base_url.port)) as raw:
                raw.sendall(b"GET /healthz HTTP/1.1\r\nX-Long: " + b"x" * 20_000)
                assert b" 400 " in raw.recv(100)
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=20)
    assert server.returncode == 143
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["event"] for line in lines} == {
        "api_started",
        "request_answered",
        "request_refused",
        "library_logged",
        "api_stopped",
    }
    secrets = [*tokens.values(), code, cookie, csrf, "cambio_unknown", *SECRETS.values()]
    assert [secret for secret in secrets if secret in log] == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "trader.lan"])
def test_other_machines_are_not_let_in_by_accident(host):
    with pytest.raises(NotAllowed, match="Other machines could reach"):
        serve(host=host)


def test_a_port_that_is_taken_is_named(tmp_path, monkeypatch, unused_port):
    monkeypatch.setenv("CAMBIO_HOME", str(tmp_path))
    with (
        socket.create_server(("127.0.0.1", unused_port)),
        OPENED,
        pytest.raises(ConfigError, match=f"127.0.0.1:{unused_port}: Address already in use"),
    ):
        serve(port=unused_port)
