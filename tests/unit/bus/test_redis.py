"""The bus on a real Redis: what is in the streams, and what faults make of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from socket import create_server
from time import monotonic
from traceback import format_exception_only

import pytest
from tests.services import Redis
from tests.services import redis_server as start_redis
from tests.unit.bus.streams import START, breach, data, held, ids, signal

from cambio.bus.redis import RedisBus
from cambio.errors import ConfigError, SourceError

Open = Callable[[str], RedisBus]


@pytest.fixture
def own_server() -> Iterator[Redis]:
    """A server that a test may stop."""
    with start_redis() as server:
        yield server


def test_a_signal_has_the_fields_of_the_specification_and_its_ids(bus, redis_url):
    bus.publish([signal(3)])
    expected = {
        "timestamp": "2024-07-05T13:15:00+00:00",
        "model_id": "m1",
        "signal": "SELL",
        "confidence": "0.75",
        "price": "4000.25",
        "signal_id": "m1@20240705T1315Z",
        "role": "champion",
        "target": "-1",
        "position": "1",
        "event_id": "3",
    }
    assert held(redis_url, "signals") == [("3-0", expected)]


def test_every_event_is_told_whole(bus, redis_url):
    bus.publish([breach(4), signal(5)])
    (key, fields), (other, _) = held(redis_url)
    assert (key, other) == ("4-0", "5-0")
    assert {name: fields[name] for name in ("event_id", "type", "subject", "time")} == {
        "event_id": "4",
        "type": "breach",
        "subject": "account",
        "time": START.isoformat(),
    }
    assert data(redis_url) == [breach(4).data, signal(5).data]


def test_only_signals_are_in_the_signals_stream(bus, redis_url):
    bus.publish([breach(1), signal(2), breach(3), signal(4)])
    assert ids(redis_url, "signals") == [2, 4]


def test_publishing_again_changes_nothing(bus, redis_url):
    bus.publish([signal(1), breach(2), signal(3)])
    before = held(redis_url), held(redis_url, "signals")
    bus.publish([signal(1), breach(2), signal(3)])
    assert (held(redis_url), held(redis_url, "signals")) == before


def test_what_is_new_behind_what_is_known_is_published(bus, redis_url):
    bus.publish([signal(1), breach(2)])
    bus.publish([breach(2), signal(4)])
    assert ids(redis_url) == [1, 2, 4]
    assert ids(redis_url, "signals") == [1, 4]


def test_an_entry_of_an_older_version_with_fewer_fields_is_known(bus, redis_url, redis_server):
    redis_server.call("XADD", "events", "1-0", "event_id", "1", "type", "breach")
    bus.publish([breach(1)])
    assert ids(redis_url) == [1]


def test_a_stream_of_another_database_swallows_no_signal(bus):
    bus.publish([signal(n) for n in range(1, 5)])
    with pytest.raises(ConfigError, match="another database") as caught:
        bus.publish([signal(2, price=4100.0)])
    assert caught.value.fields == {"stream": "events", "event_id": 2, "last_id": "4-0"}


def test_a_stream_that_another_database_left_behind_us_is_told_each_time(bus):
    bus.publish([signal(1), signal(2)])
    ours = [signal(n, price=4100.0) for n in range(1, 4)]
    for _ in range(2):  # the first time, the third signal is added
        with pytest.raises(ConfigError, match="not our event 1"):
            bus.publish(ours)


def test_an_event_that_the_stream_passed_over_is_another_databases(bus):
    bus.publish([breach(1), breach(5)])
    with pytest.raises(ConfigError, match="at 5-0"):
        bus.publish([breach(3)])


def test_a_signals_stream_of_another_database_is_told_too(bus, redis_server):
    redis_server.call("XADD", "signals", "9-0", "event_id", "9")
    with pytest.raises(ConfigError, match="stream signals is at 9-0"):
        bus.publish([signal(1)])


def test_streams_keep_about_their_length(bus, redis_url):
    for first in range(1, 3001, 1000):
        bus.publish([breach(n) for n in range(first, first + 1000)])
    kept = ids(redis_url)
    assert kept[-1] == 3000
    assert 1000 <= len(kept) < 1200  # Redis drops whole nodes of 100


def test_a_consumer_group_reads_live_signals_once(bus, redis_server):
    def read(consumer: str) -> list[str]:
        group = ("GROUP", "desk", consumer, "COUNT", "10", "STREAMS", "signals", ">")
        lines = redis_server.call("XREADGROUP", *group).split()
        return [line for line in lines if line.endswith("-0")]

    redis_server.call("XGROUP", "CREATE", "signals", "desk", "$", "MKSTREAM")
    bus.publish([signal(1), breach(2), signal(3)])
    assert read("a") == ["1-0", "3-0"]
    bus.publish([signal(4)])
    assert read("b") == ["4-0"]
    assert redis_server.call("XACK", "signals", "desk", "1-0", "3-0").strip() == "2"
    assert redis_server.call("XPENDING", "signals", "desk").split()[0] == "1"


def test_a_reader_is_woken_by_another_bus(open_bus: Open, redis_url):
    reader, writer = open_bus(redis_url), open_bus(redis_url)
    with ThreadPoolExecutor() as pool:
        waits = [pool.submit(reader.wait, after, 30.0) for after in (6, 6, 5)]
        writer.publish([breach(7)])
        assert [wait.result() for wait in waits] == [True] * 3


def test_a_reader_in_another_process_is_woken(bus, redis_url):
    script = (
        "import sys; from cambio.bus.redis import RedisBus; "
        "from cambio.inference.config import OutputsConfig as C\n"
        "bus = RedisBus(sys.argv[1], C(signals_stream='signals', events_stream='events', "
        "stream_length=1000))\n"
        "print(bus.wait(0, 0.0), flush=True); print(bus.wait(0, 30.0), flush=True)"
    )
    command = [sys.executable, "-c", script, redis_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline() == "False\n"
        bus.publish([breach(1)])
        assert reader.stdout.readline() == "True\n"


def test_nobody_waits_for_what_was_published_before(bus):
    bus.publish([breach(7)])
    assert bus.wait(6, 30.0)
    assert not bus.wait(7, 0.01)


def test_a_reader_that_found_nothing_does_not_spin(bus):
    bus.publish([breach(7)])
    assert bus.wait(3, 30.0)
    began = monotonic()
    assert bus.wait(3, 30.0)
    assert 0.05 < monotonic() - began < 10


def test_closing_wakes_who_waits(open_bus: Open, redis_url):
    bus = open_bus(redis_url)
    with ThreadPoolExecutor() as pool:
        wait = pool.submit(bus.wait, 0, 60.0)
        bus.close()
        assert wait.result(timeout=10) is False


def test_a_redis_that_is_down_loses_nothing(open_bus: Open, own_server):
    bus = open_bus(own_server.url)
    bus.publish([signal(1)])
    own_server.stop()
    backlog = []
    for n in range(2, 12):
        backlog.append(signal(n))
        with pytest.raises(SourceError, match="Nothing is lost"):
            bus.publish(backlog)
    assert not bus.wait(1, 0.05)
    own_server.start()
    bus.publish(backlog)
    assert ids(own_server.url) == ids(own_server.url, "signals") == list(range(1, 12))
    assert bus.wait(10, 0.0)


def test_whether_redis_can_be_reached_is_told_at_once(open_bus: Open, own_server):
    bus = open_bus(own_server.url)
    assert bus.is_reachable()
    own_server.stop()
    began = monotonic()
    assert not bus.is_reachable()
    assert monotonic() - began < 5.0


def test_a_redis_that_does_not_answer_is_not_reached(open_bus: Open):
    with create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert not open_bus(f"redis://127.0.0.1:{port}/0?socket_timeout=0.1").is_reachable()


def test_a_redis_that_came_back_empty_goes_on_with_what_is_new(open_bus: Open, own_server):
    bus = open_bus(own_server.url)
    bus.publish([breach(1)])
    own_server.stop(keep=False)
    own_server.start()
    bus.publish([breach(2)])
    assert ids(own_server.url) == [2]


def test_a_full_redis_takes_all_or_nothing(bus, redis_url, redis_server):
    redis_server.call("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(SourceError, match="OutOfMemory"):
            bus.publish([signal(1), breach(2)])
    finally:
        redis_server.call("CONFIG", "SET", "maxmemory", "0")
    assert ids(redis_url) == []
    bus.publish([signal(1), breach(2)])
    assert ids(redis_url) == [1, 2]


def test_a_key_of_another_kind_is_told(bus, redis_server):
    redis_server.call("SET", "signals", "mine")
    with pytest.raises(ConfigError, match="holds something else"):
        bus.publish([signal(1)])


@pytest.mark.parametrize(
    "url", ["redis://:s3cret@127.0.0.1:1/0", "redis://:s3cret@127.0.0.1:1/0?socket_timeout=2"]
)
def test_no_password_is_in_an_error(open_bus: Open, url):
    with pytest.raises(SourceError) as caught:
        open_bus(url).publish([breach(1)])
    assert "s3cret" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "end",
    ["@127.0.0.1:port/0", "@127.0.0.1:1/0?colour=s3cret", "@[::1/0", "/x@127.0.0.1:6379/0"],
    ids=["port", "option", "host", "unescaped password"],
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(open_bus: Open, end):
    with pytest.raises(ConfigError, match="CAMBIO_BUS_URL") as caught:
        open_bus(f"redis://:s3cret{end}")
    assert "s3cret" not in "".join(format_exception_only(caught.value))
    assert caught.value.__suppress_context__  # theirs quotes a part of the URL


def test_who_may_not_write_one_stream_writes_neither(open_bus: Open, own_server):
    own_server.call("ACL", "SETUSER", "default", "resetkeys", "~events")
    with pytest.raises(ConfigError, match="rights"):
        open_bus(own_server.url).publish([signal(1)])
    assert ids(own_server.url) == []


def test_a_wrong_password_is_a_setting(open_bus: Open, own_server):
    own_server.call("CONFIG", "SET", "requirepass", "right")
    with pytest.raises(ConfigError, match="lets us not in"):
        open_bus(own_server.url).publish([breach(1)])
    open_bus(f"{own_server.url}?password=right").publish([breach(1)])


def test_nothing_to_tell_asks_nothing_of_redis(open_bus: Open):
    open_bus("redis://127.0.0.1:1/0").publish([])


def test_a_number_that_is_none_is_not_published(bus, redis_url):
    event = breach(1)
    with pytest.raises(ValueError, match="JSON"):
        bus.publish([replace(event, data={"x": float("nan")})])
    assert ids(redis_url) == []
