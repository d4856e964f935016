"""`GET /v1/stream`: what is committed to `events`, to everybody who listens.

One task for all clients reads the table and encodes each event once, into a ring of the newest
ones. A client is a position in it, no queue: one that falls behind the ring reads on from the
database, at its own pace, and nobody waits for it.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple, TypeVar

import anyio
import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cambio.api import errors
from cambio.api.dependencies import Viewer
from cambio.api.schemas import operation_id
from cambio.api.sse import HEARTBEAT, LARGEST_ID, EventStream, LastEventId, frame, streams_of
from cambio.contracts.events import (
    AccountEvent,
    NoticeEvent,
    NoticeType,
    SignalEvent,
    TradeEvent,
)
from cambio.errors import SourceError
from cambio.store import events
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from sqlalchemy import Connection

    from cambio.api.sse import StreamOptions
    from cambio.app.resources import Resources
    from cambio.contracts.events import StoredEvent

Type = Literal["signal", "trade", "account", NoticeType]  # one list, and one error
READERS: Final = 4
"""Clients that read from the database at a time."""
RETRY_AFTER_S: Final = 5

router = APIRouter(tags=["live"], generate_unique_id_function=operation_id)

T = TypeVar("T")


class Words(BaseModel):
    """What the stream says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    after_id: int | None
    """The newest event that this client has, or is taken to have; None before its first."""


class StreamEvent(BaseModel):
    """`stale`: the database is away; `live`: it is back; `gap`: events are missing before this.

    It has no id: nothing is to be resumed after it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["stale", "live", "gap"]
    data: Words

    def frame(self) -> bytes:
        """Give it as it goes over the wire."""
        return f"event: {self.type}\ndata: {self.model_dump_json()}\n\n".encode()


LiveEvent = Annotated[
    SignalEvent | TradeEvent | AccountEvent | NoticeEvent | StreamEvent,
    Field(discriminator="type"),
]


class Encoded(NamedTuple):
    """A stored event as all clients get it."""

    id: int
    type: str
    frame: bytes

    @classmethod
    def of(cls, event: StoredEvent) -> Encoded:
        """Encode an event."""
        content = {"type": event.type, "data": event.data}
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        return cls(event.id, event.type, frame(event.id, event.type, text))


class Ring:
    """The newest events, whole: every event after `floor` up to `newest` is in it.

    Args:
        newest: the id to begin after.
        options: how many it keeps, and how many make a chunk.
    """

    def __init__(self, newest: int, options: StreamOptions) -> None:
        self.floor = self.newest = newest
        self._options = options
        self._events: deque[Encoded] = deque()
        self._chunks: dict[tuple[int, frozenset[str]], tuple[bytes, int]] = {}

    def __len__(self) -> int:
        return len(self._events)

    def add(self, new: list[Encoded]) -> None:
        """Take some events with higher ids, ascending; forget the oldest beyond what is kept."""
        self._chunks.clear()
        self._events.extend(new)
        self.newest = new[-1].id
        while len(self._events) > self._options.kept_events:
            self.floor = self._events.popleft().id

    def after(self, cursor: int, types: frozenset[str]) -> tuple[bytes, int]:
        """Give the next chunk after an id at or above `floor`, and the id that it reaches.

        Clients at the same place share one chunk.
        """
        key = (cursor, types)
        if key not in self._chunks:
            following = list(takewhile(lambda event: event.id > cursor, reversed(self._events)))
            batch = following[::-1][: self._options.batch_events]
            chunk = b"".join(e.frame for e in batch if not types or e.type in types)
            self._chunks[key] = chunk, batch[-1].id if batch else cursor
        return self._chunks[key]


@dataclass(slots=True)
class Client:
    """Where one client stands."""

    cursor: int | None
    """The newest event that it has, or that is none of its types; None until it is placed."""
    types: frozenset[str]
    """That it wants; empty: all."""
    knows_stale: bool = False
    seen: int = 0
    """How far it has read in the database, which may be further than the ring."""

    def told(self, what: Literal["stale", "live", "gap"], text: str) -> bytes:
        """Give what the stream says of itself."""
        return StreamEvent(type=what, data=Words(text=text, after_id=self.cursor)).frame()


class Missed(NamedTuple):
    """What the database holds after a client's cursor."""

    frames: bytes
    reached: int
    gap: str
    """Why events may be missing before these; empty if none are."""


