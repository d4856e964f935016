"""The report's sentences: what each picture shows, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.calendar import BOGOTA_OFFSET_S
from cambio.contracts.handoffs import Recommendation
from cambio.reports.breakdown import drawdown
from cambio.reports.numbers import count, decimal, percent
from cambio.reports.timeline import MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import Any

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
    facts: Sequence[str]
    window: str
    equity: str
    price: str
    trades: str


def of(report: ExperimentReport) -> Words:
    """Give the report's sentences."""
    verdict, record = report.verdict, report.record
    return Words(
        ask=ASKS[Recommendation(verdict.recommendation)],
        facts=[
            *_passed("gates", verdict.gates),
            *_passed("criteria", verdict.criteria),
            f"confidence {decimal(verdict.confidence)}",
        ],
        window=_window(record),
        equity=_equity(record),
        price=_price(record),
        trades=_trades(record),
    )


def _passed(noun: str, checks: Sequence[Mapping[str, Any]]) -> list[str]:
    good = sum(bool(check["passed"]) for check in checks)
    return [f"{good} of {len(checks)} {noun} passed"] if checks else []


def _window(record: Record) -> str:
    days = _days(record)
    sessions = len(np.unique(days))
    return (
        f"{_date(days[0])} to {_date(days[-1])}: {count(sessions)} {_plural('session', sessions)}, "
        f"{count(len(days))} bars. Start capital {decimal(record.capital)} account currency."
    )


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
        fall, since = percent(-depth[deepest]), _date(days[max(top - 1, 0)])
        text += f" Its deepest fall was {fall} %, from {since} to {_date(days[deepest - 1])}."
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


def _days(record: Record) -> np.ndarray:
    local = record.time + np.timedelta64(BOGOTA_OFFSET_S, "s")
    return local.astype("datetime64[D]")


def _date(day: np.datetime64) -> str:
    moment: date = day.astype("datetime64[D]").item()
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def _plural(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}s"
