"""The Experiments page: the library narrowed down, runs side by side, and what was recorded."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.api.test_routes_research import walk_forward
from tests.unit.app.test_ab_test import noise, plan, result

from cambio.app import ab_report, walkforward_report
from cambio.app.calibration import Calibration
from cambio.app.calibration_report import write_report
from cambio.calendar import trading_days
from cambio.contracts.handoffs import Recommendation
from cambio.contracts.market import DateRange
from cambio.store import trials
from cambio.store.database import transaction
from cambio.validation.calibration.findings import Findings, Run, Study
from cambio.validation.calibration.judging import Outcome

__all__ = ["plan"]

SESSIONS = 70
"""Enough for the probability of overfitting, which needs 64."""


@pytest.fixture
def looked(site):
    """Two experiments that were judged on the same sessions; the second one earned more."""
    window = DateRange(date(2025, 1, 2), date(2025, 6, 30))
    days = np.array(trading_days(window.start, window.end)[:SESSIONS], "datetime64[D]")
    base = np.random.default_rng(1).normal(0.0, 0.004, SESSIONS)
    returns = {"fast_ppo_v1": base, "fast_pnl_v1": base + 0.001}
    now = site.resources.now()
    with transaction(site.resources.engine) as connection:
        for number, (name, record) in enumerate(returns.items()):
            look = trials.Trial(
                model_id=f"{name}-s42",
                model_hash=f"{number}" * 64,
                experiment_name=name,
                window=window,
                terms_hash="b" * 64,
                sharpe_per_session=float(record.mean() / record.std(ddof=1)),
                sessions=SESSIONS,
                days=days,
                returns=record,
            )
            trials.record(connection, look, now + timedelta(minutes=number))
    return returns


def test_filters_and_an_open_experiment_outlive_a_reload(visit):
    with visit("/experiments/") as page:
        library = page.get_by_role("table", name="Library")
        rows = library.get_by_role("row")
        page.get_by_role("combobox", name="Protocol").select_option("walk-forward")
        expect(rows).to_have_count(3)  # the header and two experiments
        page.get_by_role("combobox", name="Protocol").select_option("any protocol")
        page.get_by_role("searchbox", name="Filter").fill("high gamma")
        expect(rows).to_have_count(3)
        library.get_by_text("fast_high_gamma_v1").click()
        changes = page.get_by_role("table", name="What fast_high_gamma_v1 changes")
        expect(changes).to_contain_text("training.gamma")
        page.get_by_role("combobox", name="L4's vote").select_option("no vote")
        page.reload()
        expect(page.get_by_role("combobox", name="L4's vote")).to_have_value("none")
        expect(rows).to_have_count(3)
        page.get_by_text("Everything it resolves to").click()
        expect(page.get_by_text("learning_rate")).to_be_visible()


def test_two_experiments_are_held_against_each_other(looked, visit, shoot):
    with visit("/experiments/") as page:
        page.get_by_label("Compare fast_ppo_v1").click()
        expect(page.get_by_text("Choose another one to hold against fast_ppo_v1.")).to_be_visible()
        page.get_by_label("Compare fast_pnl_v1").click()
        page.reload()
        expect(page.get_by_text(f"On {SESSIONS} common sessions")).to_be_visible()
        total = page.get_by_role("table", name="Metrics, with 95 % intervals").get_by_role(
            "row", name="Total return, %"
        )
        for record in looked.values():
            percent = f"{100 * (np.prod(1 + record) - 1):.2f}".replace("-", "−")
            expect(total).to_contain_text(percent)
        against = page.get_by_role("table", name="Against fast_ppo_v1")
        expect(against.get_by_role("row")).to_have_count(2)
        expect(page.get_by_role("img", name="Returns over the common sessions")).to_be_visible()
        expect(page.get_by_text("Probability, %")).to_be_visible()
        expect(page.get_by_label("Compare walk_forward_v1")).to_be_disabled()
        shoot(page, "experiments-compared")


def test_a_walk_forward_shows_every_seed_at_every_cost(site, visit, shoot):
    ran = walk_forward(site.resources)
    walkforward_report.keep_record(site.resources, ran)
    with visit("/experiments/?view=walkForwards", theme="light") as page:
        plot = page.get_by_role("img", name="Annual Sharpe ratios of the seeds in 2 folds")
        expect(plot.locator("circle")).to_have_count(len(ran.cells))
        expect(plot).to_have_accessible_name(re.compile("at costs ×1"))
        page.get_by_role("button", name="×3").click()
        expect(page.get_by_role("img", name="at costs ×3")).to_be_visible()
        assert "costs=x3" in page.url
        checks = page.get_by_role("table", name="What the verdict rests on").get_by_role("row")
        expect(checks).to_have_count(len(ran.findings.verdict.checks) + 1)
        joined = page.get_by_role("table", name="The seeds of each fold as one policy")
        sharpe = f"{ran.ensemble.at_costs[2.0].sharpe:.2f}".replace("-", "−")
        expect(joined.get_by_role("row", name="×2")).to_contain_text(sharpe)
        expect(page.get_by_text("no sign of an artefact")).to_be_visible()
        expect(page.get_by_text("After 6 looks at windows that overlap")).to_be_visible()
        shoot(page, "experiments-walk-forward")


def test_an_ab_test_draws_its_confidence_sequence(site, visit, plan, shoot):
    found = result(plan, [noise(0)], [noise(0) + 0.002])
    ab_report.keep_record(site.resources, found)
    with visit("/experiments/?view=abTests") as page:
        expect(page.get_by_text("treatment is better")).to_be_visible()
        low = f"{found.sequence.low[-1]:+.2f}".replace("-", "−")
        expect(page.get_by_role("img", name=f"interval {low}")).to_be_visible()
        expect(page.get_by_role("table", name="Variants")).to_contain_text("baseline_ppo_v1")
        shoot(page, "experiments-ab-test")


def test_the_gate_tells_how_often_it_errs(site, visit, shoot):
    said = [Recommendation.PROMOTE, *[Recommendation.REVIEW] * 3]
    outcomes = [Outcome(each, (), False, 100, 0.0) for each in said]
    runs = [Run(Study.NO_EDGE, "trend", "simulated", 125, one) for one in outcomes]
    settings = {"version": "1", "seed": 1, "scale": 1.0, "workers": 1, "experiment": "x"}
    settings |= {"ppo": {"experiment": "x", "backend": "sbx", "steps": 1}, "gates": {}}
    settings |= {"real_sessions": 1491}
    write_report(Calibration(Findings(runs), settings, (), 1.0), site.resources.reports)
    with visit("/experiments/?view=gate") as page:
        expect(page.get_by_text("the gate promotes too much")).to_be_visible()
        row = page.get_by_role("table", name="Promoted without an edge").get_by_role(
            "row", name="all"
        )
        expect(row).to_contain_text("25.0")


def test_the_ledger_of_looks_says_what_they_ask_of_the_next_model(looked, visit):
    with visit("/experiments/") as page:
        page.get_by_role("button", name="Looks at test periods").click()
        looks = page.get_by_role("table", name="Looks at test periods")
        expect(looks.get_by_role("row")).to_have_count(1 + len(looked))
        asked = page.get_by_role("table", name="What the looks ask of the next model")
        expect(asked.get_by_role("row").nth(1)).to_contain_text("2 Jan 2025 – 30 Jun 2025")
        page.go_back()
        expect(page.get_by_role("table", name="Library")).to_be_visible()
