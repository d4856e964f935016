"""What is told of a bar: its signals, its fills, the account, and every limit that was hit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cambio.contracts.events import (
    ACCOUNT,
    AccountEvent,
    AccountMark,
    Notice,
    NoticeEvent,
    SignalEvent,
    SignalMark,
    TradeEvent,
    TradeMark,
)
from cambio.contracts.trading import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cambio.contracts.events import Event
    from cambio.inference.live import Breach, LiveStep

BREACHES: Final = {
    Reason.DAILY_LOSS: "lost more than a session may lose and is flat until the next one",
    Reason.DRAWDOWN: "fell further from its peak than it may and is flat until an operator resumes",
    Reason.CIRCUIT_BREAKER: "had too many losing trades in a row and pauses",
}


def events_of(step: LiveStep) -> Iterator[tuple[str, Event]]:
    """Give the events of a bar, each with what it is about, in the order in which they are told."""
    for signal in step.signals:
        yield signal.model_id, SignalEvent(data=SignalMark(**signal.to_dict()))
    for model_id, fill in step.fills:
        yield model_id, TradeEvent(data=TradeMark.of(fill, model_id))
    mark = AccountMark(
        timestamp=step.bar.time,
        open=step.bar.open,
        high=step.bar.high,
        low=step.bar.low,
        close=step.bar.close,
        equity=step.equity,
        exposure=step.exposure,
        shares=step.shares,
        late=step.late,
    )
    yield ACCOUNT, AccountEvent(data=mark)
    for breach in step.breaches:
        yield breach.subject, NoticeEvent(type="breach", data=_breach(breach))


def _breach(breach: Breach) -> Notice:
    return Notice(
        subject=breach.subject,
        text=f"{breach.subject} {BREACHES[breach.reason]}.",
        details={"reason": str(breach.reason), "equity": breach.equity},
    )
