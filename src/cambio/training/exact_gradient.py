"""Training by the exact gradient: no sampled actions, no critic.

Each step draws episodes, asks `expectation` what the policy is expected to earn in them, and goes
up its gradient by AdamW (Loshchilov & Hutter 2019). What is random is which episodes a step looks
at, and the noise that regularises. See docs/exact-gradient.md.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jax
import numpy as np
import optax
from jax import numpy as jnp

from cambio.calendar import BARS_PER_SESSION
from cambio.contracts.features import MARKET_FEATURES_COUNT, OBSERVATION_DIM
from cambio.contracts.trading import Action
from cambio.trading.observation import POSITION
from cambio.training import xla  # noqa: F401 - before JAX computes
from cambio.training.expectation import Bars, bars_of, expected
from cambio.training.export import Layer, Network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.training.config import ExactGradientConfig, StageConfig
    from cambio.training.expectation import Expected
    from cambio.training.loop import TrainingLoop
    from cambio.training.vectorized import VectorTradingEnvironment

PACKAGES: Final = ("jax", "jaxlib", "optax", "numpy")
POSITIONS: Final = np.array([-1.0, 0.0, 1.0], np.float32)[:, None, None]
ACTIVATIONS: Final = {"tanh": jnp.tanh, "relu": jax.nn.relu}
LEAST_VARIANCE: Final = 1e-6
"""Of percent returns a session; below it a Sharpe ratio means nothing."""
BLOCK_BARS: Final = 2048
"""Bars of a step that are worked on together: what a core's cache holds."""

Weights = list[tuple[Any, Any]]
"""Each layer's weight `(in, out)` and bias `(out,)`."""


def new(
    config: ExactGradientConfig, env: VectorTradingEnvironment, seed: int
) -> ExactGradientLearner:
    """Give a learner with fresh weights."""
    return ExactGradientLearner(_Ascent(config, env, seed))


def load(archive: bytes) -> ExactGradientLearner:
    """Give the policy that `ExactGradientLearner.archive` saved, without an environment."""
    *leaves, activation = _unpacked(archive)
    weights = [(w, b) for w, b in zip(leaves[::2], leaves[1::2], strict=True)]
    return ExactGradientLearner(_Policy(weights, str(activation)))


class _Policy:
    """Weights that answer."""

    def __init__(self, weights: Weights, activation: str) -> None:
        self.weights = weights
        self.activation = activation


class _Ascent(_Policy):
    """The algorithm, with as much of Stable-Baselines3's interface as `TrainingLoop` needs."""

    def __init__(
        self, config: ExactGradientConfig, env: VectorTradingEnvironment, seed: int
    ) -> None:
        self.key = jax.random.key(seed)
        super().__init__(_fresh(config.policy_layers, self.key), config.activation)
        self.moments = _optimizer(config).init(self.weights)
        self.num_timesteps = 0
        self._config = config
        self._env = env
        self._known: tuple[StageConfig, _Split] | None = None

    def learn(
        self, steps: int, callback: TrainingLoop, *, reset_num_timesteps: bool = True
    ) -> None:
        """Take ``steps`` steps, and between two of them what ``callback`` does there."""
        if reset_num_timesteps:
            self.num_timesteps = 0
        end = self.num_timesteps + steps
        callback.init_callback(self)
        callback.on_training_start({}, {})
        going = True
        while going and self.num_timesteps < end:
            callback.on_rollout_start()
            rewards = self._climb(end)
            callback.update_locals({"infos": [{"episode": {"r": r}} for r in rewards]})
            going = callback.on_step()
            callback.on_rollout_end()
        callback.on_training_end()

    def _climb(self, end: int) -> list[float]:
        """Take steps up to where the next thing is due; give their episodes' mean rewards."""
        config, first = self._config, self.num_timesteps
        due = (config.eval_freq, config.checkpoint_freq)
        count = min(end, *(first - first % every + every for every in due)) - first
        split = self._split()
        starts = np.zeros((min(*due, config.gradient_steps), config.n_envs), np.int64)
        starts[:count] = split.starts[self._env.draw((count, config.n_envs))]
        found = _steps(
            *(self.weights, self.moments, self.key, starts, first, count, split.rows, split.bars),
            config=config,
            width=self._env.steps,
        )
        self.weights, self.moments, rewards = found
        self.num_timesteps += count
        return np.asarray(rewards)[:count].tolist()

    def _split(self) -> _Split:
        if self._known is None or self._known[0] != self._env.stage:
            self._known = self._env.stage, _Split.of(self._env, self._config)
        return self._known[1]


