"""One policy on one tape, traded in the ways that would tell an edge from an artefact.

All variants are walks through the ledger at the costs as they are, with the checks of risk that
know no past. The limits of an account, which stop a losing one, are left out: they would hide what
a policy loses when its edge is taken away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from cambio.calendar import sessions_per_year
from cambio.contracts.features import (
    FEATURE_ORDER,
    MACRO_FEATURES,
    MARKET_FEATURES,
    MARKET_FEATURES_COUNT,
    OBSERVATION_DIM,
)
from cambio.contracts.trading import Action
from cambio.trading import walk
from cambio.trading.observation import POSITION, TIME, ObservationBuilder, time_normalized
from cambio.validation.bootstrap import compare_paired
from cambio.validation.breakdown import Year, by_month
from cambio.validation.diagnosis.conclusion import conclude
from cambio.validation.diagnosis.dates import Dating, datings
from cambio.validation.diagnosis.outcome import Anatomy, Outcome, Row, Spread, returns_of

if TYPE_CHECKING:
    from cambio.trading.gate import LoadedModel
    from cambio.trading.observation import NormStats
    from cambio.trading.risk import RiskLimits
    from cambio.trading.step import TradingTerms
    from cambio.validation.diagnosis.tape import Tape

    Floats = NDArray[np.float64]

Ask = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A policy: observations `(m, 15)` in, probabilities of SELL, HOLD and BUY `(m, 3)` out."""

FIRST_BARS: Final = (1, 3, 6)
DELAYS: Final = (1, 2, 3)
COSTS: Final = (0.0, 2.0, 3.0)
PERMUTATIONS: Final = 5
SHUFFLE_SEED: Final = 20_260_104
BOOTSTRAP_SEED: Final = 20_260_105
"""The same resampled sessions for each test."""


@dataclass(frozen=True, slots=True)
class Trader:
    """What decides, and on which terms."""

    ask: Ask
    stats: NormStats
    limits: RiskLimits
    capital: float

    @classmethod
    def of(cls, model: LoadedModel, terms: TradingTerms) -> Self:
        """Give a model as a trader."""
        return cls(model.policy.batch, model.stats, terms.limits, terms.capital)


