"""What was decided, and what came of it: signals, fills, trades, equity and events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, TypeAdapter

from cambio.api import books
from cambio.api.dependencies import Viewer
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import (
    Answer,
    Limit,
    ModelId,
    Moment,
    Page,
    Position,
    SignalId,
    example,
    operation_id,
)
from cambio.app.explain import explain
from cambio.contracts.events import NoticeType
from cambio.contracts.features import FEATURE_ORDER, MARKET_FEATURES
from cambio.contracts.trading import Action, Reason, parse_signal_id, signal_id
from cambio.errors import NotFound
from cambio.store import events, signals
from cambio.store.database import reading

router = APIRouter(prefix="/v1", generate_unique_id_function=operation_id)
router.include_router(books.router)

RoleName = Literal["champion", "challenger", "shadow", "paper"]
ActionName = Literal["SELL", "HOLD", "BUY"]
EventType = Literal["trade", "signal", "account", NoticeType]  # one list, and one error
PLACE: Final = TypeAdapter(tuple[Moment, ModelId])
EVENT_PLACE: Final = TypeAdapter(tuple[Annotated[int, Field(ge=0, lt=2**53)]])

SIGNAL: Final[dict[str, Any]] = {
    "signal_id": "ppo_v20-s42@20250115T1355Z",
    "timestamp": "2025-01-15T13:55:00Z",
    "model_id": "ppo_v20-s42",
    "role": "champion",
    "action": "BUY",
    "confidence": 0.71,
    "price": 4312.5,
    "requested": 1,
    "target": 0,
    "position": 0,
    "equity": 10_132.4,
    "blocked_by": ["max_trades"],
    "late": False,
    "latency_ms": 1.7,
}
DETAIL: Final[dict[str, Any]] = SIGNAL | {"observation": dict.fromkeys(FEATURE_ORDER, 0.25)}
EXPLANATION: Final[dict[str, Any]] = {
    "signal_id": "ppo_v20-s42@20250115T1355Z",
    "timestamp": "2025-01-15T13:55:00Z",
    "model_id": "ppo_v20-s42",
    "role": "champion",
    "bar": {"open": 4310.0, "high": 4314.2, "low": 4309.1, "close": 4312.5},
    "features": dict.fromkeys(MARKET_FEATURES, 0.25),
    "observation": dict.fromkeys(FEATURE_ORDER, 0.25),
    "probabilities": {"SELL": 0.1, "HOLD": 0.19, "BUY": 0.71},
    "outcome": {"action": 2, "requested": 1, "target": 0},
    "because": ["the session's trades were used up (max_trades)"],
    "hashes": {"model_hash": "9f2c" * 16},
    "same": True,
    "differences": [],
}
EVENT: Final[dict[str, Any]] = {
    "id": 812,
    "time": "2025-01-15T13:55:00Z",
    "type": "breach",
    "subject": "ppo_v20-s42",
    "data": {"subject": "ppo_v20-s42", "text": "It lost 2 % today.", "details": {}},
}


class SignalSummary(Answer):
    """What a model decided on a bar, and what risk made of it."""

    model_config = example(**SIGNAL)

    signal_id: str
    """Model and bar."""
    timestamp: datetime
    """Open of the bar."""
    model_id: str
    """Who decided."""
    role: RoleName
    """What the model was then; `paper`: of `cambio paper`."""
    action: ActionName
    """What the policy asked for; HOLD keeps what is held."""
    confidence: float
    """Probability that the policy gave to the action."""
    price: float
    """Close of the bar, COP per USD."""
    requested: Position
    """The position that the action means: −1, 0 or 1."""
    target: Position
    """The position that risk allows from the next open on."""
    position: Position
    """What the book held at the bar's close."""
    equity: float
    """What the book was worth at the bar's close."""
    blocked_by: list[Reason]
    """Every check that spoke against the request."""
    late: bool
    """Whether the bar came too late to be traded on."""
    latency_ms: float | None
    """From the bar's arrival until this was stored; null of `cambio paper`."""


class SignalDetail(SignalSummary):
    """A signal with what the policy saw."""

    model_config = example(**DETAIL)

    observation: dict[str, float] | None
    """The 15 features by name, normalised; null where one was missing."""


