"""`cambio models`: what was trained, its bundle, and whether it is still what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

group = typer.Typer(help="Registered models, and their signed bundles.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="models")


@group.command("list")
def list_models(json_: Json = False) -> None:
    """List the registered models, newest first."""
    from cambio.cli import console, render_models
    from cambio.store import models
    from cambio.store.database import reading

    _, resources = open_product()
    with reading(resources.engine) as connection:
        rows = models.every(connection)
    if json_:
        console.print_json(rows)
        return
    render_models.models(rows)


@group.command("show")
def show(
    model_id: Annotated[str, typer.Argument(metavar="ID", help="See `cambio models list`.")],
    json_: Json = False,
) -> None:
    """Show all that is known of a model: lineage, metrics, files, features, settings."""
    from cambio.app import models
    from cambio.cli import console, render_models

    _, resources = open_product()
    card = models.show(resources, model_id)
    if json_:
        console.print_json(card.to_dict())
        return
    render_models.card(card)


@group.command("export")
def export(
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID...", help="A model; or several seeds, for their ensemble."),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder, or file *.cambio; default: <model id>.cambio here."),
    ] = None,
    json_: Json = False,
) -> None:
    """Write a model, or the ensemble of several, into one signed bundle."""
    from cambio.app import models
    from cambio.cli import console, render_models

    _, resources = open_product()
    exported = models.export(resources, ids, to)
    if json_:
        console.print_json(exported.to_dict())
        return
    render_models.exported(exported)


@group.command("verify")
def verify(
    target: Annotated[
        str, typer.Argument(metavar="ID|PATH.cambio", help="A registered model, or a bundle.")
    ],
    json_: Json = False,
) -> None:
    """Check a model or a bundle, and say everything that fails; exit code 6 if anything does."""
    from cambio.app import models
    from cambio.cli import console, render_models
    from cambio.errors import ContractMismatch
    from cambio.settings import load_settings
    from cambio.trading import bundle, signing

    if target.endswith(bundle.SUFFIX) or Path(target).is_file():
        checks = models.verify_bundle(Path(target), load_settings().home / signing.FOLDER)
    else:
        _, resources = open_product()
        checks = models.verify(resources, target)
    failed = [check.subject for check in checks if not check.passed]
    if json_:
        console.print_json(
            {
                "target": target,
                "passed": not failed,
                "checks": [check.to_dict() for check in checks],
            }
        )
    else:
        render_models.checks(checks)
    if failed:
        raise ContractMismatch(
            f"{len(failed)} of {len(checks)} checks of {target} failed: {', '.join(failed)}.",
            remedy="Do not trade with it.",
        )