@dataclass(frozen=True, slots=True)
class Sides:
    """Long and short apart, by year; returns compounded from the sessions."""

    years: tuple[int, ...]
    both: tuple[float, ...]
    long: tuple[float, ...]
    short: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types."""
        return {name: list(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is left of a result in each test."""

    bars: int
    sessions: int
    periods_per_year: float
    base: Outcome
    """Without the limits of the account."""
    anatomy: Anatomy
    first_bars: tuple[Row, ...]
    delays: tuple[Row, ...]
    stale: tuple[Row, ...]
    removed: tuple[Row, ...]
    """Each of the 15 features at its training mean."""
    shuffled: tuple[Spread, ...]
    """Each market feature with its sessions permuted."""
    macro_lag: Row
    datings: tuple[Dating, ...]
    flipped: Row
    long: Row
    short: Row
    sides: Sides
    costs: tuple[Row, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types, the conclusion among them."""
        values = {name: _plain(getattr(self, name)) for name in self.__slots__}
        return {"conclusion": conclude(self).to_dict(), **values}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


class _Run(NamedTuple):
    path: walk.Path
    returns: Floats
    """Of the tape's sessions, `(s,)`."""
    outcome: Outcome


def diagnose(trader: Trader, tape: Tape, permutations: int = PERMUTATIONS) -> Diagnosis:
    """Trade the tape in every way.

    Args:
        trader: a deterministic policy, and its terms.
        tape: at least one bar.
        permutations: how often each market feature is shuffled; at least once.

    Raises:
        ContractMismatch: the policy cannot be run.
    """
    return _Bench(trader, tape).diagnosis(permutations)


class _Bench:
    """A trader before a tape."""

    def __init__(self, trader: Trader, tape: Tape) -> None:
        self._trader = trader
        self._tape = tape
        self._observations = ObservationBuilder(trader.stats)
        self._time = np.array([time_normalized(t) for t in tape.time_s.tolist()])
        first, last = tape.market.day[[0, -1]].astype("datetime64[D]").tolist()
        self._yearly = sessions_per_year(first, last)
        self._judged = self._observations.judge_rows(tape.features)
        self._answers = self._ask(tape.features)
        self._targets = self._limited(self._answers)
        self._base = self._run(self._targets)

    def diagnosis(self, permutations: int) -> Diagnosis:
        """Run all variants."""
        tape, base = self._tape, self._base
        long, short = (self._run(self._one_sided(side)) for side in (1, -1))
        return Diagnosis(
            bars=len(tape.time_s),
            sessions=len(base.returns),
            periods_per_year=self._yearly,
            base=base.outcome,
            anatomy=Anatomy.of(base.path, tape.slot, self._trader.capital),
            first_bars=tuple(self._without(f"first_{k}", tape.bar < k) for k in FIRST_BARS),
            delays=tuple(self._delayed(bars) for bars in DELAYS),
            stale=self._stale(),
            removed=self._removed(),
            shuffled=self._shuffled(permutations),
            macro_lag=self._row("macro_lag", self._run(self._seeing(self._lagged()))),
            datings=datings(tape),
            flipped=self._row("flipped", self._run(-self._targets[::-1])),
            long=self._row("long", long),
            short=self._row("short", short),
            sides=self._by_year(long, short),
            costs=tuple(self._at_costs(multiple) for multiple in COSTS),
        )

    def _ask(self, features: Floats, *, fixed: dict[int, float] | None = None) -> Floats:
        """Give the answers to raw features in each position, `(3, n, 3)`; NaN where one misses.

        ``fixed`` are state features that are told to be something else than they are.
        """
        rows, missing, _ = self._observations.judge_rows(features)
        n = len(rows)
        seen = np.empty((len(walk.POSITIONS), n, OBSERVATION_DIM), dtype=np.float32)
        seen[:, :, :MARKET_FEATURES_COUNT] = rows
        seen[:, :, POSITION] = walk.POSITIONS[:, None]
        seen[:, :, TIME] = self._time
        for feature, value in (fixed or {}).items():
            seen[:, :, feature] = value
        found = self._trader.ask(seen.reshape(-1, OBSERVATION_DIM)).astype(np.float64)
        answers = found.reshape(len(walk.POSITIONS), n, len(Action))
        answers[:, missing] = np.nan
        return answers

    def _limited(
        self, answers: Floats, strange: NDArray[np.bool_] | None = None, delay: int = 0
    ) -> NDArray[np.int64]:
        """Give the targets that answers come to; ``strange`` is the tape's own by default."""
        guarded = self._judged[2] if strange is None else strange
        return walk.targets_of(answers, guarded, self._tape.time_s, self._trader.limits, delay)

    def _seeing(self, features: Floats) -> NDArray[np.int64]:
        """Give the targets of a policy that sees other features."""
        return self._limited(self._ask(features), self._observations.judge_rows(features)[2])

    def _run(self, targets: NDArray[np.int64], delay: int = 0) -> _Run:
        return self._finished(
            walk.walk(self._tape.market, targets, self._trader.capital, delay=delay)
        )

    def _finished(self, path: walk.Path) -> _Run:
        capital = self._trader.capital
        returns = returns_of(self._tape, path, capital)
        return _Run(path, returns, Outcome.of(path, returns, capital, self._yearly))

    def _row(self, name: str, run: _Run, dropped: float = 0.0) -> Row:
        base = self._base
        rng = np.random.default_rng(BOOTSTRAP_SEED)
        profit = base.returns.sum() if base.outcome.total_return > 0.0 else 0.0
        return Row(
            name=name,
            outcome=run.outcome,
            difference=compare_paired(run.returns, base.returns, self._yearly, rng),
            left=float(run.returns.sum() / profit) if profit > 0.0 else None,
            dropped=dropped,
        )

    def _without(self, name: str, gone: NDArray[np.bool_]) -> Row:
        """Trade as if bars had no quote: no decision after them, no fill and no mark at them.

        An order that would be filled at one waits for the next bar that is there. The features
        of the other bars stay what they were.
        """
        kept = np.flatnonzero(~gone)
        n, capital = len(gone), self._trader.capital
        path = walk.walk(self._tape.market_at(kept), self._targets[:, kept], capital)
        newest = np.cumsum(~gone) - 1  # −1 before the first: flat, with the capital
        parts = np.zeros((n, walk.PARTS))
        parts[kept] = path.parts
        whole = walk.Path(
            np.append(path.equity, capital)[newest], np.append(path.positions, 0)[newest], parts
        )
        return self._row(name, self._finished(whole), dropped=float(gone.mean()))

    def _delayed(self, bars: int) -> Row:
        targets = self._limited(self._answers, delay=bars)
        return self._row(f"delay_{bars}", self._run(targets, delay=bars))

    def _stale(self) -> tuple[Row, ...]:
        repeated, opening = self._tape.repeated(), self._tape.opening_repeats()
        kinds = {
            "repeated": repeated,
            "opening": opening,
            "stale": repeated | opening,
            "flat": self._tape.flat,
        }
        return tuple(self._without(name, gone) for name, gone in kinds.items() if not gone.all())

    def _removed(self) -> tuple[Row, ...]:
        """Tell the policy each feature's training mean instead; missing bars stay missing."""
        mean, _ = self._trader.stats.arrays()
        missing = self._judged[1]
        found = []
        for i, name in enumerate(FEATURE_ORDER):
            if i < MARKET_FEATURES_COUNT:
                features = self._tape.features.copy()
                features[~missing, i] = mean[i]
                targets = self._seeing(features)
            else:
                targets = self._limited(self._ask(self._tape.features, fixed={i: mean[i]}))
            found.append(self._row(name, self._run(targets)))
        return tuple(found)

    def _shuffled(self, permutations: int) -> tuple[Spread, ...]:
        rng = np.random.default_rng(SHUFFLE_SEED)
        sessions = len(self._base.returns)
        orders = [self._tape.permuted(rng.permutation(sessions)) for _ in range(permutations)]
        found = []
        for i, name in enumerate(MARKET_FEATURES):
            outcomes = []
            for order in orders:
                features = self._tape.features.copy()
                features[:, i] = features[order, i]
                outcomes.append(self._run(self._seeing(features)).outcome)
            found.append(Spread.of(name, outcomes))
        return tuple(found)

    def _lagged(self) -> Floats:
        features = self._tape.features.copy()
        features[:, MARKET_FEATURES_COUNT - len(MACRO_FEATURES) :] = self._tape.macro_before
        return features

    def _one_sided(self, side: int) -> NDArray[np.int64]:
        """Give targets in which the other side is flat."""
        return np.asarray(np.where(self._targets * side > 0, self._targets, 0))

    def _by_year(self, long: _Run, short: _Run) -> Sides:
        days = np.unique(self._tape.market.day).astype("datetime64[D]")
        runs = (self._base, long, short)
        both, longs, shorts = (by_month(days, run.returns) for run in runs)
        return Sides(tuple(year.year for year in both), *map(_totals, (both, longs, shorts)))

    def _at_costs(self, multiple: float) -> Row:
        market = self._tape.market
        dearer = market._replace(
            cost_rate=market.cost_rate * multiple, markup=market.markup * multiple
        )
        path = walk.walk(dearer, self._targets, self._trader.capital)
        return self._row(f"costs_x{multiple:g}", self._finished(path))


def _totals(years: list[Year]) -> tuple[float, ...]:
    return tuple(year.total for year in years)
