"""The committed dashboards are what the generator makes, and ask for nothing that is not told."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from deploy.grafana import generate
from tests.monitoring.rules import alerts, asked, declared, recorded

BOARDS = sorted(generate.FOLDER.glob("*.json"))


def panels() -> list[dict[str, Any]]:
    return [panel for path in BOARDS for panel in json.loads(path.read_text())["panels"]]


def named(title: str) -> dict[str, Any]:
    (found,) = (panel for panel in panels() if panel["title"] == title)
    return found


def steps(title: str) -> list[tuple[str, float | None]]:
    found = named(title)["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [(step["color"], step["value"]) for step in found]


def test_the_committed_files_are_what_the_generator_makes():
    made = dict(generate.rendered())
    assert sorted(made) == BOARDS
    for path, content in made.items():
        assert path.read_text() == content, (
            f"Run: .venv/bin/python deploy/grafana/generate.py ({path.name})"
        )


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_asks_for_what_is_told_and_nothing_else(panel):
    assert panel["targets"]
    for target in panel["targets"]:
        assert asked(target["expr"])
        assert asked(target["expr"]) <= declared() | recorded()
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_the_limits_drawn_are_those_of_the_alerts():
    """One of each direction, by hand; the generator reads them all."""
    assert steps("Gaps") == [("green", None), ("red", 0.01)]
    assert steps("Macro series: completeness") == [("red", None), ("green", 0.95)]
    assert steps("Engine runs") == [("red", None), ("green", 1.0)]
    assert steps("Kill switch") == [("green", None), ("red", 1.0)]
    assert steps("Drift: KS distance from training") == [("green", None), ("red", 0.05)]


def test_every_alert_with_a_limit_of_its_own_has_a_panel():
    found = [re.match(r"Alert (\w+)", panel.get("description", "")) for panel in panels()]
    told = {one[1] for one in found if one}
    assert alerts().keys() - told == {"EngineTroubled"}  # any trouble is one: a count has no limit


def test_every_panel_asks_the_source_that_is_provisioned():
    path = generate.HERE / "provisioning" / "datasources" / "prometheus.yaml"
    (source,) = yaml.safe_load(path.read_text())["datasources"]
    assert {panel["datasource"]["uid"] for panel in panels()} == {source["uid"]}


def test_no_panel_lies_on_another():
    for path in BOARDS:
        taken = set()
        for panel in json.loads(path.read_text())["panels"]:
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken, panel["title"]
            taken |= cells
