"""How the results of L3 look on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cambio.cli import console
from cambio.cli.console import number
from cambio.cli.render import next_commands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cambio.contracts.handoffs import L3Output


def trained(found: Sequence[L3Output]) -> None:
    """Print the models that a training made; one row a seed."""
    console.table(
        "Trained; figures are those of the validation split that chose the weights",
        ["model", "reward", "Sharpe", "at step", "of"],
        [
            [
                output.model_id,
                number(output.metrics["best_validation_reward"]),
                number(output.metrics["best_validation_sharpe"]),
                number(output.metrics["best_step"], 0),
                number(output.metrics["steps"], 0),
            ]
            for output in found
        ],
    )
    console.facts("", {"folder": console.near(Path(found[0].model_path).parent)})
    model = found[0].model_id
    next_commands([f"cambio models show {model}", f"cambio backtest {model}"])
