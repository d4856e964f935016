"""How macro series look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.acquisition.refusals import Reason
from cambio.app.macro import State
from cambio.calendar import BOGOTA
from cambio.cli import console

if TYPE_CHECKING:
    from cambio.app.macro import MacroUpdateReport, SeriesUpdate
    from cambio.app.macro_as_of import AsOfReport, KnownValue

MANY = 12
WIDE = 120
"""Columns of a terminal that has room for units and sources."""
STYLES = {
    State.NO_KEY: "yellow",
    State.RESTING: "yellow",
    State.QUARANTINED: "red",
    State.REFUSED: "red",
    State.FAILED: "red",
}


def update(report: MacroUpdateReport) -> None:
    """Print what an update found of each series, and why some are left out."""
    rows = []
    last = ""
    for one in report.series:
        rows.append([one.source if one.source != last else "", *_series_row(one)])
        last = one.source
    console.table(
        "Macro series by source",
        ["source", "series", "new", "revised", "refused", "newest", "result"],
        rows,
    )
    totals = report.totals
    console.out.print(
        f"\n{totals['new']:,} new, {totals['revised']:,} revised, {totals['unchanged']:,} known, "
        f"{totals['quarantined']:,} refused; {report.days:,} days in macro_indicators_daily",
        highlight=False,
    )
    _refused(report)
    _notes(report)
    _left_out(report)


def as_of(report: AsOfReport) -> None:
    """Print what was known at a moment; a narrow terminal gets the essential columns."""
    local = report.moment.astimezone(BOGOTA)
    who = "What this database had" if report.as_seen else "What was known"
    title = f"{who} at {local:%Y-%m-%d %H:%M} Bogota ({report.moment:%Y-%m-%d %H:%M} UTC)"
    wide = console.out.width >= WIDE
    columns = ["series", "period", "value", "known since", "days", "sessions"]
    if wide:
        columns = [*columns[:3], "unit", "known since (UTC)", *columns[4:], "rev", "source"]
    if report.values:
        console.table(title, columns, [_value_row(value, wide=wide) for value in report.values])
        _legend(report, wide=wide)
    else:
        console.out.print(f"\n[bold]{title}[/]\nNothing.", highlight=False)
    if report.without:
        without = f"Without a value then: {', '.join(report.without)}"
        console.out.print(f"[dim]{without}[/]", highlight=False)


def _series_row(one: SeriesUpdate) -> list[str]:
    newest = str(one.newest) if one.newest else "—"
    if one.state not in (State.OK, State.QUARANTINED):
        return [one.series, "—", "—", "—", newest, one.state.value]
    counts = (one.new, one.revised, sum(one.quarantined.values()))
    result = "differs" if Reason.OTHER_DEFINITION in one.quarantined else one.state.value
    return [one.series, *(f"{count:,}" for count in counts), newest, result]


def _refused(report: MacroUpdateReport) -> None:
    refused = [value for one in report.series for value in one.suspicious]
    if refused:
        rows = [[value.reason, value.detail] for value in refused[:MANY]]
        console.table("Refused and quarantined", ["reason", "value"], rows)
    if len(refused) > MANY:
        console.out.print(f"… and {len(refused) - MANY} more: `--json` lists them.")


def _notes(report: MacroUpdateReport) -> None:
    """Print each note once, with the series that it is about."""
    series_of: dict[str, list[str]] = {}
    for one in report.series:
        if one.note:
            series_of.setdefault(one.note, []).append(one.series)
    for note, names in series_of.items():
        console.say(console.out, "note", "yellow", f"{', '.join(names)}: {note}")


def _left_out(report: MacroUpdateReport) -> None:
    """Print each error once, with the series that it concerns."""
    series_of: dict[tuple[State, str, str], list[str]] = {}
    for one in report.series:
        if one.state is not State.OK:
            series_of.setdefault((one.state, one.error, one.remedy), []).append(one.series)
    if series_of:
        console.out.print()
    for (state, error, remedy), names in series_of.items():
        console.say(console.out, state.value, STYLES[state], f"{', '.join(names)}: {error}")
        if remedy:
            console.say(console.out, "→", "dim", remedy)


def _value_row(value: KnownValue, *, wide: bool) -> list[str]:
    local = value.known_since.astimezone(BOGOTA)
    known, figure = f"{local:%Y-%m-%d %H:%M}", f"{value.value:,.7g}".replace("-", "−")
    age = f"{value.age_days}{' stale' * value.stale}"
    figure += "*" * value.superseded
    head, sessions = [value.series, str(value.period), figure], f"{value.sessions_from:%m-%d}"
    if not wide:
        return [*head, known, age, sessions]
    unit = value.unit.split(",")[0]
    known += f" ({value.known_since:%H:%M})"
    return [*head, unit, known, age, sessions, str(value.revision), value.source]


def _legend(report: AsOfReport, *, wide: bool) -> None:
    lines = [
        "known since: on Bogota's clock, 5 hours behind UTC · days: age of the period",
        "sessions: features see it from this one on (T-1, known before its 08:00 open)",
    ]
    if any(value.stale for value in report.values):
        lines.append("stale: daily and too old for a session's features, or the next is overdue")
    if any(value.superseded for value in report.values):
        lines.append("*: revised later")
    lines.append(
        "rev: order of arrival, from 0"
        if wide
        else f"`--json` and {WIDE} columns show unit, UTC, revision and source"
    )
    for line in lines:
        console.out.print(f"[dim]{line}[/]", highlight=False)
