"""`cambio audit`: the log of approvals, and the proof that nobody changed it."""

from __future__ import annotations

from typing import Annotated

import typer

from cambio.cli.session import open_product

group = typer.Typer(help="The audit log of proposals, models and tokens.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="audit")


@group.command("list")
def list_entries(
    subject: Annotated[
        str | None, typer.Option(help="Of a proposal, model or account: how its id begins.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    json_: Json = False,
) -> None:
    """List the log, newest first."""
    from dataclasses import asdict

    from cambio.cli import console, render_votes
    from cambio.store import audit
    from cambio.store.database import reading

    _, resources = open_product()
    with reading(resources.engine) as connection:
        entries = audit.entries(connection, subject, limit)
    if json_:
        console.print_json([asdict(entry) for entry in entries])
        return
    render_votes.entries("Audit log", entries)


@group.command()
def verify(
    head: Annotated[
        str | None, typer.Option(metavar="SEQ:HASH", help="As an earlier run printed it.")
    ] = None,
    json_: Json = False,
) -> None:
    """Find every row that was edited, deleted, inserted, moved or not sealed (exit code 6)."""
    from dataclasses import asdict

    from cambio.cli import console, render_votes
    from cambio.contracts.audit import Head
    from cambio.errors import ContractMismatch
    from cambio.store import audit
    from cambio.store.database import reading

    kept = None if head is None else Head.parse(head)
    _, resources = open_product()
    with reading(resources.engine) as connection:
        report = audit.verify(connection, kept)
    if json_:
        plain = asdict(report) | {"passed": report.passed, "head": report.head and str(report.head)}
        console.print_json(plain)
    else:
        render_votes.report(report)
    if not report.passed:
        raise ContractMismatch(
            f"The audit log has {console.counted(len(report.findings), 'flaw')}.",
            remedy="Rows that are unsealed were written by SQL: if they are in order, "
            '`cambio audit adopt --comment "…"`. For all else see docs/votes.md.',
        )


@group.command()
def adopt(
    comment: Annotated[str, typer.Option(help="Why the rows are in order; it is logged.")],
    json_: Json = False,
) -> None:
    """Seal rows that were written past the application, as a manual rollback is."""
    from cambio.app import votes
    from cambio.cli import console

    _, resources = open_product()
    rows = votes.adopt(resources, comment)
    if json_:
        console.print_json({"rows": rows})
        return
    told = ", ".join(map(str, rows))
    console.say(console.out, "✓", "green", f"Sealed {console.counted(len(rows), 'row')}: {told}.")


@group.command()
def grant(
    role: Annotated[str, typer.Argument(help="Of PostgreSQL; it exists and owns nothing.")],
) -> None:
    """Let a PostgreSQL role run cambio without any right to change the log; run as the owner."""
    from cambio.cli import console
    from cambio.store.database import transaction
    from cambio.store.roles import grant_application

    _, resources = open_product()
    with transaction(resources.engine) as connection:
        grant_application(connection, role)
    console.say(console.out, "✓", "green", f"{role} can run cambio, and can't change its log.")
