"""The same inputs give the same bytes; a folder appears whole or not at all."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.unit.dataset.forgery import edit, forge, reseal
from tests.unit.dataset.market import build, history

from cambio.contracts.market import MarketHistory
from cambio.dataset.quality import QualityThresholds
from cambio.errors import DataQualityError

ROOT = Path(__file__).parents[3]


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@contextmanager
def full_disk(after_bytes: int) -> Iterator[None]:
    """No file may grow beyond `after_bytes`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> dict[str, bytes]:
    root = tmp_path_factory.mktemp("expected")
    build(root)
    return content(root)


def test_a_dataset_is_five_files(expected):
    names = {Path(name).name for name in expected}
    assert names == {
        *("train.parquet", "val.parquet", "test.parquet"),
        *("norm_stats.json", "manifest.json"),
    }


def test_the_same_inputs_give_the_same_bytes(expected, tmp_path):
    build(tmp_path)
    assert content(tmp_path) == expected


def test_building_again_in_place_changes_nothing(expected, tmp_path):
    build(tmp_path)
    build(tmp_path)
    assert content(tmp_path) == expected


def test_the_layout_in_memory_does_not_matter(expected, tmp_path):
    bars = history().bars
    pieces = [bars[i : i + 37] for i in range(0, bars.height, 37)]
    shuffled = history().macro.sample(fraction=1.0, shuffle=True, seed=1)
    build(tmp_path, MarketHistory(pl.concat(pieces, rechunk=False), shuffled))
    assert content(tmp_path) == expected


ENVIRONMENTS = (
    {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1", "POLARS_MAX_THREADS": "1"}
    | dict.fromkeys(("PYTHONUTF8", "PYTHONCOERCECLOCALE"), "0"),
    {"TZ": "America/New_York", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}
    | dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "3"),
)


@pytest.fixture(scope="module")
def built_twice_at_once(tmp_path_factory) -> Path:
    """A folder into which two processes in different environments built at the same time."""
    root = tmp_path_factory.mktemp("shared")
    code = "import sys, pathlib; from tests.unit.dataset.market import build; "
    code += "build(pathlib.Path(sys.argv[1]))"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(root)],
            cwd=tmp_path_factory.mktemp("elsewhere"),
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )
        for environment in ENVIRONMENTS
    ]
    assert [process.wait() for process in running] == [0, 0]
    return root


def test_zone_locale_threads_hash_seed_and_folder_do_not_matter(built_twice_at_once, expected):
    assert content(built_twice_at_once) == expected


def test_two_that_build_at_once_leave_one_dataset_and_nothing_else(built_twice_at_once):
    assert [path.name for path in built_twice_at_once.iterdir()] == ["small"]


def test_a_sound_folder_is_left_untouched(tmp_path):
    folder = Path(build(tmp_path).dataset_path)
    before = [path.stat().st_ino for path in sorted(folder.iterdir())]
    build(tmp_path)
    assert [path.stat().st_ino for path in sorted(folder.iterdir())] == before


def test_a_folder_that_is_found_again_counts_as_the_newest(tmp_path):
    manifest = Path(build(tmp_path).manifest_path)
    os.utime(manifest, (1_000, 1_000))
    build(tmp_path)
    assert manifest.stat().st_mtime > 1_000


@pytest.mark.parametrize("name", ["val.parquet", "norm_stats.json", "manifest.json"])
def test_a_damaged_folder_is_mended(expected, tmp_path, name):
    path = Path(build(tmp_path).dataset_path) / name
    path.write_bytes(path.read_bytes()[:100])
    build(tmp_path)
    assert content(tmp_path) == expected


def test_a_file_that_is_gone_comes_back(expected, tmp_path):
    (Path(build(tmp_path).dataset_path) / "train.parquet").unlink()
    build(tmp_path)
    assert content(tmp_path) == expected


