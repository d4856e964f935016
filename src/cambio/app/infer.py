"""What a model says to a bar that has closed: from stored bars alone, and without any effect.

Only the engine trades. So no client can choose what is traded, whatever it asks here.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from cambio.calendar import BAR_S
from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.trading import Action
from cambio.errors import ConfigError, NotFound
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import FEATURE_SERIES, MacroTable
from cambio.store import bars as bar_queries
from cambio.store import history, models, signals
from cambio.store import macro as macro_queries
from cambio.store.database import reading
from cambio.trading.gate import ProductionContract
from cambio.trading.observation import ObservationBuilder
from cambio.trading.step import Adviser

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from cambio.app.resources import Resources
    from cambio.features.spec import FeatureSpec
    from cambio.store.history import Version
    from cambio.trading.gate import LoadedModel

SignalName = Literal["LONG", "SHORT", "HOLD"]
SIGNALS: Final[dict[Action, SignalName]] = {
    Action.BUY: "LONG",
    Action.SELL: "SHORT",
    Action.HOLD: "HOLD",
}
SPECS_KEPT: Final = 2
"""Feature specifications whose features stay in memory: 10 MB each for six years of bars."""
MODELS_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Inference:
    """What a model says to one bar, before any risk check."""

    model_id: str
    timestamp: datetime
    """The moment that was asked about, UTC."""
    bar_time: datetime
    """Open of the newest stored bar that had closed by then, UTC."""
    price: float
    """Its close."""
    signal: SignalName
    """The position that the policy asks for; HOLD keeps what is held, and is the answer where a
    feature is missing."""
    confidence: float
    """Probability of the action; 0 where a feature is missing."""
    position: int
    """What the policy was told to hold: −1, 0 or 1."""
    position_from: Literal["signal", "assumed"]
    """`signal`: of the model's stored signal for this bar. `assumed`: there is none, so flat."""
    observation: tuple[float, ...] | None
    """The 15 features as the policy saw them; None where one is missing."""
    missing: tuple[str, ...]
    """Names of the features that are missing."""


class StoredFeatures(NamedTuple):
    """The features of every stored bar by one specification."""

    version: Version
    """Of what they were computed from."""
    time_s: NDArray[np.int64]
    """Opens, UTC epoch seconds, `(n,)`, ascending."""
    close: NDArray[np.float64]
    features: NDArray[np.float64]
    """Raw, `(n, 13)`; NaN where missing."""

    def closed_at(self, moment: datetime) -> int:
        """Give the row of the newest bar that had closed at a moment; −1 where none had."""
        latest_open_s = moment.timestamp() - BAR_S
        return int(np.searchsorted(self.time_s, latest_open_s, side="right")) - 1


class Inferences:
    """Answers questions; keeps the features and the models that it needed last.

    Features stand on every bar since the first one, so they are computed whole: once for each
    state of bars and macro values. One is of one database; threads may share it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._features: OrderedDict[str, StoredFeatures] = OrderedDict()
        self._models: OrderedDict[tuple[str, str], LoadedModel] = OrderedDict()

    def answer(self, resources: Resources, model_id: str, moment: datetime) -> Inference:
        """Give what a model says to the bar that was the newest closed one at ``moment``.

        Args:
            resources: database, models and clock.
            model_id: of any registered model.
            moment: with its zone, not in the future.

        Raises:
            ConfigError: the moment has no zone or lies in the future.
            NotFound: the model is not registered, or no stored bar had closed.
            ContractMismatch: the model does not pass the load gate.
        """
        _require_past(moment, resources.now())
        with reading(resources.engine) as connection:
            row = models.get(connection, model_id)
            model = self._model(resources, row)
            market = self._market(connection, model.spec)
            at = market.closed_at(moment)
            if at < 0:
                raise NotFound(
                    f"No stored bar had closed by {moment.isoformat()}.",
                    remedy="Ask about a later moment, or import older bars.",
                )
            time_s = int(market.time_s[at])
            bar_time = datetime.fromtimestamp(time_s, UTC)
            decided = signals.get(connection, model_id, bar_time)
        position = 0 if decided is None else int(decided["position"])
        features = market.features[at]
        advice = Adviser(model.policy, ObservationBuilder(model.stats)).ask(
            features, position, time_s
        )
        seen = advice.observation
        return Inference(
            model_id=model_id,
            timestamp=moment.astimezone(UTC),
            bar_time=bar_time,
            price=float(market.close[at]),
            signal=SIGNALS[advice.action],
            confidence=advice.confidence,
            position=position,
            position_from="assumed" if decided is None else "signal",
            observation=None if seen is None else tuple(seen.tolist()),
            missing=tuple(
                name
                for name, value in zip(MARKET_FEATURES, features, strict=True)
                if not np.isfinite(value)
            ),
        )

    def _model(self, resources: Resources, row: Mapping[str, Any]) -> LoadedModel:
        """Give a model that passed the load gate, from memory where it did so before."""
        key = (row["model_path"], row["model_hash"])
        with self._lock:
            model = self._models.pop(key, None)
            if model is None:
                model = ProductionContract.validate_and_load(
                    resources.model_folder(row["model_path"]), row
                )
            self._models[key] = model
            if len(self._models) > MODELS_KEPT:
                self._models.popitem(last=False)
        return model

    def _market(self, connection: Connection, spec: FeatureSpec) -> StoredFeatures:
        """Give the features of every stored bar, computed anew only where something changed."""
        key = spec.hash()
        with self._lock:
            version = history.version(connection)
            known = self._features.pop(key, None)
            if known is None or known.version != version:
                known = _computed(connection, spec, version)
            self._features[key] = known
            if len(self._features) > SPECS_KEPT:
                self._features.popitem(last=False)
        return known


def _computed(connection: Connection, spec: FeatureSpec, version: Version) -> StoredFeatures:
    bars = bar_queries.load(connection)
    macro = MacroTable(macro_queries.load(connection, FEATURE_SERIES))
    return StoredFeatures(
        version=version,
        time_s=bars["time"].dt.epoch("s").to_numpy(),
        close=bars["close"].to_numpy(),
        features=CanonicalFeatureBuilder(spec, macro).compute(bars),
    )


def _require_past(moment: datetime, now: datetime) -> None:
    if moment.tzinfo is None:
        raise ConfigError(
            f"{moment.isoformat()} has no time zone.",
            remedy=f"Write {moment.isoformat()}Z for UTC, {moment.isoformat()}-05:00 for Bogota.",
        )
    if moment > now:
        raise ConfigError(
            f"{moment.isoformat()} lies in the future.",
            remedy="Ask about a moment that has passed: only closed bars are answered from.",
        )
