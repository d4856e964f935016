"""The API's two streams over loopback, server and clients each in a process of their own.

Replay: six months of bars through `POST /v1/backtest/replay` with an event for each, from the
request's first byte to the answer's last: model, deciding, recording the look, encoding, sending.
The market was read by the round that does not count, as a running server has read it; before it,
the time to the first event holds reading 86,000 bars and 19 macro series as well. The peer tells
the same events of the same replay through `fastapi.sse.EventSourceResponse`. The policy is a random
one of the shipped size, 15-256-256-3, and the limit on drawdowns is lifted, whose latch would end
its trading.

Live: events that one thread commits to SQLite in the server's process, as the engine does in its
own, and announces on the memory bus. 49 clients read and one takes nothing; beside them one client
alone. Latency: from the commit's end, 200 of them a second, until a client's socket has the event.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from socket import create_connection, create_server
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.models import publish

from benchmarks import market
from benchmarks.figures import Contender, Figure, Sample, rates
from cambio.contracts.accounts import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from socket import socket

    from fastapi import FastAPI

    from cambio.app.resources import Resources

TARGET = 10_000
ROUNDS = 5
PATIENCE_S = 30.0
BODY = (
    '{"start_date": "2025-07-01", "end_date": "2025-12-31", "model_id": "random-s3", '
    '"mode": "replay", "emit_bar_events": true}'
)
OURS, PEER = "/v1/backtest/replay", "/peer"
CLIENTS = 50
BURST, COMMIT = 6_000, 60
"""Events of a burst, and in each of its transactions."""
STEADY, RATE = 600, 200.0
"""Events of a steady stream, and how many come a second, each in a transaction of its own."""
LIVE_ROUNDS = 3
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def figures() -> list[Figure]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        market.database(home)
        with server(home) as place:
            return [*_replay(place), *_live(place)]


# ---- the server


@dataclass(frozen=True, slots=True)
class Place:
    """A running server, and how to tell its thread to commit events."""

    port: int
    token: str
    pipe: Connection

    def happen(self, count: int, commit: int, rate: float) -> None:
        """Let events be committed; returns at once."""
        self.pipe.send((count, commit, rate))


@contextmanager
def server(home: Path) -> Iterator[Place]:
    """Serve a home in a process of its own."""
    context = get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=serve, args=(home, its), daemon=True)
    process.start()
    its.close()
    port, token = ours.recv()
    try:
        yield Place(port, token, ours)
    finally:
        ours.send(None)
        process.join(PATIENCE_S)


def serve(home: Path, pipe: Connection) -> None:
    """Serve until the pipe says None."""
    from contextlib import suppress
    from threading import Thread

    import structlog
    import uvicorn
    from tests.api.served import Silent

    from cambio.api.application import create_app
    from cambio.api.limits import Rate
    from cambio.api.options import ApiOptions, Limits
    from cambio.api.sse import end_streams
    from cambio.app import accounts
    from cambio.settings import load_settings
    from cambio.wiring import connect

    os.environ["CAMBIO_TRACKING_URI"] = ""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    resources = connect(load_settings(home), Silent())
    lifted = resources.limits.model_copy(update={"max_drawdown": 1.0})
    resources = replace(resources, limits=lifted)
    publish(resources, market.SPEC, 3, graph=graph())
    every = Rate(per_s=1e6, burst=10**6)
    app = create_app(resources, options=ApiOptions(limits=Limits(every, every, every)))
    add_peer(app, resources)
    listener = create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http="h11", log_level="critical", access_log=False)
    running = uvicorn.Server(config)
    thread = Thread(target=running.run, args=([listener],))
    thread.start()
    pipe.send((listener.getsockname()[1], accounts.create_token(resources, "bench", Role.OPERATOR)))
    with suppress(EOFError):
        while (order := pipe.recv()) is not None:
            commit_events(resources, *order)
    running.should_exit = running.force_exit = True
    end_streams(app)
    thread.join()


def graph() -> bytes:
    """Give a random policy of the shipped size that often changes its mind."""
    from cambio.training.export import Layer, Network, policy_graph

    rng, layers = np.random.default_rng(3), []
    for inputs, outputs in ((15, 256), (256, 256), (256, 3)):
        weight = rng.normal(0.0, 4.0 / inputs**0.5, (outputs, inputs))
        layers.append(Layer(weight.astype(np.float32), np.zeros(outputs, np.float32)))
    return policy_graph([Network(tuple(layers), "tanh")])


def add_peer(app: FastAPI, resources: Resources) -> None:
    """Let the application tell replays as FastAPI does it by itself."""
    from collections.abc import Iterable

    from fastapi.sse import EventSourceResponse, ServerSentEvent

    from cambio.api.replay import BATCH_BARS, ReplayBody
    from cambio.app.replay import ModelReplay, RecordedMarket

    known = RecordedMarket(resources)

    def replay(body: ReplayBody) -> Iterable[ServerSentEvent]:
        window = (body.start_date, body.end_date)
        told = ModelReplay.of(resources, known, body.model_id, *window).told(BATCH_BARS)
        events = (event for batch in told for event in batch.events)
        for event_id, event in enumerate(events, start=1):
            yield ServerSentEvent(data=event, event=event.type, id=str(event_id))

    replay.__annotations__ = {"body": ReplayBody, "return": Iterable[ServerSentEvent]}
    app.post(PEER, response_class=EventSourceResponse)(replay)


def commit_events(resources: Resources, count: int, commit: int, rate: float) -> None:
    """Commit events, at a steady rate unless it is 0, each with the time when it was committed."""
    from cambio.contracts.events import Notice, NoticeEvent
    from cambio.store import events
    from cambio.store.database import reading, transaction

    begun = time.monotonic()
    for done in range(0, count, commit):
        if rate:
            time.sleep(max(0.0, begun + done / rate - time.monotonic()))
        notice = Notice(subject="engine", text=str(time.monotonic_ns()))
        news = [("engine", NoticeEvent(type="engine", data=notice))] * commit
        with transaction(resources.engine) as connection:
            before = events.last_id(connection)
            events.append(connection, NOW, news)
        with reading(resources.engine) as connection:
            new = events.after(connection, before, commit)
        resources.bus.publish(new)


# ---- the replay


def _replay(place: Place) -> list[Figure]:
    cold = first_event(place, OURS)
    counts = {path: post(place, path) for path in (OURS, PEER)}
    if len(set(counts.values())) != 1 or counts[OURS] < 7_000:
        raise AssertionError(f"not the same events: {counts}")
    ours, peer = rates(
        ROUNDS,
        Contender("cambio", partial(post, place, OURS), work=counts[OURS]),
        Contender("fastapi.sse, same replay", partial(post, place, PEER), work=counts[PEER]),
    )
    warm = [np.array([first_event(place, p) for _ in range(ROUNDS)]) for p in (OURS, PEER)]
    first = "time to the first event"
    return [
        Figure("replay of six months, one client", "events/s", ours, peer, target=TARGET),
        Figure(
            first,
            "ms",
            Sample("cambio", 1e3 * warm[0]),
            Sample("fastapi.sse, same replay", 1e3 * warm[1]),
        ),
        Figure(
            f"{first}, market kept",
            "ms",
            Sample("cambio", 1e3 * warm[0]),
            Sample("cambio, market not read yet", np.full(ROUNDS, 1e3 * cold)),
        ),
    ]


def post(place: Place, path: str) -> int:
    """Ask for the replay; give the number of events of the whole answer."""
    with asked(place, path) as connection:
        parts = []
        while part := connection.recv(1 << 18):
            parts.append(part)
    return b"".join(parts).count(b"\nevent: ")


def first_event(place: Place, path: str) -> float:
    """Give the seconds until the first event is there."""
    begun, content = time.perf_counter(), b""
    with asked(place, path) as connection:
        while b"\ndata: " not in content:
            content += received(connection)
        return time.perf_counter() - begun


def received(connection: socket) -> bytes:
    """Give what comes next; raise when nothing will."""
    part = connection.recv(1 << 12)
    if not part:
        raise AssertionError("the server has closed the connection")
    return part


def asked(place: Place, path: str) -> socket:
    """Give a connection on which the replay comes, and its end."""
    return _asked(place, f"POST {path}", f"Content-Length: {len(BODY)}\r\n", BODY)


def _asked(place: Place, what: str, headers: str, body: str) -> socket:
    connection = create_connection(("127.0.0.1", place.port), PATIENCE_S)
    connection.sendall(
        f"{what} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {place.token}\r\n"
        f"Connection: close\r\nContent-Type: application/json\r\n{headers}\r\n{body}".encode()
    )
    return connection


# ---- the live stream


def _live(place: Place) -> list[Figure]:
    found: dict[tuple[str, int], list[float]] = {}
    for _ in range(-1, LIVE_ROUNDS):
        for clients in (CLIENTS, 1):
            burst = follow(place, clients, BURST, COMMIT, 0.0)
            rate = burst.events / burst.seconds
            found.setdefault(("rate", clients), []).append(rate)
            steady = follow(place, clients, STEADY, 1, RATE)
            p95 = float(np.quantile(steady.latencies, 0.95))
            found.setdefault(("p95", clients), []).append(1e3 * p95)

    def sample(what: str, clients: int) -> Sample:
        name = "one client" if clients == 1 else f"{clients} clients, one stalled"
        return Sample(name, np.array(found[what, clients][1:]))

    return [
        Figure(
            f"live stream, {CLIENTS} clients, one stalled; all together",
            "events/s",
            sample("rate", CLIENTS),
            sample("rate", 1),
        ),
        Figure(
            f"delivery to {CLIENTS} clients, one stalled; p95",
            "ms",
            sample("p95", CLIENTS),
            sample("p95", 1),
        ),
    ]


@dataclass(frozen=True, slots=True)
class Followed:
    """What the clients got."""

    events: int
    """Of all clients together."""
    seconds: float
    """From the first commit's beginning until the last client had the last event."""
    latencies: np.ndarray[Any, Any]
    """Seconds from each event's commit until each client had it."""


