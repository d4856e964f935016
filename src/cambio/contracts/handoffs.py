"""What one layer hands to the next: L2 -> L3, L3 -> L4, L4 -> the reviewer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class L2Output:
    """A dataset on disk, identified by its hashes."""

    dataset_path: str
    dataset_uri: str | None
    dataset_hash: str
    """MD5 of the concatenated Parquet files: train, val, test."""
    feature_order_hash: str
    feature_spec_hash: str
    row_count: int
    experiment_name: str
    norm_stats_path: str
    norm_stats_hash: str
    manifest_path: str
    source_data_hash: str
    train_rows: int
    val_rows: int
    test_rows: int


@dataclass(frozen=True, slots=True)
class L3Output:
    """A trained, exported policy and what it was trained from."""

    model_id: str
    model_path: str
    """Folder with `policy.onnx`, `model.zip`, `norm_stats.json` and `metadata.json`."""
    model_hash: str
    """SHA-256 of `policy.onnx`, the graph that trades."""
    model_version: str
    metrics: dict[str, float]
    training_run_id: str
    experiment_name: str
    norm_stats_path: str
    config_hash: str
    feature_order_hash: str
    feature_spec_hash: str


class Recommendation(StrEnum):
    """The first vote."""

    PROMOTE = "PROMOTE"
    REVIEW = "REVIEW"
    REJECT = "REJECT"


class ProposalStatus(StrEnum):
    """Where a proposal stands with the second vote."""

    PENDING = "PENDING_APPROVAL"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class PromotionProposal:
    """What L4 lays before a human reviewer."""

    proposal_id: str
    model_id: str
    experiment_name: str
    recommendation: Recommendation
    confidence: float
    reason: str
    metrics: dict[str, Any]
    vs_baseline: dict[str, Any]
    criteria_results: list[dict[str, Any]]
    evidence: dict[str, Any]
    """What the vote rests on beside the metrics: intervals, trials, look-ahead check."""
    remedies: list[str]
    """What would have to change for a better recommendation, in words; empty for PROMOTE."""
    lineage: dict[str, Any]
    status: ProposalStatus
    created_by: str
    """The account that ran the experiment: it may not be the one that approves."""
    reviewer: str | None
    reviewed_at: datetime | None
    comment: str | None
    """The reviewer's."""
    created_at: datetime
    expires_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Give the proposal as a row; times stay datetimes."""
        return asdict(self)
