"""`cambio demo` and `cambio simulate`: the market that is not real."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

DEMO_HOME = "demo"

Edge = Annotated[str, typer.Option(help="planted (yesterday's macro moves today) or none.")]
Seed = Annotated[int, typer.Option(help="Seed of the market.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(demo)
    app.command()(simulate)


def simulate(edge: Edge = "planted", seed: Seed = 7) -> None:
    """Simulate three years of bars and macro series and store them."""
    from cambio.acquisition.simulator import SimulationConfig
    from cambio.app import demo as use_case
    from cambio.cli import console
    from cambio.settings import validated

    _, resources = open_product()
    config = validated({"edge": edge, "seed": seed}, SimulationConfig, "simulate")
    bars, macro = use_case.simulate_market(resources, config)
    console.out.print(
        f"Stored {bars:,} simulated bars and {macro:,} macro observations (edge: {edge})."
    )


def demo(edge: Edge = "planted", seed: Seed = 7) -> None:
    """Go the whole way on a simulated market: data, features, training, validation, paper."""
    from cambio.acquisition.simulator import SimulationConfig
    from cambio.app import demo as use_case
    from cambio.app.experiments import load_experiment
    from cambio.cli import console, render
    from cambio.settings import load_settings, validated

    home = load_settings().home / f"{DEMO_HOME}-{edge}-{seed}"
    settings, resources = open_product(Path(home))
    market = validated({"edge": edge, "seed": seed}, SimulationConfig, "demo")
    notice = use_case.NOTICES[market.edge]
    console.out.print(f"\n[bold]{notice}[/]\n", highlight=False)
    config, _ = load_experiment(settings.config_folder, "demo_ppo_v1", resources, {})
    result, paper = use_case.run(resources, market, config)
    render.experiment(result)
    render.paper(paper)
    console.out.print(f"\n[bold]{notice}[/]", highlight=False)
    render.next_commands(result, home)
