"""A registered model's replay told as events; whoever watches one has looked at its window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cambio.calendar import sessions_per_year
from cambio.contracts.events import (
    SIDES,
    BarEvent,
    BarMark,
    Progress,
    ProgressEvent,
    Result,
    ResultEvent,
    TradeEvent,
    TradeMark,
)
from cambio.contracts.market import DateRange
from cambio.dataset.splits import newest_session
from cambio.errors import ConfigError
from cambio.store import history as history_queries
from cambio.store import models, trials
from cambio.store.database import reading, transaction
from cambio.trading.gate import ProductionContract
from cambio.validation.metrics import Account, BacktestMetrics, compute_metrics, json_number
from cambio.validation.replay import BacktestEngine

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import date

    from cambio.app.resources import Resources
    from cambio.contracts.events import Event
    from cambio.contracts.market import MarketHistory
    from cambio.store.history import Version
    from cambio.trading.gate import LoadedModel
    from cambio.trading.step import TradingTerms
    from cambio.validation.replay import Replay

PROGRESS_EVENTS: Final = 100
"""At most so many, besides the first."""


class RecordedMarket:
    """All stored bars and macro values, read again only after something was stored.

    Threads may share it. Reading half a second's worth for each replay would take longer than
    six months of decisions do.

    Args:
        resources: whose database.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._lock = Lock()
        self._version: Version | None = None
        self._history: MarketHistory | None = None

    def history(self) -> MarketHistory:
        """Give what is stored now.

        Raises:
            SourceError: the database cannot be read.
        """
        with self._lock:
            with reading(self._resources.engine) as connection:
                version = history_queries.version(connection)
            if self._history is None or version != self._version:
                # Read after it was counted: what came in between is counted, and read, again.
                self._history, self._version = self._resources.history(), version
            return self._history


class Batch(NamedTuple):
    """Some bars' events, in order."""

    bars: int
    """How many bars these events tell; 0 while the replay is still deciding."""
    events: list[Event]


@dataclass(frozen=True, slots=True)
class ModelReplay:
    """A model, ready to be replayed over a window; telling it twice tells the same."""

    resources: Resources
    model: LoadedModel
    experiment_name: str
    engine: BacktestEngine
    terms: TradingTerms
    window: DateRange

    @classmethod
    def of(
        cls, resources: Resources, market: RecordedMarket, model_id: str, start: date, end: date
    ) -> ModelReplay:
        """Load a registered model for the sessions from ``start`` to ``end``, or to the newest.

        Raises:
            NotFound: the model is not registered.
            ContractMismatch: it does not pass the load gate, or is not what was registered.
            DataQualityError: no bar is stored in the window.
            ConfigError: it ends before it starts.
        """
        with reading(resources.engine) as connection:
            row = models.get(connection, model_id)
        model = ProductionContract.validate_and_load(resources.model_folder(row["model_path"]), row)
        history = market.history()
        newest = newest_session(history)
        if min(end, newest) < start:
            raise ConfigError(
                f"The window ends ({end}) before it starts ({start})."
                if end < start
                else f"No session from {start} to {end} is stored.",
                remedy=f"The newest stored session is {newest}.",
            )
        terms = resources.terms
        engine, window = BacktestEngine(history, terms), DateRange(start, min(end, newest))
        engine.bars(window)
        return cls(resources, model, row["experiment_name"], engine, terms, window)

    def told(self, bars_a_batch: int, *, with_bars: bool = True) -> Iterator[Batch]:
        """Decide over the whole window, record the look, then tell what happened bar by bar.

        Nobody sees an event of the window before the trial ledger knows of the look, however
        soon they stop watching. The events are `progress` at 0, each bar's `trade` and `bar`,
        `progress` at every hundredth, `result` last.

        Args:
            bars_a_batch: how many bars' events are told together.
            with_bars: whether each bar has its event.

        Yields:
            Batches; while it decides, one without events for every 500 bars.

        Raises:
            ContractMismatch: the policy fails on a bar.
            SourceError: the look cannot be recorded.
        """
        replay = yield from self._decided()
        metrics = self._recorded(replay)
        yield from self._batches(replay, bars_a_batch, with_bars=with_bars)
        result = Result(
            success=True,
            total_return=json_number(metrics.total_return),
            sharpe=json_number(metrics.sharpe_ratio),
        )
        yield Batch(0, [ResultEvent(data=result)])

    def _decided(self) -> Generator[Batch, None, Replay]:
        """Give the replay at the costs as they are."""
        steps = self.engine.stepwise(self.model, self.window)
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                replay: Replay = end.value[1.0]
                return replay
            yield Batch(0, [_progress(0, total)] if done == 0 else [])

    def _recorded(self, replay: Replay) -> BacktestMetrics:
        """Give the figures, once the trial ledger holds them: the trial of `cambio backtest`."""
        account = Account.of(replay.decisions, replay.book, self.terms.capital)
        yearly = sessions_per_year(self.window.start, self.window.end)
        metrics = compute_metrics(account, yearly)
        trial = trials.Trial(
            model_id=self.model.model_id,
            model_hash=self.model.lineage["model_hash"],
            experiment_name=self.experiment_name,
            window=self.window,
            terms_hash=self.terms.hash(),
            sharpe_per_session=metrics.sharpe_ratio / math.sqrt(yearly),
            sessions=metrics.sessions,
            days=np.unique(account.day).astype("datetime64[D]"),
            returns=account.session_returns,
        )
        with transaction(self.resources.engine) as connection:
            trials.record(connection, trial, self.resources.now())
        return metrics

    def _batches(self, replay: Replay, bars_a_batch: int, *, with_bars: bool) -> Iterator[Batch]:
        prices = self.engine.bars(self.window).select("open", "high", "low", "close").iter_rows()
        total = len(replay.decisions)
        stride = -(-total // PROGRESS_EVENTS)
        events: list[Event] = []
        for done, (decision, (open_, high, low, close)) in enumerate(
            zip(replay.decisions, prices, strict=True), start=1
        ):
            if decision.fill is not None:
                mark = TradeMark.of(decision.fill, self.model.model_id)
                events.append(TradeEvent(data=mark))
            if with_bars:
                bar = BarMark(
                    timestamp=decision.time,
                    open=open_,
                    high=high,
                    low=low,
                    close=close,
                    equity=decision.equity,
                    position=SIDES[decision.position],
                )
                events.append(BarEvent(data=bar))
            if done % stride == 0 or done == total:
                events.append(_progress(done, total))
            if done % bars_a_batch == 0 or done == total:
                yield Batch((done - 1) % bars_a_batch + 1, events)
                events = []


def _progress(done: int, total: int) -> ProgressEvent:
    return ProgressEvent(data=Progress(progress=done / total, current_bar=done, total_bars=total))
