"""From a Stable-Baselines3 policy to the ONNX graph that trades, proven to be the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from cambio.contracts.features import OBSERVATION_DIM
from cambio.errors import ContractMismatch
from cambio.trading.policy import INPUT, OUTPUT, OnnxPolicy

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from stable_baselines3 import PPO

OPSET = 17
IR_VERSION = 8
TOLERANCE = 1e-5
ACTIVATIONS = {torch.nn.Tanh: "Tanh", torch.nn.ReLU: "Relu"}


def policy_graph(model: PPO) -> bytes:
    """Give the actor of ``model`` as an ONNX graph, `observation (n, 15)` -> probabilities.

    The graph is written node by node rather than traced: the same weights always give the same
    bytes, and so the same model hash.
    """
    nodes: list[Any] = []
    weights: list[Any] = []
    value = INPUT
    layers = [*model.policy.mlp_extractor.policy_net, model.policy.action_net]
    for i, layer in enumerate(layers):
        output = f"value_{i}"
        if isinstance(layer, torch.nn.Linear):
            names = [f"weight_{i}", f"bias_{i}"]
            tensors = [layer.weight, layer.bias]
            weights += [
                numpy_helper.from_array(tensor.detach().cpu().numpy(), name)
                for tensor, name in zip(tensors, names, strict=True)
            ]
            nodes.append(helper.make_node("Gemm", [value, *names], [output], transB=1))
        else:
            nodes.append(helper.make_node(ACTIVATIONS[type(layer)], [value], [output]))
        value = output
    nodes.append(helper.make_node("Softmax", [value], [OUTPUT], axis=1))
    graph = helper.make_graph(
        nodes,
        "policy",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", OBSERVATION_DIM])],
        [
            helper.make_tensor_value_info(
                OUTPUT, TensorProto.FLOAT, ["n", int(model.action_space.n)]
            )
        ],
        weights,
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    proto.ir_version = IR_VERSION
    onnx.checker.check_model(proto)
    return proto.SerializeToString(deterministic=True)


def require_equal(graph: bytes, model: PPO, observations: NDArray[np.float32]) -> float:
    """Compare the graph with the policy it came from, row by row.

    Args:
        graph: what `policy_graph` gave.
        model: where it came from.
        observations: `(n, 15) float32`.

    Returns:
        The largest difference of a probability.

    Raises:
        ContractMismatch: another action on any row, or probabilities more than 1e-5 apart.
    """
    policy = OnnxPolicy(graph)
    found = np.stack([policy.probabilities(row) for row in observations])
    with torch.no_grad():
        distribution = model.policy.get_distribution(torch.from_numpy(observations))
        expected = distribution.distribution.probs.numpy()
    worst = float(np.abs(found - expected).max())
    margins = np.sort(expected, axis=1)
    decided = margins[:, -1] - margins[:, -2] > TOLERANCE
    other = int((found.argmax(1) != expected.argmax(1))[decided].sum())
    if other or not worst <= TOLERANCE:  # NaN is not equal to anything
        raise ContractMismatch(
            f"The exported graph is not the trained policy: {other} of {len(found)} actions "
            f"differ, probabilities by up to {worst:.1e}.",
            remedy="Do not use this model; report the network's configuration.",
        )
    return worst
