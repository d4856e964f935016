"""The report's tables, as text: one row a list of cells, one group a list of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cambio.calendar import BOGOTA
from cambio.reports.breakdown import breakdown
from cambio.reports.numbers import (
    AMOUNTS,
    GATE_MEASURES,
    MEASURES,
    RESULT_COLUMNS,
    Measure,
    count,
    decimal,
    percent,
    plain,
    signed,
)
from cambio.reports.timeline import MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cambio.contracts.trading import Trade
    from cambio.reports.breakdown import Share
    from cambio.reports.experiment import ExperimentReport

    Metrics = Mapping[str, Any]
    Rows = Sequence[tuple[str, Metrics]]

NEWEST: Final = 20
SYMBOLS: Final = {"gte": "≥", "lte": "≤"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names the row; the other cells are numbers."""

    headers: Sequence[str]
    groups: Sequence[Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the verdict."""

    rule: str
    value: str
    threshold: str
    weight: str
    passed: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a report."""

    results: Table
    more_metrics: Table | None
    costs: Table | None
    gates: Sequence[Check]
    criteria: Sequence[Check]
    breakdown: Table | None
    newest: Table | None


def of(report: ExperimentReport) -> Tables:
    """Give the report's tables; None where there is nothing to list."""
    trades, capital = report.record.trades, report.record.capital
    results = [(row.name, _relative(row.metrics, capital)) for row in report.results]
    at_costs = [(row.name, _relative(row.metrics, capital)) for row in report.cost_rows]
    return Tables(
        results=_results(results, "Strategy"),
        more_metrics=_more_metrics(results),
        costs=_results(at_costs, "Costs") if at_costs else None,
        gates=[_gate(gate) for gate in report.verdict.gates],
        criteria=[_criterion(criterion, capital) for criterion in report.verdict.criteria],
        breakdown=_breakdown(trades) if trades else None,
        newest=_newest(trades) if trades else None,
    )


def name_of(key: str) -> str:
    """Give a key in words.

    >>> name_of("deflated_sharpe_ratio")
    'Deflated Sharpe ratio'
    """
    return (key[:1].upper() + key[1:]).replace("_", " ").replace("sharpe", "Sharpe")


def _relative(metrics: Metrics, capital: float) -> Metrics:
    """Give the metrics with amounts of money as fractions of the capital."""
    amounts = {key: metrics[key] for key in AMOUNTS if metrics.get(key) is not None}
    return {**metrics, **{key: amount / capital for key, amount in amounts.items()}}


def _results(rows: Rows, first: str) -> Table:
    keys = [key for key in RESULT_COLUMNS if any(key in metrics for _, metrics in rows)]
    cells = [[name, *(MEASURES[key].show(found.get(key)) for key in keys)] for name, found in rows]
    return Table([first, *(MEASURES[key].header for key in keys)], [cells])


def _more_metrics(rows: Rows) -> Table | None:
    """Give the metrics that `_results` leaves out, for those rows that have any."""
    others = [
        (name, {k: found[k] for k in found if k not in RESULT_COLUMNS}) for name, found in rows
    ]
    columns = [(name, found) for name, found in others if found]
    keys = dict.fromkeys(key for _, found in columns for key in found)
    if not keys:
        return None
    measures = {key: _measure(MEASURES, key) for key in keys}
    cells = [
        [measure.header, *(measure.show(found.get(key)) for _, found in columns)]
        for key, measure in measures.items()
    ]
    return Table(["Metric", *(name for name, _ in columns)], [cells])


def _gate(gate: Mapping[str, Any]) -> Check:
    measure = _measure(GATE_MEASURES, gate["gate"])
    return Check(
        rule=measure.header,
        value=measure.show(gate["value"]),
        threshold=measure.show(gate["threshold"]),
        weight="",
        passed=bool(gate["passed"]),
        explanation=gate["explanation"],
    )


def _criterion(criterion: Mapping[str, Any], capital: float) -> Check:
    metric = criterion["metric"]
    measure = _measure(MEASURES, metric)
    value, threshold = (
        _relative({metric: criterion[key]}, capital)[metric] for key in ("value", "threshold")
    )
    symbol = SYMBOLS.get(criterion["direction"], criterion["direction"])
    return Check(
        rule=measure.header,
        value=measure.show(value),
        threshold=f"{symbol} {measure.show(threshold)}",
        weight=decimal(criterion["weight"], 1),
        passed=bool(criterion["passed"]),
        explanation="",
    )


def _measure(known: Mapping[str, Measure], key: str) -> Measure:
    return known.get(key, Measure(name_of(key), "", plain))


def _breakdown(trades: Sequence[Trade]) -> Table:
    headers = ["Trades", "Number", "Win rate, %", "Result", "Mean", "Best", "Worst", "Held, h"]
    return Table(headers, [[_share(share) for share in group] for group in breakdown(trades)])


def _share(share: Share) -> list[str]:
    money = (share.result, share.mean, share.best, share.worst)
    return [
        share.kind,
        count(share.trades),
        percent(share.win_rate),
        *(signed(amount) for amount in money),
        decimal(share.hours),
    ]


def _newest(trades: Sequence[Trade]) -> Table:
    headers = ["Side", "Entered", "at, COP", "Left", "at, COP", "Result"]
    newest = sorted(trades, key=lambda trade: trade.entry_time, reverse=True)[:NEWEST]
    return Table(headers, [[_trade(trade) for trade in newest]])


def _trade(trade: Trade) -> list[str]:
    return [
        "▲ long" if trade.side > 0 else "▼ short",
        _moment(trade.entry_time),
        decimal(trade.entry_price),
        "still open" if trade.is_open else _moment(trade.exit_time),
        decimal(trade.exit_price),
        signed(trade.pnl),
    ]


def _moment(moment: datetime) -> str:
    local = moment.astimezone(BOGOTA)
    return f"{local.day} {MONTHS[local.month - 1]} {local:%H:%M}"
