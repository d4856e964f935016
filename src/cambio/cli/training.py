"""`cambio train`: L3 by itself."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(train)


def train(
    name: Annotated[str, typer.Argument(help="Name of a file in config/experiments.")],
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Train so many seeds, from the first one on.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoints of a stopped training.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Train in so many processes; default: the CPUs it may use."),
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="Folder of a built dataset; without it, one is built.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override a setting: training.total_timesteps=20000."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Train an experiment's policies and export them; the test period is not looked at."""
    from cambio.app.experiment_config import load, parse_overrides
    from cambio.cli import console, render_training

    settings, resources = open_product()
    overrides = parse_overrides(set_ or [])
    config = load(settings.config_folder, name, settings.ssot(), overrides)
    config = config if seeds is None else config.with_seeds(seeds)
    from cambio.app import training  # torch: only when the configuration is right

    with console.telling_notes():
        found = training.run(resources, config, overrides, dataset, resume=resume, workers=workers)
    if json_:
        console.print_json([asdict(output) for output in found])
        return
    render_training.trained(found)
