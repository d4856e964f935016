"""Success criteria and hard gates."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from pydantic import ValidationError

from cambio.errors import ConfigError
from cambio.validation.baselines import SIDES
from cambio.validation.criteria import (
    CHAMPION,
    RIVALS,
    Criterion,
    Evidence,
    Gate,
    HardGates,
    evaluate,
    evaluate_gates,
    weighted_score,
)
from cambio.validation.lookahead import LookAhead
from cambio.validation.metrics import Account, BacktestMetrics, compute_metrics

ACCOUNT = Account(
    capital=100.0,
    day=np.arange(3),
    equity=np.array([101.0, 100.0, 103.0]),
    positions=np.ones(3, dtype=np.int64),
    trade_results=np.array([5.0, -2.0]),
    costs=1.0,
    financing=0.0,
    turnover=3.0,
)
METRICS = compute_metrics(ACCOUNT, 239.0)

# The specification's five, with a model that fails on its Sharpe ratio alone.
SPEC = [
    Criterion(metric="sharpe_ratio", threshold=1.0, direction="gte", weight=3.0),
    Criterion(metric="max_drawdown", threshold=0.15, direction="lte", weight=2.0),
    Criterion(metric="win_rate", threshold=0.45, direction="gte", weight=1.5),
    Criterion(metric="profit_factor", threshold=1.2, direction="gte", weight=2.0),
    Criterion(metric="total_trades", threshold=50, direction="gte", weight=1.0),
]
MEASURED = replace(
    METRICS,
    sharpe_ratio=0.9,
    max_drawdown=0.1,
    win_rate=0.5,
    profit_factor=1.3,
    total_trades=60,
)


def one(metric: str, threshold: float, direction: str) -> Criterion:
    return Criterion(metric=metric, threshold=threshold, direction=direction, weight=1.0)


def passes(criterion: Criterion, metrics: BacktestMetrics) -> bool:
    return criterion.evaluate(metrics).passed


def test_the_score_is_the_share_of_the_weight_that_passed():
    results = evaluate(SPEC, MEASURED)
    assert [result.passed for result in results] == [False, True, True, True, True]
    assert weighted_score(results) == pytest.approx(6.5 / 9.5)


@pytest.mark.parametrize(
    ("direction", "value", "passed"),
    [("gte", 0.49, False), ("gte", 0.5, True), ("lte", 0.5, True), ("lte", 0.51, False)],
)
def test_the_threshold_itself_passes(direction, value, passed):
    metrics = replace(METRICS, win_rate=value)
    assert passes(one("win_rate", 0.5, direction), metrics) is passed


@pytest.mark.parametrize("direction", ["gte", "lte"])
def test_an_undefined_metric_fails_in_either_direction(direction):
    metrics = replace(METRICS, sharpe_ratio=math.nan)
    assert not passes(one("sharpe_ratio", 0.0, direction), metrics)


def test_a_profit_factor_without_losses_passes_and_is_null_in_json():
    result = one("profit_factor", 1.2, "gte").evaluate(replace(METRICS, profit_factor=math.inf))
    assert result.passed
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False)) == {
        "metric": "profit_factor",
        "value": None,
        "threshold": 1.2,
        "direction": "gte",
        "weight": 1.0,
        "passed": True,
    }


def test_a_metric_that_nobody_measures_is_refused_with_those_there_are():
    with pytest.raises(ValidationError, match="'alpha' is no metric; choose one of total_return"):
        one("alpha", 0.0, "gte")


@pytest.mark.parametrize(
    "change",
    [{"direction": "gt"}, {"weight": 0.0}, {"threshold": math.nan}, {"name": "a name"}],
)
def test_a_malformed_criterion_is_refused(change):
    good = {"metric": "win_rate", "threshold": 0.5, "direction": "gte", "weight": 1.0}
    assert Criterion(**good)
    with pytest.raises(ValidationError):
        Criterion(**good | change)


def test_no_criteria_is_a_mistake_in_the_configuration():
    with pytest.raises(ConfigError, match="no success criteria"):
        weighted_score([])


GOOD = Evidence(
    total_trades=120,
    sharpe_ratio=2.0,
    deflated_sharpe=0.97,
    trials=3,
    stressed_return=0.02,
    random_percentile=98.0,
    overridden_terms=[],
    baseline_sharpes={
        "flat": math.nan,
        "buy_and_hold": 0.7,
        "sell_and_hold": -0.9,
        "champion": -0.5,
    },
    look_ahead=LookAhead(24, 0, None),
)


def failed(evidence: Evidence) -> list[str]:
    return [row.gate for row in evaluate_gates(HardGates(), evidence) if not row.passed]


def test_good_evidence_passes_every_gate_once():
    rows = evaluate_gates(HardGates(), GOOD)
    assert sorted(row.gate for row in rows) == sorted(Gate)
    assert failed(GOOD) == []


@pytest.mark.parametrize(
    ("change", "gates"),
    [
        ({"total_trades": 49}, ["min_trades"]),
        ({"stressed_return": 0.0}, ["stressed_return"]),
        ({"stressed_return": math.nan}, ["stressed_return"]),
        ({"deflated_sharpe": 0.949}, ["deflated_sharpe"]),
        ({"deflated_sharpe": math.nan}, ["deflated_sharpe"]),
        ({"random_percentile": 94.9}, ["random_traders"]),
        ({"sharpe_ratio": 0.7}, ["beats_buy_and_hold"]),
        ({"overridden_terms": ["costs.multiplier"]}, ["configured_terms"]),
        ({"sharpe_ratio": -0.1}, ["beats_flat", "beats_buy_and_hold"]),
        (
            {"sharpe_ratio": math.nan},
            ["beats_flat", "beats_buy_and_hold", "beats_sell_and_hold", "beats_champion"],
        ),
        ({"baseline_sharpes": {**GOOD.baseline_sharpes, "champion": 2.1}}, ["beats_champion"]),
        ({"look_ahead": LookAhead(24, 1, datetime(2025, 7, 1, 13, tzinfo=UTC))}, ["look_ahead"]),
    ],
)
def test_each_gate_closes_on_its_own_evidence(change, gates):
    assert failed(replace(GOOD, **change)) == gates


@pytest.mark.parametrize(
    "change",
    [{"total_trades": 50}, {"deflated_sharpe": 0.95}, {"random_percentile": 95.0}],
)
def test_a_gates_threshold_itself_passes(change):
    assert failed(replace(GOOD, **change)) == []


def test_gates_follow_the_configuration():
    strict = HardGates(min_trades=200, min_deflated_sharpe=0.99, random_percentile=99.0)
    rows = evaluate_gates(strict, GOOD)
    assert [row.gate for row in rows if not row.passed] == [
        "min_trades",
        "deflated_sharpe",
        "random_traders",
    ]


def test_every_baseline_has_a_gate():
    assert {name for name, _ in RIVALS.values()} == {*SIDES, CHAMPION}


def test_explanations_say_what_was_found_and_what_would_pass():
    bad = replace(GOOD, total_trades=31, stressed_return=-0.031, deflated_sharpe=0.6, trials=1)
    words = {row.gate: row.explanation for row in evaluate_gates(HardGates(), bad)}
    assert words[Gate.MIN_TRADES].startswith("It made 31 trades; 50 are needed")
    assert "At 2 times the costs it returns −3.1 %" in words[Gate.STRESSED_RETURN]
    assert "after 1 trial on this period, is 60.0 %; 95.0 %" in words[Gate.DEFLATED_SHARPE]
    assert "is 2.00 and that of holding a short −0.90" in words[Gate.BEATS_SELL_AND_HOLD]


def test_gate_rows_are_json_even_of_undefined_figures():
    rows = [
        row.to_dict() for row in evaluate_gates(HardGates(), replace(GOOD, sharpe_ratio=math.nan))
    ]
    assert set(rows[0]) == {"gate", "value", "threshold", "passed", "explanation"}
    read = {row["gate"]: row for row in json.loads(json.dumps(rows, allow_nan=False))}
    assert read["beats_sell_and_hold"]["value"] is None
    assert "undefined" in read["beats_sell_and_hold"]["explanation"]
