"""A policy that goes up its exact gradient finds what is there, and is the policy that trades."""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
import pytest
from jax import numpy as jnp
from tests.unit.dataset.market import build
from tests.unit.training.episodes import STATS, wild
from tests.unit.training.test_engine import train
from tests.unit.training.test_expectation import calm, of
from tests.unit.training.test_resume import EXACT, files

from cambio.errors import ConfigError
from cambio.training import exact_gradient
from cambio.training.checkpoint import Record
from cambio.training.config import EnvironmentConfig, ExactGradientConfig
from cambio.training.curriculum import CurriculumState
from cambio.training.environment import EpisodeData, TradingEnvironment
from cambio.training.evaluation import Evaluator
from cambio.training.export import policy_graph, require_equal
from cambio.training.loop import TrainingLoop, Watch
from cambio.training.reward import RewardConfig
from cambio.training.vectorized import VectorTradingEnvironment

PNL = RewardConfig(strategy="pnl")
ENVIRONMENT = EnvironmentConfig(max_steps=30)
SMALL = ExactGradientConfig(
    algorithm="exact_gradient",
    gradient_steps=60,
    n_envs=8,
    learning_rate=0.01,
    policy_layers=(16, 16),
    eval_freq=20,
)
ROWS = np.random.default_rng(1).normal(0, 2, (50, 15)).astype(np.float32)


def told(n: int = 900, seed: int = 1) -> EpisodeData:
    """A market whose next bar's sign is the first feature's, in sessions of ten bars."""
    rng = np.random.default_rng(seed)
    data = wild(n, seed)
    signs = rng.choice([-1.0, 1.0], n // 5).repeat(5)
    closes = 100.0 * np.exp(np.cumsum(np.roll(signs, 1) * 0.001 + rng.normal(0, 0.001, n)))
    opens = np.concatenate([closes[:1], closes[:-1]])
    rows = data.rows.copy()
    rows[:, 0] = signs
    market = data.market._replace(open=opens, close=closes, cost_rate=np.full(n, 1e-4))
    return replace(data, market=market, rows=rows)


def learned(data: EpisodeData, config: ExactGradientConfig = SMALL, seed: int = 7, **terms):
    env = VectorTradingEnvironment(data, ENVIRONMENT, PNL, n_envs=config.n_envs, seed=seed)
    learner, record = exact_gradient.new(config, env, seed), Record()
    loop = TrainingLoop(
        learner, env, Evaluator(data, ENVIRONMENT, PNL), CurriculumState(), record, **terms
    )
    loop.run(config, Watch(lambda *_: None, lambda *_: None), lambda: None)
    return learner, record


@pytest.fixture(scope="module")
def ordinary():
    """A learner of the small policy on that market, and its record."""
    return learned(told())


def found_most(record: Record) -> bool:
    """Tell whether most of what there is was found."""
    most = Evaluator(told(), ENVIRONMENT, PNL).evaluate(
        lambda rows: rows[:, :1] * [[-1.0, 0.0, 1.0]]
    )
    assert record.best is not None
    return record.best[1] > 0.6 * most.mean_reward > 0.0


def test_it_finds_an_edge(ordinary) -> None:
    assert found_most(ordinary[1])


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": "mean_variance", "activation": "relu"},
        {"objective": "sharpe", "input_noise": 0.3, "dropout": 0.1},
    ],
    ids=lambda changes: " ".join(map(str, changes.values())),
)
def test_it_finds_an_edge_otherwise(changes) -> None:
    assert found_most(learned(told(), SMALL.model_copy(update=changes))[1])


def test_a_dear_trade_is_not_made() -> None:
    """What is expected of a policy that heeds costs is never a loss, where staying flat is none."""
    data = told()
    dear = replace(data, market=data.market._replace(cost_rate=np.full(len(data), 0.05)))
    learner, _ = learned(dear, SMALL.model_copy(update={"gradient_steps": 200, "ent_coef": 0.0}))
    assert Evaluator(dear, ENVIRONMENT, PNL).evaluate(learner.logits).mean_reward == 0.0


def test_the_rewards_it_tells_are_those_of_its_steps(ordinary) -> None:
    _, record = ordinary
    assert [step for step, _ in record.episodes] == [20] * 20 + [40] * 20 + [60] * 20
    first, last = (np.mean([r for _, r in part]) for part in np.array_split(record.episodes, 2))
    assert last > first


