"""`cambio features`: L1."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

group = typer.Typer(help="Compute, export and store features (L1).", no_args_is_help=True)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


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
    from cambio.cli import console
    from cambio.dataset.build import FeatureConfig
    from cambio.settings import validated

    _, resources = open_product()
    config = validated({"bar_range": bar_range}, FeatureConfig, "--bar-range")
    summary = features.export(
        resources, path, config, start and start.date(), end and end.date()
    )
    if json_:
        console.print_json(asdict(summary))
        return
    _print(summary)


@group.command()
def refresh() -> None:
    """Store the features of bars that lack them in `inference_features_5m`."""
    from cambio.app import features
    from cambio.dataset.build import FeatureConfig

    _, resources = open_product()
    _print(features.refresh(resources, FeatureConfig()))


def _print(summary) -> None:  # type: ignore[no-untyped-def] # FeatureSummary, imported lazily
    from cambio.cli import console

    console.facts(
        "Features",
        {
            "rows": f"{summary.rows:,}, of which complete {summary.complete_rows:,}",
            "bar range": summary.feature_spec["bar_range"],
            "feature spec hash": summary.feature_spec_hash,
            **({"file": summary.path} if summary.path else {}),
        },
    )
    missing = summary.incomplete_sessions
    if missing["count"]:
        rows = [
            [reason, f"{entry['count']:,}", entry["first"], entry["last"]]
            for reason, entry in missing["reasons"].items()
        ]
        console.table(
            f"{missing['count']} sessions without a complete observation",
            ["why", "sessions", "first", "last"],
            rows,
        )
