"""Steps a second that PPO learns from: rollouts and updates, single-threaded.

Ours: `VectorTradingEnvironment` behind `VecMonitor`, set up as `TrainingEngine` does by default.
Peer: stock Stable-Baselines3 on one environment that reads DataFrame rows, as the specification
draws it. Both are the same PPO with the same network (2 × 256 tanh), rollout, batches, epochs and
number of steps; only where the steps come from differs. The update, the larger part, is torch's
on both sides and bounds what any environment can gain. Evaluations and checkpoints are left out
on both sides.
"""

from __future__ import annotations

from functools import partial

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecEnv, VecMonitor

from benchmarks import market, specification
from benchmarks.figures import Contender, Figure, rates
from cambio.training.config import TrainingConfig
from cambio.training.environment import CAPITAL, VectorTradingEnvironment

TARGET_RATIO = 1.5
CONFIG = TrainingConfig()
ROLLOUTS = 3
ROUNDS = 3


def figures() -> list[Figure]:
    """Measure both."""
    torch.set_num_threads(CONFIG.torch_threads)
    ours = VecMonitor(
        VectorTradingEnvironment(
            market.episodes(), market.ENVIRONMENT, market.REWARD, n_envs=CONFIG.n_envs, seed=1
        )
    )
    rows = specification.as_rows(market.frame())
    theirs = make_vec_env(
        partial(
            specification.RowEnvironment,
            *(rows, market.stats(), CAPITAL),
            market.ENVIRONMENT.max_steps,
        )
    )
    samples = rates(ROUNDS, _learn("cambio", ours), _learn("SB3 PPO, pandas rows", theirs))
    return [Figure("PPO training", "steps/s", *samples, target_ratio=TARGET_RATIO)]


def _learn(name: str, environment: VecEnv) -> Contender:
    model = PPO(
        "MlpPolicy",
        environment,
        n_steps=CONFIG.n_steps // environment.num_envs,
        policy_kwargs=market.NETWORK,
        device="cpu",
        seed=1,
        **CONFIG.model_dump(
            include={
                *("learning_rate", "batch_size", "n_epochs", "gamma", "gae_lambda"),
                *("clip_range", "ent_coef", "vf_coef", "max_grad_norm"),
            }
        ),
    )
    steps = ROLLOUTS * CONFIG.n_steps
    return Contender(name, partial(model.learn, steps), work=steps)
