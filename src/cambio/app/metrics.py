"""The health of the data as Prometheus metrics: read at each scrape, whichever process wrote it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from cambio import telemetry
from cambio.app.health import health
from cambio.app.risk_report import risk_report
from cambio.contracts.events import ACCOUNT
from cambio.errors import ConfigError, SourceError
from cambio.store import engine, models, signals, watches
from cambio.store.database import reading
from cambio.telemetry import Reading, StateCollector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.simple_server import WSGIServer

    from prometheus_client import Metric

    from cambio.app.health import Health
    from cambio.app.resources import Resources
    from cambio.app.risk_report import AccountRisk

LOOPBACK: Final = "127.0.0.1"


def readings(health: Health) -> Iterator[Reading]:
    """Give the state as readings of the metrics that `telemetry` declares."""
    bars, macro = health.bars, health.macro
    for window, gaps in (("20_sessions", bars.recent), ("all", bars.overall)):
        yield Reading(telemetry.GAP_RATIO, gaps.rate, (window,))
        yield Reading(telemetry.MISSING_BARS, gaps.absent, (window, "absent"))
        yield Reading(telemetry.MISSING_BARS, gaps.refused, (window, "refused"))
        yield Reading(telemetry.MISSING_BARS, gaps.never_asked, (window, "never_asked"))
    yield Reading(telemetry.BARS_BEHIND, bars.behind)
    yield Reading(telemetry.NEWEST_BAR, bars.newest.timestamp() if bars.newest else None)
    yield Reading(telemetry.MACRO_COMPLETENESS, macro.completeness)
    for series in macro.series:
        yield Reading(telemetry.SERIES_COMPLETENESS, series.completeness, (series.series,))
        yield Reading(telemetry.SERIES_AGE, series.age_s, (series.series,))
        yield Reading(telemetry.SERIES_LAG, series.observed_lag_s, (series.series,))
    for source in health.sources:
        yield Reading(telemetry.SOURCE_ERROR_RATIO, source.error_rate, (source.source,))
        yield Reading(telemetry.SOURCE_REQUESTS, source.ok_ever, (source.source, "ok"))
        yield Reading(telemetry.SOURCE_REQUESTS, source.failed_ever, (source.source, "failed"))


def live_readings(resources: Resources) -> Iterator[Reading]:
    """Give the state of live trading as readings: books, account, drift, engine, kill switch."""
    report = risk_report(resources)
    yield Reading(telemetry.KILL_SWITCH, float(report.kill_switch))
    if report.as_of is None or report.account is None:
        return
    yield Reading(telemetry.ENGINE_LAST_BAR, report.as_of.timestamp())
    yield Reading(telemetry.ENGINE_RUNNING, float(engine.is_running(resources.engine)))
    yield from _losses(ACCOUNT, report.account)
    for book in report.books:
        yield from _losses(book.model_id, book)
        yield Reading(telemetry.POSITION, book.position, (book.model_id,))
    with reading(resources.engine) as connection:
        streaks = signals.losing_streaks(connection)
        mark = signals.account_marks(connection, limit=1)
        champion = models.champion(connection)
        drift = watches.newest_drift(connection, champion["model_id"]) if champion else []
    for book in report.books:
        yield Reading(telemetry.CONSECUTIVE_LOSSES, streaks.get(book.model_id, 0), (book.model_id,))
    for row in mark:
        yield Reading(telemetry.POSITION, row["exposure"], (ACCOUNT,))
        for name, share in row["shares"].items():
            yield Reading(telemetry.CAPITAL_SHARE, share, (name,))
    for row in drift:
        yield Reading(telemetry.FEATURE_DRIFT, row["ks"], (row["feature"],))
        yield Reading(telemetry.FEATURE_DRIFT_ALERT, row["alert"], (row["feature"],))


def _losses(book: str, risk: AccountRisk) -> Iterator[Reading]:
    yield Reading(telemetry.EQUITY, risk.equity, (book,))
    yield Reading(telemetry.DRAWDOWN, max(risk.drawdown, 0.0), (book,))
    yield Reading(telemetry.DAILY_LOSS, max(risk.daily_loss, 0.0), (book,))


def state(resources: Resources) -> Iterator[Reading]:
    """Give every metric that is read: of the data, and of live trading."""
    yield from readings(health(resources.engine, resources.catalogue, resources.now()))
    yield from live_readings(resources)


def serve(resources: Resources, port: int, host: str = LOOPBACK) -> WSGIServer:
    """Answer scrapes of Prometheus, from a daemon thread.

    Each scrape reads the state of the data anew. Where that fails, `cambio_health_up` is 0 and
    what this process has counted is still told.

    Args:
        resources: database, catalogue and clock.
        port: of TCP; 0 takes a free one.
        host: address to listen on. Nobody is asked who they are, so no open network's.

    Returns:
        The server, which answers until its `shutdown`.

    Raises:
        ConfigError: the port is taken or may not be opened, or the address is not this machine's.
    """
    registry = CollectorRegistry()
    registry.register(_Scrape(resources))
    try:
        server, _ = start_http_server(port, host, registry)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"Metrics cannot be served on {host}:{port}: {reason}.",
            remedy="Choose another --metrics-port, or end the process that holds this one.",
            port=port,
        ) from error
    return server


class _Scrape(Collector):
    """What this process counts, and the state of the data where it can be read."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        driver = self._resources.engine.dialect.loaded_dbapi
        with suppress(SourceError, SQLAlchemyError, driver.Error):
            found = list(StateCollector(partial(state, self._resources)).collect())
        yield GaugeMetricFamily(*telemetry.HEALTH_UP, value=bool(found))
        yield from found
        yield from telemetry.REGISTRY.collect()
