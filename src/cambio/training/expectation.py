"""What a policy is expected to earn on a stretch of the past, exactly.

Our orders do not move the price, so what every action would have earned is known. The policy's
position is then a Markov chain with a known transition, and the expected reward of an episode is a
sum, not a sample: a differentiable function of the action probabilities. See docs/exact-gradient.md
for the derivation, and Moody & Saffell, *Learning to Trade via Direct Reinforcement* (2001), and
Sinclair et al., *Hindsight Learning for MDPs with Exogenous Inputs* (2023), for the idea.

The ledger holds fixed units, so what a bar returns depends on the leverage, units × notional over
equity, and so on when the position was entered. Every return is linear in it, and its inverse
changes by the same affine map for all who hold: so the state is the side, and within it the moments
of w = 1/leverage − 1 over the paths that lead there. Their series ends at `ORDER`: the error of a
bar's return is |w|^(ORDER + 1) of it, and w is about twice the price's move since the entry when
short, the costs when long: 10⁻⁷ after a move of 2 %, 10⁻⁵ after 5 %. Beside float32 only the ruin
of an episode is left out.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jax
import numpy as np
from jax import numpy as jnp

from cambio.errors import ConfigError
from cambio.training.environment import VIX_Z
from cambio.training.reward import PERCENT

if TYPE_CHECKING:
    from cambio.training.environment import EpisodeData
    from cambio.training.reward import RewardConfig

SIDES: Final = np.array([[-1.0], [1.0]], np.float32)
"""Short, then long, `(2, 1)`."""
ORDER: Final = 4
SERIES: Final = np.triu((-1.0) ** np.subtract.outer(range(ORDER + 1), range(ORDER + 1)))
"""Row j: leverage × w^j as a series in w."""


class Bars(NamedTuple):
    """What each bar does to a position that is held into it, or filled at its open."""

    returns: Any
    """Close to close."""
    gap: Any
    """Last close to open."""
    body: Any
    """Open to close."""
    cost: Any
    """Of a fill at the open, a fraction of the notional."""
    financing: Any
    """What short and long pay before the open, a fraction of the last notional, `(..., 2)`."""
    risk: Any
    """Weight of a squared percent return in the reward; 0 but for `composite`."""
    trade: Any
    """What the reward takes for each unit of position changed; 0 but for `composite`."""
    first: Any
    """Whether it begins a session."""


class Expected(NamedTuple):
    """Of a batch of `b` segments; expectations over the policy's draws, returns in percent."""

    reward: Any
    """Total reward of each segment, `(b,)`."""
    returns: Any
    """Total net return of each segment, `(b,)`."""
    squares: Any
    """Sum of the sessions' squared net returns, a scalar; 0 unless it was asked for."""
    sessions: Any
    """How many sessions, or parts of one, the batch holds; a scalar."""


def bars_of(data: EpisodeData, rewards: RewardConfig) -> Bars:
    """Prepare a split of n bars: float64 in, `(n,)` float32 out.

    Raises:
        ConfigError: the reward depends on the path, so that no expectation over positions gives it.
    """
    if rewards.strategy == "differential_sharpe" or (
        rewards.strategy == "composite" and rewards.drawdown_penalty
    ):
        raise ConfigError(
            f"reward.strategy {rewards.strategy} looks back over the episode, which the exact "
            "gradient can't.",
            remedy="Use reward.strategy=pnl, or composite with reward.drawdown_penalty=0; for a "
            "Sharpe ratio set training.objective=sharpe.",
        )
    market = data.market
    last = np.concatenate([market.open[:1], market.close[:-1]])
    nights = np.diff(market.day, prepend=market.day[0])
    risk, trade = np.zeros(len(data)), np.zeros(len(data))
    if rewards.strategy == "composite":
        volatile = data.features[:, VIX_Z] > rewards.high_vix_z
        risk = rewards.risk_penalty * np.where(volatile, rewards.high_vix_risk, 1.0)
        trade += rewards.trade_penalty
    columns = (
        market.close / last - 1.0,
        market.open / last - 1.0,
        market.close / market.open - 1.0,
        market.cost_rate,
        nights[:, None] * (market.carry[:, None] * SIDES[:, 0] + market.markup[:, None]),
        risk,
        trade,
        nights > 0,
    )
    return Bars(*(column.astype(np.float32) for column in columns))


