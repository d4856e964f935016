"""From the layers of a trained policy to the ONNX graph that trades, proven to be the same.

Free of torch and JAX: each backend gives its layers, and its own logits to compare with.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from cambio.contracts.features import OBSERVATION_DIM
from cambio.contracts.trading import Action
from cambio.errors import ContractMismatch
from cambio.trading.policy import INPUT, OUTPUT, OnnxPolicy

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET: Final = 17
IR_VERSION: Final = 8
TOLERANCE: Final = 1e-5
"""Between logits; relative to a row's largest beyond ±1, where float32 itself is no finer."""
MEAN_TOLERANCE: Final = 1e-6
"""Between the probabilities of an ensemble and the mean of its members'."""
OPERATORS: Final[dict[str, Literal["tanh", "relu"]]] = {"Tanh": "tanh", "Relu": "relu"}
ACTIVATIONS: Final = {activation: operator for operator, activation in OPERATORS.items()}


class Layer(NamedTuple):
    """One linear layer: `y = weight @ x + bias`."""

    weight: NDArray[np.float32]
    """`(out, in)`."""
    bias: NDArray[np.float32]
    """`(out,)`."""


class Network(NamedTuple):
    """A plain policy network: the activation after every layer but the last, which gives logits."""

    layers: tuple[Layer, ...]
    activation: Literal["tanh", "relu"]


def policy_graph(networks: Sequence[Network]) -> bytes:
    """Give one network, or an ensemble, as an ONNX graph `observation (n, 15)` -> probabilities.

    An ensemble answers with the mean of its members' probabilities. The graph is written node by
    node rather than traced: the same weights always give the same bytes, and so the same model
    hash.

    Raises:
        ContractMismatch: a network does not lead from 15 features to 3 actions, or there is none.
        KeyError: an activation that cannot be written.
    """
    if not networks:
        raise ContractMismatch("An ensemble needs members.")
    single = len(networks) == 1
    nodes: list[Any] = []
    weights: list[Any] = []
    answers = []
    for i, network in enumerate(networks):
        prefix = "" if single else f"member_{i}_"
        answers.append(OUTPUT if single else prefix + OUTPUT)
        _write(network, prefix, nodes, weights)
        nodes.append(helper.make_node("Softmax", [nodes[-1].output[0]], [answers[-1]], axis=1))
    if not single:
        nodes.append(helper.make_node("Mean", answers, [OUTPUT]))
    graph = helper.make_graph(
        nodes,
        "policy",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", OBSERVATION_DIM])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", len(Action)])],
        weights,
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    proto.ir_version = IR_VERSION
    onnx.checker.check_model(proto)
    return proto.SerializeToString(deterministic=True)


def _write(network: Network, prefix: str, nodes: list[Any], weights: list[Any]) -> None:
    """Append a network's nodes and weights; the last node gives its logits."""
    _require_fit(network)
    value, step = INPUT, 0
    for layer in network.layers:
        if value != INPUT:
            output = f"{prefix}value_{step}"
            nodes.append(helper.make_node(ACTIVATIONS[network.activation], [value], [output]))
            value, step = output, step + 1
        names = [f"{prefix}weight_{step}", f"{prefix}bias_{step}"]
        weights += [
            numpy_helper.from_array(np.asarray(tensor, dtype=np.float32), name)
            for tensor, name in zip(layer, names, strict=True)
        ]
        output = f"{prefix}value_{step}"
        nodes.append(helper.make_node("Gemm", [value, *names], [output], transB=1))
        value, step = output, step + 1


def _require_fit(network: Network) -> None:
    """Refuse layers that do not follow on one another."""
    shapes = [layer.weight.shape for layer in network.layers]
    fit = (
        shapes
        and all(len(shape) == 2 for shape in shapes)
        and all(layer.bias.shape == layer.weight.shape[:1] for layer in network.layers)
        and all(before[0] == after[1] for before, after in pairwise(shapes))
        and (shapes[0][1], shapes[-1][0]) == (OBSERVATION_DIM, len(Action))
    )
    if not fit:
        wanted = f"{OBSERVATION_DIM} features to {len(Action)} actions"
        raise ContractMismatch(f"Layers of shapes {shapes} do not lead from {wanted}.")


