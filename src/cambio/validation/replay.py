"""`BacktestEngine`: history through the one decision path, bar by bar, as live would see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cambio.calendar import session_days
from cambio.contracts.features import MACRO_FEATURES
from cambio.contracts.market import is_close_only
from cambio.errors import DataQualityError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import EPOCH, MacroTable
from cambio.trading.step import decision_path
from cambio.validation.diagnosis.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from numpy.typing import NDArray

    from cambio.contracts.market import DateRange, MarketHistory
    from cambio.contracts.trading import Decision
    from cambio.features.spec import FeatureSpec
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
        watch: Callable[[int, int], None] | None = None,
    ) -> Replay:
        """Replay the sessions of ``window`` at the costs as they are.

        Raises:
            DataQualityError: no bar is stored in the window.
        """
        return self.run_at_costs(model, window, (1.0,), watch=watch)[1.0]

    def run_at_costs(
        self,
        model: LoadedModel,
        window: DateRange,
        multiples: Sequence[float],
        *,
        watch: Callable[[int, int], None] | None = None,
    ) -> dict[float, Replay]:
        """Replay the sessions of ``window`` in a book at each multiple of the costs, side by side.

        Each book decides for itself: what it paid changes its risk state and so its trades.

        Raises:
            DataQualityError: no bar is stored in the window.
        """
        steps = self.stepwise(model, window, multiples)
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                replays: dict[float, Replay] = end.value
                return replays
            if watch is not None:
                watch(done, total)

    def stepwise(
        self, model: LoadedModel, window: DateRange, multiples: Sequence[float] = (1.0,)
    ) -> Generator[tuple[int, int], None, dict[float, Replay]]:
        """Do what `run_at_costs` does, and stop after every 500 bars: whoever asks may give up.

        Yields:
            How many bars are done, and how many there are: first none, last all.

        Returns:
            The finished replays, by multiple of the costs.

        Raises:
            DataQualityError: no bar is stored in the window.
        """
        before, within = self._cut(window)
        path = decision_path(model, self._macro, self._terms, multiples)
        path.builder.compute(before)
        records: list[list[Decision]] = [[] for _ in path.books]
        total = within.height
        columns = [within["time"].dt.epoch("s"), *within.select("open", "high", "low", "close")]
        for i, bar in enumerate(zip(*(column.to_list() for column in columns), strict=True)):
            if i % PROGRESS_BARS == 0:
                yield i, total
            for record, decision in zip(records, path.on_bar(*bar), strict=True):
                record.append(decision)
        yield total, total
        bars, close_only = self._with_rates(within), model.spec.bar_range == "close_only"
        return {
            multiple: Replay(
                record,
                book.book,
                self._terms.at_costs(multiple).costs.market(bars, close_only=close_only),
            )
            for multiple, record, book in zip(multiples, records, path.books, strict=True)
        }

    def bars(self, window: DateRange) -> pl.DataFrame:
        """Give the recorded bars of the sessions of ``window``, by `BAR_SCHEMA`.

        Raises:
            DataQualityError: no bar is stored in the window.
        """
        return self._cut(window)[1]

    def tape(self, spec: FeatureSpec, window: DateRange) -> Tape:
        """Give the sessions of ``window`` as a model of ``spec`` sees them, with the costs.

        Raises:
            DataQualityError: no bar is stored in the window.
        """
        before, within = self._cut(window)
        builder = CanonicalFeatureBuilder(spec, self._macro)
        builder.compute(before)
        time_s = within["time"].dt.epoch("s").to_numpy()
        sessions, session_of = np.unique(session_days(time_s), return_inverse=True)
        lagged = np.full((len(sessions), len(MACRO_FEATURES)), np.nan)
        lagged[1:] = self._macro.features(sessions[:-1].tolist(), spec)
        if before.height:
            newest = session_days(before["time"][-1:].dt.epoch("s").to_numpy())
            lagged[0] = self._macro.features(newest.tolist(), spec)[0]
        close_only = spec.bar_range == "close_only"
        return Tape(
            time_s=time_s,
            features=builder.compute(within),
            macro_before=lagged[session_of],
            market=self._terms.costs.market(self._with_rates(within), close_only=close_only),
            flat=within.select(is_close_only()).to_series().to_numpy(),
        )

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
