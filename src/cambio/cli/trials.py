"""`cambio trials`: the trial ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cambio.cli.session import open_product


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(trials)


def trials(
    experiment: Annotated[
        str | None, typer.Option(help="Only the looks that its models took.")
    ] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First session.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last session.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every recorded look at a test window, and what the next model there would need."""
    from cambio.app import trials as use_case
    from cambio.cli import console, render_experiments

    _, resources = open_product()
    found = use_case.ledger(resources, experiment, start and start.date(), end and end.date())
    if json_:
        console.print_json(found.to_dict())
        return
    render_experiments.trials(found)
