"""The event bus: what the database has committed is told to whoever listens.

The truth is the `events` table. A bus only tells of it, at least once and in order of the events'
ids, and lets readers wait. Nothing that a bus loses is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cambio.contracts.events import StoredEvent


class EventBus(Protocol):
    """Where committed events are published."""

    def publish(self, events: Sequence[StoredEvent]) -> None:
        """Tell of events, ascending in id. Telling of one again changes nothing.

        Raises:
            SourceError: the bus cannot be reached; publish the same events again later.
        """
        ...

    def wait(self, after_id: int, timeout_s: float) -> bool:
        """Wait until an event with a higher id is published; tell whether one was.

        A bus that can't be reached is waited for the whole time out, and False is given.
        """
        ...

    def is_reachable(self) -> bool | None:
        """Tell whether the bus can be reached now; None: it is this process, nothing is to reach.

        It takes a few seconds at most, and raises nothing.
        """
        ...

    def close(self) -> None:
        """Let go of connections; whoever waits is woken."""
        ...