def follow(place: Place, clients: int, count: int, commit: int, rate: float) -> Followed:
    """Let events happen while clients listen, of several the last one without reading."""
    sockets = [_asked(place, "GET /v1/stream", "", "") for _ in range(clients)]
    readers = sockets[:-1] if clients > 1 else sockets
    for connection in sockets:
        content = b""
        while b"retry: " not in content:
            content += received(connection)
    time.sleep(0.3)  # the last one is placed
    begun = time.monotonic()
    place.happen(count, commit, rate)
    parts = read_all(readers, count)
    seconds = time.monotonic() - begun
    for connection in sockets:
        connection.close()
    return Followed(count * len(readers), seconds, np.concatenate([_late(p) for p in parts]))


def read_all(readers: list[socket], count: int) -> list[list[tuple[int, bytes]]]:
    """Read until each has so many events; give what came, and when."""
    selector = DefaultSelector()
    for i, connection in enumerate(readers):
        connection.setblocking(False)
        selector.register(connection, EVENT_READ, i)
    parts: list[list[tuple[int, bytes]]] = [[] for _ in readers]
    lacking = dict.fromkeys(range(len(readers)), count)
    while lacking:
        ready = selector.select(PATIENCE_S)
        if not ready:
            raise AssertionError(f"{len(lacking)} clients wait for events")
        for key, _ in ready:
            part = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]
            parts[key.data].append((time.monotonic_ns(), part))
            lacking[key.data] -= part.count(b'"text":"')
            if lacking[key.data] <= 0:
                del lacking[key.data]
                selector.unregister(key.fileobj)
    return parts


def _late(parts: list[tuple[int, bytes]]) -> np.ndarray[Any, Any]:
    found = [
        at - int(stamp) for at, part in parts for stamp in re.findall(rb'"text":"(\d+)"', part)
    ]
    return np.array(found) / 1e9
