"""The walk-forward page as its reader would take it apart."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.unit.validation import test_walkforward_ensemble as together

from cambio.calendar import trading_days
from cambio.dataset.folds import WalkForwardConfig, folds
from cambio.dataset.splits import DateRanges
from cambio.reports.walkforward import WalkForwardPage, render
from cambio.validation.random_record import RandomRecord
from cambio.validation.walkforward import CellRecord, findings
from cambio.validation.walkforward_ensemble import EnsembleFindings, ensemble_findings

RANGES = DateRanges.model_validate(
    {
        "data": {"start": "2022-01-01"},
        "training": {"start": "2022-01-01", "end": "2022-12-31"},
        "validation": {"start": "2023-01-01", "end": "2023-06-30"},
        "test": {"start": "2023-07-01", "end": "dynamic"},
    }
)
CONFIG = WalkForwardConfig(
    first_test=date(2023, 7, 1), test_months=3, validation_months=3, training_months=12
)
FOLDS = folds(CONFIG, RANGES, date(2024, 2, 20))
HOSTILE = "<script>alert('x')</script> & $\\frac{1}{$"


def record(fold, seed: int, drift: float) -> CellRecord:
    days = trading_days(fold.test.start, fold.test.end)
    rng = np.random.default_rng(10 * fold.index + seed)
    policy = rng.normal(drift, 0.002, len(days))
    market = np.random.default_rng(fold.index).normal(0.0, 0.006, len(days))
    held = {"flat": 0 * market, "buy_and_hold": market, "sell_and_hold": -market}
    random = rng.normal(-0.0005, 0.002, (50, len(days)))
    multiples = (0.0, 1.0, 2.0, 3.0)
    return CellRecord(
        fold=fold.index,
        seed=seed,
        window=fold.test,
        days=np.array(days, dtype="datetime64[D]"),
        returns={m: policy - 0.0002 * m for m in multiples},
        baselines={name: dict.fromkeys(multiples, found) for name, found in held.items()},
        random=RandomRecord(
            len(days), random.mean(1), (random**2).mean(1), np.prod(1 + random, axis=1)
        ),
        trades=40,
    )


def make(
    drift: float = 0.0, seeds: int = 4, count: int = 3, ensemble: EnsembleFindings | None = None
) -> WalkForwardPage:
    records = [record(fold, seed, drift) for fold in FOLDS[:count] for seed in range(seeds)]
    return WalkForwardPage(
        title="walk",
        description="A walk.",
        notices=["This market is simulated."],
        findings=findings(records),
        records=records,
        folds=FOLDS[:count],
        embargoed={fold.index: [fold.ranges.training.end] for fold in FOLDS[:count]},
        ensemble=ensemble,
        capital=10_000.0,
        looks=20,
        looks_here=12,
        lineage={"run": "00ab"},
        models=[(r.fold, r.seed, f"walk-s{r.seed}-{r.fold}") for r in records],
        next_commands=["cambio experiment run walk --seeds 9"],
    )


@pytest.fixture(scope="module")
def html() -> str:
    return render(make())


def cells(html: str, name: str) -> list[str]:
    """The cells of the first row of that name."""
    row = re.search(rf'<tr><th scope="row">{re.escape(name)}</th>(.*?)</tr>', html)
    assert row is not None, name
    return re.findall(r"<td[^>]*>(.*?)</td>", row[1])


def test_the_verdict_comes_before_any_figure(html):
    assert html.index("No edge was found.") < html.index("<table")
    assert "An edge was found." not in html


def test_an_edge_is_said_where_the_rule_finds_one():
    assert "<strong>An edge was found.</strong>" in render(make(drift=0.002))


def test_results_are_spreads_and_rivals_stand_below_the_median(html):
    spread = make().findings.stitched[1.0].sharpe
    shown = cells(html, "policy, 4 seeds")[:5]
    assert [float(each.replace("−", "-")) for each in shown] == pytest.approx(
        [spread.minimum, spread.lower, spread.median, spread.upper, spread.maximum], abs=0.006
    )
    assert cells(html, "flat") == ["", "", "0.00", "", "", "0.00", ""]
    assert [i for i, cell in enumerate(cells(html, "random traders, 95th pct.")) if cell] == [2]


def test_every_multiple_of_the_costs_and_every_fold_has_its_row(html):
    for name in ("costs ×0", "costs ×1", "costs ×2", "costs ×3"):
        assert len(cells(html, name)) == 8
    for fold in FOLDS[:3]:
        assert len(cells(html, f"{fold.test.start} – {fold.test.end}")) == 12


def test_the_cells_and_the_embargo_are_told(html):
    assert "12 cells" in html
    assert "3 sessions at the ends of training and validation are left out" in html


def test_the_verdict_says_that_it_knows_no_earlier_look(html):
    verdict = html[html.index('id="verdict"') : html.index('id="results"')]
    assert "20 looks at windows that overlap these now stand in the trial ledger" in verdict
    assert "8 of them from elsewhere" in verdict
    assert "only a deflated Sharpe ratio accounts for that" in verdict


def test_the_page_asks_for_nothing_outside_itself(html):
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*|url\((?!#)', html) == []
    assert "<script" not in html
    assert html.count("<svg") == 6
    assert html == render(make())


def test_what_others_wrote_is_escaped():
    page = replace(
        make(),
        title=HOSTILE,
        description=HOSTILE,
        notices=[HOSTILE],
        lineage={HOSTILE: HOSTILE},
        models=[(1, 1, HOSTILE)],
        next_commands=[HOSTILE],
    )
    assert "<script" not in render(page)


def test_one_fold_with_one_seed_has_a_page():
    html = render(make(seeds=1, count=1))
    assert "1 fold and 1 seed" in html
    assert "1 seed was trained, at least 3 are asked for" in html


def test_the_seeds_together_have_their_costs_their_luck_and_their_diagnosis(html):
    diagnosis = together.diagnose(together.trader(), together.drifting(1), 1)
    found = ensemble_findings(together.folds(), 18, diagnosis)
    page = render(make(count=2, ensemble=found))
    section = page[page.index('id="together"') : page.index('id="shares"')]
    shown = [f"{found.at_costs[m].sharpe:.2f}" for m in (0.0, 1.0, 2.0)]
    assert [cells(section, f"costs ×{m}")[0].replace("−", "-") for m in (0, 1, 2)] == shown
    assert "After 18 looks at windows that overlap" in section
    assert "No test speaks for an artefact." in section
    assert "Without what could fake it" in section
    assert cells(page, f"{FOLDS[0].test.start} – {FOLDS[0].test.end}")[5] == (
        f"{found.sharpes[0]:.2f}"
    )
    assert 'id="together"' not in html
