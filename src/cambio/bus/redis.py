"""The bus for readers anywhere: events and signals as Redis Streams.

An entry's id is its event's, so Redis itself refuses what it has been told before. All entries of a
call stand or fall together (MULTI): were one left out, Redis would refuse it ever after.
"""

from __future__ import annotations

import json
import time
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from cambio.errors import ConfigError, SourceError

try:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ImportError as _error:
    raise ConfigError(
        "CAMBIO_BUS_URL names a Redis server, and the package redis is not installed.",
        remedy="Install the extra `redis`: pip install -e '.[redis]' in the checkout.",
    ) from _error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cambio.contracts.events import StoredEvent
    from cambio.inference.config import OutputsConfig

TIMEOUT_S: Final = 1.0
"""To connect, and for an answer; the URL's `socket_timeout` and `socket_connect_timeout` win."""
BLOCK_S: Final = 0.5
"""One XREAD blocks for so long at most: below the time-out, and `close` is noticed after it."""
PAUSE_S: Final = 0.1
"""Before a reader is told the same again, and between attempts to reach a Redis that is down."""
REFUSED: Final = "equal or smaller"
"""Of an XADD with an id that the stream is already at or beyond."""
SIGNAL_FIELDS: Final = (
    "timestamp",
    "model_id",
    "confidence",
    "price",
    "signal_id",
    "role",
    "target",
    "position",
)
"""Of a signal's data, those that its entry holds under the same name."""


class Entry(NamedTuple):
    """What one XADD adds."""

    stream: str
    id: str
    fields: dict[str, str]


class RedisBus:
    """Publishes to two streams, and waits on the one that has all events.

    A connection that broke is made anew at the next call. Threads may share a bus.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        config: the streams' names and length.

    Raises:
        ConfigError: the URL can't be understood. No connection is made yet.
    """

    def __init__(self, url: str, config: OutputsConfig) -> None:
        self._config = config
        self._closed = Flag()
        self._told: int | None = None
        try:
            self._redis = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT_S,
                socket_connect_timeout=TIMEOUT_S,
                retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
                protocol=2,
                decode_responses=True,
            )
            self._redis.connection_pool.make_connection()  # looks at the URL's options
        except (ValueError, TypeError):  # they quote the URL: neither shown nor chained
            raise ConfigError(
                "CAMBIO_BUS_URL can't be understood.",
                remedy="Write redis://USER:PASSWORD@HOST:6379/0, with @ : / ? in a password as "
                "%40 %3A %2F %3F.",
            ) from None

    def publish(self, events: Sequence[StoredEvent]) -> None:
        """Tell of events, ascending in id. Telling of one again changes nothing.

        Raises:
            SourceError: Redis can't be reached or refuses writes; none of the events was added,
                or all were and the answer got lost. Publish the same again later.
            ConfigError: Redis lets us not in, or a stream holds another database's events.
        """
        if not events:
            return
        entries = [entry for event in events for entry in _entries(event, self._config)]
        try:
            refused = self._add(entries)
            if refused:
                self._recognize(refused)
        except redis.RedisError as error:
            raise _ours(error) from None  # theirs may quote the URL

    def wait(self, after_id: int, timeout_s: float) -> bool:
        """Wait until an event with a higher id is published; tell whether one was.

        A Redis that can't be reached is waited for the whole time out, and False is given. Who asks
        again after the same id waits for `PAUSE_S` first: he did not find the event, so the stream
        is another database's, and he shall not spin.
        """
        deadline = time.monotonic() + timeout_s
        if after_id == self._told:
            self._closed.wait(min(PAUSE_S, timeout_s))
        while not self._closed.is_set():
            left_s = max(0.0, deadline - time.monotonic())
            if self._has_newer(after_id, left_s):
                self._told = after_id
                return True
            if time.monotonic() >= deadline:
                return False
        self._redis.connection_pool.disconnect(inuse_connections=False)
        return False

    def is_reachable(self) -> bool:
        """Tell whether Redis answers within the time-outs, and lets us in."""
        try:
            return bool(self._redis.ping())
        except redis.RedisError:
            return False

    def close(self) -> None:
        """Let go of connections; who waits is woken within `BLOCK_S`."""
        self._closed.set()
        self._redis.connection_pool.disconnect(inuse_connections=False)

    def _add(self, entries: Sequence[Entry]) -> list[Entry]:
        """Add all entries in one transaction; give those that their stream is already beyond."""
        pipeline = self._redis.pipeline(transaction=True)
        for entry in entries:
            fields = cast("dict[Any, Any]", entry.fields)
            pipeline.xadd(entry.stream, fields, entry.id, maxlen=self._config.stream_length)
        refused = []
        for entry, reply in zip(entries, pipeline.execute(raise_on_error=False), strict=True):
            if isinstance(reply, Exception):
                if not (isinstance(reply, redis.ResponseError) and REFUSED in str(reply)):
                    raise reply
                refused.append(entry)
        return refused

    def _recognize(self, refused: Sequence[Entry]) -> None:
        """Make sure that the streams hold what they refused, each of it."""
        for stream in (self._config.events_stream, self._config.signals_stream):
            mine = [entry for entry in refused if entry.stream == stream]
            if not mine:
                continue
            found = self._redis.xrange(stream, mine[0].id, mine[-1].id)
            held = dict(cast("list[tuple[str, dict[str, str]]]", found))
            for entry in mine:
                if not _is_same(entry.fields, held.get(entry.id, {})):
                    last_id = self._redis.xinfo_stream(stream)["last-generated-id"]
                    raise _foreign(entry, last_id)

    def _has_newer(self, after_id: int, timeout_s: float) -> bool:
        """Tell whether the stream goes beyond an id, at the latest after ``timeout_s``."""
        block_ms = max(1, int(1000 * min(timeout_s, BLOCK_S)))  # 0 would block for ever
        try:
            stream = {self._config.events_stream: f"{after_id}-0"}
            return bool(self._redis.xread(cast("dict[Any, Any]", stream), count=1, block=block_ms))
        except redis.RedisError:
            self._closed.wait(min(timeout_s, PAUSE_S))
            return False


