"""`cambio import` and `cambio data`: L0."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cambio.cli import quarantine
from cambio.cli.session import open_product

imports = typer.Typer(help="Import files of bars and macro series (L0).", no_args_is_help=True)
group = typer.Typer(help="Look at what is stored (L0).", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Repair(StrEnum):
    """What an import may mend when asked."""

    SHIFTED_SESSIONS = "shifted-sessions"


@contextmanager
def _soon_over() -> Iterator[None]:
    """Leave garbage to the process's end: to search all that is imported for it takes 0.8 s."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(imports, name="import")
    app.add_typer(group, name="data")
    group.add_typer(quarantine.group, name="quarantine")


@imports.command()
def ohlcv(
    path: Annotated[Path, typer.Argument(help="CSV or Parquet file of 5-minute bars.")],
    source_timezone: Annotated[
        str, typer.Option(help="Zone of the file's clock readings: UTC, America/Bogota, ...")
    ],
    repair: Annotated[
        Repair | None, typer.Option(help="Move sessions stored under another zone.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="Map a column, as time=fecha. Repeatable.")
    ] = None,
    json_: Json = False,
) -> None:
    """Import bars; what is wrong with them is found, said and quarantined."""
    from cambio.app import ingest
    from cambio.cli import console, render_data

    _, resources = open_product()
    with resources.progress.stage("L0 import bars") as stage:
        report = ingest.import_ohlcv(
            resources.engine,
            path,
            source_timezone=source_timezone,
            now=resources.now(),
            repair=repair is Repair.SHIFTED_SESSIONS,
            columns=_columns(column or []),
            on_progress=stage.update,
        )
    if json_:
        console.print_json(report.to_dict())
    else:
        render_data.ohlcv_import(report)


@imports.command()
def macro(
    path: Annotated[Path, typer.Argument(help="CSV or Parquet file, a column a series.")],
    mapping: Annotated[Path, typer.Option(help="YAML that says which column is which series.")],
    json_: Json = False,
) -> None:
    """Import macro series; suspicious values are quarantined, never averaged in."""
    from cambio.app import ingest
    from cambio.cli import console, render_data

    settings, resources = open_product()
    bundled = settings.config_folder / "mappings" / f"{mapping.stem}.yaml"
    with resources.progress.stage("L0 import macro"):
        report = ingest.import_macro(
            resources.engine,
            path,
            mapping=bundled if bundled.exists() and not mapping.exists() else mapping,
            catalogue=resources.catalogue,
            now=resources.now(),
        )
    if json_:
        console.print_json(report.to_dict())
    else:
        render_data.macro_import(report)


@group.command("report")
@_soon_over()
def report(
    json_: Json = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with a calendar of the bars to this file.")
    ] = None,
) -> None:
    """Tell what is stored, what is missing, what was refused, and which sessions can't be used."""
    from dataclasses import asdict

    from cambio.app import features
    from cambio.app.data_report import data_report
    from cambio.app.health import health
    from cambio.cli import console, render_data
    from cambio.dataset.build import FeatureConfig

    _, resources = open_product()
    history, database = resources.history(), (resources.engine, resources.catalogue)
    state = health(*database, resources.now(), history)
    found = data_report(*database, now=state.now, history=history)
    summary = None
    if found.bars.total:
        summary = features.compute(resources, history, FeatureConfig())[2]
    if html is not None:
        from cambio.app.data_page import write_page

        write_page(html, found, state, summary)
        console.say(console.err, "✓", "green", f"Report: {console.near(html)}")
    if json_:
        parts = {"health": state.to_dict(), "features": summary and asdict(summary)}
        console.print_json(found.to_dict() | parts)
    else:
        render_data.data_report(found, state, summary)


@group.command()
def metrics() -> None:
    """Print the state of data and trading as Prometheus metrics, for a collector or a script."""
    from cambio import telemetry
    from cambio.app.metrics import state

    _, resources = open_product()
    print(telemetry.exposition(lambda: state(resources)).decode(), end="")


def _columns(assignments: list[str]) -> dict[str, str]:
    from cambio.errors import ConfigError

    pairs = [assignment.partition("=") for assignment in assignments]
    wrong = [name for name, found, _ in pairs if not found]
    if wrong:
        raise ConfigError(f"--column {wrong[0]}: write ours=theirs, as in time=fecha.")
    return {name: column for name, _, column in pairs}
