"""What an account earned: trades, returns per session and the figures made of them.

Ratios and quantiles follow empyrical's definitions on session returns, annualised by the calendar's
sessions; drawdown is measured bar by bar, so that a loss within a session counts.
`docs/backtest.md` defines each figure.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from cambio.calendar import BAR_S, session_days
from cambio.contracts.trading import Trade
from cambio.trading import ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from cambio.contracts.trading import Decision, Fill

    Floats = NDArray[np.float64]

TAIL: Final = 0.05
"""Of the sessions: what value at risk, expected shortfall and tail ratio look at."""


def json_number(value: float) -> float | None:
    """Give ``value``, or None where JSON has no word for it.

    >>> json_number(0.5), json_number(math.inf)
    (0.5, None)
    """
    return value if math.isfinite(value) else None


def session_ends(day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the index of each session's last bar.

    >>> session_ends(np.array([3, 3, 4, 7, 7])).tolist()
    [1, 2, 4]
    """
    return np.append(np.flatnonzero(np.diff(day)), len(day) - 1)


def session_returns(
    day: NDArray[np.int64], equity: NDArray[np.float64], capital: float
) -> NDArray[np.float64]:
    """Give the simple return of each session, `(sessions,)`.

    A session's last mark is set against the last mark of the session before, the first against
    ``capital``. A session that begins ruined (equity at or below zero) returns 0: what a book
    still moves by then is not a return on anything.

    >>> session_returns(np.array([3, 3, 4]), np.array([90.0, 110.0, 99.0]), 100.0).round(12)
    array([ 0.1, -0.1])
    """
    marks = np.concatenate(([capital], equity[session_ends(day)]))
    before, after = marks[:-1], marks[1:]
    returns = np.zeros(len(after))
    np.divide(after - before, before, out=returns, where=before > 0.0)
    return returns


def sharpe_per_session(returns: NDArray[np.float64]) -> float:
    """Give mean over standard deviation (n − 1); NaN for fewer than two returns or none but 0."""
    if len(returns) < 2:
        return math.nan
    mean = float(returns.mean())
    return _ratio(mean, 0.0 if np.ptp(returns) == 0.0 else float(returns.std(ddof=1)))


def max_drawdown(equity: NDArray[np.float64], capital: float) -> float:
    """Give the deepest fall from a peak, as a positive fraction; the capital is the first peak.

    >>> round(max_drawdown(np.array([90.0, 120.0, 96.0, 130.0]), 100.0), 12)
    0.2
    """
    marks = np.concatenate(([capital], equity))
    return float((1.0 - marks / np.maximum.accumulate(marks)).max())


@dataclass(frozen=True, slots=True)
class Underwater:
    """The spells below the highest mark so far; k of them, in order.

    Marks are counted from the capital, which is mark 0, so that bar t is mark t + 1.
    """

    peak: NDArray[np.int64]
    """The mark that each fell from, `(k,)`."""
    trough: NDArray[np.int64]
    """Its lowest mark, `(k,)`."""
    end: NDArray[np.int64]
    """The first mark no longer below the peak, `(k,)`; one past the last mark if there is none."""
    depth: Floats
    """Positive fraction of the peak, `(k,)`."""


def underwater(equity: Floats, capital: float) -> Underwater:
    """Give the drawdowns of ``equity``, `(n,)`; the capital is the first peak.

    >>> underwater(np.array([90.0, 120.0, 96.0]), 100.0).depth.round(12).tolist()
    [0.1, 0.2]
    """
    marks = np.concatenate(([capital], equity))
    fallen = 1.0 - marks / np.maximum.accumulate(marks)
    turns = np.diff((fallen > 0.0).astype(np.int8), append=0)
    peak, end = np.flatnonzero(turns == 1), np.flatnonzero(turns == -1) + 1
    trough = np.array(
        [p + int(fallen[p:e].argmax()) for p, e in zip(peak, end, strict=True)], dtype=np.int64
    )
    return Underwater(peak, trough, end, fallen[trough])


