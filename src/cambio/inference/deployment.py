"""The canary: a challenger gets the capital step by step, or loses it.

It knows no database and no clock. What it goes by is the difference of the two annual Sharpe
ratios, with an interval that may be looked at after every session; a difference, because a ratio
of two such figures turns around where the champion's is negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from cambio.trading import ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.contracts.deployment import Deployment
    from cambio.inference.config import CanaryConfig


EQUAL: Final = 1e-6
"""Annual Sharpe ratios this near are rounding: two books that trade alike have no other difference,
and then an interval without any width."""


class Move(StrEnum):
    """What becomes of a challenger."""

    KEEP = "keep"
    STEP = "step"
    """It gets the next share."""
    PROMOTE = "promote"
    """It becomes the champion."""
    ROLL_BACK = "roll_back"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a challenger at its present share."""

    sessions: int
    """In which champion and challenger both traded from the first to the last bar."""
    difference: float | None
    """Annual Sharpe ratio, challenger minus champion; None where it can't be told."""
    low: float
    """Of the interval that holds after every session; −infinity at first."""
    high: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a challenger, and why."""

    move: Move
    share: float
    """Of the capital, from now on."""
    reason: str
    """In words, with the figures."""


class DeploymentManager:
    """Decides what becomes of a challenger.

    Args:
        config: shares, patience and limits.
    """

    def __init__(self, config: CanaryConfig) -> None:
        self.config = config

    @property
    def is_immediate(self) -> bool:
        """Whether an approved model is champion at once."""
        return self.config.steps == (1.0,)

    @property
    def first_share(self) -> float:
        """What a challenger begins with."""
        return self.config.steps[0]

    def next_share(self, share: float) -> float:
        """Give the step above ``share``; 1 is the champion's."""
        return next((step for step in self.config.steps if step > share), 1.0)

    def decide(
        self, challenger: Deployment, evidence: Evidence, book: Mapping[str, Any] | None = None
    ) -> Verdict:
        """Judge a challenger after a session.

        Args:
            challenger: runs.
            evidence: since it got its present share.
            book: of `TradingBook.state`, where it is at hand: a hard breach comes first.
        """
        breach = book and hard_breach(self.config, challenger.model_id, book)
        if breach:
            return Verdict(Move.ROLL_BACK, 0.0, breach)
        share, missing = challenger.share, self.config.min_sessions - evidence.sessions
        if missing > 0:
            told = f"{evidence.sessions} of {self.config.min_sessions} sessions"
            return Verdict(Move.KEEP, share, f"{told} at {share:.0%} of the capital: too few.")
        found = _told(evidence, self.config.confidence)
        if evidence.high < -EQUAL:
            return Verdict(Move.ROLL_BACK, 0.0, f"Worse than the champion: {found}.")
        if not evidence.low > EQUAL:
            return Verdict(Move.KEEP, share, f"Not told apart yet: {found}.")
        grown = self.next_share(share)
        move = Move.PROMOTE if grown == 1.0 else Move.STEP
        return Verdict(move, grown, f"Better than the champion: {found}.")


def hard_breach(
    config: CanaryConfig,
    name: str,
    book: Mapping[str, Any],
    *,
    answered: bool = True,
) -> str | None:
    """Tell what ends a challenger on this very bar; None where nothing does.

    Args:
        config: with the deepest drawdown.
        name: of the challenger.
        book: its book after the bar, of `TradingBook.state`.
        answered: whether its policy's answer consisted of numbers.
    """
    slots = book["ledger"]
    equity, peak = slots[ledger.EQUITY], slots[ledger.PEAK]
    if not answered:
        return f"The policy of {name} answered with something else than numbers."
    if book["risk"]["drawdown_breached"]:
        return f"{name} hit the drawdown limit of all books, at an equity of {equity:,.2f}."
    # Not "drawdown > limit": an equity that is no number must not pass.
    if not equity >= peak * (1.0 - config.max_drawdown):
        fallen = 1.0 - equity / peak
        return (
            f"The book of {name} fell {fallen:.2%} from its peak of {peak:,.2f}; a challenger's "
            f"may fall {config.max_drawdown:.2%}."
        )
    return None


def _told(evidence: Evidence, confidence: float) -> str:
    difference = "unknown" if evidence.difference is None else f"{evidence.difference:+.2f}"
    return (
        f"over {evidence.sessions} paired sessions its annual Sharpe ratio differs by "
        f"{difference}, {confidence:.0%} interval {evidence.low:+.2f} to {evidence.high:+.2f}"
    )
