"""Writes the Grafana dashboards: `python deploy/grafana/generate.py`.

Panels are those of the specification. A panel that belongs to an alert takes its limit, its
direction and its runbook from the rule, so that neither is written twice.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import yaml
from grafana_foundation_sdk.builders import common, dashboard, heatmap, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    GraphDrawStyle,
    GraphThresholdsStyleMode,
    StackingMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).parent
FOLDER: Final = HERE / "dashboards"
RULES: Final = HERE.parent / "prometheus" / "rules" / "alerts.yaml"
SOURCE: Final = DataSourceRef(type_val="prometheus", uid="cambio-prometheus")
"""As `provisioning/datasources` names it."""
GOOD, BAD = "green", "red"
HIGH: Final = 8
WIDE, HALF, NARROW = 24, 12, 6
LIMIT: Final = re.compile(r" (>=|<=|>|<|==) ([0-9.]+)(?= and |$)")
"""Where an alert's expression compares."""

Panel = TypeVar("Panel", timeseries.Panel, stat.Panel)


class Query(NamedTuple):
    """What is asked, and what each series of the answer is called."""

    expr: str
    legend: str = ""


class Limit(NamedTuple):
    """From where on an alert fires."""

    colour_below: str
    colour_above: str
    value: float
    runbook: str


def limits() -> dict[str, Limit]:
    """Read the limit of every alert; one that compares with nothing is an error."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    found = {}
    for rule in (rule for group in groups for rule in group["rules"]):
        comparison, text = LIMIT.search(rule["expr"].strip()).groups()
        value, runbook = float(text), rule["annotations"]["runbook"]
        fires_below = comparison in ("<", "<=") or (comparison, value) == ("==", 0.0)
        colours = (BAD, GOOD) if fires_below else (GOOD, BAD)
        at = 1.0 if (comparison, value) == ("==", 0.0) else value  # of what is 0 or 1
        found[rule["alert"]] = Limit(*colours, at, runbook)
    return found


LIMITS: Final = limits()


def _asked(panel: Panel, title: str, unit: str, width: int, *queries: Query) -> Panel:
    panel.title(title).unit(unit).datasource(SOURCE).span(width).height(HIGH)
    for ref, query in zip("ABC", queries, strict=False):
        asked = prometheus.Dataquery().expr(query.expr).legend_format(query.legend).ref_id(ref)
        panel.with_target(asked)
    return panel


def _limited(panel: Panel, alert: str | None) -> Panel:
    """Colour a panel by an alert's limit; without an alert, by nothing."""
    steps = [Threshold(None, GOOD)]
    if alert is not None:
        limit = LIMITS[alert]
        steps = [Threshold(None, limit.colour_below), Threshold(limit.value, limit.colour_above)]
        panel.description(f"Alert {alert}. What to do: {limit.runbook}")
    coloured = dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
    return panel.thresholds(coloured)


def lines(
    title: str, *queries: Query, unit: str = "short", alert: str | None = None, width: int = HALF
) -> timeseries.Panel:
    """Give curves over time, with the limit of an alert as a dashed line."""
    panel = _limited(_asked(timeseries.Panel(), title, unit, width, *queries), alert)
    style = GraphThresholdsStyleMode.OFF if alert is None else GraphThresholdsStyleMode.DASHED
    return panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(style)).fill_opacity(5)


def columns(
    title: str, *queries: Query, unit: str = "short", width: int = HALF
) -> timeseries.Panel:
    """Give counts over time, stacked."""
    panel = _asked(timeseries.Panel(), title, unit, width, *queries)
    stacked = common.StackingConfig().mode(StackingMode.NORMAL)
    return panel.draw_style(GraphDrawStyle.BARS).stacking(stacked).fill_opacity(60)


def number(title: str, expr: str, *, unit: str = "short", alert: str | None = None) -> stat.Panel:
    """Give the newest value, coloured by the limit of an alert."""
    return _limited(_asked(stat.Panel(), title, unit, NARROW, Query(expr)), alert)


def heat(title: str, expr: str, *, unit: str = "short", width: int = HALF) -> heatmap.Panel:
    """Give a distribution over time, from the buckets of a histogram (`by (le)`)."""
    panel = heatmap.Panel().title(title).datasource(SOURCE).span(width).height(HIGH)
    query = prometheus.Dataquery().expr(expr).legend_format("{{le}}").ref_id("A")
    panel.with_target(query.format(PromQueryFormat.HEATMAP))
    return panel.calculate(False).y_axis(heatmap.YAxisConfig().unit(unit))


