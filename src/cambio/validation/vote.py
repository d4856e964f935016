"""The first vote: what the evidence says of a candidate, and what would have to change."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cambio.contracts.handoffs import Recommendation
from cambio.validation import criteria as measures
from cambio.validation.criteria import (
    CriterionResult,
    Direction,
    Evidence,
    Gate,
    GateResult,
    weighted_score,
)
from cambio.validation.metrics import json_number
from cambio.validation.statistics import (
    SharpeEstimate,
    deflated_sharpe_ratio,
    minimum_track_record_length,
    probabilistic_sharpe_ratio,
    selection_benchmark,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cambio.validation.criteria import Criterion, HardGates
    from cambio.validation.lookahead import LookAhead
    from cambio.validation.metrics import BacktestMetrics

PROMOTE_SCORE: Final = 0.8
REVIEW_SCORE: Final = 0.5
REJECTING: Final = frozenset({Gate.MIN_TRADES, Gate.LOOK_AHEAD})
"""Gates without which there is nothing to review."""
_ORDER: Final = (Recommendation.REJECT, Recommendation.REVIEW, Recommendation.PROMOTE)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """All that the first vote looks at."""

    metrics: BacktestMetrics
    """At the costs as they are."""
    returns: NDArray[np.float64]
    """Of each session."""
    returns_at_costs: Mapping[float, float]
    """Total return by multiple of the costs, that of `HardGates.cost_multiple` among them."""
    baseline_sharpes: Mapping[str, float]
    """Annual, by the names of `criteria.RIVALS`; the champion's is there if there is one."""
    random_percentile: float
    """By `RandomTraders.percentile`."""
    trial_sharpes: NDArray[np.float64]
    """Per session, of every recorded look at the window, this one included, `(n,)`."""
    trial_sessions: NDArray[np.int64]
    """Of each look, `(n,)`."""
    look_ahead: LookAhead | None = None
    """None where the decisions were not made of data, as a rule's that is only simulated."""
    overridden_terms: Sequence[str] = ()
    """Costs, limits, gates, criteria, capital or test period that this run set for itself."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much of a Sharpe ratio may be luck. Probabilities; ratios are annual."""

    probabilistic_sharpe: float
    """Probability that the true Sharpe ratio is above 0."""
    deflated_sharpe: float
    """Probability that it is above what picking the best of all trials explains."""
    trials: int
    selection_benchmark: float
    """The Sharpe ratio that picking the best of all trials explains."""
    minimum_track_record: float
    """Sessions after which this Sharpe ratio would be above the benchmark with 95 %."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {name: json_number(value) for name, value in asdict(self).items()}


def statistics_of(case: Case) -> Statistics:
    """Give the statistics that the vote rests on."""
    estimate = SharpeEstimate.of(case.returns)
    benchmark = selection_benchmark(case.trial_sharpes, case.trial_sessions)
    return Statistics(
        probabilistic_sharpe=probabilistic_sharpe_ratio(estimate),
        deflated_sharpe=deflated_sharpe_ratio(estimate, case.trial_sharpes, case.trial_sessions),
        trials=len(case.trial_sharpes),
        selection_benchmark=benchmark * math.sqrt(case.metrics.periods_per_year),
        minimum_track_record=minimum_track_record_length(estimate, benchmark),
    )


def first_vote(case: Case, criteria: Sequence[Criterion], gates: HardGates) -> Vote:
    """Give L4's recommendation: the criteria's weighted score, capped by the hard gates.

    Raises:
        ConfigError: there are no criteria.
    """
    found = statistics_of(case)
    evidence = Evidence(
        total_trades=case.metrics.total_trades,
        sharpe_ratio=case.metrics.sharpe_ratio,
        deflated_sharpe=found.deflated_sharpe,
        trials=found.trials,
        stressed_return=case.returns_at_costs[gates.cost_multiple],
        random_percentile=case.random_percentile,
        overridden_terms=case.overridden_terms,
        baseline_sharpes=case.baseline_sharpes,
        look_ahead=case.look_ahead,
    )
    results = measures.evaluate(criteria, case.metrics)
    return recommend(results, measures.evaluate_gates(gates, evidence), found.deflated_sharpe)


@dataclass(frozen=True, slots=True)
class Vote:
    """What L4 recommends and what it rests on."""

    recommendation: Recommendation
    score: float
    """Share of the criteria's weight that passed, 0 to 1."""
    confidence: float
    """The deflated Sharpe ratio: the probability that the model's skill is more than the luck of
    the best of all recorded trials. It speaks of the model, not of the recommendation: a REJECT
    with 0.02 is a clear case. 0 where it is undefined."""
    reason: str
    criteria: tuple[CriterionResult, ...]
    gates: tuple[GateResult, ...]

    def otherwise(self) -> Iterator[Recommendation]:
        """Give the recommendation had one result ended otherwise: of each criterion, then gate."""
        for n, criterion in enumerate(self.criteria):
            turned = replace(criterion, passed=not criterion.passed)
            yield _recommendation((*self.criteria[:n], turned, *self.criteria[n + 1 :]), self.gates)
        for n, gate in enumerate(self.gates):
            other = replace(gate, passed=not gate.passed)
            yield _recommendation(self.criteria, (*self.gates[:n], other, *self.gates[n + 1 :]))


