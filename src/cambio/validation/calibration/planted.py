"""Planted edges: markets that drift with a policy's positions, as far as a Sharpe ratio asks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cambio.trading import ledger
from cambio.validation.metrics import session_ends, session_returns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.trading.ledger import Market

CAPITAL = 1.0
"""Returns do not depend on it."""


def plant(market: Market, targets: NDArray[np.int64], sharpe: float, yearly: float) -> Market:
    """Give the market on which the policy's annual Sharpe ratio, after all costs, is ``sharpe``.

    A drift in the direction of the position is added to the log price for each bar that it is
    held. Without it the policy earns nothing but luck, less its costs and nights. So its size is
    such that the drift pays for those of this very path, and beyond them ``sharpe`` times the
    realised volatility of the session's returns. Luck is left as it is: what is realised scatters
    around ``sharpe``.

    Args:
        market: without an edge.
        targets: the position wanted after each bar, `(n,)`; it must be one at times.
        sharpe: annual; at 0 the policy earns its costs.
        yearly: sessions a year.
    """
    before = _returns(market, targets)
    paid = float((_returns(free(market), targets) - before).mean())
    held = float(np.count_nonzero(targets)) / len(session_ends(market.day))
    drift = (sharpe / math.sqrt(yearly) * float(before.std(ddof=1)) + paid) / held
    tried = _returns(lifted(market, targets, drift), targets)
    earned = float((tried - before).mean())
    wanted = sharpe / math.sqrt(yearly) * float(tried.std(ddof=1)) + paid
    return lifted(market, targets, drift * wanted / earned)


def lifted(market: Market, targets: NDArray[np.int64], drift: float) -> Market:
    """Give the market whose log price drifts by ``drift`` a bar in the position's direction.

    What is wanted after bar t is held from the open of t + 1 to that of t + 2. The drift of that
    time comes between the close of t + 1 and the open of t + 2, so that bars whose open is their
    close keep that.
    """
    positions = np.append(0, targets[:-1])
    lift = np.exp(drift * np.append(0, np.cumsum(positions)[:-1]))
    return market._replace(open=market.open * lift, close=market.close * lift)


def free(market: Market) -> Market:
    """Give the market without costs and with nights that cost nothing."""
    nothing = np.zeros(len(market.day))
    return market._replace(cost_rate=nothing, carry=nothing, markup=nothing)


def _returns(market: Market, targets: NDArray[np.int64]) -> NDArray[np.float64]:
    equity = np.empty(len(targets))
    ledger.run_targets(market, targets, CAPITAL, equity)
    return session_returns(market.day, equity, CAPITAL)
