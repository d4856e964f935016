"""What happens, as one union: the streams' event types, the bus's and the `events` table's.

A replay gives `progress`, `bar`, `trade` and `result`; live trading gives `trade` and the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from cambio.contracts.trading import Fill

ACCOUNT: Final = "account"
"""What is about the account behind all funded books, and about no single model."""
SideName = Literal["LONG", "FLAT", "SHORT"]
SIDES: dict[int, SideName] = {1: "LONG", 0: "FLAT", -1: "SHORT"}


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Progress(_Data):
    """How far a replay has come."""

    progress: float = Field(ge=0, le=1)
    current_bar: int
    total_bars: int


class BarMark(_Data):
    """A bar, and the book marked at its close."""

    timestamp: datetime
    open: float
    high: float
    low: float
    close: float
    equity: float
    position: SideName


class TradeMark(_Data):
    """A fill, and the net result of the trade that it closed."""

    timestamp: datetime
    side: Literal["BUY", "SELL"]
    entry_price: float
    pnl: float | None
    model_id: str

    @classmethod
    def of(cls, fill: Fill, model_id: str) -> TradeMark:
        """Give the mark of a fill."""
        return cls(
            timestamp=fill.time,
            side="BUY" if fill.to_position > fill.from_position else "SELL",
            entry_price=fill.price,
            pnl=fill.result,
            model_id=model_id,
        )


class Result(_Data):
    """The end of a replay."""

    success: bool
    total_return: float | None
    sharpe: float | None
    message: str = ""
    """Why it did not succeed, and what to do."""


class SignalMark(_Data):
    """A decision; `Signal.to_dict()` gives it."""

    signal_id: str
    timestamp: datetime
    model_id: str
    role: str
    action: Literal["SELL", "HOLD", "BUY"]
    confidence: float
    price: float
    requested: int
    target: int
    position: int
    equity: float
    blocked_by: list[str]
    late: bool


class AccountMark(_Data):
    """A live bar, and the account behind all funded books marked at its close."""

    timestamp: datetime
    open: float
    high: float
    low: float
    close: float
    equity: float
    exposure: float
    """Units held over units that the whole equity could buy, in [−1, 1]."""
    shares: dict[str, float]
    """Of the capital, by model."""
    late: bool


class Notice(_Data):
    """Something that a person may have to know."""

    subject: str
    """A model, a proposal, `account` or `engine`."""
    text: str
    """What happened, in one sentence."""
    details: dict[str, Any] = Field(default_factory=dict)


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
    """`{type: "signal", data: {...}}`."""

    type: Literal["signal"] = "signal"
    data: SignalMark


class AccountEvent(_Data):
    """`{type: "account", data: {...}}`."""

    type: Literal["account"] = "account"
    data: AccountMark


NoticeType = Literal[
    "breach",  # a limit was hit, of a model or of the account
    "rollback",  # a challenger lost its capital
    "promotion",  # a challenger got more of it, or all
    "deployment",  # a challenger or shadow began or was ended
    "kill_switch",
    "resume",  # an operator let a book trade again after its drawdown
    "proposal",  # it waits for a vote, or was voted on
    "load_gate",  # a model did not pass, and what trades instead
    "drift",
    "parity",  # live and batch differ
    "quarantine_released",
    "quarantine_dropped",
    "data",  # bars stopped coming, came back, or one is late
    "webhook_failed",  # one gave up telling a receiver of an event
    "access",  # requests were refused: who, from where, how often
    "engine",  # it began, stopped, or lost and found what it depends on
    "pipeline",  # a scheduled task failed for good, or an operator says so
]


class NoticeEvent(_Data):
    """`{type: "breach" | "rollback" | ..., data: {...}}`."""

    type: NoticeType
    data: Notice


Event = Annotated[
    ProgressEvent | BarEvent | TradeEvent | ResultEvent | SignalEvent | AccountEvent | NoticeEvent,
    Field(discriminator="type"),
]
"""Read one back with `TypeAdapter(Event)`."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of `events`. Ids ascend in the order in which the rows were committed."""

    id: int
    time: datetime
    """The bar's open, or when it happened; UTC."""
    type: str
    subject: str
    data: dict[str, Any]
    """Plain JSON types, by the event's class."""
