"""What came of the decisions: fills, trades and equity of live books."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from cambio.api.dependencies import Viewer
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import Answer, Limit, ModelId, Moment, Page, Position, example, operation_id
from cambio.contracts.events import ACCOUNT
from cambio.store import listing, signals
from cambio.store.database import reading

router = APIRouter(tags=["books"], generate_unique_id_function=operation_id)

PLACE: Final = TypeAdapter(tuple[Moment, ModelId])
MOST_POINTS: Final = 20_000
"""More than a year of bars."""

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


class Fill(Answer):
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

    items: list[Fill]
    """The fills."""


class Trade(Answer):
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

    items: list[Trade]
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


OfModel = Annotated[ModelId | None, Query(description="Of one model only.")]


@router.get("/fills")
def list_fills(
    caller: Viewer, model_id: OfModel = None, limit: Limit = 100, cursor: Cursor = None
) -> FillPage:
    """List the fills of live books, newest first."""
    before = decode(cursor, PLACE)
    with reading(caller.resources.engine) as connection:
        rows = listing.fills(connection, model_id, before, limit + 1)
    part, following = cut(rows, limit, lambda row: (row["timestamp"], row["model_id"]))
    return FillPage(items=[Fill.of(row) for row in part], next_cursor=following)


@router.get("/trades")
def list_trades(
    caller: Viewer, model_id: OfModel = None, limit: Limit = 100, cursor: Cursor = None
) -> TradePage:
    """List the round trips of live books that have ended, newest first."""
    before = decode(cursor, PLACE)
    with reading(caller.resources.engine) as connection:
        rows = listing.trades(connection, model_id, before, limit + 1)
    part, following = cut(rows, limit, lambda row: (row["exit_time"], row["model_id"]))
    items = [Trade(**row | {"side": "LONG" if row["side"] > 0 else "SHORT"}) for row in part]
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
