"""Steps a second that PPO learns from: rollouts and updates, single-threaded; memory; compilation.

Ours: what `TrainingEngine` runs, with its loop between rollouts, on both backends, see `ppo`. A
round ends with the evaluation on half a year of validation that the configuration asks for.

Peers: stock Stable-Baselines3 on one environment, not evaluated, and without a callback. One is
on an environment that reads DataFrame rows, as the specification draws it; the other on our
`TradingEnvironment`, the same process in plain Python over arrays. All have the specification's
hyperparameters but `fast_ppo_v1`, which has other batches and a smaller network. The fast path is
held against the faster peer. How well each learns is told by `python -m benchmarks.learning`.

XLA has compiled what it needs before anything is timed. What that takes is a figure of its own:
with nothing at hand, and from the cache that every later process finds.
"""

from __future__ import annotations

import tempfile
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from stable_baselines3 import PPO

from benchmarks import market, ppo, process, specification
from benchmarks.figures import Contender, Figure, Sample, rates
from cambio.training.environment import CAPITAL, EpisodeData
from cambio.training.evaluation import Evaluator
from cambio.training.learners import hyperparameters

if TYPE_CHECKING:
    import gymnasium as gym

FAST_RATIO, TUNED_RATIO, VECTORISED_RATIO = 4.0, 10.0, 1.5
MEMORY_MIB = 2048.0
PEER_ROLLOUTS = 2
ROLLOUTS = {ppo.SB3: 5, ppo.SBX: 5, ppo.TUNED: 10}
"""Of a round: the specification's 10,240 steps, about one `eval_freq`."""
VALIDATION_BARS = 120 * 60
ROUNDS = 3


def figures() -> list[Figure]:
    """Measure all."""
    task = ppo.Task(market.episodes(), market.stats(), market.ENVIRONMENT, market.REWARD)
    rows = specification.as_rows(market.frame())
    pandas = specification.RowEnvironment(
        rows, market.stats(), CAPITAL, market.ENVIRONMENT.max_steps
    )
    samples = rates(
        ROUNDS,
        *(_ours(variant, task, rollouts) for variant, rollouts in ROLLOUTS.items()),
        _stock("SB3, pandas rows", pandas),
        _stock("SB3, TradingEnvironment", ppo.single(task)),
    )
    sb3, sbx, tuned, rows_peer, single_peer = samples
    faster = max(rows_peer, single_peer, key=lambda sample: float(np.median(sample.values)))
    return [
        Figure("PPO, backend sb3", "steps/s", sb3, rows_peer, target_ratio=VECTORISED_RATIO),
        Figure("PPO, backend sb3", "steps/s", sb3, single_peer),
        Figure("PPO, backend sbx", "steps/s", sbx, faster, target_ratio=FAST_RATIO),
        Figure("PPO, fast_ppo_v1", "steps/s", tuned, faster, target_ratio=TUNED_RATIO),
        *_processes(task),
    ]


def _ours(variant: str, task: ppo.Task, rollouts: int) -> Contender:
    training = ppo.Training(variant, task, seed=1)
    steps = rollouts * training.config.n_steps
    return Contender("cambio", partial(training.learn, steps, _evaluator()), work=steps)


@cache
def _evaluator() -> ppo.Timed:
    newest = market.frame().tail(VALIDATION_BARS)
    data = EpisodeData.of(newest, market.stats(), market.costs(), close_only=False)
    return ppo.Timed(Evaluator(data, market.ENVIRONMENT, market.REWARD))


def _stock(name: str, environment: gym.Env) -> Contender:
    config = ppo.config(ppo.STOCK)
    arguments = hyperparameters(config, seed=1)
    model = PPO("MlpPolicy", environment, policy_kwargs=market.NETWORK, **arguments)
    steps = PEER_ROLLOUTS * config.n_steps
    return Contender(name, partial(model.learn, steps), work=steps)


def _processes(task: ppo.Task) -> list[Figure]:
    """Give what a whole process takes: memory, and XLA's compilation."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        market.database(home)
        ours = process.alone(process.cambio_train, "fast_ppo_v1", home)
        theirs = process.alone(process.stock_peak, task)
        cold, warm = (
            process.alone(process.compilation, ppo.SBX, task, home / "compiled") for _ in range(2)
        )
    return [
        Figure(
            "peak memory of cambio train",
            "MiB",
            _once("cambio", ours),
            _once("SB3, TradingEnvironment", theirs),
            target=MEMORY_MIB,
        ),
        Figure("XLA compiles, cached", "s", _once("cambio", warm), _once("nothing cached", cold)),
    ]


def _once(name: str, value: float) -> Sample:
    return Sample(name, np.array([value]))
