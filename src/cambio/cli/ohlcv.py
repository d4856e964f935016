"""`cambio ohlcv`: live bars (L0)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cambio.cli.session import open_product

if TYPE_CHECKING:
    from datetime import date

group = typer.Typer(help="Live 5-minute bars (L0).", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="ohlcv")


@group.command()
def realtime(
    feed: Annotated[
        str, typer.Option(help="twelvedata://, or simulated:// for that market's next bar.")
    ] = "twelvedata://",
    json_: Json = False,
) -> None:
    """Poll once: store the bars that have closed since the last session. For a scheduler."""
    from cambio.app.feeds import open_feed
    from cambio.cli import console, render_ohlcv

    _, resources = open_product()
    report = open_feed(resources, feed).take()
    if json_:
        console.print_json(report.to_dict())
    else:
        render_ohlcv.poll(report)


@group.command()
def watch(
    metrics_port: Annotated[
        int | None, typer.Option(help="Serve Prometheus metrics on this port of loopback.")
    ] = None,
) -> None:
    """Poll at the close of every bar of every session, until interrupted."""
    import structlog

    from cambio.app import metrics
    from cambio.app.watch import watch as use_case
    from cambio.cli import render_ohlcv

    _, resources = open_product()
    if metrics_port is not None:
        metrics.serve(resources, metrics_port)
        structlog.get_logger().info("metrics_served", url=f"http://127.0.0.1:{metrics_port}")
    use_case(resources, render_ohlcv.log_poll)


@group.command()
def backfill(
    from_: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="First session; default: the first stored one."),
    ] = None,
    to: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Last session; default: today.")
    ] = None,
    recheck: Annotated[
        bool, typer.Option(help="Ask for stored and absent bars too; append what was revised.")
    ] = False,
    json_: Json = False,
) -> None:
    """Find the bars that are missing and ask the provider for them; go on where it stopped."""
    from cambio.app import ohlcv
    from cambio.cli import console, render_ohlcv

    _, resources = open_product()
    with resources.progress.stage("L0 backfill") as stage:
        report = ohlcv.backfill(
            resources, _date(from_), _date(to), recheck=recheck, on_progress=stage.update
        )
    if json_:
        console.print_json(report.to_dict())
    else:
        render_ohlcv.backfill(report)
    if report.failure is not None:
        raise report.failure


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
