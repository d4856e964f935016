"""`cambio features`: L1."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

group = typer.Typer(help="Compute, export and store features (L1).", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="features")


@group.command()
def export(
    path: Annotated[Path, typer.Argument(help="Parquet file to write.")],
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First session.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last session.")
    ] = None,
    bar_range: Annotated[
        str, typer.Option(help="auto, as_is or close_only (what the bars' range is worth).")
    ] = "auto",
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write `time` (bar open, UTC) and the 13 raw market features, float64."""
    from cambio.app import features
    from cambio.cli import console, render_data
    from cambio.dataset.build import FeatureConfig
    from cambio.yaml_files import validated

    _, resources = open_product()
    config = validated({"bar_range": bar_range}, FeatureConfig, "--bar-range")
    summary = features.export(resources, path, config, start and start.date(), end and end.date())
    if json_:
        console.print_json(asdict(summary))
        return
    render_data.feature_summary(summary)


@group.command()
def refresh(
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Store the features of bars that lack them in `inference_features_5m`."""
    from cambio.app import features
    from cambio.cli import console, render_data
    from cambio.contracts.features import FEATURE_ORDER_HASH
    from cambio.dataset.build import FeatureConfig

    _, resources = open_product()
    summary = features.refresh(resources, FeatureConfig())
    if json_:
        console.print_json({"feature_order_hash": FEATURE_ORDER_HASH, **asdict(summary)})
        return
    render_data.feature_summary(summary)
