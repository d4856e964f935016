"""Measure, and print one table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.figures import Figure, Sample

BENCHMARKS = (
    "features",
    "environment",
    "training",
    "exact_gradient",
    "replay",
    "backtest",
    "store",
    "backfill",
    "dataset",
    "startup",
    "decision",
    "api",
    "live",
    "dashboard",
)
WIDTH = 170
"""Of the table, whatever the terminal's: figures are not to be cut off."""


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--only", metavar="NAME", action="append", choices=BENCHMARKS, help="; ".join(BENCHMARKS)
    )
    options = parser.parse_args()
    figures: list[Figure] = []
    for name in options.only or BENCHMARKS:
        start = perf_counter()
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        figures += import_module(f"benchmarks.{name}").figures()
        print(f"{perf_counter() - start:.0f} s", file=sys.stderr)
    if options.json:
        print(
            json.dumps({"machine": machine(), "figures": [f.to_dict() for f in figures]}, indent=2)
        )
    else:
        show(figures)


def machine() -> str:
    """Give what the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cpu = models[0] if models else platform.machine()
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def show(figures: list[Figure]) -> None:
    """Print the table."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in ("figure", "unit"):
        table.add_column(header, no_wrap=True)
    table.add_column("cambio", justify="right", no_wrap=True)
    table.add_column("peer", no_wrap=True)
    for header in ("peer's", "ratio", "target"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("reached", no_wrap=True)
    for figure in figures:
        reached = figure.reached
        table.add_row(
            figure.name,
            figure.unit,
            spread(figure.ours),
            figure.peer.name,
            spread(figure.peer),
            f"{figure.ratio:.3g} ×",
            target(figure),
            "" if reached is None else "yes" if reached else "NO",
            style="bold red" if reached is False else None,
        )
    console = Console(width=WIDTH)
    console.print(table)
    console.print(
        "Medians (min..max) over the rounds. Ratio: how many times better, round by round. "
        f"One thread each.\n{machine()}",
        highlight=False,
    )


def spread(sample: Sample) -> str:
    """Give median and range."""
    low, middle, high = (number(q) for q in np.quantile(sample.values, (0.0, 0.5, 1.0)))
    return f"{middle} ({low}..{high})"


def target(figure: Figure) -> str:
    """Give what has to be reached."""
    if figure.target_ratio is not None:
        return f"ratio ≥ {figure.target_ratio:g}"
    if figure.target is None:
        return ""
    return f"{'≥' if figure.is_rate else '≤'} {number(figure.target)}"


def number(value: float) -> str:
    """Give three significant digits: millions as M, thousands as k.

    >>> number(3_123_456), number(15_000), number(999.9), number(0.0625)
    ('3.12M', '15k', '1k', '0.0625')
    """
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


if __name__ == "__main__":
    main()
