"""Only the agreed graph becomes a policy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from tests.models import random_policy

from cambio.errors import ContractMismatch
from cambio.trading.policy import OnnxPolicy


def graph(
    inputs: int = 15,
    outputs: int = 3,
    names: tuple[str, str] = ("observation", "probabilities"),
    kind: type = np.float32,
) -> bytes:
    """One linear layer `inputs -> outputs`, zeros."""
    number = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    weights = numpy_helper.from_array(np.zeros((inputs, outputs), kind), "w")
    return serialized(
        [helper.make_node("MatMul", [names[0], "w"], [names[1]])],
        [helper.make_tensor_value_info(names[0], number, ["n", inputs])],
        [helper.make_tensor_value_info(names[1], number, ["n", outputs])],
        [weights],
    )


def serialized(nodes, inputs, outputs, weights) -> bytes:
    body = helper.make_graph(nodes, "policy", inputs, outputs, weights)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()


def without_inputs() -> bytes:
    answer = numpy_helper.from_array(np.full((1, 3), 1 / 3, np.float32))
    return serialized(
        [helper.make_node("Constant", [], ["probabilities"], value=answer)],
        [],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 3])],
        [],
    )


def with_a_second_input() -> bytes:
    shapes = {"observation": 15, "memory": 15}
    weights = numpy_helper.from_array(np.zeros((15, 3), np.float32), "w")
    return serialized(
        [
            helper.make_node("Add", ["observation", "memory"], ["both"]),
            helper.make_node("MatMul", ["both", "w"], ["probabilities"]),
        ],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n", k]) for n, k in shapes.items()],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3])],
        [weights],
    )


@pytest.mark.parametrize("model", [b"", b"garbage", random_policy()[:-200]])
def test_what_is_no_graph_is_refused(model):
    with pytest.raises(ContractMismatch, match="not a graph"):
        OnnxPolicy(model)


@pytest.mark.parametrize(
    "names", [("obs", "probabilities"), ("observation", "logits")], ids=["input", "output"]
)
def test_other_names_are_refused_and_both_sides_told(names):
    with pytest.raises(ContractMismatch) as caught:
        OnnxPolicy(graph(names=names))
    for side, told in (("expected", ("observation", "probabilities")), ("found", names)):
        assert all(name in caught.value.fields[side] for name in told)


WRONG = {
    "14 features": graph(inputs=14),
    "4 actions": graph(outputs=4),
    "float64": graph(kind=np.float64),
    "no input": without_inputs(),
    "a second input": with_a_second_input(),
}


@pytest.mark.parametrize("model", WRONG.values(), ids=WRONG)
def test_a_graph_of_another_shape_is_refused_when_it_is_loaded(model):
    """Not on the first bar that it should decide."""
    with pytest.raises(ContractMismatch):
        OnnxPolicy(model)


def test_the_agreed_graph_gives_three_probabilities():
    found = OnnxPolicy(random_policy()).probabilities(np.ones(15, np.float32))
    assert (found.shape, found.dtype) == ((3,), np.float32)
    assert found.sum() == pytest.approx(1.0)


def test_a_policy_has_no_memory():
    policy = OnnxPolicy(random_policy())
    rows = np.random.default_rng(1).normal(size=(20, 15)).astype(np.float32)
    forth = [policy.probabilities(row).tobytes() for row in rows]
    back = [policy.probabilities(row).tobytes() for row in rows[::-1]]
    assert forth == back[::-1]


def that_fails_when_run() -> bytes:
    """15 values in rows of four: nothing is wrong with it before it is run."""
    return serialized(
        [
            helper.make_node("Reshape", ["observation", "shape"], ["rows"]),
            helper.make_node("MatMul", ["rows", "w"], ["probabilities"]),
        ],
        [helper.make_tensor_value_info("observation", TensorProto.FLOAT, ["n", 15])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3])],
        [
            numpy_helper.from_array(np.array([-1, 4]), "shape"),
            numpy_helper.from_array(np.zeros((4, 3), np.float32), "w"),
        ],
    )


def test_a_graph_that_cannot_be_run_is_a_mismatch():
    policy = OnnxPolicy(that_fails_when_run())
    with pytest.raises(ContractMismatch, match="cannot be run"):
        policy.probabilities(np.zeros(15, np.float32))


def elsewhere(tensor: TensorProto) -> TensorProto:
    """The same weights in a file of the working folder."""
    Path("weights.bin").write_bytes(tensor.raw_data)
    moved = TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims)
    moved.data_location = TensorProto.EXTERNAL
    moved.external_data.add(key="location", value="weights.bin")
    return moved


@pytest.mark.parametrize("place", ["initializer", "constant"])
def test_weights_in_another_file_are_refused(place, tmp_path, monkeypatch):
    """The hash of the graph does not cover them."""
    monkeypatch.chdir(tmp_path)
    model = onnx.load_model_from_string(graph())
    weights = elsewhere(model.graph.initializer.pop())
    if place == "initializer":
        model.graph.initializer.append(weights)
    else:
        model.graph.node.insert(0, helper.make_node("Constant", [], ["w"], value=weights))
    content = model.SerializeToString()
    assert onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    with pytest.raises(ContractMismatch, match="weights in other files"):
        OnnxPolicy(content)
