"""What both implementations of PPO must do alike behind the one interface."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.dataset.market import build
from tests.unit.training.episodes import wild
from tests.unit.training.test_engine import JOB, TINY, train

from cambio.training.config import EnvironmentConfig
from cambio.training.export import policy_graph, require_equal
from cambio.training.learners import Learner
from cambio.training.learners import backend as backend_of
from cambio.training.reward import RewardConfig
from cambio.training.vectorized import VectorTradingEnvironment

ROWS = np.random.default_rng(1).normal(0, 2, (50, 15)).astype(np.float32)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return build(tmp_path_factory.mktemp("datasets"))


def learner(name: str, seed: int = 7, steps: int = 128, **training: object) -> Learner:
    config = TINY.model_copy(update=training)
    environment = VectorTradingEnvironment(
        wild(200), EnvironmentConfig(max_steps=30), RewardConfig(), n_envs=4, seed=seed
    )
    found = backend_of(name).new(config, environment, seed)
    found.algorithm.learn(steps)
    return found


@pytest.fixture(scope="module", params=["sb3", "sbx"])
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def learned(name) -> Learner:
    return learner(name)


def test_the_network_that_is_exported_is_the_policy(learned):
    graph = policy_graph([learned.network()])
    assert require_equal(graph, learned.logits(ROWS), ROWS) <= 1e-5


def test_the_deterministic_action_is_the_largest_logit(learned):
    actions, _ = learned.algorithm.predict(ROWS, deterministic=True)
    assert learned.logits(ROWS).argmax(1).tolist() == actions.tolist()


def test_an_archive_holds_the_policy(name, learned):
    loaded = backend_of(name).load(learned.archive())
    np.testing.assert_array_equal(loaded.logits(ROWS), learned.logits(ROWS))
    assert loaded.network().activation == learned.network().activation == "tanh"


def test_it_begins_with_every_action_about_as_likely(name):
    """A learning rate of next to nothing shows the first weights."""
    still = learner(name, learning_rate=1e-12, policy_layers=(64, 64))
    assert np.abs(still.logits(ROWS)).max() < 0.1


def test_another_seed_draws_other_first_weights(name):
    one, other = (learner(name, seed, 64, learning_rate=1e-12) for seed in (1, 2))
    assert np.abs(one.logits(ROWS) - other.logits(ROWS)).max() > 1e-5


def test_a_model_is_the_same_from_the_same_seed(dataset, tmp_path):
    """For SB3 `test_engine` says so."""
    job = replace(JOB, training=TINY.model_copy(update={"backend": "sbx"}))
    hashes = [train(dataset, tmp_path / run, job).model_hash for run in ("a", "b")]
    other = train(dataset, tmp_path, replace(job, seed=8)).model_hash
    assert hashes[0] == hashes[1] != other


def test_relu_is_exported_too(name):
    found = learner(name, activation="relu")
    assert found.network().activation == "relu"
    graph = policy_graph([found.network()])
    assert require_equal(graph, found.logits(ROWS), ROWS) <= 1e-5


def test_the_compiled_loop_is_sbxs_own_update_over_each_minibatch():
    """The reference steps SBX's update from Python, over the same rows in the same order."""
    from sbx import PPO

    ours, theirs = learner("sbx", steps=64), learner("sbx", steps=64)
    buffer = ours.algorithm.rollout_buffer
    order = [ours.algorithm.minibatches.permutation(64) for _ in range(1)]
    theirs.algorithm.train()  # draws the same order from the same generator
    columns = [
        np.concatenate([column[:, env] for env in range(4)])
        for column in (
            *(buffer.observations, buffer.actions[:, :, 0].astype(np.int32)),
            *(buffer.advantages, buffer.returns, buffer.log_probs),
        )
    ]
    policy = ours.algorithm.policy
    states = (policy.actor_state, policy.vf_state)
    for rows in np.concatenate(order).reshape(-1, TINY.batch_size):
        batch = [column[rows] for column in columns]
        states, _ = PPO._one_update(*states, *batch, TINY.clip_range, TINY.ent_coef, TINY.vf_coef)
    policy.actor_state, policy.vf_state = states
    np.testing.assert_allclose(ours.logits(ROWS), theirs.logits(ROWS), atol=1e-6)
