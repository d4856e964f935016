"""L4: replay a model over a window, beside its baselines and at other costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.acquisition.simulator import SIMULATED
from cambio.calendar import sessions_per_year
from cambio.contracts.lineage import hash_of
from cambio.validation import baselines
from cambio.validation.bootstrap import metric_intervals
from cambio.validation.lookahead import LookAhead, find_look_ahead
from cambio.validation.metrics import Account, BacktestMetrics, compute_metrics, trades_of
from cambio.validation.replay import BacktestEngine, Replay
from cambio.validation.walkforward import RESULT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.app.resources import Progress
    from cambio.contracts.market import DateRange, MarketHistory
    from cambio.contracts.trading import Decision, Trade
    from cambio.trading.gate import LoadedModel
    from cambio.trading.step import TradingTerms
    from cambio.validation.baselines import RandomTraders
    from cambio.validation.bootstrap import Interval

COST_MULTIPLES: Final = (0.0, 1.0, 2.0, 3.0)
"""×1 is the result; the others say what it rests on."""
SIMULATED_NOTICE: Final = "This market is simulated: the figures say nothing about USD/COP."
RANDOM_SEED: Final = 20_260_101
"""Of the random traders: the same null for every model."""
BOOTSTRAP_SEED: Final = 20_260_102
LOOK_AHEAD_SEED: Final = 20_260_103


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What one model did over one window, and what else could have been done there."""

    model: LoadedModel
    window: DateRange
    terms: TradingTerms
    replay: Replay
    """At the costs as they are, as all that is not said to be at others."""
    accounts: Mapping[float, Account]
    """By multiple of the costs."""
    metrics: BacktestMetrics
    intervals: Mapping[str, Interval]
    """Of the metrics, by block bootstrap of the sessions."""
    trades: list[Trade]
    at_costs: Mapping[float, BacktestMetrics]
    baseline_accounts: Mapping[str, Account]
    baselines: Mapping[str, BacktestMetrics]
    random: RandomTraders
    look_ahead: LookAhead
    notices: tuple[str, ...] = ()
    """What a reader of the figures must know."""

    @property
    def account(self) -> Account:
        """The account at the costs as they are."""
        return self.accounts[RESULT]

    @property
    def days(self) -> NDArray[np.datetime64]:
        """The sessions, `(n,) datetime64[D]`."""
        return np.unique(self.account.day).astype("datetime64[D]")

    @property
    def out_of_sample(self) -> bool:
        """Whether the window lies after everything that chose the model's weights."""
        return str(self.window.start) > str(self.model.lineage["validation_end"])

    @property
    def trades_hash(self) -> str:
        """Identify the trades: two runs that trade alike have the same hash."""
        return hash_of([trade.to_dict() for trade in self.trades])

    @property
    def random_percentile(self) -> float:
        """The policy's standing among the random traders."""
        return self.random.percentile(self.sharpe_per_session)

    def random_metrics(self) -> dict[str, dict[str, Any]]:
        """Give the random traders' median and 95th percentile, as rows of a table."""
        yearly = math.sqrt(self.metrics.periods_per_year)
        return {
            f"random, {name}": {
                "sharpe_ratio": float(np.percentile(self.random.sharpe, level)) * yearly,
                "total_return": float(np.percentile(self.random.total_return, level)),
            }
            for name, level in (("median", 50), ("95th pct.", 95))
        }

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as plain JSON types."""
        return {
            "model_id": self.model.model_id,
            "model_hash": self.model.lineage["model_hash"],
            "window": {"start": str(self.window.start), "end": str(self.window.end)},
            "out_of_sample": self.out_of_sample,
            "bars": len(self.replay.decisions),
            "metrics": self.metrics.to_dict(),
            "intervals": {name: found.to_dict() for name, found in self.intervals.items()},
            "at_costs": {f"x{m:g}": found.to_dict() for m, found in sorted(self.at_costs.items())},
            "baselines": {
                **{name: found.to_dict() for name, found in self.baselines.items()},
                **self.random_metrics(),
            },
            "random_traders_percentile": self.random_percentile,
            "look_ahead": self.look_ahead.to_dict(),
            "notices": list(self.notices),
            "trades_hash": self.trades_hash,
            "trades": [trade.to_dict() for trade in self.trades],
        }

    @property
    def sharpe_per_session(self) -> float:
        """The Sharpe ratio, not annualised."""
        return self.metrics.sharpe_ratio / math.sqrt(self.metrics.periods_per_year)


def evaluate(
    model: LoadedModel,
    history: MarketHistory,
    window: DateRange,
    terms: TradingTerms,
    progress: Progress,
    stress_multiple: float = 2.0,
) -> Evaluation:
    """Replay ``model`` over ``window`` at each multiple of the costs, beside its baselines.

    ``stress_multiple`` is the one that a hard gate asks for, among the others or besides them.

    Raises:
        DataQualityError: no bar is stored in the window.
    """
    engine = BacktestEngine(history, terms)
    yearly = sessions_per_year(window.start, window.end)
    multiples = sorted({*COST_MULTIPLES, stress_multiple})
    with progress.stage("L4 backtest") as stage:
        note = "costs " + ", ".join(f"×{m:g}" for m in multiples)
        replays = engine.run_at_costs(
            model, window, multiples, watch=lambda done, total: stage.update(done, total, note)
        )
    replay = replays[RESULT]
    accounts = {m: Account.of(r.decisions, r.book, terms.capital) for m, r in replays.items()}
    at_costs = {m: compute_metrics(account, yearly) for m, account in accounts.items()}
    held, random = _rivals(replay, terms.capital, progress)
    return Evaluation(
        model=model,
        window=window,
        terms=terms,
        replay=replay,
        accounts=accounts,
        metrics=at_costs[RESULT],
        intervals=metric_intervals(
            accounts[RESULT].session_returns, yearly, np.random.default_rng(BOOTSTRAP_SEED)
        ),
        trades=trades_of(replay.decisions),
        at_costs=at_costs,
        baseline_accounts=held,
        baselines={name: compute_metrics(account, yearly) for name, account in held.items()},
        random=random,
        look_ahead=_look_ahead(model, history, window, terms, progress),
        notices=(SIMULATED_NOTICE,) if SIMULATED in history.bars["source"] else (),
    )


def _rivals(
    replay: Replay, capital: float, progress: Progress
) -> tuple[dict[str, Account], RandomTraders]:
    """Give what holding one side earned, and the policy's random traders."""
    with progress.stage("L4 baselines") as stage:
        held = {
            name: baselines.hold(replay.market, side, capital)
            for name, side in baselines.SIDES.items()
        }
        rng = np.random.default_rng(RANDOM_SEED)
        random = baselines.random_traders(replay.market, replay.targets, capital, rng)
        stage.update(1, 1, f"{len(random.sharpe):,} random traders")
    return held, random


def _look_ahead(
    model: LoadedModel,
    history: MarketHistory,
    window: DateRange,
    terms: TradingTerms,
    progress: Progress,
) -> LookAhead:
    """Ask whether anything between the stored data and the decisions looks ahead."""

    def decide(known: MarketHistory, session: DateRange) -> Sequence[Decision]:
        return BacktestEngine(known, terms).run(model, session).decisions

    with progress.stage("L4 look-ahead") as stage:
        rng = np.random.default_rng(LOOK_AHEAD_SEED)
        found = find_look_ahead(decide, history, window, rng)
        told = "found" if found.found else "none"
        stage.update(1, 1, f"{told} at {found.moments} moments")
    return found
