"""`POST /v1/backtest/replay`: a registered model over recorded bars, told as it went."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

import anyio
import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from cambio.api import errors
from cambio.api.dependencies import Operator
from cambio.api.schemas import operation_id
from cambio.api.sse import HEARTBEAT, EventStream, LastEventId, frame, streams_of
from cambio.app.replay import ModelReplay, RecordedMarket
from cambio.contracts.events import (
    BarEvent,
    ProgressEvent,
    Result,
    ResultEvent,
    TradeEvent,
)
from cambio.errors import CambioError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from starlette.types import Scope

    from cambio.api.sse import Streams
    from cambio.app.replay import Batch
    from cambio.app.resources import Resources

THREADS: Final = 2
"""That decide at a time; replays beyond take turns, 500 bars each."""
BATCH_BARS: Final = 250
"""Told in one chunk when nothing slows the replay down."""
TICK_S: Final = 0.05
"""Between two chunks of a replay that is slowed down, unless bars are further apart."""
MOST_CAUGHT_UP_S: Final = 0.2
FIRST_DAY: Final = date(1993, 1, 1)
"""Since when Colombia's clocks have stood still, and with them the session."""
RETRY_AFTER_S: Final = 5

router = APIRouter(tags=["backtest"], generate_unique_id_function=operation_id)

ReplayEvent = Annotated[
    ProgressEvent | BarEvent | TradeEvent | ResultEvent, Field(discriminator="type")
]


