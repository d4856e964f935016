"""What can training find? `python -m benchmarks.finding` trains, prints a table, draws a picture.

Markets with a planted edge of known worth (`acquisition.simulator`): an oracle that holds the sign
of the planted signal has, after all costs and nights, an annual Sharpe ratio of 0 to 5 on average
over the markets. On each market three methods see the same two years of training data, choose on
the same quarter, and are judged on the two years behind it:

| method | |
|---|---|
| `ridge` | ridge regression of the next 60 bars' return; penalty and threshold by validation |
| `ppo` | `config/experiments/demo_ppo_v1.yaml`, for so many seconds |
| `exact` | `config/experiments/exact_gradient_v1.yaml`, for as many seconds |

All see the same 13 market features and the time. Both trainings keep their best policy on
validation and end when their time is up; what is compiled is compiled before it starts. A discovery
is a policy whose Sharpe ratio out of sample is above zero at 95 % (probabilistic Sharpe ratio): at
an oracle of 0 it is a false one.

A cell is a market at one worth of its edge. What is done is kept in a file, and a rerun goes on
from there.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks import market, ppo
from benchmarks.__main__ import machine
from cambio.acquisition.simulator import SimulationConfig, planted_signal, simulate
from cambio.contracts.market import MarketHistory
from cambio.dataset.build import complete, observations
from cambio.dataset.normalization import norm_stats
from cambio.files import write_whole
from cambio.training import learners
from cambio.training.checkpoint import Record
from cambio.training.config import EnvironmentConfig
from cambio.training.curriculum import CurriculumState
from cambio.training.environment import EpisodeData
from cambio.training.evaluation import POSITIONS, Evaluation, Evaluator
from cambio.training.loop import TrainingLoop, Watch
from cambio.training.reward import RewardConfig
from cambio.training.vectorized import VectorTradingEnvironment
from cambio.validation.statistics import SharpeEstimate, probabilistic_sharpe_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.training.evaluation import Logits

METHODS = {"ridge": "", "ppo": "demo_ppo_v1", "exact": "exact_gradient_v1"}
SHARPES = (0.0, 1.0, 1.5, 2.0, 3.0, 5.0)
START, TRAINED, VALIDATED, END = (
    date(2020, 1, 2), date(2022, 1, 1), date(2022, 4, 1), date(2024, 3, 31)
)  # fmt: skip
FIRST_SEED = 1000
"""Of the markets; the trainings' seeds count from 1."""
SESSION = 60
PENALTIES = tuple(10.0**k for k in range(7))
THRESHOLDS = (0.0, 2e-4, 5e-4, 1e-3, 2e-3, 4e-3)
OUT = Path("var/finding.json")
PICTURE = Path("docs/images/finding.png")
REWARD = RewardConfig(strategy="pnl")

Cells = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Ground:
    """One market, split; the last split is nobody's to choose on."""

    train: EpisodeData
    val: EpisodeData
    test: EpisodeData
    signal: NDArray[np.float64]
    """What the oracle reads on each bar of the test."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A market at one worth of its edge."""

    sharpe: float
    seed: int
    edge_bps: float
    seconds: float
    """For each training."""

    @property
    def name(self) -> str:
        return f"{self.sharpe:g}-s{self.seed}"

    def run(self) -> dict[str, Any]:
        """Try every method; give each one's Sharpe ratio out of sample and whether it found."""
        ground = split(self.seed, self.edge_bps)
        test = Evaluator(ground.test, EnvironmentConfig(), REWARD, segments=1)
        found = {"oracle": judged(test.evaluate(oracle(ground.signal)))}
        found["ridge"] = judged(test.evaluate(ridge(ground)))
        for method, name in METHODS.items():
            if name:
                logits, told = trained(name, ground, self.seed, self.seconds)
                found[method] = judged(test.evaluate(logits)) | told
        return {"settings": asdict(self), "methods": found}


def split(seed: int, edge_bps: float) -> Ground:
    """Simulate a market with an edge and split it."""
    config = SimulationConfig(
        seed=FIRST_SEED + seed,
        start=START,
        end=END,
        edge="planted" if edge_bps else "none",
        edge_bps=edge_bps,
    )
    found = simulate(config, market.settings().catalogue)
    history = MarketHistory(found.bars, found.macro)
    frame = complete(observations(history, market.SPEC, market.costs()))
    day = frame["time"].dt.convert_time_zone("America/Bogota").dt.date()
    parts = [
        frame.filter(day.is_between(first, last, closed="left"))
        for first, last in pairwise((START, TRAINED, VALIDATED, END))
    ]
    stats = norm_stats(parts[0], market.SPEC.hash())
    train, val, test = (
        EpisodeData.of(part, stats, market.costs(), close_only=False) for part in parts
    )
    days = day.filter(day.is_between(VALIDATED, END, closed="left"))
    known = days.unique().sort()
    signal = pl.DataFrame({"day": known, "s": planted_signal(found.macro, known.to_list())})
    aligned = pl.DataFrame({"day": days}).join(signal, on="day", how="left", maintain_order="left")
    return Ground(train, val, test, aligned["s"].to_numpy())


