"""The relay: on both databases, on a real Redis, through crashes and faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from tests.services import Redis
from tests.services import redis_server as start_redis
from tests.unit.app.told import cursor, notice, resources_on, signal, store
from tests.unit.bus.streams import data, ids

from cambio.app.outbox import BATCH, READER, Relay
from cambio.app.resources import Resources
from cambio.bus.memory import MemoryBus
from cambio.bus.redis import RedisBus
from cambio.contracts.events import Event, StoredEvent
from cambio.errors import ConfigError, SourceError
from cambio.inference.config import OutputsConfig
from cambio.store import events
from cambio.store.database import open_database, transaction

CONFIG = OutputsConfig(signals_stream="signals", events_stream="events", stream_length=1000)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "sqlite":
        yield request.getfixturevalue("engine")
        return
    engine = open_database(request.getfixturevalue("postgresql_url"))
    yield engine
    engine.dispose()


@pytest.fixture
def resources(engine: Engine, redis_url: str) -> Iterator[Resources]:
    """The product on SQLite and Redis."""
    with closing(RedisBus(redis_url, CONFIG)) as bus:
        yield replace(resources_on(engine), bus=bus)


@pytest.fixture
def own_server() -> Iterator[Redis]:
    with start_redis() as server:
        yield server


def publish_pending(resources: Resources) -> int:
    """What a process does that has just started: tell all that the bus was not told of."""
    relay = Relay(resources)
    count = relay.publish()
    relay.settle()
    return count


def test_everything_that_was_committed_is_told_in_order(database, redis_url):
    with closing(RedisBus(redis_url, CONFIG)) as bus:
        resources = replace(resources_on(database), bus=bus)
        store(database, notice("first"), signal(4000.0))
        store(database, notice("last"))
        assert publish_pending(resources) == 3
        assert publish_pending(resources) == 0
    assert ids(redis_url) == [1, 2, 3]
    assert [one.get("text", one.get("price")) for one in data(redis_url)] == [
        "first",
        4000.0,
        "last",
    ]
    assert cursor(database, READER) == 3


@pytest.mark.parametrize("count", [BATCH - 1, BATCH, 2 * BATCH + 1])
def test_a_backlog_of_any_length_is_told_completely(resources, count):
    store(resources.engine, *[notice("x")] * count)
    told = Counted()
    assert publish_pending(replace(resources, bus=told)) == count
    assert told.ids == list(range(1, count + 1))
    assert told.largest <= BATCH


def test_a_crash_between_bus_and_cursor_tells_nothing_twice(resources, redis_url):
    store(resources.engine, signal(4000.0), notice("x"))
    with transaction(resources.engine) as connection:
        resources.bus.publish(events.after(connection, 0, 10))  # and there it crashed
    assert cursor(resources.engine, READER) is None
    store(resources.engine, signal(4001.0))
    assert publish_pending(resources) == 3
    assert ids(redis_url) == [1, 2, 3]
    assert ids(redis_url, "signals") == [1, 3]


def test_a_redis_that_restarts_between_bus_and_cursor_tells_nothing_twice(engine, own_server):
    with closing(RedisBus(own_server.url, CONFIG)) as bus:
        resources = replace(resources_on(engine), bus=bus)
        store(engine, signal(4000.0))
        with transaction(engine) as connection:
            bus.publish(events.after(connection, 0, 10))
        own_server.stop()
        own_server.start()
        store(engine, signal(4001.0))
        assert publish_pending(resources) == 2
    assert ids(own_server.url, "signals") == [1, 2]


def test_a_redis_that_was_down_is_told_of_everything_once(engine, own_server):
    with closing(RedisBus(own_server.url, CONFIG)) as bus:
        resources = replace(resources_on(engine), bus=bus)
        relay = Relay(resources)
        own_server.stop()
        for n in range(10):
            commit(resources, relay, signal(4000.0 + n))
            with pytest.raises(SourceError):
                relay.publish()
        own_server.start()
        commit(resources, relay, signal(4010.0))
        assert relay.publish() == 11
    assert [one["price"] for one in data(own_server.url)] == [4000.0 + n for n in range(11)]


class Counted(MemoryBus):
    """Keeps what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[int] = []
        self.largest = 0

    def publish(self, events: Sequence[StoredEvent]) -> None:
        super().publish(events)
        self.ids += [one.id for one in events]
        self.largest = max(self.largest, len(events))


def commit(resources: Resources, relay: Relay, *happened: Event, crash: bool = False) -> None:
    """Commit as the engine does, and hold what happened to be told."""
    with transaction(resources.engine) as connection:
        told = events.append(connection, resources.now(), [("account", one) for one in happened])
        assert 1 / (not crash)
    relay.hold(told)


def test_the_relay_tells_of_each_commit_and_notes_it_when_settled(database, redis_url):
    with closing(RedisBus(redis_url, CONFIG)) as bus:
        resources = replace(resources_on(database), bus=bus)
        relay = Relay(resources)
        commit(resources, relay, signal(1.0), notice("x"))
        assert relay.publish() == 2
        assert relay.publish() == 0
        assert cursor(database, READER) is None
        relay.settle()
        assert cursor(database, READER) == 2
        commit(resources, relay, signal(2.0))
        assert relay.publish() == 1
        assert publish_pending(resources) == 1  # that was not settled
    assert ids(redis_url) == [1, 2, 3]
    assert cursor(database, READER) == 3


def test_what_another_process_committed_is_told_before_what_is_held(resources, redis_url):
    relay = Relay(resources)
    commit(resources, relay, notice("a"))
    relay.publish()
    store(resources.engine, notice("by another process"))
    commit(resources, relay, notice("b"))
    assert relay.publish() == 2
    assert [one["text"] for one in data(redis_url)] == ["a", "by another process", "b"]


def test_what_another_process_committed_after_what_is_held_is_told_next(resources, redis_url):
    relay = Relay(resources)
    commit(resources, relay, notice("a"))
    store(resources.engine, notice("by another process"))
    assert relay.publish() == 1
    assert relay.publish() == 1
    assert [one["text"] for one in data(redis_url)] == ["a", "by another process"]


def test_nothing_is_told_of_a_transaction_that_failed(resources, redis_url):
    relay = Relay(resources)
    commit(resources, relay, notice("kept"))
    assert relay.publish() == 1
    with pytest.raises(ZeroDivisionError):
        commit(resources, relay, notice("lost"), crash=True)
    commit(resources, relay, notice("kept as well"))
    relay.publish()
    assert [one["text"] for one in data(redis_url)] == ["kept", "kept as well"]


def test_a_relay_that_starts_anew_begins_where_the_last_one_was(resources, redis_url):
    first = Relay(resources)
    commit(resources, first, notice("a"))
    first.publish()
    first.settle()
    commit(resources, first, notice("b"))  # and there it crashed
    second = Relay(resources)
    commit(resources, second, notice("c"))
    assert second.publish() == 2
    assert [one["text"] for one in data(redis_url)] == ["a", "b", "c"]


def test_a_database_that_was_reset_is_told_and_loses_nothing(resources, tmp_path, redis_url):
    store(resources.engine, notice("old"), notice("older"))
    publish_pending(resources)
    new = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    fresh = replace(resources, engine=new)
    store(new, notice("new"))
    with pytest.raises(ConfigError, match="reset"):
        publish_pending(fresh)
    assert cursor(new, READER) is None
    new.dispose()
