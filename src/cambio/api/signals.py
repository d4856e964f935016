"""What was decided, and what came of it: signals, fills, trades, equity and events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, TypeAdapter

from cambio.api.dependencies import Viewer
from cambio.api.errors import RESPONSES
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import Answer, Limit, ModelId, Moment, Page, SignalId, example
from cambio.contracts.events import NoticeType
from cambio.contracts.features import FEATURE_ORDER
from cambio.contracts.trading import Action, Reason, parse_signal_id, signal_id
from cambio.errors import NotFound
from cambio.store import events, listing, signals
from cambio.store.controls import ACCOUNT
from cambio.store.database import reading

router = APIRouter(prefix="/v1", tags=["signals"], responses=RESPONSES)

RoleName = Literal["champion", "challenger", "shadow", "paper"]
ActionName = Literal["SELL", "HOLD", "BUY"]
EventType = Literal["trade", "signal", "account"] | NoticeType
Position = Annotated[int, Field(ge=-1, le=1)]
PLACE: Final = TypeAdapter(tuple[Moment, str])
EVENT_PLACE: Final = TypeAdapter(tuple[Annotated[int, Field(ge=0, lt=2**53)]])
MOST_POINTS: Final = 20_000
"""More than a year of bars."""

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
FILL: Final[dict[str, Any]] = {
    "timestamp": "2025-01-15T14:00:00Z",
    "model_id": "ppo_v20-s42",
    "from_position": 1,
    "to_position": -1,
    "price": 4313.0,
    "cost": 4.1,
    "result": 37.2,
}
TRADE: Final[dict[str, Any]] = {
    "model_id": "ppo_v20-s42",
    "side": "LONG",
    "entry_time": "2025-01-15T13:20:00Z",
    "exit_time": "2025-01-15T14:00:00Z",
    "entry_price": 4296.0,
    "exit_price": 4313.0,
    "pnl": 37.2,
}
POINT: Final[dict[str, Any]] = {
    "time": "2025-01-15T13:55:00Z",
    "equity": 10_132.4,
    "exposure": 1.0,
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


class SignalPage(Page):
    """Signals, newest first, then by model."""

    model_config = example(items=[SIGNAL], next_cursor=None)

    items: list[SignalSummary]
    """The signals."""


class FillOut(Answer):
    """A change of a live book's position."""

    model_config = example(**FILL)

    timestamp: datetime
    """Open of the bar at which it was executed."""
    model_id: str
    """Whose book."""
    from_position: Position
    """What was held before."""
    to_position: Position
    """What is held after."""
    price: float
    """Mid price, COP per USD."""
    cost: float
    """Spread, slippage and commission, account currency."""
    result: float | None
    """Net result of the trade that it closed, account currency; null if it closed none."""


class FillPage(Page):
    """Fills, newest first, then by model."""

    model_config = example(items=[FILL], next_cursor=None)

    items: list[FillOut]
    """The fills."""


class TradeOut(Answer):
    """A round trip of a live book."""

    model_config = example(**TRADE)

    model_id: str
    """Whose book."""
    side: Literal["LONG", "SHORT"]
    """What was held."""
    entry_time: datetime
    """Open of the bar at which it began."""
    exit_time: datetime
    """Open of the bar at which it ended."""
    entry_price: float
    """Mid price, COP per USD."""
    exit_price: float
    """Mid price, COP per USD."""
    pnl: float
    """Net of costs and financing, account currency."""


class TradePage(Page):
    """Trades that have ended, the newest first, then by model."""

    model_config = example(items=[TRADE], next_cursor=None)

    items: list[TradeOut]
    """The trades."""


class EquityPoint(Answer):
    """A book, or the account, at the close of a bar."""

    model_config = example(**POINT)

    time: datetime
    """Open of the bar."""
    equity: float
    """What it was worth."""
    exposure: float
    """What was held: −1, 0 or 1 of a book; of the account, units held over units that all of it
    could buy."""


class EquityCurve(Answer):
    """Equity over time."""

    model_config = example(book=ACCOUNT, points=[POINT], complete=True)

    book: str
    """`account`, or a model."""
    points: list[EquityPoint]
    """Ascending."""
    complete: bool
    """Whether these are all points since `start`; else older ones were left out."""


class EventOut(Answer):
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

    items: list[EventOut]
    """The events."""


OfModel = Annotated[ModelId | None, Query(description="Of one model only.")]


@router.get("/signals")
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


@router.get("/signals/{signal_id}")
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


@router.get("/fills")
def list_fills(
    caller: Viewer, model_id: OfModel = None, limit: Limit = 100, cursor: Cursor = None
) -> FillPage:
    """List the fills of live books, newest first."""
    before = decode(cursor, PLACE)
    with reading(caller.resources.engine) as connection:
        rows = listing.fills(connection, model_id, before, limit + 1)
    part, following = cut(rows, limit, lambda row: (row["timestamp"], row["model_id"]))
    return FillPage(items=[FillOut.of(row) for row in part], next_cursor=following)


@router.get("/trades")
def list_trades(
    caller: Viewer, model_id: OfModel = None, limit: Limit = 100, cursor: Cursor = None
) -> TradePage:
    """List the round trips of live books that have ended, newest first."""
    before = decode(cursor, PLACE)
    with reading(caller.resources.engine) as connection:
        rows = listing.trades(connection, model_id, before, limit + 1)
    part, following = cut(rows, limit, lambda row: (row["exit_time"], row["model_id"]))
    items = [TradeOut(**row | {"side": "LONG" if row["side"] > 0 else "SHORT"}) for row in part]
    return TradePage(items=items, next_cursor=following)


@router.get("/equity")
def get_equity(
    caller: Viewer,
    book: Annotated[
        ModelId, Query(description="`account`, or a model.", examples=[ACCOUNT])
    ] = ACCOUNT,
    start: Annotated[Moment | None, Query(description="Of the first bar.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_POINTS, description="The newest so many.")] = 5_000,
) -> EquityCurve:
    """Give the equity of the account, or of a model's live book, at the close of each bar."""
    with reading(caller.resources.engine) as connection:
        if book == ACCOUNT:
            marks = signals.account_marks(connection, start, limit + 1)
            points = [(mark["timestamp"], mark["equity"], mark["exposure"]) for mark in marks]
        else:
            points = [*signals.equity(connection, book, start, limit + 1)]
    return EquityCurve(
        book=book,
        points=[
            EquityPoint(time=time, equity=equity, exposure=exposure)
            for time, equity, exposure in points[-limit:]
        ],
        complete=len(points) <= limit,
    )


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
    return EventPage(items=[EventOut.model_validate(row) for row in part], next_cursor=following)


def _content(row: dict[str, Any]) -> dict[str, Any]:
    """Give a stored signal as an answer has it."""
    seen = row["observation"]
    fields = {name: row[name] for name in SignalSummary.model_fields if name in row}
    return fields | {
        "signal_id": signal_id(row["model_id"], row["timestamp"]),
        "action": Action(row["action"]).name,
        "observation": None if seen is None else dict(zip(FEATURE_ORDER, seen, strict=True)),
    }
