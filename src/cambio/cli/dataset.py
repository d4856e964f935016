"""`cambio dataset`: L2."""

from __future__ import annotations

from typing import Annotated

import typer

from cambio.cli.session import open_product

group = typer.Typer(help="Build, show and verify datasets (L2).", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="dataset")


@group.command()
def build(
    name: Annotated[str, typer.Argument(help="Name of a file in config/experiments.")],
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override a setting: features.zscore_window=120."),
    ] = None,
    json_: Json = False,
) -> None:
    """Build the experiment's dataset and its data card; the same inputs give the same bytes."""
    from dataclasses import asdict
    from pathlib import Path

    from cambio.app import dataset_page, datasets
    from cambio.app.experiment_config import load, parse_overrides
    from cambio.cli import console, render_dataset

    settings, resources = open_product()
    config = load(settings.config_folder, name, settings.ssot(), parse_overrides(set_ or []))
    made = datasets.build(resources, config)
    found = datasets.describe(Path(made.dataset_path))
    card = dataset_page.write_card(resources, found)
    if json_:
        console.print_json(asdict(made) | {"card": str(card)} | found.to_dict())
        return
    render_dataset.built(found, card)


@group.command()
def show(
    where: Annotated[
        str, typer.Argument(metavar="NAME|PATH", help="An experiment, or a dataset's folder.")
    ],
    json_: Json = False,
) -> None:
    """List the builds of an experiment, and describe the newest one."""
    from cambio.app import datasets
    from cambio.cli import console, render_dataset

    _, resources = open_product()
    builds = datasets.builds(datasets.find(resources, where))
    readable = [each.path for each in builds if each.manifest is not None]
    found = datasets.describe(readable[0]) if readable else None
    if json_:
        listed = [each.to_dict() for each in builds]
        console.print_json({"builds": listed, "newest": found and found.to_dict()})
        return
    if len(builds) > 1 or found is None:
        render_dataset.builds(builds)
    if found is not None:
        render_dataset.described(found)


@group.command()
def verify(
    where: Annotated[
        str, typer.Argument(metavar="PATH|NAME", help="A dataset's folder, or an experiment.")
    ],
    json_: Json = False,
) -> None:
    """Recompute every hash and statistic of a dataset; every finding is listed."""
    from cambio.app import datasets
    from cambio.cli import console, render_dataset
    from cambio.dataset import verify as verification

    _, resources = open_product()
    found = verification.verify(datasets.find(resources, where)[0])
    if json_:
        console.print_json(found.to_dict())
    else:
        render_dataset.verified(found)
    found.require()