def sessions_of_marks(day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the number of each mark's session, `(n + 1,)`; the capital stands before the first.

    >>> sessions_of_marks(np.array([3, 3, 4])).tolist()
    [-1, 0, 0, 1]
    """
    return np.concatenate(([-1, 0], np.cumsum(np.diff(day) != 0)))


def value_at_risk(returns: Floats) -> float:
    """Give the 5 % quantile of the returns: what one session in twenty falls to or below."""
    return float(np.percentile(returns, 100.0 * TAIL))


def expected_shortfall(returns: Floats) -> float:
    """Give the mean of the worst 5 % of the returns, at least one of them."""
    worst = int((len(returns) - 1) * TAIL)
    return float(np.sort(returns)[: worst + 1].mean())


def tail_ratio(returns: Floats) -> float:
    """Give how far the 95 % quantile is from zero over how far the 5 % quantile is."""
    low, high = np.abs(np.percentile(returns, [100.0 * TAIL, 100.0 * (1.0 - TAIL)]))
    return _ratio(float(high), float(low))


def standard_moment(returns: Floats, order: int) -> float:
    """Give the skew (3) or the kurtosis (4), of the population; NaN for returns that never vary."""
    if np.ptp(returns) == 0.0:
        return math.nan
    return float((((returns - returns.mean()) / returns.std()) ** order).mean())


def trades_of(decisions: Sequence[Decision]) -> list[Trade]:
    """Give the round trips of a record that begins flat; their results sum to the book's.

    A reversal closes one trade and opens the next. A trade still held at the end is marked at
    the last close, its exit cost unpaid; its `exit_time` is the last bar's.

    Raises:
        ValueError: the record begins inside a trade, whose entry it therefore cannot know.
    """
    trades: list[Trade] = []
    entry: Fill | None = None
    entry_equity = math.nan  # what the account held before the opening cost
    for i, decision in enumerate(decisions):
        fill = decision.fill
        if i == 0 and (fill is not None or decision.position != 0):
            raise ValueError(f"the record begins inside a trade, at {decision.time.isoformat()}")
        if fill is None:
            continue
        if entry is not None and fill.result is not None:
            trades.append(_trade(entry, fill.time, fill.price, fill.result))
            entry_equity += fill.result
        else:
            entry_equity = decisions[i - 1].equity  # a flat book's equity stands still
        entry = fill if fill.to_position != 0 else None
    if entry is not None:
        last = decisions[-1]
        open_trade = _trade(entry, last.time, last.price, last.equity - entry_equity)
        trades.append(replace(open_trade, is_open=True))
    return trades


def _trade(entry: Fill, time: datetime, price: float, pnl: float) -> Trade:
    return Trade(entry.to_position, entry.time, time, entry.price, price, pnl)


@dataclass(frozen=True, slots=True)
class Account:
    """What one account went through over n bars."""

    capital: float
    day: NDArray[np.int64]
    """Session date of each bar, days since 1970-01-01, `(n,)`."""
    equity: NDArray[np.float64]
    """The mark at each close, `(n,)`."""
    positions: NDArray[np.int64]
    """What was held over each close, `(n,)`."""
    trade_results: NDArray[np.float64]
    """Net result of each trade, the one still open included, marked."""
    costs: float
    financing: float
    """Paid for the nights, account currency; negative when received."""
    turnover: float
    """Units of position that changed hands; a reversal is two."""

    @classmethod
    def of(cls, decisions: Sequence[Decision], book: NDArray[np.float64], capital: float) -> Self:
        """Give the account of a record of decisions and the ledger's book at its end."""
        time_s = np.array([int(decision.time.timestamp()) for decision in decisions])
        return cls(
            capital=capital,
            day=session_days(time_s),
            equity=np.array([decision.equity for decision in decisions]),
            positions=np.array([decision.position for decision in decisions]),
            trade_results=np.array([trade.pnl for trade in trades_of(decisions)]),
            costs=float(book[ledger.COSTS]),
            financing=float(book[ledger.FINANCING]),
            turnover=float(book[ledger.TURNOVER]),
        )

    @property
    def session_returns(self) -> NDArray[np.float64]:
        """The simple return of each session."""
        return session_returns(self.day, self.equity, self.capital)


@dataclass(frozen=True, slots=True)
class BacktestMetrics:
    """The figures of one backtest, net of costs and financing.

    A ratio whose denominator is zero is infinite, or NaN for 0/0: an account that never moved
    has no Sharpe ratio. An open trade counts, marked, so that trades and equity reconcile.
    """

    total_return: float
    annual_return: float
    """Compound."""
    annual_volatility: float
    sharpe_ratio: float
    """Annual, of session returns."""
    sortino_ratio: float
    calmar_ratio: float
    """Annual return over `max_drawdown`."""
    max_drawdown: float
    """Positive fraction of the peak equity, bar by bar: at least as deep as empyrical's, which
    sees one mark a session."""
    win_rate: float
    """Share of trades with a net gain."""
    profit_factor: float
    """Sum of the gains over the sum of the losses."""
    total_trades: int
    costs: float
    """Account currency."""
    financing: float
    """Account currency; negative when received."""
    turnover: float
    """Units of position that changed hands."""
    exposure: float
    """Share of bars with a position."""
    average_trade_bars: float
    sessions: int
    periods_per_year: float
    value_at_risk: float
    """Return of the session that one in twenty is not better than; a loss is negative."""
    expected_shortfall: float
    """Mean return of the worst 5 % of the sessions; a loss is negative."""
    tail_ratio: float
    """95 % quantile of the session returns over the 5 % one, without their signs."""
    skew: float
    """Of session returns, the population's."""
    kurtosis: float
    """Of session returns, the population's, not in excess: 3 for a normal variable."""
    best_session: float
    worst_session: float
    positive_sessions: float
    """Share of all sessions that ended with a gain; one without a position did not."""
    longest_drawdown_sessions: int
    """From the session of a peak to that of its recovery, or to the last one; bar by bar."""
    annual_turnover: float
    """Units of position a year."""
    average_holding_hours: float
    """Hours of bars held, a trade; a night between two sessions counts nothing."""
    cost_share: float
    """Costs and financing over the result before both; NaN where that is not positive."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {name: json_number(value) for name, value in asdict(self).items()}


def compute_metrics(account: Account, periods_per_year: float) -> BacktestMetrics:
    """Give the figures of ``account``.

    Args:
        account: at least one bar.
        periods_per_year: sessions a year, by `calendar.sessions_per_year`.
    """
    held, trades = int(np.count_nonzero(account.positions)), len(account.trade_results)
    sessions = len(session_ends(account.day))
    return BacktestMetrics(
        **_growth(account, periods_per_year),
        **_distribution(account.session_returns),
        **_trading(account.trade_results),
        costs=account.costs,
        financing=account.financing,
        turnover=account.turnover,
        exposure=held / len(account.positions),
        average_trade_bars=_ratio(held, trades),
        average_holding_hours=_ratio(held, trades) * BAR_S / 3600.0,
        annual_turnover=account.turnover * periods_per_year / sessions,
        cost_share=_cost_share(account),
        sessions=sessions,
        periods_per_year=periods_per_year,
    )


def _growth(account: Account, periods_per_year: float) -> dict[str, Any]:
    """Give what was earned, against what it swung and fell by."""
    returns = account.session_returns
    total_return = float(account.equity[-1] / account.capital - 1.0)
    growth = max(1.0 + total_return, 0.0) ** (periods_per_year / len(returns)) - 1.0
    root = math.sqrt(periods_per_year)
    downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    spells = underwater(account.equity, account.capital)
    session = sessions_of_marks(account.day)
    ends = session[np.minimum(spells.end, len(session) - 1)]
    drawdown = max_drawdown(account.equity, account.capital)
    return {
        "total_return": total_return,
        "annual_return": growth,
        "annual_volatility": float(returns.std(ddof=1)) * root if len(returns) > 1 else math.nan,
        "sharpe_ratio": sharpe_per_session(returns) * root,
        "sortino_ratio": _ratio(float(returns.mean()), downside) * root,
        "calmar_ratio": _ratio(growth, drawdown),
        "max_drawdown": drawdown,
        "longest_drawdown_sessions": int((ends - session[spells.peak]).max(initial=0)),
    }


def _distribution(returns: Floats) -> dict[str, Any]:
    return {
        "value_at_risk": value_at_risk(returns),
        "expected_shortfall": expected_shortfall(returns),
        "tail_ratio": tail_ratio(returns),
        "skew": standard_moment(returns, 3),
        "kurtosis": standard_moment(returns, 4),
        "best_session": float(returns.max()),
        "worst_session": float(returns.min()),
        "positive_sessions": float((returns > 0.0).mean()),
    }


def _trading(results: Floats) -> dict[str, Any]:
    gains, losses = results[results > 0.0], results[results < 0.0]
    return {
        "win_rate": _ratio(float(len(gains)), len(results)),
        "profit_factor": _ratio(float(gains.sum()), -float(losses.sum())),
        "total_trades": len(results),
    }


def _cost_share(account: Account) -> float:
    paid = account.costs + account.financing
    gross = float(account.equity[-1]) - account.capital + paid
    return paid / gross if gross > 0.0 else math.nan


def _ratio(numerator: float, denominator: float) -> float:
    """Divide as IEEE does: x/0 is ±infinity and 0/0 is NaN."""
    if denominator != 0.0:
        return numerator / denominator
    return math.copysign(math.inf, numerator) if numerator != 0.0 else math.nan
