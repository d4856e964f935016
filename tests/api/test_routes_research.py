"""What the routes tell of experiments and of the runs that left records."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from tests.api.conftest import NOW, bearer
from tests.unit.app.test_ab_test import noise, plan, result
from tests.unit.validation.test_diagnosis import drifting, trader
from tests.unit.validation.test_walkforward import CELLS, WINDOWS

from cambio.app import ab_report, walkforward_report
from cambio.app.calibration import Calibration
from cambio.app.calibration_report import write_report
from cambio.app.research_records import Kind, folder_of, keep, kept
from cambio.app.walkforward import WalkForwardResult
from cambio.app.walkforward_cell import CellResult
from cambio.contracts.accounts import Role
from cambio.contracts.handoffs import Recommendation
from cambio.contracts.market import DateRange
from cambio.dataset.folds import Fold
from cambio.dataset.splits import DateRanges
from cambio.store import trials
from cambio.store.database import transaction
from cambio.validation.calibration.findings import Findings, Run, Study
from cambio.validation.calibration.judging import Outcome
from cambio.validation.diagnosis.variants import diagnose
from cambio.validation.random_record import RandomRecord
from cambio.validation.walkforward import findings
from cambio.validation.walkforward_ensemble import FoldRecord, ensemble_findings

__all__ = ["plan"]

CHILD = """\
name: child
description: More patient.
extends: baseline_ppo_v1
training: {gamma: 0.5}
"""
BROKEN = "name: [unclosed\n"
AB = "ab_test: {name: pair}\n"
DAYS = np.array(["2025-07-01", "2025-07-02", "2025-07-03"], "datetime64[D]")


@pytest.fixture
def product(product, tmp_path):
    """With a folder of experiments of its own: a base, a child, a broken one, an A/B test."""
    folder = tmp_path / "settings" / "experiments"
    folder.mkdir(parents=True)
    shutil.copy(product.config / "experiments" / "baseline_ppo_v1.yaml", folder)
    for name, content in {"child": CHILD, "broken": BROKEN, "pair": AB}.items():
        (folder / f"{name}.yaml").write_text(content)
    (folder.parent / "outside.yaml").write_text(CHILD)
    return replace(product, config=folder.parent)


@pytest.fixture
def ask(client, tokens):
    def asked(path, status=200, **query):
        answer = client.get(path, params=query, headers=bearer(tokens[Role.VIEWER]))
        assert answer.status_code == status, answer.text
        return answer.json()

    return asked


def look(product, experiment, returns, days=DAYS):
    """A recorded look of a model of an experiment."""
    trial = trials.Trial(
        model_id=f"{experiment}-s1",
        model_hash=f"{experiment:a<64}",
        experiment_name=experiment,
        window=DateRange(days[0].item(), days[-1].item()),
        terms_hash="b" * 64,
        sharpe_per_session=0.1,
        sessions=len(days),
        days=days,
        returns=np.array(returns),
    )
    with transaction(product.engine) as connection:
        trials.record(connection, trial, NOW)


def test_experiments_come_by_name_and_go_on(ask):
    first = ask("/v1/experiments", limit=2)
    assert [row["name"] for row in first["items"]] == ["baseline_ppo_v1", "broken"]
    rest = ask("/v1/experiments", limit=2, cursor=first["next_cursor"])
    assert [row["name"] for row in rest["items"]] == ["child"]
    assert rest["next_cursor"] is None
    (child,) = rest["items"]
    assert (child["protocol"], child["base"], child["last_run"]) == (
        "single_split",
        "baseline_ppo_v1",
        None,
    )


def test_an_experiment_tells_its_newest_run(product, ask):
    look(product, "child", [0.01, 0.02, 0.03])
    last = ask("/v1/experiments")["items"][2]["last_run"]
    assert (last["model_id"], last["when"]) == ("child-s1", "2025-12-01T18:00:00Z")
    assert last["sharpe_ratio"] == pytest.approx(0.1 * 240**0.5, rel=0.02)
    assert last["vote"] is None


def test_a_broken_file_hides_no_other_and_tells_no_folder(product, ask):
    row = ask("/v1/experiments")["items"][1]
    assert (row["protocol"], row["last_run"]) == (None, None)
    problem = ask("/v1/experiments/broken", 409)
    assert problem["remedy"] == "`cambio experiment show broken` says why."
    assert "settings" not in str(row) + str(problem)


def test_an_experiment_shows_what_differs_from_its_base(ask):
    shown = ask("/v1/experiments/child")
    assert shown["extends"] == ["baseline_ppo_v1"]
    assert shown["changes"] == [{"key": "training.gamma", "base": 0.99, "own": 0.5}]
    assert shown["configuration"]["training"]["n_envs"] == 8


@pytest.mark.parametrize(
    ("name", "status"),
    [("pair", 404), ("..%2Foutside", 404), ("%2E%2E", 422), ("outside", 404), ("child.yaml", 404)],
)
def test_no_name_leads_beside_what_is_listed(ask, name, status):
    ask(f"/v1/experiments/{name}", status)


def test_experiments_are_compared_on_the_sessions_that_they_share(product, ask):
    look(product, "child", [0.1, -0.5, 0.2])
    look(product, "other", [0.01, 0.02], DAYS[1:])
    found = ask("/v1/experiments/compare", name=["other", "child"])
    assert (found["sessions"], found["days"]) == (2, ["2025-07-02", "2025-07-03"])
    other, child = found["experiments"]
    assert (other["name"], other["against_first"]) == ("other", None)
    assert child["growth"] == pytest.approx([0.5, 0.6])
    assert child["against_first"]["sessions"] == 2
    assert (found["overfitting"], found["trials"]) == (None, 2)


def test_a_comparison_takes_two_that_ran(product, ask):
    look(product, "child", [0.1, -0.5, 0.2])
    ask("/v1/experiments/compare", 422, name=["child"])
    ask("/v1/experiments/compare", 422, name=["child", "child"])
    assert "no recorded run" in ask("/v1/experiments/compare", 404, name=["child", "x"])["detail"]


def joined_seeds():
    """Of two folds; what each did is made up, what follows from it is reckoned."""
    rng = np.random.default_rng(1)
    metrics = {"total_return": 0.1, "total_trades": 7, "costs": 2.0, "financing": -1.0}
    did = [rng.normal(0.001, 0.004, 120) for _ in WINDOWS]
    folds = [
        FoldRecord(f"m{n}", window, {m: all_costs - 0.0005 * m for m in (0.0, 1.0, 2.0)}, metrics)
        for all_costs, (n, window) in zip(did, WINDOWS.items(), strict=True)
    ]
    return ensemble_findings(folds, 6, diagnose(trader(), drifting(1, 30), 1))


def walk_forward(product):
    """Two folds of three seeds, as `CELLS` has them; every random trader earns nothing."""
    traders = RandomRecord(2, np.zeros(3), np.full(3, 1e-4), np.ones(3))
    cells = [replace(cell, random=traders) for cell in CELLS]
    before = {
        "data": {"start": "2023-01-02"},
        "training": {"start": "2023-01-02", "end": "2023-06-30"},
        "validation": {"start": "2023-07-03", "end": "2023-12-29"},
    }
    folds = [
        Fold(i, DateRanges(**before, test={"start": window.start, "end": window.end}))
        for i, window in WINDOWS.items()
    ]
    return WalkForwardResult(
        config=SimpleNamespace(name="walk"),
        overrides={},
        folds=tuple(folds),
        cells=tuple(CellResult(c, f"walk-f{c.fold}-s{c.seed}", None, {}) for c in cells),
        findings=findings(cells),
        ensemble=joined_seeds(),
        looks=6,
        notices=("Simulated.",),
        lineage={"run": "abc"},
        report_path=product.reports / "walk-walk-forward-12345678.html",
    )


def test_a_walk_forward_tells_every_cell_and_its_verdict(product, ask):
    ran = walk_forward(product)
    walkforward_report.keep_record(product, ran)
    page = ask("/v1/walk-forwards")
    (told,) = page["items"]
    assert (page["next_cursor"], page["unreadable"]) == (None, [])
    assert (told["name"], told["created_at"]) == (
        "walk-walk-forward-12345678",
        "2025-12-01T18:00:00Z",
    )
    assert told["verdict"] == ran.findings.verdict.sentence
    assert [(cell["fold"], cell["seed"], cell["trades"]) for cell in told["cells"]] == [
        (fold, seed, 10 * seed) for fold in (1, 2) for seed in (1, 2, 3)
    ]
    assert set(told["cells"][0]["sharpe_ratio"]) == {"x0", "x1", "x2", "x3"}
    assert told["cells"][2]["sharpe_ratio"]["x1"] == 0.0
    assert [cell["sharpe_ratio"]["x1"] for cell in told["cells"][:3]] == told["folds"][0]["sharpes"]
    assert [cell["random_percentile"] for cell in told["cells"]] == [75, 75, 0, 0, 0, 75]
    assert told["folds"][1]["ranges"]["test"] == {"start": "2024-07-01", "end": "2024-12-31"}
    assert told["stitched"]["x1"]["baselines"]["flat"] == {"sharpe": 0.0, "total_return": 0.0}
    joined = told["ensemble"]
    assert joined["models"] == ["m1", "m2"]
    assert joined["at_costs"]["x1"]["sharpe"] == ran.ensemble.at_costs[1.0].sharpe
    assert joined["statistics"] == ran.ensemble.statistics.to_dict()
    assert joined["conclusion"] == ran.ensemble.diagnosis.to_dict()["conclusion"]
    assert str(product.home) not in json.dumps(told)


def test_a_walk_forward_without_its_seeds_joined_is_told(product, ask):
    gone = walkforward_report.record_of(replace(walk_forward(product), ensemble=None))
    before = {key: value for key, value in gone.items() if key != "ensemble"}
    keep(product, Kind.WALK_FORWARD, "before", before)
    keep(product, Kind.WALK_FORWARD, "gone", gone)
    page = ask("/v1/walk-forwards")
    assert [run["ensemble"] for run in page["items"]] == [None, None]


def test_runs_come_newest_first_and_go_on(product, ask):
    document = walkforward_report.record_of(walk_forward(product))
    for day, name in enumerate(("b", "c", "a")):
        then = replace(product, now=lambda day=day: NOW + timedelta(days=day))
        keep(then, Kind.WALK_FORWARD, name, document)
    keep(product, Kind.WALK_FORWARD, "d", document)  # as old as b
    first = ask("/v1/walk-forwards", limit=3)
    assert [run["name"] for run in first["items"]] == ["a", "c", "d"]
    rest = ask("/v1/walk-forwards", limit=3, cursor=first["next_cursor"])
    assert [run["name"] for run in rest["items"]] == ["b"]


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"version": 2}', '{"version": 1, "created_at": "x", "document": {}}']
)
def test_a_record_that_cannot_be_read_is_named_and_hides_no_other(product, ask, content):
    document = walkforward_report.record_of(walk_forward(product))
    keep(product, Kind.WALK_FORWARD, "whole", document)
    keep(product, Kind.WALK_FORWARD, "partial", {"experiment": "walk"})
    (folder_of(product, Kind.WALK_FORWARD) / "odd.json").write_text(content)
    page = ask("/v1/walk-forwards")
    assert [run["name"] for run in page["items"]] == ["whole"]
    assert page["unreadable"] == ["odd", "partial"]


def test_a_figure_that_is_no_number_is_kept_as_none(product):
    keep(product, Kind.AB_TEST, "odd", {"a": np.nan, "b": [np.inf, 1.0], "c": {"d": -np.inf}})
    ((record,), _) = kept(product, Kind.AB_TEST)
    assert record.document == {"a": None, "b": [None, 1.0], "c": {"d": None}}


def test_an_ab_test_tells_the_interval_of_every_session(product, ask, plan):
    control, treatment = noise(0), noise(1)
    found = result(plan, [control], [treatment])
    ab_report.keep_record(product, found)
    (told,) = ask("/v1/ab-tests")["items"]
    assert (told["name"], told["sessions"]) == (f"ab-{plan.test.name}", 200)
    assert told["days"][0] == str(found.days[0])
    low = told["sequence"]["low"]
    assert len(low) == 200
    assert low[0] is None  # there is none before the burn-in
    assert low[-1] == found.sequence.low[-1]
    assert told["growth"]["treatment"][-1] == pytest.approx(np.prod(1.0 + treatment))
    assert [side["experiment"] for side in told["variants"]] == [
        config.name for config in plan.experiments
    ]
    assert ask("/v1/walk-forwards")["items"] == []


def test_the_calibration_of_the_gate_is_told_as_it_was_written(product, ask):
    remedy = ask("/v1/gate-calibration", 404)["remedy"]
    assert remedy.startswith("`cambio gate calibrate`")
    said = [Recommendation.PROMOTE, *[Recommendation.REVIEW] * 3]
    runs = [
        Run(Study.NO_EDGE, "trend", "simulated", 125, Outcome(each, (), False, 100, 0.0))
        for each in said
    ]
    settings = {"version": "1", "seed": 1, "scale": 1.0, "workers": 1, "experiment": "x"}
    settings |= {"ppo": {"experiment": "x", "backend": "sbx", "steps": 1}, "gates": {}}
    settings |= {"real_sessions": 0}
    write_report(Calibration(Findings(runs), settings, ("None.",), 1.0), product.reports)
    told = ask("/v1/gate-calibration")
    promoted = told["false_promotions"][0]["promoted"]
    assert (promoted["hits"], promoted["runs"], promoted["rate"]) == (1, 4, 0.25)
    assert (told["holds"], told["settings"]["seed"]) == (False, 1)


@pytest.mark.parametrize("content", ["{", "{}", "[]"])
def test_figures_of_a_calibration_that_cannot_be_read_say_what_to_do(product, ask, content):
    product.reports.mkdir()
    (product.reports / "gate-calibration.json").write_text(content)
    assert "cambio gate calibrate" in ask("/v1/gate-calibration", 409)["remedy"]
