"""`cambio gate`: how far the promotion gate can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

PPO_EXPERIMENT = "fast_ppo_v1"
PPO_OVERRIDES = {
    "training.total_timesteps": 120_000,
    "training.checkpoint_freq": 1_000_000,
    "quality.min_training_years": 1.0,
}
"""A quick training: what it can't learn from a market without edge, it can't learn in longer."""


group = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="gate")


@group.callback()
def _group() -> None:
    """How far the promotion gate can be trusted."""


@group.command()
def calibrate(
    to: Annotated[Path | None, typer.Option(help="Folder of the report.", file_okay=False)] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all randomness.")] = 1,
    scale: Annotated[
        float, typer.Option(min=0.001, max=10.0, help="Share of the runs, to try it out.")
    ] = 1.0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; one on each CPU by default.")
    ] = None,
    experiment: Annotated[str, typer.Option(help="Whose criteria and gates.")] = "baseline_ppo_v1",
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how often the gate promotes policies without edge, and how often real edges."""
    from cambio.app import calibration as use_case
    from cambio.app.calibration_report import write_report
    from cambio.app.experiment_config import load
    from cambio.app.processes import usable_cpus
    from cambio.cli import console, render_gate

    settings, resources = open_product()
    plan = use_case.Plan(
        judging=load(settings.config_folder, experiment, settings.ssot(), {}),
        training=load(settings.config_folder, PPO_EXPERIMENT, settings.ssot(), PPO_OVERRIDES),
        seed=seed,
        scale=scale,
        workers=workers or usable_cpus(),
    )
    found = use_case.calibrate(resources, plan)
    page = write_report(found, to or resources.reports)
    if json_:
        console.print_json(found.to_dict())
        return
    render_gate.calibration(found)
    console.facts("", {"report": console.near(page)})
