"""`cambio macro`: the macro series of L0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cambio.cli.session import open_product

if TYPE_CHECKING:
    from datetime import datetime

group = typer.Typer(
    help="Update macro series, and see what was known when (L0).", no_args_is_help=True
)

Series = Annotated[
    list[str] | None, typer.Option("--series", help="Only this series, as VIX. Repeatable.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="macro")


@group.command()
def update(
    series: Series = None,
    full: Annotated[
        bool, typer.Option("--full", help="Ask for the whole history again, not the last periods.")
    ] = False,
    json_: Json = False,
) -> None:
    """Ask the providers for new and revised values; what one of them lacks holds up no other."""
    from cambio.app import macro
    from cambio.cli import console, render_macro

    _, resources = open_product()
    report = macro.update(resources, series or None, full=full)
    if json_:
        console.print_json(report.to_dict())
    else:
        render_macro.update(report)
    failure = report.failure(named=bool(series))
    if failure is not None:
        raise failure


@group.command("as-of")
def as_of(
    moment: Annotated[str, typer.Argument(help="Time with its zone, as 2024-05-02T13:00Z.")],
    series: Series = None,
    as_seen: Annotated[
        bool, typer.Option("--as-seen", help="What this database had by then, not the public.")
    ] = False,
    json_: Json = False,
) -> None:
    """Print exactly what was known at a moment: later values and revisions are left out."""
    from cambio.app.macro_as_of import as_of as use_case
    from cambio.cli import console, render_macro

    _, resources = open_product()
    report = use_case(resources, _moment(moment), series or None, as_seen=as_seen)
    if json_:
        console.print_json(report.to_dict())
    else:
        render_macro.as_of(report)


def _moment(text: str) -> datetime:
    from datetime import datetime

    from cambio.errors import ConfigError

    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text} is no time.", remedy="Write it as 2024-05-02T13:00Z, or -05:00 for Bogota."
        ) from None
