"""`GET /v1/stream` over real sockets: order, resumption, and clients that do not read."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from socket import SO_RCVBUF, SOL_SOCKET, socket

import httpx
import pytest
from tests.api.served import (
    NOW,
    PATIENCE_S,
    SMALL_BUFFER,
    Sse,
    events_in,
    parsed,
    product,
    serving,
    until,
)

from cambio.api.sse import StreamOptions
from cambio.app import accounts
from cambio.bus.redis import RedisBus
from cambio.contracts.accounts import Role
from cambio.contracts.events import Notice, NoticeEvent, TradeEvent, TradeMark
from cambio.store import events
from cambio.store.database import open_database, reading, transaction

PATH = "/v1/stream"
OPTIONS = StreamOptions(
    heartbeat_s=0.05,
    poll_s=0.02,
    pause_s=0.05,
    credentials_s=0.05,
    kept_events=40,
    batch_events=16,
)

EVENTS, LENGTH = 1500, 200
"""Of the flood, and the characters of each one's text."""


@pytest.fixture
def resources(engine, tmp_path):
    return product(engine, tmp_path)


@pytest.fixture
def served(resources):
    with serving(resources, OPTIONS) as served:
        yield served


def happen(resources, count, text="", kind="data", *, announced=True) -> list[int]:
    """Commit notices, as the engine does; give their ids."""
    news = NoticeEvent(type=kind, data=Notice(subject="engine", text=text or "It went on."))
    with transaction(resources.engine) as connection:
        before = events.last_id(connection)
        events.append(connection, NOW, [("engine", news)] * count)
    with reading(resources.engine) as connection:
        new = events.after(connection, before, count)
    if announced:
        resources.bus.publish(new)
    return [event.id for event in new]


