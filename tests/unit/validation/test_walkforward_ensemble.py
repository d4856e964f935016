"""The seeds of each fold as one policy."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pytest
from tests.unit.validation.test_diagnosis import drifting, trader

from cambio.calendar import sessions_per_year
from cambio.contracts.market import DateRange
from cambio.validation.diagnosis.variants import diagnose
from cambio.validation.statistics import SharpeEstimate, probabilistic_sharpe_ratio
from cambio.validation.walkforward import annual_sharpe
from cambio.validation.walkforward_ensemble import FoldRecord, ensemble_findings

WINDOWS = (
    DateRange(date(2023, 1, 2), date(2023, 6, 30)),
    DateRange(date(2023, 7, 1), date(2023, 12, 31)),
)
YEARLY = sessions_per_year(date(2023, 1, 2), date(2023, 12, 31))


@pytest.fixture(scope="module")
def diagnosis():
    return diagnose(trader(), drifting(1), 1)


def folds() -> list[FoldRecord]:
    rng = np.random.default_rng(0)
    found = []
    for number, window in enumerate(WINDOWS):
        returns = rng.normal(0.001, 0.004, 120)
        metrics = {"total_return": 0.1, "total_trades": 7, "costs": 2.0, "financing": -1.0}
        at_costs = {m: returns - 0.0005 * (m - 1) for m in (0.0, 1.0, 2.0)}
        found.append(FoldRecord(f"m{number}", window, at_costs, metrics))
    return found


def test_the_folds_are_one_record(diagnosis):
    found = ensemble_findings(folds(), 1, diagnosis)
    first, second = (fold.returns for fold in folds())
    for multiple, outcome in found.at_costs.items():
        whole = np.append(first[multiple], second[multiple])
        assert outcome.sharpe == annual_sharpe(whole, YEARLY)
        assert outcome.total_return == pytest.approx(np.prod(1 + whole) - 1)
    assert found.models == ("m0", "m1")
    assert found.sharpes[1] == annual_sharpe(second[1.0], YEARLY)
    assert found.backtest == {
        "total_return": 0.2,
        "total_trades": 14.0,
        "costs": 4.0,
        "financing": -2.0,
        "sharpe_ratio": found.at_costs[1.0].sharpe,
    }


def test_each_look_makes_it_likelier_that_it_was_luck(diagnosis):
    few, more = (ensemble_findings(folds(), looks, diagnosis).statistics for looks in (10, 100))
    assert few.probabilistic_sharpe == more.probabilistic_sharpe > few.deflated_sharpe
    assert few.deflated_sharpe > more.deflated_sharpe
    assert more.selection_benchmark == pytest.approx(
        2.5306 / math.sqrt(239) * math.sqrt(YEARLY), rel=1e-4
    )
    whole = np.concatenate([fold.returns[1.0] for fold in folds()])
    assert more.deflated_sharpe == probabilistic_sharpe_ratio(
        SharpeEstimate.of(whole), more.selection_benchmark / math.sqrt(YEARLY)
    )


def test_a_first_look_is_not_deflated(diagnosis):
    found = ensemble_findings(folds(), 1, diagnosis).statistics
    assert found.deflated_sharpe == found.probabilistic_sharpe


def test_it_is_plain_json(diagnosis):
    found = ensemble_findings(folds(), 3, diagnosis).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
