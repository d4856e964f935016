"""Gathers what the walk-forward report shows, and writes it."""

from __future__ import annotations

import json
import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import yaml

from cambio.app.research_records import Kind, keep
from cambio.errors import ConfigError
from cambio.files import write_whole
from cambio.reports.walkforward import WalkForwardPage, render
from cambio.validation.baselines import RandomTraders
from cambio.validation.walkforward import RESULT, annual_sharpe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.app.resources import Resources
    from cambio.app.walkforward import WalkForwardResult
    from cambio.app.walkforward_cell import CellResult

NOT_RECORDED: Final = ("report", "models")
"""Of a result's figures: a path of one machine, and what the cells say themselves."""


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
        ensemble=result.ensemble,
        capital=result.config.initial_capital,
        looks=result.looks,
        looks_here=result.looks_here,
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


def keep_record(resources: Resources, result: WalkForwardResult) -> Path:
    """Keep the page's figures as JSON, under the page's name.

    Raises:
        ConfigError: they can't be written.
    """
    return keep(resources, Kind.WALK_FORWARD, result.report_path.stem, record_of(result))


def record_of(result: WalkForwardResult) -> dict[str, Any]:
    """Give the figures to keep: the result's, with every cell's own."""
    told = {key: value for key, value in result.to_dict().items() if key not in NOT_RECORDED}
    return told | {"cells": [_cell(cell) for cell in result.cells]}


def _cell(cell: CellResult) -> dict[str, Any]:
    record = cell.record
    yearly = record.periods_per_year
    return {
        "fold": record.fold,
        "seed": record.seed,
        "model_id": cell.model_id,
        "window": {"start": str(record.window.start), "end": str(record.window.end)},
        "sharpe_ratio": {
            f"x{multiple:g}": annual_sharpe(returns, yearly)
            for multiple, returns in sorted(record.returns.items())
        },
        "trades": record.trades,
        "random_percentile": _percentile(cell),
    }


def _percentile(cell: CellResult) -> float:
    """Give the cell's standing among its own random traders, as the gate counts it."""
    found = cell.record.random
    traders = RandomTraders(found.sharpe(), found.growth - 1.0, np.empty((3, 0)))
    return traders.percentile(annual_sharpe(cell.record.returns[RESULT], 1.0))


def next_commands(result: WalkForwardResult) -> list[str]:
    """Give what to try next, with what the run set for itself."""
    newest = max(result.cells, key=lambda cell: cell.record.fold).model_id
    newest = newest if result.ensemble is None else result.ensemble.models[-1]
    more = len(result.config.seeds) + 5
    command = f"cambio experiment run {result.config.name} --seeds {more}"
    return [
        f"{command}{settings_of(result.overrides)}",
        f"cambio models list  # newest fold: {newest}",
    ]


def settings_of(overrides: Mapping[str, Any]) -> str:
    """Give overrides as options of a shell's command line, seeds left out.

    >>> settings_of({"training.backend": "sb3", "quality": {"min_coverage": 0.5}, "seeds": [1]})
    " --set training.backend=sb3 --set 'quality={min_coverage: 0.5}'"
    """
    kept = {key: value for key, value in overrides.items() if key != "seeds"}
    return "".join(f" --set {shlex.quote(f'{key}={_yaml(kept[key])}')}" for key in kept)


def _yaml(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10**9, sort_keys=False)
    return text.removesuffix("...\n").strip()


def _embargoed(manifest: Path) -> list[date]:
    sessions = json.loads(manifest.read_text())["embargoed_sessions"]
    return [date.fromisoformat(day) for days in sessions.values() for day in days]
