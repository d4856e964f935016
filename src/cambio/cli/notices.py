"""`cambio tell`: what a scheduler has to say to operators."""

from __future__ import annotations

from typing import Annotated

import typer

from cambio.cli.session import open_product


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(tell)


def tell(
    subject: Annotated[str, typer.Argument(help="What it is about, as a DAG's id.")],
    text: Annotated[str, typer.Argument(help="What happened.")],
) -> None:
    """Tell operators of something: an event for the dashboard, the bus and webhooks."""
    from cambio.app import notices
    from cambio.cli import console

    _, resources = open_product()
    told = notices.tell(resources, subject, text)
    console.out.print(f"Event {told.id} tells it.", highlight=False)
