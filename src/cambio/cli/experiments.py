"""`cambio experiment`: L2 to L4."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cambio.cli.session import open_product
from cambio.errors import ConfigError

if TYPE_CHECKING:
    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources

group = typer.Typer(
    help="Run experiments: dataset, training, backtest, first vote (L2-L4).", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

Seeds = Annotated[
    int | None, typer.Option(min=1, help="Train so many seeds; validation chooses one.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Override a setting: training.total_timesteps=20000."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="experiment")


@group.command("run")
def run(
    name: Annotated[str, typer.Argument(help="Name of a file in config/experiments.")],
    seeds: Seeds = None,
    set_: Set = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Train in so many processes; default: the CPUs it may use."),
    ] = None,
    dataset: Annotated[
        Path | None,
        typer.Option(help="Folder of a built dataset, verified first; without it, one is built."),
    ] = None,
    json_: Json = False,
) -> None:
    """Build the dataset, train, backtest on the test period and propose; or walk forward."""
    from cambio.cli import console, render

    resources, config, overrides = _opened(name, seeds, set_)
    if config.protocol == "walk_forward":
        if dataset is not None:
            raise ConfigError(
                f"{name} is a walk-forward: every fold has a dataset of its own.",
                remedy="Leave out --dataset.",
            )
        _walk_forward(resources, config, overrides, workers, json_=json_)
        return
    from cambio.app import experiments  # torch: only when the configuration is right

    with console.telling_notes():
        result = experiments.run(resources, config, overrides, folder=dataset, workers=workers)
    if json_:
        console.print_json(result.to_dict())
        return
    render.experiment(result)
    model = result.proposal.model_id
    render.next_commands(
        [
            f"cambio backtest {model} --report {model}.html",
            f"cambio paper {model}",
            f"cambio proposals show {result.proposal.proposal_id[:8]}",
        ]
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


@group.command("cells")
def cells(
    name: Annotated[str, typer.Argument(help="A walk-forward of config/experiments.")],
    seeds: Seeds = None,
    set_: Set = None,
    json_: Json = False,
) -> None:
    """Build the datasets of a walk-forward and list its cells, which may run apart (`cell`)."""
    from cambio.app import walkforward
    from cambio.app.walkforward_cell import stored
    from cambio.cli import console, render_walkforward

    resources, config, overrides = _opened(name, seeds, set_)
    found = walkforward.cells(resources, config, overrides)
    done = [stored(cell, resources.home) is not None for cell in found]
    if json_:
        rows = [
            {"fold": cell.fold.index, "seed": cell.seed, "run": cell.run, "done": is_done}
            for cell, is_done in zip(found, done, strict=True)
        ]
        console.print_json(rows)
        return
    render_walkforward.cells(found, done)


@group.command("cell")
def cell(
    name: Annotated[str, typer.Argument(help="A walk-forward of config/experiments.")],
    fold: Annotated[int, typer.Option(min=1, help="Its number, from 1.")],
    seed: Annotated[int, typer.Option(min=0, help="Which of the experiment's.")],
    run: Annotated[str, typer.Option(help="The run that `cells` names.")],
    seeds: Seeds = None,
    set_: Set = None,
    json_: Json = False,
) -> None:
    """Run one cell of a walk-forward; `cambio experiment run` concludes when all are done."""
    from cambio.app import walkforward
    from cambio.cli import console, render_walkforward

    resources, config, overrides = _opened(name, seeds, set_)
    with console.telling_notes():
        found = walkforward.one_cell(
            resources, config, overrides, walkforward.Place(fold, seed, run)
        )
    if json_:
        answer = {"fold": fold, "seed": seed, "run": run, "model_id": found.model_id}
        console.print_json({**answer, "trades": found.record.trades})
        return
    render_walkforward.cell(found)


def _opened(
    name: str, seeds: int | None, set_: list[str] | None
) -> tuple[Resources, ExperimentConfig, dict[str, Any]]:
    """Open the product and read an experiment with what a run sets for itself."""
    from cambio.app.experiment_config import load, parse_overrides

    settings, resources = open_product()
    overrides = parse_overrides(set_ or [])
    config = load(settings.config_folder, name, settings.ssot(), overrides)
    return resources, config if seeds is None else config.with_seeds(seeds), overrides


@group.command("list")
def list_experiments(json_: Json = False) -> None:
    """List the experiments that can be run, and how the newest run of each ended."""
    from cambio.app import experiment_list
    from cambio.cli import console, render_experiments

    settings, resources = open_product()
    found = experiment_list.every(resources, settings.config_folder)
    if json_:
        console.print_json([row.to_dict() for row in found])
        return
    render_experiments.experiments(found)


@group.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Name of a file in config/experiments.")],
    json_: Json = False,
) -> None:
    """Show the whole configuration of an experiment, and what differs from its base."""
    from cambio.app import experiment_list
    from cambio.cli import console, render_experiments
    from cambio.settings import load_settings

    settings = load_settings()
    card = experiment_list.show(settings.config_folder, name, settings.ssot())
    if json_:
        console.print_json(card.to_dict())
        return
    render_experiments.card(card)


@group.command("compare")
def compare(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME NAME...", help="Experiments that have run.")
    ],
    report: Annotated[Path | None, typer.Option(help="Write an HTML report here, too.")] = None,
    json_: Json = False,
) -> None:
    """Compare the newest recorded run of each with the first one's; nothing is run anew."""
    from cambio.app import experiment_compare
    from cambio.cli import console, render_experiments

    _, resources = open_product()
    found = experiment_compare.compare(resources, names)
    if report is not None:
        from cambio.app import comparison_report

        comparison_report.write_report(found, report)
    if json_:
        console.print_json(found.to_dict())
        return
    render_experiments.comparison(found, report)
