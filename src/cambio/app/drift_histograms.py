"""What live saw beside what a model was trained on: what its newest drift readings look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.app.drift import training_of, watched_of
from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.build import complete, observations
from cambio.errors import NotFound
from cambio.store import models, watches
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from cambio.app.drift import Watched
    from cambio.app.resources import Resources

    Floats = NDArray[np.float64]

BINS: Final = 24
TAIL: Final = 0.005
"""Share of training beyond either outer edge; an outlier would leave the rest in one bin."""


@dataclass(frozen=True, slots=True)
class FeatureHistogram:
    """One feature in training and in the live window, on the same edges."""

    feature: str
    edges: tuple[float, ...]
    """Ascending, one more than the bins; the outer bins hold what lies beyond them as well."""
    training: tuple[float, ...]
    """Share of the training rows in each bin."""
    live: tuple[float, ...] | None
    """Share of the live bars with a value; None where none has."""
    ks: float | None
    """As it was read; None where there was nothing to read."""
    p_value: float | None
    alert: bool


@dataclass(frozen=True, slots=True)
class DriftHistograms:
    """Every feature of a model's newest drift readings."""

    model_id: str
    session: date
    """The last one of the window."""
    sessions: int
    """Of the window."""
    read_at: datetime
    training_rows: int
    live_bars: int
    features: tuple[FeatureHistogram, ...]


def drift_histograms(resources: Resources, model_id: str | None) -> DriftHistograms:
    """Give the distributions that a model's newest drift readings were taken from.

    Args:
        resources: the database, and where models lie.
        model_id: None: the champion's.

    Raises:
        NotFound: no such model, no reading of it, or what it was read from is no longer there.
    """
    with reading(resources.engine) as connection:
        row = models.champion(connection) if model_id is None else models.get(connection, model_id)
        if row is None:
            raise NotFound(
                "No model is champion, so nothing drifts from it.", remedy="Name one: `model_id`."
            )
        known = watches.newest_drift(connection, row["model_id"])
        if not known:
            raise NotFound(
                f"Drift of {row['model_id']} has not been read yet.",
                remedy="`cambio live` reads it after each session, once enough are traded.",
            )
        until = known[0]["session"], known[0]["sessions"]
        watched = watched_of(connection, resources, row, until)
    sample = None if watched is None else _training(resources, watched)
    if watched is None or sample is None:
        raise NotFound(
            f"What the drift of {row['model_id']} was read from is not stored any more.",
            remedy="The readings themselves are: GET /v1/drift.",
        )
    return DriftHistograms(
        model_id=watched.model_id,
        session=until[0],
        sessions=until[1],
        read_at=known[0]["created_at"],
        training_rows=len(sample),
        live_bars=len(watched.live),
        features=tuple(_features(sample, watched.live, known)),
    )


def _training(resources: Resources, watched: Watched) -> Floats | None:
    """Give the training rows, `(n, 13)`; None where none is left."""
    frame = complete(observations(resources.history(), watched.spec, resources.terms.costs))
    found = training_of(watched, frame).features
    return found if len(found) else None


def _features(
    training: Floats, live: Floats, known: Sequence[dict[str, Any]]
) -> list[FeatureHistogram]:
    readings = {row["feature"]: row for row in known}
    found = []
    for i, name in enumerate(MARKET_FEATURES):
        edges = edges_of(training[:, i])
        seen, told = live[np.isfinite(live[:, i]), i], readings.get(name)
        found.append(
            FeatureHistogram(
                feature=name,
                edges=tuple(edges.tolist()),
                training=shares(training[:, i], edges),
                live=shares(seen, edges) if len(seen) else None,
                ks=None if told is None else told["ks"],
                p_value=None if told is None else told["p_value"],
                alert=told is not None and told["alert"],
            )
        )
    return found


def edges_of(training: Floats) -> Floats:
    """Give the edges of `BINS` bins of one width, `(BINS + 1,)`, around all but the tails.

    >>> edges_of(np.full(10, 3.0))[[0, -1]].tolist()
    [2.5, 3.5]
    """
    low, high = np.quantile(training, (TAIL, 1.0 - TAIL))
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)


def shares(values: Floats, edges: Floats) -> tuple[float, ...]:
    """Give the share of the values in each bin; what lies beyond counts in the outer ones.

    >>> shares(np.array([-9.0, 0.5, 1.5, 99.0]), np.array([0.0, 1.0, 2.0]))
    (0.5, 0.5)
    """
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    return tuple((counts / len(values)).tolist())
