"""Recorded runs side by side: figures by hand, and loud words where they can't be compared."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import update
from tests.models import publish
from tests.unit.app.macro_product import Silent

from cambio.app.comparison_report import write_report
from cambio.app.experiment_compare import compare
from cambio.app.experiment_list import newest_run, representative
from cambio.app.resources import Resources
from cambio.calendar import sessions_per_year, trading_days
from cambio.cli import console, render_experiments
from cambio.contracts.market import DateRange
from cambio.errors import ConfigError, NotFound
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.store import models, tables, trials
from cambio.store.database import reading, transaction
from cambio.validation.metrics import sharpe_per_session
from cambio.wiring import connect

SPEC = FeatureSpec(bar_range="as_is")
START = date(2025, 1, 2)
DAYS = np.array(trading_days(START, date(2025, 12, 31))[:80], dtype="datetime64[D]")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Resources]:
    """Two registered models that differ in gamma; nothing was looked at yet."""
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    opened = connect(load_settings(tmp_path / "var"), Silent())
    terms = {
        "costs": opened.costs.model_dump(mode="json"),
        "risk": opened.limits.model_dump(mode="json"),
        "initial_capital": opened.capital,
    }
    publish(opened, SPEC, 1, training={"gamma": 0.99}, **terms)
    publish(opened, SPEC, 2, training={"gamma": 0.999}, **terms)
    yield opened
    opened.engine.dispose()


def look(
    resources: Resources,
    experiment: str,
    seed: int,
    returns: np.ndarray,
    days: np.ndarray = DAYS,
    terms: str = "",
) -> None:
    """A look of `random-sSEED` at its sessions, an hour after the one before."""
    days = days[: len(returns)]
    with transaction(resources.engine) as connection:
        number = len(trials.every(connection))
        row = models.get(connection, f"random-s{seed}")
        trial = trials.Trial(
            model_id=row["model_id"],
            model_hash=row["lineage"]["model_hash"],
            experiment_name=experiment,
            window=DateRange(days[0].item(), days[-1].item()),
            terms_hash=terms or resources.terms.hash(),
            sharpe_per_session=sharpe_per_session(returns),
            sessions=len(days),
            days=days,
            returns=returns,
        )
        trials.record(connection, trial, NOON + timedelta(hours=number))


def noise(seed: int, sessions: int = 80) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0003, 0.004, sessions)


def test_runs_are_compared_on_the_sessions_that_all_have(resources):
    first, second = noise(1), noise(2, 60)
    look(resources, "plain", 1, first)
    look(resources, "far", 2, second, DAYS[10:70])
    found = compare(resources, ["plain", "far"])
    assert found.days.tolist() == DAYS[10:70].tolist()
    plain, far = found.contestants
    assert plain.returns.tolist() == first[10:70].tolist()
    assert far.returns.tolist() == second.tolist()
    yearly = math.sqrt(sessions_per_year(found.days[0].item(), found.days[-1].item()))
    sharpes = [np.mean(r) / np.std(r, ddof=1) * yearly for r in (first[10:70], second)]
    assert plain.figures["sharpe_ratio"].value == pytest.approx(sharpes[0])
    assert far.figures["total_return"].value == pytest.approx(np.prod(1 + second) - 1)
    assert plain.against_first is None
    assert far.against_first.difference == pytest.approx(sharpes[1] - sharpes[0])
    assert far.figures["sharpe_ratio"].low < sharpes[1] < far.figures["sharpe_ratio"].high
    assert any(notice.startswith("The windows differ") for notice in found.notices)


def test_what_differs_is_told_and_nothing_else(resources):
    look(resources, "plain", 1, noise(1))
    look(resources, "far", 2, noise(2))
    found = compare(resources, ["plain", "far"])
    assert found.parameters == {"seeds": [[1], [2]], "training.gamma": [0.99, 0.999]}
    assert found.hashes == {}
    assert found.notices == ()
    assert found.overfitting.variants == 2


def test_comparing_looks_at_no_window(resources):
    look(resources, "plain", 1, noise(1))
    look(resources, "far", 2, noise(2))
    assert compare(resources, ["far", "plain"]).looks == 2
    with reading(resources.engine) as connection:
        assert len(trials.every(connection)) == 2


def test_other_data_is_told_loudly(resources):
    look(resources, "plain", 1, noise(1))
    look(resources, "far", 2, noise(2))
    with transaction(resources.engine) as connection:
        lineage = models.get(connection, "random-s2")["lineage"]
        other = {**lineage, "source_data_hash": "6" * 64, "dataset_hash": "7" * 32}
        table = tables.model_registry
        mine = update(table).where(table.c.model_id == "random-s2")
        connection.execute(mine.values(lineage=other))
    found = compare(resources, ["plain", "far"])
    assert found.notices[0].startswith("The data differs")
    assert found.hashes["source_data_hash"] == ["5" * 64, "6" * 64]


def test_other_terms_are_told_loudly(resources):
    look(resources, "plain", 1, noise(1))
    look(resources, "far", 2, noise(2), terms=resources.terms.at_costs(0.0).hash())
    assert compare(resources, ["plain", "far"]).notices[0].startswith("The terms differ")


def test_few_sessions_say_nothing_about_overfitting(resources):
    look(resources, "plain", 1, noise(1, 63))
    look(resources, "far", 2, noise(2, 63))
    found = compare(resources, ["plain", "far"])
    assert found.overfitting is None
    assert "63 common sessions are fewer than the 64" in found.notices[-1]
    json.dumps(found.to_dict(), default=str, allow_nan=False)


def test_a_model_whose_configuration_is_gone_is_compared_without_it(resources):
    look(resources, "plain", 1, noise(1))
    look(resources, "far", 2, noise(2))
    (resources.models / "random-s2" / "config.yaml").unlink()
    found = compare(resources, ["plain", "far"])
    assert found.parameters == {}
    assert any("far was trained with can't be read" in notice for notice in found.notices)


def test_what_cannot_be_compared_is_refused(resources):
    look(resources, "plain", 1, noise(1, 30))
    look(resources, "far", 2, noise(2, 30), DAYS[40:])
    for names in (["plain"], ["plain", "plain"]):
        with pytest.raises(ConfigError, match="two different"):
            compare(resources, names)
    with pytest.raises(ConfigError, match="plain 2025-01-02 to 2025-02-18, far "):
        compare(resources, ["plain", "far"])
    with pytest.raises(NotFound, match=r"cambio experiment run new.*far, plain"):
        compare(resources, ["plain", "new"])


def test_a_walk_forward_is_not_compared_by_one_of_its_cells(resources):
    publish(resources, SPEC, 3, protocol="walk_forward")
    look(resources, "plain", 1, noise(1))
    look(resources, "walk", 3, noise(2))
    with pytest.raises(ConfigError, match="walk is a walk-forward"):
        compare(resources, ["plain", "walk"])


def test_the_look_that_was_voted_on_stands_for_an_experiment(resources):
    """Not a seed that an A/B test replayed later, and no later backtest of the same model."""
    look(resources, "plain", 1, noise(1))
    look(resources, "plain", 1, noise(1)[:40])
    look(resources, "plain", 2, noise(2))
    with reading(resources.engine) as connection:
        looked = trials.every(connection)
    yearly = sessions_per_year(DAYS[0].item(), DAYS[-1].item())
    sharpe = sharpe_per_session(noise(1)) * math.sqrt(yearly)
    vote = SimpleNamespace(
        experiment_name="plain", model_id="random-s1", created_at=NOON, recommendation="REVIEW",
        status="PENDING_APPROVAL",
        metrics={"sharpe_ratio": sharpe, "sessions": 80, "periods_per_year": yearly},
    )  # fmt: skip
    assert representative("plain", looked, []).model_id == "random-s2"
    assert representative("plain", looked, [vote]).sessions == 80
    assert representative("other", looked, [vote]) is None
    run = newest_run("plain", looked, [vote])
    assert (run.model_id, run.vote) == ("random-s1", "REVIEW")
    assert run.sharpe_ratio == pytest.approx(sharpe)


def test_a_model_that_never_traded_is_found_by_its_sessions(resources):
    look(resources, "plain", 1, np.zeros(40))
    look(resources, "plain", 1, np.zeros(80))
    with reading(resources.engine) as connection:
        looked = trials.every(connection)
    vote = SimpleNamespace(
        experiment_name="plain", model_id="random-s1", created_at=NOON,
        metrics={"sharpe_ratio": None, "sessions": 80, "periods_per_year": 240.0},
    )  # fmt: skip
    assert representative("plain", looked, [vote]).sessions == 80


def test_terminal_and_page_show_the_same(resources, tmp_path, monkeypatch):
    look(resources, "plain", 1, noise(1))
    look(resources, "far", 2, noise(2))
    found = compare(resources, ["plain", "far"])
    found = replace(found, notices=("<script>alert(1)</script>",))
    write_report(found, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    monkeypatch.setattr(console.out, "width", 140)
    with console.out.capture() as captured:
        render_experiments.comparison(found, None)
    difference = f"{found.contestants[1].against_first.difference:.2f}".replace("-", "−")
    for text in (captured.get(), page):
        assert "training.gamma" in text
        assert "0.999" in text
        assert difference in text
        assert f"{100 * found.overfitting.probability:.0f} % probability" in text
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
