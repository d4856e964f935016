"""A whole backtest of 86,000 bars with its tear sheet, and its thousand random traders alone.

Ours: four books side by side (×0, ×1, ×2 and ×3 the costs) through the production path, the
baselines, 1,000 random traders, the look-ahead check, block-bootstrap intervals, and the page,
written to the disk. Peer: the specification's `BacktestEngine` with the same weights, one book, on
features that come ready to it, without costs, risk, statistics or a report.

Random traders. Ours deal the policy's own spells anew and run each trader through the ledger: fills
at the open, costs by the hour, nights. Peer: the same targets through numpy, returns times
positions with one flat cost a turn, whole arrays at a time.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import market, specification
from benchmarks.figures import Contender, Figure, rates, times
from cambio.app.evaluate import evaluate
from cambio.app.tearsheet import write_tear_sheet
from cambio.contracts.market import DateRange
from cambio.trading.gate import LoadedModel
from cambio.trading.policy import OnnxPolicy
from cambio.trading.step import TradingTerms
from cambio.validation.baselines import random_traders, shuffled_spells
from cambio.validation.vote import Statistics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cambio.trading.ledger import Market

LIMIT_S = 10.0
TRADERS_LIMIT_S = 20.0
PEER_SESSIONS = 40
"""A rate does not depend on how many of the bars the slower one takes."""
PEER_TRADERS = 100
ROUNDS = 3
STATISTICS = Statistics(0.9, 0.5, 4, 1.0, 500.0)


class Silent:
    """A progress that nobody watches."""

    @contextmanager
    def stage(self, title: str) -> Iterator[Silent]:  # noqa: ARG002
        """Open a stage."""
        yield self

    def update(self, done: int, total: int, note: str = "") -> None:
        """Tell nobody."""


def figures() -> list[Figure]:
    """Measure both."""
    history, capital = market.history(), market.settings().trading.initial_capital
    limits = market.settings().risk.model_copy(update={"max_drawdown": 1.0})
    lineage = {"model_hash": "", "validation_end": "2018-12-31"}
    graph = market.graph(market.policy())
    model = LoadedModel("benchmark", OnnxPolicy(graph), market.stats(), market.SPEC, lineage)
    days = history.bars["time"].dt.date().unique().sort()
    window = DateRange(days[0], days[-1])
    terms = TradingTerms(market.costs(), limits, capital)
    folder = Path(tempfile.mkdtemp())

    def backtest() -> None:
        found = evaluate(model, history, window, terms, Silent())
        write_tear_sheet(folder / "sheet.html", found, STATISTICS, history.macro)

    frame = market.frame()
    last = frame["session"].unique().sort()[-PEER_SESSIONS]
    rows = specification.as_rows(frame.filter(frame["session"] >= last))
    whole = rates(
        ROUNDS,
        Contender("cambio", backtest, work=history.bars.height),
        Contender(
            "PPO.predict, pandas rows, one book",
            partial(specification.replay, market.policy(), rows, market.stats(), capital),
            work=len(rows),
        ),
    )
    return [
        Figure(
            "backtest of 86,000 bars with tear sheet",
            "bars/s",
            *whole,
            target=market.FEATURE_BARS / LIMIT_S,
        ),
        _traders(evaluate(model, history, window, terms, Silent()).replay, capital),
    ]


def _traders(replay, capital: float) -> Figure:  # type: ignore[no-untyped-def]
    tape, targets = replay.market, replay.targets

    def ours() -> None:
        random_traders(tape, targets, capital, np.random.default_rng(1))

    samples = times(
        ROUNDS,
        Contender("cambio", ours),
        Contender(
            "numpy, returns × positions",
            partial(_vectorised, tape, targets, capital),
            work=PEER_TRADERS / 1000,
        ),
    )
    return Figure("1,000 random traders, 86,000 bars", "s", *samples, target=TRADERS_LIMIT_S)


def _vectorised(tape: Market, targets: NDArray[np.int64], capital: float) -> NDArray[np.float64]:
    """Give the Sharpe ratios of `PEER_TRADERS` traders, from close to close."""
    rng = np.random.default_rng(1)
    returns = np.append(0.0, np.diff(np.log(tape.close)))
    ends = np.append(np.flatnonzero(np.diff(tape.day)), len(tape.day) - 1)
    sharpes = np.empty(PEER_TRADERS)
    for trader in range(PEER_TRADERS):
        held = np.append(0, shuffled_spells(targets, rng)[:-1])
        turns = np.abs(np.diff(held, prepend=0))
        equity = capital * np.exp(np.cumsum(held * returns - turns * tape.cost_rate))
        by_session = np.diff(np.log(equity[ends]), prepend=np.log(capital))
        sharpes[trader] = by_session.mean() / by_session.std()
    return sharpes
