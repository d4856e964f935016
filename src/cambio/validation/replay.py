"""`BacktestEngine`: history through the one decision path, bar by bar, as live would see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cambio.calendar import session_days
from cambio.errors import DataQualityError
from cambio.features.macro import EPOCH, MacroTable
from cambio.trading.step import decision_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cambio.contracts.market import DateRange, MarketHistory
    from cambio.contracts.trading import Decision
    from cambio.trading.gate import LoadedModel
    from cambio.trading.ledger import Market
    from cambio.trading.step import TradingTerms

PROGRESS_BARS = 500


@dataclass(frozen=True, slots=True)
class Replay:
    """A finished replay: every decision, and the book at the end."""

    decisions: list[Decision]
    book: NDArray[np.float64]
    market: Market
    """The window's bars as the ledger saw them, for baselines on the same terms."""

    @property
    def equity(self) -> NDArray[np.float64]:
        """The mark at each close, `(n,)`."""
        return np.array([decision.equity for decision in self.decisions])

    @property
    def positions(self) -> NDArray[np.int64]:
        """The position held over each bar's close, `(n,)`."""
        return np.array([decision.position for decision in self.decisions])

    @property
    def targets(self) -> NDArray[np.int64]:
        """The position wanted after each bar, `(n,)`."""
        return np.array([decision.target for decision in self.decisions])


class BacktestEngine:
    """Replays recorded bars through features, observation, policy, risk and ledger.

    Args:
        history: what was recorded; bars before the window warm the features up.
        terms: costs, limits and capital.
    """

    def __init__(self, history: MarketHistory, terms: TradingTerms) -> None:
        self._history = history
        self._macro = MacroTable(history.macro)
        self._terms = terms

    def run(
        self,
        model: LoadedModel,
        window: DateRange,
        *,
        cost_multiple: float = 1.0,
        watch: Callable[[int, int], None] | None = None,
    ) -> Replay:
        """Replay the sessions of ``window``.

        Raises:
            DataQualityError: no bar is stored in the window.
        """
        terms = self._terms.at_costs(cost_multiple)
        before, within = self._cut(window)
        path = decision_path(model, self._macro, terms)
        path.builder.compute(before)
        decisions = []
        total = within.height
        columns = [within["time"].dt.epoch("s"), *within.select("open", "high", "low", "close")]
        for i, bar in enumerate(zip(*(column.to_list() for column in columns), strict=True)):
            decisions.extend(path.on_bar(*bar))
            if watch is not None and i % PROGRESS_BARS == 0:
                watch(i, total)
        if watch is not None:
            watch(total, total)
        close_only = model.spec.bar_range == "close_only"
        market = terms.costs.market(self._with_rates(within), close_only=close_only)
        return Replay(decisions, path.books[0].book, market)

    def _cut(self, window: DateRange) -> tuple[pl.DataFrame, pl.DataFrame]:
        bars = self._history.bars
        days = session_days(bars["time"].dt.epoch("s").to_numpy())
        first = int(np.searchsorted(days, (window.start - EPOCH).days, side="left"))
        last = int(np.searchsorted(days, (window.end - EPOCH).days, side="right"))
        if first == last:
            stored = f"{bars['time'].min()!s} to {bars['time'].max()!s}" if bars.height else "none"
            raise DataQualityError(
                f"No bar is stored between {window.start} and {window.end}; stored: {stored}.",
                remedy="Choose another window or import the bars.",
            )
        return bars[:first], bars[first:last]

    def _with_rates(self, bars: pl.DataFrame) -> pl.DataFrame:
        days = session_days(bars["time"].dt.epoch("s").to_numpy())
        sessions, session_of = np.unique(days, return_inverse=True)
        rates = self._terms.costs.differential(self._macro, sessions.tolist())[session_of]
        return bars.with_columns(pl.Series("rate_differential_pct", rates))
