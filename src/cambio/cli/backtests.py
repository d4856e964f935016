"""`cambio backtest` and `paper`: a registered model over recorded sessions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cambio.cli.session import open_product

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backtest)
    app.command()(paper)


def _multiple(text: str) -> float:
    """Read how many times the costs: `2x`, `x2` or `2`."""
    try:
        multiple = float(text.strip().lower().strip("x×"))
    except ValueError:
        multiple = -1.0
    if not 0.0 <= multiple <= 100.0:
        raise typer.BadParameter(f"{text!r} is no multiple of the costs; write 2x.")
    return multiple


def backtest(
    model_id: Annotated[str, typer.Argument(help="A registered model; see `cambio models list`.")],
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First session.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last session.")
    ] = None,
    costs: Annotated[
        float,
        typer.Option(parser=_multiple, metavar="2x", help="Times the configured costs."),
    ] = "1x",  # type: ignore[assignment]
    report: Annotated[
        Path | None, typer.Option(help="Write a tear sheet, one HTML file.", dir_okay=False)
    ] = None,
    diagnose: Annotated[
        bool,
        typer.Option("--diagnose", help="Ask what is left without what could fake the result."),
    ] = False,
    json_: Json = False,
) -> None:
    """Replay a model over the test period, or over the sessions given."""
    from cambio.app import backtests
    from cambio.cli import console, render

    _, resources = open_product()
    found = backtests.backtest(
        resources,
        model_id,
        start and start.date(),
        end and end.date(),
        costs=costs,
        diagnosed=diagnose,
    )
    if report is not None:
        from cambio.app.tearsheet import write_tear_sheet

        write_tear_sheet(report, found.evaluation, found.statistics, found.macro, found.diagnosis)
    if json_:
        console.print_json(found.to_dict())
        return
    render.backtest(found)
    if found.diagnosis is not None:
        from cambio.cli.render_diagnosis import diagnosis

        diagnosis(found.diagnosis, found.evaluation)
    if report is not None:
        console.facts("", {"report": console.near(report)})


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