def oracle(signal: NDArray[np.float64]) -> Logits:
    """Hold the signal's sign, whatever is held."""
    wanted = np.tile(np.sign(signal), len(POSITIONS))
    return lambda _: np.column_stack([-wanted, np.zeros_like(wanted), wanted]).astype(np.float32)


def judged(found: Evaluation) -> dict[str, Any]:
    """Give the annual Sharpe ratio, and whether it is above zero at 95 %."""
    sure = probabilistic_sharpe_ratio(SharpeEstimate.of(found.session_returns))
    return {"sharpe": found.sharpe, "found": bool(sure > 0.95)}


def ridge(ground: Ground) -> Logits:
    """Fit; choose penalty and threshold by the net Sharpe ratio on validation."""
    close, inputs = ground.train.market.close, regressors(ground.train)
    known = len(close) - 1 - SESSION
    wanted = np.log(close[1 + SESSION :] / close[1:-SESSION])
    inputs, wanted = inputs[:known], wanted[:known]
    val = Evaluator(ground.val, EnvironmentConfig(), REWARD)
    best, chosen = -np.inf, None
    for penalty in PENALTIES:
        gram = inputs.T @ inputs + penalty * np.eye(inputs.shape[1])
        weights = np.linalg.solve(gram, inputs.T @ wanted)
        for threshold in THRESHOLDS:
            policy = linear(weights, threshold)
            score = val.evaluate(policy).mean_reward
            if score > best:
                best, chosen = score, policy
    assert chosen is not None
    return chosen


def regressors(data: EpisodeData) -> NDArray[np.float64]:
    """Give market features, time and a one, `(n, 15)`."""
    return np.column_stack([data.rows, data.time_normalized, np.ones(len(data))])


def linear(weights: NDArray[np.float64], threshold: float) -> Logits:
    """Go where the forecast points, if it is large enough; else hold."""

    def logits(observations: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = np.column_stack(
            [observations[:, :13], observations[:, 14], np.ones(len(observations))]
        )
        forecast = rows @ weights
        still = np.full(len(forecast), threshold)
        return np.column_stack([-forecast, still, forecast]).astype(np.float32)

    return logits


class Clocked(TrainingLoop):
    """A training that ends when its time is up."""

    until = np.inf

    def _on_step(self) -> bool:
        return super()._on_step() and perf_counter() < self.until


def trained(name: str, ground: Ground, seed: int, seconds: float) -> tuple[Logits, dict[str, Any]]:
    """Train an experiment for so many seconds; give the best policy on validation."""
    _warm(name)
    experiment = ppo.experiment(name)
    loop, learner, config = training_of(
        name, ground, seed, {"total_timesteps": 2**40, "gradient_steps": 2**20}
    )
    begun = perf_counter()
    loop.until = begun + seconds
    loop.run(config, Watch(lambda *_: None, lambda *_: None), lambda: None)
    told = {"seconds": perf_counter() - begun, "steps": loop.record.step}
    del learner
    return learners.backend(experiment.training.backend).load(loop.best).logits, told


@cache
def _warm(name: str) -> None:
    """Compile what a training compiles."""
    bars = market.episodes()
    small = Ground(bars, bars, bars, np.zeros(len(bars)))
    loop, _, config = training_of(name, small, 0, {"total_timesteps": 1, "gradient_steps": 10})
    loop.run(config, Watch(lambda *_: None, lambda *_: None), lambda: None)


def training_of(name: str, ground: Ground, seed: int, length: dict[str, int]) -> Any:
    """Give loop, learner and configuration of an experiment on a market, of another ``length``."""
    found = ppo.experiment(name)
    known = set(type(found.training).model_fields)
    changes = {key: value for key, value in length.items() if key in known}
    config = found.training.model_copy(update=changes | {"checkpoint_freq": ppo.NO_CHECKPOINT})
    environment = VectorTradingEnvironment(
        ground.train, found.environment, REWARD, n_envs=config.n_envs, seed=seed
    )
    learner = learners.backend(config.backend).new(config, environment, seed)
    evaluator = Evaluator(ground.val, found.environment, REWARD)
    return Clocked(learner, environment, evaluator, CurriculumState(), Record()), learner, config


def edges(sharpes: tuple[float, ...], seeds: int) -> list[float]:
    """Give the drifts at which the oracle's mean Sharpe ratio over the markets is as asked."""
    tried = np.array([0.0, 15.0, 30.0, 45.0, 60.0, 80.0])
    found = [
        np.mean([_oracles(seed, edge) for seed in range(1, min(seeds, 8) + 1)]) for edge in tried
    ]
    return [float(np.interp(sharpe, found, tried)) if sharpe else 0.0 for sharpe in sharpes]


def _oracles(seed: int, edge_bps: float) -> float:
    ground = split(seed, edge_bps)
    test = Evaluator(ground.test, EnvironmentConfig(), REWARD, segments=1)
    return test.evaluate(oracle(ground.signal)).sharpe


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.finding", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each training")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=OUT, help=f"default: {OUT}")
    parser.add_argument("--picture", type=Path, default=PICTURE, help=f"default: {PICTURE}")
    options = parser.parse_args()
    drifts = edges(SHARPES, options.seeds)
    cells = [
        Cell(sharpe, seed, drift, options.seconds)
        for seed in range(1, options.seeds + 1)
        for sharpe, drift in zip(SHARPES, drifts, strict=True)
    ]
    done = run(cells, options.out, options.processes)
    print("\n".join([*table(done), "", machine()]))
    draw(done, options.picture)


