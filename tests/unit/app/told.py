"""The product with events in its database, for the tests of who is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from tests.unit.app.live import Clock, wired

from cambio.app.resources import Resources
from cambio.contracts.events import (
    Event,
    Notice,
    NoticeEvent,
    NoticeType,
    SignalEvent,
    SignalMark,
    StoredEvent,
)
from cambio.store import events
from cambio.store.database import reading, transaction

NOW = datetime(2024, 7, 5, 13, 5, 1, tzinfo=UTC)


def resources_on(engine: Engine) -> Resources:
    clock = Clock(NOW)
    return wired(engine, Path("unused"), clock, lambda: _no_feed())


def _no_feed() -> object:
    raise AssertionError("nobody asks for bars")


def notice(text: str, kind: NoticeType = "breach") -> NoticeEvent:
    return NoticeEvent(type=kind, data=Notice(subject="account", text=text))


def signal(price: float) -> SignalEvent:
    return SignalEvent(
        data=SignalMark(
            signal_id="m1@20240705T1300Z",
            timestamp=datetime(2024, 7, 5, 13, tzinfo=UTC),
            model_id="m1",
            role="champion",
            action="BUY",
            confidence=0.5,
            price=price,
            requested=1,
            target=1,
            position=0,
            equity=100_000.0,
            blocked_by=[],
            late=False,
        )
    )


def store(engine: Engine, *happened: Event, subject: str = "account") -> None:
    with transaction(engine) as connection:
        events.append(connection, NOW, [(subject, event) for event in happened])


def cursor(engine: Engine, reader: str) -> int | None:
    with reading(engine) as connection:
        return events.cursor(connection, reader)


def stored(engine: Engine, after: int = 0) -> Sequence[StoredEvent]:
    with reading(engine) as connection:
        return events.after(connection, after, 1000)
