"""How the reports of L0 look on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cambio.app.data_report import behind, next_commands
from cambio.cli import console
from cambio.cli.console import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.app.data_report import BarsReport, DataReport
    from cambio.app.features import FeatureSummary
    from cambio.app.health import BarsHealth, GapRate, Health
    from cambio.app.ingest import MacroImportReport, OhlcvImportReport

MANY = 12


def ohlcv_import(report: OhlcvImportReport) -> None:
    """Print what an import of bars found and did."""
    span = f"{report.first:%Y-%m-%d %H:%M} to {report.last:%Y-%m-%d %H:%M} UTC"
    values = {
        "file": report.file,
        "rows": f"{report.rows:,} in {report.source_timezone}",
        "stored": f"{report.inserted:,} new, {report.unchanged:,} known, "
        f"{report.revised:,} revised",
        "span": span if report.first else "none",
        "close-only (flat) bars": f"{report.close_only:,}",
        "bars on holidays": f"{report.on_holidays:,}, kept",
        "covered by a ranged twin": f"{report.covered:,}",
        "repeated / out of order": f"{report.repeated:,} / {report.backwards:,}",
        "suspicious spikes": f"{len(report.spikes):,}, kept",
    }
    if report.shifted is not None:
        shifted = report.shifted
        overlap = shifted.overlap
        values["shifted sessions"] = (
            f"{shifted.bars:,} bars on {shifted.days:,} days hold Bogota's clock under another "
            f"zone; {overlap.bars:,} overlap bars in place"
            + (f", {overlap.max_bp:.1f} bp apart at most" if overlap.bars else "")
            + ("; repaired" if shifted.repaired else "; quarantined")
        )
        if not shifted.repaired:
            values["to move them"] = "run again with --repair shifted-sessions"
    console.facts("Imported bars", values)
    _reasons("Quarantined", report.quarantined)
    _warnings(report.warnings)


def macro_import(report: MacroImportReport) -> None:
    """Print what an import of macro values found and did."""
    console.facts(
        "Imported macro series",
        {
            "file": report.file,
            "stored": f"{report.inserted:,} new, {report.unchanged:,} known, "
            f"{report.revised:,} revised",
            "series": ", ".join(f"{name} {count:,}" for name, count in report.values.items()),
            **({"unfinished": ", ".join(report.unfinished)} if report.unfinished else {}),
        },
    )
    _reasons("Quarantined", report.quarantined)
    rows = [[value.key, value.reason, value.detail] for value in report.suspicious[:MANY]]
    if rows:
        console.table("Suspicious values, quarantined", ["value", "reason", "detail"], rows)
    if len(report.suspicious) > MANY:
        console.out.print(f"… and {len(report.suspicious) - MANY} more: `--json` lists them.")
    _warnings(report.warnings)


def data_report(report: DataReport, health: Health, features: FeatureSummary | None) -> None:
    """Print the state of the data."""
    _bars(report.bars, health.bars)
    _macro(report, health)
    _sources(health)
    if report.quarantine:
        console.table(
            "Quarantine",
            ["kind", "reason", "rows", "first", "last"],
            [[q.kind, q.reason, f"{q.rows:,}", q.first, q.last] for q in report.quarantine],
        )
    else:
        console.out.print("\nQuarantine: nothing was refused.")
    if features is not None:
        feature_summary(features)
    console.out.print()
    for alert in health.alerts:
        console.say(console.out, "!", "yellow", alert.text)
    for purpose, command in next_commands(report, health):
        console.say(console.out, "→", "dim", f"{purpose}: {command}")


def _bars(bars: BarsReport, health: BarsHealth) -> None:
    if not bars.total:
        console.out.print("Bars: none is stored yet.")
        return
    filled = 1.0 - bars.missing / bars.expected if bars.expected else None
    console.facts(
        "Bars",
        {
            "stored": f"{bars.total:,}",
            "span": f"{bars.first:%Y-%m-%d} to {bars.last:%Y-%m-%d}",
            "sessions": f"{bars.sessions:,}, of which with all 60 bars {bars.complete_sessions:,}",
            "expected / missing": f"{bars.expected:,} / {bars.missing:,} "
            f"({percent(filled)} % filled)",
            "behind": f"{health.behind or 0:,} bars: {behind(health.behind)}",
            f"gap rate, {health.recent.sessions} sessions": _gap_rate(health.recent),
            "gap rate, since the first": _gap_rate(health.overall),
            "on holidays": f"{bars.on_holidays:,}",
            "close-only": f"{bars.close_only:,}",
            "revisions kept": f"{bars.revisions:,}",
        },
    )
    if bars.gaps:
        console.table(
            f"Largest of {bars.gaps:,} gaps, UTC",
            ["first missing bar", "last missing bar", "bars"],
            [
                [f"{g.first:%Y-%m-%d %H:%M}", f"{g.last:%Y-%m-%d %H:%M}", f"{g.bars:,}"]
                for g in bars.largest_gaps
            ],
        )
    _by_year("Close-only share by month, %", bars.close_only_share)


def _gap_rate(gaps: GapRate) -> str:
    return (
        f"{percent(gaps.rate)} %: {gaps.never_asked:,} never asked for, "
        f"{gaps.absent:,} the provider lacks, {gaps.refused:,} refused"
    )


def _macro(report: DataReport, health: Health) -> None:
    stored = [series for series in report.macro if series.values]
    if not stored:
        console.out.print("\nMacro series: no value is stored yet.")
        return
    share = {state.series: state.completeness for state in health.macro.series}
    console.table(
        f"Macro series; at the last {health.macro.sessions} opens, "
        f"{percent(health.macro.completeness)} % of the critical (*) values were known",
        ["series", "values", "first", "last", "known, %", "gaps", "refused"],
        [
            [
                f"{series.series} *" if series.critical else series.series,
                f"{series.values:,}",
                str(series.first),
                str(series.last),
                percent(share[series.series]),
                f"{len(series.gaps):,}",
                f"{series.quarantined:,}",
            ]
            for series in stored
        ],
    )
    empty = [series.series for series in report.macro if not series.values]
    if empty:
        console.out.print(f"[dim]Without values: {', '.join(empty)}[/]", highlight=False)


def _sources(health: Health) -> None:
    if not health.sources:
        console.out.print("\nSources: no provider was asked yet.")
        return
    console.table(
        "Sources, last 24 hours",
        ["source", "requests", "failed", "error rate, %", "last failure"],
        [
            [
                source.source,
                f"{source.requests:,}",
                f"{source.failures:,}",
                percent(source.error_rate),
                source.last_failure_note or "",
            ]
            for source in health.sources
        ],
    )


def feature_summary(summary: FeatureSummary) -> None:
    """Print what was computed, and which sessions lack an observation and why."""
    console.facts(
        "Features",
        {
            "rows": f"{summary.rows:,}, of which with all 13 {summary.complete_rows:,}",
            "bar range": summary.feature_spec["bar_range"],
            "feature spec hash": summary.feature_spec_hash[:16] + " …",
            **({"file": console.near(Path(summary.path))} if summary.path else {}),
        },
    )
    missing = summary.incomplete_sessions
    if missing["count"]:
        console.table(
            f"{missing['count']:,} sessions without a complete observation, some for several",
            ["why", "sessions", "first", "last"],
            [
                [reason, f"{entry['count']:,}", entry["first"], entry["last"]]
                for reason, entry in missing["reasons"].items()
            ],
        )


def _reasons(title: str, counts: Mapping[str, int]) -> None:
    if counts:
        console.table(title, ["reason", "rows"], [[k, f"{v:,}"] for k, v in counts.items()])


def _by_year(title: str, shares: Mapping[str, float]) -> None:
    """Print monthly shares as a table of years by months."""
    months = [f"{month:02d}" for month in range(1, 13)]
    years = sorted({month[:4] for month in shares})
    rows = [[year, *(_share(shares.get(f"{year}-{month}")) for month in months)] for year in years]
    console.table(title, ["year", *months], rows)


def _share(value: float | None) -> str:
    return "" if value is None else number(100.0 * value, 0)


def _warnings(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        console.say(console.out, "!", "yellow", warning)
