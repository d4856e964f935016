"""Risk: limits against their use, the kill switch, and letting a book trade again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from cambio.api.dependencies import Operator, Viewer
from cambio.api.schemas import Answer, Comment, ModelId, example, operation_id
from cambio.app import controls, risk_report
from cambio.contracts.deployment import Role
from cambio.contracts.events import ACCOUNT
from cambio.store.controls import ON, RESUME, Control

router = APIRouter(prefix="/v1", tags=["risk"], generate_unique_id_function=operation_id)

LIMITS: Final[dict[str, Any]] = {
    "confidence_threshold": 0.6,
    "max_daily_loss": 0.02,
    "max_drawdown": 0.15,
    "max_consecutive_losses": 5,
    "cooldown_minutes": 60,
    "max_trades_per_session": 20,
    "max_position": 1,
}
LOSSES: Final[dict[str, Any]] = {
    "equity": 10_132.4,
    "peak": 10_410.0,
    "drawdown": 0.0267,
    "drawdown_breached": False,
    "daily_loss": 0.0041,
    "daily_loss_breached": False,
}
BOOK: Final[dict[str, Any]] = LOSSES | {
    "model_id": "ppo_v20-s42",
    "role": "champion",
    "position": 1,
    "trades_today": 3,
    "consecutive_losses": 1,
    "breaker_until": None,
}


class RiskLimits(Answer):
    """What a book may do; of the account, loss and drawdown."""

    model_config = example(**LIMITS)

    confidence_threshold: float
    """Below it no new risk is taken."""
    max_daily_loss: float
    """Fraction of the equity at the previous session's close; flat until the next session."""
    max_drawdown: float
    """Fraction of the peak; flat until an operator resumes."""
    max_consecutive_losses: int
    """Losing trades in a row that pause the book."""
    cooldown_minutes: int
    """How long it pauses."""
    max_trades_per_session: int
    """Changes of the position in a session."""
    max_position: int
    """Units of the position."""


class AccountRisk(Answer):
    """What may be lost, and what was."""

    model_config = example(**LOSSES)

    equity: float
    """At the newest close, account currency."""
    peak: float
    """The highest equity."""
    drawdown: float
    """Below the peak, as a fraction of it."""
    drawdown_breached: bool
    """It latches: only an operator lets the book trade again."""
    daily_loss: float
    """Below the equity at the previous session's close, as a fraction; negative: a gain."""
    daily_loss_breached: bool
    """In the newest bar's session, which stays flat then."""


class BookRisk(AccountRisk):
    """The same of a model's book, and what else limits it."""

    model_config = example(**BOOK)

    model_id: str
    """Whose book."""
    role: Role | None
    """What the model does; null: it is about to be closed."""
    position: int
    """What is held: −1, 0 or 1."""
    trades_today: int
    """Changes of the position in the newest bar's session."""
    consecutive_losses: int
    """Losing trades in a row."""
    breaker_until: datetime | None
    """Until when they stop new ones; null: they don't."""


class RiskReport(Answer):
    """RiskLimits and what is used of them."""

    model_config = example(
        as_of="2025-01-15T13:55:00Z",
        limits=LIMITS,
        kill_switch=False,
        account=LOSSES,
        books=[BOOK],
    )

    as_of: datetime | None
    """Open of the newest bar that was decided on; null before the first one."""
    limits: RiskLimits
    """As they are configured."""
    kill_switch: bool
    """Whether everything is flat because somebody said so."""
    account: AccountRisk | None
    """The money behind all funded books; null before the first bar."""
    books: list[BookRisk]
    """Of each model that decides."""


class KillSwitch(Answer):
    """The kill switch: while it is on, every book is flat."""

    model_config = example(
        on=True,
        comment="Central bank intervenes.",
        changed_by="olga",
        changed_at="2025-01-15T14:02:11Z",
    )

    on: bool
    """Whether it is on."""
    comment: str | None
    """Why; null while nobody has ever touched it."""
    changed_by: str | None
    """Who said so."""
    changed_at: datetime | None
    """When."""

    @classmethod
    def from_control(cls, control: Control | None) -> KillSwitch:
        """Give the switch as it was last set."""
        if control is None:
            return cls(on=False, comment=None, changed_by=None, changed_at=None)
        return cls(
            on=control.value == ON,
            comment=control.comment,
            changed_by=control.changed_by,
            changed_at=control.changed_at,
        )


class KillSwitchWord(BaseModel):
    """What becomes of the kill switch, and why."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"on": True, "comment": "Central bank intervenes."}]},
    )

    on: bool
    """Whether every book is to be flat."""
    comment: Comment
    """Why."""


class ResumeWord(BaseModel):
    """Which book trades again after its drawdown, and why."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"book": "ppo_v20-s42", "comment": "The feed's error is repaired."}]
        },
    )

    book: ModelId
    """A model that trades, or `account`."""
    comment: Comment
    """Why."""


class Resumed(Answer):
    """A book that may trade again from the next bar on."""

    model_config = example(
        book=ACCOUNT,
        comment="The feed's error is repaired.",
        changed_by="olga",
        changed_at="2025-01-15T14:02:11Z",
    )

    book: str
    """A model, or `account`."""
    comment: str
    """Why."""
    changed_by: str
    """Who said so."""
    changed_at: datetime
    """When."""


@router.get("/risk")
def get_risk(caller: Viewer) -> RiskReport:
    """Give limits and their use, of every live book and of the account."""
    return RiskReport.model_validate(risk_report.risk_report(caller.resources))


@router.get("/kill-switch")
def get_kill_switch(caller: Viewer) -> KillSwitch:
    """Give the kill switch."""
    return KillSwitch.from_control(risk_report.kill_switch(caller.resources))


@router.put("/kill-switch")
def put_kill_switch(caller: Operator, word: KillSwitchWord) -> KillSwitch:
    """Throw the kill switch or release it; while it is on, every book is flat."""
    control = controls.kill_switch(caller.resources, on=word.on, comment=word.comment)
    return KillSwitch.from_control(control)


@router.post("/risk/resume")
def resume_book(caller: Operator, word: ResumeWord) -> Resumed:
    """Let a book trade again that its drawdown has stopped; its peak is then what it has."""
    control = controls.resume(caller.resources, word.book, word.comment)
    return Resumed(
        book=control.name.removeprefix(RESUME),
        comment=control.comment,
        changed_by=control.changed_by,
        changed_at=control.changed_at,
    )
