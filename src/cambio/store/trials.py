"""Queries on `trial_ledger`: every look at a test window, so that each makes the gate stricter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sqlalchemy import func, insert, select, update

from cambio.contracts.lineage import hash_of
from cambio.contracts.market import DateRange
from cambio.store import tables

if TYPE_CHECKING:
    from datetime import date, datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection, RowMapping


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One evaluation of one model on one test window.

    Raises:
        ValueError: days and returns are not one for each session.
    """

    model_id: str
    model_hash: str
    experiment_name: str
    window: DateRange
    terms_hash: str
    """Of costs, limits and capital, by `TradingTerms.hash`."""
    sharpe_per_session: float
    """Not annual; NaN, from returns that never vary, is kept as 0."""
    sessions: int
    days: NDArray[np.datetime64]
    """The sessions' dates, `(sessions,)` datetime64[D]."""
    returns: NDArray[np.float64]
    """Of the sessions, `(sessions,)`, at the terms' own costs."""

    def __post_init__(self) -> None:
        if not self.days.shape == self.returns.shape == (self.sessions,):
            raise ValueError(
                f"{self.sessions} sessions with {self.days.size} days and {self.returns.size} "
                "returns"
            )

    @property
    def trial_id(self) -> str:
        """The hash of graph, window and terms: looking twice at the same thing is one look."""
        return hash_of(
            {
                "model_hash": self.model_hash,
                "window": [self.window.start.isoformat(), self.window.end.isoformat()],
                "terms": self.terms_hash,
            }
        )


class Looks(NamedTuple):
    """What all trials on overlapping windows showed; two `(n,)` arrays, oldest first."""

    sharpes: NDArray[np.float64]
    """Per session."""
    sessions: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RecordedTrial:
    """A trial as the ledger holds it."""

    trial_id: str
    model_id: str
    experiment_name: str
    window: DateRange
    sharpe_per_session: float
    sessions: int
    created_at: datetime
    days: NDArray[np.datetime64] | None
    """`(sessions,)` datetime64[D]; None where only the figures were kept."""
    returns: NDArray[np.float64] | None


def record(connection: Connection, trial: Trial, now: datetime) -> bool:
    """Record a trial unless it is known; tell whether it was new. Nothing removes one.

    One that is known without its returns gets them.

    Args:
        connection: inside a transaction.
        trial: what was evaluated.
        now: when.
    """
    table = tables.trial_ledger
    this = table.c.trial_id == trial.trial_id
    series = {"days": trial.days.astype(str).tolist(), "returns": trial.returns.tolist()}
    if connection.execute(select(table.c.trial_id).where(this)).first() is not None:
        lacking = this & table.c.returns.is_(None)
        connection.execute(update(table).where(lacking).values(series))
        return False
    sharpe = trial.sharpe_per_session
    row = {
        "trial_id": trial.trial_id,
        "model_id": trial.model_id,
        "experiment_name": trial.experiment_name,
        "window_start": trial.window.start,
        "window_end": trial.window.end,
        "sharpe_per_session": sharpe if math.isfinite(sharpe) else 0.0,
        "sessions": trial.sessions,
        "created_at": now,
        **series,
    }
    connection.execute(insert(table), row)
    return True


def every(
    connection: Connection, *, experiment: str | None = None, model_id: str | None = None
) -> list[RecordedTrial]:
    """Give the trials, newest first; of one experiment or model if asked."""
    table = tables.trial_ledger
    query = select(table).order_by(table.c.created_at.desc(), table.c.trial_id)
    if experiment is not None:
        query = query.where(table.c.experiment_name == experiment)
    if model_id is not None:
        query = query.where(table.c.model_id == model_id)
    return [_recorded(row) for row in connection.execute(query).mappings()]


def _recorded(row: RowMapping) -> RecordedTrial:
    days, returns = row["days"], row["returns"]
    return RecordedTrial(
        trial_id=row["trial_id"],
        model_id=row["model_id"],
        experiment_name=row["experiment_name"],
        window=DateRange(row["window_start"], row["window_end"]),
        sharpe_per_session=row["sharpe_per_session"],
        sessions=row["sessions"],
        created_at=row["created_at"],
        days=None if days is None else np.array(days, dtype="datetime64[D]"),
        returns=None if returns is None else np.array(returns, dtype=np.float64),
    )


def looks(connection: Connection, window: DateRange) -> Looks:
    """Give every trial whose window shares a session date with ``window``."""
    table = tables.trial_ledger
    query = (
        select(table.c.sharpe_per_session, table.c.sessions)
        .where(table.c.window_start <= window.end, table.c.window_end >= window.start)
        .order_by(table.c.created_at, table.c.trial_id)
    )
    rows = connection.execute(query).all()
    return Looks(
        np.array([row.sharpe_per_session for row in rows], dtype=np.float64),
        np.array([row.sessions for row in rows], dtype=np.int64),
    )


def seen_until(connection: Connection, model_id: str) -> date | None:
    """Give the last session on which a model was ever evaluated; None where it never was."""
    table = tables.trial_ledger
    query = select(func.max(table.c.window_end)).where(table.c.model_id == model_id)
    return connection.execute(query).scalar()
