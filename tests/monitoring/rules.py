"""The deployed rules, and what a query may ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from cambio import telemetry

DEPLOYED = Path(__file__).parents[2] / "deploy" / "prometheus"
RULES = sorted((DEPLOYED / "rules").glob("*.yaml"))


def rules() -> list[dict[str, Any]]:
    """Every rule, in the files' order."""
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    """Every alert by its name."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def recorded() -> set[str]:
    """Every series that a rule makes."""
    return {rule["record"] for rule in rules() if "record" in rule}


def declared() -> set[str]:
    """Every series that the product tells."""
    known = {metric.name for metric in telemetry.READINGS} | {telemetry.HEALTH_UP[0], "up"}
    for family in telemetry.REGISTRY.collect():
        known |= {family.name, f"{family.name}_total"}
        if family.type == "histogram":
            known |= {f"{family.name}_{part}" for part in ("bucket", "count", "sum")}
    return known


def asked(query: str) -> set[str]:
    """Every series of ours that a query names.

    >>> sorted(asked('max(up{job="cambio-engine"}) - cambio:bars:p95 / cambio_x_total[1h]'))
    ['cambio:bars:p95', 'cambio_x_total', 'up']
    """
    return set(re.findall(r"\b(?:cambio[_:][a-z0-9_:]+|up)\b(?!\")", query))
