"""What takes a whole process of its own to measure."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.ppo import Task, Training

STEPS = 16_384


def alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Give what a function gives in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        return executor.submit(function, *arguments).result()


def peak_mib() -> float:
    """Give the most memory that this process ever held, in MiB.

    Not `getrusage`, whose figure begins with what the process held that started this one.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024.0


def cambio_train(experiment: str, home: Path) -> float:
    """Run `cambio train`, tracking included; give its peak memory."""
    os.environ["CAMBIO_HOME"] = str(home)
    with Path(os.devnull).open("w") as nowhere:
        for descriptor in (1, 2):
            os.dup2(nowhere.fileno(), descriptor)
    from typer.main import get_command

    from cambio.cli import app

    arguments = ["train", experiment, "--set", f"training.total_timesteps={STEPS}"]
    get_command(app).main(arguments, standalone_mode=False)
    return peak_mib()


def stock_peak(task: Task) -> float:
    """Train stock Stable-Baselines3 for as long; give its peak memory."""
    from benchmarks import ppo

    training = ppo.Training(ppo.STOCK, task, seed=1)
    training.learner.algorithm.learn(training.config.n_steps)
    return peak_mib()


def compilation(variant: str, task: Task, cache: Path) -> float:
    """Give the seconds by which the first rollout and update take longer than the next.

    Args:
        variant: on XLA.
        task: what it learns.
        cache: folder of what XLA compiled in other processes, instead of the product's.
    """
    import jax

    from benchmarks import ppo
    from cambio.training import sbx  # noqa: F401 - sets the product's

    jax.config.update("jax_compilation_cache_dir", str(cache))
    training = ppo.Training(variant, task, seed=1)
    first, second = (_rollout_seconds(training) for _ in range(2))
    return first - second


def _rollout_seconds(training: Training) -> float:
    start = perf_counter()
    training.learner.algorithm.learn(training.config.n_steps)
    training.learner.network()  # XLA may still be at the update
    return perf_counter() - start
