"""One candidate before the gate: the gate is `first_vote` itself, and nothing else decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from cambio.calendar import sessions_per_year
from cambio.contracts.handoffs import Recommendation
from cambio.features.macro import EPOCH
from cambio.validation.baselines import SIDES, follow, hold, random_traders
from cambio.validation.calibration.markets import at_costs
from cambio.validation.criteria import Criterion, Gate, HardGates
from cambio.validation.metrics import Account, compute_metrics, sharpe_per_session
from cambio.validation.vote import PROMOTE_SCORE, Case, first_vote

if TYPE_CHECKING:
    from datetime import date

    from numpy.random import Generator
    from numpy.typing import NDArray

    from cambio.trading.ledger import Market
    from cambio.validation.vote import Vote

SCORE: Final = "weighted_score"
"""What stops a candidate that passed every gate: too little of the criteria's weight."""
SURE_TO_PASS: Final = 100.0
"""A standing among random traders that no limit is above."""
NO_LOOKS: Final = np.empty(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What candidates are judged by."""

    criteria: Sequence[Criterion]
    gates: HardGates
    capital: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the gate said of one candidate."""

    recommendation: Recommendation
    failed: tuple[str, ...]
    """The gates that it failed, by name, and `SCORE`. Random traders are asked last, and only
    where nothing else failed."""
    asked_random: bool
    trades: int
    sharpe: float
    """Annual, realised; NaN where nothing ever moved."""

    @property
    def promoted(self) -> bool:
        """Whether it was recommended for promotion."""
        return self.recommendation is Recommendation.PROMOTE

    @property
    def traded_enough(self) -> bool:
        """Whether it passed the minimum of trades."""
        return str(Gate.MIN_TRADES) not in self.failed


@dataclass(frozen=True, eq=False)
class Window:
    """Sessions to be judged on, and what doing nothing or holding one side earned there."""

    market: Market
    yearly: float
    """Sessions a year."""
    rivals: Mapping[str, float]
    """Annual Sharpe ratio by the names of `baselines.SIDES`."""
    terms: Terms

    @classmethod
    def of(cls, market: Market, terms: Terms) -> Self:
        """Give the window of a market's sessions."""
        yearly = yearly_of(market)
        rivals = {
            name: sharpe_per_session(hold(market, side, terms.capital).session_returns)
            * math.sqrt(yearly)
            for name, side in SIDES.items()
        }
        return cls(market, yearly, rivals, terms)

    def candidate(self, targets: NDArray[np.int64], rng: Generator) -> Candidate:
        """Give a policy that wants these positions, `(n,)`, ready to be voted on.

        Args:
            targets: after each bar.
            rng: deals the random traders, if it comes to that.
        """
        capital, gates = self.terms.capital, self.terms.gates
        stressed = follow(at_costs(self.market, gates.cost_multiple), targets, capital)
        return Candidate(
            self,
            follow(self.market, targets, capital),
            stressed_return=float(stressed.equity[-1] / capital - 1.0),
            targets=targets,
            rng=rng,
        )


def yearly_of(market: Market) -> float:
    """Give the sessions a year of the calendar years that a market's bars lie in."""
    first, last = (_date(market.day[i]) for i in (0, -1))
    return sessions_per_year(first, last)


def _date(day: np.int64) -> date:
    return EPOCH + timedelta(days=int(day))


@dataclass(frozen=True, eq=False)
class Candidate:
    """A policy's account on a window, however it came about."""

    window: Window
    account: Account
    """At the costs as they are."""
    stressed_return: float
    """Total return at the gate's multiple of the costs."""
    targets: NDArray[np.int64]
    rng: Generator

    @cached_property
    def standing(self) -> float:
        """The percentile among random traders with its turnover."""
        window = self.window
        found = random_traders(window.market, self.targets, window.terms.capital, self.rng)
        return found.percentile(self._case.metrics.sharpe_ratio / math.sqrt(window.yearly))

    @cached_property
    def sharpe(self) -> float:
        """The Sharpe ratio per session, as the trial ledger keeps it: 0 where undefined."""
        sharpe = self._case.metrics.sharpe_ratio / math.sqrt(self.window.yearly)
        return sharpe if math.isfinite(sharpe) else 0.0

    def judged(self, others: NDArray[np.float64] = NO_LOOKS) -> Outcome:
        """Take the first vote.

        It is taken once as if the policy stood above all random traders, and again with its real
        standing if that made it PROMOTE. This is exact: PROMOTE needs every gate, and a gate that
        fails anyhow changes no other.

        Args:
            others: Sharpe ratio per session of the trials recorded on this window before, `(k,)`.
        """
        vote = self._vote(others, SURE_TO_PASS)
        asked = vote.recommendation is Recommendation.PROMOTE
        if asked:
            vote = self._vote(others, self.standing)
        failed = [str(result.gate) for result in vote.gates if not result.passed]
        if vote.score < PROMOTE_SCORE:
            failed.append(SCORE)
        metrics = self._case.metrics
        return Outcome(
            vote.recommendation, tuple(failed), asked, metrics.total_trades, metrics.sharpe_ratio
        )

    def _vote(self, others: NDArray[np.float64], standing: float) -> Vote:
        case, terms = self._case, self.window.terms
        sharpes = np.append(others, self.sharpe)
        sessions = np.full(len(sharpes), case.metrics.sessions)
        told = Case(
            metrics=case.metrics,
            returns=case.returns,
            returns_at_costs=case.returns_at_costs,
            baseline_sharpes=case.baseline_sharpes,
            random_percentile=standing,
            trial_sharpes=sharpes,
            trial_sessions=sessions,
        )
        return first_vote(told, terms.criteria, terms.gates)

    @cached_property
    def _case(self) -> Case:
        """The case before anybody has asked the random traders or the trial ledger."""
        window = self.window
        multiple = window.terms.gates.cost_multiple
        return Case(
            metrics=compute_metrics(self.account, window.yearly),
            returns=self.account.session_returns,
            returns_at_costs={multiple: self.stressed_return},
            baseline_sharpes=window.rivals,
            random_percentile=math.nan,
            trial_sharpes=NO_LOOKS,
            trial_sessions=np.empty(0, dtype=np.int64),
        )


def campaign(candidates: Sequence[Callable[[], Candidate]]) -> list[Outcome]:
    """Judge candidates one after the other on one window, each a recorded trial for the next.

    Args:
        candidates: each is made when its turn comes, and not kept.
    """
    found: list[Outcome] = []
    looks: list[float] = []
    for make in candidates:
        candidate = make()
        found.append(candidate.judged(np.array(looks)))
        looks.append(candidate.sharpe)
    return found
