"""`cambio token`: the accounts that act and vote."""

from __future__ import annotations

from typing import Annotated

import typer

from cambio.cli.session import open_product
from cambio.contracts.accounts import Role

group = typer.Typer(help="Tokens, by which accounts are known.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Of the account.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="token")


@group.command()
def create(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Until it ends; without: never.")
    ] = None,
    json_: Json = False,
) -> None:
    """Make a token and print it, once."""
    from cambio.app import accounts
    from cambio.cli import console

    _, resources = open_product()
    token = accounts.create_token(resources, name, role, days)
    if json_:
        console.print_json({"name": name, "role": str(role), "token": token})
        return
    print(token)
    told = f"Give it to {name} as CAMBIO_TOKEN. It is stored nowhere and not shown again."
    console.say(console.err, "→", "dim", told)
    if role is Role.APPROVER:
        told = "It can't approve what you run yourself: whoever makes a token vouches for it."
        console.say(console.err, "!", "yellow", told)


@group.command("list")
def list_tokens(json_: Json = False) -> None:
    """List every token that was ever made, newest first; never the token itself."""
    from dataclasses import asdict

    from cambio.app import accounts
    from cambio.cli import console, render_votes

    _, resources = open_product()
    found, now = accounts.tokens(resources), resources.now()
    if json_:
        console.print_json([asdict(token) | {"live": token.is_live(now)} for token in found])
        return
    render_votes.tokens(found, now)


@group.command()
def revoke(name: Name) -> None:
    """Accept no token of an account any more."""
    from cambio.app import accounts
    from cambio.cli import console

    _, resources = open_product()
    accounts.revoke_token(resources, name)
    console.say(console.out, "✓", "green", f"No token of {name} is accepted any more.")


@group.command()
def whoami(json_: Json = False) -> None:
    """Say which account acts here, and what it may do."""
    from dataclasses import asdict

    from cambio.cli import console

    _, resources = open_product()
    account = resources.account()
    if json_:
        console.print_json(asdict(account))
        return
    console.out.print(f"{account.name} ({account.role})", highlight=False)
