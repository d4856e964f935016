"""Server-sent events: frames, and a response that nobody can hold up.

Chunks go out as they are, many events in one: FastAPI's own `EventSourceResponse` encodes and sends
each event by itself, at a fraction of the speed.
"""

from __future__ import annotations

from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final

import anyio
from fastapi import Header
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cambio.errors import CambioError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

HEARTBEAT: Final = b": \n\n"
"""A comment: nothing for the client, but a dead connection shows."""
LAST_WORD_S: Final = 1.0
LARGEST_ID: Final = 2**53 - 1
"""What a browser can count to."""
HEADERS: Final = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
"""Neither kept nor held back by anything in between."""

LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID",
        ge=0,
        le=LARGEST_ID,
        description="Id of the last event that was received: what follows it is sent.",
    ),
]


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How streams behave; `app.state.stream_options` may hold others."""

    heartbeat_s: float = 15.0
    """Longest silence."""
    stalled_s: float = 30.0
    """A client that takes nothing for so long is let go."""
    retry_ms: int = 2000
    """When a browser tries again."""
    poll_s: float = 0.25
    """Longest time until an event that nobody announces is seen in the database."""
    pause_s: float = 1.0
    """Between two attempts to reach a database that is away."""
    kept_events: int = 1000
    """Newest events held for all clients; who is further behind reads from the database."""
    batch_events: int = 250
    """Most events in a chunk, or in one read from the database."""
    credentials_s: float = 10.0
    """How often a stream asks whether its client's credentials are still accepted."""
    most_replays: int = 4
    """At a time; more are refused."""
    most_listeners: int = 200
    """Of the live stream at a time; more are refused."""


@dataclass(frozen=True, slots=True)
class Streams:
    """What all streams of an application share."""

    options: StreamOptions
    ending: anyio.Event = field(default_factory=anyio.Event)
    """Set when the server stops."""


def streams_of(app: Starlette) -> Streams:
    """Give what all streams of ``app`` share, made when the first one asks."""
    state = app.state
    if not hasattr(state, "streams"):
        state.streams = Streams(getattr(state, "stream_options", StreamOptions()))
    streams: Streams = state.streams
    return streams


def end_streams(app: Starlette) -> None:
    """Let every stream end where it stands; for the server to call, in its loop, as it stops.

    Servers wait for open responses before they stop, and these have no end of their own.
    """
    streams_of(app).ending.set()


def frame(event_id: int, event_type: str, json: str) -> bytes:
    r"""Give an event as it goes over the wire.

    Args:
        event_id: the next one is higher.
        event_type: one word.
        json: on one line.

    >>> frame(7, "progress", '{"type":"progress"}')
    b'id: 7\nevent: progress\ndata: {"type":"progress"}\n\n'
    """
    return f"id: {event_id}\nevent: {event_type}\ndata: {json}\n\n".encode()


class EventStream(Response):
    """Sends chunks of whole frames until they end, the client goes, or the server stops.

    The chunks are closed then, so that nothing works on for nobody. A client that keeps its
    connection open and takes nothing is let go after `StreamOptions.stalled_s`; what is held for
    it is one chunk and the socket's buffers.

    Args:
        chunks: frames, many in a chunk where there are many.
        streams: of the application.
        is_live: whether the client's credentials are still accepted; the stream ends when not.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        chunks: AsyncGenerator[bytes],
        streams: Streams,
        is_live: Callable[[], Awaitable[bool]],
    ) -> None:
        self.status_code = 200
        self.background = None
        self._chunks = chunks
        self._streams = streams
        self._is_live = is_live
        self.init_headers(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer a request."""
        async with aclosing(self._chunks), anyio.create_task_group() as group:
            group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
            group.start_soon(_cancel_when_set, self._streams.ending, group.cancel_scope)
            group.start_soon(self._cancel_when_refused, group.cancel_scope)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            stalled = await self._send_all(send)
            group.cancel_scope.cancel()
            if stalled:  # no end: the server closes the connection, and the client sees it broken
                return
        with anyio.move_on_after(LAST_WORD_S):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: Send) -> bool:
        """Send the chunks; tell whether the client stalled."""
        async for chunk in self._chunks:
            with anyio.move_on_after(self._streams.options.stalled_s) as patience:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if patience.cancelled_caught:
                return True
        return False

    async def _cancel_when_refused(self, scope: anyio.CancelScope) -> None:
        live = True
        while live:
            await anyio.sleep(self._streams.options.credentials_s)
            try:
                live = await self._is_live()
            except CambioError:  # it can't be told now: the database is away, or asked too often
                continue
        scope.cancel()


async def _cancel_when_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    with suppress(HTTPException):  # it announced a body that does not come
        while (await receive())["type"] != "http.disconnect":
            pass
    scope.cancel()


async def _cancel_when_set(event: anyio.Event, scope: anyio.CancelScope) -> None:
    await event.wait()
    scope.cancel()
