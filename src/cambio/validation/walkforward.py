"""What a walk-forward found: distributions over folds and seeds, and an honest verdict.

Nothing here picks a best case. A cell is one fold with one seed; a seed's *stitched* record is
its session returns of all folds, one after the other. A Sharpe ratio that is undefined, because
nothing was ever traded, counts as 0: such an account earned nothing at no risk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from cambio.calendar import sessions_per_year
from cambio.contracts.market import DateRange
from cambio.validation.baselines import SIDES, TIE
from cambio.validation.metrics import max_drawdown, sharpe_per_session
from cambio.validation.random_record import RandomRecord, chained

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESULT: Final = 1.0
"""The multiple of the costs at which figures are compared."""
STRESS: Final = 2.0
"""The multiple at which an edge must still be there."""
MIN_SEEDS: Final = 3
"""Fewer make no distribution."""
RANDOM_PERCENTILE: Final = 95


@dataclass(frozen=True, slots=True, eq=False)
class CellRecord:
    """What one model did in one test window, beside what else could have been done there."""

    fold: int
    seed: int
    window: DateRange
    days: NDArray[np.datetime64]
    """The sessions, `(n,) datetime64[D]`."""
    returns: Mapping[float, Floats]
    """Of each session, `(n,)`, by multiple of the costs."""
    baselines: Mapping[str, Mapping[float, Floats]]
    """The same of flat, buy and hold, and sell and hold."""
    random: RandomRecord
    """At the costs as they are."""
    trades: int

    @property
    def periods_per_year(self) -> float:
        """Sessions a year, of the calendar years that the window touches."""
        return sessions_per_year(self.window.start, self.window.end)


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution in five figures."""

    minimum: float
    lower: float
    """First quartile."""
    median: float
    upper: float
    """Third quartile."""
    maximum: float

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Give the spread of ``values``, quartiles by linear interpolation.

        >>> Spread.of(np.array([4.0, 1.0, 2.0, 3.0, 9.0]))
        Spread(minimum=1.0, lower=2.0, median=3.0, upper=4.0, maximum=9.0)
        """
        return cls(*(float(v) for v in np.percentile(values, (0, 25, 50, 75, 100))))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a strategy did: one without seeds."""

    sharpe: float
    """Annual."""
    total_return: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the seeds did over one window, at one multiple of the costs."""

    sharpe: Spread
    """Annual."""
    total_return: Spread
    max_drawdown: Spread
    """Of session closes."""
    baselines: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class RandomSpread:
    """Annual Sharpe ratios of random traders, those of all seeds together."""

    median: float
    high: float
    """95th percentile."""


@dataclass(frozen=True, slots=True)
class FoldFindings:
    """One fold over its seeds."""

    fold: int
    window: DateRange
    sharpes: tuple[float, ...]
    """Annual, at the costs as they are, in the order of the seeds."""
    trades: Spread
    at_costs: Mapping[float, Distribution]
    random: RandomSpread


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of the cells were better than what, by Sharpe ratio at the costs as they are."""

    cells: int
    above_zero: int
    above_buy_and_hold: int
    above_random: int
    """Above the 95th percentile of the cell's own random traders."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the verdict."""

    rule: str
    value: float
    threshold: float
    passed: bool
    explanation: str
    rival: str = ""
    """What the median seed is held against, where it is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an edge is claimed, and what that rests on."""

    edge: bool
    checks: tuple[Check, ...]

    @property
    def reasons(self) -> str:
        """All that speaks for an edge, or each condition that failed."""
        told = [check for check in self.checks if check.passed == self.edge]
        texts = [check.explanation for check in told if not check.rival]
        rivals = [check for check in told if check.rival]
        if rivals:
            named = _listed([f"{check.rival} ({_said(check.threshold)})" for check in rivals])
            texts.append(
                f"the median seed, {_said(rivals[0].value)}, is {_against(self.edge, named)}"
            )
        text = "; ".join(texts)
        return f"{text[:1].upper()}{text[1:]}."

    @property
    def sentence(self) -> str:
        """The verdict in words, with its reasons."""
        return f"{'An' if self.edge else 'No'} edge was found. {self.reasons}"


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the cells show together."""

    seeds: tuple[int, ...]
    folds: tuple[FoldFindings, ...]
    stitched: Mapping[float, Distribution]
    """Over all folds, by multiple of the costs."""
    stitched_random: RandomSpread
    shares: Shares
    verdict: Verdict


def stitch(cells: Sequence[CellRecord], multiple: float) -> Floats:
    """Give one seed's session returns over all its cells, in the order of the folds."""
    ordered = sorted(cells, key=lambda cell: cell.fold)
    return np.concatenate([cell.returns[multiple] for cell in ordered])


def findings(cells: Sequence[CellRecord]) -> Findings:
    """Give what the cells show; every fold must be there with every seed."""
    seeds = tuple(sorted({cell.seed for cell in cells}))
    by_fold = _grouped(cells, lambda cell: cell.fold)
    by_seed = _grouped(cells, lambda cell: cell.seed)
    ordered = [cells_of_fold[0] for cells_of_fold in by_fold]
    yearly = sessions_per_year(ordered[0].window.start, ordered[-1].window.end)
    stitched = {
        multiple: _distribution(
            [stitch(of_seed, multiple) for of_seed in by_seed],
            {
                name: np.concatenate([cell.baselines[name][multiple] for cell in ordered])
                for name in SIDES
            },
            yearly,
        )
        for multiple in sorted(ordered[0].returns)
    }
    random = _random([chained([c.random for c in of_seed]) for of_seed in by_seed], yearly)
    return Findings(
        seeds=seeds,
        folds=tuple(_fold(of_fold) for of_fold in by_fold),
        stitched=stitched,
        stitched_random=random,
        shares=_shares(cells),
        verdict=verdict(stitched, random, len(seeds)),
    )


