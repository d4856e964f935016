"""The tear sheet of a real evaluation, as its reader and a browser would take it apart."""

from __future__ import annotations

import math
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest
from tests.models import write_model
from tests.unit.reports.test_experiment import HOSTILE, Page

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.app.evaluate import SIMULATED_NOTICE, Evaluation, evaluate
from cambio.app.tearsheet import tear_sheet, write_tear_sheet
from cambio.calendar import expected_bars
from cambio.contracts.market import MACRO_SCHEMA, DateRange, MarketHistory
from cambio.errors import SourceError
from cambio.features.spec import FeatureSpec
from cambio.reports.experiment import ResultRow
from cambio.reports.tearsheet import TearSheet, render
from cambio.reports.tearsheet_charts import POINTS, shown_bars
from cambio.reports.tearsheet_words import Finding, finding
from cambio.settings import load_settings
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation.lookahead import LookAhead
from cambio.validation.vote import Statistics

WINDOW = DateRange(date(2024, 2, 15), date(2024, 6, 28))
SECTIONS = [
    "verdict",
    "figures",
    "equity",
    "results",
    "luck",
    "costs",
    "months",
    "rolling",
    "sessions",
    "drawdowns",
    "hours",
    "regimes",
    "trades",
    "notes",
    "lineage",
]
LUCKY = Statistics(
    probabilistic_sharpe=0.374,
    deflated_sharpe=0.12,
    trials=3,
    selection_benchmark=1.2,
    minimum_track_record=math.inf,
)
SKILLED = Statistics(0.999999, 0.97, 1, 0.0, 80.4)


class Quiet:
    """Progress that nobody watches."""

    @contextmanager
    def stage(self, name):
        yield self

    def update(self, *args):
        pass


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Evaluation, pl.DataFrame]:
    home = tmp_path_factory.mktemp("home")
    settings = load_settings(home)
    config = SimulationConfig(start=date(2024, 1, 2), end=WINDOW.end)
    market = simulate(config, settings.catalogue)
    model = ProductionContract.validate_and_load(write_model(home / "model", FeatureSpec()))
    model = replace(model, lineage={**model.lineage, "validation_end": "2024-01-31"})
    terms = TradingTerms(CostModel(settings.trading.costs), settings.risk, 10_000.0)
    history = MarketHistory(market.bars, market.macro)
    return evaluate(model, history, WINDOW, terms, Quiet()), market.macro


@pytest.fixture(scope="module")
def sheet(made) -> TearSheet:
    return tear_sheet(made[0], LUCKY, made[1])


@pytest.fixture(scope="module")
def html(sheet) -> str:
    return render(sheet)


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).replace("\N{NO-BREAK SPACE}", " ")


def with_metrics(sheet: TearSheet, **changes) -> TearSheet:
    """The same sheet with other figures of the policy."""
    policy = ResultRow("policy", {**sheet.metrics, **changes})
    return replace(sheet, results=[policy, *sheet.results[1:]])


def promising(sheet: TearSheet) -> TearSheet:
    """A sheet that nothing speaks against."""
    sheet = with_metrics(sheet, total_return=0.2, sharpe_ratio=9.0)
    sure = replace(sheet.intervals["sharpe_ratio"], low=1.0, high=17.0)
    gains = [ResultRow(row.name, {**row.metrics, "total_return": 0.1}) for row in sheet.cost_rows]
    return replace(
        sheet,
        intervals={**sheet.intervals, "sharpe_ratio": sure},
        cost_rows=gains,
        luck=replace(sheet.luck, statistics=SKILLED, random_percentile=99.0),
    )


def test_the_page_is_well_formed_and_asks_for_nothing(html, page):
    assert page.open == []
    targets = [*page.values("href"), *page.values("xlink:href"), *page.values("src")]
    assert [target for target in targets if not target.startswith(("#", "data:"))] == []
    assert re.findall(r"@import|url\((?!#)", html) == []
    assert {"script", "iframe", "object", "form"}.isdisjoint(tag for tag, _ in page.elements)
    assert page.values("content")[1].startswith("default-src 'none';")


def test_every_section_is_there_and_every_reference_meets_one_id(html, page):
    ids = Counter(page.values("id"))
    references = {href[1:] for href in page.values("href") if href.startswith("#")}
    references |= set(re.findall(r"url\(#([^)]*)\)", html))
    assert {name: ids[name] for name in {*references, *SECTIONS} if ids[name] != 1} == {}


def test_pictures_follow_the_theme_and_are_few(html, page):
    pictures = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert len(pictures) == 3 * 2
    assert re.findall(r"(?:fill|stroke): #\w+", "".join(pictures)) == []


