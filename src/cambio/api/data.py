"""What is known of the market: bars, features and macro series."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from cambio.api import quality, quarantine
from cambio.api.dependencies import Viewer
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import Answer, ModelId, Moment, Page, example, operation_id
from cambio.app import macro_as_of
from cambio.contracts.features import MARKET_FEATURES
from cambio.errors import NotFound
from cambio.store import listing, models
from cambio.store.database import reading

router = APIRouter(prefix="/v1", generate_unique_id_function=operation_id)
router.include_router(quality.router)
router.include_router(quarantine.router)

MOST_BARS: Final = 20_000
TIME: Final = TypeAdapter(tuple[Moment])

BAR: Final[dict[str, Any]] = {
    "time": "2025-01-15T13:55:00Z",
    "open": 4310.0,
    "high": 4314.2,
    "low": 4309.1,
    "close": 4312.5,
    "volume": 0.0,
    "source": "twelvedata",
}
KNOWN: Final[dict[str, Any]] = {
    "series": "VIX",
    "period": "2025-01-14",
    "value": 18.7,
    "unit": "index",
    "known_since": "2025-01-14T22:15:00Z",
    "age_days": 1,
    "revision": 0,
    "superseded": False,
    "source": "fred",
    "stale": False,
    "sessions_from": "2025-01-15",
}


class Bar(Answer):
    """A closed 5-minute bar."""

    model_config = example(**BAR)

    time: datetime
    """Its open."""
    open: float
    """COP per USD, as the other prices are."""
    high: float
    """The highest price."""
    low: float
    """The lowest price."""
    close: float
    """The last price."""
    volume: float
    """As the source gave it; 0 of most."""
    source: str
    """Where it came from."""


class BarPage(Page):
    """Bars, ascending; `next_cursor` leads to older ones."""

    model_config = example(items=[BAR], next_cursor=None)

    items: list[Bar]
    """The bars."""


class FeatureVector(Answer):
    """The raw features of one bar."""

    model_config = example(
        time="2025-01-15T13:55:00Z",
        model_id="ppo_v20-s42",
        feature_spec_hash="4d" * 32,
        features=dict.fromkeys(MARKET_FEATURES, 0.25),
        computed_at="2025-01-15T14:00:01Z",
    )

    time: datetime
    """Open of the bar."""
    model_id: str
    """The model whose features they are."""
    feature_spec_hash: str
    """What they were computed with."""
    features: dict[str, float | None]
    """The 13 market features by name, not normalised; null where missing."""
    computed_at: datetime
    """When."""


class KnownValue(Answer):
    """The newest value of one series that was known at a moment."""

    model_config = example(**KNOWN)

    series: str
    """Its name in the catalogue."""
    period: date
    """That the value is of."""
    value: float
    """In `unit`."""
    unit: str
    """Of the value."""
    known_since: datetime
    """When it was published."""
    age_days: int
    """From the period's date to the moment's, in Bogota."""
    revision: int
    """In the order of arrival, from 0."""
    superseded: bool
    """Another value of this period came later."""
    source: str
    """The provider."""
    stale: bool
    """Too old to be used."""
    sessions_from: date
    """First session that may see it."""


class MacroState(Answer):
    """What was known of the macro series at a moment."""

    model_config = example(moment="2025-01-15T13:00:00Z", values=[KNOWN], without=["COL5Y"])

    moment: datetime
    """The moment."""
    values: list[KnownValue]
    """The newest value of each series."""
    without: list[str]
    """Series that had none."""


@router.get("/bars", tags=["data"])
def list_bars(
    caller: Viewer,
    start: Annotated[Moment | None, Query(description="No bar before this moment.")] = None,
    end: Annotated[Moment | None, Query(description="No bar from this moment on.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_BARS, description="The newest so many.")] = 1_000,
    cursor: Cursor = None,
) -> BarPage:
    """Give the newest closed bars of a span, ascending; the cursor goes back in time."""
    place = decode(cursor, TIME)
    before = min((moment for moment in (end, place and place[0]) if moment), default=None)
    with reading(caller.resources.engine) as connection:
        rows = listing.bars(connection, start, before, limit + 1)
    part, following = cut(rows, limit, lambda row: (row["time"],))
    return BarPage(items=[Bar(**row) for row in reversed(part)], next_cursor=following)


@router.get("/features", tags=["data"])
def get_features(
    caller: Viewer,
    time: Annotated[
        Moment | None, Query(description="Open of the bar; the newest without it.")
    ] = None,
    model_id: Annotated[
        ModelId | None, Query(description="Whose features; the champion's without it.")
    ] = None,
) -> FeatureVector:
    """Give the raw features of a bar as they were computed: live's, where live decided on it."""
    with reading(caller.resources.engine) as connection:
        model = (
            models.champion(connection) if model_id is None else models.get(connection, model_id)
        )
        if model is None:
            raise NotFound(
                "No model is champion, so no features are its.", remedy="Name one: `model_id`."
            )
        spec_hash = str(model["lineage"]["feature_spec_hash"])
        found = listing.features(connection, spec_hash, time)
    if found is None:
        raise NotFound(
            f"No features of {model['model_id']} are stored"
            f"{' of that bar' if time is not None else ''}.",
            remedy="`cambio features refresh` computes those of every stored bar.",
        )
    return FeatureVector(**found, model_id=model["model_id"], feature_spec_hash=spec_hash)


@router.get("/macro", tags=["data"])
def get_macro(
    caller: Viewer,
    moment: Annotated[Moment | None, Query(description="Now without it.")] = None,
) -> MacroState:
    """Give the newest value of each macro series that was known at a moment."""
    resources = caller.resources
    found = macro_as_of.as_of(resources, resources.now() if moment is None else moment)
    return MacroState(
        moment=found.moment,
        values=[KnownValue(**asdict(value)) for value in found.values],
        without=list(found.without),
    )