def expected(chances: Any, bars: Bars, *, moments: bool) -> Expected:
    """Follow the chain from flat over a batch of segments of ``l`` decisions.

    Args:
        chances: probability of SELL, HOLD and BUY when short, flat and long, `(l, 3, b, 3)`.
        bars: those that fill and mark the decisions, `(l, b)`; `financing` is `(l, b, 2)`.
        moments: whether to give the sessions' squares.
    """
    batch = chances.shape[2]
    nothing = jnp.zeros((ORDER + 1, 2, batch))
    earned = (nothing, jnp.zeros((2, batch))) if moments else None
    (_, _, left), found = jax.lax.scan(
        lambda state, at: _step(state, *at), (jnp.ones(batch), nothing, earned), (chances, bars)
    )
    reward, returns, closed = found
    squares = closed.sum() + left[1].sum() if moments else jnp.float32(0)
    return Expected(reward.sum(0), returns.sum(0), squares, bars.first[1:].sum() + batch)


def _step(state: Any, chances: Any, bar: Bars) -> Any:
    """Take one decision and the bar that fills and marks it; arrays end in `(2, b)`, by side.

    Of the state, ``flat`` is a chance; ``held`` sums chance × w^k over the paths, `(k, 2, b)`; and
    ``earned`` sums chance × return of the session so far × w^k, and chance × its square, `(2, b)`.
    """
    flat, held, earned = state
    keep = jnp.stack([chances[0, :, 0] + chances[0, :, 1], chances[2, :, 1] + chances[2, :, 2]])
    turn = jnp.stack([chances[0, :, 2], chances[2, :, 0]])
    enter = jnp.stack([chances[1, :, 0], chances[1, :, 2]]) * flat

    # At leverage l the bar returns stay × l to who keeps the side, other + leave × l to who turns,
    # and begin to who was flat. Closing pays its cost before the other side is opened.
    financing = bar.financing.T
    begin = SIDES * bar.body - bar.cost
    other = begin[::-1]
    stay = SIDES * bar.returns - financing
    leave = (SIDES * bar.gap - financing - (1.0 + bar.gap) * bar.cost) * (1.0 + other)
    levered = _times_leverage(held)
    m0, m1, m2 = held[0], levered[0], _times_leverage(levered)[0]
    turned = other * m0 + leave * m1
    turned2 = other**2 * m0 + 2.0 * other * leave * m1 + leave**2 * m2
    returns = PERCENT * (keep * stay * m1 + turn * turned + enter * begin).sum(0)
    squares = PERCENT**2 * (keep * stay**2 * m2 + turn * turned2 + enter * begin**2).sum(0)
    turnover = (2.0 * turn * m0 + enter).sum(0)
    reward = returns - bar.risk * squares - bar.trade * turnover

    # Who keeps moves by w -> (w + drift) × shrink, who enters begins at w = fresh.
    powers = np.arange(ORDER + 1, dtype=np.float32)[:, None, None]
    fresh = ((1.0 + begin) / (1.0 + bar.body) - 1.0) ** powers
    drift, shrink = stay - bar.returns, 1.0 / (1.0 + bar.returns)
    closed = jnp.float32(0)
    if earned is not None:
        (first, second), closed = _session(earned, bar.first)
        f0, f1 = first[0], _times_leverage(first)[0]
        second = (
            keep * (second + 2.0 * PERCENT * stay * f1 + PERCENT**2 * stay**2 * m2)
            + (turn * (second + 2.0 * PERCENT * (other * f0 + leave * f1) + PERCENT**2 * turned2))[
                ::-1
            ]
            + PERCENT**2 * enter * begin**2
        )
        gained = keep * _moved(first + PERCENT * stay * levered, drift, shrink)
        first = gained + fresh * ((turn * (f0 + PERCENT * turned))[::-1] + PERCENT * enter * begin)
        earned = first, second
    held = keep * _moved(held, drift, shrink) + fresh * ((turn * m0)[::-1] + enter)
    return (flat * chances[1, :, 1], held, earned), (reward, returns, closed)


def _times_leverage(held: Any) -> Any:
    """Give the moments weighed by the leverage 1/(1 + w) = 1 − w + w² ..., as far as they go."""
    return jnp.tensordot(SERIES, held, 1)


def _moved(held: Any, drift: Any, shrink: Any) -> Any:
    """Give the moments of (w + ``drift``) × ``shrink``, by the binomial theorem."""
    return jnp.stack(
        [
            sum(comb(k, j) * drift ** (k - j) * held[j] for j in range(k + 1)) * shrink**k
            for k in range(ORDER + 1)
        ]
    )


def _session(earned: Any, begins: Any) -> Any:
    """Where a session begins, take the last one's squares out and start anew."""
    closed = jnp.where(begins, earned[1].sum(0), 0.0)
    return tuple(jnp.where(begins, 0.0, part) for part in earned), closed
