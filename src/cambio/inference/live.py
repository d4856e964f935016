"""`LiveEngine`: one closed bar in; each model's signal and the account's mark out.

It decides on the path that backtests use and knows no database and no clock: what it is told about
the world outside (lateness, the kill switch) comes in with the bar.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.calendar import BOGOTA_OFFSET_S, DAY_S
from cambio.contracts.deployment import Role
from cambio.contracts.trading import Reason, Signal
from cambio.features.kernels import TECHNICAL_COUNT
from cambio.trading import ledger
from cambio.trading.account import Account, Moment
from cambio.trading.observation import ObservationBuilder
from cambio.trading.risk import RiskManager
from cambio.trading.step import Adviser, DecisionPath, TradingBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.contracts.market import Bar
    from cambio.contracts.trading import Decision, Fill
    from cambio.features.builder import CanonicalFeatureBuilder
    from cambio.features.spec import FeatureSpec
    from cambio.trading.gate import LoadedModel
    from cambio.trading.step import TradingTerms

    Warm = Callable[[FeatureSpec], CanonicalFeatureBuilder]

CAPSULE_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Seat:
    """A model that decides on each bar."""

    model: LoadedModel
    role: Role
    share: float
    """Of the capital."""
    objections: tuple[Reason, ...] = ()
    """What speaks against new risk of this model alone."""


@dataclass(frozen=True, slots=True)
class World:
    """What the engine is told about a bar besides its prices."""

    late: bool = False
    objections: tuple[Reason, ...] = ()
    """Against new risk of every model."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that was hit on a bar and was not before."""

    subject: str
    """A model, or `account`."""
    reason: Reason
    equity: float


@dataclass(slots=True)
class LiveStep:
    """What one bar led to."""

    bar: Bar
    late: bool
    signals: list[Signal]
    capsules: dict[str, dict[str, Any]]
    """By model: all that its decision was made of, and what came out."""
    fills: list[tuple[str, Fill]]
    features: dict[str, tuple[list[float | None], bytes]]
    """By feature specification: the 13 raw features (None: missing), and the kernel state after."""
    equity: float
    exposure: float
    shares: dict[str, float]
    breaches: list[Breach] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """By model that is meant to trade and does not pass the load gate: why."""
    decision_s: float = 0.0
    """What features and decisions took, in seconds, where somebody has measured it."""
    marks: list[tuple[str, int]] = field(default_factory=list)
    """What was done until when, by `perf_counter_ns`, where somebody has measured it; the first
    says only when it began."""


