"""`cambio ab`: two experiments against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

group = typer.Typer(
    help="A/B tests: two experiments on the same sessions (L4).", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="ab")


@group.command("run")
def run(
    config: Annotated[
        str, typer.Argument(help="Name of an A/B test in config/experiments, or a YAML file.")
    ],
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Train so many seeds of each variant.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Where to write the HTML report; default: in reports.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Train both variants, replay all their seeds, and tell whether a difference is shown.

    What was trained before is used again, and an unfinished training goes on.
    """
    from cambio.app.ab_config import load_ab_test
    from cambio.cli import console, render_ab

    settings, resources = open_product()
    plan = load_ab_test(settings.config_folder, config, settings.ssot())
    plan = plan if seeds is None else plan.with_seeds(seeds)
    from cambio.app import ab_report, ab_test  # torch: only when the configuration is right

    with console.telling_notes():
        found = ab_test.run(resources, plan)
    path = report or resources.reports / f"ab-{plan.test.name}.html"
    ab_report.write_report(found, path)
    ab_report.keep_record(resources, found)
    if json_:
        console.print_json({**found.to_dict(), "report": str(path)})
        return
    render_ab.result(found, path)
    from cambio.cli.render import next_commands

    next_commands(ab_report.next_commands(found))
