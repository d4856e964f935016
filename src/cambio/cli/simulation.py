"""`cambio demo` and `cambio simulate`: the market that is not real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cambio.cli.session import open_product

if TYPE_CHECKING:
    from cambio.app.resources import Resources

EXPERIMENT = "demo_ppo_v1"

Edge = Annotated[str, typer.Option(help="planted (yesterday's macro moves today) or none.")]
Seed = Annotated[int, typer.Option(help="Seed of the market.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(demo)
    app.command()(simulate)


def simulate(edge: Edge = "planted", seed: Seed = 7) -> None:
    """Simulate three years of bars and macro series and store them."""
    from cambio.acquisition.simulator import SimulationConfig
    from cambio.app.simulation import simulate_market
    from cambio.cli import console
    from cambio.yaml_files import validated

    _, resources = open_product()
    config = validated({"edge": edge, "seed": seed}, SimulationConfig, "simulate")
    bars, macro = simulate_market(resources, config)
    console.out.print(
        f"Stored {bars:,} simulated bars and {macro:,} macro observations (edge: {edge})."
    )


def demo(
    edge: Edge = "planted",
    seed: Seed = 7,
    serve: Annotated[
        bool, typer.Option("--serve", help="Then show it in the dashboard, until interrupted.")
    ] = False,
) -> None:
    """Go the whole way on a simulated market: data, features, training, validation, paper."""
    from cambio.acquisition.simulator import SimulationConfig
    from cambio.app import demo as use_case
    from cambio.app.experiment_config import load
    from cambio.cli import console, render
    from cambio.settings import load_settings
    from cambio.yaml_files import validated

    market = validated({"edge": edge, "seed": seed}, SimulationConfig, "demo")
    home = load_settings().home / f"demo-{market.edge}-{market.seed}"
    settings, resources = open_product(home)
    notice = use_case.NOTICES[market.edge]
    console.out.print(f"\n[bold]{notice}[/]\n", highlight=False)
    config = load(settings.config_folder, EXPERIMENT, settings.ssot(), {})
    result, paper = use_case.run(resources, market, config)
    render.experiment(result)
    render.paper(paper)
    console.out.print(f"\n[bold]{notice}[/]", highlight=False)
    render.next_commands(render.demo_commands(result, home))
    render.second_person(result.proposal)
    if serve:
        _show(resources)


def _show(resources: Resources) -> None:
    from cambio.api.dashboard import bundle
    from cambio.api.options import ApiOptions
    from cambio.cli import console
    from cambio.cli.serve import LOOPBACK, serve_on

    console.out.print("\n[bold]The dashboard[/] (Ctrl-C ends it)")
    serve_on((LOOPBACK, 0), resources, ApiOptions(static=bundle()))