def recommend(
    criteria: Sequence[CriterionResult], gates: Sequence[GateResult], deflated_sharpe: float
) -> Vote:
    """Give the first vote: the weighted score's, capped by the hard gates.

    A failing gate caps it at REVIEW; too few trades or a look ahead cap it at REJECT.

    Raises:
        ConfigError: there are no criteria.
    """
    score = weighted_score(criteria)
    by_score = _by_score(score)
    recommendation = _recommendation(criteria, gates)
    return Vote(
        recommendation=recommendation,
        score=score,
        confidence=0.0 if math.isnan(deflated_sharpe) else deflated_sharpe,
        reason=_reason(recommendation, by_score, score, criteria, gates),
        criteria=tuple(criteria),
        gates=tuple(gates),
    )


def _recommendation(
    criteria: Sequence[CriterionResult], gates: Sequence[GateResult]
) -> Recommendation:
    return min(_by_score(weighted_score(criteria)), _cap(gates), key=_ORDER.index)


def _by_score(score: float) -> Recommendation:
    if score >= PROMOTE_SCORE:
        return Recommendation.PROMOTE
    return Recommendation.REVIEW if score >= REVIEW_SCORE else Recommendation.REJECT


def _cap(gates: Sequence[GateResult]) -> Recommendation:
    failed = {result.gate for result in gates if not result.passed}
    if failed & REJECTING:
        return Recommendation.REJECT
    return Recommendation.REVIEW if failed else Recommendation.PROMOTE


def _reason(
    recommendation: Recommendation,
    by_score: Recommendation,
    score: float,
    criteria: Sequence[CriterionResult],
    gates: Sequence[GateResult],
) -> str:
    """Say what failed and what would have to change, gates first."""
    scales = f"{PROMOTE_SCORE:.2f} promotes, {REVIEW_SCORE:.2f} asks for a review"
    sentences = [f"{recommendation}: {score:.2f} of the criteria's weight passed ({scales})."]
    failed_gates = [result.explanation for result in gates if not result.passed]
    if failed_gates:
        count = f"{len(failed_gates)} of {len(gates)} hard gates failed"
        capped = by_score is not recommendation
        sentences.append(
            f"That alone would say {by_score}, but {count}." if capped else f"{count}."
        )
        sentences.extend(failed_gates)
    failed_criteria = [_shortfall(result) for result in criteria if not result.passed]
    if failed_criteria:
        sentences.append(f"Criteria that failed: {'; '.join(failed_criteria)}.")
    if not failed_gates and not failed_criteria:
        sentences.append("Every criterion and every hard gate passed.")
    return " ".join(sentences)


def _shortfall(result: CriterionResult) -> str:
    bound = "at least" if result.direction is Direction.GTE else "at most"
    found = "undefined" if math.isnan(result.value) else f"{result.value:.4g}"
    wanted = f"{result.metric} is {found} and must be {bound} {result.threshold:g}"
    return f"{wanted} (weight {result.weight:g})".replace("-", "−")
