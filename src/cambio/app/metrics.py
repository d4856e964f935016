"""The health of the data as Prometheus metrics: read at each scrape, whichever process wrote it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from cambio import telemetry
from cambio.app.health import health
from cambio.errors import ConfigError, SourceError
from cambio.telemetry import Reading, StateCollector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.simple_server import WSGIServer

    from prometheus_client import Metric

    from cambio.app.health import Health
    from cambio.app.resources import Resources

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


def serve(resources: Resources, port: int) -> WSGIServer:
    """Answer scrapes of Prometheus on loopback, from a daemon thread.

    Each scrape reads the state of the data anew. Where that fails, `cambio_health_up` is 0 and
    what this process has counted is still told.

    Args:
        resources: database, catalogue and clock.
        port: of TCP; 0 takes a free one.

    Returns:
        The server, which answers until its `shutdown`.

    Raises:
        ConfigError: the port is taken, or may not be opened.
    """
    registry = CollectorRegistry()
    registry.register(_Scrape(resources))
    try:
        server, _ = start_http_server(port, LOOPBACK, registry)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"Metrics cannot be served on {LOOPBACK}:{port}: {reason}.",
            remedy="Choose another --metrics-port, or end the process that holds this one.",
            port=port,
        ) from error
    return server


class _Scrape(Collector):
    """What this process counts, and the state of the data where it can be read."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def collect(self) -> Iterator[Metric]:
        state: list[Metric] = []
        driver = self._resources.engine.dialect.loaded_dbapi
        with suppress(SourceError, SQLAlchemyError, driver.Error):
            state = list(StateCollector(self._readings).collect())
        yield GaugeMetricFamily(*telemetry.HEALTH_UP, value=bool(state))
        yield from state
        yield from telemetry.REGISTRY.collect()

    def _readings(self) -> Iterator[Reading]:
        resources = self._resources
        return readings(health(resources.engine, resources.catalogue, resources.now()))
