"""The ledger: one set of functions for training, backtest and live.

A decision made after bar t closed is filled at the open of bar t+1. A position of ±1 holds
`equity / price` units from its fill until it changes, so that

    equity change = units × price change − costs − financing

holds exactly. Costs are a fraction of the notional that changes hands; financing is charged on
the notional for each night between two bars' session dates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cambio.features.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Slots of a book.
(
    EQUITY,
    UNITS,
    POSITION,
    TARGET,
    PRICE,
    DAY,
    PEAK,
    SESSION_EQUITY,
    ENTRY_EQUITY,
    COSTS,
    FINANCING,
    TURNOVER,
    FILL_COST,
    BARS,
) = range(14)
BOOK_SIZE: Final = 14


class Market(NamedTuple):
    """What the ledger needs of each bar; six `(n,)` arrays."""

    day: NDArray[np.int64]
    """Session date, days since 1970-01-01."""
    open: NDArray[np.float64]
    close: NDArray[np.float64]
    cost_rate: NDArray[np.float64]
    """Fraction of the notional, for a fill at this bar's open."""
    carry: NDArray[np.float64]
    """What a long pays a night, as a fraction of its notional; a short receives it."""
    markup: NDArray[np.float64]
    """What either side pays a night on top."""


def new_book(capital: float) -> NDArray[np.float64]:
    """Give a flat book with ``capital``, `(14,) float64`."""
    book = np.empty(BOOK_SIZE)
    clear(book, capital)
    return book


@kernel
def clear(book, capital):  # type: ignore[no-untyped-def]
    """Make ``book`` flat again."""
    book[:] = 0.0
    book[EQUITY] = book[PEAK] = book[SESSION_EQUITY] = book[ENTRY_EQUITY] = capital


@kernel
def target_of(action, position):  # type: ignore[no-untyped-def]
    """Give the position that an action asks for: SELL −1, HOLD the same, BUY +1."""
    return position if action == 1 else float(action - 1)


@kernel
def advance(book, day, open_, close, cost_rate, carry, markup):  # type: ignore[no-untyped-def]
    """Take a closed bar into ``book``: financing, the fill at its open, the mark at its close.

    Returns:
        The net result of the trade that this bar's fill closed; NaN when none was closed.
    """
    if book[BARS] == 0.0:
        book[DAY], book[PRICE] = day, open_
    nights = day - book[DAY]
    if nights > 0:
        book[SESSION_EQUITY] = book[EQUITY]
        units = book[UNITS]
        financing = nights * book[PRICE] * (units * carry + abs(units) * markup)
        book[FINANCING] += financing
        book[EQUITY] -= financing
        book[DAY] = day
    book[EQUITY] += book[UNITS] * (open_ - book[PRICE])
    result = np.nan
    book[FILL_COST] = 0.0
    if book[TARGET] != book[POSITION]:
        result = _fill(book, open_, cost_rate)
    book[EQUITY] += book[UNITS] * (close - open_)
    book[PRICE] = close
    book[PEAK] = max(book[PEAK], book[EQUITY])
    book[BARS] += 1.0
    return result


@kernel
def _fill(book, price, cost_rate):  # type: ignore[no-untyped-def]
    """Close what is held, open what is wanted; each leg pays its own cost."""
    result = np.nan
    book[TURNOVER] += abs(book[TARGET] - book[POSITION])
    if book[POSITION] != 0.0:
        _charge(book, abs(book[UNITS]) * price * cost_rate)
        result = book[EQUITY] - book[ENTRY_EQUITY]
    book[ENTRY_EQUITY] = book[EQUITY]
    book[UNITS] = book[TARGET] * max(book[EQUITY], 0.0) / price
    _charge(book, abs(book[UNITS]) * price * cost_rate)
    book[POSITION] = book[TARGET]
    return result


@kernel
def _charge(book, cost):  # type: ignore[no-untyped-def]
    book[EQUITY] -= cost
    book[COSTS] += cost
    book[FILL_COST] += cost


@kernel
def run_targets(market, targets, capital, equity):  # type: ignore[no-untyped-def]
    """Hold given positions over a history: ``targets[t]`` is wanted after bar t closed.

    Args:
        market: `Market` of n bars.
        targets: `(n,)`, each −1, 0 or 1.
        capital: the starting equity.
        equity: `(n,) float64`, written: the mark at each close.

    Returns:
        The final book, `(14,) float64`.
    """
    book = np.empty(BOOK_SIZE)
    clear(book, capital)
    for t in range(market.day.shape[0]):
        _take(book, market, t)
        equity[t] = book[EQUITY]
        book[TARGET] = targets[t]
    return book


@kernel
def run_trades(market, targets, capital, equity, results):  # type: ignore[no-untyped-def]
    """Hold given positions as `run_targets` does, and keep what each trade earned.

    Args:
        market: `Market` of n bars.
        targets: `(n,)`, each −1, 0 or 1.
        capital: the starting equity.
        equity: `(n,) float64`, written: the mark at each close.
        results: `(n,) float64`, written: the net result of the trade that each bar's fill closed;
            NaN where none was. One still open at the end is in the book alone.

    Returns:
        The final book, `(14,) float64`.
    """
    book = np.empty(BOOK_SIZE)
    clear(book, capital)
    for t in range(market.day.shape[0]):
        results[t] = _take(book, market, t)
        equity[t] = book[EQUITY]
        book[TARGET] = targets[t]
    return book


@kernel
def run_spells(market, fills, sides, marks, capital, equity):  # type: ignore[no-untyped-def]
    """Hold given positions as `run_targets` does, looking only where it matters.

    Bars of one session between two fills or marks are taken as one, from the first one's open to
    the last one's close: what units earn on them is the sum. So the marks are those of
    `run_targets` up to rounding, and the book's peak is that of the marks alone.

    Args:
        market: `Market` of n bars.
        fills: bars at whose open another position is taken, `(k,)`, ascending.
        sides: the position from each fill on, `(k,)`, each −1, 0 or 1.
        marks: bars at whose close the equity is asked for, `(m,)`, ascending; the last bar of every
            session is one.
        capital: the starting equity.
        equity: `(m,) float64`, written.

    Returns:
        The final book, `(14,) float64`.
    """
    book = np.empty(BOOK_SIZE)
    clear(book, capital)
    t, f = 0, 0
    for i in range(marks.shape[0]):
        while t <= marks[i]:
            while f < fills.shape[0] and fills[f] <= t:
                book[TARGET] = sides[f]
                f += 1
            end = marks[i]
            if f < fills.shape[0] and fills[f] <= end:
                end = fills[f] - 1
            advance(
                book,
                market.day[t],
                market.open[t],
                market.close[end],
                market.cost_rate[t],
                market.carry[t],
                market.markup[t],
            )
            t = end + 1
        equity[i] = book[EQUITY]
    return book


@kernel
def _take(book, market, t):  # type: ignore[no-untyped-def]
    """Take bar ``t`` of ``market`` into ``book``; gives what `advance` gives."""
    return advance(
        book,
        market.day[t],
        market.open[t],
        market.close[t],
        market.cost_rate[t],
        market.carry[t],
        market.markup[t],
    )
