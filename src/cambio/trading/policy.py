"""Policies: an observation in, the probabilities of SELL, HOLD and BUY out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

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


ELSEWHERE: Final = b"location"
"""The key without which ONNX names no file that holds a weight. Protobuf keeps a key's bytes
together, and the graphs that cambio writes hold no such name: to look for it misses none."""


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
        ContractMismatch: the graph has other inputs or outputs, or its weights lie in other files,
            which no hash of the graph covers.
    """

    def __init__(self, model: bytes) -> None:
        if ELSEWHERE in model:
            raise ContractMismatch(
                "The policy's graph names weights in other files, which its hash does not cover.",
                remedy="Export the model again, with its weights inside.",
            )
        options = ort.SessionOptions()
        options.add_session_config_entry("session.load_model_format", "ONNX")  # so ELSEWHERE holds
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
        """Give `(3,) float32` for a `(15,) float32` observation.

        Raises:
            ContractMismatch: the graph loads, but cannot be run.
        """
        return self.batch(observation[None, :])[0]

    def batch(self, observations: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give `(m, 3) float32` for `(m, 15) float32` observations, in one run of the graph.

        A row's answer can differ from `probabilities` by rounding.

        Raises:
            ContractMismatch: the graph loads, but cannot be run.
        """
        try:
            return self._session.run((OUTPUT,), {INPUT: observations})[0]
        except Exception as error:  # ONNX Runtime's errors share no public base
            raise ContractMismatch(
                f"The policy's graph cannot be run: {error}", remedy="Export the model again."
            ) from error


def sample_observations(count: int = 64) -> NDArray[np.float32]:
    """Give observations to try a policy on, `(count, 15) float32`: always the same ones.

    They reach from the everyday to the clip, and hold all three positions.
    """
    rng = np.random.default_rng(15)
    rows = rng.normal(0.0, rng.uniform(0.5, 8.0, (count, 1)), (count, OBSERVATION_DIM))
    rows[:, -2] = np.arange(count) % 3 - 1
    rows[:, -1] = rng.integers(8, 13, count) / 24.0
    return rows.clip(-OBSERVATION_CLIP, OBSERVATION_CLIP).astype(np.float32)