def missed(connection: Connection, cursor: int, types: frozenset[str], limit: int) -> Missed:
    """Read the next events after a cursor, at most ``limit``."""
    newest = events.last_id(connection)
    if cursor > newest:
        return Missed(b"", newest, f"Event {cursor} is not known here; what is new follows.")
    oldest = events.after(connection, 0, 1)
    gap = ""
    if oldest and 0 < cursor < oldest[0].id:
        gap = f"Events before {oldest[0].id} are no longer kept; what follows begins there."
    found = events.after(connection, cursor, limit, types)
    reached = found[-1].id if len(found) == limit else newest
    return Missed(b"".join(Encoded.of(event).frame for event in found), reached, gap)


class LiveFeed:
    """Reads `events` once for all clients of a server, as long as there are any.

    Args:
        resources: database and bus.
        options: sizes and times.
    """

    def __init__(self, resources: Resources, options: StreamOptions) -> None:
        self.clients = 0
        self.ring: Ring | None = None
        """None until the table was read."""
        self._resources = resources
        self._options = options
        self._is_stale = False
        self._changed = asyncio.Event()
        self._tail: asyncio.Task[None] | None = None
        self._tail_thread = anyio.CapacityLimiter(1)
        self._reader_threads = anyio.CapacityLimiter(READERS)

    def follow(self, after: int | None, types: frozenset[str]) -> AsyncGenerator[bytes]:
        """Give a client's chunks of frames.

        Args:
            after: id of the last event that it has; None: nothing from before now.
            types: that it wants; empty: all.

        Raises:
            TooManyRequests: as many listen as may.
        """
        if self.clients >= self._options.most_listeners:
            raise errors.TooManyRequests(
                f"{self.clients} clients listen, and no more do at a time.",
                remedy="Close a window that listens.",
                retry_after_s=RETRY_AFTER_S,
            )
        return self._chunks_of(Client(after, types))

    async def _chunks_of(self, client: Client) -> AsyncGenerator[bytes]:
        yield f"retry: {self._options.retry_ms}\n\n".encode()
        with self._listening():
            while True:
                changed = self._changed  # taken first: whatever comes while we look sets it
                chunk, more = await self._next(client)
                if chunk:
                    yield chunk
                if more:
                    continue
                with anyio.move_on_after(self._options.heartbeat_s) as silence:
                    await changed.wait()
                if silence.cancelled_caught:
                    yield HEARTBEAT

    async def _next(self, client: Client) -> tuple[bytes, bool]:
        """Give a client's next chunk, empty if there is none, and whether to look again at once."""
        if self._is_stale != client.knows_stale:
            client.knows_stale = self._is_stale
            if self._is_stale:
                return client.told("stale", "The database does not answer; events wait."), True
            return client.told("live", "The database answers again; nothing was lost."), True
        ring = self.ring
        if ring is None or self._is_stale:
            return b"", False
        if client.cursor is None:
            client.cursor = ring.newest
        if not ring.floor <= client.cursor <= max(ring.newest, client.seen):
            return await self._from_database(client, client.cursor), True
        chunk, client.cursor = ring.after(client.cursor, client.types)
        return chunk, client.cursor < ring.newest

    async def _from_database(self, client: Client, cursor: int) -> bytes:
        """Give the next chunk of what a client lacks and the ring does not hold."""
        try:
            found = await self._read(missed, cursor, client.types, self._options.batch_events)
        except SourceError:  # as the tail will find as well, and say
            await anyio.sleep(self._options.pause_s)
            return HEARTBEAT
        gap = client.told("gap", found.gap) if found.gap else b""
        client.cursor = client.seen = found.reached
        return gap + found.frames

    async def _read(self, query: Callable[..., T], *arguments: object) -> T:
        """Run a query in a thread; a client that leaves does not wait for it."""

        def run() -> T:
            with reading(self._resources.engine) as connection:
                return query(connection, *arguments)

        return await run_sync(run, abandon_on_cancel=True, limiter=self._reader_threads)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Count a client; the first starts the tail, the last ends it."""
        self.clients += 1
        if self._tail is None:
            self._tail = asyncio.create_task(self._follow_table())
        try:
            yield
        finally:
            self.clients -= 1
            if not self.clients:
                self._tail.cancel()
                self._tail = self.ring = None
                self._is_stale = False

    async def _follow_table(self) -> None:
        announced = False
        while True:
            try:
                announced = await self._read_on(announced=announced)
            except Exception as error:  # or all clients would wait for ever
                if not self._is_stale:
                    structlog.get_logger().error("live_stream_lost_database", error=str(error))
                self._wake(stale=True)
                await anyio.sleep(self._options.pause_s)

    async def _read_on(self, *, announced: bool) -> bool:
        """Read what is new, then wait for more; tell whether the bus announced it."""
        if self.ring is None:
            self.ring = Ring(await self._read(events.last_id), self._options)
            self._wake(stale=False)
        ring, limit = self.ring, self._options.batch_events
        found = await self._read(_encoded, ring.newest, limit)
        if found:
            ring.add(found)
        if found or self._is_stale:
            self._wake(stale=False)
        if len(found) == limit:
            return announced
        if announced and not found:  # of another database, it seems; don't ask in a circle
            await anyio.sleep(self._options.poll_s)
        wait = partial(self._resources.bus.wait, ring.newest, self._options.poll_s)
        return await run_sync(wait, abandon_on_cancel=True, limiter=self._tail_thread)

    def _wake(self, *, stale: bool) -> None:
        self._is_stale = stale
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _encoded(connection: Connection, cursor: int, limit: int) -> list[Encoded]:
    return [Encoded.of(event) for event in events.after(connection, cursor, limit)]


def _apart(value: object) -> object:
    """Let `?types=a,b` mean `?types=a&types=b`."""
    if isinstance(value, list):
        return [part for item in value for part in str(item).split(",")]
    return value


Types = Annotated[
    list[Type], BeforeValidator(_apart), Query(description="Only these; all by default.")
]
After = Annotated[
    int | None,
    Query(ge=0, le=LARGEST_ID, description="As `Last-Event-ID`, which counts if both are there."),
]


@router.get(
    "/v1/stream",
    response_class=EventStream,
    status_code=200,
    responses={
        200: {
            "model": LiveEvent,
            "description": "Server-sent events; the schema is that of each event's data.",
        },
    },
    summary="Follow live trading",
)
async def follow_events(
    request: Request,
    caller: Viewer,
    types: Types = [],  # noqa: B006  # FastAPI copies it
    after: After = None,
    last_event_id: LastEventId = None,
) -> EventStream:
    """Stream signals, trades, account marks and notices as the engine commits them.

    An event's id is its id in `events`: who asks with `Last-Event-ID`, or `?after=` at first, gets
    everything that followed, once and in order, from the database where need be; who does not
    gets what comes from now on. `stale`, `live` and `gap` have no id: the stream says with them
    that the database is away, is back, or no longer holds what was asked for.
    """
    state, streams = request.app.state, streams_of(request.app)
    if not hasattr(state, "live_feed"):
        state.live_feed = LiveFeed(state.resources, streams.options)
    feed: LiveFeed = state.live_feed
    begin = after if last_event_id is None else last_event_id
    return EventStream(feed.follow(begin, frozenset(types)), streams, caller.is_live)