class _Split(NamedTuple):
    """The training split at a stage's costs, as steps read it."""

    rows: Any
    """Normalised market features and the time, `(n, 14)`."""
    bars: Bars
    starts: NDArray[np.int64]
    """Where an episode that is drawn to begin at a bar begins, `(n,)`."""

    @classmethod
    def of(cls, env: VectorTradingEnvironment, config: ExactGradientConfig) -> _Split:
        data = env.at_costs()
        bars = bars_of(data, env.rewards)
        starts = np.arange(len(data))
        if config.objective != "mean":  # whole sessions: from the last bar of the one before
            starts = np.maximum(np.maximum.accumulate(np.where(bars.first, starts, 0)) - 1, 0)
        rows = np.column_stack([data.rows, data.time_normalized]).astype(np.float32)
        return cls(jnp.asarray(rows), Bars(*map(jnp.asarray, bars)), starts)


class ExactGradientLearner:
    """A `Learner` of a policy that goes up its exact gradient.

    Args:
        algorithm: what it wraps: weights alone, when it is to answer and not to learn.
    """

    def __init__(self, algorithm: Any) -> None:
        self.algorithm = algorithm

    def logits(self, observations: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give `(n, 3)` for `(n, 15)`: the answers before the softmax."""
        found = self.algorithm
        return np.asarray(_answer(found.weights, observations, found.activation))

    def network(self) -> Network:
        """Give the weights as they are now."""
        layers = (Layer(np.array(w).T.copy(), np.array(b)) for w, b in self.algorithm.weights)
        return Network(tuple(layers), self.algorithm.activation)

    def archive(self) -> bytes:
        """Give the policy as it is now: numpy's archive of each layer's weight and bias."""
        activation = np.array(self.algorithm.activation)
        return _packed([*jax.tree.leaves(self.algorithm.weights), activation])

    def state(self) -> bytes:
        """Give weights and optimiser; episodes and noise follow from the environment and seed."""
        return _packed(jax.tree.leaves((self.algorithm.weights, self.algorithm.moments)))

    def restore(self, state: bytes) -> None:
        """Take over what `state` gave."""
        tree = jax.tree.structure((self.algorithm.weights, self.algorithm.moments))
        found = tree.unflatten(map(jnp.asarray, _unpacked(state)))
        self.algorithm.weights, self.algorithm.moments = found

    def place(self) -> dict[str, NDArray[Any]]:
        """Give nothing: a step begins new episodes."""
        return {}

    def return_to(self, step: int, place: Mapping[str, NDArray[Any]]) -> None:  # noqa: ARG002
        """Stand after ``step`` steps."""
        self.algorithm.num_timesteps = step


def _packed(arrays: Sequence[Any]) -> bytes:
    out = BytesIO()
    np.savez(out, *arrays)
    return out.getvalue()


def _unpacked(data: bytes) -> list[NDArray[Any]]:
    with np.load(BytesIO(data)) as found:
        return [found[f"arr_{i}"] for i in range(len(found.files))]


def _fresh(widths: Sequence[int], key: Any) -> Weights:
    """Give weights with which every action is about as likely, as the reference begins."""
    sizes = (OBSERVATION_DIM, *widths, len(Action))
    gains = [2.0**0.5] * len(widths) + [0.01]
    keys = jax.random.split(key, len(gains))
    return [
        (jax.nn.initializers.orthogonal(gain)(one, shape), jnp.zeros(shape[1]))
        for gain, one, shape in zip(gains, keys, pairwise(sizes), strict=True)
    ]


def _optimizer(config: ExactGradientConfig) -> optax.GradientTransformation:
    return optax.adamw(config.learning_rate, weight_decay=config.weight_decay)


@partial(jax.jit, static_argnames=("activation",))
def _answer(weights: Weights, observations: Any, activation: str) -> Any:
    value = observations
    for weight, bias in weights[:-1]:
        value = ACTIVATIONS[activation](value @ weight + bias)
    weight, bias = weights[-1]
    return value @ weight + bias


@partial(jax.jit, static_argnames=("config", "width"))
def _steps(
    weights: Weights,
    moments: Any,
    key: Any,
    starts: Any,
    first: Any,
    count: Any,
    rows: Any,
    bars: Bars,
    *,
    config: ExactGradientConfig,
    width: int,
) -> Any:
    """Take the steps from number ``first`` on; give weights, moments and each step's reward.

    Args:
        weights: of the policy.
        moments: of the optimiser.
        key: of the noise.
        starts: first bars of the episodes of each step, `(most, n_envs)`; ``count`` rows count.
        first: number of the first step.
        count: how many to take.
        rows: of the split, `(n, 14)`.
        bars: of the split.
        config: what to do.
        width: bars of an episode after its first.
    """
    optimizer = _optimizer(config)
    blocks = _blocks(config, width)

    def step(i: Any, state: Any) -> Any:
        weights, moments, rewards = state
        keys = jax.random.split(jax.random.fold_in(key, first + i), blocks)

        def block(total: Any, part: Any) -> Any:
            found = jax.value_and_grad(_loss, has_aux=True)(
                weights, *part, rows, bars, config=config, width=width
            )
            (_, reward), gradient = found
            return jax.tree.map(jnp.add, total, (gradient, reward)), None

        nothing = jax.tree.map(jnp.zeros_like, weights), jnp.float32(0)
        parts = keys, starts[i].reshape(blocks, -1)
        total, _ = jax.lax.scan(block, nothing, parts)
        gradient, reward = jax.tree.map(lambda value: value / blocks, total)
        updates, moments = optimizer.update(gradient, moments, weights)
        return optax.apply_updates(weights, updates), moments, rewards.at[i].set(reward)

    return jax.lax.fori_loop(0, count, step, (weights, moments, jnp.zeros(len(starts))))


def _blocks(config: ExactGradientConfig, width: int) -> int:
    """Give into how many equal parts a step's episodes go; one, if the objective needs all."""
    if config.objective != "mean":
        return 1
    fewest = -(-config.n_envs // max(BLOCK_BARS // width, 8))
    return next(n for n in range(fewest, config.n_envs + 1) if config.n_envs % n == 0)


def _loss(
    weights: Weights,
    key: Any,
    starts: Any,
    rows: Any,
    bars: Bars,
    *,
    config: ExactGradientConfig,
    width: int,
) -> Any:
    """Give what a step goes down by, and the mean reward of an episode, percent."""
    at = starts + jnp.arange(width)[:, None]
    logits = _logits(weights, key, rows[at], config)
    chances = jax.nn.softmax(logits)
    entropy = -(chances * jax.nn.log_softmax(logits)).sum(-1).mean()
    filled = Bars(*(column[at + 1] for column in bars))
    found = expected(chances, filled, moments=config.objective != "mean")
    gain = _gain(found, width, config) + config.ent_coef * entropy
    return -gain, found.reward.mean()


def _gain(found: Expected, width: int, config: ExactGradientConfig) -> Any:
    """Give the objective, of percent a session."""
    if config.objective == "mean":
        return found.reward.mean() * (BARS_PER_SESSION / width)
    reward, returns = found.reward.sum() / found.sessions, found.returns.sum() / found.sessions
    variance = found.squares / found.sessions - returns**2
    if config.objective == "mean_variance":
        return reward - 0.5 * config.risk_aversion * variance
    return reward / jnp.sqrt(variance + LEAST_VARIANCE)


def _logits(weights: Weights, key: Any, rows: Any, config: ExactGradientConfig) -> Any:
    """Give the policy's logits on each bar in each position, `(l, 3, b, 3)`.

    The observations of the three differ in the position alone, so the first layer's sums over the
    rest are taken once. An episode keeps its dropped units: it is one thinned network's.
    """
    noise, *drops = jax.random.split(key, len(weights))
    if config.input_noise:
        shape = (*rows.shape[:-1], MARKET_FEATURES_COUNT)
        noisy = rows[..., :MARKET_FEATURES_COUNT] + config.input_noise * jax.random.normal(
            noise, shape
        )
        rows = jnp.concatenate([noisy, rows[..., MARKET_FEATURES_COUNT:]], -1)
    weight, bias = weights[0]
    seen = np.delete(np.arange(OBSERVATION_DIM), POSITION)
    value = (rows @ weight[seen] + bias)[:, None] + POSITIONS * weight[POSITION]
    for (weight, bias), drop in zip(weights[1:], drops, strict=True):
        value = ACTIVATIONS[config.activation](value)
        if config.dropout:
            kept = jax.random.bernoulli(drop, 1.0 - config.dropout, value.shape[2:])
            value = value * kept / (1.0 - config.dropout)
        value = value @ weight + bias
    return value
