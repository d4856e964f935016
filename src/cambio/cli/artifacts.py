"""`cambio artifacts`: what is kept in object storage."""

from __future__ import annotations

from typing import Annotated

import typer

from cambio.cli.session import open_product

group = typer.Typer(help="Datasets, models and reports in object storage.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="artifacts")


@group.command()
def keep(json_: Json = False) -> None:
    """Keep all that was made here and is not kept yet."""
    from cambio.app import storage
    from cambio.cli import console

    _, resources = open_product()
    names = storage.keep_all(resources)
    if json_:
        console.print_json(names)
        return
    console.say(console.out, "✓", "green", f"{console.counted(len(names), 'artefact')} kept.")


@group.command()
def verify(json_: Json = False) -> None:
    """Read every file that is kept and compare it with its hash (exit code 6)."""
    from cambio.app import storage
    from cambio.cli import console
    from cambio.errors import ContractMismatch

    _, resources = open_product()
    found = storage.verify(resources)
    if json_:
        console.print_json([{"name": name, "problem": problem} for name, problem in found])
    wrong = [problem for _, problem in found if problem]
    if wrong:
        raise ContractMismatch(
            " ".join(wrong),
            remedy="`cambio artifacts keep` on a machine that has the files keeps them anew, once "
            "what is damaged is deleted.",
        )
    if not json_:
        told = f"{console.counted(len(found), 'file')} read; every one is what was kept."
        console.say(console.out, "✓", "green", told)
