"""What can learn a policy, behind one interface; the experiment's `training` chooses."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cambio.training.config import Training, TrainingConfig
    from cambio.training.export import Network
    from cambio.training.vectorized import VectorTradingEnvironment


class Learner(Protocol):
    """A policy that learns."""

    algorithm: Any
    """With Stable-Baselines3's interface: `learn`, `num_timesteps`, callbacks."""

    def logits(self, observations: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give `(n, 3)` for `(n, 15)`: the actor's answers before the softmax."""
        ...

    def network(self) -> Network:
        """Give the actor's weights as they are now."""
        ...

    def archive(self) -> bytes:
        """Give the policy as it is now, in its library's own format (`model.zip`)."""
        ...

    def state(self) -> bytes:
        """Give weights, optimiser and random generators: all that learning goes on from."""
        ...

    def restore(self, state: bytes) -> None:
        """Take over what `state` gave."""
        ...

    def place(self) -> dict[str, NDArray[Any]]:
        """Give where it stands in its environment, whose own state is kept apart."""
        ...

    def return_to(self, step: int, place: Mapping[str, NDArray[Any]]) -> None:
        """Stand where `place` was given, after ``step`` steps."""
        ...


class Backend(Protocol):
    """A module that makes learners."""

    PACKAGES: tuple[str, ...]
    """The distributions that the weights depend on."""

    def new(self, config: Training, env: VectorTradingEnvironment, seed: int) -> Learner:
        """Give a learner with fresh weights."""
        ...

    def load(self, archive: bytes) -> Learner:
        """Give the policy that `Learner.archive` saved, without an environment."""
        ...


_MODULES: Final = {
    "sb3": "cambio.training.sb3",
    "sbx": "cambio.training.sbx",
    "exact_gradient": "cambio.training.exact_gradient",
}


def backend(name: str) -> Backend:
    """Give a backend by its name in the configuration.

    Raises:
        ModuleNotFoundError: its packages are not installed.
    """
    module: Any = import_module(_MODULES[name])
    found: Backend = module
    return found


class OnPolicy:
    """Where Stable-Baselines3's kind of algorithm stands: updates done, and what it saw last."""

    algorithm: Any

    def place(self) -> dict[str, NDArray[Any]]:
        """Give the updates so far, the newest observations, and which begin an episode."""
        found = self.algorithm
        return {
            "updates": np.array(found._n_updates),  # noqa: SLF001 - it has no other name
            "observations": found._last_obs,  # noqa: SLF001
            "starts": found._last_episode_starts,  # noqa: SLF001
        }

    def return_to(self, step: int, place: Mapping[str, NDArray[Any]]) -> None:
        """Stand where `place` was given, after ``step`` steps."""
        found = self.algorithm
        found.num_timesteps = step
        found._n_updates = int(place["updates"])  # noqa: SLF001
        found._last_obs = place["observations"]  # noqa: SLF001
        found._last_episode_starts = place["starts"]  # noqa: SLF001


def hyperparameters(config: TrainingConfig, seed: int) -> dict[str, Any]:
    """Give the arguments that both implementations call by the same names."""
    named = {
        *("learning_rate", "batch_size", "n_epochs", "gamma", "gae_lambda"),
        *("clip_range", "ent_coef", "vf_coef", "max_grad_norm"),
    }
    steps = config.n_steps // config.n_envs
    return {"seed": seed, "device": "cpu", "n_steps": steps, **config.model_dump(include=named)}


def architecture(config: TrainingConfig) -> dict[str, list[int]]:
    """Give the layers of actor and critic under the names that both implementations use."""
    return {"pi": list(config.policy_layers), "vf": list(config.value_layers)}
