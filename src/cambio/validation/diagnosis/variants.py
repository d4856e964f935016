"""A policy on a tape, traded in the ways that would tell an edge from an artefact.

Where a policy is trained anew every so often, as in a walk-forward, each has a tape of its own, and
every variant is their records one after the other, each begun flat and with the capital.

All variants are walks through the ledger at the costs as they are, with the checks of risk that
know no past. The limits of an account, which stop a losing one, are left out: they would hide what
a policy loses when its edge is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from cambio.validation.diagnosis.tape import Tape

if TYPE_CHECKING:
    from cambio.trading.gate import LoadedModel
    from cambio.trading.observation import NormStats
    from cambio.trading.risk import RiskLimits
    from cambio.trading.step import TradingTerms

    Floats = NDArray[np.float64]

Ask = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A policy: observations `(m, 15)` in, probabilities of SELL, HOLD and BUY `(m, 3)` out."""

FIRST_BARS: Final = (1, 3, 6)
DELAYS: Final = (1, 2, 3)
COSTS: Final = (0.0, 2.0, 3.0)
STALE: Final = ("repeated", "opening", "stale", "flat")
BASE: Final = "base"
SHUFFLED: Final = "shuffled "
"""Begins the name of a variant."""
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
    """Of the sessions, `(s,)`."""
    gone: int = 0
    """Bars that were taken away."""


def diagnose(trader: Trader, tape: Tape, permutations: int = PERMUTATIONS) -> Diagnosis:
    """Trade the tape in every way.

    Args:
        trader: a deterministic policy, and its terms.
        tape: at least one bar.
        permutations: how often each market feature is shuffled; at least once.

    Raises:
        ContractMismatch: the policy cannot be run.
    """
    return diagnose_each([(trader, tape)], permutations)


def diagnose_each(
    parts: Sequence[tuple[Trader, Tape]], permutations: int = PERMUTATIONS
) -> Diagnosis:
    """Trade each tape in every way, and judge the records one after the other.

    Args:
        parts: traders of the same capital with their tapes, in the order of time.
        permutations: see `diagnose`.

    Raises:
        ContractMismatch: a policy cannot be run.
    """
    found = [dict(_Bench(trader, tape).runs(permutations)) for trader, tape in parts]
    names = [name for name in found[0] if all(name in runs for runs in found)]
    capital = parts[0][0].capital
    runs = {name: _joined([each[name] for each in found], capital) for name in names}
    return _Findings(runs, Tape.joined([tape for _, tape in parts]), capital).diagnosis()


def _joined(runs: Sequence[_Run], capital: float) -> _Run:
    """Give records one after the other; what each gained is added up."""
    gains = [float(run.path.equity[-1]) - capital for run in runs]
    before = np.append(0.0, np.cumsum(gains))
    path = walk.Path(
        np.concatenate([run.path.equity + b for run, b in zip(runs, before, strict=False)]),
        np.concatenate([run.path.positions for run in runs]),
        np.concatenate([run.path.parts for run in runs]),
    )
    returns = np.concatenate([run.returns for run in runs])
    return _Run(path, returns, sum(run.gone for run in runs))


class _Findings:
    """What the variants come to, beside the base.

    Args:
        runs: by `_Bench.runs`.
        tape: the whole one.
        capital: of each record.
    """

    def __init__(self, runs: dict[str, _Run], tape: Tape, capital: float) -> None:
        first, last = tape.market.day[[0, -1]].astype("datetime64[D]").tolist()
        self._yearly = sessions_per_year(first, last)
        self._runs = runs
        self._tape = tape
        self._capital = capital
        self._base = self._outcome(runs[BASE])

    def diagnosis(self) -> Diagnosis:
        """Give all findings."""
        tape, base = self._tape, self._runs[BASE]
        return Diagnosis(
            bars=len(tape.time_s),
            sessions=len(base.returns),
            periods_per_year=self._yearly,
            base=self._base,
            anatomy=Anatomy.of(base.path, tape.slot, self._capital),
            first_bars=self._rows(f"first_{bars}" for bars in FIRST_BARS),
            delays=self._rows(f"delay_{bars}" for bars in DELAYS),
            stale=self._rows(name for name in STALE if name in self._runs),
            removed=self._rows(FEATURE_ORDER),
            shuffled=tuple(map(self._spread, MARKET_FEATURES)),
            macro_lag=self._row("macro_lag"),
            datings=datings(tape),
            flipped=self._row("flipped"),
            long=self._row("long"),
            short=self._row("short"),
            sides=self._sides(),
            costs=self._rows(f"costs_x{multiple:g}" for multiple in COSTS),
        )

    def _outcome(self, run: _Run) -> Outcome:
        return Outcome.of(run.path, run.returns, self._capital, self._yearly)

    def _rows(self, names: Iterable[str]) -> tuple[Row, ...]:
        return tuple(map(self._row, names))

    def _row(self, name: str) -> Row:
        base, run = self._runs[BASE], self._runs[name]
        rng = np.random.default_rng(BOOTSTRAP_SEED)
        profit = base.returns.sum() if self._base.total_return > 0.0 else 0.0
        return Row(
            name=name,
            outcome=self._outcome(run),
            difference=compare_paired(run.returns, base.returns, self._yearly, rng),
            left=float(run.returns.sum() / profit) if profit > 0.0 else None,
            dropped=run.gone / len(self._tape.time_s),
        )

    def _spread(self, name: str) -> Spread:
        mark = f"{SHUFFLED}{name} "
        runs = [run for key, run in self._runs.items() if key.startswith(mark)]
        return Spread.of(name, [self._outcome(run) for run in runs])

    def _sides(self) -> Sides:
        days = np.unique(self._tape.market.day).astype("datetime64[D]")
        runs = (self._runs[name] for name in (BASE, "long", "short"))
        both, longs, shorts = (by_month(days, run.returns) for run in runs)
        return Sides(tuple(year.year for year in both), *map(_totals, (both, longs, shorts)))