def verdict(stitched: Mapping[float, Distribution], random: RandomSpread, seeds: int) -> Verdict:
    """Claim an edge only if every check passes.

    On the stitched records: three quarters of the seeds keep a positive Sharpe ratio at twice the
    costs; the median seed beats every baseline and the 95th percentile of random traders, all at
    the costs as they are; and there are enough seeds to speak of a distribution.
    """
    lower, median = stitched[STRESS].sharpe.lower, stitched[RESULT].sharpe.median
    checks = [
        Check(
            "lower quartile at ×2 costs",
            *(lower, 0.0, above(lower, 0.0)),
            f"the lower quartile of the seeds’ Sharpe ratio at twice the costs is {_said(lower)}, "
            + _against(above(lower, 0.0), "0"),
        )
    ]
    rivals = {
        f"{name.replace('_', ' ')}": outcome.sharpe
        for name, outcome in stitched[RESULT].baselines.items()
    }
    rivals["the 95th percentile of random traders"] = random.high
    checks += [
        Check(
            f"median against {name}",
            *(median, sharpe, above(median, sharpe)),
            f"the median seed, {_said(median)}, is "
            + _against(above(median, sharpe), f"{name}, {_said(sharpe)}"),
            name,
        )
        for name, sharpe in rivals.items()
    ]
    enough = seeds >= MIN_SEEDS
    told = f"{seeds} {'seed was' if seeds == 1 else 'seeds were'} trained, at least {MIN_SEEDS} "
    checks.append(Check("seeds", seeds, MIN_SEEDS, enough, f"{told}are asked for"))
    return Verdict(all(check.passed for check in checks), tuple(checks))


def _listed(names: Sequence[str]) -> str:
    """Give names as a sentence has them.

    >>> _listed(["a"]), _listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *earlier, last = names
    return f"{', '.join(earlier)} and {last}" if earlier else last


def _against(above: bool, what: str) -> str:
    return f"above {what}" if above else f"not above {what}"


def _said(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _grouped(
    cells: Sequence[CellRecord], key: Callable[[CellRecord], int]
) -> list[list[CellRecord]]:
    """Give the cells by ``key``, ascending, and within it by fold and seed."""
    groups: dict[int, list[CellRecord]] = {}
    for cell in sorted(cells, key=lambda cell: (cell.fold, cell.seed)):
        groups.setdefault(key(cell), []).append(cell)
    return [groups[name] for name in sorted(groups)]


def _fold(cells: Sequence[CellRecord]) -> FoldFindings:
    first, yearly = cells[0], cells[0].periods_per_year
    return FoldFindings(
        fold=first.fold,
        window=first.window,
        sharpes=tuple(annual_sharpe(cell.returns[RESULT], yearly) for cell in cells),
        trades=Spread.of(np.array([cell.trades for cell in cells], dtype=np.float64)),
        at_costs={
            multiple: _distribution(
                [cell.returns[multiple] for cell in cells],
                {name: first.baselines[name][multiple] for name in SIDES},
                yearly,
            )
            for multiple in sorted(first.returns)
        },
        random=_random([cell.random for cell in cells], yearly),
    )


def _distribution(
    seeds: Sequence[Floats], baselines: Mapping[str, Floats], yearly: float
) -> Distribution:
    return Distribution(
        sharpe=Spread.of(np.array([annual_sharpe(returns, yearly) for returns in seeds])),
        total_return=Spread.of(np.array([compound(returns) for returns in seeds])),
        max_drawdown=Spread.of(
            np.array(
                [max_drawdown(np.asarray(np.cumprod(1.0 + returns)), 1.0) for returns in seeds]
            )
        ),
        baselines={
            name: Outcome(annual_sharpe(returns, yearly), compound(returns))
            for name, returns in baselines.items()
        },
    )


def _random(records: Sequence[RandomRecord], yearly: float) -> RandomSpread:
    sharpes = np.concatenate([record.sharpe() for record in records]) * math.sqrt(yearly)
    median, high = np.percentile(sharpes, (50, RANDOM_PERCENTILE))
    return RandomSpread(float(median), float(high))


def _shares(cells: Sequence[CellRecord]) -> Shares:
    sharpes = [annual_sharpe(cell.returns[RESULT], 1.0) for cell in cells]
    held = [annual_sharpe(cell.baselines["buy_and_hold"][RESULT], 1.0) for cell in cells]
    random = [float(np.percentile(cell.random.sharpe(), RANDOM_PERCENTILE)) for cell in cells]
    return Shares(
        cells=len(cells),
        above_zero=sum(above(sharpe, 0.0) for sharpe in sharpes),
        above_buy_and_hold=sum(map(above, sharpes, held)),
        above_random=sum(map(above, sharpes, random)),
    )


def above(sharpe: float, other: float) -> bool:
    """Tell whether one Sharpe ratio is above another one by more than rounding.

    >>> above(0.3, 0.2), above(0.1 + 0.2, 0.3)
    (True, False)
    """
    return sharpe > other + TIE


def annual_sharpe(returns: Floats, periods_per_year: float) -> float:
    """Give the annual Sharpe ratio of session returns; 0 where it is undefined."""
    sharpe = sharpe_per_session(returns)
    return sharpe * math.sqrt(periods_per_year) if math.isfinite(sharpe) else 0.0


def compound(returns: Floats) -> float:
    """Give the return of all sessions together.

    >>> round(compound(np.array([0.1, -0.5])), 12)
    -0.45
    """
    return float(np.prod(1.0 + returns) - 1.0)
