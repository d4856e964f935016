"""How good the data is: gaps, freshness, drift from training, parity of live and batch."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from cambio.api.dependencies import Viewer
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import Answer, Limit, ModelId, Page, example, operation_id
from cambio.app.health import health
from cambio.store import listing
from cambio.store import quarantine as quarantine_queries
from cambio.store.database import reading

router = APIRouter(tags=["quality"], generate_unique_id_function=operation_id)

DRIFT_PLACE: Final = TypeAdapter(tuple[date, ModelId, ModelId])
PARITY_PLACE: Final = TypeAdapter(tuple[date, ModelId])

GAPS: Final[dict[str, Any]] = {
    "sessions": 20,
    "expected": 1200,
    "absent": 3,
    "refused": 1,
    "never_asked": 0,
    "rate": 0.0033,
}
BARS: Final[dict[str, Any]] = {
    "newest": "2025-01-15T13:55:00Z",
    "behind": 0,
    "recent": GAPS,
    "overall": GAPS | {"sessions": 1195, "expected": 71_700, "absent": 40, "rate": 0.0006},
}
SERIES: Final[dict[str, Any]] = {
    "series": "VIX",
    "critical": True,
    "completeness": 1.0,
    "newest_period": "2025-01-14",
    "age_s": 61_200.0,
    "observed_lag_s": -9_000.0,
    "assumed_lag_s": -6_300.0,
}
MACRO_HEALTH: Final[dict[str, Any]] = {"sessions": 20, "completeness": 0.99, "series": [SERIES]}
SOURCE: Final[dict[str, Any]] = {
    "source": "twelvedata",
    "requests": 61,
    "failures": 1,
    "error_rate": 0.0164,
    "ok_ever": 5120,
    "failed_ever": 14,
    "last_failure": "2025-01-15T13:10:04Z",
}
ALERT: Final[dict[str, Any]] = {
    "measure": "gap_rate",
    "value": 0.021,
    "threshold": 0.01,
    "text": "2.10 % of the bars of the last 20 sessions are missing.",
}
REFUSALS: Final[dict[str, Any]] = {
    "kind": "macro",
    "reason": "unit_jump",
    "rows": 2,
    "first": "USDMXN 2026-01-27",
    "last": "USDMXN 2026-01-28",
}
DRIFT: Final[dict[str, Any]] = {
    "session": "2025-01-14",
    "model_id": "ppo_v20-s42",
    "feature": "vix_z",
    "ks": 0.31,
    "p_value": 0.004,
    "sessions": 20,
    "alert": True,
    "created_at": "2025-01-14T18:05:00Z",
}
PARITY: Final[dict[str, Any]] = {
    "session": "2025-01-14",
    "feature_spec_hash": "4d" * 32,
    "bars": 60,
    "difference": None,
    "checked_at": "2025-01-14T18:05:00Z",
}


class GapRate(Answer):
    """The expected bars of a span that had closed, and those that are missing."""

    model_config = example(**GAPS)

    sessions: int
    """How many the span has."""
    expected: int
    """Bars that had closed."""
    absent: int
    """Missing; a provider was asked and had none."""
    refused: int
    """Missing; what came was refused and stands in quarantine."""
    never_asked: int
    """Missing, and nothing is known of them."""
    rate: float | None
    """Missing over expected; null where nothing was expected."""


class BarsQuality(Answer):
    """How complete and how fresh the bars are."""

    model_config = example(**BARS)

    newest: datetime | None
    """Open of the newest bar."""
    behind: int | None
    """Session bars that closed since; null where no bar is stored."""
    recent: GapRate
    """Of the last 20 sessions."""
    overall: GapRate
    """Since the first bar."""


class SeriesQuality(Answer):
    """How complete and how fresh a macro series is."""

    model_config = example(**SERIES)

    series: str
    """Its name in the catalogue."""
    critical: bool
    """Whether features need it."""
    completeness: float | None
    """Share of the last 20 sessions whose features would find a value; null of slower series."""
    newest_period: date | None
    """Of the values that are published by now."""
    age_s: float | None
    """Seconds since the end of that period."""
    observed_lag_s: float | None
    """Median seconds from a period's end to its publication, as it was seen."""
    assumed_lag_s: float | None
    """Seconds from the newest period's end to when its value counts as known."""


class MacroQuality(Answer):
    """How complete the macro series are."""

    model_config = example(**MACRO_HEALTH)

    sessions: int
    """That were looked at."""
    completeness: float | None
    """Share of (critical series × session) with a value."""
    series: list[SeriesQuality]
    """Each series of the catalogue."""


