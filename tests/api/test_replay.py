"""`POST /v1/backtest/replay` over a real socket."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import date
from socket import SO_RCVBUF, SOL_SOCKET, socket
from time import monotonic

import pytest
from tests.api.served import (
    PATIENCE_S,
    SMALL_BUFFER,
    Sse,
    events_in,
    parsed,
    product,
    serving,
    store_market,
    until,
)
from tests.models import publish

from cambio.api.replay import ReplayBody, Replays
from cambio.api.sse import StreamOptions, streams_of
from cambio.app.backtests import backtest
from cambio.contracts.accounts import Role
from cambio.features.spec import FeatureSpec
from cambio.store.database import open_database

PATH = "/v1/backtest/replay"
BODY = {
    "start_date": "2024-03-11",
    "end_date": "2024-03-22",
    "model_id": "random-s3",
    "mode": "replay",
    "emit_bar_events": True,
}
OPTIONS = StreamOptions(heartbeat_s=0.03, most_replays=1)


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    home = tmp_path_factory.mktemp("replay")
    engine = open_database(f"sqlite:///{home / 'cambio.db'}")
    resources = product(engine, home)
    store_market(resources)
    publish(resources, FeatureSpec(bar_range="as_is"), 3)
    yield resources
    engine.dispose()


@pytest.fixture(scope="module")
def served(resources):
    with serving(resources, OPTIONS) as served:
        yield served


@pytest.fixture
def client(served):
    with served.client() as client:
        yield client


@pytest.fixture(scope="module")
def whole(served) -> list[Sse]:
    """Every event of `BODY`."""
    with served.client() as client:
        answer = client.post(PATH, json=BODY)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events_in(answer.text)


def test_the_result_is_that_of_the_backtest_bit_for_bit(whole, resources):
    metrics = backtest(
        resources, "random-s3", date(2024, 3, 11), date(2024, 3, 22)
    ).evaluation.metrics
    assert whole[-1].data == {
        "type": "result",
        "data": {
            "success": True,
            "total_return": metrics.total_return,
            "sharpe": metrics.sharpe_ratio,
            "message": "",
        },
    }


def test_ids_count_from_one_and_every_event_says_its_type_twice(whole):
    assert [event.id for event in whole] == list(range(1, len(whole) + 1))
    assert all(event.data["type"] == event.event for event in whole)
    assert {event.event for event in whole} == {"progress", "bar", "trade", "result"}


@pytest.mark.parametrize("after", [0, 1, 61, 400])
def test_a_resumed_replay_gives_what_is_missing_and_nothing_twice(client, whole, after):
    answer = client.post(PATH, json=BODY, headers={"Last-Event-ID": str(after)})
    assert events_in(answer.text) == whole[after:]


def test_a_replay_that_was_seen_to_its_end_is_empty(client, whole):
    answer = client.post(PATH, json=BODY, headers={"Last-Event-ID": str(len(whole))})
    assert (answer.status_code, events_in(answer.text)) == (200, [])


def test_a_slow_replay_keeps_to_its_pace_and_is_never_silent(client):
    day = BODY | {"start_date": "2024-03-22", "speed": 100.0}
    begun = monotonic()
    with client.stream("POST", PATH, json=day) as answer:
        found = list(parsed(answer.iter_lines()))
    assert monotonic() - begun >= 0.6
    assert sum(isinstance(one, Sse) and one.event == "bar" for one in found) == 60
    assert ": " in found, "no heartbeat between bars 50 ms apart"


def test_only_so_many_replays_run_at_a_time(served, client):
    with client.stream("POST", PATH, json=BODY | {"speed": 1.0}) as answer:
        lines = answer.iter_lines()  # held: the client hangs up when it goes
        next(lines)
        refused = client.post(PATH, json=BODY)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
    until(lambda: served.app.state.replays.running == 0)
    assert client.post(PATH, json=BODY).status_code == 200


def test_a_look_that_cannot_be_recorded_shows_nothing(resources, client):
    with without(resources, "trial_ledger"):
        events = events_in(client.post(PATH, json=BODY).text)
    assert [event.event for event in events] == ["progress", "result"]
    result = events[-1].data["data"]
    assert (result["success"], result["total_return"], result["sharpe"]) == (False, None, None)
    assert "does not answer now" in result["message"]
    assert "trial_ledger" not in result["message"], "the database's words are for the log"


@contextmanager
def without(resources, table):
    def rename(old, new):
        with resources.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    rename(table, "away")
    try:
        yield
    finally:
        rename("away", table)


def test_a_client_that_takes_nothing_gives_its_place_up(resources):
    options = StreamOptions(stalled_s=0.2)
    with serving(resources, options) as served, socket() as stalled:
        stalled.setsockopt(SOL_SOCKET, SO_RCVBUF, SMALL_BUFFER)
        stalled.connect(served.address)
        stalled.sendall(request_of(served, BODY | {"start_date": "2024-01-02"}))
        until(lambda: hasattr(served.app.state, "replays"))
        until(lambda: served.app.state.replays.running == 0)
        assert len(received(stalled)) < 500_000, "it was sent everything: a weak test"


def test_a_client_that_is_gone_before_the_answer_gives_its_place_up(resources, served):
    async def begun_and_dropped() -> int:
        replays = Replays(resources, streams_of(served.app))
        chunks = await replays.begin({"app": served.app}, ReplayBody(**BODY), 0)
        assert replays.running == 1
        await chunks.aclose()
        return replays.running

    assert asyncio.run(begun_and_dropped()) == 0


def request_of(served, body) -> bytes:
    request = served.client().build_request("POST", PATH, json=body)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + request.content


def received(connection: socket) -> bytes:
    connection.settimeout(PATIENCE_S)
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def test_nobody_replays_without_a_token_or_as_a_viewer(served, client):
    bare = {"Authorization": ""}
    assert client.post(PATH, json=BODY, headers=bare).status_code == 401
    viewer = served.headers(Role.VIEWER)
    assert client.post(PATH, json=BODY, headers=viewer).status_code == 403


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"model_id": "nobody"}, 404),
        ({"start_date": "2024-03-25", "end_date": "2024-03-22"}, 422),
        ({"start_date": "0001-01-01"}, 422),
        ({"mode": "live"}, 422),
        ({"speed": -1}, 422),
        ({"steps": 5}, 422),
    ],
)
def test_what_cannot_be_replayed_is_a_problem_and_no_stream(client, changed, status):
    answer = client.post(PATH, json=BODY | changed)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
