"""Every alert fires when its figure is bad and clears when it is good again, by `promtool`."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from math import sqrt
from pathlib import Path
from statistics import fmean, pstdev
from types import MappingProxyType
from typing import NamedTuple

import pytest
import yaml
from tests.monitoring.rules import RULES, alerts, asked, declared, recorded, rules
from tests.services import prometheus

ROOT = Path(__file__).parents[2]
HOURS = 60


class Case(NamedTuple):
    """Series by the minute, when the alert has to burn and when it has to be out."""

    alert: str
    series: dict[str, str]
    """In promtool's notation: `0+1x5` counts up, `3x5` stays."""
    fires: int
    clears: int
    labels: Mapping[str, str] = MappingProxyType({})
    told: str = ""
    """Part of the summary."""


def rises(bad: float, minutes: int, good: float, after: int = 40) -> str:
    """A gauge that is bad for so many minutes, then good."""
    return f"{bad}x{minutes} {good}x{after}"


BARS = "0+1x60 61+1x3000"
"""Bars traded, one a minute."""


def buckets(name: str, bound: str, slow: str) -> dict[str, str]:
    """A histogram in which all that is slow lies above ``bound``, by its count."""
    return {
        f'{name}_bucket{{le="{bound}"}}': slow,
        **{f'{name}_bucket{{le="{above}"}}': "0+1x400" for above in ("1.0", "+Inf")},
    }


CASES = (
    Case("BarsMissing", {'cambio_ohlcv_gap_ratio{window="20_sessions"}': rises(0.02, 30, 0.01)},
         20, 32, told="2% of the bars"),
    Case("MacroIncomplete", {"cambio_macro_completeness_ratio": rises(0.94, 30, 0.95)},
         20, 32, told="94%"),
    Case("SourceFails", {'cambio_source_error_ratio{source="fred"}': rises(0.06, 10, 0.05)},
         8, 12, {"source": "fred"}, "requests to fred"),
    Case("FeedDown", {"cambio_ohlcv_bars_behind": rises(3, 10, 2)}, 5, 12, told="3 bars old"),
    Case("DataUnreadable", {"cambio_health_up": rises(0, 10, 1)}, 5, 12),
    Case("NothingAnswers", {'up{job="cambio-engine", instance="a:1"}': rises(0, 10, 1)},
         5, 12, {"job": "cambio-engine", "instance": "a:1"}, "cambio-engine at a:1"),
    Case("FeaturesMissing",
         {"cambio_live_bar_seconds_count": BARS,
          'cambio_live_missing_features_total{feature="dxy_z"}': "0+1x60 61x3000"},
         60, 60 + 25 * HOURS),
    Case("FeaturesOutlying",
         {"cambio_live_bar_seconds_count": BARS,
          'cambio_live_outlier_features_total{feature="rsi_9"}': "0+1x60 61x3000"},
         60, 60 + 25 * HOURS),
    Case("FeaturesSlow", buckets("cambio_live_decision_seconds", "0.1", "0x100 0+1x300"), 90, 300),
    Case("BarsSlow", buckets("cambio_live_bar_seconds", "0.05", "0x100 0+1x300"), 90, 300),
    Case("RiskRefuses",
         {'cambio_signals_total{role="champion", action="HOLD"}': "0+1x4000",
          'cambio_risk_objections_total{role="champion", reason="cooldown"}': "0+1x60 61x4000"},
         60, 60 + 25 * HOURS, {"reason": "cooldown"}, "cooldown spoke against 100%"),
    Case("FeatureDrifts",
         {'cambio_feature_drift_ks{feature="vix_z"}': rises(0.3, 20, 0.3),
          'cambio_feature_drift_alert{feature="vix_z"}': rises(1, 20, 0)},
         10, 25, {"feature": "vix_z"}, "KS distance 0.30"),
    Case("EngineBehind",
         {"cambio_ohlcv_newest_bar_timestamp_seconds": "1200x40",
          "cambio_engine_last_bar_timestamp_seconds": rises(600, 10, 1200)},
         5, 12, told="10m 0s"),
    Case("EngineStopped", {"cambio_engine_running": rises(0, 10, 1)}, 5, 12),
    Case("EngineTroubled", {'cambio_engine_troubles_total{what="bus"}': "0 0 1 1x60"},
         4, 30, {"what": "bus"}, "its bus"),
    Case("DailyLoss", {'cambio_daily_loss_ratio{book="account"}': rises(0.021, 10, 0.02)},
         5, 12, {"book": "account"}, "2.1%"),
    Case("Drawdown", {'cambio_drawdown_ratio{book="m1"}': rises(0.16, 10, 0.15)},
         5, 12, {"book": "m1"}, "16%"),
    Case("ConsecutiveLosses", {'cambio_consecutive_losses{book="m1"}': rises(6, 10, 5)},
         5, 12, {"book": "m1"}, "6 trades in a row"),
    Case("KillSwitchOn", {"cambio_kill_switch": rises(1, 10, 0)}, 5, 12),
)  # fmt: skip


