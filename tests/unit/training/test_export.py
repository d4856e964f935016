"""The exported graph is the trained policy, or it is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from stable_baselines3 import PPO
from tests.unit.training.episodes import wild

from cambio.errors import ContractMismatch
from cambio.trading.policy import OnnxPolicy
from cambio.training.config import EnvironmentConfig
from cambio.training.environment import VectorTradingEnvironment
from cambio.training.export import policy_graph, require_equal
from cambio.training.reward import RewardConfig


def untrained(layers: tuple[int, ...] = (8, 8), activation: type = torch.nn.Tanh) -> PPO:
    environment = VectorTradingEnvironment(
        wild(), EnvironmentConfig(max_steps=5), RewardConfig(), n_envs=1, seed=1
    )
    network = {"net_arch": {"pi": list(layers), "vf": [4]}, "activation_fn": activation}
    model = PPO(
        "MlpPolicy",
        environment,
        policy_kwargs=network,
        seed=1,
        n_steps=8,
        batch_size=8,
        device="cpu",
    )
    with torch.no_grad():  # SB3 begins so close to uniform that every graph would look alike
        model.policy.action_net.weight.mul_(100.0)
    return model


def rows(n: int = 300) -> np.ndarray:
    """Observations, a third of them at the clip."""
    return np.clip(np.random.default_rng(3).normal(0, 8, (n, 15)), -10, 10).astype(np.float32)


def answers(graph: bytes, observations: np.ndarray) -> np.ndarray:
    policy = OnnxPolicy(graph)
    return np.array([policy.probabilities(row) for row in observations])


def shifted(model: PPO, by: float) -> bytes:
    """The graph of a policy with one other weight."""
    bias = model.policy.action_net.bias
    kept = bias[1].item()
    with torch.no_grad():
        bias[1] = kept + by
        graph = policy_graph(model)
        bias[1] = kept
    return graph


def test_the_same_weights_give_the_same_bytes(tmp_path):
    model = untrained()
    model.save(tmp_path / "model.zip")
    loaded = PPO.load(Path(tmp_path / "model.zip"), device="cpu")
    assert policy_graph(model) == policy_graph(model) == policy_graph(loaded)


def test_other_weights_give_other_bytes():
    model = untrained()
    assert shifted(model, 1e-6) != policy_graph(model)


@pytest.mark.parametrize("activation", [torch.nn.Tanh, torch.nn.ReLU])
@pytest.mark.parametrize("layers", [(), (8,), (8, 8), (16, 8, 4)])
def test_the_graph_decides_as_the_model_does(layers, activation):
    model = untrained(layers, activation)
    chosen, _ = model.predict(rows(), deterministic=True)
    found = answers(policy_graph(model), rows()).argmax(axis=1)
    assert found.tolist() == chosen.tolist()
    assert len(set(found.tolist())) == 3


def test_the_graphs_probabilities_are_the_models():
    model = untrained()
    logits = model.policy.action_net(
        model.policy.mlp_extractor.forward_actor(torch.from_numpy(rows()))
    )
    expected = torch.softmax(logits, dim=1).detach().numpy()
    np.testing.assert_allclose(answers(policy_graph(model), rows()), expected, atol=1e-6)


def test_an_equal_graph_passes_and_tells_the_largest_difference():
    model = untrained()
    assert 0.0 <= require_equal(policy_graph(model), model, rows()) < 1e-6


@pytest.mark.parametrize("by", [1e-3, 5.0])
def test_a_changed_weight_is_refused(by):
    model = untrained()
    with pytest.raises(ContractMismatch, match="not the trained policy"):
        require_equal(shifted(model, by), model, rows())


def test_a_graph_that_answers_nan_is_refused():
    """Even where the policy always sells, which is what `argmax` makes of NaN."""
    model = untrained()
    with torch.no_grad():
        model.policy.action_net.bias[0] = 1e4
    assert set(answers(policy_graph(model), rows()).argmax(axis=1)) == {0}
    with pytest.raises(ContractMismatch):
        require_equal(shifted(model, float("nan")), model, rows())


def test_an_activation_that_cannot_be_exported_is_not_exported_as_another():
    with pytest.raises(KeyError):
        policy_graph(untrained(activation=torch.nn.GELU))
