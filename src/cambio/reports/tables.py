"""The report's tables, as text: one row a list of cells, one group a list of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cambio.calendar import BOGOTA
from cambio.reports.breakdown import breakdown
from cambio.reports.numbers import RESULT_MEASURES, Measure, count, decimal, percent, plain, signed
from cambio.reports.timeline import MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cambio.contracts.trading import Trade
    from cambio.reports.breakdown import Share
    from cambio.reports.experiment import ExperimentReport, ResultRow

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
    trades = report.record.trades
    return Tables(
        results=_results(report.results, "Strategy"),
        more_metrics=_more_metrics(report.results),
        costs=_results(report.cost_rows, "Costs") if report.cost_rows else None,
        gates=[_gate(gate) for gate in report.verdict.gates],
        criteria=[_criterion(criterion) for criterion in report.verdict.criteria],
        breakdown=_breakdown(trades) if trades else None,
        newest=_newest(trades) if trades else None,
    )


def name_of(key: str) -> str:
    """Give a key in words.

    >>> name_of("deflated_sharpe_ratio")
    'Deflated Sharpe ratio'
    """
    return (key[:1].upper() + key[1:]).replace("_", " ").replace("sharpe", "Sharpe")


def _results(rows: Sequence[ResultRow], first: str) -> Table:
    shown = {
        key: measure
        for key, measure in RESULT_MEASURES.items()
        if any(key in row.metrics for row in rows)
    }
    headers = [first, *(measure.header for measure in shown.values())]
    cells = [
        [row.name, *(measure.show(row.metrics.get(key)) for key, measure in shown.items())]
        for row in rows
    ]
    return Table(headers, [cells])


def _more_metrics(rows: Sequence[ResultRow]) -> Table | None:
    keys = dict.fromkeys(
        key
        for row in rows
        for key, value in row.metrics.items()
        if key not in RESULT_MEASURES and (value is None or isinstance(value, int | float))
    )
    if not keys:
        return None
    cells = [[name_of(key), *(plain(row.metrics.get(key)) for row in rows)] for key in keys]
    return Table(["Metric", *(row.name for row in rows)], [cells])


def _gate(gate: Mapping[str, Any]) -> Check:
    measure = RESULT_MEASURES.get(gate["gate"])
    show = measure.show if measure else plain
    return Check(
        rule=measure.header if measure else name_of(gate["gate"]),
        value=show(gate["value"]),
        threshold=show(gate["threshold"]),
        weight="",
        passed=bool(gate["passed"]),
        explanation=gate["explanation"],
    )


def _criterion(criterion: Mapping[str, Any]) -> Check:
    metric = criterion["metric"]
    measure = RESULT_MEASURES.get(metric, Measure(name_of(metric), "", plain))
    symbol = SYMBOLS.get(criterion["direction"], criterion["direction"])
    return Check(
        rule=measure.header,
        value=measure.show(criterion["value"]),
        threshold=f"{symbol} {measure.show(criterion['threshold'])}",
        weight=decimal(criterion["weight"], 1),
        passed=bool(criterion["passed"]),
        explanation="",
    )


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
