"""The first vote: from what was found to a recommendation, its reason, and what must change."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambio.contracts.handoffs import Recommendation
from cambio.errors import ConfigError
from cambio.validation.criteria import (
    Criterion,
    CriterionResult,
    Direction,
    Gate,
    GateResult,
    HardGates,
)
from cambio.validation.lookahead import LookAhead
from cambio.validation.metrics import Account, compute_metrics
from cambio.validation.remedies import Needs, break_even, remedies
from cambio.validation.statistics import SharpeEstimate, probabilistic_sharpe_ratio
from cambio.validation.vote import REJECTING, Case, first_vote, recommend, statistics_of

PROMOTE, REVIEW, REJECT = Recommendation.PROMOTE, Recommendation.REVIEW, Recommendation.REJECT
RANK = [REJECT, REVIEW, PROMOTE]


def criterion(*, passed: bool, weight: float = 1.0, value: float = 0.42) -> CriterionResult:
    return CriterionResult("sharpe_ratio", value, 1.0, Direction.GTE, weight, passed)


def criteria(passed: int, total: int = 10) -> list[CriterionResult]:
    return [criterion(passed=i < passed) for i in range(total)]


def gates(*failing: Gate) -> list[GateResult]:
    return [GateResult(gate, 1.0, 2.0, gate not in failing, f"About {gate}.") for gate in Gate]


@pytest.mark.parametrize(
    ("passed", "expected"),
    [(10, PROMOTE), (8, PROMOTE), (7, REVIEW), (5, REVIEW), (4, REJECT), (0, REJECT)],
)
def test_the_score_votes_where_every_gate_is_open(passed, expected):
    vote = recommend(criteria(passed), gates(), 0.97)
    assert (vote.recommendation, vote.score) == (expected, passed / 10)


@pytest.mark.parametrize("gate", sorted(set(Gate) - REJECTING))
def test_a_failing_gate_caps_the_vote_at_review(gate):
    assert recommend(criteria(10), gates(gate), 0.9).recommendation is REVIEW


@pytest.mark.parametrize("gate", [Gate.MIN_TRADES, Gate.LOOK_AHEAD])
def test_without_trades_or_with_a_look_ahead_it_is_rejected_whatever_the_score(gate):
    assert recommend(criteria(10), gates(gate), 0.99).recommendation is REJECT


def test_a_failing_gate_does_not_lift_a_rejection():
    assert recommend(criteria(2), gates(Gate.DEFLATED_SHARPE), 0.1).recommendation is REJECT


@given(
    passed=st.lists(st.booleans(), min_size=1, max_size=8),
    failing=st.sets(st.sampled_from(list(Gate))),
    data=st.data(),
)
def test_passing_one_thing_more_never_lowers_the_vote(passed, failing, data):
    before = recommend([criterion(passed=each) for each in passed], gates(*failing), 0.5)
    better = list(passed)
    better[data.draw(st.integers(0, len(passed) - 1))] = True
    fewer = set(failing) - {data.draw(st.sampled_from(list(Gate)))}
    after = recommend([criterion(passed=each) for each in better], gates(*fewer), 0.5)
    assert RANK.index(after.recommendation) >= RANK.index(before.recommendation)


def test_weights_decide_the_score():
    results = [criterion(passed=True, weight=3.0), criterion(passed=False, weight=1.0)]
    assert recommend(results, gates(), 0.9).score == 0.75


def test_a_score_of_exactly_the_bound_promotes_however_it_is_summed():
    """0.7 + 0.1 is 0.7999999999999999 in binary."""
    results = [criterion(passed=weight != 0.2, weight=weight) for weight in (0.7, 0.1, 0.2)]
    assert recommend(results, gates(), 0.97).recommendation is PROMOTE


def test_each_result_says_what_the_vote_were_had_it_ended_otherwise():
    """3 of 4 parts passed: 0.75. All 4: promote. Only 1: reject."""
    results = [criterion(passed=True, weight=3.0), criterion(passed=False, weight=1.0)]
    found = list(recommend(results, gates(), 0.9).otherwise())
    expected = {gate: REJECT if gate in REJECTING else REVIEW for gate in Gate}
    assert found == [REJECT, PROMOTE, *(expected[one.gate] for one in gates())]


def test_of_two_failing_gates_neither_alone_changes_the_vote():
    vote = recommend(criteria(10), gates(Gate.RANDOM_TRADERS, Gate.DEFLATED_SHARPE), 0.9)
    failing = [n for n, one in enumerate(vote.gates) if not one.passed]
    found = list(vote.otherwise())[len(vote.criteria) :]
    assert [found[n] for n in failing] == [REVIEW, REVIEW]


def test_without_criteria_there_is_no_vote():
    with pytest.raises(ConfigError):
        recommend([], gates(), 0.9)


def test_confidence_is_the_deflated_sharpe_ratio_and_zero_where_there_is_none():
    assert recommend(criteria(10), gates(), 0.97).confidence == 0.97
    assert recommend(criteria(10), gates(), math.nan).confidence == 0.0


def test_the_reason_lists_what_failed_and_what_would_have_to_change():
    results = [criterion(passed=True, weight=8.0), criterion(passed=False, weight=2.0)]
    reason = recommend(results, gates(Gate.DEFLATED_SHARPE), 0.6).reason
    assert reason == (
        "REVIEW: 0.80 of the criteria's weight passed (0.80 promotes, 0.50 asks for a review). "
        "That alone would say PROMOTE, but 1 of 10 hard gates failed. About deflated_sharpe. "
        "Criteria that failed: sharpe_ratio is 0.42 and must be at least 1 (weight 2)."
    )


def test_an_undefined_figure_is_named_in_words():
    results = [criterion(passed=True), criterion(passed=False, value=math.nan)]
    assert "sharpe_ratio is undefined" in recommend(results, gates(), 0.9).reason


def test_the_reason_of_a_clean_pass_says_so():
    reason = recommend(criteria(10), gates(), 0.97).reason
    assert reason.endswith("Every criterion and every hard gate passed.")


# A case that promotes: 120 sessions at about 0.3 % with a spread of 1 %, and 60 trades.
RETURNS = np.tile([0.013, -0.007], 60)
METRICS = compute_metrics(
    Account(
        capital=100.0,
        day=np.arange(120),
        equity=100.0 * np.cumprod(1.0 + RETURNS),
        positions=np.ones(120, dtype=np.int64),
        trade_results=np.tile([2.0, 2.0, -1.0], 20),
        costs=1.0,
        financing=0.0,
        turnover=120.0,
    ),
    240.0,
)
CASE = Case(
    metrics=METRICS,
    returns=RETURNS,
    returns_at_costs={0.0: 0.4, 1.0: 0.3, 2.0: 0.2},
    baseline_sharpes={"flat": math.nan, "buy_and_hold": 0.5, "sell_and_hold": -0.5},
    random_percentile=99.0,
    trial_sharpes=np.array([0.3]),
    trial_sessions=np.array([120]),
    look_ahead=LookAhead(24, 0, None),
)
CRITERIA = [
    Criterion(metric="sharpe_ratio", threshold=1.0, direction="gte", weight=3.0),
    Criterion(metric="max_drawdown", threshold=0.15, direction="lte", weight=1.0),
]


def told(case: Case, gates: HardGates | None = None) -> tuple[Recommendation, list[str]]:
    limits = gates or HardGates()
    vote = first_vote(case, CRITERIA, limits)
    return vote.recommendation, remedies(Needs(case, limits, 2.5), vote)


def test_a_case_that_passes_all_is_promoted_and_needs_nothing():
    assert told(CASE) == (PROMOTE, [])


def test_a_champion_is_one_more_rival():
    better = replace(CASE, baseline_sharpes={**CASE.baseline_sharpes, "champion": 99.0})
    recommendation, needed = told(better)
    assert recommendation is REVIEW
    assert needed == ["A Sharpe ratio above 99.00, that of the champion over the same sessions."]


def test_a_look_ahead_voids_everything():
    peeking = replace(CASE, look_ahead=LookAhead(24, 3, datetime(2025, 7, 1, 13, tzinfo=UTC)))
    recommendation, needed = told(peeking)
    assert recommendation is REJECT
    assert needed == [
        "Find what reads data from after the decision; no figure of this run means anything."
    ]


def test_missing_trades_are_told_as_sessions_at_its_own_pace():
    few = replace(CASE, metrics=replace(METRICS, total_trades=40))
    assert told(few)[1] == ["10 more trades: at its pace, 30 more sessions of test."]


def test_costs_are_told_as_the_multiple_that_it_survives():
    dear = replace(CASE, returns_at_costs={0.0: 0.02, 1.0: 0.01, 2.0: -0.01})
    assert told(dear)[1] == [
        "It breaks even at 1.5 times the configured costs; it must still earn at 2 times them."
    ]


def test_a_break_even_just_below_the_gate_is_not_told_as_the_gates_own():
    """0.02 − 0.0101 a multiple: nothing is left at 1.980."""
    near = replace(CASE, returns_at_costs={0.0: 0.02, 1.0: 0.0099, 2.0: -0.0002})
    assert told(near)[1] == [
        "It breaks even at 1.98 times the configured costs; it must still earn at 2 times them."
    ]


def test_what_loses_without_costs_is_told_so():
    assert break_even({0.0: -0.01, 1.0: -0.02}) is None


def test_more_looks_need_a_higher_sharpe_ratio_and_the_figure_told_would_pass():
    """The Sharpe ratio in the sentence, put into the statistic, gives the 95 % asked for."""
    looks = np.full(40, 0.05)
    often = replace(CASE, trial_sharpes=looks, trial_sessions=np.full(40, 120))
    recommendation, (needed,) = told(often)
    assert recommendation is REVIEW
    assert needed.startswith("To be more than luck after 40 looks at this period it takes a Sharpe")
    sharpe = float(needed.split("ratio of ")[1].split(" ")[0]) / math.sqrt(240.0)
    estimate = replace(SharpeEstimate.of(RETURNS), sharpe=sharpe)
    benchmark = statistics_of(often).selection_benchmark / math.sqrt(240.0)
    assert probabilistic_sharpe_ratio(estimate, benchmark) == pytest.approx(0.95, abs=2e-3)


def test_a_stricter_deflated_gate_is_told_the_sessions_that_it_takes():
    """Over that many sessions the same record reaches 0.9999, over one fewer it does not."""
    strict = HardGates(min_deflated_sharpe=0.9999)
    few = replace(CASE, returns=RETURNS[:60], trial_sharpes=np.full(20, 0.05))
    few = replace(few, trial_sessions=np.full(20, 60))
    (needed,) = told(few, strict)[1]
    sessions = int(needed.split("this one over ")[1].split(" ")[0])
    benchmark = statistics_of(few).selection_benchmark / math.sqrt(240.0)
    estimate = SharpeEstimate.of(few.returns)
    reached = [
        probabilistic_sharpe_ratio(replace(estimate, sessions=n), benchmark)
        for n in (sessions - 1, sessions)
    ]
    assert reached[0] < 0.9999 <= reached[1]


def test_of_the_criteria_the_heaviest_that_suffice_are_named():
    poor = replace(CASE, metrics=replace(METRICS, sharpe_ratio=0.9, max_drawdown=0.3))
    (needed,) = told(poor)[1]
    assert needed.startswith(
        "Of the criteria, sharpe ratio at least 1 and max drawdown at most 0.15"
    )


def test_terms_of_its_own_are_named():
    own = replace(CASE, overridden_terms=["costs.multiplier"])
    assert told(own) == (REVIEW, ["Run it without setting costs.multiplier."])


def test_a_stricter_gate_needs_its_own_figure():
    recommendation, (needed,) = told(CASE, HardGates(random_percentile=99.5))
    assert recommendation is REVIEW
    assert needed.startswith("A Sharpe ratio above 2.50, which 99.5 % of random traders")
