"""The bus of one process: readers are woken, and nothing is kept."""

from __future__ import annotations

from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cambio.contracts.events import StoredEvent


class MemoryBus:
    """Wakes who waits in this process. Readers in other processes poll the database."""

    def __init__(self) -> None:
        self._newest = 0
        self._closed = False
        self._changed = Condition()

    def publish(self, events: Sequence[StoredEvent]) -> None:
        """Wake who waits for one of ``events``."""
        if events:
            with self._changed:
                self._newest = max(self._newest, events[-1].id)
                self._changed.notify_all()

    def wait(self, after_id: int, timeout_s: float) -> bool:
        """Wait until an event with a higher id is published; tell whether one was."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._newest > after_id, timeout_s)
            return self._newest > after_id

    def is_reachable(self) -> None:
        """Tell that there is nothing to reach."""

    def close(self) -> None:
        """Wake who waits, for the last time."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
