"""Markets on which nothing can be known: resampled real sessions with signs by a fair coin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import polars as pl

from cambio.calendar import BOGOTA_OFFSET_S, DAY_S, local_seconds, session_days, trading_days
from cambio.trading.ledger import Market

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from cambio.trading.costs import CostModel

BLOCK: Final = 5
"""Consecutive sessions that are drawn together."""
FIRST, LAST = date(2016, 1, 4), date(2025, 12, 31)
"""The calendar that drawn sessions are laid on, from its beginning."""


@dataclass(frozen=True, slots=True, eq=False)
class RealSessions:
    """How far the price moved in recorded sessions, bar by bar, without the direction."""

    seconds: NDArray[np.int64]
    """Open of each bar after Bogota's midnight, `(n,)`."""
    moves: NDArray[np.float64]
    """Size of the log return from the close before to each close, the gap included, `(n,)`."""
    begins: NDArray[np.int64]
    """First bar of each session, and the number of bars behind them, `(sessions + 1,)`."""
    level: float
    """The newest close."""

    @classmethod
    def of(cls, bars: pl.DataFrame) -> Self:
        """Give the sessions of ``bars``; the first one, whose gap is unknown, is left out."""
        time_s = bars["time"].dt.epoch("s").to_numpy()
        close = bars["close"].to_numpy()
        starts = np.flatnonzero(np.diff(session_days(time_s))) + 1
        first = int(starts[0])
        return cls(
            seconds=local_seconds(time_s)[first:],
            moves=np.abs(np.diff(np.log(close)))[first - 1 :],
            begins=np.append(starts, len(close)) - first,
            level=float(close[-1]),
        )

    @property
    def count(self) -> int:
        """How many sessions there are to draw from."""
        return len(self.begins) - 1

    def draw(self, sessions: int, rng: Generator) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Give the times and closes of a market that never was.

        Sessions are drawn in blocks, with replacement, and each bar's return takes its sign from
        a fair coin. Its size is kept but for about half its square, log cosh, which makes the
        *price* a martingale and not only its logarithm: E exp(±m − log cosh m) = 1.

        Returns:
            Opens in UTC epoch seconds, and closes, both `(n,)`.
        """
        starts = rng.integers(0, self.count - BLOCK + 1, -(-sessions // BLOCK))
        drawn = (starts[:, None] + np.arange(BLOCK)).ravel()[:sessions]
        lengths = np.diff(self.begins)[drawn]
        bars = np.concatenate([np.arange(self.begins[i], self.begins[i + 1]) for i in drawn])
        sizes = self.moves[bars]
        signs = rng.integers(0, 2, len(sizes)) * 2 - 1
        close = self.level * np.exp(np.cumsum(signs * sizes - np.log(np.cosh(sizes))))
        days = np.repeat(_calendar()[:sessions], lengths)
        return days * DAY_S + self.seconds[bars] - BOGOTA_OFFSET_S, close


@cache
def _calendar() -> NDArray[np.int64]:
    days = np.array(trading_days(FIRST, LAST), dtype="datetime64[D]")
    return days.astype(np.int64)


def market_of(
    time_s: NDArray[np.int64],
    open_: NDArray[np.float64],
    close: NDArray[np.float64],
    costs: CostModel,
    *,
    close_only: bool,
) -> Market:
    """Give the ledger's view of bars at the configured costs.

    No policy rate is known here, so nights are priced by the fallback differential.
    """
    times = pl.Series("time", time_s * 1_000_000).cast(pl.Datetime("us", "UTC"))
    bars = pl.DataFrame([times, pl.Series("open", open_), pl.Series("close", close)])
    unknown = bars.with_columns(pl.lit(float("nan")).alias("rate_differential_pct"))
    return costs.market(unknown, close_only=close_only)


def windows(market: Market, sessions: int) -> list[Market]:
    """Cut a market into windows of so many sessions; what is left at the end is left out."""
    begins = np.append(0, np.flatnonzero(np.diff(market.day)) + 1)
    edges = [*begins[::sessions].tolist(), len(market.day)]
    return [cut(market, edges[i], edges[i + 1]) for i in range(len(begins) // sessions)]


def cut(market: Market, first: int, end: int) -> Market:
    """Give the bars from ``first`` to before ``end``."""
    return Market._make(column[first:end] for column in market)


def at_costs(market: Market, multiple: float) -> Market:
    """Give the market as `CostModel.times` would: the rate differential is a price, not a cost."""
    return market._replace(cost_rate=market.cost_rate * multiple, markup=market.markup * multiple)
