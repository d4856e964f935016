"""How long a client may take to say what it wants: connections are few, and silence costs nothing.

uvicorn waits for the rest of a request for ever.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import anyio
from starlette.exceptions import HTTPException
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport

    from starlette.types import Message, Receive

HEAD_S: Final = 10.0
"""From the opening of a connection, or a request's first byte, until the end of its headers."""
BODY_S: Final = 30.0
"""From then on until the end of its body."""
TIMEOUT: Final = 408


class PatientProtocol(H11Protocol):
    """Closes a connection whose next request isn't there in time."""

    head_s = HEAD_S
    _limit: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._limit = self.loop.call_later(self.head_s, self.transport.close)

    def data_received(self, data: bytes) -> None:
        """Stop waiting when a request is there; begin again with the first byte of the next."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._limit is None:
            self._limit = self.loop.call_later(self.head_s, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


def in_time(receive: Receive, body_s: float) -> Receive:
    """Give a request's messages, as long as its body ends within some seconds from now.

    What comes after the body, a client that leaves, is waited for without end.
    """
    end, is_whole = time.monotonic() + body_s, False

    async def receiving() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        with anyio.move_on_after(end - time.monotonic()):
            message = await receive()
            is_whole = not message.get("more_body", False)
            return message
        raise HTTPException(TIMEOUT, "The body did not come in time")

    return receiving
