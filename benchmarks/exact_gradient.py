"""Seconds to train by the exact gradient, beside PPO with the same network.

One seed: what `TrainingEngine` runs of `exact_gradient_v1` on two years, evaluations on a quarter
included, and of `demo_ppo_v1`, whose 400,000 steps are PPO's on the fast path. XLA has compiled
what both need.

Twenty seeds: the whole command, from its start to the last registered model, on six years; it
trains them side by side on the CPUs that it may use. PPO's is measured for four, and times five.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import finding, market
from benchmarks.figures import Contender, Figure, Sample, times
from cambio.training.loop import Watch

EDGE_BPS = 30.0
SEED_TARGET_S, SEEDS_TARGET_S = 10.0, 60.0
SEEDS, PPO_SEEDS = 20, 4
ROUNDS = 3
PPO = "PPO, 400,000 steps"


def figures() -> list[Figure]:
    """Measure all."""
    ground = finding.split(1, EDGE_BPS)
    one = times(
        ROUNDS,
        *(
            Contender(title, partial(_train, name, ground))
            for title, name in (("cambio", "exact_gradient_v1"), (PPO, "demo_ppo_v1"))
        ),
    )
    return [
        Figure("exact gradient, 300 steps", "s", *one, target=SEED_TARGET_S),
        Figure("exact gradient, 20 seeds", "s", *_commands(), target=SEEDS_TARGET_S),
    ]


def _train(name: str, ground: finding.Ground) -> None:
    loop, _, config = finding.training_of(name, ground, 1, {})
    loop.run(config, Watch(lambda *_: None, lambda *_: None), lambda: None)


def _commands() -> list[Sample]:
    with tempfile.TemporaryDirectory() as folder:
        market.database(Path(folder))
        return times(
            1,
            Contender("cambio", partial(_command, "exact_gradient_v1", SEEDS, folder)),
            Contender(PPO, partial(_command, "demo_ppo_v1", PPO_SEEDS, folder), PPO_SEEDS / SEEDS),
        )


def _command(name: str, seeds: int, home: str) -> None:
    words = [Path(sys.executable).with_name("cambio"), "train", name, "--seeds", str(seeds)]
    free = {name: value for name, value in os.environ.items() if not name.endswith("_THREADS")}
    subprocess.run(
        words,
        check=True,
        env={**free, "CAMBIO_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
