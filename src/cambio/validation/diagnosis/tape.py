"""A window as a policy and a ledger see it, and what of it may be stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from cambio.calendar import BAR_S, BARS_PER_SESSION, SESSION_OPEN_S, local_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cambio.trading.ledger import Market

SAME_PRICE: Final = 1e-6
"""Relative difference of two quotes that is rounding: 0.004 COP."""


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """The n bars of a window; s sessions."""

    time_s: NDArray[np.int64]
    """Their opens, UTC epoch seconds, `(n,)`, ascending."""
    features: NDArray[np.float64]
    """The raw market features after each bar, `(n, 13)`; NaN where missing."""
    macro_before: NDArray[np.float64]
    """The macro features that the session before saw, `(n, 7)`; NaN where there was none."""
    market: Market
    flat: NDArray[np.bool_]
    """Bars recorded without a range, `(n,)`: a close and no more."""

    @classmethod
    def joined(cls, tapes: Sequence[Tape]) -> Self:
        """Give tapes one after the other as one."""
        markets = [tape.market for tape in tapes]
        columns = {
            name: np.concatenate([getattr(market, name) for market in markets])
            for name in markets[0]._fields
        }
        return cls(
            time_s=np.concatenate([tape.time_s for tape in tapes]),
            features=np.concatenate([tape.features for tape in tapes]),
            macro_before=np.concatenate([tape.macro_before for tape in tapes]),
            market=markets[0]._replace(**columns),
            flat=np.concatenate([tape.flat for tape in tapes]),
        )

    @property
    def slot(self) -> NDArray[np.int64]:
        """The place of each bar in a whole session, 0 to 59, `(n,)`."""
        return (local_seconds(self.time_s) - SESSION_OPEN_S) // BAR_S

    @property
    def session(self) -> NDArray[np.int64]:
        """The number of each bar's session, 0 to s − 1, `(n,)`."""
        return np.cumsum(np.diff(self.market.day, prepend=self.market.day[0]) != 0)

    @property
    def bar(self) -> NDArray[np.int64]:
        """The number of each bar among the recorded ones of its session, from 0, `(n,)`."""
        session = self.session
        return np.arange(len(session)) - np.searchsorted(session, session)

    def market_at(self, bars: NDArray[np.int64]) -> Market:
        """Give the market as if it had only these bars, `(k,)`, ascending."""
        market = self.market
        columns = {name: getattr(market, name)[bars] for name in market._fields}
        return market._replace(**columns)

    def repeated(self) -> NDArray[np.bool_]:
        """Tell which bars close where the bar before them in their session closed, `(n,)`."""
        close = self.market.close
        same = np.append(False, np.isclose(close[1:], close[:-1], rtol=SAME_PRICE, atol=0.0))
        return same & (self.bar > 0)

    def opening_repeats(self) -> NDArray[np.bool_]:
        """Tell which first bars of a session open or close at the last close before, `(n,)`.

        The bars that follow such a bar and close where it does are told too: they are the same
        quote still.
        """
        before = np.append(np.nan, self.market.close[:-1])
        same = [
            np.isclose(price, before, rtol=SAME_PRICE, atol=0.0)
            for price in (self.market.open, self.market.close)
        ]
        found = (self.bar == 0) & (same[0] | same[1])
        still = self.repeated()
        for t in np.flatnonzero(found):
            if same[1][t]:
                end = t + 1
                while end < len(still) and still[end]:
                    end += 1
                found[t:end] = True
        return found

    def permuted(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give for each bar the bar at the same time of another session, `(n,)`.

        Where that one has no bar at the time it is the newest before it, or else its first.

        Args:
            order: the session to look at for each session, `(s,)`.
        """
        session, slot = self.session, self.slot
        grid = np.full((session[-1] + 1, BARS_PER_SESSION), -1)
        grid[session, slot] = np.arange(len(session))
        first = np.searchsorted(session, np.arange(len(grid)))
        newest = np.maximum.accumulate(grid, axis=1)
        grid = np.where(newest < 0, first[:, None], newest)
        return np.asarray(grid[order[session], slot])
