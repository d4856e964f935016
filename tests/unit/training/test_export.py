"""The exported graph is the trained policy, or it is refused."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import onnx
import pytest
import torch
from tests.models import random_network
from tests.unit.trading.test_policy import graph as another_graph

from cambio.errors import ContractMismatch
from cambio.trading.policy import OnnxPolicy
from cambio.training.export import (
    Layer,
    Network,
    networks_of,
    policy_graph,
    require_equal,
    require_mean,
)

ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}


def network(layers: tuple[int, ...] = (8, 8), activation: str = "tanh", seed: int = 1) -> Network:
    """Random weights that lead to all three actions."""
    rng = np.random.default_rng(seed)
    sizes = (15, *layers, 3)
    made = [Layer(rng.normal(0, 0.5, (o, i)), rng.normal(0, 0.1, o)) for i, o in pairwise(sizes)]
    return Network(
        tuple(Layer(*(t.astype(np.float32) for t in layer)) for layer in made), activation
    )


def logits(of: Network, observations: np.ndarray) -> np.ndarray:
    """What torch makes of the same weights."""
    modules: list[torch.nn.Module] = []
    for layer in of.layers:
        linear = torch.nn.Linear(layer.weight.shape[1], layer.weight.shape[0])
        linear.load_state_dict(
            {"weight": torch.from_numpy(layer.weight), "bias": torch.from_numpy(layer.bias)}
        )
        modules += [linear, ACTIVATIONS[of.activation]()]
    with torch.no_grad():
        return torch.nn.Sequential(*modules[:-1])(torch.from_numpy(observations)).numpy()


def rows(n: int = 300) -> np.ndarray:
    """Observations, a third of them at the clip."""
    return np.clip(np.random.default_rng(3).normal(0, 8, (n, 15)), -10, 10).astype(np.float32)


def answers(graph: bytes, observations: np.ndarray) -> np.ndarray:
    policy = OnnxPolicy(graph)
    return np.array([policy.probabilities(row) for row in observations])


def shifted(of: Network, by: float) -> Network:
    """The same policy with one other weight."""
    *inner, head = of.layers
    bias = head.bias.copy()
    bias[1] += np.float32(by)
    return Network((*inner, Layer(head.weight, bias)), of.activation)


def test_the_same_weights_give_the_same_bytes():
    assert policy_graph([network()]) == policy_graph([network()])
    turned = [Layer(np.asfortranarray(layer.weight), layer.bias) for layer in network().layers]
    assert policy_graph([Network(tuple(turned), "tanh")]) == policy_graph([network()])
    double = [Layer(*(tensor.astype(float) for tensor in layer)) for layer in network().layers]
    assert policy_graph([Network(tuple(double), "tanh")]) == policy_graph([network()])


def test_other_weights_give_other_bytes():
    assert policy_graph([shifted(network(), 1e-6)]) != policy_graph([network()])


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("layers", [(), (8,), (8, 8), (16, 8, 4)])
def test_the_graph_decides_as_the_policy_does(layers, activation):
    trained = network(layers, activation)
    found = answers(policy_graph([trained]), rows()).argmax(axis=1)
    assert found.tolist() == logits(trained, rows()).argmax(axis=1).tolist()
    assert len(set(found.tolist())) == 3


def test_the_graphs_probabilities_are_the_policys():
    expected = torch.softmax(torch.from_numpy(logits(network(), rows())), dim=1).numpy()
    np.testing.assert_allclose(answers(policy_graph([network()]), rows()), expected, atol=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("members", [1, 3])
def test_networks_are_read_back_as_they_were_written(members, activation):
    written = [network((8, 4), activation, seed) for seed in range(members)]
    found = networks_of(policy_graph(written))
    assert [one.activation for one in found] == [activation] * members
    for one, other in zip(found, written, strict=True):
        assert len(one.layers) == len(other.layers)
        for layer, original in zip(one.layers, other.layers, strict=True):
            np.testing.assert_array_equal(layer.weight, original.weight)
            np.testing.assert_array_equal(layer.bias, original.bias)


def with_other_nodes() -> bytes:
    """A second answer that nobody reads, which a policy's graph does not have."""
    proto = onnx.load_model_from_string(policy_graph([network()]))
    proto.graph.node.append(onnx.helper.make_node("Tanh", ["observation"], ["unread"]))
    return proto.SerializeToString()


@pytest.mark.parametrize(
    "graph", [b"", b"garbage", another_graph(), with_other_nodes()], ids=range(4)
)
def test_networks_are_read_from_nothing_else(graph):
    with pytest.raises(ContractMismatch, match="not one that cambio wrote"):
        networks_of(graph)


def test_an_equal_graph_passes_and_tells_the_largest_difference():
    assert 0.0 <= require_equal(policy_graph([network()]), logits(network(), rows()), rows()) < 1e-5


@pytest.mark.parametrize("by", [1e-4, 5.0, float("nan"), float("inf")])
def test_a_changed_weight_is_refused(by):
    with pytest.raises(ContractMismatch, match="not the trained policy"):
        require_equal(policy_graph([shifted(network(), by)]), logits(network(), rows()), rows())


