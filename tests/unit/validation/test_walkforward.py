"""What folds and seeds show together, worked out by hand, and every branch of the verdict."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cambio.calendar import sessions_per_year
from cambio.contracts.market import DateRange
from cambio.trading.ledger import Market
from cambio.validation import baselines
from cambio.validation.random_record import RandomRecord, chained, random_record
from cambio.validation.walkforward import (
    CellRecord,
    Distribution,
    Outcome,
    RandomSpread,
    Spread,
    findings,
    stitch,
    verdict,
)

WINDOWS = {
    1: DateRange(date(2024, 1, 1), date(2024, 6, 30)),
    2: DateRange(date(2024, 7, 1), date(2024, 12, 31)),
}
YEARLY = sessions_per_year(date(2024, 1, 1), date(2024, 12, 31))
STILL = RandomRecord(2, np.zeros(3), np.full(3, 1e-4), np.ones(3))


def cell(fold: int, seed: int, returns: tuple[float, ...], cost: float = 0.0) -> CellRecord:
    """A cell of two sessions; each multiple of the costs takes ``cost`` from each."""
    by_multiple = {m: np.array(returns) - m * cost for m in (0.0, 1.0, 2.0, 3.0)}
    held = {"flat": (0.0, 0.0), "buy_and_hold": (0.03, 0.01), "sell_and_hold": (-0.03, -0.01)}
    return CellRecord(
        fold=fold,
        seed=seed,
        window=WINDOWS[fold],
        days=np.array(["2024-01-02", "2024-01-03"], dtype="datetime64[D]") + 180 * (fold - 1),
        returns=by_multiple,
        baselines={n: {m: np.array(r) for m in by_multiple} for n, r in held.items()},
        random=STILL,
        trades=10 * seed,
    )


CELLS = [
    cell(1, 1, (0.02, 0.00)),  # Sharpe per session 0.01 / 0.014142 = 0.7071
    cell(1, 2, (0.03, 0.01)),  # 0.02 / 0.014142 = 1.4142
    cell(1, 3, (0.00, 0.00)),  # undefined: 0
    cell(2, 1, (-0.02, 0.00)),  # -0.7071
    cell(2, 2, (0.01, -0.01)),  # 0
    cell(2, 3, (0.04, 0.02)),  # 0.03 / 0.014142 = 2.1213
]


def test_a_fold_is_the_distribution_of_its_seeds():
    first, second = findings(CELLS).folds
    root = math.sqrt(YEARLY)
    assert first.sharpes == pytest.approx((0.7071 * root, 1.4142 * root, 0.0), rel=1e-4)
    spread = first.at_costs[1.0].sharpe
    assert (spread.minimum, spread.median) == pytest.approx((0.0, 0.7071 * root), rel=1e-4)
    assert spread.lower == pytest.approx(0.7071 / 2 * root, rel=1e-4)
    assert first.trades == Spread(10.0, 15.0, 20.0, 25.0, 30.0)
    assert second.at_costs[1.0].total_return.maximum == pytest.approx(1.04 * 1.02 - 1)
    assert second.at_costs[1.0].max_drawdown.maximum == pytest.approx(0.02)
    assert first.at_costs[1.0].baselines["buy_and_hold"].sharpe == pytest.approx(
        1.4142 * root, rel=1e-4
    )


def test_a_stitched_record_is_one_seeds_folds_one_after_the_other():
    stitched = findings(CELLS[::-1]).stitched[1.0]
    chains = [(0.02, 0, -0.02, 0), (0.03, 0.01, 0.01, -0.01), (0, 0, 0.04, 0.02)]
    by_hand = [np.mean(c) / np.std(c, ddof=1) * math.sqrt(YEARLY) for c in chains]
    assert stitched.sharpe == Spread.of(np.array(by_hand))
    assert stitched.total_return.minimum == pytest.approx(1.02 * 0.98 - 1)
    held = (0.03, 0.01, 0.03, 0.01)
    assert stitched.baselines["buy_and_hold"].total_return == pytest.approx(1.03**2 * 1.01**2 - 1)
    assert stitched.baselines["buy_and_hold"].sharpe == pytest.approx(
        np.mean(held) / np.std(held, ddof=1) * math.sqrt(YEARLY)
    )


def test_stitching_goes_by_fold_whatever_the_order_of_the_cells():
    assert stitch([CELLS[3], CELLS[0]], 1.0).tolist() == [0.02, 0.0, -0.02, 0.0]


def test_each_multiple_of_the_costs_has_its_own_distribution():
    stitched = findings([cell(1, seed, (0.02, 0.00), cost=0.01) for seed in (1, 2, 3)]).stitched
    medians = {multiple: each.sharpe.median for multiple, each in stitched.items()}
    assert medians[0.0] == pytest.approx(0.7071 * math.sqrt(YEARLY), rel=1e-4)
    assert medians[1.0] == pytest.approx(0.0, abs=1e-9)
    assert medians[2.0] == pytest.approx(-medians[0.0])


def test_shares_count_cells():
    random = replace(STILL, mean=np.full(3, 0.008))  # Sharpe ratio per session 0.943
    shares = findings([replace(each, random=random) for each in CELLS]).shares
    assert shares.cells == 6
    assert shares.above_zero == 3
    assert shares.above_buy_and_hold == 1  # the equal one is not above
    assert shares.above_random == 2


def moments(returns) -> RandomRecord:
    """Random traders with these returns, `(traders, sessions)`."""
    return RandomRecord(
        returns.shape[1], returns.mean(1), (returns**2).mean(1), np.prod(1 + returns, axis=1)
    )


def test_what_random_traders_do_alike_is_not_above_them():
    rng = np.random.default_rng(3)
    paths = [tuple(rng.normal(0, 0.01, 30)) for _ in range(20)]
    alike = [
        replace(cell(1, seed, path), random=moments(np.array([path])))
        for seed, path in enumerate(paths)
    ]
    assert findings(alike).shares.above_random == 0


def test_the_stitched_random_traders_are_those_of_all_seeds():
    means = {1: -0.002, 2: 0.0, 3: 0.004}  # Sharpe ratios per session, by the mean
    every = [
        replace(each, random=replace(STILL, mean=np.full(3, means[each.seed]))) for each in CELLS
    ]
    found = findings(every).stitched_random
    by_hand = {
        mean: mean / math.sqrt((1e-4 - mean**2) * 4 / 3) * math.sqrt(YEARLY)
        for mean in means.values()
    }
    assert found.median == pytest.approx(0.0)
    assert found.high == pytest.approx(by_hand[0.004])


def test_a_stitched_record_is_annual_by_the_years_of_all_folds():
    later = DateRange(date(2022, 7, 1), date(2022, 12, 31))
    first = replace(CELLS[0], window=DateRange(date(2021, 1, 1), date(2021, 6, 30)))
    second = replace(CELLS[4], window=later)
    second = replace(second, seed=1)
    returns = np.array([0.02, 0.0, 0.01, -0.01])
    yearly = (240 + 241) / 2
    by_hand = returns.mean() / returns.std(ddof=1) * math.sqrt(yearly)
    assert findings([first, second]).stitched[1.0].sharpe.median == pytest.approx(by_hand, rel=1e-9)


@pytest.mark.parametrize("size", [0.1, 0.01, 0.003, 1e-5])
def test_a_constant_return_has_no_sharpe_ratio(size):
    assert moments(np.full((1, 7), size)).sharpe().tolist() == [0.0]


def test_returns_of_any_size_that_vary_have_a_sharpe_ratio():
    returns = np.random.default_rng(4).normal(0.1, 1.0, (1, 50))
    by_hand = returns.mean() / returns.std(ddof=1)
    assert moments(1e-17 * returns).sharpe() == pytest.approx([by_hand])


def test_chained_random_traders_are_those_of_the_joined_returns():
    rng = np.random.default_rng(1)
    parts = [rng.normal(0.001, 0.01, (5, n)) for n in (30, 50)]
    records = [moments(part) for part in parts]
    joined = np.concatenate(parts, axis=1)
    found = chained(records)
    assert found.sessions == 80
    assert found.sharpe() == pytest.approx(joined.mean(1) / joined.std(1, ddof=1))
    assert found.growth == pytest.approx(np.prod(1 + joined, axis=1))


def test_random_records_are_of_the_same_traders_as_the_backtests():
    rng = np.random.default_rng(2)
    n = 600
    close = 4000 * np.exp(np.cumsum(rng.normal(0, 0.001, n)))
    day = np.repeat(np.arange(10), 60)
    market = Market(day, close, close, np.full(n, 2e-4), np.zeros(n), np.zeros(n))
    targets = rng.integers(-1, 2, n // 20).repeat(20)
    theirs = baselines.random_traders(market, targets, 1e4, np.random.default_rng(9), 40)
    ours = random_record(market, targets, 1e4, np.random.default_rng(9), 40)
    assert ours.sharpe() == pytest.approx(theirs.sharpe)
    assert ours.growth - 1 == pytest.approx(theirs.total_return)


def stitched(lower: float, median: float, **rivals: float):
    """Stitched distributions in which only what the verdict reads is set."""
    held = {"flat": 0.0, "buy_and_hold": 0.5, "sell_and_hold": -0.6} | rivals
    outcomes = {name: Outcome(sharpe, 0.0) for name, sharpe in held.items()}
    spreads = {1.0: (9.0, median), 2.0: (lower, -9.0)}
    found = {m: Spread(low, low, middle, 9.0, 9.0) for m, (low, middle) in spreads.items()}
    return {m: Distribution(each, each, each, outcomes) for m, each in found.items()}


RANDOM = RandomSpread(-0.2, 0.7)


def test_an_edge_is_claimed_only_when_everything_holds():
    found = verdict(stitched(0.1, 0.8), RANDOM, seeds=5)
    assert found.edge
    assert found.sentence.startswith("An edge was found. The lower quartile")
    assert "above flat (0.00), buy and hold (0.50), sell and hold (−0.60) and" in found.sentence


@pytest.mark.parametrize(
    ("distributions", "random", "seeds", "reason"),
    [
        (stitched(0.0, 0.8), RANDOM, 5, "at twice the costs is 0.00, not above 0"),
        (stitched(1e-12, 0.8), RANDOM, 5, "at twice the costs is 0.00, not above 0"),
        (stitched(0.1, 0.8 + 1e-12, flat=0.8), RANDOM, 5, "0.80, is not above flat (0.80)"),
        (stitched(0.1, 0.8, flat=0.9), RANDOM, 5, "0.80, is not above flat (0.90)"),
        (stitched(0.1, 0.8, buy_and_hold=0.8), RANDOM, 5, "is not above buy and hold (0.80)"),
        (stitched(0.1, 0.8, sell_and_hold=1.0), RANDOM, 5, "is not above sell and hold (1.00)"),
        (stitched(0.1, 0.8), RandomSpread(0, 0.9), 5, "95th percentile of random traders (0.90)"),
        (stitched(0.1, 0.8), RANDOM, 2, "2 seeds were trained, at least 3 are asked for"),
    ],
)
def test_each_condition_alone_denies_an_edge_and_is_named(distributions, random, seeds, reason):
    found = verdict(distributions, random, seeds)
    assert not found.edge
    assert found.sentence.startswith("No edge was found. ")
    assert reason in found.sentence
    assert [check.passed for check in found.checks].count(False) == 1


def test_several_reasons_are_told_together():
    told = verdict(stitched(-0.4, -0.1), RANDOM, 1).sentence
    assert told == (
        "No edge was found. The lower quartile of the seeds’ Sharpe ratio at twice the costs is "
        "−0.40, not above 0; 1 seed was trained, at least 3 are asked for; the median seed, −0.10, "
        "is not above flat (0.00), buy and hold (0.50) and the 95th percentile of random traders "
        "(0.70)."
    )
