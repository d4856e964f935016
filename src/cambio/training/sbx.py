"""SBX's PPO: the same algorithm on JAX, faster.

SBX calls its compiled update once a minibatch; at 64 rows the calls cost more than the sums. Here
all epochs over a rollout run in one compiled loop, over SBX's own update. Nothing draws from a
global generator: rollouts use JAX keys, minibatches a numpy `Generator`.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Literal

import jax
import numpy as np
from flax import linen, serialization
from sbx import PPO
from stable_baselines3.common.logger import Logger

from cambio.training import xla  # noqa: F401 - before JAX computes
from cambio.training.export import Layer, Network
from cambio.training.learners import OnPolicy, architecture, hyperparameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.training.config import TrainingConfig
    from cambio.training.vectorized import VectorTradingEnvironment

PACKAGES: Final = ("jax", "jaxlib", "flax", "optax", "sbx-rl", "stable-baselines3", "numpy")
ACTIVATIONS: Final = {"tanh": linen.tanh, "relu": linen.relu}


def new(config: TrainingConfig, env: VectorTradingEnvironment, seed: int) -> SbxLearner:
    """Give a learner with fresh weights."""
    algorithm = CompiledPPO(
        "MlpPolicy",
        env,
        policy_kwargs={
            "net_arch": architecture(config),
            "activation_fn": ACTIVATIONS[config.activation],
            "ortho_init": True,  # as the reference begins: every action about as likely
        },
        **hyperparameters(config, seed),
    )
    algorithm.activation = config.activation
    algorithm.minibatches = np.random.default_rng(seed)
    algorithm.set_logger(Logger(None, []))
    return SbxLearner(algorithm)


def load(archive: bytes) -> SbxLearner:
    """Give the policy that `SbxLearner.archive` saved, without an environment."""
    return SbxLearner(CompiledPPO.load(BytesIO(archive), device="cpu"))


class CompiledPPO(PPO):
    """SBX's PPO with all minibatches of a rollout in one compiled loop."""

    minibatches: np.random.Generator
    activation: Literal["tanh", "relu"]
    """Its name: a function that comes out of an archive is not the one that went in."""

    def train(self) -> None:
        """Take `n_epochs` passes over the rollout, in minibatches drawn without replacement."""
        policy, buffer = self.policy, self.rollout_buffer
        optimizers = [policy.actor_state.opt_state[1], policy.vf_state.opt_state[1]]
        self._update_learning_rate(optimizers, self.lr_schedule(self._current_progress_remaining))
        rollout = [
            _by_environment(array)
            for array in (
                buffer.observations,
                buffer.actions.astype(np.int32)[:, :, 0],
                buffer.advantages,
                buffer.returns,
                buffer.log_probs,
            )
        ]
        rows = len(rollout[0])
        orders = [self.minibatches.permutation(rows) for _ in range(self.n_epochs)]
        order = np.concatenate(orders).reshape(-1, self.batch_size)
        clip_range = self.clip_range_schedule(self._current_progress_remaining)
        policy.actor_state, policy.vf_state = _epochs(
            (policy.actor_state, policy.vf_state),
            rollout,
            order,
            (clip_range, self.ent_coef, self.vf_coef),
        )
        self._n_updates += self.n_epochs


def _by_environment(array: NDArray[Any]) -> NDArray[Any]:
    """Give `(steps, envs, ...)` as `(envs * steps, ...)`, as the reference's buffer does."""
    return array.swapaxes(0, 1).reshape(-1, *array.shape[2:])


@jax.jit
def _epochs(states: Any, rollout: Any, order: Any, coefficients: Any) -> Any:
    def minibatch(states: Any, rows: Any) -> Any:
        batch = [column[rows] for column in rollout]
        updated, _ = PPO._one_update(*states, *batch, *coefficients)  # noqa: SLF001
        return updated, None

    states, _ = jax.lax.scan(minibatch, states, order)
    return states


class SbxLearner(OnPolicy):
    """A `Learner` on JAX.

    Args:
        algorithm: the PPO that it wraps.
    """

    def __init__(self, algorithm: CompiledPPO) -> None:
        self.algorithm = algorithm

    def logits(self, observations: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give `(n, 3)` for `(n, 15)`: the actor's answers before the softmax."""
        state = self.algorithm.policy.actor_state
        return np.asarray(_logits(state, observations))

    def network(self) -> Network:
        """Give the actor's weights as they are now."""
        policy = self.algorithm.policy
        parameters = policy.actor_state.params["params"]
        named = [parameters[f"Dense_{i}"] for i in range(len(policy.net_arch_pi) + 1)]
        return Network(
            tuple(Layer(np.array(d["kernel"]).T.copy(), np.array(d["bias"])) for d in named),
            self.algorithm.activation,
        )

    def archive(self) -> bytes:
        """Give the policy as it is now, in SBX's format."""
        out = BytesIO()
        self.algorithm.save(out)
        return out.getvalue()

    def state(self) -> bytes:
        """Give weights, optimisers and random generators."""
        generator = json.dumps(self.algorithm.minibatches.bit_generator.state)
        return serialization.msgpack_serialize({**self._trees(), "minibatches": generator})

    def restore(self, state: bytes) -> None:
        """Take over what `state` gave."""
        found = serialization.msgpack_restore(state)
        self.algorithm.minibatches.bit_generator.state = json.loads(found.pop("minibatches"))
        policy = self.algorithm.policy
        for name in ("actor_state", "vf_state"):
            setattr(policy, name, serialization.from_state_dict(getattr(policy, name), found[name]))
        policy.key, policy.noise_key, self.algorithm.key = map(jax.numpy.asarray, found["keys"])

    def _trees(self) -> dict[str, Any]:
        policy = self.algorithm.policy
        keys = np.stack([policy.key, policy.noise_key, self.algorithm.key])
        states = {name: getattr(policy, name) for name in ("actor_state", "vf_state")}
        trees = {name: serialization.to_state_dict(state) for name, state in states.items()}
        return {**jax.tree.map(np.asarray, trees), "keys": keys}


@jax.jit
def _logits(state: Any, observations: Any) -> Any:
    return state.apply_fn(state.params, observations).logits