def burning(case: Case, folder: Path) -> list[str]:
    """What burns at each of a case's minutes, as promtool prints it: it expects what can't be."""
    asked = [
        {
            "eval_time": f"{minute}m",
            "alertname": case.alert,
            "exp_alerts": [{"exp_labels": {"expected": "by nobody"}}],
        }
        for minute in (case.fires, case.clears)
    ]
    series = [{"series": name, "values": values} for name, values in case.series.items()]
    document = {
        "rule_files": [str(path) for path in RULES],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": asked}],
    }
    path = folder / f"{case.alert}.yaml"
    path.write_text(yaml.safe_dump(document))
    done = subprocess.run(
        [prometheus() / "promtool", "test", "rules", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = [told.partition("alertname: ")[0] for told in done.stderr.split("got:")[1:]]
    assert len(found) == len(asked), done.stderr + done.stdout
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_an_alert_fires_and_clears(case, tmp_path):
    fired, cleared = burning(case, tmp_path)
    assert f'alertname="{case.alert}"' in fired
    assert case.told in fired
    for name, value in case.labels.items():
        assert f'{name}="{value}"' in fired
    assert cleared.strip() == "[]"


def test_no_alert_is_without_a_test():
    assert sorted(alerts()) == sorted(case.alert for case in CASES)


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_says_how_grave_it_is_and_what_to_do(name):
    alert = alerts()[name]
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert (ROOT / alert["annotations"]["runbook"]).is_file()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("alert", rule.get("record")))
def test_a_rule_asks_for_nothing_that_is_not_told(rule):
    assert asked(rule["expr"])
    assert asked(rule["expr"]) <= declared() | recorded()


def test_the_sharpe_ratio_is_that_of_daily_returns(tmp_path):
    """Of 40 days of which every fifth gains 1 %, the last 30 count; worked out beside it."""
    equity = [10_000.0]
    for day in range(1, 41):
        equity.append(equity[-1] * (1.01 if day % 5 == 0 else 1.0))
    returns = [0.01, 0.0, 0.0, 0.0, 0.0] * 6
    expected = sqrt(365) * fmean(returns) / pstdev(returns)
    document = {
        "rule_files": [str(path) for path in RULES],
        "evaluation_interval": "1h",
        "tests": [
            {
                "interval": "1d",
                "input_series": [
                    {
                        "series": 'cambio_equity{book="m1"}',
                        "values": " ".join(map(str, equity)),
                    }
                ],
                "promql_expr_test": [
                    {
                        "expr": f"round(cambio:sharpe:30d / {expected}, 0.0001)",
                        "eval_time": "40d",
                        "exp_samples": [{"labels": '{book="m1"}', "value": 1}],
                    }
                ],
            }
        ],
    }
    path = tmp_path / "sharpe.yaml"
    path.write_text(yaml.safe_dump(document))
    done = subprocess.run(
        [prometheus() / "promtool", "test", "rules", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
