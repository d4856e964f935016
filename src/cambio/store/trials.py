"""Queries on `trial_ledger`: every look at a test window, so that each makes the gate stricter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sqlalchemy import insert, select

from cambio.contracts.lineage import hash_of
from cambio.contracts.market import DateRange
from cambio.store import tables

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Trial:
    """One evaluation of one model on one test window."""

    model_id: str
    model_hash: str
    experiment_name: str
    window: DateRange
    terms_hash: str
    """Of costs, limits and capital, by `TradingTerms.hash`."""
    sharpe_per_session: float
    """Not annual; NaN, from returns that never vary, is kept as 0."""
    sessions: int

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


def record(connection: Connection, trial: Trial, now: datetime) -> bool:
    """Record a trial unless it is known; tell whether it was new. Nothing removes one.

    Args:
        connection: inside a transaction.
        trial: what was evaluated.
        now: when.
    """
    table = tables.trial_ledger
    known = select(table.c.trial_id).where(table.c.trial_id == trial.trial_id)
    if connection.execute(known).first() is not None:
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
    }
    connection.execute(insert(table), row)
    return True


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
