"""The money behind several books: what the account holds of each, and what that is worth.

Every model trades a virtual book with the whole capital, so that books can be compared. The account
holds a fraction fᵢ of each: of its units and of what they earn. Fractions stay until the shares of
the capital change; then, at the next bar's open, the equity A is divided anew,

    fᵢ = shareᵢ · A / Eᵢ        cost = |Σ (fᵢ' − fᵢ) · unitsᵢ| · open · cost rate

so a model that holds what another one held takes it over without a trade.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cambio.calendar import BAR_S
from cambio.contracts.trading import Reason
from cambio.trading import ledger
from cambio.trading.risk import RiskManager, RiskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cambio.trading.risk import RiskLimits


@dataclass(frozen=True, slots=True)
class Moment:
    """A bar, as the account needs it."""

    time_s: int
    """Of the open, UTC epoch seconds."""
    day: int
    """Session date, days since 1970-01-01."""
    open: float
    close: float
    cost_rate: float
    """Fraction of the notional, for a fill at the open."""


@dataclass(slots=True)
class Holding:
    """What the account has to do with one book."""

    share: float
    """Of the capital, wanted from the next open on."""
    fraction: float = 0.0
    """Of the book's units that are held."""


@dataclass(slots=True)
class Account:
    """An account that follows several books.

    Args:
        limits: of loss and drawdown; the other checks are the books' own.
        capital: the starting equity.
    """

    limits: RiskLimits
    capital: float
    holdings: dict[str, Holding] = field(default_factory=dict)
    divide: bool = False
    """Whether the equity is divided anew at the next open."""
    risk: RiskManager = field(init=False)
    book: NDArray[np.float64] = field(init=False)
    """By the ledger's slots, of which EQUITY, PEAK, SESSION_EQUITY, DAY and COSTS are used."""

    def __post_init__(self) -> None:
        self.risk = RiskManager(self.limits)
        self.book = ledger.new_book(self.capital)

    @property
    def equity(self) -> float:
        """What it is worth at the newest close."""
        return float(self.book[ledger.EQUITY])

    def share_out(self, shares: Mapping[str, float]) -> None:
        """Set the share of each book; from the next open on, the others have none."""
        wanted = {name: share for name, share in shares.items() if share > 0.0}
        if wanted == {name: h.share for name, h in self.holdings.items() if h.share > 0.0}:
            return
        for name in (*self.holdings, *wanted):  # in one order: sums depend on it
            self.holdings.setdefault(name, Holding(0.0)).share = wanted.get(name, 0.0)
        self.divide = True

    def on_bar(
        self,
        moment: Moment,
        books: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    ) -> None:
        """Take a bar that every book has booked.

        Args:
            moment: the bar.
            books: by model, each book before and after it; a new one is flat before.
        """
        if moment.day != self.book[ledger.DAY]:
            self.book[ledger.SESSION_EQUITY] = self.book[ledger.EQUITY]
            self.book[ledger.DAY] = moment.day
        at_open = {
            name: _at_open(before, after, moment.open) for name, (before, after) in books.items()
        }
        for name, holding in self.holdings.items():
            if name in books:
                gap = at_open[name] - books[name][0][ledger.EQUITY]
                self.book[ledger.EQUITY] += holding.fraction * gap
        if self.divide:
            self._divide(moment, {name: before for name, (before, _) in books.items()}, at_open)
        for name, holding in self.holdings.items():
            if name in books:
                rest = books[name][1][ledger.EQUITY] - at_open[name]
                self.book[ledger.EQUITY] += holding.fraction * rest
        self.book[ledger.PEAK] = max(self.book[ledger.PEAK], self.book[ledger.EQUITY])
        now_s = moment.time_s + BAR_S
        self.risk.observe(self.book, moment.day, now_s, np.nan, filled=False)

    def _divide(
        self,
        moment: Moment,
        before: Mapping[str, NDArray[np.float64]],
        at_open: Mapping[str, float],
    ) -> None:
        """Divide the equity by the shares at the open, and pay for what has to be traded."""
        traded = 0.0
        equity = float(self.book[ledger.EQUITY])
        for name, holding in self.holdings.items():
            worth = at_open.get(name, 0.0)
            wanted = holding.share * equity / worth if worth > 0.0 else 0.0
            units = float(before[name][ledger.UNITS]) if name in before else 0.0
            traded += (wanted - holding.fraction) * units
            holding.fraction = wanted
        cost = abs(traded) * moment.open * moment.cost_rate
        self.book[ledger.EQUITY] -= cost
        self.book[ledger.COSTS] += cost
        self.holdings = {name: h for name, h in self.holdings.items() if h.share > 0.0}
        self.divide = False

    def exposure(self, books: Mapping[str, NDArray[np.float64]], price: float) -> float:
        """Give the units held over those that the equity could buy, in about [−1, 1]."""
        units = sum(
            h.fraction * float(books[n][ledger.UNITS])
            for n, h in self.holdings.items()
            if n in books
        )
        return units * price / self.equity if self.equity > 0.0 else 0.0

    def objections(self, day: int) -> tuple[Reason, ...]:
        """Give what the account's limits say against new risk of the books that it follows."""
        state = self.risk.state
        loss = (Reason.ACCOUNT_LOSS,) if state.loss_day == day else ()
        return (*loss, Reason.ACCOUNT_DRAWDOWN) if state.drawdown_breached else loss

    def state(self) -> dict[str, Any]:
        """Give everything that the next bar depends on, as plain JSON types."""
        return {
            "ledger": self.book.tolist(),
            "risk": self.risk.state.to_dict(),
            "holdings": {name: [h.share, h.fraction] for name, h in self.holdings.items()},
            "divide": self.divide,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state` gave."""
        self.book[:] = state["ledger"]
        self.risk.state = RiskState(**state["risk"])
        self.holdings = {name: Holding(*pair) for name, pair in state["holdings"].items()}
        self.divide = state["divide"]


def _at_open(before: NDArray[np.float64], after: NDArray[np.float64], open_: float) -> float:
    """Give a book's equity at the open, before its fill: financing paid, units at the new price."""
    financing = after[ledger.FINANCING] - before[ledger.FINANCING]
    gap = before[ledger.UNITS] * (open_ - before[ledger.PRICE])
    return float(before[ledger.EQUITY] + gap - financing)
