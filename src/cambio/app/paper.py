"""L5: the newest sessions through the production path, each bar committed before the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cambio.calendar import session_days
from cambio.contracts.deployment import Role
from cambio.contracts.market import Bar, MarketHistory
from cambio.errors import Conflict, DataQualityError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable
from cambio.inference.live import LiveEngine, Seat, World
from cambio.store import models as model_queries
from cambio.store import signals as signal_queries
from cambio.store.database import reading, transaction
from cambio.trading.gate import ProductionContract

if TYPE_CHECKING:
    from cambio.app.resources import Resources
    from cambio.features.spec import FeatureSpec


@dataclass(frozen=True, slots=True)
class PaperReport:
    """What the paper run did."""

    model_id: str
    sessions: int
    bars: int
    signals_stored: int
    fills: int
    blocked: dict[str, int]
    """Requests that risk or a missing feature held back, by reason."""
    equity: float
    return_: float

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain JSON types."""
        return {field.rstrip("_"): getattr(self, field) for field in self.__slots__}


def trade_on_paper(
    resources: Resources, model_id: str, sessions: int, *, restart: bool = False
) -> PaperReport:
    """Trade the newest ``sessions`` stored sessions bar by bar, as live would.

    Each bar's signal is one transaction; a bar that was done before is not stored twice, nor one
    that was traded live. The book begins flat, so a record that begins on another bar is another
    book: ``restart`` removes it.

    Raises:
        NotFound: the model is not registered.
        ContractMismatch: the model does not pass the load gate, or is not what was registered.
        DataQualityError: fewer sessions are stored.
        Conflict: the model's stored signals begin on another bar.
    """
    with reading(resources.engine) as connection:
        row = model_queries.get(connection, model_id)
    model = ProductionContract.validate_and_load(resources.model_folder(row["model_path"]), row)
    known, newest = _split(resources.history(), sessions)
    _begin(resources, model_id, newest[0], restart=restart)
    engine = LiveEngine(resources.terms, partial(_warmed, known))
    engine.seat([Seat(model, Role.SHADOW, 0.0)])
    stored = fills = 0
    blocked: Counter[str] = Counter()
    equity = resources.capital
    with resources.progress.stage("L5 paper trading") as stage:
        for i, bar in enumerate(newest):
            step = engine.on_bar(bar, World())
            signal = replace(step.signals[0], role=signal_queries.PAPER)
            with transaction(resources.engine) as connection:
                stored += signal_queries.store(connection, signal, resources.now())
            fills += len(step.fills)
            blocked.update(str(reason) for reason in signal.blocked_by)
            equity = signal.equity
            stage.update(i + 1, len(newest), f"equity {equity:,.2f}")
    return PaperReport(
        model_id=model_id,
        sessions=sessions,
        bars=len(newest),
        signals_stored=stored,
        fills=fills,
        blocked=dict(blocked),
        equity=equity,
        return_=equity / resources.capital - 1.0,
    )


def _begin(resources: Resources, model_id: str, first: Bar, *, restart: bool) -> None:
    """Make sure that the model's record holds one book only."""
    with transaction(resources.engine) as connection:
        if restart:
            signal_queries.clear(connection, model_id)
        begun = signal_queries.first_time(connection, model_id)
    if begun is not None and begun != first.time:
        raise Conflict(
            f"The stored paper signals of {model_id} begin on {begun:%Y-%m-%d %H:%M} UTC, these "
            f"would begin on {first.time:%Y-%m-%d %H:%M}; one record can't hold two books.",
            remedy="Ask for the same sessions, or begin a new record with --restart.",
        )


def _warmed(known: MarketHistory, spec: FeatureSpec) -> CanonicalFeatureBuilder:
    builder = CanonicalFeatureBuilder(spec, MacroTable(known.macro))
    builder.compute(known.bars)
    return builder


def _split(history: MarketHistory, sessions: int) -> tuple[MarketHistory, list[Bar]]:
    """Give what is known before the newest sessions, and their bars."""
    days = session_days(history.bars["time"].dt.epoch("s").to_numpy())
    stored = np.unique(days)
    if len(stored) <= sessions:
        raise DataQualityError(
            f"{sessions} sessions are asked for and {len(stored)} are stored; the features need "
            "history before the first.",
            remedy="Import more bars or ask for fewer sessions.",
        )
    first = int(np.searchsorted(days, stored[-sessions]))
    rows = history.bars[first:].select("time", "open", "high", "low", "close").iter_rows()
    return MarketHistory(history.bars[:first], history.macro), [Bar(*row) for row in rows]
