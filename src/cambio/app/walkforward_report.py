"""Gathers what the walk-forward report shows, and writes it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cambio.errors import ConfigError
from cambio.files import write_whole
from cambio.reports.walkforward import WalkForwardPage, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.app.walkforward import WalkForwardResult


def write_report(result: WalkForwardResult, manifests: Mapping[int, Path]) -> None:
    """Write the page to the result's path; it appears whole or not at all.

    Args:
        result: what was found.
        manifests: of each fold's dataset.

    Raises:
        ConfigError: it can't be written.
    """
    name = result.config.name
    page = WalkForwardPage(
        title=name,
        description=result.config.description,
        notices=result.notices,
        findings=result.findings,
        records=[cell.record for cell in result.cells],
        folds=result.folds,
        embargoed={fold: _embargoed(path) for fold, path in manifests.items()},
        looks=result.looks,
        lineage=result.lineage,
        models=[(c.record.fold, c.record.seed, c.model_id) for c in result.cells],
        next_commands=next_commands(result),
    )
    path = result.report_path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, render(page).encode())
    except OSError as error:
        raise ConfigError(
            f"The report can't be written to {path}: {error.strerror}.",
            remedy="Make room, then run the same command again: no cell is run twice.",
        ) from error


def next_commands(result: WalkForwardResult) -> list[str]:
    """Give what to try next."""
    newest = max(result.cells, key=lambda cell: cell.record.fold)
    more = len(result.config.seeds) + 5
    return [
        f"cambio experiment run {result.config.name} --seeds {more}",
        f"cambio models list  # newest fold: {newest.model_id}",
    ]


def _embargoed(manifest: Path) -> list[date]:
    sessions = json.loads(manifest.read_text())["embargoed_sessions"]
    return [date.fromisoformat(day) for days in sessions.values() for day in days]
