"""Every Prometheus metric, declared once, and the set-up of structured logs.

What the database knows is read when somebody asks, so that it is right whichever process wrote it:
`READINGS`, filled by `app.metrics`. What only a running process knows is counted in it, from
`BARS_INGESTED` to `TROUBLES`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client import Metric

disable_created_metrics()  # type: ignore[no-untyped-call]  # when a counter was made is noise
REGISTRY: Final = CollectorRegistry()
"""What this process counts."""

BARS_INGESTED: Final = Counter(
    "cambio_bars_ingested_total",
    "Bars that came in, by outcome: new, revised or unchanged.",
    ["outcome"],
    registry=REGISTRY,
)
ROWS_QUARANTINED: Final = Counter(
    "cambio_rows_quarantined_total",
    "Rows that were refused, by kind (ohlcv, macro) and reason.",
    ["kind", "reason"],
    registry=REGISTRY,
)


BAR_SECONDS: Final = Histogram(
    "cambio_live_bar_seconds",
    "From the engine's first sight of a closed bar until its decisions were committed and told.",
    buckets=(0.001, 0.002, 0.003, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
    registry=REGISTRY,
)
SIGNALS: Final = Counter(
    "cambio_signals_total",
    "Live signals, by role of the model and action of its policy.",
    ["role", "action"],
    registry=REGISTRY,
)
OBJECTIONS: Final = Counter(
    "cambio_risk_objections_total",
    "Checks that spoke against a live request, by role of the model and reason.",
    ["role", "reason"],
    registry=REGISTRY,
)
MISSING_FEATURES: Final = Counter(
    "cambio_live_missing_features_total",
    "Live features that were missing.",
    ["feature"],
    registry=REGISTRY,
)
OUTLIERS: Final = Counter(
    "cambio_live_outlier_features_total",
    "Features that the champion saw at the clip of 10 standard deviations from its training.",
    ["feature"],
    registry=REGISTRY,
)
FEATURE_SCORES: Final = Histogram(
    "cambio_live_feature_score",
    "Features as the champion saw them, in standard deviations from the mean of its training.",
    ["feature"],
    buckets=(-5.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 5.0),
    registry=REGISTRY,
)
CONFIDENCE: Final = Histogram(
    "cambio_signal_confidence",
    "Probability that a policy gave to what it chose, by role of the model.",
    ["role"],
    buckets=(0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0),
    registry=REGISTRY,
)
TRADES: Final = Counter(
    "cambio_trades_total",
    "Live trades that were closed, by role of the model and outcome: won or lost, after costs.",
    ["role", "outcome"],
    registry=REGISTRY,
)
DECISION_SECONDS: Final = Histogram(
    "cambio_live_decision_seconds",
    "Features and decisions of a bar, in memory, before anything of it is written.",
    buckets=(0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0),
    registry=REGISTRY,
)
LATE_BARS: Final = Counter(
    "cambio_late_bars_total", "Bars that came too late to be traded on.", registry=REGISTRY
)
TROUBLES: Final = Counter(
    "cambio_engine_troubles_total",
    "Failures that the engine went on after, by what failed: engine, feed, database, bus, session.",
    ["what"],
    registry=REGISTRY,
)
for _what in (
    "engine",
    "feed",
    "database",
    "bus",
    "session",
):  # from 0 on, so that the first one is a rise
    TROUBLES.labels(what=_what)


@dataclass(frozen=True, slots=True)
class Declared:
    """A metric whose value is read from the database."""

    name: str
    text: str
    labels: tuple[str, ...] = ()

    def family(self) -> Metric:
        """Give the metric, still without a value."""
        kind = CounterMetricFamily if self.name.endswith("_total") else GaugeMetricFamily
        return kind(self.name, self.text, labels=self.labels)


GAP_RATIO: Final = Declared(
    "cambio_ohlcv_gap_ratio",
    "Missing over expected bars, of the last 20 sessions and since the first bar (all).",
    ("window",),
)
MISSING_BARS: Final = Declared(
    "cambio_ohlcv_missing_bars",
    "Expected bars that are missing, by cause: absent (a provider was asked and had none), "
    "refused (in quarantine) or never_asked.",
    ("window", "cause"),
)
BARS_BEHIND: Final = Declared(
    "cambio_ohlcv_bars_behind",
    "Session bars that closed since the newest stored one; 0 is up to date.",
)
NEWEST_BAR: Final = Declared(
    "cambio_ohlcv_newest_bar_timestamp_seconds", "Open of the newest bar, seconds since 1970."
)
MACRO_COMPLETENESS: Final = Declared(
    "cambio_macro_completeness_ratio",
    "Share of (critical series × session) with a value, over the last 20 sessions.",
)
SERIES_COMPLETENESS: Final = Declared(
    "cambio_macro_series_completeness_ratio",
    "Share of the last 20 sessions for which the series has a value at the open.",
    ("series",),
)
SERIES_AGE: Final = Declared(
    "cambio_macro_series_age_seconds",
    "Time since the end of the newest published period.",
    ("series",),
)
SERIES_LAG: Final = Declared(
    "cambio_macro_series_observed_lag_seconds",
    "Median time from the end of a period to the first sight of its value.",
    ("series",),
)
SOURCE_ERROR_RATIO: Final = Declared(
    "cambio_source_error_ratio", "Failed over all requests of the last 24 hours.", ("source",)
)
SOURCE_REQUESTS: Final = Declared(
    "cambio_source_requests_total",
    "Requests that ended since the database was made, by outcome: ok or failed.",
    ("source", "outcome"),
)

FEATURE_DRIFT: Final = Declared(
    "cambio_feature_drift_ks",
    "KS distance of the newest live window of a feature from the champion's training.",
    ("feature",),
)
FEATURE_DRIFT_ALERT: Final = Declared(
    "cambio_feature_drift_alert",
    "1 where that distance is above the limit and significant, else 0.",
    ("feature",),
)
DRAWDOWN: Final = Declared(
    "cambio_drawdown_ratio", "Fall from its peak, of a live book or the account.", ("book",)
)
DAILY_LOSS: Final = Declared(
    "cambio_daily_loss_ratio",
    "Loss since the previous session's close, of a live book or the account; 0 for a gain.",
    ("book",),
)
CONSECUTIVE_LOSSES: Final = Declared(
    "cambio_consecutive_losses", "Losing trades in a row, of a live book.", ("book",)
)
EQUITY: Final = Declared("cambio_equity", "Equity of a live book or the account.", ("book",))
POSITION: Final = Declared(
    "cambio_position",
    "Position of a live book: -1, 0 or 1; of the account its exposure.",
    ("book",),
)
CAPITAL_SHARE: Final = Declared(
    "cambio_capital_share_ratio", "Share of the account's capital, of a live book.", ("book",)
)
ENGINE_LAST_BAR: Final = Declared(
    "cambio_engine_last_bar_timestamp_seconds",
    "Open of the bar that the engine decided on last, seconds since 1970.",
)
ENGINE_RUNNING: Final = Declared(
    "cambio_engine_running",
    "1 while a process trades on the database, else 0; told once trading has begun.",
)
KILL_SWITCH: Final = Declared("cambio_kill_switch", "1 while the kill switch is on, else 0.")

READINGS: Final = (
    GAP_RATIO,
    MISSING_BARS,
    BARS_BEHIND,
    NEWEST_BAR,
    MACRO_COMPLETENESS,
    SERIES_COMPLETENESS,
    SERIES_AGE,
    SERIES_LAG,
    SOURCE_ERROR_RATIO,
    SOURCE_REQUESTS,
    FEATURE_DRIFT,
    FEATURE_DRIFT_ALERT,
    DRAWDOWN,
    DAILY_LOSS,
    CONSECUTIVE_LOSSES,
    EQUITY,
    POSITION,
    CAPITAL_SHARE,
    ENGINE_LAST_BAR,
    ENGINE_RUNNING,
    KILL_SWITCH,
)
"""Every metric that is read, in the order of the exposition."""


HEALTH_UP: Final = (
    "cambio_health_up",
    "1 where the state of the data could be read for this scrape, else 0.",
)
"""Of a running server, which answers without the database too."""


class Reading(NamedTuple):
    """The value of a declared metric; None is left out of the exposition."""

    metric: Declared
    value: float | None
    labels: tuple[str, ...] = ()


class StateCollector(Collector):
    """Reads the declared metrics anew at every scrape.

    Args:
        read: gives all readings.
    """

    def __init__(self, read: Callable[[], Iterable[Reading]]) -> None:
        self._read = read

    def describe(self) -> Iterator[Metric]:
        """Give the metrics without values: registering reads nothing."""
        return (metric.family() for metric in READINGS)

    def collect(self) -> Iterator[Metric]:
        """Give the metrics with their values."""
        families = {metric.name: metric.family() for metric in READINGS}
        for metric, value, labels in self._read():
            if value is not None:
                families[metric.name].add_metric(labels, value)  # type: ignore[attr-defined]
        yield from families.values()


def exposition(read: Callable[[], Iterable[Reading]] | None = None) -> bytes:
    """Give the metrics in Prometheus' text format: what was read, then what was counted here.

    Args:
        read: gives the readings of the database; without it, only the counts are given.
    """
    counted = generate_latest(REGISTRY)
    if read is None:
        return counted
    state = CollectorRegistry()
    state.register(StateCollector(read))
    return generate_latest(state) + counted


def configure_logging(*, json: bool) -> None:
    """Send structured logs to standard error, with UTC times in ISO 8601.

    Args:
        json: a JSON object a line, for machines, each bar's among them; else words and colours for
            a terminal, where the command itself shows each bar.
    """
    render: structlog.types.Processor = structlog.dev.ConsoleRenderer()
    errors: list[structlog.types.Processor] = []
    if json:
        render = structlog.processors.JSONRenderer(ensure_ascii=False)
        errors = [structlog.processors.format_exc_info]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *errors,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("debug" if json else "info"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