def policy(learner: exact_gradient.ExactGradientLearner, data: EpisodeData, width: int):
    """The chances that the gradient works with, `(l, 3, b, 3)`, from each of three bars."""
    rows = np.column_stack([data.rows, data.time_normalized]).astype(np.float32)
    at = np.array([0, 5, 11]) + np.arange(width)[:, None]
    key = jax.random.key(0)
    return at, jax.nn.softmax(
        exact_gradient._logits(learner.algorithm.weights, key, jnp.asarray(rows[at]), SMALL)
    )


def test_the_gradient_is_of_the_policy_that_is_exported(ordinary) -> None:
    data = told()
    learner, _ = ordinary
    at, chances = policy(learner, data, 20)
    for i, position in enumerate((-1.0, 0.0, 1.0)):
        seen = np.concatenate(
            [data.rows[at], np.full((*at.shape, 1), position), data.time_normalized[at][..., None]],
            -1,
        ).astype(np.float32)
        logits = learner.logits(seen.reshape(-1, 15)).reshape(*at.shape, 3)
        np.testing.assert_allclose(chances[:, i], jax.nn.softmax(logits), atol=2e-6)
    graph = policy_graph([learner.network()])
    assert require_equal(graph, learner.logits(ROWS), ROWS) <= 1e-5
    loaded = exact_gradient.load(learner.archive())
    np.testing.assert_array_equal(loaded.logits(ROWS), learner.logits(ROWS))


def test_the_expectation_is_the_mean_of_rollouts(ordinary) -> None:
    """Of a learned policy that draws its actions, in the readable environment."""
    data = calm(41, seed=3)
    learner, _ = ordinary
    seen = Evaluator(data, ENVIRONMENT, PNL).observations
    chances = np.asarray(jax.nn.softmax(learner.logits(seen)), float).reshape(3, 41, 3)
    bounds = chances.cumsum(-1)
    env = TradingEnvironment(data, STATS, EnvironmentConfig(max_steps=40), PNL)
    rng, totals = np.random.default_rng(5), []
    for _ in range(1500):
        env.reset(options={"start": 0})
        position, total, done = 0, 0.0, False
        for drawn in rng.random(40).tolist():
            action = min(int(np.searchsorted(bounds[position + 1, env._t], drawn)), 2)
            _, reward, _, done, info = env.step(action)
            position, total = info["position"], total + reward
        assert done
        totals.append(total)
    expected = float(of(data, PNL, chances[:, :40].transpose(1, 0, 2)).reward[0])
    error = np.std(totals) / len(totals) ** 0.5
    assert abs(np.mean(totals) - expected) < 4.0 * error < 0.5 * np.std(totals)


def test_the_parts_of_a_step_are_the_whole() -> None:
    """A step works on blocks of its episodes; their mean gradient is the gradient."""
    data = told()
    env = VectorTradingEnvironment(data, ENVIRONMENT, PNL, n_envs=8, seed=1)
    algorithm = exact_gradient.new(SMALL, env, 1).algorithm
    split, starts = algorithm._split(), jnp.arange(8) * 40
    key = jax.random.key(0)

    @jax.jit
    def gradient(part):
        return jax.grad(exact_gradient._loss, has_aux=True)(
            algorithm.weights, key, part, split.rows, split.bars, config=SMALL, width=30
        )[0]

    halves = jax.tree.map(lambda a, b: (a + b) / 2, gradient(starts[:4]), gradient(starts[4:]))
    for ours, theirs in zip(
        jax.tree.leaves(halves), jax.tree.leaves(gradient(starts)), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-7)


def test_sessions_are_judged_whole() -> None:
    """For a Sharpe ratio an episode begins with a session's first fill."""
    data = told(100)
    env = VectorTradingEnvironment(data, ENVIRONMENT, PNL, n_envs=4, seed=1)
    config = SMALL.model_copy(update={"objective": "sharpe"})
    starts = exact_gradient.new(config, env, 1).algorithm._split().starts
    assert starts.tolist()[:25] == [0] * 10 + [9] * 10 + [19] * 5


def test_a_reward_that_looks_back_is_refused() -> None:
    for rewards in (RewardConfig(), RewardConfig(strategy="differential_sharpe")):
        env = VectorTradingEnvironment(told(100), ENVIRONMENT, rewards, n_envs=4, seed=1)
        with pytest.raises(ConfigError, match="looks back"):
            exact_gradient.new(SMALL, env, 1).algorithm._split()


def test_the_same_seed_gives_the_same_bits(tmp_path_factory) -> None:
    dataset = build(tmp_path_factory.mktemp("datasets"))
    one, same, other = (
        train(dataset, tmp_path_factory.mktemp("models"), replace(EXACT, seed=seed))
        for seed in (7, 7, 8)
    )
    assert files(one) == files(same)
    assert one.model_hash != other.model_hash
