"""The outbox's relay: what the database has committed is told to the bus, in order and completely.

A crash between the two writes tells the same events again, which the bus takes for one telling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cambio.store import events
from cambio.store.database import reading, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cambio.app.resources import Resources
    from cambio.contracts.events import StoredEvent

READER: Final = "bus"
"""Name of the cursor: how far the bus was told."""
BATCH: Final = 1000
"""Events that are published at once; a crash repeats one batch at most."""


class Relay:
    """Publishes right after a commit, without reading again what was just written.

    Args:
        resources: what to work with.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._told: int | None = None
        self._noted = 0
        self._held: Sequence[StoredEvent] = ()

    def hold(self, appended: Sequence[StoredEvent]) -> None:
        """Take what a transaction has appended; call this once it is committed, and not before."""
        self._held = appended

    def publish(self) -> int:
        """Tell the bus of everything that is committed; give how many events.

        What is held is told at once where nothing lies between it and what was told last; else
        everything since then is read.

        Raises:
            SourceError: the bus or the database can't be reached; nothing is lost.
            ConfigError: the bus holds the events of another database.
        """
        told = self._begin()
        held, self._held = self._held, ()
        if not held or held[0].id != told + 1:
            held = self._after(told)
        count = 0
        while held:
            self._resources.bus.publish(held)
            self._told = held[-1].id
            count += len(held)
            held = self._after(self._told) if len(held) >= BATCH else ()
        return count

    def settle(self) -> None:
        """Note in the database how far the bus was told; until then a new relay tells it again."""
        if self._told is not None and self._told > self._noted:
            with transaction(self._resources.engine) as connection:
                events.advance(connection, READER, self._told, self._resources.now())
            self._noted = self._told

    def _begin(self) -> int:
        if self._told is None:
            with reading(self._resources.engine) as connection:
                self._told = self._noted = events.cursor(connection, READER) or 0
        return self._told

    def _after(self, told: int) -> Sequence[StoredEvent]:
        with reading(self._resources.engine) as connection:
            return events.after(connection, told, BATCH)