class SourceQuality(Answer):
    """How a provider has answered."""

    model_config = example(**SOURCE)

    source: str
    """Its name."""
    requests: int
    """In the last 24 hours."""
    failures: int
    """Of those."""
    error_rate: float | None
    """Null without a request in the last 24 hours."""
    ok_ever: int
    """Requests that succeeded, ever."""
    failed_ever: int
    """Requests that failed, ever."""
    last_failure: datetime | None
    """When the last request that failed was made."""


class QualityAlert(Answer):
    """A threshold that is broken."""

    model_config = example(**ALERT)

    measure: str
    """`gap_rate`, `macro_completeness` or `error_rate`."""
    value: float
    """What it is."""
    threshold: float
    """What it may be."""
    text: str
    """What is wrong, and what to do."""


class RefusedCount(Answer):
    """Open rows of the quarantine, of one kind and reason."""

    model_config = example(**REFUSALS)

    kind: Literal["ohlcv", "macro"]
    """Bars or macro values."""
    reason: str
    """Why they were refused."""
    rows: int
    """How many."""
    first: str
    """The first key."""
    last: str
    """The last key."""


class DataQuality(Answer):
    """The state of the data at one moment."""

    model_config = example(
        now="2025-01-15T14:00:30Z",
        simulated=False,
        bars=BARS,
        macro=MACRO_HEALTH,
        sources=[SOURCE],
        alerts=[ALERT],
        quarantine=[REFUSALS],
    )

    now: datetime
    """When it was measured; of a simulated market, on its own clock."""
    simulated: bool
    """The market is simulated: nothing can be fetched for it."""
    bars: BarsQuality
    """Of the bars."""
    macro: MacroQuality
    """Of the macro series."""
    sources: list[SourceQuality]
    """Of the providers."""
    alerts: list[QualityAlert]
    """What is broken."""
    quarantine: list[RefusedCount]
    """What was refused and waits for a person."""


class DriftReading(Answer):
    """How far a feature has moved from what the model was trained on."""

    model_config = example(**DRIFT)

    session: date
    """The last one of the window."""
    model_id: str
    """Whose training it is compared with."""
    feature: str
    """Its name."""
    ks: float
    """Kolmogorov–Smirnov statistic."""
    p_value: float
    """Corrected over the features."""
    sessions: int
    """Of the window."""
    alert: bool
    """Whether it is large, and significant as well."""
    created_at: datetime
    """When it was read."""


class DriftPage(Page):
    """Drift readings: the newest session first, then by model and feature."""

    model_config = example(items=[DRIFT], next_cursor=None)

    items: list[DriftReading]
    """The readings."""


class ParityCheck(Answer):
    """Whether what live used in a session is what the stored bars give."""

    model_config = example(**PARITY)

    session: date
    """The session."""
    feature_spec_hash: str
    """What the features were computed with."""
    bars: int
    """That were compared."""
    difference: dict[str, Any] | None
    """The first one; null: every bit is the same."""
    checked_at: datetime
    """When."""


class ParityPage(Page):
    """Parity checks, the newest session first."""

    model_config = example(items=[PARITY], next_cursor=None)

    items: list[ParityCheck]
    """The checks."""


@router.get("/data/quality")
def get_data_quality(caller: Viewer) -> DataQuality:
    """Measure how complete and fresh the data is; the quarantine and the providers with it."""
    resources = caller.resources
    found = health(resources.engine, resources.catalogue, resources.now())
    with reading(resources.engine) as connection:
        refused = quarantine_queries.counts(connection)
    return DataQuality(
        now=found.now,
        simulated=found.simulated,
        bars=BarsQuality.model_validate(found.bars),
        macro=MacroQuality.model_validate(found.macro),
        sources=[SourceQuality.model_validate(source) for source in found.sources],
        alerts=[QualityAlert.model_validate(alert) for alert in found.alerts],
        quarantine=[RefusedCount(**row) for row in refused],
    )


@router.get("/drift")
def list_drift(
    caller: Viewer,
    model_id: Annotated[ModelId | None, Query(description="Of one model only.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DriftPage:
    """List how the features have moved from what models were trained on, newest first."""
    before = decode(cursor, DRIFT_PLACE)
    with reading(caller.resources.engine) as connection:
        rows = listing.drift(connection, model_id, before, limit + 1)
    part, following = cut(
        rows, limit, lambda row: (row["session"], row["model_id"], row["feature"])
    )
    return DriftPage(items=[DriftReading(**row) for row in part], next_cursor=following)


@router.get("/parity")
def list_parity(caller: Viewer, limit: Limit = 100, cursor: Cursor = None) -> ParityPage:
    """List the comparisons of live's features with those of the stored bars, newest first."""
    before = decode(cursor, PARITY_PLACE)
    with reading(caller.resources.engine) as connection:
        rows = listing.parity(connection, before, limit + 1)
    part, following = cut(rows, limit, lambda row: (row["session"], row["feature_spec_hash"]))
    return ParityPage(items=[ParityCheck(**row) for row in part], next_cursor=following)