class ReplayBody(BaseModel):
    """What to replay."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start_date: date = Field(ge=FIRST_DAY, examples=["2025-07-01"])
    """First session."""
    end_date: date = Field(examples=["2025-12-31"])
    """Last session; the newest stored one if that is earlier."""
    model_id: str = Field(min_length=1, max_length=100, examples=["ppo_v20_123456"])
    """Of a registered model."""
    mode: Literal["replay"] = "replay"
    emit_bar_events: bool = True
    """Whether each bar has its event, besides trades, progress and the result."""
    speed: float = Field(default=0.0, ge=0.0, le=100_000.0)
    """Bars a second; 0 is as fast as it goes."""


class Replays:
    """The replays that an application runs.

    Args:
        resources: of the application.
        streams: of the application.
    """

    def __init__(self, resources: Resources, streams: Streams) -> None:
        self.running = 0
        self._streams = streams
        self._market = RecordedMarket(resources)
        self._resources = resources
        self._threads = anyio.CapacityLimiter(THREADS)

    async def begin(self, scope: Scope, body: ReplayBody, after: int) -> AsyncGenerator[bytes]:
        """Load model and market; give the frames of the events whose id is higher.

        Raises:
            TooManyRequests: as many as may run do.
            CambioError: see `ModelReplay.of`.
        """
        if self.running >= self._streams.options.most_replays:
            raise errors.TooManyRequests(
                f"{self.running} replays are running, and no more do at a time.",
                remedy="Wait until one has ended.",
                retry_after_s=RETRY_AFTER_S,
            )
        self.running += 1
        try:
            window = (body.model_id, body.start_date, body.end_date)
            load = partial(ModelReplay.of, self._resources, self._market, *window)
            replay = await run_sync(load, limiter=self._threads)
        except BaseException:
            self.running -= 1
            raise
        chunks = self._chunks(scope, replay, body, after)
        await anext(chunks)  # closing one that was not begun would keep its place for ever
        return chunks

    async def _chunks(
        self, scope: Scope, replay: ModelReplay, body: ReplayBody, after: int
    ) -> AsyncGenerator[bytes]:
        try:
            yield b""
            tick = max(1, round(body.speed * TICK_S)) if body.speed else BATCH_BARS
            frames = Frames(replay.told(tick, with_bars=body.emit_bar_events), after)
            pace = Pace(body.speed, self._streams.options.heartbeat_s)
            while True:
                try:
                    chunk = await run_sync(frames.next, limiter=self._threads)
                except Exception as error:  # the answer has begun: it goes in there
                    yield frames.failed(_said(scope, error))
                    return
                if chunk is None:
                    return
                if chunk.content:
                    async for heartbeat in pace.until_due(chunk.bars):
                        yield heartbeat
                    yield chunk.content
                elif pace.is_quiet():
                    yield HEARTBEAT
        finally:
            self.running -= 1


class Chunk(NamedTuple):
    """Frames that go out together."""

    bars: int
    """How many bars they tell."""
    content: bytes
    """Empty while the replay is deciding, and where the client has it all."""


class Frames:
    """Numbers and encodes the events of a replay, in whichever thread asks for the next.

    Args:
        told: by `ModelReplay.told`.
        after: what the client has; its events are counted, not encoded.
    """

    def __init__(self, told: Iterator[Batch], after: int) -> None:
        self._told = told
        self._after = after
        self._id = 0

    def next(self) -> Chunk | None:
        """Give the next chunk; None when all is told."""
        batch = next(self._told, None)
        if batch is None:
            return None
        first = self._id + 1
        self._id += len(batch.events)
        skipped = max(0, self._after - first + 1)
        content = b"".join(
            frame(event_id, event.type, event.model_dump_json())
            for event_id, event in enumerate(batch.events[skipped:], first + skipped)
        )
        return Chunk(batch.bars if content else 0, content)

    def failed(self, why: str) -> bytes:
        """Give the event that ends a replay which cannot go on."""
        result = Result(success=False, total_return=None, sharpe=None, message=why)
        return frame(self._id + 1, "result", ResultEvent(data=result).model_dump_json())


class Pace:
    """Slows a replay down, with heartbeats where bars are far apart.

    Args:
        speed: bars a second; 0 does not slow it down.
        heartbeat_s: longest silence.
    """

    def __init__(self, speed: float, heartbeat_s: float) -> None:
        self._speed = speed
        self._heartbeat_s = heartbeat_s
        self._heard = anyio.current_time()
        self._due = 0.0

    def is_quiet(self) -> bool:
        """Tell whether it is time for a heartbeat, which then is sent."""
        quiet = anyio.current_time() - self._heard >= self._heartbeat_s
        if quiet:
            self._heard = anyio.current_time()
        return quiet

    async def until_due(self, bars: int) -> AsyncGenerator[bytes]:
        """Wait until the next bars may be told; give heartbeats meanwhile."""
        if self._speed and bars:
            now = anyio.current_time()
            # A client that was slow to take the last bars is not flooded afterwards.
            begun = max(self._due, now - MOST_CAUGHT_UP_S) if self._due else now
            self._due = begun + bars / self._speed
            while (left := self._due - anyio.current_time()) > 0:
                await anyio.sleep(min(left, self._heartbeat_s))
                if self.is_quiet():
                    yield HEARTBEAT
        self._heard = anyio.current_time()


def _said(scope: Scope, error: Exception) -> str:
    """Give what a client may know of an error."""
    if isinstance(error, CambioError):
        answer = errors.answer(scope, error)
    else:
        structlog.get_logger().error("replay_failed", exc_info=error)
        answer = errors.unexpected(scope)
    problem: dict[str, Any] = json.loads(bytes(answer.body))
    return f"{problem['detail']} {problem['remedy']}".rstrip()


@router.post(
    "/v1/backtest/replay",
    response_class=EventStream,
    status_code=200,
    responses={
        200: {
            "model": ReplayEvent,
            "description": "Server-sent events; the schema is that of each event's data.",
        },
    },
    summary="Replay a model over recorded bars",
)
async def replay_model(
    request: Request, caller: Operator, body: ReplayBody, last_event_id: LastEventId = None
) -> EventStream:
    """Stream what a registered model decides over recorded bars, on the path that trades.

    The figures are those of `cambio backtest`, bit for bit, and like it this is a look at the
    window: the trial ledger records it, and the gate grows stricter for everybody. So it takes an
    operator. Looking twice at the same thing is one look.

    Events are numbered from 1. Asking again with `Last-Event-ID` goes on after that event, as long
    as no bar of the window was revised in between.
    """
    state, streams = request.app.state, streams_of(request.app)
    if not hasattr(state, "replays"):
        state.replays = Replays(state.resources, streams)
    replays: Replays = state.replays
    chunks = await replays.begin(request.scope, body, last_event_id or 0)
    return EventStream(chunks, streams, caller.is_live)
