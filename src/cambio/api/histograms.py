"""Drift as it looks: each feature's distribution in training and in live trading."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from cambio.api.dependencies import Viewer
from cambio.api.schemas import Answer, ModelId, example, operation_id
from cambio.app.drift_histograms import drift_histograms

router = APIRouter(prefix="/v1", tags=["quality"], generate_unique_id_function=operation_id)

FEATURE: Final[dict[str, Any]] = {
    "feature": "vix_z",
    "edges": [-2.0, 0.0, 2.0],
    "training": [0.55, 0.45],
    "live": [0.2, 0.8],
    "ks": 0.31,
    "p_value": 0.004,
    "alert": True,
}


class FeatureHistogram(Answer):
    """One feature in training and in the live window, on the same edges."""

    model_config = example(**FEATURE)

    feature: str
    """Its name."""
    edges: list[float]
    """Ascending, one more than there are bins; the outer bins hold what lies beyond as well."""
    training: list[float]
    """Share of the training rows in each bin; they add up to 1."""
    live: list[float] | None
    """Share of the live bars with a value in each bin; null where no bar has one."""
    ks: float | None
    """Kolmogorov–Smirnov statistic as it was read; null where there was nothing to read."""
    p_value: float | None
    """Corrected over the features."""
    alert: bool
    """Whether it is large, and significant as well."""


class DriftHistograms(Answer):
    """The distributions that a model's newest drift readings were taken from."""

    model_config = example(
        model_id="ppo_v20-s42",
        session="2025-01-14",
        sessions=20,
        read_at="2025-01-14T18:05:00Z",
        training_rows=42_000,
        live_bars=1200,
        features=[FEATURE],
    )

    model_id: str
    """Whose training it is."""
    session: date
    """The last one of the live window."""
    sessions: int
    """Of the live window."""
    read_at: datetime
    """When the readings were taken."""
    training_rows: int
    """Complete rows that it was trained on."""
    live_bars: int
    """Of the live window."""
    features: list[FeatureHistogram]
    """The 13 market features, raw."""


@router.get("/drift/histograms")
def get_drift_histograms(
    caller: Viewer,
    model_id: Annotated[
        ModelId | None, Query(description="Of a model; the champion's without it.")
    ] = None,
) -> DriftHistograms:
    """Give each feature's distribution in training and live, with the newest drift reading."""
    return DriftHistograms.model_validate(drift_histograms(caller.resources, model_id))
