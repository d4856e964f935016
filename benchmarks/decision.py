"""Microseconds for one decision: an observation in, the action out.

The same weights on the same 2,000 observations, and the same choices, checked before timing. The
peers are `PPO.predict`, which the specification calls, and its bare torch layers, which are what
is left when everything around them is cut away.
"""

from __future__ import annotations

import numpy as np
import torch

from benchmarks import market
from benchmarks.figures import Contender, Figure, times
from cambio.contracts.features import OBSERVATION_DIM
from cambio.trading.policy import OnnxPolicy

DECISIONS = 2_000
ROUNDS = 7


def figures() -> list[Figure]:
    """Measure all three."""
    model = market.policy()
    onnx = OnnxPolicy(market.graph(model))
    layers = torch.nn.Sequential(*model.policy.mlp_extractor.policy_net, model.policy.action_net)
    shape = (DECISIONS, OBSERVATION_DIM)
    observations = list(np.random.default_rng(1).normal(size=shape).astype(np.float32))

    def with_onnx() -> list[int]:
        return [int(onnx.probabilities(row).argmax()) for row in observations]

    def with_predict() -> list[int]:
        return [int(model.predict(row, deterministic=True)[0]) for row in observations]

    @torch.inference_mode()
    def with_torch() -> list[int]:
        return [int(layers(torch.from_numpy(row)).argmax()) for row in observations]

    if not with_onnx() == with_predict() == with_torch():
        raise AssertionError("the three do not decide alike")
    ours, predict, bare = times(
        ROUNDS,
        Contender("cambio", with_onnx, DECISIONS),
        Contender("PPO.predict", with_predict, DECISIONS),
        Contender("torch layers alone", with_torch, DECISIONS),
        scale=1e6,
    )
    return [Figure("one decision", "µs", ours, peer) for peer in (predict, bare)]
