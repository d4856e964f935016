"""`LiveEngine`: one closed bar in, one signal a book out, on the path that backtests use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.trading import Signal
from cambio.features.macro import MacroTable
from cambio.trading.step import decision_path

if TYPE_CHECKING:
    from cambio.contracts.market import Bar, MarketHistory
    from cambio.contracts.trading import Decision
    from cambio.trading.gate import LoadedModel
    from cambio.trading.step import TradingTerms


@dataclass(frozen=True, slots=True)
class LiveStep:
    """What one bar led to: the decision, the signal to store, and the kernel state after it."""

    decision: Decision
    signal: Signal
    features: dict[str, float | None]
    """Raw, by name; None where missing."""
    feature_spec_hash: str
    kernel_state: bytes


class LiveEngine:
    """Trades one model on paper as bars close.

    Args:
        model: passed the load gate.
        history: what is known before the first live bar: bars for the features' warm-up, and
            the macro events.
        terms: costs, limits and capital.
    """

    def __init__(self, model: LoadedModel, history: MarketHistory, terms: TradingTerms) -> None:
        self.model = model
        self._spec_hash = model.spec.hash()
        self._path = decision_path(model, MacroTable(history.macro), terms)
        self._path.builder.compute(history.bars)

    def on_bar(self, bar: Bar) -> LiveStep:
        """Take a closed bar, later than the last one."""
        time_s = int(bar.time.timestamp())
        (decision,) = self._path.on_bar(time_s, bar.open, bar.high, bar.low, bar.close)
        values = self._path.features.tolist()
        return LiveStep(
            decision=decision,
            signal=signal_of(decision, self.model.model_id, "paper"),
            features={
                name: value if math.isfinite(value) else None
                for name, value in zip(MARKET_FEATURES, values, strict=True)
            },
            feature_spec_hash=self._spec_hash,
            kernel_state=self._path.builder.state(),
        )


def signal_of(decision: Decision, model_id: str, role: str, *, late: bool = False) -> Signal:
    """Give a decision as the signal that is stored and published."""
    observation = decision.observation
    return Signal(
        timestamp=decision.time,
        model_id=model_id,
        role=role,
        action=decision.action,
        confidence=decision.confidence,
        price=decision.price,
        requested=decision.verdict.requested,
        target=decision.target,
        position=decision.position,
        equity=decision.equity,
        blocked_by=decision.verdict.blocked_by,
        late=late,
        observation=None if observation is None else tuple(observation.tolist()),
    )