def test_the_same_evaluation_gives_the_same_bytes(made, html):
    assert render(tear_sheet(made[0], LUCKY, made[1])) == html


def test_the_hours_add_up_to_what_the_account_gained(made, sheet):
    account = made[0].account
    total = math.fsum(share.result for share in sheet.views.hours)
    assert total == pytest.approx(account.equity[-1] - account.capital, abs=1e-9)


def test_months_sides_and_vix_cover_the_whole_record(sheet):
    whole = 1.0 + sheet.metrics["total_return"]
    assert math.prod(1.0 + year.total for year in sheet.views.years) == pytest.approx(whole)
    assert math.prod(1.0 + group.total_return for group in sheet.views.vix) == pytest.approx(whole)
    assert sum(group.trades for group in sheet.views.vix) == sheet.metrics["total_trades"]


def test_a_session_is_ranked_by_the_vix_that_its_open_knew(made, sheet):
    """A VIX published later changes no row of the past."""
    evaluation, macro = made
    published = pl.col("available_at")
    later = macro.filter(pl.col("series") == "VIX").with_columns(
        value=pl.lit(500.0), available_at=published.max() + timedelta(days=400)
    )
    found = tear_sheet(evaluation, LUCKY, pl.concat([macro, later.select(macro.columns)]))
    assert found.views.vix == sheet.views.vix
    assert len(sheet.views.vix) == 3


def test_thirds_are_bounded_by_the_level_of_the_vix(made):
    evaluation, macro = made
    found = tear_sheet(evaluation, LUCKY, macro.with_columns(value=pl.lit(20.0)))
    assert found.views.vix_bounds == (20.0, 20.0)


def test_without_a_vix_all_sessions_stand_apart(made):
    found = tear_sheet(made[0], LUCKY, pl.DataFrame(schema=MACRO_SCHEMA))
    assert [group.sessions for group in found.views.vix] == [0, 0, 0, len(found.views.days)]
    assert "No session knew a VIX at its open." in text_of(render(found))


def test_notices_verdict_and_figures_come_first(html):
    marks = ["<h1>", SIMULATED_NOTICE, 'id="verdict"', 'id="figures"', "<svg"]
    assert sorted(marks, key=html.index) == marks


def test_figures_have_their_intervals(sheet, html):
    interval = sheet.intervals["sharpe_ratio"]
    shown = f"95 %: {interval.low:.2f} to {interval.high:.2f}".replace("-", "−")
    assert shown in text_of(html)


def test_statistics_name_their_trials(page):
    rows = {row[0]: row[1:] for row in page.rows}
    assert rows["Deflated Sharpe ratio, %"][0] == "12.00"
    assert "the best of 3 recorded looks" in rows["Deflated Sharpe ratio, %"][1]
    assert rows["Minimum track record, sessions"][0] == "∞"
    assert rows["Minimum track record, sessions"][1].startswith("no number of sessions is enough")
    assert rows["Look-ahead check"][0] == "passed"


def test_no_probability_is_shown_as_certain(sheet):
    assert "100.00" not in text_of(render(promising(sheet))).split("How much may be luck")[1][:200]


def test_a_loss_reads_as_one(sheet):
    lost = with_metrics(sheet, total_return=-0.034)
    text = text_of(render(lost))
    assert "It lost money. It returned −3.40 %" in text
    assert 'class="verdict bad"' in render(lost)
    assert "skill" not in text


def test_a_gain_that_nothing_speaks_against_reads_as_one(sheet):
    assert finding(promising(sheet)) is Finding.SKILL
    assert "No check speaks against it." in text_of(render(promising(sheet)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("deflated", "after 3 looks at this window the deflated Sharpe ratio is 12.00 %"),
        ("random", "it is ahead of only 94.0 % of random traders"),
        ("interval", "the interval of its Sharpe ratio reaches zero"),
        ("costs", "it earns nothing at twice the costs"),
        ("rival", "buy and hold had the higher Sharpe ratio, 9.50"),
    ],
)
def test_each_doubt_is_said(sheet, change, said):
    good = promising(sheet)
    below = replace(good.intervals["sharpe_ratio"], low=-0.1)
    rival = ResultRow("buy and hold", {**sheet.rivals[1].metrics, "sharpe_ratio": 9.5})
    flawed = {
        "deflated": replace(good, luck=replace(good.luck, statistics=LUCKY)),
        "random": replace(good, luck=replace(good.luck, random_percentile=94.0)),
        "interval": replace(good, intervals={"sharpe_ratio": below}),
        "costs": replace(good, cost_rows=[ResultRow("×2", {**good.metrics, "total_return": 0.0})]),
        "rival": replace(good, results=[good.results[0], rival, *good.results[2:]]),
    }[change]
    assert finding(flawed) is Finding.LUCK
    assert said in text_of(render(flawed))


