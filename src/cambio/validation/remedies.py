"""What would have to change for a better recommendation, in words and figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cambio.validation.criteria import SCORE_DIGITS, Direction, Gate
from cambio.validation.statistics import SharpeEstimate, minimum_track_record_length, sharpe_needed
from cambio.validation.vote import PROMOTE_SCORE, statistics_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cambio.validation.criteria import CriterionResult, GateResult, HardGates
    from cambio.validation.vote import Case, Vote


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """What the sentences are made of."""

    case: Case
    gates: HardGates
    random_sharpe: float
    """Annual: what `HardGates.random_percentile` of the random traders stay below."""


def remedies(needs: Needs, vote: Vote) -> list[str]:
    """Give what must change before the vote is PROMOTE; empty if it is."""
    failed = [result for result in vote.gates if not result.passed]
    told = [SENTENCES[result.gate](needs, result) for result in failed]
    missing = _missing_criteria(vote)
    return told if missing is None else [*told, missing]


def _trades(needs: Needs, result: GateResult) -> str:
    metrics = needs.case.metrics
    lacking = int(result.threshold - result.value)
    if not metrics.total_trades:
        return f"It must trade: {lacking} trades are needed."
    sessions = math.ceil(lacking * metrics.sessions / metrics.total_trades)
    return f"{lacking} more trades: at its pace, {sessions:,} more sessions of test."


def _costs(needs: Needs, _result: GateResult) -> str:
    even = break_even(needs.case.returns_at_costs)
    wanted = f"it must still earn at {needs.gates.cost_multiple:g} times"
    if even is None:
        return f"It loses even without costs; {wanted} the configured ones."
    survived = math.floor(100.0 * even) / 100.0  # rounded up it could say that it passed
    return f"It breaks even at {survived:g} times the configured costs; {wanted} them."


def break_even(returns: Mapping[float, float]) -> float | None:
    """Give the multiple of the costs at which nothing is left, by linear interpolation.

    None where even the lowest multiple loses; the highest one where it still earns.

    >>> break_even({0.0: 0.03, 1.0: 0.01, 2.0: -0.01})
    1.5
    """
    known = sorted(returns.items())
    if known[0][1] <= 0.0:
        return None
    for (low, above), (high, below) in pairwise(known):
        if below <= 0.0:
            return low + (high - low) * above / (above - below)
    return known[-1][0]


def _luck(needs: Needs, result: GateResult) -> str:
    found = statistics_of(needs.case)
    estimate = SharpeEstimate.of(needs.case.returns)
    yearly = math.sqrt(needs.case.metrics.periods_per_year)
    benchmark, wanted = found.selection_benchmark / yearly, result.threshold
    needed = yearly * sharpe_needed(estimate, benchmark, wanted)
    length = minimum_track_record_length(estimate, benchmark, max(wanted, 0.5))
    looks = "after the first look" if found.trials == 1 else f"after {found.trials} looks"
    told = []
    if math.isfinite(needed):
        told.append(f"a Sharpe ratio of {needed:.2f} over these {estimate.sessions} sessions")
    if math.isfinite(length):
        told.append(f"this one over {math.ceil(length)} sessions")
    if not told:
        return f"More sessions, and a higher Sharpe ratio than {found.selection_benchmark:.2f}."
    return f"To be more than luck {looks} at this period it takes {', or '.join(told)}."


def _random(needs: Needs, _result: GateResult) -> str:
    return (
        f"A Sharpe ratio above {needs.random_sharpe:.2f}, which "
        f"{needs.gates.random_percentile:g} % of random traders with its turnover stay below."
    ).replace("-", "−")


def _rival(_needs: Needs, result: GateResult) -> str:
    return f"A Sharpe ratio above {result.threshold:.2f}, that of {RIVALS[result.gate]}.".replace(
        "-", "−"
    )


def _look_ahead(_needs: Needs, _result: GateResult) -> str:
    return "Find what reads data from after the decision; no figure of this run means anything."


def _terms(needs: Needs, _result: GateResult) -> str:
    return f"Run it without setting {', '.join(needs.case.overridden_terms)}."


RIVALS = {
    Gate.BEATS_FLAT: "doing nothing",
    Gate.BEATS_BUY_AND_HOLD: "holding a long",
    Gate.BEATS_SELL_AND_HOLD: "holding a short",
    Gate.BEATS_CHAMPION: "the champion over the same sessions",
}
SENTENCES = {
    Gate.MIN_TRADES: _trades,
    Gate.STRESSED_RETURN: _costs,
    Gate.DEFLATED_SHARPE: _luck,
    Gate.RANDOM_TRADERS: _random,
    **dict.fromkeys(RIVALS, _rival),
    Gate.LOOK_AHEAD: _look_ahead,
    Gate.CONFIGURED_TERMS: _terms,
}


def _missing_criteria(vote: Vote) -> str | None:
    """Say which failed criteria, the heaviest first, would lift the score far enough."""
    if vote.score >= PROMOTE_SCORE:
        return None
    total = math.fsum(result.weight for result in vote.criteria)
    failed = sorted((r for r in vote.criteria if not r.passed), key=lambda r: -r.weight)
    score, wanted = vote.score, []
    for result in failed:
        wanted.append(_wanted(result))
        score += result.weight / total
        if round(score, SCORE_DIGITS) >= PROMOTE_SCORE:
            break
    return f"Of the criteria, {_listed(wanted)} (now {vote.score:.2f} of the weight passes)."


def _wanted(result: CriterionResult) -> str:
    bound = "at least" if result.direction is Direction.GTE else "at most"
    return f"{result.metric.replace('_', ' ')} {bound} {result.threshold:g}".replace("-", "−")


def _listed(texts: Sequence[str]) -> str:
    *earlier, last = texts
    return f"{', '.join(earlier)} and {last}" if earlier else last
