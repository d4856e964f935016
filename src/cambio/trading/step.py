"""The one decision path: bar -> features -> observation -> policy -> risk -> ledger.

Backtest and live both feed bars to `DecisionPath.on_bar`; nothing else decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cambio.calendar import BAR_S, BOGOTA_OFFSET_S, DAY_S
from cambio.contracts.features import MARKET_FEATURES_COUNT
from cambio.contracts.lineage import hash_of
from cambio.contracts.trading import Action, Decision, Fill, Reason, RiskVerdict
from cambio.errors import ContractMismatch
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.trading import ledger
from cambio.trading.observation import ObservationBuilder
from cambio.trading.risk import RiskFacts, RiskManager, RiskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cambio.features.macro import MacroTable
    from cambio.trading.costs import CostModel
    from cambio.trading.gate import LoadedModel
    from cambio.trading.policy import Policy
    from cambio.trading.risk import RiskLimits


NOTHING: Final[Mapping[str, tuple[Reason, ...]]] = MappingProxyType({})
ACTIONS: Final = tuple(Action)
"""In the order of a policy's outputs."""


@dataclass(frozen=True, slots=True)
class TradingTerms:
    """The terms on which a book trades."""

    costs: CostModel
    limits: RiskLimits
    capital: float

    def hash(self) -> str:
        """Identify the terms: other costs, limits or capital make another result."""
        return hash_of(
            {
                "costs": self.costs.config.model_dump(mode="json"),
                "limits": self.limits.model_dump(),
                "capital": self.capital,
            }
        )

    def at_costs(self, multiple: float) -> TradingTerms:
        """Give the same terms with costs scaled by ``multiple``."""
        return replace(self, costs=self.costs.times(multiple))


@lru_cache(maxsize=1)
def _time_of(time_s: int) -> datetime:
    """Give a bar's time, the same object to all books that it is handed to."""
    return datetime.fromtimestamp(time_s, UTC)


class Advice(NamedTuple):
    """What a policy says to one state."""

    observation: NDArray[np.float32] | None
    """`(15,) float32`; None when a feature was missing."""
    action: Action
    confidence: float
    strange: bool
    """The observation is out of the training distribution."""


class Adviser:
    """A policy with the statistics that it sees the market through.

    Books that share it find each state's advice given once: the same policy on the same
    observation says the same, whatever the book pays for a fill.

    Args:
        policy: decides.
        observations: normalises with the model's own statistics.
    """

    def __init__(self, policy: Policy, observations: ObservationBuilder) -> None:
        self._policy = policy
        self._observations = observations
        self._features: NDArray[np.float64] | None = None
        self._time_s = 0
        self._given: dict[int, Advice] = {}

    def ask(self, features: NDArray[np.float64], position: int, time_s: int) -> Advice:
        """Give the advice for one closed bar to a book that holds ``position``.

        Args:
            features: the bar's raw market features, `(13,) float64`; an array of its own, which
                nobody changes.
            position: −1, 0 or 1.
            time_s: the bar's open, UTC epoch seconds.
        """
        if features is not self._features or time_s != self._time_s:
            self._features, self._time_s, self._given = features, time_s, {}
        advice = self._given.get(position)
        if advice is None:
            observation, strange = self._observations.observe(features, position, time_s)
            choice = self._choice(observation)
            advice = self._given[position] = Advice(observation, *choice, strange)
        return advice

    def _choice(self, observation: NDArray[np.float32] | None) -> tuple[Action, float]:
        """Give the policy's choice; without a whole observation or answer, HOLD."""
        if observation is None:
            return Action.HOLD, 0.0
        try:
            probabilities = self._policy.probabilities(observation).tolist()
        except ContractMismatch:  # one bar's failure must not end the books beside it
            return Action.HOLD, 0.0
        if not all(map(math.isfinite, probabilities)):  # a maximum would take NaN for SELL
            return Action.HOLD, 0.0
        confidence = max(probabilities)
        return ACTIONS[probabilities.index(confidence)], confidence


