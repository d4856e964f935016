"""The proposal: a candidate with its first vote, laid before a human."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from cambio.contracts.handoffs import PromotionProposal, ProposalStatus
from cambio.contracts.lineage import hash_of
from cambio.contracts.market import DateRange
from cambio.validation.bootstrap import PairedComparison
from cambio.validation.metrics import BacktestMetrics, json_number
from cambio.validation.vote import Vote

IMPROVEMENT: Final = 0.05
"""Of the champion's Sharpe ratio, whatever its sign."""
FLAT: Final = "flat"
"""What a challenger is compared with while there is no champion."""
NAMESPACE: Final = UUID("6d2f0c51-6a0e-5c57-9a0f-0f6a3f1d2b10")
"""Of the proposals' ids. Never change: the same run must name the same proposal."""


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """A challenger against the champion; every delta is better when larger."""

    against: str
    """The champion's id, or `FLAT` while there is none."""
    return_delta: float
    sharpe_delta: float
    drawdown_delta: float
    win_rate_delta: float
    """NaN against flat, which never trades."""
    is_improvement: bool
    paired: PairedComparison | None = None
    """The difference in Sharpe ratio over the same sessions; None against flat."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        deltas = {
            name: json_number(value)
            for name, value in asdict(self).items()
            if name.endswith("_delta")
        }
        return {
            "against": self.against,
            **deltas,
            "is_improvement": self.is_improvement,
            "paired": None if self.paired is None else self.paired.to_dict(),
        }


def compare_with_champion(
    challenger: BacktestMetrics,
    champion: BacktestMetrics | None,
    champion_id: str = FLAT,
    paired: PairedComparison | None = None,
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
        paired=paired,
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is proposed: a model, the window it was judged on and what it was made from."""

    model_id: str
    experiment_name: str
    window: DateRange
    lineage: Mapping[str, Any]
    created_by: str
    """The account that ran the experiment."""

    @property
    def proposal_id(self) -> str:
        """A UUID of model, window and lineage: the same run twice is the same proposal."""
        window = f"{self.window.start.isoformat()}/{self.window.end.isoformat()}"
        return str(uuid5(NAMESPACE, f"{self.model_id}|{window}|{hash_of(dict(self.lineage))}"))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a vote rests on, in plain JSON types but for the comparison."""

    metrics: Mapping[str, Any]
    """As `BacktestMetrics.to_dict` gives them."""
    comparison: BaselineComparison
    evidence: Mapping[str, Any]
    remedies: Sequence[str]


def propose(
    candidate: Candidate,
    vote: Vote,
    grounds: Grounds,
    *,
    created_at: datetime,
    expires_at: datetime,
) -> PromotionProposal:
    """Give the proposal that waits for the second vote.

    Its `criteria_results` hold the criteria, then the gates, told apart by `kind`; `otherwise` is
    the recommendation had that one alone ended otherwise.

    Args:
        candidate: what is proposed.
        vote: the first vote.
        grounds: what it rests on.
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
        metrics=dict(grounds.metrics),
        vs_baseline=grounds.comparison.to_dict(),
        criteria_results=[
            {**result, "otherwise": str(recommendation)}
            for result, recommendation in zip(_results(vote), vote.otherwise(), strict=True)
        ],
        evidence=dict(grounds.evidence),
        remedies=list(grounds.remedies),
        lineage=dict(candidate.lineage),
        status=ProposalStatus.PENDING,
        created_by=candidate.created_by,
        reviewer=None,
        reviewed_at=None,
        comment=None,
        created_at=created_at,
        expires_at=expires_at,
    )


def _results(vote: Vote) -> Iterator[dict[str, Any]]:
    yield from ({"kind": "criterion", **result.to_dict()} for result in vote.criteria)
    yield from ({"kind": "gate", **result.to_dict()} for result in vote.gates)