def test_a_shift_of_all_logits_is_refused_though_the_probabilities_are_the_same():
    *inner, head = network().layers
    moved = Network((*inner, Layer(head.weight, head.bias + np.float32(1e-3))), "tanh")
    with pytest.raises(
        ContractMismatch, match=r"0 of 300 actions differ, logits by up to 1\.0e-03"
    ):
        require_equal(policy_graph([moved]), logits(network(), rows()), rows())


@pytest.mark.parametrize(("gap", "refused"), [(1e-6, False), (1e-2, True)])
def test_another_action_counts_where_the_policy_had_decided(gap, refused):
    """Two logits ``gap`` apart, and a graph that holds them the other way round."""
    own = np.tile(np.float32([gap, 0.0, -1.0]), (300, 1))
    turned = Layer(np.zeros((3, 15), np.float32), np.float32([0.0, gap, -1.0]))
    graph = policy_graph([Network((turned,), "tanh")])
    if not refused:
        assert require_equal(graph, own, rows()) == pytest.approx(gap)
        return
    with pytest.raises(ContractMismatch, match="300 of 300 actions differ"):
        require_equal(graph, own, rows())


def test_logits_that_are_large_may_differ_by_what_float32_cannot_tell():
    *inner, head = network().layers
    large = Network((*inner, Layer(head.weight * np.float32(1e4), head.bias)), "tanh")
    own = logits(large, rows())
    assert np.abs(own).max() > 1e4
    require_equal(policy_graph([large]), own, rows())
    with pytest.raises(ContractMismatch):
        require_equal(policy_graph([large]), own * np.float32(1.0001), rows())


def test_a_policy_that_answers_nan_itself_is_refused():
    """Even where it would always sell, which is what `argmax` makes of NaN."""
    spoilt = shifted(network(), float("nan"))
    with pytest.raises(ContractMismatch):
        require_equal(policy_graph([spoilt]), logits(spoilt, rows()), rows())


def test_logits_without_end_are_equal_to_nothing():
    endless = logits(network(), rows())
    endless[np.arange(len(endless)), endless.argmax(axis=1)] = np.inf
    with pytest.raises(ContractMismatch):
        require_equal(policy_graph([network()]), endless, rows())


def test_an_activation_that_cannot_be_exported_is_not_exported_as_another():
    with pytest.raises(KeyError):
        policy_graph([network(activation="gelu")])


BROKEN = {
    "14 features": Network((Layer(np.zeros((3, 14)), np.zeros(3)),), "tanh"),
    "4 actions": Network((Layer(np.zeros((4, 15)), np.zeros(4)),), "tanh"),
    "a short bias": Network((Layer(np.zeros((3, 15)), np.zeros(2)),), "tanh"),
    "layers that do not follow": Network(
        (Layer(np.zeros((8, 15)), np.zeros(8)), Layer(np.zeros((3, 7)), np.zeros(3))), "tanh"
    ),
    "no layers": Network((), "tanh"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_layers_that_lead_elsewhere_are_refused(broken):
    with pytest.raises(ContractMismatch, match="15 features to 3 actions"):
        policy_graph([broken])


def test_an_ensemble_is_one_graph_that_answers_with_the_mean_of_its_members():
    members = [random_network(seed) for seed in range(3)]
    together = policy_graph(members)
    expected = np.mean([answers(policy_graph([one]), rows()) for one in members], axis=0)
    np.testing.assert_allclose(answers(together, rows()), expected, rtol=0, atol=1e-6)
    proto = onnx.load_model_from_string(together)
    assert [end.name for end in proto.graph.input] == ["observation"]
    assert [end.name for end in proto.graph.output] == ["probabilities"]


def test_an_ensemble_is_compared_with_its_members():
    members = [random_network(seed) for seed in range(3)]
    graphs = [policy_graph([one]) for one in members]
    assert require_mean(policy_graph(members), graphs, rows()) < 1e-6
    for other in ([*members[:2], random_network(9)], [*members[:2], shifted(members[2], np.nan)]):
        with pytest.raises(ContractMismatch, match="not the mean of its members"):
            require_mean(policy_graph(other), graphs, rows())


@pytest.mark.parametrize(("by", "refused"), [(1e-6, False), (1e-4, True)])
def test_an_ensemble_may_differ_by_rounding_alone(by, refused):
    """A shift of one logit by ``by`` moves no probability by more than a quarter of it."""
    members = [random_network(seed) for seed in range(2)]
    graphs = [policy_graph([one]) for one in members]
    moved = policy_graph([members[0], shifted(members[1], by)])
    if not refused:
        assert require_mean(moved, graphs, rows()) <= 1e-6
        return
    with pytest.raises(ContractMismatch, match="not the mean of its members"):
        require_mean(moved, graphs, rows())


def test_an_ensemble_has_members():
    with pytest.raises(ContractMismatch):
        policy_graph([])


def test_export_asks_for_no_learning_framework():
    program = (
        "import sys, cambio.training.export;"
        "print([m for m in ('torch', 'jax', 'stable_baselines3') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr
