"""Numbers as reports set them: a real minus, fixed decimals, units in the header, — for None."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MINUS: Final = "\N{MINUS SIGN}"
NONE: Final = "\N{EM DASH}"


def decimal(value: float | None, places: int = 2, *, signed: bool = False) -> str:
    """Give a number with fixed decimals and thousands apart.

    >>> decimal(-1234.5), decimal(0.004, signed=True), decimal(3, signed=True), decimal(None)
    ('−1,234.50', '0.00', '+3.00', '—')
    """
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        text = "∞"
    else:
        text = f"{abs(value):,.{places}f}"
        if not text.strip("0.,"):
            return text
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + text


def percent(value: float | None, *, signed: bool = False) -> str:
    """Give a fraction in percent, without its unit.

    >>> percent(-0.0841), percent(0.0841, signed=True)
    ('−8.41', '+8.41')
    """
    return decimal(None if value is None else value * 100, signed=signed)


def signed_percent(value: float | None) -> str:
    """Give a fraction in percent, its sign always shown."""
    return percent(value, signed=True)


def signed(value: float | None) -> str:
    """Give an amount with two decimals, its sign always shown."""
    return decimal(value, signed=True)


def count(value: float | None) -> str:
    """Give a whole number.

    >>> count(12345)
    '12,345'
    """
    return decimal(value, 0)


def plain(value: object) -> str:
    """Give a value of unknown kind: whole numbers whole, others with up to four decimals.

    >>> plain(120.0), plain(0.0612), plain(-0.5), plain(True), plain(None), plain("flat")
    ('120', '0.0612', '−0.50', 'yes', '—', 'flat')
    """
    match value:
        case None:
            return NONE
        case bool():
            return "yes" if value else "no"
        case int() | float():
            if math.isfinite(value) and value == int(value):
                return count(value)
            return decimal(value, 4).removesuffix("00")
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class Measure:
    """How a metric is named and shown."""

    label: str
    unit: str
    show: Callable[[float | None], str]

    @property
    def header(self) -> str:
        """The name with its unit."""
        return f"{self.label}, {self.unit}" if self.unit else self.label


MEASURES: Final = {
    "total_return": Measure("Return", "%", signed_percent),
    "sharpe_ratio": Measure("Sharpe ratio", "", decimal),
    "max_drawdown": Measure("Max. drawdown", "%", percent),
    "win_rate": Measure("Win rate", "%", percent),
    "profit_factor": Measure("Profit factor", "", decimal),
    "total_trades": Measure("Trades", "", count),
    "costs": Measure("Costs", "% of capital", percent),
    "annual_return": Measure("Return a year", "%", signed_percent),
    "annual_volatility": Measure("Volatility a year", "%", percent),
    "sortino_ratio": Measure("Sortino ratio", "", decimal),
    "calmar_ratio": Measure("Calmar ratio", "", decimal),
    "financing": Measure("Financing paid", "% of capital", percent),
    "turnover": Measure("Turnover", "units of position", decimal),
    "exposure": Measure("Time with a position", "% of bars", percent),
    "average_trade_bars": Measure("Trade length, mean", "bars", decimal),
    "value_at_risk": Measure("Value at risk, 5 %", "% of a session", signed_percent),
    "expected_shortfall": Measure("Expected shortfall, 5 %", "% of a session", signed_percent),
    "tail_ratio": Measure("Tail ratio", "", decimal),
    "skew": Measure("Skew", "", decimal),
    "kurtosis": Measure("Kurtosis", "", decimal),
    "best_session": Measure("Best session", "%", signed_percent),
    "worst_session": Measure("Worst session", "%", signed_percent),
    "positive_sessions": Measure("Sessions with a gain", "%", percent),
    "longest_drawdown_sessions": Measure("Longest drawdown", "sessions", count),
    "annual_turnover": Measure("Turnover a year", "units of position", decimal),
    "average_holding_hours": Measure("Time held, mean", "h of bars", decimal),
    "cost_share": Measure("Costs and financing", "% of the gross result", percent),
    "sessions": Measure("Sessions", "", count),
    "periods_per_year": Measure("Sessions a year", "", decimal),
}
"""How the metrics of `BacktestMetrics` are shown; amounts of money as a share of the capital."""

AMOUNTS: Final = ("costs", "financing")
"""The metrics in account currency."""

RESULT_COLUMNS: Final = tuple(MEASURES)[:7]
"""The metrics that every table of results shows."""

GATE_MEASURES: Final = {
    "min_trades": Measure("Enough trades", "", count),
    "stressed_return": Measure("Return at raised costs", "%", signed_percent),
    "deflated_sharpe": Measure("Deflated Sharpe ratio", "%", percent),
    "random_traders": Measure("Standing among random traders", "%", decimal),
    "beats_flat": Measure("Sharpe ratio beats flat", "", decimal),
    "beats_buy_and_hold": Measure("Sharpe ratio beats buy and hold", "", decimal),
    "beats_sell_and_hold": Measure("Sharpe ratio beats sell and hold", "", decimal),
    "beats_champion": Measure("Sharpe ratio beats the champion", "", decimal),
    "look_ahead": Measure("Decisions that change with the future", "", count),
    "configured_terms": Measure("Terms that the run set for itself", "", count),
}
"""How the hard gates are shown."""
