"""What a proposal rests on, session by session: for who has to decide about it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from pydantic import ValidationError

from cambio.api.dependencies import Viewer
from cambio.api.schemas import Answer, ProposalId, example, operation_id
from cambio.app import evidence
from cambio.store import proposals
from cambio.store.database import reading

router = APIRouter(
    prefix="/v1/proposals", tags=["proposals"], generate_unique_id_function=operation_id
)

EXAMPLE: Final[dict[str, Any]] = {
    "proposal_id": "5b0c9a52-6f0e-4d8e-9a3c-0c6a1d7f2e11",
    "model_hash": "4c1d" * 16,
    "trades_hash": "9b2e" * 16,
    "days": ["2025-07-01", "2025-07-02"],
    "policy": {"x0": [1.002, 1.004], "x1": [1.001, 1.002]},
    "baselines": {"flat": [1.0, 1.0], "buy_and_hold": [0.999, 1.003]},
    "champion": None,
    "random": {"p5": [0.997, 0.994], "p50": [0.9995, 0.999], "p95": [1.002, 1.005]},
    "metrics": {"x1": {"sharpe_ratio": 1.31}},
    "baseline_metrics": {"buy_and_hold": {"sharpe_ratio": -0.2}},
    "hours": [{"name": "08 h", "bars": 24, "held": 20, "result": 12.5}],
    "groups": {
        "vix": [
            {"name": "low", "sessions": 2, "total_return": 0.01, "sharpe_ratio": 1.2, "trades": 3}
        ]
    },
    "vix_bounds": [14.2, 18.9],
    "months": [{"year": 2025, "months": [None] * 6 + [0.01] + [None] * 5, "total": 0.01,
                "sessions": 2}],
    "trades": [
        [{"kind": "All", "trades": 3, "win_rate": 0.67, "result": 12.5, "mean": 4.2, "best": 9.0,
          "worst": -1.0, "hours": 4.5}]
    ],
    "data": {
        "splits": {"train": {"start": "2023-01-02", "end": "2024-12-31", "rows": 28272}},
        "notes": ["Bars are taken as is: 0.0 % of the training bars are close-only."],
        "hashes": {"dataset_hash": "7ca21934d0f1e2a3b4c5d6e7f8091a2b"},
    },
}  # fmt: skip


class Hour(Answer):
    """What one kind of time brought; the rows add up to the whole result."""

    name: str
    """An hour of the session in Bogota, a gap, the nights, or their financing."""
    bars: int
    """Bars that closed in it; of a gap or a night, those that opened after it."""
    held: int
    """How many of them with a position."""
    result: float
    """Account currency, net."""


class SessionGroup(Answer):
    """What the sessions of one kind brought, as if they had followed each other."""

    name: str
    """Of the kind."""
    sessions: int
    """How many there were."""
    total_return: float
    """Compounded."""
    sharpe_ratio: float | None
    """Annual; null for too few sessions, or none that moved."""
    trades: int
    """Entered in these sessions."""


class YearOfMonths(Answer):
    """One year's returns, compounded from its sessions."""

    year: int
    """Of the calendar."""
    months: list[float | None]
    """January to December; null for a month without a session."""
    total: float
    """Of the year."""
    sessions: int
    """How many there were."""


class TradesOfKind(Answer):
    """What one kind of trade brought; null where there was no trade."""

    kind: str
    """Its name."""
    trades: int
    """How many there were."""
    win_rate: float | None
    """Fraction that ended above zero."""
    result: float
    """Net, account currency."""
    mean: float | None
    """Net result of a trade."""
    best: float | None
    """The highest."""
    worst: float | None
    """The lowest."""
    hours: float | None
    """Median time from entry to exit; a night counts in full."""


class Split(Answer):
    """A part of the dataset."""

    start: date
    """First day of its range."""
    end: date
    """Last day of its range."""
    rows: int
    """Bars in it."""


class DataSummary(Answer):
    """What the model learnt from."""

    splits: dict[str, Split]
    """Of training, validation and test."""
    notes: list[str]
    """What was left out or filled in, and why."""
    hashes: dict[str, str]
    """Of the dataset and of what it was made from."""


class Evidence(Answer):
    """The backtest that a proposal rests on. Worths are multiples of the capital."""

    model_config = example(**EXAMPLE)

    proposal_id: str
    """Whose evidence it is."""
    model_hash: str
    """Of the model that was backtested."""
    trades_hash: str
    """Of its trades: two runs that trade alike have the same one."""
    days: list[date]
    """The sessions of the test, ascending."""
    policy: dict[str, list[float]]
    """By multiple of the costs (`x0`, `x1` ...), what the account was worth after each session."""
    baselines: dict[str, list[float]]
    """By name, the same of what needs no model."""
    champion: list[float] | None
    """The same of the champion of then; null where there was none."""
    random: dict[str, list[float]]
    """5th, 50th and 95th percentile (`p5` ...) of random traders who trade as often."""
    metrics: dict[str, dict[str, float | None]]
    """By multiple of the costs, the policy's metrics."""
    baseline_metrics: dict[str, dict[str, float | None]]
    """By name, the baselines'."""
    hours: list[Hour]
    """The result by hour of the session; nights and gaps apart."""
    groups: dict[str, list[SessionGroup]]
    """The result by `weekday`, and by third of the VIX (`vix`) that each open knew."""
    vix_bounds: list[float | None]
    """Where its thirds part."""
    months: list[YearOfMonths]
    """The returns by month."""
    trades: list[list[TradesOfKind]]
    """The trades in groups that each add up to all: all, by side, by night, by hour of entry."""
    data: DataSummary
    """What it learnt from."""


@router.get("/{proposal_id}/evidence")
def get_evidence(caller: Viewer, proposal_id: Annotated[ProposalId, Path()]) -> Evidence:
    """Give the backtest that a proposal rests on; one that was made before it was kept has none."""
    with reading(caller.resources.engine) as connection:
        found = proposals.get(connection, proposal_id)
    record = evidence.read(caller.resources, found)
    try:
        return Evidence(**{name: record[name] for name in Evidence.model_fields if name in record})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise evidence.damaged(found, f"{place}: {first['msg'].lower()}") from error
