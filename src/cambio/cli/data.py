"""`cambio import` and `cambio data`: L0."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

imports = typer.Typer(help="Import files of bars and macro series (L0).", no_args_is_help=True)
group = typer.Typer(help="Look at what is stored (L0).", no_args_is_help=True)

REPAIRS = ("shifted-sessions",)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(imports, name="import")
    app.add_typer(group, name="data")
