"""What a diagnosis says, and its section of the tear sheet."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.models import write_model
from tests.unit.reports.test_experiment import Page
from tests.unit.reports.test_tearsheet import LUCKY, SECTIONS, Quiet
from tests.unit.validation.test_diagnosis import drifting, stale_openings, trader

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.app.evaluate import evaluate
from cambio.app.tearsheet import tear_sheet
from cambio.contracts.market import DateRange, MarketHistory
from cambio.features.spec import FeatureSpec
from cambio.reports import diagnosis as tables
from cambio.reports import diagnosis_words as words
from cambio.reports.tearsheet import render
from cambio.settings import load_settings
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation.diagnosis.conclusion import conclude
from cambio.validation.diagnosis.dates import Dating
from cambio.validation.diagnosis.outcome import Outcome
from cambio.validation.diagnosis.variants import Diagnosis, Trader, diagnose
from cambio.validation.replay import BacktestEngine

WINDOW = DateRange(date(2024, 2, 15), date(2024, 4, 30))


@pytest.fixture(scope="module")
def edge() -> Diagnosis:
    return diagnose(trader(), drifting(1), 1)


@pytest.fixture(scope="module")
def artefact() -> Diagnosis:
    return diagnose(trader(), stale_openings(2), 1)


@pytest.fixture(scope="module")
def loss() -> Diagnosis:
    return diagnose(trader(lambda seen: np.flip(follow(seen), axis=1)), drifting(1), 1)


def follow(seen: np.ndarray) -> np.ndarray:
    return trader().ask(seen)


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> str:
    home = tmp_path_factory.mktemp("home")
    product = load_settings(home)
    market = simulate(SimulationConfig(start=date(2024, 1, 2), end=WINDOW.end), product.catalogue)
    model = ProductionContract.validate_and_load(write_model(home / "model", FeatureSpec()))
    model = replace(model, lineage={**model.lineage, "validation_end": "2024-01-31"})
    terms = TradingTerms(CostModel(product.trading.costs), product.risk, 10_000.0)
    history = MarketHistory(market.bars, market.macro)
    evaluation = evaluate(model, history, WINDOW, terms, Quiet())
    tape = BacktestEngine(history, terms).tape(model.spec, WINDOW)
    found = diagnose(Trader.of(model, terms), tape, 1)
    return render(tear_sheet(evaluation, LUCKY, market.macro, found))


def saying(sentences, start: str) -> str:
    return next(sentence for sentence in sentences if sentence.startswith(start))


def test_the_section_stands_on_the_sheet_and_every_reference_meets_one_id(html):
    page = Page(html)
    assert page.open == []
    ids = Counter(page.values("id"))
    references = {href[1:] for href in page.values("href") if href.startswith("#")}
    references |= set(re.findall(r"url\(#([^)]*)\)", html))
    assert "diagnosis" in references
    wanted = {*references, *SECTIONS, "diagnosis"}
    assert {name: ids[name] for name in wanted if ids[name] != 1} == {}
    pictures = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert sum("Result through the day" in picture for picture in pictures) == 2
    assert re.findall(r"(?:fill|stroke): #\w+", "".join(pictures)) == []


def test_the_section_shows_the_policy_as_it_was_backtested(html):
    results, tests = (
        re.findall(r"<td>([^<]*)</td>", row.split("</tr>")[0])
        for row in (
            html.split('<th scope="row">policy</th>')[1],
            html.split('<th scope="row">the policy, as backtested</th>')[1],
        )
    )
    assert [results[0], results[1], results[5]] == [tests[0], tests[2], tests[3]]


def test_what_a_true_edge_is_told(edge):
    told = words.sentences(edge)
    assert conclude(edge).finding.value == "stands"
    lefts = ", ".join(f"{100 * row.left:.0f}" for row in edge.first_bars[:2])
    assert saying(told, "Without the first 1, 3 and 6 bars").startswith(
        f"Without the first 1, 3 and 6 bars of each session {lefts} and "
    )
    points = 100 * (edge.base.total_return - edge.delays[0].outcome.total_return)
    assert f"one bar later costs {points:.2f} points" in saying(told, "Filling")
    assert "The profit falls without dxy_change_1d." in told
    assert "nothing of the profit is left. It rests on" in saying(told, "With macro values")
    assert words.reason(conclude(edge)).endswith(
        "It rests on: dxy_change_1d, macro values a session older."
    )


def test_what_an_artefact_is_told(artefact):
    told = words.sentences(artefact)
    assert "4, 3 and 4 % of the profit are left" in saying(told, "Without the first")
    assert "both kinds left out" in words.reason(conclude(artefact))
    assert saying(told, "3.").endswith("All bars were recorded without a range.")
    part = tables.part(artefact, backtest_of(artefact), 10_000.0)
    assert (part.tone, part.finding) == ("bad", "The profit looks like an artefact.")


@pytest.mark.parametrize(("lost", "what"), [(0, "bar"), (1, "3 bars")])
def test_the_first_bars_that_are_the_whole_profit_are_named(edge, lost, what):
    rows = [replace(row, left=-0.1 if i >= lost else 0.9) for i, row in enumerate(edge.first_bars)]
    told = words.sentences(replace(edge, first_bars=tuple(rows)))
    assert f"Without the first {what} of each session nothing is left of the profit." in told


def test_a_loss_is_told_in_returns_and_has_no_marks(loss):
    told = " ".join(words.sentences(loss))
    assert "left" not in told
    assert "There is no profit that a feature could carry." in told
    rows = [row for group in tables.tests(loss, backtest_of(loss), 1.0).groups for row in group]
    assert {row[-1] for row in rows} == {"—"}


def backtest_of(diagnosis: Diagnosis) -> dict[str, float]:
    base = diagnosis.base
    return {
        "total_return": base.total_return,
        "sharpe_ratio": base.sharpe_ratio,
        "total_trades": base.trades,
        "costs": 0.0,
        "financing": 0.0,
    }


@pytest.mark.parametrize(
    ("overnight", "intraday", "end"),
    [
        (0.03, 0.01, "75 % of it is earned overnight."),
        (0.03, -0.01, "All of it, and more, is earned overnight."),
        (-0.01, 0.03, "Nothing of it is earned overnight."),
        (-0.03, 0.01, "The costs took 1.00 %."),
    ],
)
def test_the_share_of_the_nights_is_told_where_there_is_a_profit(edge, overnight, intraday, end):
    parts = replace(
        edge.anatomy, night=overnight, financing=0.0, gap=0.0, within=intraday, costs=-0.01
    )
    assert words.anatomy(replace(edge, anatomy=parts)).endswith(end)


def test_a_value_that_is_dated_too_early_is_named(edge):
    wrong = Dating("embi_z", 0.5, 0.01, 120)
    told = words.sentences(replace(edge, datings=(wrong,)))
    assert saying(told, "With macro").endswith("dated a day too early: embi_z (0.50 against 0.01).")


def test_a_fill_that_comes_later_and_earns_more_is_no_cost(edge):
    row = edge.delays[0]
    later = replace(row, outcome=Outcome(edge.base.total_return + 0.01, 0.0, 1.0, 1))
    found = replace(edge, delays=(later, *edge.delays[1:]))
    assert "one bar later brings 1.00 points" in saying(words.sentences(found), "Filling")


def test_every_test_has_a_name(edge):
    rows = [*edge.first_bars, *edge.delays, *edge.stale, edge.macro_lag, edge.flipped]
    rows += [edge.long, edge.short, *edge.costs]
    assert {row.name for row in rows} | {"flat", "macro_dates"} == set(words.NAMES)


def test_many_times_a_small_profit_is_told_as_a_return(edge):
    row = replace(edge.macro_lag, left=1.6, outcome=Outcome(0.0288, 0.0, 1.0, 5))
    told = words.sentences(replace(edge, macro_lag=row))
    assert saying(told, "With macro").startswith(
        "With macro values a session older it returns +2.88 %."
    )


def test_a_policy_that_never_traded_has_a_section_too():
    def holds(seen: np.ndarray) -> np.ndarray:
        return np.tile(np.float32([0, 1, 0]), (len(seen), 1))

    found = diagnose(trader(holds), drifting(1, 5), 1)
    part = tables.part(found, backtest_of(found), 10_000.0)
    assert part.finding.startswith("It earned nothing here")
    assert "<svg" in part.day.narrow
