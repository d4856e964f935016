"""The data report as an HTML page: what of it is shown, and how it is put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cambio.app.data_report import behind, next_commands
from cambio.app.health import (
    MAX_ERROR_RATE,
    MAX_GAP_RATE,
    MIN_MACRO_COMPLETENESS,
    STALENESS_DAYS,
    opened_sessions,
)
from cambio.calendar import BOGOTA
from cambio.errors import SourceError
from cambio.reports import data as page
from cambio.reports.numbers import NONE, count, decimal, percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from cambio.app.data_report import DataReport, SeriesReport
    from cambio.app.features import FeatureSummary
    from cambio.app.health import Health, SeriesHealth, SourceHealth

SERIES_HEADERS: Final = (
    "Series",
    "Months with values",
    "Values",
    "Newest",
    "Age, days",
    "Complete, %",
    "Lag assumed, h",
    "Lag observed, h",
    "Gaps",
    "Refused",
)
SOURCE_HEADERS: Final = ("Source", "Requests", "Failed", "Error rate, %", "Last failure", "Why")


def write_page(
    path: Path, report: DataReport, health: Health, features: FeatureSummary | None
) -> Path:
    """Write the report as an HTML page; it appears whole or not at all.

    Args:
        path: where; its folder is made.
        report: what is stored.
        health: at the same moment.
        features: which sessions can be used; None without bars.

    Raises:
        SourceError: the file cannot be written; an older one stays as it was.
    """
    content = page.render(_page(report, health, features))
    staged = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(content, encoding="utf-8")
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise SourceError(
            f"{path} cannot be written: {error.strerror}.", remedy="Choose another file."
        ) from error
    return path


def _page(report: DataReport, health: Health, features: FeatureSummary | None) -> page.DataPage:
    bars = report.bars
    unusable: dict[str, Any] = (
        features.incomplete_sessions if features else {"count": 0, "reasons": {}}
    )
    return page.DataPage(
        as_of=health.now,
        until=opened_sessions(health.now)[-1],
        alerts=[alert.text for alert in health.alerts],
        figures=[*_bar_figures(report, health), *_source_figures(health)],
        days=[page.DayCount(day.day, day.bars, day.close_only) for day in bars.by_day],
        close_only_share=bars.close_only_share,
        gaps=page.Grid(
            ["First missing bar", "Newest missing bar", "Bars"],
            [[_local(g.first), _local(g.last), count(g.bars)] for g in bars.largest_gaps],
        ),
        gap_count=bars.gaps,
        series_headers=SERIES_HEADERS,
        series=_strips(report, health),
        without_values=_without_values(report),
        sources=page.Grid(SOURCE_HEADERS, [_source(source) for source in health.sources]),
        quarantine=page.Grid(
            ["Kind", "Reason", "Rows", "First", "Last"],
            [[q.kind, q.reason, count(q.rows), q.first, q.last] for q in report.quarantine],
        ),
        unusable=page.Grid(
            ["Why", "Sessions", "First", "Last"],
            [
                [why, count(entry["count"]), entry["first"], entry["last"]]
                for why, entry in unusable["reasons"].items()
            ],
        ),
        unusable_sessions=unusable["count"],
        next_commands=list(next_commands(report, health)),
    )


def _strips(report: DataReport, health: Health) -> list[list[page.Strip]]:
    """Give the series that have values: what the features need, and the others."""
    states = {state.series: state for state in health.macro.series}
    stored = [series for series in report.macro if series.values]
    groups = [[s for s in stored if s.critical], [s for s in stored if not s.critical]]
    return [[_strip(s, states[s.series]) for s in group] for group in groups if group]


def _without_values(report: DataReport) -> page.Grid:
    return page.Grid(
        ["Series", "Source", "Frequency", "Needed by the features"],
        [
            [s.series, s.source, s.frequency, "yes" if s.critical else ""]
            for s in report.macro
            if not s.values
        ],
    )


def _strip(series: SeriesReport, state: SeriesHealth) -> page.Strip:
    return page.Strip(
        series.series,
        series.by_month,
        [
            count(series.values),
            str(series.last),
            NONE if state.age_s is None else count(max(0.0, state.age_s) // 86_400),
            percent(state.completeness),
            _hours(state.assumed_lag_s),
            _hours(state.observed_lag_s),
            count(len(series.gaps)),
            count(series.quarantined),
        ],
    )


def _source(source: SourceHealth) -> list[str]:
    failed_at = f"{source.last_failure:%Y-%m-%d %H:%M}" if source.last_failure else NONE
    return [
        source.source,
        count(source.requests),
        count(source.failures),
        percent(source.error_rate),
        failed_at,
        source.last_failure_note or "",
    ]


def _hours(seconds: float | None) -> str:
    return NONE if seconds is None else decimal(seconds / 3600, 1)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(BOGOTA):%a %Y-%m-%d %H:%M}"


def _bar_figures(report: DataReport, health: Health) -> Iterator[page.Figure]:
    """Give the headline figures of the bars; shares in percent."""
    bars, state = report.bars, health.bars
    span = f"{bars.first:%Y-%m-%d} to {bars.last:%Y-%m-%d}" if bars.first else "none stored yet"
    filled = 1.0 - bars.missing / bars.expected if bars.expected else None
    yield page.Figure("Bars", count(bars.total), "", False, span)
    yield page.Figure(
        "Filled, %",
        percent(filled),
        "",
        False,
        f"of {count(bars.expected)} expected from the first date to the newest; "
        f"{count(bars.missing)} are missing",
    )
    yield page.Figure(
        "Gap rate, %",
        percent(state.recent.rate),
        f"≤ {percent(MAX_GAP_RATE)}",
        _is_broken("gap_rate", health),
        f"missing of the last {state.recent.sessions} sessions: "
        f"{count(state.recent.never_asked)} never asked for, {count(state.recent.absent)} "
        f"the provider lacks, {count(state.recent.refused)} refused; "
        f"{percent(state.overall.rate)} % since the first bar",
    )
    yield page.Figure("Bars behind", count(state.behind), "", False, behind(state.behind))


def _source_figures(health: Health) -> Iterator[page.Figure]:
    """Give the headline figures of macro series and providers; shares in percent."""
    yield page.Figure(
        "Macro completeness, %",
        percent(health.macro.completeness),
        f"≥ {percent(MIN_MACRO_COMPLETENESS)}",
        _is_broken("macro_completeness", health),
        f"critical values known at the last {health.macro.sessions} opens, at most "
        f"{STALENESS_DAYS} days old",
    )
    rates = [(s.error_rate, s.source) for s in health.sources if s.error_rate is not None]
    worst, name = max(rates, key=lambda rate: rate[0], default=(None, None))
    yield page.Figure(
        "API error rate, %",
        percent(worst),
        f"≤ {percent(MAX_ERROR_RATE)}",
        _is_broken("error_rate", health),
        f"last 24 hours, the worst source: {name}"
        if name
        else "no provider was asked in the last 24 hours",
    )


def _is_broken(measure: str, health: Health) -> bool:
    return any(alert.measure == measure for alert in health.alerts)
