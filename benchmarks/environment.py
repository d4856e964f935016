"""Steps a second of `VectorTradingEnvironment` on one core, whole episodes with random actions.

A round is at least one whole episode of every copy (1,200 bars), so each pays its share of
automatic resets, terminal observations and infos. Actions are drawn before the clock starts, on
every side.

Peers, on the same prices and in episodes of the same length: our own `TradingEnvironment`, which
is the same process stepped by Python, and gym-anytrading's `ForexEnv`, the best-known package for
this purpose. ForexEnv does less: two actions, prices and differences as its observation, no
financing, no normalisation, no drawdown. It is called directly, without Gymnasium's wrappers.
"""

from __future__ import annotations

from functools import partial

import gymnasium as gym
import numpy as np
import pandas as pd
from gym_anytrading.envs import ForexEnv

from benchmarks import market
from benchmarks.figures import Contender, Figure, rates
from cambio.training.environment import TradingEnvironment
from cambio.training.vectorized import VectorTradingEnvironment

TARGET = 3e6
COPIES = (4096, 256, 16)
MIN_STEPS = 600_000
"""In a round of the vectorised environment."""
SINGLE_EPISODES = 5
WINDOW = 10
ROUNDS = 5
EPISODE = market.ENVIRONMENT.max_steps


def figures() -> list[Figure]:
    """Measure three sizes beside both peers."""
    single = TradingEnvironment(
        market.episodes(), market.stats(), market.ENVIRONMENT, market.REWARD
    )
    close = market.frame()["close"].to_numpy()
    forex = ForexEnv(
        pd.DataFrame({"Close": close}), window_size=WINDOW, frame_bound=(WINDOW, WINDOW + EPISODE)
    )
    samples = rates(
        ROUNDS,
        *(_vectorised(copies) for copies in COPIES),
        _one("TradingEnvironment", single, 3),
        _one("gym-anytrading ForexEnv", forex, 2),
    )
    largest, *others = samples[: len(COPIES)]
    ours, theirs = samples[len(COPIES) :]
    name = "environment, {:,} copies".format
    return [
        Figure(name(COPIES[0]), "steps/s", largest, theirs, target=TARGET),
        Figure(name(COPIES[0]), "steps/s", largest, ours),
        *(
            Figure(name(n), "steps/s", sample, theirs)
            for n, sample in zip(COPIES[1:], others, strict=True)
        ),
    ]


def _vectorised(copies: int) -> Contender:
    environment = VectorTradingEnvironment(
        market.episodes(), market.ENVIRONMENT, market.REWARD, n_envs=copies, seed=1
    )
    environment.reset()
    steps = EPISODE * max(1, MIN_STEPS // (EPISODE * copies))
    actions = np.random.default_rng(1).integers(0, 3, (EPISODE, copies))

    def run() -> None:
        ended = 0
        for t in range(steps):
            dones = environment.step(actions[t % EPISODE])[2]
            ended += np.count_nonzero(dones)
        if ended < copies * steps // EPISODE:
            raise AssertionError(f"{ended} episodes ended; the resets were not measured")

    return Contender("cambio", run, work=steps * copies)


def _one(name: str, environment: gym.Env, actions: int) -> Contender:
    steps = SINGLE_EPISODES * EPISODE
    chosen = np.random.default_rng(1).integers(0, actions, steps).tolist()
    environment.reset(seed=1)
    return Contender(name, partial(_walk, environment, chosen), work=steps)


def _walk(environment: gym.Env, actions: list[int]) -> None:
    for action in actions:
        _, _, terminated, truncated, _ = environment.step(action)
        if terminated or truncated:
            environment.reset()