@pytest.mark.parametrize("name", ["norm_stats.json", "manifest.json"])
def test_what_is_json_only_to_some_is_mended(expected, tmp_path, name):
    """NaN is no JSON, and what is nested without end cannot be parsed."""
    path = Path(build(tmp_path).dataset_path) / name
    text = path.read_text()
    changed = text.replace('"std": 1.0', '"std": NaN', 1) if name == "norm_stats.json" else ""
    path.write_text(changed or "[" * 100_000)
    build(tmp_path)
    assert content(tmp_path) == expected


@pytest.mark.parametrize("what", ["rows", "manifest"])
def test_a_forgery_in_which_everything_fits_is_mended(tmp_path, what):
    folder = Path(build(tmp_path, code_version="1").dataset_path)
    before = content(tmp_path)
    if what == "rows":
        forge(folder, "val", lambda rows: rows.with_columns(close=pl.col("close") * 2))
    else:
        edit(folder, lambda manifest: manifest.update(bar_range_reason="a whim"))
    build(tmp_path, code_version="1")
    assert content(tmp_path) == before


def test_other_bytes_of_the_same_values_may_stay(tmp_path):
    """As another version of the Parquet library writes them; models name their hash."""
    folder = Path(build(tmp_path, code_version="1").dataset_path)
    rows = pl.read_parquet(folder / "val.parquet")
    rows.write_parquet(folder / "val.parquet", compression="snappy")
    reseal(folder)
    before = content(tmp_path)
    build(tmp_path, code_version="1")
    assert content(tmp_path) == before


def test_another_market_gets_another_folder(tmp_path):
    first = build(tmp_path)
    second = build(tmp_path, MarketHistory(history().bars[:-1], history().macro))
    assert first.dataset_path != second.dataset_path
    assert Path(first.manifest_path).exists()


def strict() -> QualityThresholds:
    return QualityThresholds(min_training_years=2.0)


def test_a_refused_dataset_leaves_nothing(tmp_path):
    with pytest.raises(DataQualityError, match="Too few complete training rows"):
        build(tmp_path / "datasets", quality=strict())
    assert list(tmp_path.rglob("*")) == []


def test_a_constant_feature_leaves_nothing(tmp_path):
    fixed = {"COL10Y": 9.6, "UST10Y": 4.3}
    rate = pl.col("series").replace_strict(fixed, default=None, return_dtype=pl.Float64)
    constant = history().macro.with_columns(value=pl.coalesce(rate, "value"))
    with pytest.raises(DataQualityError, match=r"Constant .* rate_spread"):
        build(tmp_path / "datasets", MarketHistory(history().bars, constant))
    assert list(tmp_path.rglob("*")) == []


def test_a_disk_that_fills_up_leaves_no_half_dataset(tmp_path, expected):
    """train.parquet is the largest file: writing stops in the middle of it."""
    with full_disk(after_bytes=100_000), pytest.raises(OSError, match="too large"):
        build(tmp_path)
    assert content(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_failed_rebuild_leaves_the_older_build_as_it_was(tmp_path, expected):
    build(tmp_path)
    with full_disk(after_bytes=100_000), pytest.raises(OSError, match="too large"):
        build(tmp_path)
    assert content(tmp_path) == expected


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(tmp_path):
    (tmp_path / "small").write_text("a file where the experiment's folder should be")
    with pytest.raises(FileExistsError):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_a_dataset_can_be_read_by_others_than_its_builder(tmp_path):
    """L3 and the reports may run under another account."""
    umask = os.umask(0o022)
    try:
        folder = Path(build(tmp_path).dataset_path)
    finally:
        os.umask(umask)
    assert folder.stat().st_mode & 0o777 == 0o755


def test_the_newest_session_of_an_unfinished_day_counts(tmp_path):
    """The frozen end is the newest bar's session, whole or not."""
    bars = history().bars
    local = pl.col("time").dt.convert_time_zone("America/Bogota").dt.date()
    early = bars.filter(local < date(2024, 6, 20))
    started = pl.concat([early, bars.filter(local == date(2024, 6, 20)).head(3)])
    found = build(tmp_path, MarketHistory(started, history().macro))
    test = pl.read_parquet(Path(found.dataset_path) / "test.parquet")
    assert test["session"].max() == date(2024, 6, 20)
