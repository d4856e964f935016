"""Drift of the models that hold capital: what live saw, held against what they were trained on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cambio.app.parity import specification
from cambio.calendar import BARS_PER_SESSION, BOGOTA
from cambio.contracts.events import Notice, NoticeEvent
from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.build import complete, observations
from cambio.errors import NotFound
from cambio.inference.drift import TrainingSample, find_drift
from cambio.store import deployments, events, watches
from cambio.store import models as model_queries
from cambio.store.database import reading, transaction

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from cambio.app.resources import Resources
    from cambio.features.spec import FeatureSpec
    from cambio.inference.drift import Reading


@dataclass(frozen=True, slots=True)
class ModelDrift:
    """One model's readings."""

    model_id: str
    readings: tuple[Reading, ...]
    began: tuple[str, ...]
    """Features whose alert begins with this session."""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What was found after a session."""

    session: date
    sessions: int
    """Of the window that ends with it."""
    models: tuple[ModelDrift, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain JSON types."""
        return {
            "session": self.session.isoformat(),
            "sessions": self.sessions,
            "models": [
                {
                    "model_id": model.model_id,
                    "readings": [reading._asdict() for reading in model.readings],
                    "began": list(model.began),
                }
                for model in self.models
            ],
        }


@dataclass(frozen=True, slots=True)
class Watched:
    """A model, and what live saw through its features in the window."""

    model_id: str
    spec: FeatureSpec
    trained: tuple[date, date]
    live: NDArray[np.float64]
    """`(m, 13)`, NaN where missing."""


def check_drift(resources: Resources, session: date) -> DriftReport | None:
    """Compare the sessions up to ``session`` with the training of champion and challenger.

    The readings are stored; an alert that begins is told as a `drift` event, and not again before
    it has ended.

    Returns:
        None where neither model has enough live sessions, or sessions of training.

    Raises:
        SourceError: the database cannot be read or written.
    """
    window = resources.deployment.live.drift_sessions
    with reading(resources.engine) as connection:
        watched = [
            found
            for row in _funded(connection)
            if (found := watched_of(connection, resources, row, (session, window))) is not None
        ]
    if not watched:
        return None
    readings = _readings(resources, watched)
    if not readings:
        return None
    return DriftReport(session, window, _store(resources, session, readings))


def _funded(connection: Connection) -> list[dict[str, Any]]:
    """Give the registry's rows of champion and challenger, each once; one may be deleted by SQL."""
    champion, challenger = model_queries.champion(connection), deployments.challenger(connection)
    rows = {} if champion is None else {champion["model_id"]: champion}
    if challenger is not None and challenger.model_id not in rows:
        with suppress(NotFound):
            rows[challenger.model_id] = model_queries.get(connection, challenger.model_id)
    return list(rows.values())


def watched_of(
    connection: Connection, resources: Resources, row: dict[str, Any], until: tuple[date, int]
) -> Watched | None:
    """Give a model with its window; None with too few sessions, or a lineage that tells too little.

    A row that somebody inserted by SQL may lack what training would have written.

    Args:
        connection: to read on.
        resources: where models lie.
        row: of the registry.
        until: the last session of the window, and how many it has.
    """
    lineage, (session, window) = row["lineage"], until
    spec_hash, trained = lineage.get("feature_spec_hash"), _trained(lineage)
    if spec_hash is None or trained is None:
        return None
    end = watches.midnight(session + timedelta(days=1))
    rows = watches.newest_features(connection, spec_hash, end, window * BARS_PER_SESSION)
    by_day = [list(part) for _, part in groupby(rows, lambda row: row[0].astimezone(BOGOTA).date())]
    if len(by_day) < window or (spec := specification(resources, connection, spec_hash)) is None:
        return None
    live = np.array(
        [
            [features.get(name) for name in MARKET_FEATURES]
            for part in by_day[-window:]
            for _, features in part
        ],
        dtype=np.float64,
    )
    return Watched(row["model_id"], spec, trained, live)


def _trained(lineage: dict[str, Any]) -> tuple[date, date] | None:
    """Give the first and the last day of training; None where the lineage does not tell."""
    try:
        first, last = (date.fromisoformat(lineage[f"training_{side}"]) for side in ("start", "end"))
    except (KeyError, TypeError, ValueError):
        return None
    return first, last


def _readings(resources: Resources, watched: list[Watched]) -> list[tuple[str, list[Reading]]]:
    """Give each model's readings; the features of training are computed once a specification."""
    history = resources.history()
    rows: dict[str, pl.DataFrame] = {}
    found = []
    for model in watched:
        key = model.spec.hash()
        if key not in rows:
            rows[key] = complete(observations(history, model.spec, resources.terms.costs))
        sample = training_of(model, rows[key])
        readings = find_drift(sample, model.live, resources.deployment.live)
        if readings is not None:
            found.append((model.model_id, readings))
    return found


def training_of(model: Watched, rows: pl.DataFrame) -> TrainingSample:
    """Give what a model was trained on, of all complete rows of its features."""
    training = rows.filter(pl.col("session").is_between(*model.trained))
    return TrainingSample(
        training.select(MARKET_FEATURES).to_numpy(),
        training["session"].to_physical().cast(pl.Int64).to_numpy(),
    )


def _store(
    resources: Resources, session: date, found: list[tuple[str, list[Reading]]]
) -> tuple[ModelDrift, ...]:
    """Store the readings, and tell of the alerts that begin."""
    now, window = resources.now(), resources.deployment.live.drift_sessions
    models = []
    with transaction(resources.engine) as connection:
        for model_id, readings in found:
            before = watches.newest_drift(connection, model_id, session)
            known = {row["feature"] for row in before if row["alert"]}
            began = [each.feature for each in readings if each.alert and each.feature not in known]
            watches.store_drift(connection, (session, model_id), window, readings, now)
            models.append(ModelDrift(model_id, tuple(readings), tuple(began)))
        told = [
            (model.model_id, _notice(session, window, model)) for model in models if model.began
        ]
        events.append(connection, now, told)
    return tuple(models)


def _notice(session: date, window: int, model: ModelDrift) -> NoticeEvent:
    text = (
        f"{', '.join(model.began)} of the last {window} sessions "
        f"{'is' if len(model.began) == 1 else 'are'} unlike the training of {model.model_id}."
    )
    features = {
        reading.feature: {"ks": reading.ks, "p_value": reading.p_value}
        for reading in model.readings
        if reading.feature in model.began
    }
    details = {"session": str(session), "sessions": window, "features": features}
    return NoticeEvent(
        type="drift", data=Notice(subject=model.model_id, text=text, details=details)
    )
