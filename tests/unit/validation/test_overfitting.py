"""The probability of backtest overfitting, by CSCV."""

from __future__ import annotations

import json
import math
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from cambio.validation.metrics import sharpe_per_session
from cambio.validation.overfitting import probability_of_overfitting


def noise(seed: int, sessions: int = 320, variants: int = 20) -> np.ndarray:
    return 0.005 * np.random.default_rng(seed).standard_t(5, (sessions, variants))


def naive(returns: np.ndarray, blocks: int) -> tuple[list[float], list[float], list[float]]:
    """Every split by itself: logits, and the winner's Sharpe ratio in and out of sample."""
    pieces = np.array_split(np.arange(len(returns)), blocks)
    logits, inside, outside = [], [], []
    for chosen in combinations(range(blocks), blocks // 2):
        rows = np.concatenate([pieces[i] for i in chosen])
        others = np.concatenate([pieces[i] for i in range(blocks) if i not in chosen])
        chose = [sharpe_per_session(returns[rows, j]) for j in range(returns.shape[1])]
        judged = [sharpe_per_session(returns[others, j]) for j in range(returns.shape[1])]
        winner = int(np.argmax(chose))
        rank = stats.rankdata(judged)[winner] / (returns.shape[1] + 1)
        logits.append(math.log(rank / (1 - rank)))
        inside.append(chose[winner])
        outside.append(judged[winner])
    return logits, inside, outside


@pytest.mark.parametrize(("sessions", "variants", "blocks"), [(48, 5, 6), (53, 4, 8), (30, 2, 2)])
def test_every_figure_is_that_of_a_loop_over_the_splits(sessions, variants, blocks):
    returns = noise(1, sessions, variants) + 0.001
    logits, inside, outside = naive(returns, blocks)
    found = probability_of_overfitting(returns, blocks=blocks)
    assert found.logits == pytest.approx(logits, rel=1e-12)
    assert found.probability == np.mean(np.array(logits) <= 0)
    assert found.probability_of_loss == np.mean(np.array(outside) < 0)
    assert found.degradation == pytest.approx(stats.linregress(inside, outside).slope, rel=1e-9)
    assert (found.splits, found.variants) == (math.comb(blocks, blocks // 2), variants)


def test_sixteen_blocks_are_the_papers_12870_splits():
    assert probability_of_overfitting(noise(0)).splits == 12_870


def test_choosing_among_noise_is_a_coin_flip():
    found = [probability_of_overfitting(noise(seed), blocks=10).probability for seed in range(100)]
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)


def test_one_truly_better_variant_is_not_overfitted():
    returns = noise(2)
    returns[:, 7] += 0.003
    found = probability_of_overfitting(returns)
    assert found.probability < 0.01
    assert found.probability_of_loss < 0.01


def test_variants_that_take_from_one_half_what_they_give_to_the_other_are_overfitted():
    """All earn the same over the whole, so whoever leads in one half trails in the other."""
    returns = noise(3)
    returns -= returns.mean(axis=0)
    found = probability_of_overfitting(returns)
    assert found.probability > 0.99
    assert found.probability_of_loss > 0.99
    assert found.degradation < -0.5


def test_a_choice_among_clones_is_worth_nothing():
    """All ranks are shared: in the middle, which is not above the median."""
    found = probability_of_overfitting(np.tile(noise(4, 64, 1), 3), blocks=4)
    assert found.probability == 1.0
    assert found.logits == pytest.approx(np.zeros(6))


def test_a_variant_that_never_trades_has_a_sharpe_ratio_of_0():
    losers = noise(5, 64, 3) - 0.01
    found = probability_of_overfitting(np.column_stack([losers, np.zeros(64)]), blocks=8)
    assert (found.probability, found.probability_of_loss) == (0.0, 0.0)
    assert math.isnan(found.degradation)
    assert found.to_dict()["degradation"] is None


def test_what_it_gives_is_json():
    found = probability_of_overfitting(noise(6, 64, 3), blocks=4)
    plain = json.loads(json.dumps(found.to_dict()))
    assert sum(plain["logits"]["counts"]) == plain["splits"] == 6
    assert set(plain["logits"]["values"]) == set(found.logits.tolist())


@pytest.mark.parametrize(
    ("returns", "blocks", "message"),
    [
        (np.zeros((64, 1)), 4, "2 or more variants"),
        (np.zeros(64), 4, "2 or more variants"),
        (np.zeros((7, 3)), 4, "4 blocks need 8 sessions, not 7"),
        (np.zeros((64, 3)), 5, "even"),
        (np.zeros((64, 3)), 22, "even, from 2 to 20"),
        (np.full((64, 3), np.nan), 4, "192 of 192 returns are NaN"),
    ],
)
def test_what_cannot_be_judged_is_refused(returns, blocks, message):
    with pytest.raises(ValueError, match=message):
        probability_of_overfitting(returns, blocks=blocks)
