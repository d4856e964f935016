"""`cambio keys`: the key that signs bundles here, and those that are trusted."""

from __future__ import annotations

from typing import Annotated

import typer

group = typer.Typer(help="Keys that sign bundles, and keys that are trusted.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="keys")


@group.command("create")
def create(json_: Json = False) -> None:
    """Make the key that signs bundles here, and trust it; an existing one is never overwritten."""
    from cambio.cli import console
    from cambio.settings import load_settings
    from cambio.trading import signing

    folder = load_settings().home / signing.FOLDER
    made = signing.create(folder)
    private, public = folder / signing.SIGNING, folder / signing.TRUSTED / f"{made}.pub"
    if json_:
        console.print_json({"key_id": made, "private": private, "public": public})
        return
    console.facts(
        f"Key {made}",
        {"signs": f"{console.near(private)}: keep it secret", "public": console.near(public)},
    )
    console.out.print(
        "\nWho is to trust your bundles copies the public key into their own folder of trusted "
        "keys.",
        highlight=False,
    )


@group.command("list")
def list_keys(json_: Json = False) -> None:
    """List the trusted keys, and which of them signs here."""
    from cambio.cli import console
    from cambio.errors import ConfigError
    from cambio.settings import load_settings
    from cambio.trading import signing

    folder = load_settings().home / signing.FOLDER
    trusted = set(signing.trusted_keys(folder))
    signs = None
    if (folder / signing.SIGNING).exists():
        try:
            signs = signing.key_id(signing.signing_key(folder).public_key())
        except ConfigError as error:  # the trusted keys are shown all the same
            console.say(console.err, "!", "yellow", str(error))
    rows = [
        {"key_id": key, "trusted": key in trusted, "signs": key == signs}
        for key in sorted(trusted | ({signs} if signs else set()))
    ]
    if json_:
        console.print_json(rows)
    elif not rows:
        console.out.print("No keys yet. `cambio keys create` makes one.")
    else:
        told = [
            [str(row["key_id"]), *("yes" if row[name] else "no" for name in ("trusted", "signs"))]
            for row in rows
        ]
        console.table("Keys", ["key", "trusted", "signs here"], told)
