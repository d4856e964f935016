"""Stable-Baselines3's PPO: the reference.

Its rollouts and minibatches draw from torch's and numpy's global generators, so both belong to a
learner's state.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.logger import Logger

from cambio.training.export import Layer, Network
from cambio.training.learners import OnPolicy, architecture, hyperparameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.training.config import TrainingConfig
    from cambio.training.vectorized import VectorTradingEnvironment

PACKAGES: Final = ("torch", "stable-baselines3", "numpy")
ACTIVATIONS: Final = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}


def new(config: TrainingConfig, env: VectorTradingEnvironment, seed: int) -> Sb3Learner:
    """Give a learner with fresh weights."""
    torch.set_num_threads(config.torch_threads)
    algorithm = PPO(
        "MlpPolicy",
        env,
        policy_kwargs={
            "net_arch": architecture(config),
            "activation_fn": ACTIVATIONS[config.activation],
        },
        **hyperparameters(config, seed),
    )
    algorithm.set_logger(Logger(None, []))  # the default one writes to the temporary folder
    return Sb3Learner(algorithm)


def load(archive: bytes) -> Sb3Learner:
    """Give the policy that `Sb3Learner.archive` saved, without an environment."""
    return Sb3Learner(PPO.load(BytesIO(archive), device="cpu"))


class Sb3Learner(OnPolicy):
    """A `Learner` on torch.

    Args:
        algorithm: the PPO that it wraps.
    """

    def __init__(self, algorithm: PPO) -> None:
        self.algorithm = algorithm

    def logits(self, observations: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give `(n, 3)` for `(n, 15)`: the actor's answers before the softmax."""
        value = torch.from_numpy(observations)
        with torch.no_grad():
            for layer in self._actor():
                value = layer(value)
        return value.numpy()

    def network(self) -> Network:
        """Give the actor's weights as they are now."""
        layers = [layer for layer in self._actor() if isinstance(layer, torch.nn.Linear)]
        return Network(
            tuple(Layer(_copy(layer.weight), _copy(layer.bias)) for layer in layers),
            "tanh" if self.algorithm.policy.activation_fn is ACTIVATIONS["tanh"] else "relu",
        )

    def archive(self) -> bytes:
        """Give the policy as it is now, in Stable-Baselines3's format."""
        out = BytesIO()
        self.algorithm.save(out)
        return out.getvalue()

    def state(self) -> bytes:
        """Give weights, optimiser and random generators."""
        drawn: Any = np.random.get_state()  # noqa: NPY002
        name, keys, position, *gauss = drawn
        out = BytesIO()
        policy = self.algorithm.policy
        torch.save(
            {
                "policy": policy.state_dict(),
                "optimizer": policy.optimizer.state_dict(),
                "torch": torch.get_rng_state(),
                "numpy": [name, torch.from_numpy(keys.astype(np.int64)), position],
                "gauss": gauss,
            },
            out,
        )
        return out.getvalue()

    def restore(self, state: bytes) -> None:
        """Take over what `state` gave."""
        found = torch.load(BytesIO(state), weights_only=True)
        policy = self.algorithm.policy
        policy.load_state_dict(found["policy"])
        policy.optimizer.load_state_dict(found["optimizer"])
        torch.set_rng_state(found["torch"])
        name, keys, position = found["numpy"]
        numbers = keys.numpy().astype(np.uint32)
        np.random.set_state((name, numbers, position, *found["gauss"]))  # noqa: NPY002

    def _actor(self) -> list[Any]:
        policy = self.algorithm.policy
        return [*policy.mlp_extractor.policy_net, policy.action_net]


def _copy(tensor: Any) -> NDArray[np.float32]:
    return np.array(tensor.detach().numpy())