def data() -> dashboard.Dashboard:
    """L0: bars, macro series, gaps, providers."""
    return (
        _empty("data", "L0 data")
        .with_panel(number("Bars behind", "max(cambio_ohlcv_bars_behind)", alert="FeedDown"))
        .with_panel(
            number(
                "Bars missing, 20 sessions",
                'max(cambio_ohlcv_gap_ratio{window="20_sessions"})',
                unit="percentunit",
                alert="BarsMissing",
            )
        )
        .with_panel(
            number(
                "Macro completeness, 20 sessions",
                "max(cambio_macro_completeness_ratio)",
                unit="percentunit",
                alert="MacroIncomplete",
            )
        )
        .with_panel(number("Data readable", "min(cambio_health_up)", alert="DataUnreadable"))
        .with_panel(
            lines(
                "Bars a minute",
                Query(
                    "60 * sum by (outcome) (rate(cambio_bars_ingested_total[15m]))", "{{outcome}}"
                ),
                Query("60 * sum(rate(cambio_live_bar_seconds_count[15m]))", "decided on"),
            )
        )
        .with_panel(
            lines(
                "Gaps",
                Query("max by (window) (cambio_ohlcv_gap_ratio)", "{{window}}"),
                unit="percentunit",
                alert="BarsMissing",
            )
        )
        .with_panel(
            columns(
                "Missing bars by cause, 20 sessions",
                Query(
                    'max by (cause) (cambio_ohlcv_missing_bars{window="20_sessions"})', "{{cause}}"
                ),
            )
        )
        .with_panel(
            columns(
                "Rows refused an hour",
                Query(
                    "sum by (kind, reason) (increase(cambio_rows_quarantined_total[1h]))",
                    "{{kind}}: {{reason}}",
                ),
            )
        )
        .with_panel(
            lines(
                "Macro series: completeness",
                Query("max by (series) (cambio_macro_series_completeness_ratio)", "{{series}}"),
                unit="percentunit",
                alert="MacroIncomplete",
            )
        )
        .with_panel(
            lines(
                "Macro series: age of the newest value",
                Query("max by (series) (cambio_macro_series_age_seconds)", "{{series}}"),
                unit="s",
            )
        )
        .with_panel(
            lines(
                "Requests that failed, 24 hours",
                Query("max by (source) (cambio_source_error_ratio)", "{{source}}"),
                unit="percentunit",
                alert="SourceFails",
            )
        )
        .with_panel(
            columns(
                "Requests an hour",
                Query(
                    "max by (source, outcome) (increase(cambio_source_requests_total[1h]))",
                    "{{source}}: {{outcome}}",
                ),
            )
        )
    )


def features() -> dashboard.Dashboard:
    """L1: distributions, what is missing, latency."""
    return (
        _empty("features", "L1 features")
        .with_variable(
            dashboard.QueryVariable("feature")
            .datasource(SOURCE)
            .query("label_values(cambio_live_feature_score_count, feature)")
            .include_all(True)
            .multi(True)
        )
        .with_panel(
            heat(
                "Distribution, in standard deviations of training",
                "sum by (le) "
                '(rate(cambio_live_feature_score_bucket{feature=~"$feature"}[$__rate_interval]))',
            )
        )
        .with_panel(
            lines(
                "Median by feature, of an hour",
                Query(
                    "histogram_quantile(0.5, sum by (le, feature) "
                    "(rate(cambio_live_feature_score_bucket[1h])))",
                    "{{feature}}",
                ),
            )
        )
        .with_panel(
            columns(
                "Missing values an hour",
                Query(
                    "sum by (feature) (increase(cambio_live_missing_features_total[1h]))",
                    "{{feature}}",
                ),
            )
        )
        .with_panel(
            lines(
                "Missing, of a day",
                Query("cambio:live_missing_features:ratio1d"),
                unit="percentunit",
                alert="FeaturesMissing",
            )
        )
        .with_panel(
            columns(
                "Outliers an hour",
                Query(
                    "sum by (feature) (increase(cambio_live_outlier_features_total[1h]))",
                    "{{feature}}",
                ),
            )
        )
        .with_panel(
            lines(
                "Outliers, of a day",
                Query("cambio:live_outlier_features:ratio1d"),
                unit="percentunit",
                alert="FeaturesOutlying",
            )
        )
        .with_panel(
            lines(
                "Features and decisions of a bar, 95th percentile of an hour",
                Query("cambio:live_decision_seconds:p95"),
                unit="s",
                alert="FeaturesSlow",
            )
        )
        .with_panel(
            heat(
                "Features and decisions of a bar",
                "sum by (le) (rate(cambio_live_decision_seconds_bucket[$__rate_interval]))",
                unit="s",
            )
        )
    )


