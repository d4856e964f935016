"""The first vote: a recommendation with its reason, laid before a human as a proposal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from cambio.contracts.handoffs import PromotionProposal, Recommendation
from cambio.contracts.lineage import hash_of
from cambio.contracts.market import DateRange
from cambio.validation.criteria import (
    CriterionResult,
    Direction,
    Gate,
    GateResult,
    weighted_score,
)
from cambio.validation.metrics import BacktestMetrics, json_number

PROMOTE_SCORE: Final = 0.8
REVIEW_SCORE: Final = 0.5
IMPROVEMENT: Final = 0.05
"""Of the champion's Sharpe ratio, whatever its sign."""
PENDING: Final = "PENDING_APPROVAL"
NAMESPACE: Final = UUID("6d2f0c51-6a0e-5c57-9a0f-0f6a3f1d2b10")
"""Of the proposals' ids. Never change: the same run must name the same proposal."""

_ORDER: Final = (Recommendation.REJECT, Recommendation.REVIEW, Recommendation.PROMOTE)


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


def recommend(
    criteria: Sequence[CriterionResult], gates: Sequence[GateResult], deflated_sharpe: float
) -> Vote:
    """Give the first vote: the weighted score's, capped by the hard gates.

    A failing gate caps it at REVIEW, too few trades at REJECT.

    Raises:
        ConfigError: there are no criteria.
    """
    score = weighted_score(criteria)
    by_score = _by_score(score)
    recommendation = min(by_score, _cap(gates), key=_ORDER.index)
    return Vote(
        recommendation=recommendation,
        score=score,
        confidence=0.0 if math.isnan(deflated_sharpe) else deflated_sharpe,
        reason=_reason(recommendation, by_score, score, criteria, gates),
        criteria=tuple(criteria),
        gates=tuple(gates),
    )


def _by_score(score: float) -> Recommendation:
    if score >= PROMOTE_SCORE:
        return Recommendation.PROMOTE
    return Recommendation.REVIEW if score >= REVIEW_SCORE else Recommendation.REJECT


def _cap(gates: Sequence[GateResult]) -> Recommendation:
    failed = {result.gate for result in gates if not result.passed}
    if Gate.MIN_TRADES in failed:
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


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """A challenger against the champion; every delta is better when larger."""

    against: str
    """The champion's id, or "flat" while there is none."""
    return_delta: float
    sharpe_delta: float
    drawdown_delta: float
    win_rate_delta: float
    """NaN against flat, which never trades."""
    is_improvement: bool

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        deltas = {
            name: json_number(value)
            for name, value in asdict(self).items()
            if name.endswith("_delta")
        }
        return {"against": self.against, **deltas, "is_improvement": self.is_improvement}


def compare_with_champion(
    challenger: BacktestMetrics, champion: BacktestMetrics | None, champion_id: str = "flat"
) -> BaselineComparison:
    """Compare on the same window and costs; without a champion, with doing nothing.

    The specification's `challenger > champion × 1.05` turns around when the champion is negative;
    here the challenger must exceed it by 5 % of its size, whatever its sign.
    """
    if champion is None:
        total_return = sharpe = drawdown = 0.0
        win_rate = math.nan
    else:
        total_return, sharpe = champion.total_return, champion.sharpe_ratio
        drawdown, win_rate = champion.max_drawdown, champion.win_rate
        sharpe = 0.0 if math.isnan(sharpe) else sharpe  # it never moved, as flat
    return BaselineComparison(
        against=champion_id,
        return_delta=challenger.total_return - total_return,
        sharpe_delta=challenger.sharpe_ratio - sharpe,
        drawdown_delta=drawdown - challenger.max_drawdown,
        win_rate_delta=challenger.win_rate - win_rate,
        is_improvement=challenger.sharpe_ratio > sharpe + IMPROVEMENT * abs(sharpe),
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is proposed: a model, the window it was judged on and what it was made from."""

    model_id: str
    experiment_name: str
    window: DateRange
    lineage: Mapping[str, Any]

    @property
    def proposal_id(self) -> str:
        """A UUID of model, window and lineage: the same run twice is the same proposal."""
        window = f"{self.window.start.isoformat()}/{self.window.end.isoformat()}"
        return str(uuid5(NAMESPACE, f"{self.model_id}|{window}|{hash_of(dict(self.lineage))}"))


def propose(
    candidate: Candidate,
    vote: Vote,
    metrics: Mapping[str, Any],
    comparison: BaselineComparison,
    *,
    created_at: datetime,
    expires_at: datetime,
) -> PromotionProposal:
    """Give the proposal that waits for the second vote.

    Its `criteria_results` hold the criteria, then the gates, told apart by `kind`.

    Args:
        candidate: what is proposed.
        vote: the first vote.
        metrics: plain JSON types, as `BacktestMetrics.to_dict` gives them.
        comparison: with the champion.
        created_at: aware.
        expires_at: from when on it can no longer be approved; aware.

    Raises:
        ValueError: it would expire before it exists.
    """
    if expires_at <= created_at:
        raise ValueError(f"the proposal expires ({expires_at}) before it is made ({created_at})")
    return PromotionProposal(
        proposal_id=candidate.proposal_id,
        model_id=candidate.model_id,
        experiment_name=candidate.experiment_name,
        recommendation=vote.recommendation,
        confidence=vote.confidence,
        reason=vote.reason,
        metrics=dict(metrics),
        vs_baseline=comparison.to_dict(),
        criteria_results=[
            *({"kind": "criterion", **result.to_dict()} for result in vote.criteria),
            *({"kind": "gate", **result.to_dict()} for result in vote.gates),
        ],
        lineage=dict(candidate.lineage),
        status=PENDING,
        reviewer=None,
        reviewed_at=None,
        created_at=created_at,
        expires_at=expires_at,
    )
