"""The outbox's relay: what the database has committed is told to the bus, in order and completely.

A crash between the two writes tells the same events again, which the bus takes for one telling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cambio.store import events
from cambio.store.database import reading, transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cambio.app.resources import Resources
    from cambio.contracts.events import StoredEvent

READER: Final = "bus"
"""Name of the cursor: how far the bus was told."""
BATCH: Final = 1000
"""Events that are published at once; a crash repeats one batch at most."""


class Relay:
    """Publishes right after each commit, at the price of two statements in that transaction.

    The cursor follows with the next commit. Where none comes, `publish_pending` moves it.

    Args:
        resources: what to work with.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._told: int | None = None
        self._batch: list[StoredEvent] = []

    def collect(self, connection: Connection) -> None:
        """Note how far the bus was told, and take what it is to be told next.

        Args:
            connection: inside a transaction, behind `store.events.append`, whose lock makes sure
                that no event with a lower id is still to come.
        """
        if self._told is None:
            self._told = events.cursor(connection, READER) or 0
        else:
            events.advance(connection, READER, self._told, self._resources.now())
        self._batch = events.after(connection, self._told, BATCH)

    def publish(self) -> int:
        """Tell the bus what was collected; give how many events. Only after the commit.

        Raises:
            SourceError: the bus can't be reached; the next batch begins with the same event.
            ConfigError: the bus holds the events of another database.
        """
        batch, self._batch = self._batch, []
        if not batch:
            return 0
        self._resources.bus.publish(batch)
        self._told = batch[-1].id
        return len(batch)


def publish_pending(resources: Resources, limit: int = BATCH) -> int:
    """Publish every event that the bus was not told of yet; give how many there were.

    The first call of a database begins with its first event. What can't be published stays where it
    is, and the next call begins with it. Any process may call this at any time.

    Args:
        resources: what to work with.
        limit: events a batch; a crash repeats one batch at most.

    Raises:
        SourceError: the bus or the database can't be reached.
        ConfigError: the bus holds the events of another database.
    """
    with reading(resources.engine) as connection:
        told = events.cursor(connection, READER) or 0
        batch = events.after(connection, told, limit)
    published = 0
    while batch:
        resources.bus.publish(batch)
        with transaction(resources.engine) as connection:
            events.advance(connection, READER, batch[-1].id, resources.now())
            published += len(batch)
            full = len(batch) == limit
            batch = events.after(connection, batch[-1].id, limit) if full else []
    return published
