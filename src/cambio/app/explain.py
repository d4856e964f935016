"""Why a signal is what it is: its capsule, replayed to the same bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.app import sealing
from cambio.contracts.features import FEATURE_ORDER, MARKET_FEATURES, MARKET_FEATURES_COUNT
from cambio.contracts.trading import Action, Reason, parse_signal_id
from cambio.errors import ContractMismatch, NotFound
from cambio.features import kernels
from cambio.inference.live import CAPSULE_FORMAT, outcome_of
from cambio.store import models, signals
from cambio.store.database import reading
from cambio.trading.observation import ObservationBuilder
from cambio.trading.risk import RiskLimits, RiskManager
from cambio.trading.step import Adviser, TradingBook

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from cambio.app.resources import Resources
    from cambio.trading.gate import LoadedModel

REASONS: Final = {
    Reason.MISSING_FEATURES: "a feature was missing, so there was no observation",
    Reason.CONFIDENCE: "the policy's confidence was below the threshold",
    Reason.DAILY_LOSS: "the book had lost more than a session may lose",
    Reason.DRAWDOWN: "the book was further below its peak than it may be",
    Reason.CIRCUIT_BREAKER: "too many trades in a row had lost",
    Reason.TRADING_HOURS: "the fill would have come after the session",
    Reason.MAX_TRADES: "the session's trades were used up",
    Reason.POSITION_LIMIT: "the position would have been larger than it may be",
    Reason.KILL_SWITCH: "the kill switch was on",
    Reason.STALE_DATA: "the bar came too late",
    Reason.DATA_LOST: "no bar had come in time for too long",
    Reason.OUT_OF_DISTRIBUTION: "the observation was unlike anything in training",
    Reason.SHELF_LIFE: "the model's training ended too long ago",
    Reason.ACCOUNT_LOSS: "the account had lost more than a session may lose",
    Reason.ACCOUNT_DRAWDOWN: "the account was further below its peak than it may be",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A signal with all that it was made of."""

    signal_id: str
    timestamp: datetime
    model_id: str
    role: str
    bar: dict[str, float]
    features: dict[str, float | None]
    """The raw market features, as the kernels give them again."""
    observation: dict[str, float] | None
    """By feature, normalised; None: one was missing."""
    probabilities: dict[str, float] | None
    """By action, as the policy gives them again."""
    outcome: dict[str, Any]
    """What was decided."""
    because: list[str]
    """Each objection in words."""
    hashes: dict[str, str]
    differences: list[str]
    """Where the replay arrived at something else; empty: the same bits."""

    @property
    def same(self) -> bool:
        """Tell whether the replay arrived at the same bits."""
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON types."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "timestamp": self.timestamp.isoformat(),
            "same": self.same,
        }


def explain(resources: Resources, signal_id: str) -> Explanation:
    """Replay a signal's capsule through the kernels, the policy, the checks and the ledger.

    Raises:
        ConfigError: it is no id of a signal.
        NotFound: there is no such signal, it has no capsule, or its model is gone.
        ContractMismatch: the model's files are not what decided then.
    """
    model_id, time = parse_signal_id(signal_id)
    with reading(resources.engine) as connection:
        row = signals.get(connection, model_id, time)
        if row is None:
            raise NotFound(
                f"There is no signal {signal_id}.", remedy="`cambio signals` shows the newest."
            )
        registered = models.get(connection, model_id)
    capsule = row["capsule"]
    if capsule is None or capsule["format"] != CAPSULE_FORMAT:
        raise NotFound(
            f"Signal {signal_id} has no capsule that can be replayed.",
            remedy="Signals of `cambio live` have one; those of `cambio paper` are made again by "
            "running it again.",
        )
    model = sealing.load_for_trading(resources, registered)
    _require_same_model(model, capsule)
    features, outcome, probabilities = _replay(model, capsule)
    prices = capsule["bar"][1:]
    observation = outcome["observation"]
    return Explanation(
        signal_id=signal_id,
        timestamp=time,
        model_id=model_id,
        role=row["role"],
        bar=dict(zip(("open", "high", "low", "close"), prices, strict=True)),
        features={
            name: value if np.isfinite(value) else None
            for name, value in zip(MARKET_FEATURES, features.tolist(), strict=True)
        },
        observation=None
        if observation is None
        else dict(zip(FEATURE_ORDER, observation, strict=True)),
        probabilities=probabilities,
        outcome=capsule["outcome"],
        because=[f"{REASONS[Reason(name)]} ({name})" for name in row["blocked_by"]],
        hashes=capsule["hashes"],
        differences=[
            *_differences(capsule["outcome"], outcome),
            *_row_differences(row, outcome | {"price": prices[-1]}),
        ],
    )


def _require_same_model(model: LoadedModel, capsule: dict[str, Any]) -> None:
    for name, then in capsule["hashes"].items():
        if model.lineage[name] != then:
            raise ContractMismatch.between(
                name, then, "the capsule", str(model.lineage[name]), f"model {model.model_id}"
            )


def _replay(
    model: LoadedModel, capsule: dict[str, Any]
) -> tuple[NDArray[np.float64], dict[str, Any], dict[str, float] | None]:
    """Go the way of `DecisionPath.on_bar` from the state that the capsule holds."""
    time_s, open_, high, low, close = capsule["bar"]
    closes = model.spec.bar_range == "close_only"
    state = np.frombuffer(bytes.fromhex(capsule["kernel"]), dtype=np.float64).copy()
    features = np.empty(MARKET_FEATURES_COUNT)
    ranged = (close, close, close) if closes else (high, low, close)
    kernels.update(state, *ranged, features)
    macro = [np.nan if value is None else value for value in capsule["macro"]]
    features[kernels.TECHNICAL_COUNT :] = macro
    adviser = Adviser(model.policy, ObservationBuilder(model.stats))
    limits = RiskLimits(**capsule["limits"])
    book = TradingBook(model.model_id, adviser, RiskManager(limits), 1.0)
    book.restore(capsule["book"])
    objections = tuple(Reason(name) for name in capsule["objections"])
    prices = (close if closes else open_, close)
    decision = book.on_bar(time_s, prices, tuple(capsule["rates"]), features, objections)
    probabilities = None
    if decision.observation is not None:
        given = model.policy.probabilities(decision.observation).tolist()
        probabilities = dict(zip((action.name for action in Action), given, strict=True))
    return features, outcome_of(decision), probabilities


def _differences(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {then[name]!r} then, {now[name]!r} now"
        for name in then
        if then[name] != now[name]
    ]


def _row_differences(row: dict[str, Any], outcome: dict[str, Any]) -> list[str]:
    """Compare the stored signal with the replay: a row may have been changed since."""
    names = ("action", "confidence", "price", "position", "equity", "requested", "target")
    return [
        f"stored {name}: {row[name]!r}, {outcome[name]!r} by the capsule"
        for name in (*names, "blocked_by", "observation")
        if row[name] != outcome[name]
    ]
