"""What happens, as one union: the stream's event types, the bus's and the `events` table's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Progress(_Data):
    """How far a replay has come."""

    progress: float = Field(ge=0, le=1)
    current_bar: int
    total_bars: int


class BarMark(_Data):
    """The book, marked at a bar's close."""

    timestamp: datetime
    equity: float
    position: Literal["LONG", "FLAT", "SHORT"]


class TradeMark(_Data):
    """A fill, and the net result of the trade that it closed."""

    timestamp: datetime
    side: Literal["BUY", "SELL"]
    entry_price: float
    pnl: float | None


class Result(_Data):
    """The end of a replay."""

    success: bool
    total_return: float | None
    sharpe: float | None


class ProgressEvent(_Data):
    """`{type: "progress", data: {...}}`."""

    type: Literal["progress"] = "progress"
    data: Progress


class BarEvent(_Data):
    """`{type: "bar", data: {...}}`."""

    type: Literal["bar"] = "bar"
    data: BarMark


class TradeEvent(_Data):
    """`{type: "trade", data: {...}}`."""

    type: Literal["trade"] = "trade"
    data: TradeMark


class ResultEvent(_Data):
    """`{type: "result", data: {...}}`."""

    type: Literal["result"] = "result"
    data: Result


class SignalEvent(_Data):
    """`{type: "signal", data: {...}}`; the data is `Signal.to_dict()`."""

    type: Literal["signal"] = "signal"
    data: dict[str, Any]


Event = Annotated[
    ProgressEvent | BarEvent | TradeEvent | ResultEvent | SignalEvent,
    Field(discriminator="type"),
]
"""Read one back with `TypeAdapter(Event)`."""

SIDES: dict[int, Literal["LONG", "FLAT", "SHORT"]] = {1: "LONG", 0: "FLAT", -1: "SHORT"}
