"""Risk: what a request may become. Each check is one function of the facts.

A failed check stops *new* risk only: reducing or closing always passes, and of a reversal the
closing half passes. Daily loss, drawdown, lost data and the kill switch flatten the position. The
clock is the bar's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from cambio.calendar import BAR_S, BOGOTA_OFFSET_S, DAY_S, SESSION_CLOSE_S, SESSION_OPEN_S
from cambio.contracts.trading import Reason, RiskVerdict
from cambio.trading import ledger

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class RiskLimits(BaseModel):
    """Limits of one book (`config/risk.yaml`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    confidence_threshold: float = Field(ge=0, le=1)
    max_daily_loss: float = Field(gt=0, le=1)
    """Fraction of the equity at the previous session's close."""
    max_drawdown: float = Field(gt=0, le=1)
    """Fraction of the peak equity. Latches: only an operator resumes trading after it."""
    max_consecutive_losses: int = Field(ge=1)
    cooldown_minutes: int = Field(ge=0)
    max_trades_per_session: int = Field(ge=0)
    max_position: int = Field(ge=0, le=1)


@dataclass(slots=True)
class RiskState:
    """What the checks remember between bars; survives a restart through `to_dict`."""

    day: int = -1
    trades_today: int = 0
    consecutive_losses: int = 0
    breaker_until_s: int = 0
    loss_day: int = -1
    drawdown_breached: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Give the state as plain JSON types; `RiskState(**state)` is its inverse."""
        return {name: getattr(self, name) for name in self.__slots__}


class RiskFacts(NamedTuple):
    """What the checks look at: the request, and the moment its fill would come."""

    requested: int
    position: int
    confidence: float
    day: int
    now_s: int
    """Close of the decision's bar, UTC epoch seconds: the earliest moment of a fill."""
    objections: tuple[Reason, ...] = ()
    """What the world outside of this book says against new risk."""


FLATTENING = frozenset(
    {
        Reason.DAILY_LOSS,
        Reason.DRAWDOWN,
        Reason.KILL_SWITCH,
        Reason.DATA_LOST,
        Reason.ACCOUNT_LOSS,
        Reason.ACCOUNT_DRAWDOWN,
    }
)


class RiskManager:
    """Judges requests for one book.

    Args:
        limits: the limits.
        state: to resume from; a fresh one by default.
    """

    def __init__(self, limits: RiskLimits, state: RiskState | None = None) -> None:
        self.limits = limits
        self.state = state or RiskState()

    def observe(
        self, book: NDArray[np.float64], day: int, now_s: int, result: float, *, filled: bool
    ) -> None:
        """Take note of a bar that the ledger has just booked.

        Args:
            book: the ledger's book after the bar.
            day: session date, days since 1970-01-01.
            now_s: the bar's close, UTC epoch seconds.
            result: net result of a trade closed on this bar, else NaN.
            filled: the position changed on this bar.
        """
        state, limits = self.state, self.limits
        if day != state.day:
            state.day, state.trades_today = day, 0
        state.trades_today += filled
        if result > 0.0:
            state.consecutive_losses = 0
        elif result <= 0.0:
            state.consecutive_losses += 1
            if state.consecutive_losses >= limits.max_consecutive_losses:
                state.breaker_until_s = now_s + 60 * limits.cooldown_minutes
                state.consecutive_losses = 0
        equity = float(book[ledger.EQUITY])
        # Not "equity <= limit": an equity that is no number must not switch the limits off.
        if not equity > float(book[ledger.SESSION_EQUITY]) * (1.0 - limits.max_daily_loss):
            state.loss_day = day
        if not equity > float(book[ledger.PEAK]) * (1.0 - limits.max_drawdown):
            state.drawdown_breached = True

    def resume(self, book: NDArray[np.float64]) -> None:
        """Let a book trade again after its drawdown: the peak is what it has now."""
        if not self.state.drawdown_breached:
            return
        self.state.drawdown_breached = False
        book[ledger.PEAK] = book[ledger.EQUITY]

    def check(self, facts: RiskFacts) -> RiskVerdict:
        """Give the position that the limits allow, and every check that objected."""
        state, limits = self.state, self.limits
        own = tuple([why for why, objects in _IN_ORDER if objects(facts, state, limits)])
        objections = own + facts.objections
        if not objections:
            return _FREE[facts.requested]
        if not FLATTENING.isdisjoint(objections):
            return RiskVerdict(facts.requested, 0, objections)
        reduces = abs(facts.requested) <= abs(facts.position) and (
            facts.requested * facts.position >= 0
        )
        if reduces:
            return RiskVerdict(facts.requested, facts.requested)
        reversal = facts.requested * facts.position < 0
        return RiskVerdict(facts.requested, 0 if reversal else facts.position, objections)


def _confidence(facts: RiskFacts, _state: RiskState, limits: RiskLimits) -> bool:
    return not facts.confidence >= limits.confidence_threshold  # NaN is no confidence


def _daily_loss(facts: RiskFacts, state: RiskState, _limits: RiskLimits) -> bool:
    return state.loss_day == facts.day


def _drawdown(_facts: RiskFacts, state: RiskState, _limits: RiskLimits) -> bool:
    return state.drawdown_breached


def _circuit_breaker(facts: RiskFacts, state: RiskState, _limits: RiskLimits) -> bool:
    return facts.now_s < state.breaker_until_s


def _trading_hours(facts: RiskFacts, _state: RiskState, _limits: RiskLimits) -> bool:
    """Object after the last bar: the fill would come at the next session's open."""
    local_s = (facts.now_s + BOGOTA_OFFSET_S) % DAY_S
    return not SESSION_OPEN_S <= local_s <= SESSION_CLOSE_S - BAR_S


def _max_trades(_facts: RiskFacts, state: RiskState, limits: RiskLimits) -> bool:
    return state.trades_today >= limits.max_trades_per_session


def _position_limit(facts: RiskFacts, _state: RiskState, limits: RiskLimits) -> bool:
    return abs(facts.requested) > limits.max_position


CHECKS = {
    Reason.CONFIDENCE: _confidence,
    Reason.DAILY_LOSS: _daily_loss,
    Reason.DRAWDOWN: _drawdown,
    Reason.CIRCUIT_BREAKER: _circuit_breaker,
    Reason.TRADING_HOURS: _trading_hours,
    Reason.MAX_TRADES: _max_trades,
    Reason.POSITION_LIMIT: _position_limit,
}
_IN_ORDER = tuple(CHECKS.items())
_FREE = {position: RiskVerdict(position, position) for position in (-1, 0, 1)}
"""What no check objected to: nearly every verdict, so they are made once."""
