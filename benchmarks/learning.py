"""Does what is faster learn as well? `python -m benchmarks.learning` trains, and prints two tables.

Each variant of `ppo` trains with the same seeds on the market of `cambio demo`, simulated with a
planted edge, for the demo's reward and episodes; only the section `training` differs. Each policy
is judged by the same `Evaluator` on the validation split, after the first rollout that completes
another 10,000 steps, and at the end. A flat policy's reward is 0.

A variant is within the seeds' spread if its mean differs from the stock one's by no more than the
pooled standard deviation of the seeds, √((s₁² + s₂²)/2) at equal counts. Beside it stands the p of
Welch's t-test (1947, Biometrika 34:28), which asks whether means of unequal variance differ.

A cell is one variant with one seed, in a process and on a thread of its own. Its seconds hold
rollouts, updates and XLA's compilation, not the evaluations. What is done is kept in a file, and
a rerun goes on from there; a cell whose settings or data changed since is trained anew.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from scipy import stats

from benchmarks import market, ppo
from benchmarks.__main__ import machine, number
from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.contracts.handoffs import L2Output
from cambio.contracts.market import MarketHistory
from cambio.dataset.build import build_dataset
from cambio.files import write_whole
from cambio.trading.costs import CostModel
from cambio.trading.observation import NormStats
from cambio.training.evaluation import Evaluator
from cambio.training.inputs import TrainingInputs

DEMO = "demo_ppo_v1"
EVAL_FREQ = 10_000
OUT = Path("var/learning.json")
MEASURES = {
    "best_reward": "best reward",
    "final_reward": "final reward",
    "best_sharpe": "best Sharpe",
    "final_sharpe": "final Sharpe",
}
"""Best: of the evaluation with the highest reward, as the engine chooses the policy to keep."""

Cells = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant with one seed."""

    variant: str
    seed: int
    steps: int
    dataset: L2Output

    @property
    def name(self) -> str:
        return f"{self.variant}-s{self.seed}-{self.steps}"

    @property
    def settings(self) -> dict[str, Any]:
        """Everything that the result depends on, besides the code."""
        demo = ppo.experiment(DEMO)
        return {
            "variant": self.variant,
            "seed": self.seed,
            "steps": self.steps,
            "eval_freq": EVAL_FREQ,
            "dataset_hash": self.dataset.dataset_hash,
            "training": ppo.config(self.variant).model_dump(mode="json"),
            "environment": demo.environment.model_dump(mode="json"),
            "reward": demo.reward.model_dump(mode="json"),
        }

    def run(self) -> dict[str, Any]:
        """Train, and give what came out as plain JSON types."""
        demo = ppo.experiment(DEMO)
        inputs = TrainingInputs.read(self.dataset, CostModel(demo.costs))
        normalisation = NormStats.model_validate_json(inputs.norm_stats)
        task = ppo.Task(inputs.train, normalisation, demo.environment, demo.reward)
        evaluator = ppo.Timed(Evaluator(inputs.val, demo.environment, demo.reward))
        training = ppo.Training(self.variant, task, self.seed, eval_freq=EVAL_FREQ)
        untrained = evaluator.evaluate(training.learner.logits)
        evaluator.seconds = 0.0
        start = perf_counter()
        training.learn(self.steps, evaluator)
        seconds = perf_counter() - start - evaluator.seconds
        record = training.record
        best, final = record.best, record.evaluations[-1]
        return {
            "settings": self.settings,
            "untrained_reward": untrained.mean_reward,
            "best_step": best[0],
            "best_reward": best[1],
            "best_sharpe": best[2],
            "final_reward": final[1],
            "final_sharpe": final[2],
            "evaluations": record.evaluations,
            "steps": record.step,
            "seconds": seconds,
            "evaluation_seconds": evaluator.seconds,
            "steps_per_second": record.step / seconds,
        }


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.learning", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--steps", type=int, default=500_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=OUT, help=f"default: {OUT}")
    parser.add_argument(
        "--variant", action="append", choices=ppo.VARIANTS, help="only this one; may be repeated"
    )
    options = parser.parse_args()
    variants = options.variant or list(ppo.VARIANTS)
    with tempfile.TemporaryDirectory() as folder:
        dataset = planted(Path(folder))
        cells = [
            Cell(variant, seed, options.steps, dataset)
            for seed in range(1, options.seeds + 1)
            for variant in variants
        ]
        done = run(cells, options.out, options.processes)
    found = {v: [done[c.name] for c in cells if c.variant == v] for v in variants}
    print("\n".join([*learnt(found), "", *compared(found), "", machine()]))


