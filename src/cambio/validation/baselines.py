"""What a policy must beat: doing nothing, holding one side, and random traders like itself.

All run through the same ledger, at the same costs, over the same bars.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from cambio.trading import ledger
from cambio.validation.metrics import Account, session_ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.trading.ledger import Market

SIDES: Final = {"flat": 0, "buy_and_hold": 1, "sell_and_hold": -1}
"""The constant baselines and what they hold."""
PERCENTILES: Final = (5, 50, 95)
BAND_POINTS: Final = 1000
"""Bars at which the band is measured, more than a picture has pixels; bounds the memory."""
TIE: Final = 1e-9
"""Two Sharpe ratios closer than this are one: the same path, summed in another order."""


def hold(market: Market, side: int, capital: float) -> Account:
    """Give the account of holding ``side`` (−1, 0, 1) from the second bar's open to the end."""
    return follow(market, np.full(len(market.day), side), capital)


def follow(market: Market, targets: NDArray[np.int64], capital: float) -> Account:
    """Give the account of holding given positions; it knows no risk limits.

    Args:
        market: the bars, with what trading costs on them.
        targets: the position wanted after each bar, `(n,)`, each −1, 0 or 1.
        capital: the starting equity.
    """
    equity, results = np.empty(len(targets)), np.empty(len(targets))
    book = ledger.run_trades(market, targets, capital, equity, results)
    closed = results[~np.isnan(results)]
    still_open = book[ledger.POSITION] != 0.0
    marked = [book[ledger.EQUITY] - book[ledger.ENTRY_EQUITY]] if still_open else []
    return Account(
        capital=capital,
        day=market.day,
        equity=equity,
        positions=np.append(0, targets[:-1]),
        trade_results=np.append(closed, marked),
        costs=float(book[ledger.COSTS]),
        financing=float(book[ledger.FINANCING]),
        turnover=float(book[ledger.TURNOVER]),
    )


@dataclass(frozen=True, slots=True)
class RandomTraders:
    """What random traders earned who trade as often as the policy, at other times."""

    sharpe: NDArray[np.float64]
    """Per session, `(traders,)`; 0 for one whose returns never vary."""
    total_return: NDArray[np.float64]
    """`(traders,)`."""
    band: NDArray[np.float64]
    """5th, 50th and 95th percentile of their equity at each close, `(3, n)`."""

    def percentile(self, sharpe: float) -> float:
        """Give the policy's standing among them, 0 to 100; 0 for NaN.

        It is 100 (1 − p) with the p-value of a permutation test that counts the policy itself
        (Phipson & Smyth 2010), so it never reaches 100. Ties count against the policy.
        """
        as_good = len(self.sharpe) - int((self.sharpe < sharpe - TIE).sum())
        return 100.0 * (1.0 - (1 + as_good) / (1 + len(self.sharpe)))


def random_traders(
    market: Market,
    targets: NDArray[np.int64],
    capital: float,
    rng: np.random.Generator,
    count: int = 1000,
) -> RandomTraders:
    """Let ``count`` traders hold the policy's own spells at random times.

    A trader keeps the policy's order of sides, deals the lengths of its long, short and flat
    spells anew within each side, and starts anywhere on the ring of bars. So each has exactly the
    policy's exposure, its mix of sides and its holding times, and its turnover up to the seam of
    the ring (three units at most). What differs is the
    timing, which is the hypothesis; and they know no risk limits, so that they may also trade at a
    session's first bar. A Markov
    chain with the policy's transitions would match turnover in expectation only, and with
    geometric holding times; rotation alone would leave too few different traders when spells are
    long, dealing alone none at all when they are regular. On permutation tests: Good,
    *Permutation, Parametric and Bootstrap Tests of Hypotheses* (2005).

    Args:
        market: the bars, with the policy's costs.
        targets: the position the policy wanted after each bar, `(n,)`.
        capital: the starting equity.
        rng: decides everything random.
        count: how many traders.
    """
    n = len(targets)
    sessions = session_ends(market.day)
    points = np.unique(np.linspace(0, n - 1, min(n, BAND_POINTS)).round().astype(np.int64))
    marks = np.union1d(sessions, points)
    equity = np.empty((count, len(marks)))
    spells = Spells.of(targets)
    for trader in range(count):
        begins, sides = spells.dealt(rng)
        ledger.run_spells(market, begins + 1, sides, marks, capital, equity[trader])
    at_sessions = equity[:, np.searchsorted(marks, sessions)]
    band = np.percentile(equity[:, np.searchsorted(marks, points)], PERCENTILES, axis=0)
    return RandomTraders(
        sharpe=_sharpes(at_sessions, capital),
        total_return=at_sessions[:, -1] / capital - 1.0,
        band=np.array([np.interp(np.arange(n), points, row) for row in band]),
    )


def shuffled_spells(targets: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Deal the lengths of the spells anew within each side, and rotate the whole, `(n,)`."""
    begins, sides = Spells.of(targets).dealt(rng)
    return np.repeat(sides, np.diff(begins, append=len(targets)))


@dataclass(frozen=True, slots=True)
class Spells:
    """Positions as the spells that they last, k of them."""

    sides: NDArray[np.int64]
    lengths: NDArray[np.int64]
    """Bars."""
    alike: tuple[NDArray[np.intp], ...]
    """Which spells are on one side, for each side."""

    @classmethod
    def of(cls, targets: NDArray[np.int64]) -> Self:
        """Give the spells of positions, `(n,)`."""
        begins = np.append(0, np.flatnonzero(np.diff(targets)) + 1)
        sides = targets[begins]
        alike = tuple(np.flatnonzero(sides == side) for side in np.unique(sides))
        return cls(sides, np.diff(begins, append=len(targets)), alike)

    def dealt(self, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Deal the lengths anew within each side, and rotate the whole by some bars.

        Returns:
            First bar and side of each spell; the one that the rotation cuts in two is two.
        """
        lengths = self.lengths.copy()
        for alike in self.alike:
            lengths[alike] = rng.permutation(lengths[alike])
        ends = np.cumsum(lengths)
        n = ends[-1]
        begins = ends - lengths + rng.integers(n)
        over = int(np.searchsorted(begins, n))  # from here on they begin the ring anew
        begins = np.concatenate((begins[over:] - n, begins[:over]))
        sides = np.concatenate((self.sides[over:], self.sides[:over]))
        if begins[0] > 0:
            begins = np.append(0, begins)
            sides = np.append(sides[-1], sides)
        return begins, sides


def _sharpes(marks: NDArray[np.float64], capital: float) -> NDArray[np.float64]:
    """Give each row's Sharpe ratio per session; 0 without two sessions or any variation."""
    before = np.column_stack((np.full(len(marks), capital), marks[:, :-1]))
    returns = np.zeros_like(marks)
    np.divide(marks - before, before, out=returns, where=before > 0.0)
    sharpes = np.zeros(len(marks))
    if marks.shape[1] > 1:
        spread = returns.std(axis=1, ddof=1)
        varies = np.ptp(returns, axis=1) > 0.0
        np.divide(returns.mean(axis=1), spread, out=sharpes, where=varies)
    return sharpes