class LiveEngine:
    """Trades models on paper as bars close, each in a virtual book, and the account behind them.

    Args:
        terms: costs, limits and capital of every book; the account has the same capital.
        warm: gives features that have seen every bar so far.
    """

    def __init__(self, terms: TradingTerms, warm: Warm) -> None:
        self._terms = terms
        self._warm = warm
        self._seats: dict[str, Seat] = {}
        self._books: dict[str, TradingBook] = {}
        self._paths: dict[str, DecisionPath] = {}
        self._leaving: dict[str, dict[str, Any]] = {}
        self._parked: dict[str, dict[str, Any]] = {}
        self.account = Account(terms.limits, terms.capital)

    @property
    def seats(self) -> Sequence[Seat]:
        """The models that decide, in their order."""
        return tuple(self._seats.values())

    def book(self, model_id: str) -> TradingBook:
        """Give the book of a seated model."""
        return self._books[model_id]

    def seat(self, seats: Iterable[Seat]) -> None:
        """Let these models decide from the next bar on, and no others.

        A model that stays keeps its book, one that comes back takes up the one that it had. The
        book of one that goes is closed at the next open.
        """
        self._seats = {seat.model.model_id: seat for seat in seats}
        for name in self._books.keys() - self._seats.keys():
            self._leaving[name] = self._books[name].state()
        self._books = {
            name: self._books.get(name) or self._new_book(seat.model)
            for name, seat in self._seats.items()
        }
        specs = {seat.model.spec.hash(): seat.model.spec for seat in self._seats.values()}
        self._paths = {
            spec_hash: self._path(
                spec_hash,
                self._paths[spec_hash].builder if spec_hash in self._paths else self._warm(spec),
            )
            for spec_hash, spec in specs.items()
        }
        self.account.share_out({name: seat.share for name, seat in self._seats.items()})

    def _path(self, spec_hash: str, builder: CanonicalFeatureBuilder) -> DecisionPath:
        books = [
            (self._books[name], self._terms.costs)
            for name, seat in self._seats.items()
            if seat.model.spec.hash() == spec_hash
        ]
        return DecisionPath(builder, books)

    def _new_book(self, model: LoadedModel) -> TradingBook:
        adviser = Adviser(model.policy, ObservationBuilder(model.stats))
        risk = RiskManager(self._terms.limits)
        book = TradingBook(model.model_id, adviser, risk, self._terms.capital)
        for known in (self._parked, self._leaving):
            if model.model_id in known:
                book.restore(known.pop(model.model_id))
        return book

    def rewarm(self) -> list[str]:
        """Take the features anew from what is stored; give the specifications that differed."""
        differing = []
        for spec_hash, path in self._paths.items():
            fresh = self._warm(path.builder.spec)
            if fresh.state() != path.builder.state():
                differing.append(spec_hash)
            self._paths[spec_hash] = self._path(spec_hash, fresh)
        return differing

    def open_session(self, day: int) -> None:
        """Look up what holds for a session before its first bar: days since 1970-01-01."""
        for path in self._paths.values():
            path.open_session(day)

    def on_bar(self, bar: Bar, world: World) -> LiveStep:
        """Take a closed bar, later than the last one."""
        time_s = int(bar.time.timestamp())
        day = (time_s + BOGOTA_OFFSET_S) // DAY_S
        objections = self._objections(world, day)
        step = LiveStep(bar, world.late, [], {}, [], {}, 0.0, 0.0, {})
        before = {name: book.book.copy() for name, book in self._books.items()}
        latched = {name: _latches(book.risk.state) for name, book in self._books.items()}
        latched["account"] = _latches(self.account.risk.state)
        for spec_hash, path in self._paths.items():
            kernel = path.builder.state()
            states = {book.model_id: book.state() for book in path.books}
            decisions = path.on_bar(time_s, bar.open, bar.high, bar.low, bar.close, objections)
            features = [value if math.isfinite(value) else None for value in path.features.tolist()]
            step.features[spec_hash] = features, path.builder.state()
            shared = {
                "format": CAPSULE_FORMAT,
                "bar": [time_s, bar.open, bar.high, bar.low, bar.close],
                "kernel": kernel.hex(),
                "macro": features[TECHNICAL_COUNT:],
                "rates": path.rates(self._terms.costs, time_s),
            }
            for book, decision in zip(path.books, decisions, strict=True):
                seat = self._seats[book.model_id]
                step.signals.append(
                    signal_of(decision, book.model_id, str(seat.role), late=world.late)
                )
                step.capsules[book.model_id] = shared | {
                    "book": states[book.model_id],
                    "objections": objections[book.model_id],
                    "limits": self._terms.limits.model_dump(),
                    "hashes": _hashes(seat.model),
                    "outcome": outcome_of(decision),
                }
                if decision.fill is not None:
                    step.fills.append((book.model_id, decision.fill))
        self._mark(
            step,
            Moment(time_s, day, *self._prices(bar), self._terms.costs.cost_rate(time_s)),
            before,
        )
        step.breaches = list(self._breaches(latched))
        return step

    def _objections(self, world: World, day: int) -> dict[str, tuple[Reason, ...]]:
        late = (Reason.STALE_DATA,) if world.late else ()
        account = self.account.objections(day)
        return {
            name: (*late, *world.objections, *seat.objections, *(account if seat.share else ()))
            for name, seat in self._seats.items()
        }

    def _prices(self, bar: Bar) -> tuple[float, float]:
        """Give the account's open and close; books that see closes only are filled at the close."""
        closes = any(path.builder.spec.bar_range == "close_only" for path in self._paths.values())
        return (bar.close if closes else bar.open), bar.close

    def _mark(self, step: LiveStep, moment: Moment, before: dict[str, NDArray[np.float64]]) -> None:
        """Mark the account, and for the last time the books that leave it."""
        after = {name: book.book for name, book in self._books.items()}
        for name, state in self._leaving.items():
            before[name] = np.array(state["ledger"])
            after[name] = self._closed(before[name], moment)
            self._parked[name] = state | {"ledger": after[name].tolist()}
        self._leaving = {}
        self.account.on_bar(moment, {name: (before[name], after[name]) for name in after})
        step.equity = self.account.equity
        step.exposure = self.account.exposure(after, moment.close)
        step.shares = {name: holding.share for name, holding in self.account.holdings.items()}

    def _closed(self, book: NDArray[np.float64], moment: Moment) -> NDArray[np.float64]:
        """Give a book after its position was closed at the open."""
        closed = book.copy()
        closed[ledger.TARGET] = 0.0
        path = next(iter(self._paths.values()), None)
        rates = (
            path.rates(self._terms.costs, moment.time_s) if path else (moment.cost_rate, 0.0, 0.0)
        )
        ledger.advance(closed, moment.day, moment.open, moment.close, *rates)
        return closed

    def _breaches(self, latched: Mapping[str, Mapping[Reason, int]]) -> Iterable[Breach]:
        risks = {name: (book.risk.state, book.book) for name, book in self._books.items()}
        risks["account"] = self.account.risk.state, self.account.book
        for name, (state, book) in risks.items():
            for reason, value in _latches(state).items():
                if value > latched[name][reason]:
                    yield Breach(name, reason, float(book[ledger.EQUITY]))

    def state(self) -> dict[str, Any]:
        """Give everything that the next bar depends on, as plain JSON types."""
        return {
            "kernels": {name: path.builder.state().hex() for name, path in self._paths.items()},
            "books": {name: book.state() for name, book in self._books.items()},
            "leaving": self._leaving,
            "parked": self._parked,
            "account": self.account.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> list[str]:
        """Continue the books and the account of seated models from what `state` gave.

        Returns:
            The feature specifications whose kernel state, which comes from the bars that are
            stored, is not what it was when ``state`` was taken.
        """
        self._parked = dict(state["parked"])
        self._leaving = dict(state["leaving"])
        for name, book in state["books"].items():
            if name in self._books:
                self._books[name].restore(book)
            else:
                self._leaving[name] = book
        for known in (self._parked, self._leaving):
            for name in self._books.keys() & known.keys():
                self._books[name].restore(known.pop(name))
        wanted = {name: seat.share for name, seat in self._seats.items()}
        self.account.restore(state["account"])
        self.account.share_out(wanted)
        kernels = {name: path.builder.state().hex() for name, path in self._paths.items()}
        return [
            name for name, kernel in state["kernels"].items() if kernels.get(name, kernel) != kernel
        ]


def _latches(state: Any) -> dict[Reason, int]:
    """Give what only grows when a limit is hit."""
    return {
        Reason.DAILY_LOSS: state.loss_day,
        Reason.DRAWDOWN: int(state.drawdown_breached),
        Reason.CIRCUIT_BREAKER: state.breaker_until_s,
    }


def _hashes(model: LoadedModel) -> dict[str, str]:
    names = ("feature_order_hash", "feature_spec_hash", "norm_stats_hash", "model_hash")
    return {name: str(model.lineage[name]) for name in names}


def outcome_of(decision: Decision) -> dict[str, Any]:
    """Give what came out of a decision, as plain JSON types: what a replay must arrive at."""
    fill, verdict = decision.fill, decision.verdict
    return {
        "action": int(decision.action),
        "confidence": decision.confidence,
        "observation": None if decision.observation is None else decision.observation.tolist(),
        "position": decision.position,
        "equity": decision.equity,
        "requested": verdict.requested,
        "target": verdict.allowed,
        "blocked_by": [str(reason) for reason in verdict.blocked_by],
        "fill": None
        if fill is None
        else [fill.from_position, fill.to_position, fill.price, fill.cost, fill.result],
    }


def signal_of(decision: Decision, model_id: str, role: str, *, late: bool = False) -> Signal:
    """Give a decision as the signal that is stored and published."""
    observation = decision.observation
    return Signal(
        timestamp=decision.time,
        model_id=model_id,
        role=role,
        action=decision.action,
        confidence=decision.confidence,
        price=decision.price,
        requested=decision.verdict.requested,
        target=decision.target,
        position=decision.position,
        equity=decision.equity,
        blocked_by=decision.verdict.blocked_by,
        late=late,
        observation=None if observation is None else tuple(observation.tolist()),
    )
