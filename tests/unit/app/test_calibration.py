"""`cambio gate calibrate`: figures that depend on the seed alone, and the whole way of a policy."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.dataset.market import START

from cambio.acquisition.simulator import SimulationConfig
from cambio.app.calibration import Calibration, Plan, calibrate
from cambio.app.calibration_replays import (
    Scripted,
    always_holding,
    market_and_window,
    replay,
    trained,
)
from cambio.app.calibration_report import write_report
from cambio.app.calibration_units import Ground, MarketKind, Unit, Work, span
from cambio.app.experiment_config import load
from cambio.app.processes import Quiet, in_processes
from cambio.app.simulation import simulate_market
from cambio.contracts.handoffs import Recommendation
from cambio.errors import ConfigError
from cambio.reports.calibration import verdict
from cambio.settings import load_settings
from cambio.trading.costs import CostModel
from cambio.trading.step import TradingTerms
from cambio.validation.calibration.findings import Findings, Run, Study
from cambio.validation.calibration.judging import Outcome, Terms
from cambio.validation.calibration.policies import spells
from cambio.wiring import connect

TINY = {
    "training.total_timesteps": 512,
    "training.n_steps": 256,
    "training.n_envs": 4,
    "training.batch_size": 64,
    "training.n_epochs": 1,
    "training.eval_freq": 256,
    "training.policy_layers": [8],
    "training.value_layers": [8],
    "quality.min_training_years": 1.0,
}
OPEN = {
    "confidence_threshold": 0.0,
    "max_daily_loss": 1.0,
    "max_drawdown": 1.0,
    "max_consecutive_losses": 10_000,
    "max_trades_per_session": 10_000,
}


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    return load_settings(tmp_path / "var")


@pytest.fixture
def product(settings):
    resources = connect(settings, Quiet())
    yield resources
    resources.engine.dispose()


@pytest.fixture
def plan(settings):
    def named(name, overrides):
        return load(settings.config_folder, name, settings.ssot(), overrides)

    judging, training = named("baseline_ppo_v1", {}), named("fast_ppo_v1", TINY)
    return Plan(judging, training, seed=5, scale=1.0, workers=1, units={Work.RULES: 1})


@pytest.fixture
def ground(plan, catalogue):
    judging = plan.judging
    terms = Terms(judging.success_criteria, judging.gates, judging.initial_capital)
    return Ground(5, terms, CostModel(judging.costs), catalogue, None)


def test_the_number_of_processes_changes_no_figure(product, plan):
    one, two = (calibrate(product, replace(plan, workers=workers)) for workers in (1, 2))
    assert one.findings.runs == two.findings.runs
    assert (
        len(one.findings.runs) == 2 * (15 + 4) * 4
    )  # both markets' units, three families and one that breaks even


def test_an_error_in_a_process_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        in_processes(_inverse, [1, 0], 2, lambda done, total: None)


def test_results_come_in_the_order_of_the_tasks_and_each_is_told():
    heard = []
    found = in_processes(_inverse, [1, 2, 4], 1, lambda done, total: heard.append((done, total)))
    assert found == [1.0, 0.5, 0.25]
    assert heard == [(1, 3), (2, 3), (3, 3)]


def _inverse(number: int) -> float:
    return 1.0 / number


def test_every_unit_has_randomness_of_its_own():
    units = [Unit(w, k, i) for w in Work for k in MarketKind for i in range(3)]
    drawn = {tuple(unit.seeds(1).generate_state(4)) for unit in units}
    assert len(drawn) == len(units)
    assert tuple(units[0].seeds(2).generate_state(4)) not in drawn


def test_resampled_markets_without_real_sessions_are_refused(ground):
    with pytest.raises(ValueError, match="no real sessions"):
        span(ground, MarketKind.RESAMPLED, np.random.default_rng(0), 10)


def test_a_rule_on_the_whole_path_is_the_rule_by_itself_where_no_limit_interferes(ground, plan):
    """It turns at noon only, for one rule of risk has no switch: none trades at the close."""
    rng = np.random.default_rng(3)
    history, window = market_and_window(ground, 125, rng)
    days = spells(125, 2.0, 0.0, rng)
    targets = np.roll(np.repeat(days, 60), 30)
    limits = plan.judging.risk.model_copy(update=OPEN)
    terms = TradingTerms(ground.costs, limits, ground.terms.capital)
    found = replay((history, window), terms, ground, targets, np.random.default_rng(0))
    alone = found.window.candidate(targets, np.random.default_rng(0))
    np.testing.assert_array_equal(found.account.equity, alone.account.equity)
    assert found.stressed_return == pytest.approx(alone.stressed_return, rel=1e-9)
    assert found.judged() == alone.judged()


def test_no_action_asks_for_flat():
    asked = always_holding(np.array([0, 0, 1, 0, 0, -1, 0]))
    assert asked.tolist() == [0, 0, 1, 1, 1, -1, -1]
    script = Scripted(np.array([-1, 0, 1]))
    answers = [script.probabilities(np.zeros(15, np.float32)).argmax() for _ in range(3)]
    assert answers == [0, 1, 2]


def test_a_trained_policy_is_judged_where_it_was_trained_and_elsewhere(product, plan, ground):
    pytest.importorskip("sbx")
    unit = Unit(Work.PPO, MarketKind.SIMULATED, 0)
    runs = trained(ground, unit, plan.training, product, elsewhere=(125,))
    assert [(run.family, run.market, run.sessions) for run in runs] == [
        ("ppo", "simulated, own test period", 125),
        ("ppo", "simulated", 125),
    ]
    assert list(product.models.glob("*")) == []  # what training wrote is gone


def test_a_simulated_database_is_not_resampled_and_the_report_says_so(product, plan, tmp_path):
    simulate_market(product, SimulationConfig(start=START, end=START, edge="none"))
    found = calibrate(product, replace(plan, units={Work.RULES: 1, Work.REPLAY: 1}, scale=0.5))
    assert {run.market for run in found.findings.runs} == {MarketKind.SIMULATED}
    path = write_report(found, tmp_path / "to")
    page, figures = (
        path.read_text(),
        json.loads((path.parent / "gate-calibration.json").read_text()),
    )
    assert "left out: the stored market is simulated" in page
    row = figures["false_promotions"][0]
    assert f"| all | {row['promoted']['runs']:,} |" in page
    assert figures["settings"]["seed"] == 5
    assert figures["replayed"]["runs"] == 2
    assert (path.parent / "images" / "gate-power.svg").read_text().startswith("<svg xmlns=")


def test_a_folder_that_cannot_be_written_is_a_message(tmp_path):
    (tmp_path / "file").write_text("")
    settings = {"version": "1", "seed": 1, "scale": 1.0, "workers": 1, "experiment": "x"}
    ppo = {"experiment": "x", "backend": "sbx", "steps": 1}
    settings |= {"ppo": ppo, "real_sessions": 0, "gates": {}}
    nothing = Calibration(findings=Findings([]), settings=settings, notices=(), seconds=1.0)
    with pytest.raises(ConfigError, match="can't be written"):
        write_report(nothing, tmp_path / "file")


def test_the_verdict_tells_too_many_promotions_from_too_few_runs():
    def runs(family, promoted, count):
        said = [Recommendation.PROMOTE] * promoted + [Recommendation.REVIEW] * (count - promoted)
        outcomes = [Outcome(each, (), False, 100, 0.0) for each in said]
        return [Run(Study.NO_EDGE, family, "simulated", 125, each) for each in outcomes]

    assert "holds, overall" in verdict(Findings(runs("trend", 1, 1000)))
    few = verdict(Findings([*runs("trend", 1, 1000), *runs("ppo", 0, 6)]))
    assert "too few runs: ppo 0.0 % (0.0–45.9)" in few
    assert "FAILS" not in few
    assert "FAILS: trend 9.0 %" in verdict(Findings([*runs("trend", 90, 1000), *runs("x", 0, 999)]))
