"""Rewards, worked out by hand and by naive oracles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from cambio.training.reward import STRATEGIES, RewardCalculator, RewardConfig

CALM, VOLATILE = 0.0, 2.0
COMPOSITE = RewardConfig(
    strategy="composite",
    trade_penalty=0.02,
    drawdown_penalty=0.5,
    risk_penalty=0.05,
    high_vix_z=1.5,
    high_vix_risk=1.25,
)


def reward(
    config: RewardConfig,
    returns: float = 0.0,
    turnover: float = 0.0,
    drawdown: float = 0.0,
    vix_z: float = CALM,
) -> float:
    return RewardCalculator(config).calculate(returns, turnover, drawdown, vix_z)


@pytest.mark.parametrize("returns", [-0.013, 0.0, 0.0007])
def test_pnl_is_the_percent_return_and_nothing_else(returns):
    config = COMPOSITE.model_copy(update={"strategy": "pnl"})
    assert reward(config, returns, 2.0, 0.3, VOLATILE) == returns * 100


def test_composite_by_hand_in_a_calm_market():
    """−1 − 0.05·1² − 0.02·2 − 0.5·0.1²."""
    assert reward(COMPOSITE, -0.01, 2.0, 0.1) == pytest.approx(-1.095)


def test_composite_by_hand_in_a_volatile_market():
    """The risk weighs 1.25 times: −1 − 0.0625 − 0.04 − 0.005."""
    assert reward(COMPOSITE, -0.01, 2.0, 0.1, VOLATILE) == pytest.approx(-1.1075)


@pytest.mark.parametrize("returns", [-0.01, 0.01])
def test_volatility_weighs_risk_whatever_the_sign_of_the_return(returns):
    """The specification's factor on the whole reward would soften losses."""
    difference = reward(COMPOSITE, returns, vix_z=VOLATILE) - reward(COMPOSITE, returns)
    assert difference == pytest.approx(-0.05 * 0.25)


def test_volatility_costs_nothing_without_a_position():
    assert reward(COMPOSITE, vix_z=VOLATILE) == 0.0


@pytest.mark.parametrize(("vix_z", "risk"), [(1.5, 0.05), (1.5001, 0.0625)])
def test_the_regime_begins_above_the_threshold(vix_z, risk):
    assert reward(COMPOSITE, 0.01, vix_z=vix_z) == pytest.approx(1.0 - risk)


@pytest.mark.parametrize("turnover", [0.0, 1.0, 2.0])
def test_the_trade_penalty_is_for_each_unit_of_position_changed(turnover):
    assert reward(COMPOSITE, turnover=turnover) == pytest.approx(-0.02 * turnover)


def test_the_drawdown_penalty_is_a_square():
    assert reward(COMPOSITE, drawdown=0.2) == pytest.approx(4 * reward(COMPOSITE, drawdown=0.1))


def sharpe_rewards(returns: list[float], decay: float = 0.01) -> list[float]:
    calculator = RewardCalculator(RewardConfig(strategy="differential_sharpe", sharpe_decay=decay))
    return [calculator.calculate(value, 0.0, 0.0, CALM) for value in returns]


def moving_sharpe(first: float, second: float, value: float, decay: float) -> float:
    first, second = first + decay * (value - first), second + decay * (value**2 - second)
    return first / math.sqrt(second - first**2)


def test_the_differential_sharpe_ratio_is_the_derivative_of_the_moving_one():
    """By its decay, at zero: Moody & Saffell's definition, differentiated numerically."""
    returns = np.random.default_rng(1).normal(0.0002, 0.003, 200).tolist()
    found, decay, step = sharpe_rewards(returns), 0.01, 1e-6
    first = second = 0.0
    for t, value in enumerate(100 * r for r in returns):
        if t > 20:
            up, down = (moving_sharpe(first, second, value, h) for h in (step, -step))
            assert found[t] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-7)
        first += decay * (value - first)
        second += decay * (value**2 - second)


def test_the_differential_sharpe_ratio_by_hand():
    """Returns of 1 % and 2 %, decay 1/2: A = B = 1/2, (1/2·3/2 − 1/2·1/2·7/2) / (1/4)^1.5."""
    assert sharpe_rewards([0.01, 0.02], 0.5) == pytest.approx([0.0, -1.0])


def test_a_market_that_does_not_move_has_no_differential_sharpe_ratio():
    assert sharpe_rewards([0.0] * 5) == [0.0] * 5


def test_resetting_forgets_the_episodes_moments():
    calculator = RewardCalculator(RewardConfig(strategy="differential_sharpe"))
    returns = [0.01, -0.02, 0.03]
    first = [calculator.calculate(value, 0.0, 0.0, CALM) for value in returns]
    calculator.reset()
    assert [calculator.calculate(value, 0.0, 0.0, CALM) for value in returns] == first


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_can_be_chosen(strategy):
    assert math.isfinite(reward(RewardConfig(strategy=strategy), 0.01))


def test_the_strategies_differ():
    answers = {strategy: reward(RewardConfig(strategy=strategy), 0.01) for strategy in STRATEGIES}
    assert len(set(answers.values())) == len(STRATEGIES)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("strategy", "sortino"),
        ("trade_penalty", -0.1),
        ("drawdown_penalty", -0.1),
        ("risk_penalty", -0.1),
        ("high_vix_risk", 0.8),
        ("sharpe_decay", 1.0),
        ("clip", 1.0),
    ],
)
def test_a_setting_that_means_nothing_is_refused(key, value):
    with pytest.raises(ValidationError, match=key):
        RewardConfig(**{key: value})