class Explanation(Answer):
    """A live signal with all that it was made of, decided once more."""

    model_config = example(**EXPLANATION)

    signal_id: str
    """Model and bar."""
    timestamp: datetime
    """Open of the bar."""
    model_id: str
    """Who decided."""
    role: RoleName
    """What the model was then."""
    bar: dict[str, float]
    """Its open, high, low and close."""
    features: dict[str, float | None]
    """The 13 raw market features by name; null where missing."""
    observation: dict[str, float] | None
    """The 15 features by name, normalised; null where one was missing."""
    probabilities: dict[str, float] | None
    """By action, as the policy gives them again."""
    outcome: dict[str, Any]
    """What was decided then."""
    because: list[str]
    """Each objection of risk, in words."""
    hashes: dict[str, str]
    """Of the model that decided."""
    same: bool
    """Whether the replay arrived at the same bits."""
    differences: list[str]
    """Where it did not."""


class SignalPage(Page):
    """Signals, newest first, then by model."""

    model_config = example(items=[SIGNAL], next_cursor=None)

    items: list[SignalSummary]
    """The signals."""


class StoredEvent(Answer):
    """Something that happened, as the live stream told it."""

    model_config = example(**EVENT)

    id: int
    """Ascending in the order of what was committed."""
    time: datetime
    """Open of the bar, or when it happened."""
    type: str
    """What kind."""
    subject: str
    """What it is about: a model, a proposal, `account` or `engine`."""
    data: dict[str, Any]
    """By the type."""


class EventPage(Page):
    """Events, newest first."""

    model_config = example(items=[EVENT], next_cursor=None)

    items: list[StoredEvent]
    """The events."""


OfModel = Annotated[ModelId | None, Query(description="Of one model only.")]


@router.get("/signals", tags=["signals"])
def list_signals(
    caller: Viewer,
    model_id: OfModel = None,
    role: RoleName | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> SignalPage:
    """List signals, newest first."""
    before = decode(cursor, PLACE)
    with reading(caller.resources.engine) as connection:
        rows = signals.newest(connection, limit + 1, before, model_id, role)
    part, following = cut(rows, limit, lambda row: (row[0].timestamp, row[0].model_id))
    items = [
        SignalSummary(**signal.to_dict(), latency_ms=latency_ms) for signal, latency_ms in part
    ]
    return SignalPage(items=items, next_cursor=following)


@router.get("/signals/{signal_id}", tags=["signals"])
def get_signal(caller: Viewer, signal_id: Annotated[SignalId, Path()]) -> SignalDetail:
    """Give one signal with what the policy saw and what risk said."""
    model_id, time = parse_signal_id(signal_id)
    with reading(caller.resources.engine) as connection:
        row = signals.get(connection, model_id, time)
    if row is None:
        raise NotFound(
            f"There is no signal {signal_id}.", remedy="GET /v1/signals lists those there are."
        )
    return SignalDetail(**_content(row))


@router.get("/signals/{signal_id}/explain", tags=["signals"])
def explain_signal(caller: Viewer, signal_id: Annotated[SignalId, Path()]) -> Explanation:
    """Replay a live signal from its capsule; it must arrive at the same bits."""
    return Explanation(**explain(caller.resources, signal_id).to_dict())


@router.get("/events", tags=["events"])
def list_events(
    caller: Viewer,
    type: Annotated[  # noqa: A002
        list[EventType] | None, Query(description="Of these types only.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> EventPage:
    """List what happened, newest first."""
    place = decode(cursor, EVENT_PLACE)
    before = None if place is None else place[0]
    with reading(caller.resources.engine) as connection:
        rows = events.newest(connection, limit + 1, before, type or ())
    part, following = cut(rows, limit, lambda row: (row.id,))
    return EventPage(items=[StoredEvent.model_validate(row) for row in part], next_cursor=following)


def _content(row: dict[str, Any]) -> dict[str, Any]:
    """Give a stored signal as an answer has it."""
    seen = row["observation"]
    fields = {name: row[name] for name in SignalSummary.model_fields if name in row}
    return fields | {
        "signal_id": signal_id(row["model_id"], row["timestamp"]),
        "action": Action(row["action"]).name,
        "observation": None if seen is None else dict(zip(FEATURE_ORDER, seen, strict=True)),
    }
