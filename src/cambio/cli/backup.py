"""`cambio backup`: database and artefacts in one folder, checked, and put back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cambio.cli.session import open_product

if TYPE_CHECKING:
    from cambio.app.backups import Manifest

group = typer.Typer(help="Back up database and artefacts, and restore.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Folder = Annotated[Path, typer.Argument(help="Of one backup, as cambio-…Z.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="backup")


@group.command()
def create(
    to: Annotated[Path, typer.Argument(help="Folder of the backups, best on another disk.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="Keep so many whole backups, and remove older ones.")
    ] = None,
    json_: Json = False,
) -> None:
    """Save all but secrets, while the system trades; it counts once it is whole and verified."""
    from cambio.app import backups
    from cambio.cli import console

    _, resources = open_product()
    folder, manifest, removed = backups.create(resources, to, keep)
    if json_:
        console.print_json({**_plain(folder, manifest), "removed": removed})
        return
    _told("Backup", folder, manifest)
    for path in removed:
        console.say(console.out, "–", "dim", f"Removed {console.near(path)}")
    if manifest.audit.findings:
        console.say(
            console.err, "!", "yellow", "The audit log has flaws; `cambio audit verify` names them."
        )


@group.command()
def verify(folder: Folder, json_: Json = False) -> None:
    """Read every file again, and the chain of the audit log (exit code 6 where one is damaged)."""
    from cambio.app import backups
    from cambio.cli import console
    from cambio.errors import ContractMismatch

    try:
        manifest = backups.require_whole(folder)
    except ContractMismatch as error:
        for flaw in error.fields.get("flaws", []):  # type: ignore[attr-defined]
            console.say(console.err, "✗", "red", flaw)
        raise
    if json_:
        console.print_json(_plain(folder, manifest))
    else:
        _told("Whole backup", folder, manifest)


@group.command()
def restore(folder: Folder, json_: Json = False) -> None:
    """Put a backup into an empty CAMBIO_HOME and an empty database, of either kind."""
    from cambio.app import backups
    from cambio.cli import console

    settings, resources = open_product()
    manifest = backups.restore(resources, folder)
    if json_:
        console.print_json(_plain(folder, manifest) | {"home": settings.home})
        return
    _told("Restored", folder, manifest)
    console.out.print(
        "\nSecrets are not in a backup: put keys/signing.pem back if bundles are signed here, and "
        "set the environment's tokens and keys.",
        highlight=False,
    )


def _plain(folder: Path, manifest: Manifest) -> dict[str, object]:
    told = manifest.model_dump(mode="json", exclude={"files"})
    sizes = {"files": len(manifest.files), "rows": manifest.rows, "bytes": manifest.size}
    return {"folder": folder, **told, **sizes}


def _told(title: str, folder: Path, manifest: Manifest) -> None:
    from cambio.cli import console

    made = f"{manifest.created_at:%Y-%m-%d %H:%M:%S} UTC by cambio {manifest.version}"
    console.facts(
        f"{title} {console.near(folder)}",
        {
            "made": f"{made}, from {manifest.database}",
            "holds": f"{console.counted(manifest.rows, 'row')}, "
            f"{console.counted(len(manifest.files), 'file')}, {manifest.size / 1e6:,.1f} MB",
            "audit log": f"{console.counted(manifest.audit.rows, 'row')}, "
            f"head {manifest.audit.head or 'none'}",
        },
    )