class _Bench:
    """A trader before a tape."""

    def __init__(self, trader: Trader, tape: Tape) -> None:
        self._trader = trader
        self._tape = tape
        self._observations = ObservationBuilder(trader.stats)
        self._time = np.array([time_normalized(t) for t in tape.time_s.tolist()])
        self._judged = self._observations.judge_rows(tape.features)
        self._answers = self._ask(tape.features)
        self._targets = self._limited(self._answers)

    def runs(self, permutations: int) -> Iterator[tuple[str, _Run]]:
        """Give the base and all variants by name."""
        yield BASE, self._run(self._targets)
        for bars in FIRST_BARS:
            yield f"first_{bars}", self._without(self._tape.bar < bars)
        for bars in DELAYS:
            yield f"delay_{bars}", self._run(self._limited(self._answers, delay=bars), bars)
        yield from self._stale()
        yield from self._removed()
        yield from self._shuffled(permutations)
        yield "macro_lag", self._run(self._seeing(self._lagged()))
        yield "flipped", self._run(-self._targets[::-1])
        for side, name in ((1, "long"), (-1, "short")):
            yield name, self._run(self._one_sided(side))
        for multiple in COSTS:
            yield f"costs_x{multiple:g}", self._at_costs(multiple)

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

    def _finished(self, path: walk.Path, gone: int = 0) -> _Run:
        return _Run(path, returns_of(self._tape, path, self._trader.capital), gone)

    def _without(self, gone: NDArray[np.bool_]) -> _Run:
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
        return self._finished(whole, int(gone.sum()))

    def _stale(self) -> Iterator[tuple[str, _Run]]:
        repeated, opening = self._tape.repeated(), self._tape.opening_repeats()
        kinds = (repeated, opening, repeated | opening, self._tape.flat)
        for name, gone in zip(STALE, kinds, strict=True):
            if not gone.all():
                yield name, self._without(gone)

    def _removed(self) -> Iterator[tuple[str, _Run]]:
        """Tell the policy each feature's training mean instead; missing bars stay missing."""
        mean, _ = self._trader.stats.arrays()
        missing = self._judged[1]
        for i, name in enumerate(FEATURE_ORDER):
            if i < MARKET_FEATURES_COUNT:
                features = self._tape.features.copy()
                features[~missing, i] = mean[i]
                targets = self._seeing(features)
            else:
                targets = self._limited(self._ask(self._tape.features, fixed={i: mean[i]}))
            yield name, self._run(targets)

    def _shuffled(self, permutations: int) -> Iterator[tuple[str, _Run]]:
        """Let whole sessions of one market feature change places."""
        rng = np.random.default_rng(SHUFFLE_SEED)
        sessions = self._tape.session[-1] + 1
        orders = [self._tape.permuted(rng.permutation(sessions)) for _ in range(permutations)]
        for i, name in enumerate(MARKET_FEATURES):
            for number, order in enumerate(orders):
                features = self._tape.features.copy()
                features[:, i] = features[order, i]
                yield f"{SHUFFLED}{name} {number}", self._run(self._seeing(features))

    def _lagged(self) -> Floats:
        features = self._tape.features.copy()
        features[:, MARKET_FEATURES_COUNT - len(MACRO_FEATURES) :] = self._tape.macro_before
        return features

    def _one_sided(self, side: int) -> NDArray[np.int64]:
        """Give targets in which the other side is flat."""
        return np.asarray(np.where(self._targets * side > 0, self._targets, 0))

    def _at_costs(self, multiple: float) -> _Run:
        market = self._tape.market
        dearer = market._replace(
            cost_rate=market.cost_rate * multiple, markup=market.markup * multiple
        )
        return self._finished(walk.walk(dearer, self._targets, self._trader.capital))


def _totals(years: list[Year]) -> tuple[float, ...]:
    return tuple(year.total for year in years)