class TradingBook:
    """One model's account: its policy, its risk state and its ledger.

    Args:
        model_id: names the decisions.
        adviser: its policy.
        risk: judges.
        capital: the starting equity, account currency.
    """

    def __init__(self, model_id: str, adviser: Adviser, risk: RiskManager, capital: float) -> None:
        self.model_id = model_id
        self.adviser = adviser
        self.risk = risk
        self.book = ledger.new_book(capital)

    def on_bar(
        self,
        time_s: int,
        prices: tuple[float, float],
        rates: tuple[float, float, float],
        features: NDArray[np.float64],
        objections: tuple[Reason, ...] = (),
    ) -> Decision:
        """Book the closed bar, then decide what to hold after the next bar's open.

        Args:
            time_s: the bar's open, UTC epoch seconds.
            prices: its open and close, COP per USD.
            rates: cost of a fill, carry and markup a night, as fractions of the notional.
            features: the bar's raw market features, `(13,) float64`.
            objections: what the world outside of the book says against new risk.
        """
        book = self.book
        day = (time_s + BOGOTA_OFFSET_S) // DAY_S
        held = int(book[ledger.POSITION])
        result = ledger.advance(book, day, *prices, *rates)
        position = int(book[ledger.POSITION])
        time = _time_of(time_s)
        fill = None
        if position != held:
            cost = float(book[ledger.FILL_COST])
            fill = Fill(time, held, position, prices[0], cost, None if held == 0 else float(result))
        now_s = time_s + BAR_S
        self.risk.observe(book, day, now_s, result, filled=fill is not None)
        observation, action, confidence, strange = self.adviser.ask(features, position, time_s)
        if strange:
            objections = (*objections, Reason.OUT_OF_DISTRIBUTION)
        requested = int(ledger.target_of(int(action), position))
        verdict = self.risk.check(
            RiskFacts(requested, position, confidence, day, now_s, objections)
        )
        if observation is None:
            verdict = RiskVerdict(
                verdict.requested, verdict.allowed, (Reason.MISSING_FEATURES, *verdict.blocked_by)
            )
        book[ledger.TARGET] = verdict.allowed
        return Decision(
            time=time,
            action=action,
            confidence=confidence,
            price=prices[1],
            position=position,
            equity=float(book[ledger.EQUITY]),
            verdict=verdict,
            fill=fill,
            observation=observation,
        )

    def state(self) -> dict[str, Any]:
        """Give everything that the next bar depends on, as plain JSON types."""
        return {"ledger": self.book.tolist(), "risk": self.risk.state.to_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from what `state` gave."""
        self.book[:] = state["ledger"]
        self.risk.state = RiskState(**state["risk"])


class DecisionPath:
    """Feeds each closed bar to the features once and then to every book.

    Args:
        builder: the features, with whatever history it has seen.
        books: each with the costs that it pays; one for each model that trades.

    Raises:
        ValueError: the books' costs read different policy rates.
    """

    def __init__(
        self,
        builder: CanonicalFeatureBuilder,
        books: Sequence[tuple[TradingBook, CostModel]],
    ) -> None:
        self.builder = builder
        self.books = [book for book, _ in books]
        self._books = tuple(books)
        self._costs = books[0][1]
        if any(_carried(costs) != _carried(self._costs) for _, costs in books):
            raise ValueError("the books of a path pay for nights by different policy rates")
        self._close_only = builder.spec.bar_range == "close_only"
        self.features = np.full(MARKET_FEATURES_COUNT, np.nan)
        """The newest bar's raw features, `(13,) float64`."""
        self._day = -1
        self._carry = 0.0

    def rates(self, costs: CostModel, time_s: int) -> tuple[float, float, float]:
        """Give what a book pays at the newest bar: a fill, carry and markup of a night.

        Args:
            costs: of the book.
            time_s: the bar's open, UTC epoch seconds.
        """
        return costs.cost_rate(time_s), self._carry, costs.markup

    def open_session(self, day: int) -> None:
        """Look up what holds for a whole session; its first bar does it where nobody has before.

        Args:
            day: its date, days since 1970-01-01.
        """
        if day != self._day:
            self._day = day
            differential = self._costs.differential(self.builder.macro, [day])
            self._carry = float(self._costs.carry(differential)[0])
            self.builder.open_session(day)

    def on_bar(
        self,
        time_s: int,
        open_: float,
        high: float,
        low: float,
        close: float,
        objections: Mapping[str, tuple[Reason, ...]] = NOTHING,
    ) -> list[Decision]:
        """Take the next closed bar; give each book's decision, in the books' order.

        Args:
            time_s: its open, UTC epoch seconds.
            open_: COP per USD; so are ``high``, ``low`` and ``close``.
            high: see ``open_``.
            low: see ``open_``.
            close: see ``open_``.
            objections: by model, what the world outside of its book says against new risk.
        """
        self.open_session((time_s + BOGOTA_OFFSET_S) // DAY_S)
        features = self.features = self.builder.update(time_s, high, low, close)
        prices = (close if self._close_only else open_, close)
        return [
            book.on_bar(
                time_s,
                prices,
                self.rates(costs, time_s),
                features,
                objections.get(book.model_id, ()),
            )
            for book, costs in self._books
        ]

    def state(self) -> dict[str, Any]:
        """Give everything that the next bar depends on, as plain JSON types."""
        return {
            "kernel": self.builder.state().hex(),
            "books": {book.model_id: book.state() for book in self.books},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from what `state` gave; the books must be the same models."""
        self.builder.restore(bytes.fromhex(state["kernel"]))
        for book in self.books:
            book.restore(state["books"][book.model_id])


def _carried(costs: CostModel) -> tuple[dict[str, Any], float]:
    """Give all that the carry of a night is made of."""
    return costs.rates, costs.config.fallback_differential_pct


def decision_path(
    model: LoadedModel, macro: MacroTable, terms: TradingTerms, multiples: Sequence[float] = (1.0,)
) -> DecisionPath:
    """Give the path of one model with no history seen: a flat book at each multiple of the costs.

    The book at the costs as they are is called as the model, the others say their multiple.
    """
    adviser = Adviser(model.policy, ObservationBuilder(model.stats))
    names = {m: model.model_id if m == 1.0 else f"{model.model_id} at x{m:g}" for m in multiples}
    books = [
        (
            TradingBook(name, adviser, RiskManager(terms.limits), terms.capital),
            terms.at_costs(multiple).costs,
        )
        for multiple, name in names.items()
    ]
    return DecisionPath(CanonicalFeatureBuilder(model.spec, macro), books)
