"""Numbers as the reports set them: a real minus, fixed decimals, units in the header, — for None."""

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
            text = decimal(value, 4)
            return text[:-2] if text.endswith("00") else text
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


RESULT_MEASURES: Final = {
    "total_return": Measure("Return", "%", signed_percent),
    "sharpe_ratio": Measure("Sharpe ratio", "", decimal),
    "max_drawdown": Measure("Max. drawdown", "%", percent),
    "win_rate": Measure("Win rate", "%", percent),
    "profit_factor": Measure("Profit factor", "", decimal),
    "total_trades": Measure("Trades", "", count),
    "costs": Measure("Costs", "account currency", decimal),
}
"""The columns of the results, by metric."""