@contextmanager
def listening(served, query="", role=Role.VIEWER, **headers):
    """An open stream, after the server has placed it: what it gives from here on."""
    with (
        served.client(role) as client,
        client.stream("GET", PATH + query, headers=headers) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        yield parsed(answer.iter_lines())


def placed(served) -> None:
    """Wait until whoever asked for what comes from now on would get it."""
    feed = lambda: getattr(served.app.state, "live_feed", None)  # noqa: E731
    until(lambda: feed() is not None and feed().ring is not None)


def taken(stream, count) -> list[Sse]:
    """The next events, without comments."""
    return list(islice((one for one in stream if isinstance(one, Sse)), count))


def test_events_come_as_they_are_committed_in_order(served, resources):
    happen(resources, 3)
    with listening(served) as stream:
        placed(served)
        assert isinstance(next(stream), str), "a heartbeat: what was before is not told"
        ids = happen(resources, 5, "Bars came back.")
        got = taken(stream, 5)
    assert [event.id for event in got] == ids == [4, 5, 6, 7, 8]
    told = {"subject": "engine", "text": "Bars came back.", "details": {}}
    assert got[0] == Sse(4, "data", {"type": "data", "data": told})


def test_events_of_another_process_come_without_being_announced(served, resources):
    with listening(served) as stream:
        placed(served)
        next(stream)
        ids = happen(resources, 2, announced=False)
        assert [event.id for event in taken(stream, 2)] == ids


def test_the_engine_of_another_process_is_heard_over_postgresql_and_redis(
    postgresql_url, redis_url, tmp_path
):
    engine = open_database(postgresql_url)
    resources = product(engine, tmp_path)
    outputs = resources.deployment.outputs
    engines, ours = (
        replace(resources, bus=RedisBus(redis_url, outputs)) for _ in ("writes", "listens")
    )
    options = StreamOptions(heartbeat_s=0.05, poll_s=PATIENCE_S)  # the bus tells, or nobody
    with serving(ours, options) as served, listening(served) as stream:
        placed(served)
        next(stream)
        ids = happen(engines, 3)
        assert [event.id for event in taken(stream, 3)] == ids
    ours.bus.close()
    engines.bus.close()
    engine.dispose()


@pytest.mark.parametrize("after", [0, 1, 99, 100])
def test_a_resumed_stream_gives_what_was_missed_and_goes_on(served, resources, after):
    """More than the ring holds and more than a batch, so that all ways of reading take part."""
    happen(resources, 100)
    with listening(served, **{"Last-Event-ID": str(after)}) as stream:
        missed = taken(stream, 100 - after)
        happen(resources, 100)
        got = missed + taken(stream, 100)
    assert [event.id for event in got] == list(range(after + 1, 201))


def test_the_header_of_a_reconnect_counts_more_than_the_address(served, resources):
    happen(resources, 9)
    with listening(served, "?after=3", **{"Last-Event-ID": "8"}) as stream:
        assert taken(stream, 1)[0].id == 9
    with listening(served, "?after=3") as stream:
        assert taken(stream, 1)[0].id == 4


@pytest.mark.parametrize("query", ["?types=trade,breach", "?types=trade&types=breach"])
def test_only_the_types_that_were_asked_for_come(served, resources, query):
    fill = TradeMark(timestamp=NOW, side="BUY", entry_price=4000.0, pnl=None, model_id="m1")
    happen(resources, 30)
    happen(resources, 1, kind="breach")
    with listening(served, query + "&after=0") as stream:
        assert taken(stream, 1)[0].id == 31
        happen(resources, 30)
        with transaction(resources.engine) as connection:
            events.append(connection, NOW, [("m1", TradeEvent(data=fill))])
        got = taken(stream, 1)[0]
    assert (got.id, got.event, got.data["data"]["entry_price"]) == (62, "trade", 4000.0)


def test_events_that_are_no_longer_kept_are_said_to_be(served, resources):
    happen(resources, 20)
    with resources.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM events WHERE id <= 15")
    with listening(served, "?after=3") as stream:
        got = taken(stream, 2)
    assert (got[0].id, got[0].event) == (None, "gap")
    assert "Events before 16" in got[0].data["data"]["text"]
    assert got[1].id == 16


def test_an_id_of_another_database_is_said_to_be_unknown(served, resources):
    happen(resources, 5)
    with listening(served, "?after=900") as stream:
        gap = taken(stream, 1)[0]
        happen(resources, 1)
        assert (gap.event, taken(stream, 1)[0].id) == ("gap", 6)


def test_a_lost_database_is_said_and_nothing_is_lost_when_it_returns(served, resources):
    with listening(served) as stream:
        placed(served)
        next(stream)
        with resources.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE events RENAME TO away")
        assert taken(stream, 1)[0].event == "stale"
        with resources.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO events")
        ids = happen(resources, 3)
        back = taken(stream, 4)
    assert back[0].event == "live"
    assert [event.id for event in back[1:]] == ids


def test_one_who_does_not_read_keeps_nobody_waiting(resources):
    """49 get all of 1,500 events while one takes nothing; that one resumes without a loss."""
    options = StreamOptions(poll_s=0.02, kept_events=40, batch_events=16, stalled_s=1.0)
    with serving(resources, options) as served, socket() as stalled:
        ask(stalled, served)
        got, kept = asyncio.run(forty_nine(served, lambda: happen(resources, EVENTS, "x" * LENGTH)))
        assert got == [list(range(1, EVENTS + 1))] * 49
        assert kept <= 40, "it was kept for the one who stands still"
        until(lambda: served.app.state.live_feed.clients == 0)
        last = events_in(received(stalled))[-1].id
        assert last < EVENTS, "its socket held everything: a weak test"
        with listening(served, **{"Last-Event-ID": str(last)}) as stream:
            rest = [event.id for event in taken(stream, EVENTS - last)]
    assert rest == list(range(last + 1, EVENTS + 1))


def ask(stalled, served) -> None:
    stalled.setsockopt(SOL_SOCKET, SO_RCVBUF, SMALL_BUFFER)
    stalled.settimeout(PATIENCE_S)
    stalled.connect(served.address)
    request = served.client(Role.VIEWER).build_request("GET", PATH)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    stalled.sendall(f"GET {PATH}?after=0 HTTP/1.1\r\n{head}\r\n".encode())


def received(stalled) -> str:
    """What lies in the socket, cut where the server closed it; chunk sizes are no SSE fields."""
    parts = []
    while part := stalled.recv(1 << 16):
        parts.append(part)
    body = b"".join(parts).partition(b"\r\n\r\n")[2]
    chunks = []
    while (size := body.partition(b"\r\n")[0]) and len(body) >= int(size, 16) > 0:
        start = len(size) + 2
        chunks.append(body[start : start + int(size, 16)])
        body = body[start + int(size, 16) + 2 :]
    return b"".join(chunks).decode()


async def forty_nine(served, act) -> tuple[list[list[int]], int]:
    """What 49 clients got of the events that ``act`` makes, and how many the server still holds."""
    async with httpx.AsyncClient(
        base_url=served.url,
        headers=served.headers(Role.VIEWER),
        limits=httpx.Limits(max_connections=None),
        timeout=PATIENCE_S,
    ) as client:
        all_have_all = asyncio.Barrier(50)
        tasks = [asyncio.create_task(ids_until(client, all_have_all)) for _ in range(49)]
        state = served.app.state
        here = lambda: hasattr(state, "live_feed") and state.live_feed.clients == 50  # noqa: E731
        await asyncio.to_thread(until, here)
        await asyncio.to_thread(act)
        while all_have_all.n_waiting < 49:
            await asyncio.sleep(0.01)
        kept = len(state.live_feed.ring)
        await all_have_all.wait()
        return await asyncio.gather(*tasks), kept


async def ids_until(client, all_have_all) -> list[int]:
    text = ""
    async with client.stream("GET", PATH, params={"after": 0}) as answer:
        parts = answer.aiter_text()  # held: the client hangs up when it goes
        async for part in parts:
            text += part
            if f"\nid: {EVENTS}\n" in text[-2 * LENGTH :] and text.endswith("\n\n"):
                break
        await all_have_all.wait()
    return [event.id for event in events_in(text)]


def test_who_leaves_leaves_nothing_behind(served, resources):
    happen(resources, 3)
    with listening(served, "?after=0") as stream:
        taken(stream, 3)
        feed = served.app.state.live_feed
        assert feed.clients == 1
    until(lambda: feed.clients == 0)
    assert feed.ring is None


def test_only_so_many_listen(resources):
    options = StreamOptions(heartbeat_s=0.05, most_listeners=1)
    with serving(resources, options) as served, listening(served) as stream:
        next(stream)
        with served.client() as client:
            answer = client.get(PATH)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


def test_a_stream_ends_when_its_token_is_revoked(served, resources):
    with listening(served) as stream:
        next(stream)
        viewer = accounts.tokens(resources)
        name = next(token.name for token in viewer if token.role is Role.VIEWER)
        accounts.revoke_token(resources, name)
        assert all(isinstance(one, str) for one in stream), "it ends"


def test_a_server_that_stops_ends_its_streams(resources):
    with serving(resources, OPTIONS) as served, listening(served) as stream:
        next(stream)
        served.stop()
        assert all(isinstance(one, str) for one in stream), "it ends"


@pytest.mark.parametrize("query", ["?types=orders", "?after=-1", "?after=x"])
def test_what_is_not_understood_is_refused(served, query):
    with served.client() as client:
        assert client.get(PATH + query).status_code == 422


def test_a_type_that_does_not_exist_is_told_its_place_and_the_others(served):
    with served.client() as client:
        problem = client.get(f"{PATH}?types=trade,orders").json()
    (error,) = problem["errors"]
    assert error["place"] == "query.types.1"
    assert "'signal', 'trade', 'account', 'breach'" in error["message"]


def test_nobody_listens_without_a_token(served):
    assert httpx.get(served.url + PATH).status_code == 401
