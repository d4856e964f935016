"""Events to publish, and buses on a real Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from cambio.bus.redis import RedisBus
from cambio.inference.config import OutputsConfig

CONFIG = OutputsConfig(signals_stream="signals", events_stream="events", stream_length=1000)


@pytest.fixture
def open_bus() -> Iterator[Callable[[str], RedisBus]]:
    """Give a function that opens a bus, closed when the test ends."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(closing(RedisBus(url, CONFIG)))


@pytest.fixture
def bus(open_bus: Callable[[str], RedisBus], redis_url: str) -> RedisBus:
    return open_bus(redis_url)
