"""Datasets from the database: built, found again, described, verified."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.unit.app.macro_product import Silent
from tests.unit.dataset.market import history, ranges

from cambio import cli
from cambio.app import dataset_page, datasets
from cambio.app.code_version import dataset_code_version
from cambio.app.experiment_config import ExperimentConfig, load
from cambio.app.resources import Resources
from cambio.cli.session import OPENED
from cambio.dataset.verify import verify
from cambio.errors import ConfigError, DataQualityError, NotFound, SourceError
from cambio.settings import load_settings
from cambio.store import bars, macro, quarantine
from cambio.store.database import transaction
from cambio.wiring import connect

NOW = datetime(2024, 7, 1, tzinfo=UTC)
SMALL = {
    "features.zscore_window": 60,
    "quality.min_training_years": 0.2,
    "quality.min_coverage": 0.5,
    **{f"date_ranges.{k}": v for k, v in ranges().model_dump(mode="json").items()},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The small market in a database, and one build of it with its card."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAMBIO_TRACKING_URI", "")
        resources = connect(load_settings(home), Silent())
    with transaction(resources.engine) as connection:
        bars.store(connection, history().bars, NOW)
        macro.store(connection, history().macro, NOW)
        row = {"kind": "macro", "key": "VIX 2024-02-01 99", "reason": "level_shift"}
        told = {"detail": "a jump", "payload": {}, "source_file": "vendor.csv"}
        quarantine.store(connection, [row | told], NOW)
    made = datasets.build(resources, config())
    dataset_page.write_card(resources, datasets.describe(Path(made.dataset_path)))
    resources.engine.dispose()
    return home


@pytest.fixture
def product(home, monkeypatch) -> Iterator[Resources]:
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    resources = connect(load_settings(home), Silent())
    yield resources
    resources.engine.dispose()


def config(**overrides) -> ExperimentConfig:
    settings = load_settings(Path("unused"))
    return load(settings.config_folder, "demo_ppo_v1", settings.ssot(), {**SMALL, **overrides})


@pytest.fixture
def folder(product) -> Path:
    return datasets.find(product, "demo_ppo_v1")[0]


def test_a_dataset_names_the_code_that_built_it(folder):
    (found,) = datasets.builds([folder])
    assert found.manifest.code_version == dataset_code_version()


def test_what_was_built_passes_with_its_card_beside_it(folder):
    assert (folder / "card.html").exists()
    assert verify(folder).passed


def test_building_again_finds_what_stands_there(product, folder):
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    assert Path(datasets.build(product, config(), history()).dataset_path) == folder
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == before


def test_a_folder_that_cannot_be_written_is_told(product, tmp_path):
    (tmp_path / "datasets").write_text("a file where the folder should be")
    elsewhere = replace(product, home=tmp_path)
    with pytest.raises(SourceError, match="can't be written"):
        datasets.build(elsewhere, config(), history())


def test_builds_are_listed_newest_first(product, tmp_path):
    for name, age in (("a", 1_000), ("b", 2_000)):
        manifest = tmp_path / "datasets" / "x" / name / "manifest.json"
        manifest.parent.mkdir(parents=True)
        manifest.write_text("{}")
        os.utime(manifest, (age, age))
    found = datasets.find(replace(product, home=tmp_path), "x")
    assert [path.name for path in found] == ["b", "a"]


def test_a_build_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    (found,) = datasets.builds([tmp_path])
    assert (found.manifest, "damaged" in found.problem) == (None, True)


def test_a_folder_is_found_by_its_path(product, folder):
    assert datasets.find(product, str(folder)) == [folder]


def test_what_does_not_exist_is_told_with_what_does(product, folder):
    with pytest.raises(NotFound, match="demo_ppo_v1"):
        datasets.find(product, "nothing")


@pytest.mark.parametrize("where", ["", ".", "..", "../..", "x" * 300, "empty"])
def test_what_names_no_dataset_is_not_found(product, tmp_path, monkeypatch, where):
    (tmp_path / "datasets" / "empty").mkdir(parents=True)
    (tmp_path / "datasets" / "x" / "a").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match="No dataset of"):
        datasets.find(replace(product, home=tmp_path), where)


def test_a_damaged_dataset_is_found_by_its_path(product, tmp_path):
    (tmp_path / "val.parquet").write_bytes(b"no parquet")
    assert datasets.find(product, str(tmp_path)) == [tmp_path]


def test_a_walk_forward_has_no_dataset_of_its_own(product):
    settings = load_settings(Path("unused"))
    walk = load(settings.config_folder, "walk_forward_v1", settings.ssot(), {})
    with pytest.raises(ConfigError, match="cambio experiment run walk_forward_v1"):
        datasets.build(product, walk)


def test_a_rate_that_nobody_fetches_is_refused_before_anything_is_built(product):
    """Every night would cost the fallback; `ab run` and `train run` build datasets, too."""
    unknown = config(**{"costs.local_rate_series": "NOWHERE"})
    with pytest.raises(ConfigError, match="NOWHERE is no series of the catalogue"):
        datasets.build(product, unknown)


def test_splits_are_described_by_hand_countable_figures(folder):
    train, val, test = datasets.describe(folder).splits
    assert [train.split, val.split, test.split] == ["train", "val", "test"]
    assert (val.first, val.last, val.embargoed) == (
        *(date(2024, 5, 2), date(2024, 5, 30)),
        (date(2024, 5, 31),),
    )
    # May 2024 has 23 weekdays; the 1st, 13th and 27th are holidays, the 31st is embargoed.
    assert (val.sessions, val.rows) == (19, 19 * 60)
    assert val.coverage == pytest.approx(19 / 20)


def test_drift_is_that_of_the_rows(folder):
    found = datasets.describe(folder)
    drift = next(d for d in found.drift if (d.feature, d.split) == ("vix_z", "test"))
    train, test = (found.rows[name]["vix_z"].to_numpy() for name in ("train", "test"))
    assert drift.mean_shift == pytest.approx((test.mean() - train.mean()) / train.std(ddof=1))
    assert drift.std_ratio == pytest.approx(test.std(ddof=1) / train.std(ddof=1))
    points = np.concatenate([train, test])
    gaps = [abs((train <= x).mean() - (test <= x).mean()) for x in np.unique(points)]
    assert drift.ks == pytest.approx(max(gaps))


def test_a_damaged_split_is_told_by_its_file(folder, tmp_path):
    copied = Path(shutil.copytree(folder, tmp_path / folder.name))
    (copied / "val.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataQualityError, match=r"val\.parquet is damaged"):
        datasets.describe(copied)


def test_the_card_tells_splits_drift_quarantine_and_hashes(product, folder):
    page = (folder / "card.html").read_text()
    manifest = json.loads((folder / "manifest.json").read_text())
    for told in (
        "Dataset of demo_ppo_v1",
        "Embargo after training",
        "EMBI: stale",
        "level_shift",
        manifest["dataset_hash"],
        manifest["source_data_hash"],
        manifest["code_version"],
        "No p-value is given",
    ):
        assert told in page


def test_a_card_without_quarantine_says_so(folder):
    card = dataset_page.card(datasets.describe(folder), [])
    assert card.quarantine is None


def test_rows_of_each_session_are_counted(folder):
    found = datasets.describe(folder)
    drawn = dataset_page.card(found, []).coverage
    at = drawn.days.tolist().index(date(2024, 5, 2))
    assert (drawn.rows[at], drawn.split[at]) == (60, "val")
    assert drawn.rows.sum() == sum(frame.height for frame in found.rows.values())


def command(monkeypatch, home: Path, *arguments: str) -> int:
    """Run the command line in this process; give its exit code."""
    monkeypatch.setenv("CAMBIO_HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["cambio", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    OPENED.close()
    return int(stop.value.code or 0)


def test_verify_lists_every_finding_and_ends_well(monkeypatch, capsys, home, folder):
    assert command(monkeypatch, home, "dataset", "verify", str(folder)) == 0
    out = capsys.readouterr().out
    assert "✓ SHA-256 of train.parquet" in out
    assert "✗" not in out


@pytest.mark.parametrize(("damage", "code"), [("cut", 5), ("byte", 6)])
def test_verify_tells_what_is_wrong_by_its_exit_code(
    monkeypatch, capsys, home, folder, tmp_path, damage, code
):
    copied = Path(shutil.copytree(folder, tmp_path / folder.name))
    stats = copied / "norm_stats.json"
    text = stats.read_text()
    stats.write_text(text[:50] if damage == "cut" else text.replace("0", "1", 1))
    assert command(monkeypatch, home, "dataset", "verify", str(copied), "--json") == code
    told = capsys.readouterr()
    assert json.loads(told.out)["passed"] is False
    assert "norm_stats.json" in told.err


def test_show_lists_builds_and_describes_the_newest(monkeypatch, capsys, home, folder):
    assert command(monkeypatch, home, "dataset", "show", "demo_ppo_v1", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [Path(each["path"]) for each in told["builds"]] == [folder]
    assert told["newest"]["splits"][1]["rows"] == 19 * 60
    assert len(told["newest"]["drift"]) == 26


def test_build_prints_rows_hashes_and_the_card(monkeypatch, capsys, home, folder):
    told = [f"--set={key}={json.dumps(value)}" for key, value in SMALL.items()]
    assert command(monkeypatch, home, "dataset", "build", "demo_ppo_v1", *told) == 0
    out = capsys.readouterr().out
    assert "1,140" in out
    assert json.loads((folder / "manifest.json").read_text())["dataset_hash"] in out


def test_a_refused_dataset_tells_every_reason(product):
    strict = config(**{"quality.min_training_years": 2.0})
    flat = history().macro.with_columns(value=pl.lit(1.0))
    with pytest.raises(DataQualityError, match="Too few complete training rows"):
        datasets.build(product, strict, type(history())(history().bars, flat))
