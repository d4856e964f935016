"""How datasets look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.cli import console
from cambio.cli.console import counted, number, percent
from cambio.contracts.features import MARKET_FEATURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from cambio.app.datasets import Build, Dataset
    from cambio.dataset.manifest import Sessions
    from cambio.dataset.verify import Verification

HASHES = ("dataset_hash", "source_data_hash", "feature_spec_hash", "norm_stats_hash")


def built(found: Dataset, card: Path) -> None:
    """Print what was built, and where."""
    _splits(found)
    _notes(found)
    _identity(found, {"card": console.near(card)})


def builds(rows: Sequence[Build]) -> None:
    """Print the builds of an experiment, newest first."""
    console.table(
        "Builds, newest first",
        ["folder", "rows", "test ends", "dataset hash", "code"],
        [_build(row) for row in rows],
    )


def _build(row: Build) -> list[str]:
    if row.manifest is None:
        return [row.path.name, "—", "—", row.problem, "—"]
    found = row.manifest
    end = str(found.ranges["test"][1])
    rows = f"{sum(found.rows.values()):,}"
    return [row.path.name, rows, end, found.dataset_hash, found.code_version or "unknown"]


def described(found: Dataset) -> None:
    """Print a dataset in detail."""
    _splits(found)
    _drift(found)
    _notes(found)
    _identity(found, {})


def _splits(found: Dataset) -> None:
    console.table(
        f"Dataset of {found.manifest.experiment_name}",
        ["split", "range", "sessions", "rows", "coverage\n%", "held back as embargo"],
        [
            [
                each.split,
                f"{each.range.start} to {each.range.end}",
                f"{each.sessions:,}",
                f"{each.rows:,}",
                percent(each.coverage),
                ", ".join(map(str, each.embargoed)) or "—",
            ]
            for each in found.splits
        ],
    )


def _drift(found: Dataset) -> None:
    by_place = {(each.feature, each.split): each for each in found.drift}
    rows = []
    for feature in MARKET_FEATURES:
        cells = [feature]
        for split in ("val", "test"):
            drift = by_place[feature, split]
            shift = f"{'+' if drift.mean_shift > 0 else ''}{number(drift.mean_shift)}"
            cells += [number(drift.ks), shift, f"×{number(drift.std_ratio)}"]
        rows.append(cells)
    console.table(
        "Drift from train: distance of the distributions, shift of the mean in standard "
        "deviations, ratio of them",
        ["feature", "val KS", "mean", "std", "test KS", "mean", "std"],
        rows,
    )
    console.out.print("No p-values: neighbouring bars are alike, so the rows are no sample.\n")


def _notes(found: Dataset) -> None:
    for note in notes(found):
        console.say(console.out, "·", "dim", note)


def notes(found: Dataset) -> Iterator[str]:
    """Say what was left out and why."""
    manifest = found.manifest
    spec = manifest.feature_spec
    yield f"Bars are taken {spec.bar_range.replace('_', ' ')}: {manifest.bar_range_reason}."
    left_out, incomplete = manifest.left_out, manifest.incomplete_sessions
    if left_out.incomplete_rows:
        yield (
            f"{counted(left_out.incomplete_rows, 'bar')} lack a feature and are left out, all of "
            f"{counted(incomplete.count, 'session')} among them."
        )
    for reason, sessions in incomplete.reasons.items():
        yield f"{reason}: {_span(sessions)}."
    if manifest.sessions_without_bars.count:
        yield f"Trading days without a bar: {_span(manifest.sessions_without_bars)}."
    if left_out.between_ranges_rows:
        yield f"{counted(left_out.between_ranges_rows, 'bar')} lie in no range."
    fallback = sum(manifest.rate_differential_fallback_rows.values())
    if fallback:
        yield (
            f"The policy-rate differential is unknown on {counted(fallback, 'row')}: the "
            "configured fallback is charged there."
        )


def _span(sessions: Sessions) -> str:
    return f"{counted(sessions.count, 'session')}, {_dates(sessions.first, sessions.last)}"


def _dates(first: date | None, last: date | None) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _identity(found: Dataset, more: dict[str, str]) -> None:
    manifest = found.manifest
    hashes = {name.replace("_", " "): getattr(manifest, name) for name in HASHES}
    facts = {
        "path": console.near(found.path),
        "code version": manifest.code_version or "unknown",
        **hashes,
        **more,
    }
    console.facts("", facts)


def verified(found: Verification) -> None:
    """Print every finding, and how many hold."""
    for finding in found.findings:
        mark, style = ("✓", "green") if finding.passed else ("✗", "bold red")
        console.say(console.out, mark, style, f"{finding.subject}: {finding.detail}")
    held = len(found.findings) - len(found.failed)
    console.out.print(f"\n{held} of {len(found.findings)} checks hold.", highlight=False)
