"""Seconds until `cambio --help` is there, a process of its own each time.

Against `mlflow --help`, a large command line of the field from the same virtual environment and
likewise built on Click.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.figures import Contender, Figure, times

TARGET_S = 0.5
ROUNDS = 3


def figures() -> list[Figure]:
    """Measure both."""
    samples = times(
        ROUNDS, *(Contender(name, partial(_help, name)) for name in ("cambio", "mlflow"))
    )
    return [Figure("cambio --help", "s", *samples, target=TARGET_S)]


def _help(command: str) -> None:
    path = Path(sys.executable).with_name(command)
    subprocess.run([path, "--help"], check=True, stdout=subprocess.DEVNULL)
