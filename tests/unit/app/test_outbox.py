"""The relay: on both databases, on a real Redis, through crashes and faults."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from tests.services import Redis
from tests.services import redis_server as start_redis
from tests.unit.app.told import cursor, notice, resources_on, signal, store
from tests.unit.bus.streams import data, ids

from cambio.app.outbox import READER, Relay, publish_pending
from cambio.app.resources import Resources
from cambio.bus.redis import RedisBus
from cambio.contracts.events import Event
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


def test_a_backlog_is_told_in_batches(resources, redis_url):
    store(resources.engine, *(notice(str(n)) for n in range(7)))
    assert publish_pending(resources, limit=3) == 7
    assert [one["text"] for one in data(redis_url)] == [str(n) for n in range(7)]


def test_a_backlog_of_whole_batches_ends(resources, redis_url):
    store(resources.engine, *(notice(str(n)) for n in range(6)))
    assert publish_pending(resources, limit=3) == 6
    assert ids(redis_url) == [1, 2, 3, 4, 5, 6]


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


def commit(resources: Resources, relay: Relay, *happened: Event, crash: bool = False) -> None:
    """Commit as the engine does: what happened, and last what is to be told of it."""
    with transaction(resources.engine) as connection:
        events.append(connection, resources.now(), [("account", one) for one in happened])
        relay.collect(connection)
        assert 1 / (not crash)


def test_the_relay_tells_of_each_commit_and_notes_it_with_the_next(database, redis_url):
    with closing(RedisBus(redis_url, CONFIG)) as bus:
        resources = replace(resources_on(database), bus=bus)
        store(database, notice("by another process"))
        relay = Relay(resources)
        commit(resources, relay, signal(1.0), notice("x"))
        assert relay.publish() == 3
        assert relay.publish() == 0
        commit(resources, relay, signal(2.0))
        assert cursor(database, READER) == 3
        assert relay.publish() == 1
        assert publish_pending(resources) == 1  # the cursor was one commit behind
    assert ids(redis_url) == [1, 2, 3, 4]
    assert cursor(database, READER) == 4


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
