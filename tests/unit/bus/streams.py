"""Events as the engine stores them, and what a Redis holds of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from cambio.contracts.events import StoredEvent
from cambio.contracts.trading import signal_id

START = datetime(2024, 7, 5, 13, tzinfo=UTC)


def signal(event_id: int, model_id: str = "m1", **changes: object) -> StoredEvent:
    time = START + timedelta(minutes=5 * event_id)
    data: dict[str, Any] = {
        "signal_id": signal_id(model_id, time),
        "timestamp": time.isoformat(),
        "model_id": model_id,
        "role": "champion",
        "action": "SELL",
        "confidence": 0.75,
        "price": 4000.25,
        "requested": -1,
        "target": -1,
        "position": 1,
        "equity": 99_000.5,
        "blocked_by": [],
        "late": False,
    }
    return StoredEvent(event_id, time, "signal", model_id, data | changes)


def breach(event_id: int, text: str = "The account lost 2 %.") -> StoredEvent:
    data = {"subject": "account", "text": text, "details": {}}
    return StoredEvent(event_id, START, "breach", "account", data)


def held(url: str, stream: str = "events") -> list[tuple[str, dict[str, str]]]:
    """Everything that a stream holds."""
    with redis.Redis.from_url(url, decode_responses=True, protocol=2) as client:
        return client.xrange(stream)


def ids(url: str, stream: str = "events") -> list[int]:
    return [int(key.removesuffix("-0")) for key, _ in held(url, stream)]


def data(url: str) -> list[Any]:
    return [json.loads(fields["data"]) for _, fields in held(url)]
