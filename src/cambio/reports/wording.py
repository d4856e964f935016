"""The report's sentences: what each picture shows, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.calendar import BOGOTA_OFFSET_S
from cambio.contracts.handoffs import Recommendation
from cambio.reports.breakdown import drawdown
from cambio.reports.numbers import count, decimal, percent
from cambio.reports.timeline import date_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cambio.reports.experiment import ExperimentReport, Record

ASKS: Final = {
    Recommendation.PROMOTE: "Promote it",
    Recommendation.REVIEW: "Look closer before deciding",
    Recommendation.REJECT: "Reject it",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one report."""

    ask: str
    headline: str
    reason: str
    window: str
    equity: str
    price: str
    trades: str


def of(report: ExperimentReport) -> Words:
    """Give the report's sentences."""
    verdict, record = report.verdict, report.record
    return Words(
        ask=ASKS[verdict.recommendation],
        headline=_headline(report),
        reason=verdict.reason.removeprefix(f"{verdict.recommendation}: "),
        window=_window(record),
        equity=_equity(record),
        price=_price(record),
        trades=_trades(record),
    )


def _headline(report: ExperimentReport) -> str:
    """Say what the policy reached, in one sentence."""
    metrics = report.results[0].metrics
    result = f"It returned {percent(metrics.get('total_return'), signed=True)} % after costs"
    if metrics.get("sharpe_ratio") is not None:
        result += f", a Sharpe ratio of {decimal(metrics['sharpe_ratio'])}"
        result += _interval(report.verdict.interval)
    passed = [
        f"{sum(bool(check['passed']) for check in checks)} of {len(checks)} {noun}"
        for noun, checks in (("gates", report.verdict.gates), ("criteria", report.verdict.criteria))
        if checks
    ]
    return f"{result}, and passed {' and '.join(passed)}." if passed else f"{result}."


def _interval(found: Mapping[str, Any] | None) -> str:
    if found is None or found["low"] is None:
        return ""
    ends = " to ".join(decimal(found[end]) for end in ("low", "high"))
    return f" ({found['level'] * 100:g} % interval {ends})"


def _window(record: Record) -> str:
    days = _days(record)
    sessions = len(np.unique(days))
    size = f"{count(sessions)} {_plural('session', sessions)}, {count(len(days))} bars"
    capital = f"Start capital {decimal(record.capital)} in account currency."
    return f"{_span(days[0], days[-1])}: {size}. {capital}"


def _equity(record: Record) -> str:
    policy = next(iter(record.equity.values()))
    text = f"The policy ended at {_return(policy[-1], record.capital)} after costs."
    if record.random_band is not None:
        low, high = (_return(record.random_band[row][-1], record.capital) for row in (0, 2))
        text += f" Nine of ten random traders ended between {low} and {high}."
    depth = drawdown(np.append(record.capital, policy))
    deepest = int(depth.argmin())
    if depth[deepest] < 0:
        top = int(np.append(record.capital, policy)[: deepest + 1].argmax())
        days = _days(record)
        when = _span(days[max(top - 1, 0)], days[deepest - 1])
        text += f" Its deepest fall was {percent(-depth[deepest])} %, {when}."
    return text


def _price(record: Record) -> str:
    long, short, flat = (float(np.mean(record.position == side)) for side in (1, -1, 0))
    return f"Long {percent(long)} % of the bars, short {percent(short)} %, flat {percent(flat)} %."


def _trades(record: Record) -> str:
    number = len(record.trades)
    if not number:
        return "The policy made no trade."
    sessions = len(np.unique(_days(record)))
    text = f"{count(number)} {_plural('trade', number)}, {decimal(number / sessions)} a session."
    if any(trade.is_open for trade in record.trades):
        text += " The newest is still open: marked at the last close, its exit not yet paid."
    return text


def _return(mark: float, capital: float) -> str:
    return f"{percent(mark / capital - 1, signed=True)} %"


def _days(record: Record) -> NDArray[np.datetime64]:
    """Give the Bogota date of each bar, `(n,) datetime64[D]`."""
    local = record.time + np.timedelta64(BOGOTA_OFFSET_S, "s")
    return local.astype("datetime64[D]")


def _span(first: np.datetime64, last: np.datetime64) -> str:
    return date_text(first) if first == last else f"{date_text(first)} to {date_text(last)}"


def _plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"
