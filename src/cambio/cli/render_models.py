"""How registered models, bundles and their checks look on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cambio.cli import console
from cambio.cli.console import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cambio.app.models import Exported, ModelCard
    from cambio.trading.checks import Check


def models(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the registered models, newest first; one without a Sharpe ratio was not chosen."""
    if not rows:
        console.out.print("No models yet. `cambio experiment run baseline_ppo_v1` makes one.")
        return
    console.table(
        "Models",
        ["model", "stage", "Sharpe", "created"],
        [
            [
                row["model_id"],
                row["stage"],
                number(row["metrics"].get("sharpe_ratio")),
                f"{row['created_at']:%Y-%m-%d %H:%M}",
            ]
            for row in rows
        ],
    )


def card(found: ModelCard) -> None:
    """Print all that is known of a model."""
    row = found.row
    console.facts(
        row["model_id"],
        {
            "experiment": row["experiment_name"],
            "stage": row["stage"] + (", active" if row["is_active"] else ""),
            "registered": f"{row['created_at']:%Y-%m-%d %H:%M} UTC",
            "folder": console.near(found.folder),
        },
    )
    console.facts("Lineage", _texts(row["lineage"]))
    console.facts("Metrics", _texts(row["metrics"]))
    console.facts("Features", _texts(found.feature_spec or {"metadata.json": "cannot be read"}))
    console.facts("Settings", _texts(_flat(found.settings or {"config.yaml": "cannot be read"})))
    if not found.files:
        console.say(console.out, "!", "yellow", f"There is nothing in {found.folder}.")
        return
    described = {name: f"{e.sha256}, {e.size:,} bytes" for name, e in found.files.items()}
    console.facts("Files (SHA-256)", described)


def exported(found: Exported) -> None:
    """Print where a bundle is."""
    console.facts(
        f"Bundle of {found.model_id}",
        {
            "file": f"{console.near(found.path)} ({found.size:,} bytes)",
            "SHA-256": found.sha256,
            "signed by": found.key_id,
        },
    )


def checks(found: Sequence[Check]) -> None:
    """Print every check: what was found, and what was expected where it is something else."""
    width = max(len(check.subject) for check in found)
    for check in found:
        mark = ("✓", "green") if check.passed else ("✗", "red")
        line = Text.assemble(mark, f" {check.subject:<{width}}  ")
        if check.passed:
            line.append(check.found, "dim")
        console.out.print(line, no_wrap=True, overflow="ellipsis")
        if not check.passed:
            console.say(console.out, "    expected", "dim", check.expected)
            console.say(console.out, "    found   ", "dim", check.found)


def _flat(sections: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings of each section by dotted name."""
    return {
        f"{section}.{name}" if name else section: value
        for section, content in sections.items()
        for name, value in (content.items() if isinstance(content, dict) else [("", content)])
    }


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Give values as they are read: text as it is, everything else as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }
