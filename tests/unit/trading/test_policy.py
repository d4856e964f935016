"""Only the agreed graph becomes a policy."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tests.models import random_policy

from cambio.errors import ContractMismatch
from cambio.trading.policy import ConstantPolicy, OnnxPolicy


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


@pytest.mark.parametrize("action", [0, 1, 2])
def test_a_constant_policy_is_certain_of_its_action(action):
    found = ConstantPolicy(action).probabilities(np.zeros(15, np.float32))
    assert (found.argmax(), found.max(), found.sum()) == (action, 1.0, 1.0)
