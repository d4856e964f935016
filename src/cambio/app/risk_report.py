"""The limits against what is used of them: of every live book, and of the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cambio.calendar import BAR_S
from cambio.contracts.deployment import Role
from cambio.contracts.events import ACCOUNT
from cambio.store import controls, deployments, engine, models
from cambio.store.database import reading
from cambio.trading import ledger
from cambio.trading.risk import RiskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.app.resources import Resources
    from cambio.store.controls import Control
    from cambio.trading.risk import RiskLimits


@dataclass(frozen=True, slots=True)
class AccountRisk:
    """What may be lost, and what was: of the account, as of every book."""

    equity: float
    """At the newest close."""
    peak: float
    """The highest equity."""
    drawdown: float
    """Below the peak, as a fraction of it."""
    drawdown_breached: bool
    """It latches: only an operator lets the book trade again."""
    daily_loss: float
    """Below the equity at the previous session's close, as a fraction of it; negative: a gain."""
    daily_loss_breached: bool
    """In the newest bar's session, which stays flat then."""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> AccountRisk:
        """Read the state of a book or of the account."""
        return cls(**_losses(state))


@dataclass(frozen=True, slots=True)
class BookRisk(AccountRisk):
    """A model's book."""

    model_id: str
    role: Role | None
    """None: it is about to be closed."""
    position: int
    trades_today: int
    consecutive_losses: int
    breaker_until: datetime | None
    """Until when losing trades in a row stop new ones; None: they don't."""


@dataclass(frozen=True, slots=True)
class RiskReport:
    """Limits and what is used of them, as of the newest bar that was decided on."""

    as_of: datetime | None
    """Open of that bar, UTC; None before the first one."""
    limits: RiskLimits
    """Of each book; of the account, loss and drawdown."""
    kill_switch: bool
    account: AccountRisk | None
    books: tuple[BookRisk, ...]


def risk_report(resources: Resources) -> RiskReport:
    """Read what the engine committed with its last bar."""
    with reading(resources.engine) as connection:
        stored = engine.load(connection)
        switch = controls.every(connection).get(controls.KILL_SWITCH)
        roles = {one.model_id: one.role for one in deployments.running(connection)}
        champion = models.champion(connection)
    if champion is not None:
        roles[champion["model_id"]] = Role.CHAMPION
    killed = switch is not None and switch.value == controls.ON
    if stored is None:
        return RiskReport(None, resources.limits, killed, None, ())
    state = stored.state["engine"]
    return RiskReport(
        as_of=stored.last_bar,
        limits=resources.limits,
        kill_switch=killed,
        account=AccountRisk.of(state["account"]),
        books=tuple(
            _book(name, book, roles.get(name), stored.last_bar)
            for name, book in state["books"].items()
        ),
    )


def stopped_by_drawdown(resources: Resources) -> set[str]:
    """Name the books that their drawdown has stopped, the account among them.

    Also the book that waits for a model which does not pass the load gate.
    """
    with reading(resources.engine) as connection:
        stored = engine.load(connection)
    if stored is None:
        return set()
    state = stored.state["engine"]
    books = state["parked"] | state["books"] | {ACCOUNT: state["account"]}
    return {name for name, book in books.items() if book["risk"]["drawdown_breached"]}


def kill_switch(resources: Resources) -> Control | None:
    """Give the kill switch as it was last set; None: nobody has ever touched it."""
    with reading(resources.engine) as connection:
        return controls.every(connection).get(controls.KILL_SWITCH)


def _book(name: str, state: Mapping[str, Any], role: Role | None, last_bar: datetime) -> BookRisk:
    risk = RiskState(**state["risk"])
    pauses = risk.breaker_until_s > int(last_bar.timestamp()) + BAR_S
    return BookRisk(
        **_losses(state),
        model_id=name,
        role=role,
        position=int(state["ledger"][ledger.POSITION]),
        trades_today=risk.trades_today,
        consecutive_losses=risk.consecutive_losses,
        breaker_until=datetime.fromtimestamp(risk.breaker_until_s, UTC) if pauses else None,
    )


def _losses(state: Mapping[str, Any]) -> dict[str, Any]:
    book, risk = state["ledger"], RiskState(**state["risk"])
    equity, peak = book[ledger.EQUITY], book[ledger.PEAK]
    return {
        "equity": equity,
        "peak": peak,
        "drawdown": _below(equity, peak),
        "drawdown_breached": risk.drawdown_breached,
        "daily_loss": _below(equity, book[ledger.SESSION_EQUITY]),
        "daily_loss_breached": risk.loss_day == risk.day >= 0,  # before the first bar, both are −1
    }


def _below(equity: float, reference: float) -> float:
    """Give by how much an equity lies below another, as a fraction; a ruined book lost it all."""
    return 1.0 - equity / reference if reference > 0.0 else 1.0
