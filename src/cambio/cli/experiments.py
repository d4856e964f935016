"""`cambio experiment`, `backtest`, `paper` and `proposals`: L2 to L5."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cambio.cli.session import open_product

if TYPE_CHECKING:
    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources

group = typer.Typer(
    help="Run experiments: dataset, training, backtest, first vote (L2-L4).", no_args_is_help=True
)
proposal_group = typer.Typer(help="Promotion proposals (L4).", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="experiment")
    app.command()(backtest)
    app.command()(paper)
    app.add_typer(proposal_group, name="proposals")


@group.command("run")
def run(
    name: Annotated[str, typer.Argument(help="Name of a file in config/experiments.")],
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Train so many seeds; validation chooses one.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override a setting: training.total_timesteps=20000."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from checkpoints; a walk-forward always does.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes of a walk-forward; default: the CPUs it may use."),
    ] = None,
    json_: Json = False,
) -> None:
    """Build the dataset, train, backtest on the test period and propose; or walk forward."""
    from cambio.app.experiment_config import load, parse_overrides
    from cambio.cli import console, render

    settings, resources = open_product()
    overrides = parse_overrides(set_ or [])
    config = load(settings.config_folder, name, settings.ssot(), overrides)
    config = config if seeds is None else config.with_seeds(seeds)
    if config.protocol == "walk_forward":
        _walk_forward(resources, config, overrides, workers, json_=json_)
        return
    from cambio.app import experiments  # torch: only when the configuration is right

    with console.telling_notes():
        result = experiments.run(resources, config, overrides, resume=resume)
    if json_:
        console.print_json(result.to_dict())
        return
    render.experiment(result)
    model = result.proposal.model_id
    render.next_commands(
        [f"cambio backtest {model}", f"cambio paper {model}", "cambio proposals list"]
    )


def _walk_forward(
    resources: Resources,
    config: ExperimentConfig,
    overrides: dict[str, Any],
    workers: int | None,
    *,
    json_: bool,
) -> None:
    from cambio.app import walkforward
    from cambio.cli import console, render_walkforward

    with console.telling_notes():
        found = walkforward.run(resources, config, overrides, workers)
    if json_:
        console.print_json(found.to_dict())
        return
    render_walkforward.result(found)


@group.command("list")
def list_experiments(json_: Json = False) -> None:
    """List the experiments that can be run."""
    from cambio.app.experiment_config import available
    from cambio.cli import console
    from cambio.settings import load_settings

    found = available(load_settings().config_folder)
    if json_:
        console.print_json(found)
        return
    console.table("Experiments", ["name", "description"], [list(row) for row in found.items()])


def backtest(
    model_id: Annotated[str, typer.Argument(help="A registered model; see `cambio models list`.")],
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First session.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last session.")
    ] = None,
    json_: Json = False,
) -> None:
    """Replay a model over the test period, or over the sessions given."""
    from cambio.app import backtests
    from cambio.cli import console, render

    _, resources = open_product()
    found = backtests.backtest(resources, model_id, start and start.date(), end and end.date())
    if json_:
        console.print_json(found.to_dict())
        return
    render.evaluation(found)


def paper(
    model_id: Annotated[str, typer.Argument(help="A registered model.")],
    sessions: Annotated[int, typer.Option(min=1, help="How many of the newest sessions.")] = 5,
    restart: Annotated[
        bool, typer.Option("--restart", help="Remove the model's earlier paper record first.")
    ] = False,
    json_: Json = False,
) -> None:
    """Trade the newest stored sessions on paper, bar by bar, as live would."""
    from cambio.app.paper import trade_on_paper
    from cambio.cli import console, render

    _, resources = open_product()
    report = trade_on_paper(resources, model_id, sessions, restart=restart)
    if json_:
        console.print_json(report.to_dict())
        return
    render.paper(report)


@proposal_group.command("list")
def list_proposals(json_: Json = False) -> None:
    """List the proposals, newest first."""
    from cambio.cli import console, render
    from cambio.store import proposals
    from cambio.store.database import reading

    _, resources = open_product()
    with reading(resources.engine) as connection:
        rows = [proposal.to_dict() for proposal in proposals.every(connection)]
    if json_:
        console.print_json(rows)
        return
    render.proposals(rows)
