"""How the reports of live bars look on a terminal and in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.app.ohlcv import PollReport
from cambio.cli import console
from cambio.cli.console import counted, percent

if TYPE_CHECKING:
    from datetime import datetime

    from cambio.app.ohlcv import BackfillReport, Intake
    from cambio.errors import CambioError

MANY = 10


def poll(report: PollReport) -> None:
    """Print what one poll brought."""
    if not report.asked:
        console.say(console.out, "·", "dim", f"Nothing to ask for: {report.note}")
        return
    newest = f"{report.newest:%Y-%m-%d %H:%M} UTC" if report.newest else "none"
    console.facts(
        "Live bars",
        {
            "source": f"{report.source}, {counted(report.intake.requests, 'request')}",
            **_intake(report.intake),
            "newest bar": newest,
            "missing today": f"{report.behind:,}",
        },
    )


def log_poll(result: PollReport | CambioError, following: datetime) -> None:
    """Log what one poll brought, or why it failed, and when the next one comes."""
    import structlog

    log = structlog.get_logger("cambio.ohlcv")
    if not isinstance(result, PollReport):
        log.warning("poll_failed", reason=result.what, next_poll=following.isoformat())
    elif not result.asked:
        log.info("session_closed", note=result.note, next_poll=following.isoformat())
    else:
        log.info(
            "bars_ingested",
            new=result.intake.inserted,
            revised=result.intake.revised,
            quarantined=dict(result.intake.quarantined),
            newest=result.newest and result.newest.isoformat(),
            behind=result.behind,
            next_poll=following.isoformat(),
        )


def backfill(report: BackfillReport) -> None:
    """Print what a backfill found and did."""
    console.facts(
        "Backfill",
        {
            "source": f"{report.source}, {counted(report.intake.requests, 'request')}",
            "sessions": f"{report.start} to {report.end}",
            "expected bars": f"{report.expected:,}",
            "missing before": f"{report.missing_before:,}"
            + (f", {report.known_absent:,} of them absent there" if report.known_absent else ""),
            **_intake(report.intake),
            "missing now": f"{report.missing_after:,} ({percent(report.fill_rate)} % filled)",
        },
    )
    if report.gaps:
        console.table(
            f"Still missing: {counted(len(report.gaps), 'gap')}, the largest first",
            ["first bar (UTC)", "last bar (UTC)", "bars"],
            [
                [f"{gap.first:%Y-%m-%d %H:%M}", f"{gap.last:%Y-%m-%d %H:%M}", f"{gap.bars:,}"]
                for gap in report.gaps[:MANY]
            ],
        )


def _intake(intake: Intake) -> dict[str, str]:
    values = {
        "stored": f"{intake.inserted:,} new, {intake.revised:,} revised, "
        f"{intake.unchanged:,} unchanged"
    }
    if intake.forming:
        values["left out"] = f"{intake.forming:,} not closed yet"
    if intake.absent:
        values["absent there"] = f"{intake.absent:,}; not asked for again without --recheck"
    if intake.quarantined:
        reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in intake.quarantined.items())
        values["quarantined"] = f"{reasons}; see: cambio data quarantine list"
    return values
