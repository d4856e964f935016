"""What takes a whole process of its own to measure."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.ppo import Task

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
    from typer.main import get_command

    from cambio.cli import app

    arguments = ["train", experiment, "--json", "--set", f"training.total_timesteps={STEPS}"]
    get_command(app).main(arguments, standalone_mode=False)
    return peak_mib()


def stock_peak(task: Task) -> float:
    """Train stock Stable-Baselines3 for as long; give its peak memory."""
    from benchmarks import ppo

    training = ppo.Training(ppo.STOCK, task, seed=1)
    training.learner.algorithm.learn(training.config.n_steps)
    return peak_mib()


def compilation(variant: str, task: Task, cached: bool) -> float:
    """Give the seconds by which the first rollout and update take longer than the next."""
    import jax

    from benchmarks import ppo

    training = ppo.Training(variant, task, seed=1)
    jax.config.update("jax_enable_compilation_cache", cached)
    rollout = partial(training.learner.algorithm.learn, training.config.n_steps)
    first, second = _seconds(rollout), _seconds(rollout)
    return first - second


def _seconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start