def _entries(event: StoredEvent, config: OutputsConfig) -> list[Entry]:
    key = f"{event.id}-0"
    fields = {
        "event_id": str(event.id),
        "type": event.type,
        "subject": event.subject,
        "time": event.time.isoformat(),
        "data": json.dumps(event.data, separators=(",", ":"), allow_nan=False),
    }
    entries = [Entry(config.events_stream, key, fields)]
    if event.type == "signal":
        signal = {name: str(event.data[name]) for name in SIGNAL_FIELDS}
        signal |= {"signal": event.data["action"], "event_id": str(event.id)}
        entries.append(Entry(config.signals_stream, key, signal))
    return entries


def _is_same(ours: Mapping[str, str], found: Mapping[str, str]) -> bool:
    """Tell whether an entry is of our event, though an older version may have left out fields."""
    return "event_id" in found and all(found.get(name, ours[name]) == ours[name] for name in ours)


def _foreign(entry: Entry, last_id: str) -> ConfigError:
    return ConfigError(
        f"The Redis stream {entry.stream} is at {last_id}, and its entry {entry.id} is not our "
        f"event {entry.fields['event_id']}: it holds the events of another database, or of this "
        "one before it was reset.",
        remedy="Name other streams in config/deployment.yaml, or delete both with `redis-cli DEL`; "
        "what the database has not told yet is published then.",
        stream=entry.stream,
        event_id=int(entry.fields["event_id"]),
        last_id=last_id,
    )


def _ours(error: redis.RedisError) -> ConfigError | SourceError:
    """Give our error for Redis' own; its words are shown where they are the server's alone."""
    kind = type(error).__name__
    if isinstance(error, redis.AuthenticationError | redis.exceptions.NoPermissionError):
        return ConfigError(
            f"Redis lets us not in ({kind}).",
            remedy="Check user and password in CAMBIO_BUS_URL, and the user's rights on the "
            "streams: XADD, XRANGE, XREAD, XINFO.",
        )
    if isinstance(error, redis.ResponseError) and "WRONGTYPE" in str(error):
        return ConfigError(
            "A key of Redis that should be a stream holds something else.",
            remedy="Name other streams in config/deployment.yaml, or delete the key.",
        )
    said = f": {error}" if isinstance(error, redis.ResponseError) else ""
    return SourceError(
        f"The events can't be published, for Redis can't be reached or refuses ({kind}{said}).",
        remedy="Nothing is lost: they are published when it is back.",
    )