def production() -> dashboard.Dashboard:
    """L5: what is traded now, and whether the engine is well."""
    return (
        _empty("production", "L5 production")
        .with_panel(number("Engine runs", "max(cambio_engine_running)", alert="EngineStopped"))
        .with_panel(
            number(
                "Engine behind",
                "max(cambio_ohlcv_newest_bar_timestamp_seconds)"
                " - max(cambio_engine_last_bar_timestamp_seconds)",
                unit="s",
                alert="EngineBehind",
            )
        )
        .with_panel(number("Kill switch", "max(cambio_kill_switch)", alert="KillSwitchOn"))
        .with_panel(number("Processes that answer", "min(up)", alert="NothingAnswers"))
        .with_panel(
            lines("Profit and loss: equity", Query("max by (book) (cambio_equity)", "{{book}}"))
        )
        .with_panel(lines("Position", Query("max by (book) (cambio_position)", "{{book}}")))
        .with_panel(
            heat(
                "Confidence of the champion",
                "sum by (le) "
                '(rate(cambio_signal_confidence_bucket{role="champion"}[$__rate_interval]))',
                unit="percentunit",
            )
        )
        .with_panel(
            columns(
                "Signals an hour",
                Query(
                    "sum by (role, action) (increase(cambio_signals_total[1h]))",
                    "{{role}}: {{action}}",
                ),
            )
        )
        .with_panel(
            lines(
                "Risk checks that objected to the champion, of a day",
                Query("cambio:risk_objections:ratio1d", "{{reason}}"),
                unit="percentunit",
                alert="RiskRefuses",
            )
        )
        .with_panel(
            lines(
                "From a closed bar to its committed signals, 95th percentile of an hour",
                Query("cambio:live_bar_seconds:p95"),
                unit="s",
                alert="BarsSlow",
            )
        )
        .with_panel(
            lines(
                "Drift: KS distance from training",
                Query("max by (feature) (cambio_feature_drift_ks)", "{{feature}}"),
                alert="FeatureDrifts",
            )
        )
        .with_panel(
            columns(
                "Troubles and late bars an hour",
                Query("sum by (what) (increase(cambio_engine_troubles_total[1h]))", "{{what}}"),
                Query("sum(increase(cambio_late_bars_total[1h]))", "late bars"),
            )
        )
    )


def performance() -> dashboard.Dashboard:
    """How the models do, and what risk they run."""
    return (
        _empty("performance", "Model performance", since="now-30d")
        .with_panel(lines("Sharpe ratio, rolling 30 days", Query("cambio:sharpe:30d", "{{book}}")))
        .with_panel(
            lines(
                "Trades won, rolling 30 days",
                Query(
                    'sum by (role) (increase(cambio_trades_total{outcome="won"}[30d]))'
                    " / (sum by (role) (increase(cambio_trades_total[30d])) > 0)",
                    "{{role}}",
                ),
                unit="percentunit",
            )
        )
        .with_panel(
            columns(
                "Trades a day",
                Query(
                    "sum by (role, outcome) (increase(cambio_trades_total[1d]))",
                    "{{role}}: {{outcome}}",
                ),
            )
        )
        .with_panel(
            lines(
                "Canary: equity beside a week ago",
                Query(
                    "max by (book) (cambio_equity) / max by (book) (cambio_equity offset 7d) - 1",
                    "{{book}}",
                ),
                unit="percentunit",
            )
        )
        .with_panel(
            columns(
                "Canary: shares of the capital",
                Query("max by (book) (cambio_capital_share_ratio)", "{{book}}"),
                unit="percentunit",
            )
        )
        .with_panel(
            lines(
                "Loss of the day",
                Query("max by (book) (cambio_daily_loss_ratio)", "{{book}}"),
                unit="percentunit",
                alert="DailyLoss",
            )
        )
        .with_panel(
            lines(
                "Drawdown",
                Query("max by (book) (cambio_drawdown_ratio)", "{{book}}"),
                unit="percentunit",
                alert="Drawdown",
            )
        )
        .with_panel(
            lines(
                "Losing trades in a row",
                Query("max by (book) (cambio_consecutive_losses)", "{{book}}"),
                alert="ConsecutiveLosses",
            )
        )
    )


def _empty(name: str, title: str, since: str = "now-12h") -> dashboard.Dashboard:
    return (
        dashboard.Dashboard(f"cambio · {title}")
        .uid(f"cambio-{name}")
        .tags(["cambio"])
        .timezone("America/Bogota")
        .time(since, "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
    )


def rendered() -> Iterator[tuple[Path, str]]:
    """Give every dashboard's file and content."""
    for make in (data, features, production, performance):
        content = json.dumps(make().build(), cls=JSONEncoder, indent=1, sort_keys=True)
        yield FOLDER / f"{make.__name__}.json", content + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, content in rendered():
        path.write_text(content)
