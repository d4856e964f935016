"""Rewards: compiled functions of one bar's outcome, chosen by name in the experiment.

All three start from the net return of the bar, in percent, which already holds costs and
financing. Moody & Saffell, *Learning to Trade via Direct Reinforcement* (2001) is the source of
the differential Sharpe ratio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from cambio.features.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERCENT: Final = 100.0
STRATEGIES: Final = ("pnl", "differential_sharpe", "composite")
MEMORY_SIZE: Final = 2
PNL, DIFFERENTIAL_SHARPE, COMPOSITE = range(3)
STRATEGY, TRADE, DRAWDOWN, RISK, HIGH_VIX, HIGH_VIX_RISK, DECAY = range(7)


class RewardConfig(BaseModel):
    """`reward` of an experiment."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    strategy: Literal["pnl", "differential_sharpe", "composite"] = "composite"
    trade_penalty: float = Field(0.0, ge=0)
    """Composite: for each unit of position changed, on top of the ledger's costs."""
    drawdown_penalty: float = Field(0.5, ge=0)
    """Composite: times the squared drawdown (a fraction of the episode's peak)."""
    risk_penalty: float = Field(0.05, ge=0)
    """Composite: times the squared percent return, i.e. the risk of the position held."""
    high_vix_z: float = 1.5
    """Composite: above this raw `vix_z` the regime counts as volatile ..."""
    high_vix_risk: float = Field(1.25, ge=1)
    """... and the position's risk weighs so many times more; its return stays what it is."""
    sharpe_decay: float = Field(0.01, gt=0, lt=1)
    """Differential Sharpe: weight of the newest return in the moving moments."""

    def parameters(self) -> NDArray[np.float64]:
        """Give the configuration as the compiled functions read it, `(7,) float64`."""
        return np.array(
            [
                STRATEGIES.index(self.strategy),
                self.trade_penalty,
                self.drawdown_penalty,
                self.risk_penalty,
                self.high_vix_z,
                self.high_vix_risk,
                self.sharpe_decay,
            ]
        )


@kernel
def calculate(parameters, memory, returns, turnover, drawdown, vix_z):  # type: ignore[no-untyped-def]
    """Give the reward of one bar.

    Args:
        parameters: `RewardConfig.parameters()`.
        memory: `(2,)`, first and second moment of the returns; zero at an episode's start.
        returns: net return of the bar, a fraction of the equity before it.
        turnover: units of position changed on the bar.
        drawdown: fraction below the episode's peak equity, ≥ 0.
        vix_z: the raw feature.
    """
    percent = returns * PERCENT
    if parameters[STRATEGY] == DIFFERENTIAL_SHARPE:
        return _differential_sharpe(memory, percent, parameters[DECAY])
    if parameters[STRATEGY] == PNL:
        return percent
    risk = parameters[RISK] * percent * percent
    if vix_z > parameters[HIGH_VIX]:
        risk *= parameters[HIGH_VIX_RISK]
    return (
        percent - risk - parameters[TRADE] * turnover - parameters[DRAWDOWN] * drawdown * drawdown
    )


@kernel
def _differential_sharpe(memory, value, decay):  # type: ignore[no-untyped-def]
    """Moody & Saffell (2001), eq. 14: the derivative of the moving Sharpe ratio; 0 at first."""
    first, second = memory[0], memory[1]
    variance = second - first * first
    gain, gain2 = value - first, value * value - second
    memory[0] = first + decay * gain
    memory[1] = second + decay * gain2
    if variance <= 1e-12:
        return 0.0
    return (second * gain - 0.5 * first * gain2) / variance**1.5


class RewardCalculator:
    """One environment's reward, with the moments that the differential Sharpe ratio needs.

    Args:
        config: which strategy, and its weights.
    """

    def __init__(self, config: RewardConfig) -> None:
        self._parameters = config.parameters()
        self._memory = np.zeros(MEMORY_SIZE)

    def reset(self) -> None:
        """Forget the episode."""
        self._memory[:] = 0.0

    def calculate(self, returns: float, turnover: float, drawdown: float, vix_z: float) -> float:
        """Give the reward of one bar; arguments as for the compiled `calculate`."""
        return float(calculate(self._parameters, self._memory, returns, turnover, drawdown, vix_z))
