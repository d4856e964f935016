"""What a model is measured by: the experiment's weighted criteria, and hard gates before them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cambio.errors import ConfigError
from cambio.validation.lookahead import LookAhead
from cambio.validation.metrics import BacktestMetrics, json_number

CHAMPION: Final = "champion"
"""Its name among the baselines of `Evidence`."""
SCORE_DIGITS: Final = 12
"""Of a score: weights of 0.7 and 0.1 are 0.8 to whoever writes them, not 0.7999999999999999."""
METRICS: Final = tuple(field.name for field in fields(BacktestMetrics))


class Direction(StrEnum):
    """Which side of its threshold a metric must be on; the threshold itself passes."""

    GTE = "gte"
    LTE = "lte"


class Criterion(BaseModel):
    """One of `success_criteria` in `config/experiments/NAME.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    metric: str
    threshold: float = Field(allow_inf_nan=False)
    direction: Direction
    weight: float = Field(gt=0, allow_inf_nan=False)

    @field_validator("metric")
    @classmethod
    def _is_measured(cls, metric: str) -> str:
        if metric not in METRICS:
            raise ValueError(f"{metric!r} is no metric; choose one of {', '.join(METRICS)}")
        return metric

    def evaluate(self, metrics: BacktestMetrics) -> CriterionResult:
        """Hold ``metrics`` against the threshold; an undefined metric (NaN) fails."""
        value = float(getattr(metrics, self.metric))
        enough = (
            value >= self.threshold if self.direction is Direction.GTE else value <= self.threshold
        )
        return CriterionResult(
            self.metric, value, self.threshold, self.direction, self.weight, enough
        )


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """A criterion and what was found."""

    metric: str
    value: float
    threshold: float
    direction: Direction
    weight: float
    passed: bool

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return asdict(self) | {"value": json_number(self.value), "direction": str(self.direction)}


def weighted_score(results: Sequence[CriterionResult]) -> float:
    """Give the share of the weight that passed, 0 to 1.

    Raises:
        ConfigError: there is no criterion to pass.
    """
    if not results:
        raise ConfigError(
            "The experiment has no success criteria.", remedy="Set success_criteria in its YAML."
        )
    passed = math.fsum(result.weight for result in results if result.passed)
    return round(passed / math.fsum(result.weight for result in results), SCORE_DIGITS)


class HardGates(BaseModel):
    """Limits that no weighted score makes up for (`gates` in the experiment)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    min_trades: int = Field(50, ge=1)
    min_deflated_sharpe: float = Field(0.95, gt=0, lt=1)
    cost_multiple: float = Field(2.0, ge=1)
    """The return at so many times the costs must be positive."""
    random_percentile: float = Field(95.0, gt=0, lt=100)
    """Standing among turnover-matched random traders."""


class Gate(StrEnum):
    """The hard gates."""

    MIN_TRADES = "min_trades"
    STRESSED_RETURN = "stressed_return"
    DEFLATED_SHARPE = "deflated_sharpe"
    RANDOM_TRADERS = "random_traders"
    BEATS_FLAT = "beats_flat"
    BEATS_BUY_AND_HOLD = "beats_buy_and_hold"
    BEATS_SELL_AND_HOLD = "beats_sell_and_hold"
    BEATS_CHAMPION = "beats_champion"
    LOOK_AHEAD = "look_ahead"
    CONFIGURED_TERMS = "configured_terms"


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate and what was found."""

    gate: Gate
    value: float
    threshold: float
    passed: bool
    explanation: str
    """What was found and what would pass, as one sentence."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return asdict(self) | {"gate": str(self.gate), "value": json_number(self.value)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gates look at. NaN, an undefined figure, passes none."""

    total_trades: int
    sharpe_ratio: float
    """Annual."""
    deflated_sharpe: float
    trials: int
    """How many the deflation counted, this one included."""
    stressed_return: float
    """Total return at `HardGates.cost_multiple` times the costs."""
    random_percentile: float
    """By `RandomTraders.percentile`."""
    overridden_terms: Sequence[str]
    """Costs, limits, gates, criteria, capital or test period that this run set for itself."""
    baseline_sharpes: Mapping[str, float]
    """Annual Sharpe ratio by the names of `baselines.SIDES`, and that of the champion if there is
    one; NaN, never moved, stands for 0."""
    look_ahead: LookAhead | None = None
    """None where nothing was there to be looked at ahead of its time."""


def evaluate(criteria: Iterable[Criterion], metrics: BacktestMetrics) -> list[CriterionResult]:
    """Hold ``metrics`` against each criterion."""
    return [criterion.evaluate(metrics) for criterion in criteria]


def evaluate_gates(gates: HardGates, evidence: Evidence) -> list[GateResult]:
    """Hold the evidence against each gate, the most basic first."""
    return [
        _enough_trades(gates, evidence),
        _survives_costs(gates, evidence),
        _is_no_luck(gates, evidence),
        _beats_random_traders(gates, evidence),
        *(
            _beats(gate, name, deed, evidence)
            for gate, (name, deed) in RIVALS.items()
            if name in evidence.baseline_sharpes
        ),
        *([] if evidence.look_ahead is None else [_knows_no_future(evidence.look_ahead)]),
        _on_configured_terms(evidence),
    ]


def _enough_trades(gates: HardGates, found: Evidence) -> GateResult:
    return GateResult(
        Gate.MIN_TRADES,
        found.total_trades,
        gates.min_trades,
        found.total_trades >= gates.min_trades,
        f"It made {found.total_trades} trade{'' if found.total_trades == 1 else 's'}; "
        f"{gates.min_trades} are needed before its results say anything.",
    )


def _survives_costs(gates: HardGates, found: Evidence) -> GateResult:
    return GateResult(
        Gate.STRESSED_RETURN,
        found.stressed_return,
        0.0,
        found.stressed_return > 0.0,
        f"At {gates.cost_multiple:g} times the costs it returns {_percent(found.stressed_return)}; "
        "that must be above 0.",
    )


def _is_no_luck(gates: HardGates, found: Evidence) -> GateResult:
    trials = "1 trial" if found.trials == 1 else f"{found.trials} trials"
    return GateResult(
        Gate.DEFLATED_SHARPE,
        found.deflated_sharpe,
        gates.min_deflated_sharpe,
        found.deflated_sharpe >= gates.min_deflated_sharpe,
        f"The chance that its Sharpe ratio is more than luck, after {trials} on this period, is "
        f"{_percent(found.deflated_sharpe)}; {_percent(gates.min_deflated_sharpe)} is needed.",
    )


def _beats_random_traders(gates: HardGates, found: Evidence) -> GateResult:
    return GateResult(
        Gate.RANDOM_TRADERS,
        found.random_percentile,
        gates.random_percentile,
        found.random_percentile >= gates.random_percentile,
        f"It beats {found.random_percentile:.1f} % of random traders with its own turnover; "
        f"{gates.random_percentile:g} % is needed.",
    )


RIVALS: Final = {
    Gate.BEATS_FLAT: ("flat", "doing nothing"),
    Gate.BEATS_BUY_AND_HOLD: ("buy_and_hold", "holding a long"),
    Gate.BEATS_SELL_AND_HOLD: ("sell_and_hold", "holding a short"),
    Gate.BEATS_CHAMPION: (CHAMPION, "the champion"),
}
"""Name of the baseline, and what it does in words."""


def _beats(gate: Gate, name: str, deed: str, found: Evidence) -> GateResult:
    measured = found.baseline_sharpes[name]
    rival = 0.0 if math.isnan(measured) else measured
    return GateResult(
        gate,
        found.sharpe_ratio,
        rival,
        found.sharpe_ratio > rival,
        f"Its Sharpe ratio is {_ratio(found.sharpe_ratio)} and that of {deed} {_ratio(rival)}; "
        "it must be higher.",
    )


def _knows_no_future(found: LookAhead) -> GateResult:
    told = f"Of {found.moments} moments at which the data after them was changed, "
    if found.first is None:
        told += "none changed a decision made before; none may."
    else:
        told += (
            f"{found.changed} changed a decision made before, the first that of "
            f"{found.first:%Y-%m-%d %H:%M} UTC; none may."
        )
    return GateResult(Gate.LOOK_AHEAD, found.changed, 0, not found.found, told)


def _on_configured_terms(found: Evidence) -> GateResult:
    return GateResult(
        Gate.CONFIGURED_TERMS,
        len(found.overridden_terms),
        0,
        not found.overridden_terms,
        f"It was judged on {_terms(found.overridden_terms)}; only the configured ones promote.",
    )


def _terms(overridden: Sequence[str]) -> str:
    if not overridden:
        return "the configured costs, limits, gates and criteria"
    return f"terms of its own ({', '.join(overridden)})"


def _percent(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{100.0 * value:.1f} %".replace("-", "−")


def _ratio(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.2f}".replace("-", "−")
