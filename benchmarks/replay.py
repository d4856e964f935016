"""Bars a second through the whole production path, `BacktestEngine.run`.

Ours: each bar goes through features (indicators and macro), observation, the 15-256-256-3 ONNX
policy, risk and ledger, as it does live, and becomes a stored decision; the warm-up over all the
bars before the window is included. Limits are the shipped ones but for the drawdown, whose latch
would stop an untrained policy's trading for good and make the rest of the replay too easy.

Peer: the specification's `BacktestEngine`, `PPO.predict` on a DataFrame row, with the same weights
on the same bars. Features come ready to it, and it has neither risk, costs nor records.
"""

from __future__ import annotations

from functools import partial

from benchmarks import market, specification
from benchmarks.figures import Contender, Figure, rates
from cambio.contracts.market import DateRange
from cambio.trading.gate import LoadedModel
from cambio.trading.policy import OnnxPolicy
from cambio.trading.step import TradingTerms
from cambio.validation.replay import BacktestEngine

TARGET = 15_000
SESSIONS = 239
"""About a year: 14,340 bars."""
PEER_SESSIONS = 40
"""A rate does not depend on how many of the bars the slower one takes."""
ROUNDS = 5


def figures() -> list[Figure]:
    """Measure both."""
    history, capital = market.history(), market.settings().trading.initial_capital
    limits = market.settings().risk.model_copy(update={"max_drawdown": 1.0})
    graph = market.graph(market.policy())
    model = LoadedModel("benchmark", OnnxPolicy(graph), market.stats(), market.SPEC, {})
    frame = market.frame()
    days = frame["session"].unique().sort()[-SESSIONS:]
    window = DateRange(days[0], days[-1])
    engine = BacktestEngine(history, TradingTerms(market.costs(), limits, capital))
    decisions = engine.run(model, window).decisions
    fills = sum(decision.fill is not None for decision in decisions)
    if fills < len(decisions) // 100:
        raise AssertionError(f"only {fills} fills: the ledger was not measured")

    rows = specification.as_rows(frame.filter(frame["session"] >= days[-PEER_SESSIONS]))
    samples = rates(
        ROUNDS,
        Contender("cambio", partial(engine.run, model, window), work=len(decisions)),
        Contender(
            "PPO.predict, pandas rows",
            partial(specification.replay, market.policy(), rows, market.stats(), capital),
            work=len(rows),
        ),
    )
    return [Figure("production path, one policy", "bars/s", *samples, target=TARGET)]