def test_a_window_that_the_model_has_seen_proves_nothing(sheet):
    seen = replace(promising(sheet), out_of_sample=False)
    assert finding(seen) is Finding.SEEN
    assert "NOT out of sample" in text_of(render(seen))


def test_a_policy_that_knows_the_future_is_flawed_whatever_it_earned(sheet):
    good = promising(sheet)
    peeks = replace(good, luck=replace(good.luck, look_ahead=LookAhead(24, 11, None)))
    assert finding(peeks) is Finding.FLAWED
    assert "changed at 11 of 24 moments" in text_of(render(peeks))


def test_costs_are_told_as_paid_lost_or_earned(sheet):
    paid = with_metrics(sheet, costs=300.0, financing=100.0, cost_share=0.25)
    assert "took 400.00, 25.00 % of what it earned before." in text_of(render(paid))
    lost = with_metrics(sheet, costs=300.0, financing=100.0, cost_share=None)
    assert "took 400.00; before them, too, it earned nothing." in text_of(render(lost))
    earned = with_metrics(sheet, costs=30.0, financing=-130.0, cost_share=-0.1)
    assert "The nights paid 100.00 more than trading cost." in text_of(render(earned))


def test_sessions_on_holidays_are_told(sheet):
    assert "calls holidays" not in text_of(render(sheet))
    assert "5 sessions of the window lie on days" in text_of(render(replace(sheet, holidays=5)))


def test_what_others_wrote_is_escaped(sheet):
    page = render(replace(sheet, model_id=HOSTILE, notices=[HOSTILE], lineage={HOSTILE: HOSTILE}))
    assert "script" not in {tag for tag, _ in Page(page).elements}


def still(evaluation: Evaluation, bars: int) -> Evaluation:
    """The same window cut short, and a policy that never traded in it."""
    n = slice(0, bars)
    account = replace(
        evaluation.baseline_accounts["flat"],
        day=evaluation.account.day[n],
        equity=np.full(bars, 10_000.0),
        positions=np.zeros(bars, np.int64),
    )
    market = evaluation.replay.market
    return replace(
        evaluation,
        accounts={1.0: account},
        metrics=evaluation.baselines["flat"],
        at_costs={1.0: evaluation.baselines["flat"]},
        trades=[],
        replay=replace(
            evaluation.replay,
            decisions=evaluation.replay.decisions[n],
            market=market._replace(**{f: getattr(market, f)[n] for f in market._fields}),
        ),
        baseline_accounts={"flat": account},
        random=replace(evaluation.random, band=evaluation.random.band[:, n]),
        intervals=MappingProxyType({}),
    )


@pytest.mark.parametrize("bars", [1, 60, 130])
def test_a_short_record_without_a_trade_has_a_page(made, bars):
    html = render(tear_sheet(still(made[0], bars), LUCKY, made[1]))
    assert Page(html).open == []
    assert Finding.STILL in html
    assert "The policy made no trade." in html
    assert "fewer than 63 sessions" in html


def test_curves_keep_every_session_and_the_deepest_fall(sheet):
    """Five years and a half of bars, drawn through a few thousand of them."""
    time = expected_bars(date(2020, 1, 2), date(2025, 12, 31))
    marks = 10_000.0 * np.exp(np.cumsum(np.random.default_rng(0).normal(0, 5e-4, len(time))))
    marks[40_001] = 3_000.0
    record = replace(sheet.record, time=time, equity={"policy": marks})
    bars = shown_bars(record)
    assert len(time) > 85_000
    assert len(bars) < POINTS + len(time) // 60 + 5
    assert {40_001, int(marks[:40_001].argmax()), len(time) - 1} <= set(bars.tolist())
    assert len(np.unique(time[bars].astype("M8[D]"))) == len(time) // 60


def test_a_sheet_is_written_whole_or_not_at_all(made, tmp_path):
    path = write_tear_sheet(tmp_path / "new" / "sheet.html", made[0], LUCKY, made[1])
    assert path.read_text().startswith("<!doctype html>")
    assert [file.name for file in path.parent.iterdir()] == ["sheet.html"]
    with pytest.raises(SourceError, match="cannot be written"):
        write_tear_sheet(path / "below-a-file.html", made[0], LUCKY, made[1])
