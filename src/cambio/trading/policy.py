"""Policies: an observation in, the probabilities of SELL, HOLD and BUY out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import onnxruntime as ort

from cambio.contracts.features import OBSERVATION_CLIP, OBSERVATION_DIM
from cambio.contracts.trading import Action
from cambio.errors import ContractMismatch

if TYPE_CHECKING:
    from numpy.typing import NDArray

INPUT = "observation"
OUTPUT = "probabilities"
SIGNATURE = [
    f"{INPUT} tensor(float) [{OBSERVATION_DIM}]",
    f"{OUTPUT} tensor(float) [{len(Action)}]",
]


class Policy(Protocol):
    """Anything that can decide: an ONNX graph, or a rule to compare it with."""

    def probabilities(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give `(3,) float32` for a `(15,) float32` observation; they sum to 1."""
        ...


class OnnxPolicy:
    """A policy network run by ONNX Runtime, one row at a time, without torch.

    Args:
        model: the bytes of an ONNX graph `observation (n, 15)` -> `probabilities (n, 3)`.

    Raises:
        ContractMismatch: the graph has other inputs or outputs.
    """

    def __init__(self, model: bytes) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors share no public base
            raise ContractMismatch(
                f"The policy is not a graph that ONNX Runtime can load: {error}",
                remedy="Export the model again.",
            ) from error
        found = [
            ", ".join(f"{end.name} {end.type} {end.shape[1:]}" for end in ends)
            for ends in (self._session.get_inputs(), self._session.get_outputs())
        ]
        if found != SIGNATURE:
            raise ContractMismatch.between(
                "policy graph",
                " -> ".join(SIGNATURE),
                "the contract",
                " -> ".join(found),
                "the artefact",
            )

    def probabilities(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give `(3,) float32` for a `(15,) float32` observation."""
        return self._session.run((OUTPUT,), {INPUT: observation[None, :]})[0][0]


class ConstantPolicy:
    """Asks for the same action on every bar.

    Args:
        action: 0 SELL, 1 HOLD, 2 BUY.
    """

    def __init__(self, action: int) -> None:
        self._answer = np.zeros(3, dtype=np.float32)
        self._answer[action] = 1.0

    def probabilities(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ARG002
        """Give certainty of the one action."""
        return self._answer


def sample_observations(count: int = 64) -> NDArray[np.float32]:
    """Give observations to try a policy on, `(count, 15) float32`: always the same ones.

    They reach from the everyday to the clip, and hold all three positions.
    """
    rng = np.random.default_rng(15)
    rows = rng.normal(0.0, rng.uniform(0.5, 8.0, (count, 1)), (count, OBSERVATION_DIM))
    rows[:, -2] = np.arange(count) % 3 - 1
    rows[:, -1] = rng.integers(8, 13, count) / 24.0
    return rows.clip(-OBSERVATION_CLIP, OBSERVATION_CLIP).astype(np.float32)
