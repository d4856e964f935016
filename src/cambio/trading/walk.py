"""A policy walked through the ledger by a table: what it wants after each bar, in each position.

A deterministic policy sees a bar, the time and its position, and the position is −1, 0 or 1. So
its answers to a whole history are a table of three rows, made by one batched call, and what is
left is a compiled loop. The path-dependent limits of an account (loss, drawdown, losing streaks,
trades a session) are not in the table: `trading.risk` has them, and bar by bar `trading.step`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cambio.calendar import BAR_S, SESSION_CLOSE_S, SESSION_OPEN_S, local_seconds
from cambio.contracts.trading import Action
from cambio.features.kernels import kernel
from cambio.trading import ledger
from cambio.trading.ledger import BOOK_SIZE, EQUITY, FILL_COST, FINANCING, POSITION, PRICE, UNITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.trading.risk import RiskLimits

POSITIONS: Final = np.array([-1, 0, 1])
"""The rows of a table."""
NIGHT, NIGHT_FINANCING, GAP, WITHIN, COST = range(5)
"""Where a bar's change of equity comes from: the columns of `Path.parts`."""
PARTS: Final = 5
_NO_ORDER: Final = 2


class Path(NamedTuple):
    """What a walk over n bars leaves."""

    equity: NDArray[np.float64]
    """The mark at each close, `(n,)`."""
    positions: NDArray[np.int64]
    """The position held over each close, `(n,)`."""
    parts: NDArray[np.float64]
    """The change of equity at each bar, `(n, 5)`: from the close before to the open, over a night
    and within a session; financing of the night; from open to close; costs. What was paid is
    negative, and the sum over all is the result."""


def targets_of(
    probabilities: NDArray[np.float64],
    strange: NDArray[np.bool_],
    time_s: NDArray[np.int64],
    limits: RiskLimits,
    delay: int = 0,
) -> NDArray[np.int64]:
    """Give the position that a policy may have next, after each bar in each position, `(3, n)`.

    It is what `Adviser` and `RiskManager.check` make of the same answers by the checks that know
    no past: confidence, trading hours, position limit and the guard.

    Args:
        probabilities: of SELL, HOLD and BUY in each position, `(3, n, 3)`; a row that is not finite
            is no answer, and so HOLD without confidence.
        strange: bars whose observation is out of the training distribution, `(n,)`.
        time_s: the bars' opens, UTC epoch seconds, `(n,)`.
        limits: confidence, position limit.
        delay: bars by which a fill comes later than at the next open; no new risk is asked for
            that would come after the session's last bar.
    """
    answered = np.asarray(np.isfinite(probabilities).all(axis=2))
    known = np.where(answered[..., None], probabilities, 0.0)
    action = np.where(answered, known.argmax(axis=2), int(Action.HOLD))
    held = POSITIONS[:, None]
    wanted = np.where(action == int(Action.HOLD), held, action - 1)
    local_s = local_seconds(time_s + (1 + delay) * BAR_S)
    objection = (
        ~(known.max(axis=2) >= limits.confidence_threshold)
        | (np.abs(wanted) > limits.max_position)
        | strange
        | ~((local_s >= SESSION_OPEN_S) & (local_s <= SESSION_CLOSE_S - BAR_S))
    )
    reduces = (np.abs(wanted) <= np.abs(held)) & (wanted * held >= 0)
    blocked = np.where(wanted * held < 0, 0, held)
    return np.asarray(np.where(objection & ~reduces, blocked, wanted))


def walk(market: ledger.Market, targets: NDArray[np.int64], capital: float, delay: int = 0) -> Path:
    """Trade a table over a history.

    What is wanted after bar t is filled at the open of bar t + 1 + ``delay``. To want the position
    that one has is no order: an order that waits for its fill is not called off by it.

    Args:
        market: n bars.
        targets: by `targets_of`, `(3, n)`.
        capital: the starting equity.
        delay: see above; at least 0.
    """
    n = len(market.day)
    path = Path(np.empty(n), np.empty(n, dtype=np.int64), np.zeros((n, PARTS)))
    _walk(market, targets, capital, delay, path.equity, path.positions, path.parts)
    return path


@kernel
def _walk(market, targets, capital, delay, equity, positions, parts):  # type: ignore[no-untyped-def]
    book = np.empty(BOOK_SIZE)
    ledger.clear(book, capital)
    orders = np.empty(market.day.shape[0], np.int64)
    for t in range(market.day.shape[0]):
        ordered = t - 1 - delay
        if ordered >= 0 and orders[ordered] != _NO_ORDER:
            book[ledger.TARGET] = orders[ordered]
        units, price, paid = book[UNITS], book[PRICE], book[FINANCING]
        ledger.advance(
            book,
            market.day[t],
            market.open[t],
            market.close[t],
            market.cost_rate[t],
            market.carry[t],
            market.markup[t],
        )
        night = t > 0 and market.day[t] > market.day[t - 1]
        parts[t, NIGHT if night else GAP] = units * (market.open[t] - price)
        parts[t, NIGHT_FINANCING] = paid - book[FINANCING]
        parts[t, WITHIN] = book[UNITS] * (market.close[t] - market.open[t])
        parts[t, COST] = -book[FILL_COST]
        equity[t] = book[EQUITY]
        position = np.int64(book[POSITION])
        positions[t] = position
        target = targets[position + 1, t]
        orders[t] = _NO_ORDER if target == position else target
