"""`cambio deploy`, `cambio kill-switch`, `cambio risk`: who trades with which money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cambio.cli.session import open_product

if TYPE_CHECKING:
    from cambio.store.controls import Control

group = typer.Typer(
    help="Champion, challenger and shadows: who trades with which money (L5).",
    no_args_is_help=True,
)
switch = typer.Typer(help="Stop all trading, and let it go on.", no_args_is_help=True)
risk = typer.Typer(help="Limits of the books that trade.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Comment = Annotated[str, typer.Option(help="Why; it is kept in the log.")]
ModelId = Annotated[str, typer.Argument(metavar="MODEL_ID", help="A registered model.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="deploy")
    app.add_typer(switch, name="kill-switch")
    app.add_typer(risk, name="risk")


@group.command("status")
def show_status(json_: Json = False) -> None:
    """Show who trades with which share, and what the challenger lacks for more."""
    from cambio.app import deployments
    from cambio.cli import console, render_deploy

    _, resources = open_product()
    found = deployments.status(resources)
    if json_:
        console.print_json(found.to_dict())
        return
    render_deploy.report(found)


@group.command()
def start(
    model_id: ModelId,
    comment: Comment,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Let it decide without capital; takes no vote.")
    ] = False,
    json_: Json = False,
) -> None:
    """Let an approved model challenge the champion (again), or any model be a shadow."""
    from cambio.app import deployments
    from cambio.cli import console

    _, resources = open_product()
    started = deployments.start(resources, model_id, shadow=shadow, comment=comment)
    if json_:
        console.print_json(started.to_dict())
        return
    what = "a shadow" if shadow else f"the challenger, with {started.share:.0%} of the capital"
    _done(f"{model_id} is {what}, from the next bar on.")


@group.command()
def promote(comment: Comment) -> None:
    """Make the challenger the champion at once."""
    from cambio.app import deployments

    _, resources = open_product()
    _done(f"{deployments.promote(resources, comment)} is the champion, from the next bar on.")


@group.command()
def rollback(comment: Comment) -> None:
    """End the challenger; where there is none, bring back the former champion."""
    from cambio.app import deployments

    _, resources = open_product()
    champion = deployments.rollback(resources, comment)
    _done(f"{champion} trades with all of the capital, from the next bar on.")


@group.command()
def stop(model_id: ModelId, comment: Comment) -> None:
    """End a shadow."""
    from cambio.app import deployments

    _, resources = open_product()
    _done(f"{deployments.stop(resources, model_id, comment).model_id} is a shadow no more.")


@group.command()
def seal(model_id: ModelId) -> None:
    """Make the signed bundle that trades, of a model that became champion by SQL."""
    from cambio.app import deployments
    from cambio.cli import console

    _, resources = open_product()
    _done(f"{console.near(deployments.seal(resources, model_id))} is sealed.")


@switch.command("on")
def stop_trading(comment: Comment, json_: Json = False) -> None:
    """Close every position with the next bar, and open none."""
    _switch(on=True, comment=comment, json_=json_)


@switch.command("off")
def go_on(comment: Comment, json_: Json = False) -> None:
    """Let trading go on."""
    _switch(on=False, comment=comment, json_=json_)


@switch.command("status")
def switch_status(json_: Json = False) -> None:
    """Tell whether trading is stopped, since when, by whom and why."""
    from cambio.app import controls
    from cambio.cli import console, render_deploy
    from cambio.store.controls import KILL_SWITCH

    _, resources = open_product()
    found = controls.controls(resources).get(KILL_SWITCH)
    if json_:
        console.print_json(None if found is None else render_deploy.plain(found))
        return
    render_deploy.kill_switch(found)


def _switch(*, on: bool, comment: str, json_: bool) -> None:
    from cambio.app import controls
    from cambio.cli import render_deploy

    _, resources = open_product()
    _control(controls.kill_switch(resources, on=on, comment=comment), json_=json_)
    if not json_:
        render_deploy.after_switch(on=on)


@risk.command("status")
def risk_status(json_: Json = False) -> None:
    """Show the limits against what each book and the account have used of them."""
    from cambio.app.risk_report import risk_report
    from cambio.cli import console, render_risk

    _, resources = open_product()
    found = risk_report(resources)
    if json_:
        console.print_json(render_risk.plain(found))
        return
    render_risk.report(found)


@risk.command()
def resume(
    book: Annotated[str, typer.Argument(metavar="BOOK", help="A model that trades, or `account`.")],
    comment: Comment,
    json_: Json = False,
) -> None:
    """Let a book trade again after its drawdown limit; its peak is then what it has."""
    from cambio.app import controls

    _, resources = open_product()
    _control(controls.resume(resources, book, comment), json_=json_)


def _control(control: Control, *, json_: bool) -> None:
    from cambio.cli import console, render_deploy

    if json_:
        console.print_json(render_deploy.plain(control))
        return
    render_deploy.control(control)


def _done(told: str) -> None:
    from cambio.cli import console

    console.say(console.out, "✓", "green", told)