def run(cells: list[Cell], out: Path, processes: int) -> Cells:
    """Run the cells that are not done; keep each as soon as it is there, and give all."""
    kept: Cells = json.loads(out.read_text())["cells"] if out.exists() else {}
    done = {
        c.name: kept[c.name] for c in cells if kept.get(c.name, {}).get("settings") == asdict(c)
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes, get_context("spawn")) as executor:
        waiting = {executor.submit(cell.run): cell for cell in cells if cell.name not in done}
        for future in as_completed(waiting):
            cell = waiting[future]
            done[cell.name] = future.result()
            document = {"machine": machine(), "cells": dict(sorted(done.items()))}
            write_whole(out, json.dumps(document, indent=1).encode())
            told = {m: round(r["sharpe"], 2) for m, r in done[cell.name]["methods"].items()}
            print(cell.name, told, file=sys.stderr, flush=True)
    return done


def shares(done: Cells, sharpe: float, method: str) -> NDArray[np.float64]:
    """Give each market's Sharpe ratio as a share of what the oracles there have on average."""
    cells = [c["methods"] for c in done.values() if c["settings"]["sharpe"] == sharpe]
    whole = np.mean([c["oracle"]["sharpe"] for c in cells])
    return np.array([c[method]["sharpe"] for c in cells]) / whole


def found_by(done: Cells, sharpe: float, method: str) -> float:
    """Give the share of markets in which a method's policy is a discovery."""
    cells = [c["methods"] for c in done.values() if c["settings"]["sharpe"] == sharpe]
    return float(np.mean([c[method]["found"] for c in cells]))


def table(done: Cells) -> list[str]:
    """Give the lines of a table with a row for each worth of the edge."""
    titles = ["oracle", *(f"{m}: share" for m in METHODS), *(f"{m}: found" for m in METHODS)]
    rows = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for sharpe in SHARPES:
        told = [f"{sharpe:g}"]
        for method in METHODS:
            if sharpe == 0.0:
                told.append("–")
                continue
            low, middle, high = np.percentile(shares(done, sharpe, method), [25, 50, 75])
            told.append(f"{middle:.2f} ({low:.2f}..{high:.2f})")
        told += [f"{100 * found_by(done, sharpe, method):.0f} %" for method in METHODS]
        rows.append("| " + " | ".join(told) + " |")
    return rows


def draw(done: Cells, path: Path) -> None:
    """Draw median and quartiles of the share, and the discoveries."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for i, method in enumerate(METHODS):
        quartiles = [
            np.percentile(shares(done, sharpe, method), [25, 50, 75]) for sharpe in SHARPES[1:]
        ]
        low, middle, high = np.transpose(quartiles)
        at = np.array(SHARPES[1:]) + 0.05 * (i - 1)
        left.errorbar(
            at, middle, [middle - low, high - middle], marker="o", capsize=3, label=method
        )
        right.plot(SHARPES, [100 * found_by(done, s, method) for s in SHARPES], marker="o")
    left.axhline(0.0, color="0.6", linewidth=0.8)
    left.set(xlabel="oracle's Sharpe ratio", ylabel="share of it found out of sample")
    left.legend(frameon=False)
    right.axhline(5.0, color="0.6", linewidth=0.8, linestyle="--")
    right.set(xlabel="oracle's Sharpe ratio", ylabel="markets with a discovery, %", ylim=(0, 102))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