def networks_of(graph: bytes) -> list[Network]:
    """Read the networks back from a graph that `policy_graph` wrote.

    A network of one layer has no activation to read; it is told as `tanh`.

    Raises:
        ContractMismatch: the graph was written otherwise.
    """
    try:
        networks = _networks(onnx.load_model_from_string(graph).graph)
    except Exception as error:  # protobuf's errors share no public base
        raise ContractMismatch(
            f"The graph is not one that cambio wrote: {type(error).__name__} {error}.",
            remedy="Export the model again.",
        ) from error
    return networks


def _networks(body: Any) -> list[Network]:
    """Read the networks, and write them again to see that nothing else was there."""
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in body.initializer}
    makers = {node.output[0]: node for node in body.node}
    heads = [node for node in body.node if node.op_type == "Softmax"]
    networks = [_read(head.input[0], makers, tensors) for head in heads]
    if onnx.load_model_from_string(policy_graph(networks)).graph != body:
        raise ValueError("it holds other nodes")
    return networks


def _read(value: str, makers: dict[str, Any], tensors: dict[str, Any]) -> Network:
    """Walk from the logits back to the observation."""
    layers: list[Layer] = []
    activation: Literal["tanh", "relu"] = "tanh"
    while value != INPUT:
        node = makers.pop(value)
        value = node.input[0]
        if node.op_type == "Gemm":
            layers.insert(0, Layer(*(tensors[name] for name in node.input[1:])))
        else:
            activation = OPERATORS[node.op_type]
    return Network(tuple(layers), activation)


def require_equal(
    graph: bytes, logits: NDArray[np.float32], observations: NDArray[np.float32]
) -> float:
    """Compare a graph of one network with the policy it came from, row by row as it trades.

    Args:
        graph: what `policy_graph` gave.
        logits: the trained policy's own, `(n, 3) float32`.
        observations: what they answer, `(n, 15) float32`.

    Returns:
        The largest difference of a logit.

    Raises:
        ContractMismatch: a logit differs by more than the tolerance, or another action is chosen
            on a row whose best two logits are further apart than that. It is 10⁻⁵, or 10⁻⁵ of
            the row's largest logit where that is beyond ±1.
    """
    OnnxPolicy(graph)  # whether it has the contract's signature
    chosen, found = _answers(graph, observations)
    with np.errstate(invalid="ignore"):
        difference = np.abs(found - logits.astype(np.float64))
        allowed = TOLERANCE * np.abs(logits).max(axis=1, initial=1.0)
        ordered = np.sort(logits, axis=1)
        decided = ordered[:, -1] - ordered[:, -2] > allowed
    other = int((chosen != logits.argmax(axis=1))[decided].sum())
    worst = float(difference.max())
    near = (difference.max(axis=1) <= allowed).all()
    if other or not near or not np.isfinite(worst):  # NaN is near nothing, infinity itself alone
        raise ContractMismatch(
            f"The exported graph is not the trained policy: {other} of {len(chosen)} actions "
            f"differ, logits by up to {worst:.1e}.",
            remedy="Do not use this model; report the network's configuration.",
        )
    return worst


def _answers(
    graph: bytes, observations: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give the actions `(n,)`, and what the graph's Softmax is fed `(n, 3)`, row by row.

    From a copy of the graph that tells both.
    """
    proto = onnx.load_model_from_string(graph)
    (name,) = (node.input[0] for node in proto.graph.node if node.op_type == "Softmax")
    shape = ["n", len(Action)]
    proto.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    told = np.array([session.run((OUTPUT, name), {INPUT: row[None, :]}) for row in observations])
    return told[:, 0, 0].argmax(axis=1), told[:, 1, 0].astype(np.float64)


def require_mean(
    graph: bytes, members: Sequence[bytes], observations: NDArray[np.float32]
) -> float:
    """Compare an ensemble's graph with the mean of its members' own graphs, row by row.

    Returns:
        The largest difference of a probability.

    Raises:
        ContractMismatch: a probability differs by more than 10⁻⁶.
    """

    def answers(one: bytes) -> NDArray[np.float64]:
        policy = OnnxPolicy(one)
        return np.array([policy.probabilities(row) for row in observations], dtype=np.float64)

    expected = np.mean([answers(member) for member in members], axis=0)
    worst = float(np.abs(answers(graph) - expected).max())
    if not worst <= MEAN_TOLERANCE:
        raise ContractMismatch(
            f"The ensemble's graph is not the mean of its members: probabilities differ by up to "
            f"{worst:.1e}.",
            remedy="Do not use this model; report its members.",
        )
    return worst
