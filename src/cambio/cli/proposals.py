"""`cambio proposals`: the second vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cambio.cli.session import open_product
from cambio.contracts.handoffs import ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from cambio.app.resources import Resources
    from cambio.contracts.handoffs import PromotionProposal

group = typer.Typer(
    help="Promotion proposals, and the second vote on them (L4).", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Of the proposal, or its beginning.")]
Comment = Annotated[str, typer.Option(help="Why; it is kept with the vote.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="proposals")


@group.command("list")
def list_proposals(
    status: Annotated[
        ProposalStatus | None, typer.Option(help="Those of one status only.", case_sensitive=False)
    ] = None,
    json_: Json = False,
) -> None:
    """List the proposals, newest first."""
    from cambio.cli import console, render_votes
    from cambio.store import proposals
    from cambio.store.database import reading

    _, resources = open_product()
    with reading(resources.engine) as connection:
        rows = proposals.every(connection, status)
    if json_:
        console.print_json([proposal.to_dict() for proposal in rows])
        return
    render_votes.proposals(rows, resources.now())


@group.command()
def show(proposal_id: Id, json_: Json = False) -> None:
    """Show all that a reviewer needs."""
    from dataclasses import asdict

    from cambio.cli import console, render_votes
    from cambio.store import audit, proposals
    from cambio.store.database import reading

    _, resources = open_product()
    with reading(resources.engine) as connection:
        proposal = proposals.get(connection, proposals.resolve(connection, proposal_id))
        trail = audit.entries(connection, proposal.proposal_id)[::-1]
    if json_:
        rows = [asdict(entry) for entry in trail]
        console.print_json(proposal.to_dict() | {"audit_trail": rows})
        return
    render_votes.proposal(proposal, trail, resources.now())


@group.command()
def approve(proposal_id: Id, comment: Comment, json_: Json = False) -> None:
    """Approve: the model challenges the champion; without one it is champion at once."""
    from cambio.app import votes

    _vote(votes.approve, proposal_id, comment, json_=json_)


@group.command()
def reject(proposal_id: Id, comment: Comment, json_: Json = False) -> None:
    """Reject for good; no model changes."""
    from cambio.app import votes

    _vote(votes.reject, proposal_id, comment, json_=json_)


def _vote(
    vote: Callable[[Resources, str, str], PromotionProposal],
    proposal_id: str,
    comment: str,
    *,
    json_: bool,
) -> None:
    from cambio.cli import console, render_votes
    from cambio.store import deployments
    from cambio.store.database import reading

    _, resources = open_product()
    voted = vote(resources, proposal_id, comment)
    if json_:
        console.print_json(voted.to_dict())
        return
    with reading(resources.engine) as connection:
        challenger = deployments.challenger(connection)
    render_votes.voted(voted, challenger)


@group.command()
def expire(json_: Json = False) -> None:
    """Close the proposals whose time is over; run it as a daily job."""
    from cambio.app import votes
    from cambio.cli import console

    _, resources = open_product()
    expired = votes.expire(resources)
    if json_:
        console.print_json([proposal.to_dict() for proposal in expired])
        return
    told = console.counted(len(expired), "proposal")
    console.say(console.out, "✓", "green", f"Closed {told} whose time was over.")