def planted(root: Path) -> L2Output:
    """Build the dataset of `cambio demo`."""
    found = simulate(SimulationConfig(), market.settings().catalogue)
    demo = ppo.experiment(DEMO)
    history = MarketHistory(found.bars, found.macro)
    return build_dataset(history, demo.plan(), CostModel(demo.costs), root)


def run(cells: list[Cell], out: Path, processes: int) -> Cells:
    """Run the cells that are not done; keep each as soon as it is there, and give all."""
    done: Cells = json.loads(out.read_text())["cells"] if out.exists() else {}
    left = [c for c in cells if done.get(c.name, {}).get("settings") != c.settings]
    out.parent.mkdir(parents=True, exist_ok=True)
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, max_tasks_per_child=1) as executor:
        waiting = {executor.submit(cell.run): cell for cell in left}
        for future in as_completed(waiting):
            cell = waiting[future]
            done[cell.name] = future.result()
            document = {"machine": machine(), "cells": dict(sorted(done.items()))}
            write_whole(out, json.dumps(document, indent=1).encode())
            _tell(cell, done[cell.name])
    return done


def _tell(cell: Cell, result: dict[str, Any]) -> None:
    print(
        f"{cell.name}: best reward {result['best_reward']:+.2f} at {result['best_step']:,}, "
        f"{result['seconds']:.0f} s, {number(result['steps_per_second'])} steps/s",
        file=sys.stderr,
        flush=True,
    )


def learnt(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Give the lines of a table with a row for each variant: median (min..max) over the seeds."""
    titles = ("variant", "untrained", *MEASURES.values(), "seconds", "steps/s", "speed")
    rows = _head(titles)
    for variant, results in found.items():
        told = [_spread(results, key) for key in ("untrained_reward", *MEASURES)]
        seconds = float(np.median(_column(results, "seconds")))
        speed = float(np.median(_column(results, "steps_per_second")))
        told += [f"{seconds:.0f}", number(speed)]
        if ppo.STOCK in found:
            stock = np.median(_column(found[ppo.STOCK], "steps_per_second"))
            told.append(f"{speed / stock:.3g} ×")
        else:
            told.append("")
        rows.append(_row([variant, *told]))
    return rows


def compared(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Give the lines of a table that holds each variant against the stock one."""
    rows = _head(("variant", "measure", "difference", "seeds' sd", "within it", "Welch's p"))
    others = [variant for variant in found if variant != ppo.STOCK]
    for variant in others if ppo.STOCK in found else ():
        for key, title in MEASURES.items():
            ours, theirs = _column(found[variant], key), _column(found[ppo.STOCK], key)
            rows.append(_row([variant, title, *_comparison(ours, theirs)]))
    return rows


def _comparison(ours: np.ndarray, theirs: np.ndarray) -> list[str]:
    """Give difference of the means, pooled standard deviation, whether it is within, and p."""
    difference = float(ours.mean() - theirs.mean())
    freedom = len(ours) + len(theirs) - 2
    if min(len(ours), len(theirs)) < 2:
        return [f"{difference:+.3g}", "", "needs two seeds", ""]
    squares = sum(float(((x - x.mean()) ** 2).sum()) for x in (ours, theirs))
    spread = math.sqrt(squares / freedom)
    p = float(stats.ttest_ind(ours, theirs, equal_var=False).pvalue)
    if abs(difference) <= spread:
        verdict = "yes"
    else:
        verdict = "no, better" if difference > 0 else "NO, worse"
    return [f"{difference:+.3g}", f"{spread:.3g}", verdict, f"{p:.2g}"]


def _column(results: list[dict[str, Any]], key: str) -> np.ndarray:
    return np.array([result[key] for result in results])


def _spread(results: list[dict[str, Any]], key: str) -> str:
    low, middle, high = np.quantile(_column(results, key), (0.0, 0.5, 1.0))
    return f"{middle:.2f} ({low:.2f}..{high:.2f})"


def _head(titles: tuple[str, ...]) -> list[str]:
    return [_row(titles), _row(["---"] * len(titles))]


def _row(values: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(values)} |"


if __name__ == "__main__":
    main()
