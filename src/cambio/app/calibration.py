"""`cambio gate calibrate`: how often the promotion gate errs, measured and published."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from cambio import __version__
from cambio.acquisition.simulator import SIMULATED
from cambio.app import calibration_replays, calibration_units
from cambio.app.calibration_units import Ground, MarketKind, Unit, Work
from cambio.app.processes import Quiet, in_processes
from cambio.store import bars
from cambio.store.database import reading
from cambio.trading.costs import CostModel
from cambio.validation.calibration.findings import Findings
from cambio.validation.calibration.judging import Terms
from cambio.validation.calibration.markets import RealSessions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources
    from cambio.validation.calibration.findings import Run

UNITS: Final = {
    Work.PPO: 40,
    Work.POWER: 50,
    Work.REPLAY: 15,
    Work.CAMPAIGNS: 20,
    Work.RULES: 100,
}
"""Units of work on each kind of market, the longest first."""
SIMULATED_ONLY: Final = frozenset({Work.PPO, Work.REPLAY})
"""Work that needs macro series, which no resampled market has."""
FEWEST_SESSIONS: Final = 250
"""A year of real sessions is the least to draw from."""
BACKENDS: Final = {"sbx": ("sbx", "fast"), "sb3": ("stable_baselines3", "train")}
"""Of each training backend the package that it needs, and the extra that brings it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to run, and what to judge by."""

    judging: ExperimentConfig
    """Its criteria and gates, costs and capital."""
    training: ExperimentConfig
    """The PPO policies' settings; dates and seeds are the calibration's own."""
    seed: int
    scale: float
    """Share of the runs."""
    workers: int
    units: Mapping[Work, int] = field(default_factory=UNITS.copy)
    """Units of each work on each kind of market."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was found, and how."""

    findings: Findings
    settings: Mapping[str, Any]
    notices: tuple[str, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the single runs, as plain JSON types."""
        return {
            **self.findings.to_dict(),
            "settings": dict(self.settings),
            "notices": list(self.notices),
            "seconds": round(self.seconds, 1),
        }


def calibrate(resources: Resources, plan: Plan) -> Calibration:
    """Run policies of known worth through the gate.

    The same seed and data give the same findings whatever the number of workers: each unit of
    work has its own randomness.
    """
    begun = time.monotonic()
    real, notices = _real_sessions(resources)
    judging = plan.judging
    terms = Terms(judging.success_criteria, judging.gates, judging.initial_capital)
    ground = Ground(plan.seed, terms, CostModel(judging.costs), resources.catalogue, real)
    ppo, missing = _trainable(plan.training)
    units = _units(plan, ground, ppo=ppo)
    with resources.progress.stage("L4 calibration of the gate") as stage:
        found = in_processes(
            partial(_run, ground, plan, resources.reopen),
            units,
            plan.workers,
            lambda done, total: stage.update(done, total, f"{done} of {total} parts"),
        )
        findings = Findings([run for runs in found for run in runs])
        stage.update(1, 1, f"{len(findings.runs):,} votes")
    return Calibration(
        findings,
        _settings(plan, ground),
        tuple(filter(None, (*notices, missing))),
        time.monotonic() - begun,
    )


def _real_sessions(resources: Resources) -> tuple[RealSessions | None, list[str]]:
    """Give the stored sessions to resample, or say why there are none."""
    with reading(resources.engine) as connection:
        stored = bars.load(connection)
    left_out = "Resampled real sessions were left out: {}."
    if SIMULATED in stored["source"]:
        return None, [left_out.format("the stored market is simulated")]
    sessions = stored["time"].dt.date().n_unique()
    if sessions < FEWEST_SESSIONS:
        return None, [left_out.format(f"{sessions} sessions are stored, {FEWEST_SESSIONS} needed")]
    return RealSessions.of(stored), []


def _trainable(config: ExperimentConfig) -> tuple[bool, str]:
    """Tell whether PPO policies can be trained here, or say what is missing."""
    package, extra = BACKENDS[config.training.backend]
    if find_spec(package) is not None:
        return True, ""
    return False, f"PPO policies were left out: install the extra `{extra}`."


def _units(plan: Plan, ground: Ground, *, ppo: bool) -> list[Unit]:
    """Give the work to do; one kind of market alone gets the runs of both."""
    kinds = list(MarketKind) if ground.real is not None else [MarketKind.SIMULATED]
    found = []
    for work, count in plan.units.items():
        if work is Work.PPO and not ppo:
            continue
        markets = [MarketKind.SIMULATED] if work in SIMULATED_ONLY else kinds
        share = 1 if work in SIMULATED_ONLY else len(MarketKind) / len(markets)
        scaled = max(1, round(plan.scale * count * share))
        found += [Unit(work, kind, index) for index in range(scaled) for kind in markets]
    return found


def _run(ground: Ground, plan: Plan, reopen: Any, unit: Unit) -> list[Run]:
    """Do one unit's work; in a process of its own."""
    match unit.work:
        case Work.PPO:
            resources = reopen(Quiet())
            try:
                return calibration_replays.trained(ground, unit, plan.training, resources)
            finally:
                resources.engine.dispose()
        case Work.REPLAY:
            return calibration_replays.replays(ground, unit, plan.judging.risk)
        case Work.POWER:
            return calibration_units.power(ground, unit)
        case Work.CAMPAIGNS:
            return calibration_units.campaigns(ground, unit)
        case Work.RULES:
            return calibration_units.rules(ground, unit)


def _settings(plan: Plan, ground: Ground) -> dict[str, Any]:
    """Say what the figures rest on."""
    training = plan.training.training
    return {
        "version": __version__,
        "seed": plan.seed,
        "scale": plan.scale,
        "workers": plan.workers,
        "experiment": plan.judging.name,
        "gates": plan.judging.gates.model_dump(mode="json"),
        "success_criteria": [c.model_dump(mode="json") for c in plan.judging.success_criteria],
        "costs": plan.judging.costs.model_dump(mode="json"),
        "ppo": {
            "experiment": plan.training.name,
            "backend": training.backend,
            "steps": training.steps,
        },
        "real_sessions": 0 if ground.real is None else ground.real.count,
    }
