"""Verification finds each single manipulation, and names what it was done to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.dataset.forgery import edit, forge, reseal
from tests.unit.dataset.market import build

from cambio.dataset.manifest import folder_name, read_manifest
from cambio.dataset.verify import verify
from cambio.errors import ContractMismatch, DataQualityError

FILES = ("train.parquet", "val.parquet", "test.parquet", "norm_stats.json", "manifest.json")
ESCAPE = "\x1b[2J"
"""Clears a terminal."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return Path(build(tmp_path_factory.mktemp("datasets"), code_version="1").dataset_path)


@pytest.fixture
def folder(sound, tmp_path) -> Path:
    """A dataset of one's own to spoil."""
    return Path(shutil.copytree(sound, tmp_path / sound.name))


def failed(folder: Path) -> set[str]:
    return {finding.subject for finding in verify(folder).failed}


def test_what_was_built_passes(sound):
    found = verify(sound)
    assert (found.passed, found.failed) == (True, [])
    assert found.require() is None


def test_every_hash_is_recomputed(sound):
    subjects = {finding.subject for finding in verify(sound).findings}
    of_files = {f"{kind} of {name}" for kind in ("MD5", "SHA-256") for name in FILES[:4]}
    own = {"manifest hash", "folder name", "dataset hash", "norm stats hash"}
    assert subjects >= of_files | own | {"feature order hash", "feature spec hash"}


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataQualityError, match=rf"{name}.* missing"):
        verify(folder).require()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("keep", [0, 50, -9])
def test_a_file_that_breaks_off_is_named(folder, name, keep):
    path = folder / name
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataQualityError, match=rf"{name}.* damaged"):
        verify(folder).require()


@pytest.mark.parametrize("name", FILES[:3])
@pytest.mark.parametrize("part", range(6))
def test_a_flipped_byte_is_found_wherever_it_lies(folder, name, part):
    path = folder / name
    content = bytearray(path.read_bytes())
    content[part * (len(content) - 1) // 5] ^= 0x55
    path.write_bytes(content)
    assert failed(folder) >= {f"MD5 of {name}", f"SHA-256 of {name}", "dataset hash"}


def test_every_finding_is_listed_at_once(folder):
    (folder / "val.parquet").write_bytes(b"no parquet")
    (folder / "test.parquet").unlink()
    edit(folder, lambda manifest: manifest.update(feature_order_hash="beef"))
    assert failed(folder) >= {"val.parquet", "test.parquet", "feature order hash"}


def test_a_file_that_cannot_be_read_outweighs_a_hash(folder):
    (folder / "val.parquet").write_bytes(b"no parquet")
    edit(folder, lambda manifest: manifest.update(feature_order_hash="beef"))
    with pytest.raises(DataQualityError):
        verify(folder).require()


HASHES = {
    "source_data_hash": "folder name",
    "code_version": "folder name",
    "rates": "folder name",
    "configuration": "folder name",
    "feature_spec_hash": "feature spec hash",
    "feature_order_hash": "feature order hash",
    "dataset_hash": "dataset hash",
    "norm_stats_hash": "norm stats hash",
}


@pytest.mark.parametrize(("key", "subject"), HASHES.items())
def test_a_manifest_that_says_otherwise_is_found_even_if_it_was_sealed_anew(folder, key, subject):
    other = {"x": 1} if key in {"rates", "configuration"} else "beef"
    edit(folder, lambda manifest: manifest.update({key: other}))
    assert subject in failed(folder)
    with pytest.raises(ContractMismatch):
        verify(folder).require()


@pytest.mark.parametrize("name", FILES[:4])
@pytest.mark.parametrize(
    ("key", "subject"), [("md5", "MD5"), ("sha256", "SHA-256"), ("size_bytes", "size")]
)
def test_a_record_that_is_not_the_files_is_found(folder, name, key, subject):
    edit(folder, lambda m: m["files"][name].update({key: 7 if key == "size_bytes" else "beef"}))
    assert failed(folder) == {f"{subject} of {name}"}


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(bar_range_reason="a whim"),
        lambda m: m.update(experiment_name="another"),
        lambda m: m["incomplete_sessions"].update(count=0),
        lambda m: m["left_out"].update(incomplete_rows=0),
        lambda m: m.update(manifest_hash="beef"),
    ],
)
def test_any_other_change_of_the_manifest_breaks_its_seal(folder, change):
    edit(folder, change, sealed=False)
    assert failed(folder) == {"manifest hash"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda m: m.pop("dataset_hash"), "dataset_hash"),
        (lambda m: m["files"]["val.parquet"].update(rows="60"), "rows"),
        (lambda m: m["files"].pop("val.parquet"), "val.parquet"),
        (lambda m: m["files"].update({"../../x": m["files"]["val.parquet"]}), "nothing else"),
        (lambda m: m["ranges"].pop("test"), "ranges"),
        (lambda m: m["ranges"].update(test=["2024-06-31", "2024-07-01"]), "ranges"),
        (lambda m: m["feature_spec"].update(zscore_window="60"), "zscore_window"),
        (lambda m: m.update(surprise=1), "surprise"),
    ],
)
def test_a_damaged_manifest_is_told_by_its_field(folder, change, named):
    edit(folder, change)
    with pytest.raises(DataQualityError, match=rf"manifest.json is damaged: .*{named}"):
        read_manifest(folder)
    assert "manifest.json" in failed(folder)


@pytest.mark.parametrize("text", ["", "[]", "null", '"text"', "{", "{}", "\x00", "[" * 100_000])
def test_what_is_no_manifest_is_said_to_be_damaged(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(DataQualityError, match=r"manifest.json is damaged"):
        verify(folder).require()


def test_a_manifest_of_another_version_is_refused(folder):
    edit(folder, lambda manifest: manifest.update(version="1.0.0"))
    with pytest.raises(ContractMismatch, match=r"2\.0\.0 .* != 1\.0\.0"):
        verify(folder).require()


def test_another_folder_name_is_found(folder):
    assert failed(folder.rename(folder.with_name("renamed"))) == {"folder name"}


def test_swapped_splits_are_found_even_if_everything_fits(folder):
    val, test = (pl.read_parquet(folder / f"{name}.parquet") for name in ("val", "test"))
    forge(folder, "val", lambda _: test)
    forge(folder, "test", lambda _: val)
    assert {"range of val", "range of test", "val before test"} <= failed(folder)


def first_row(**values: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Set columns of the first row."""
    return lambda rows: rows.with_columns(
        pl.when(pl.int_range(pl.len()) == 0)
        .then(pl.lit(value, rows.schema[name]))
        .otherwise(name)
        .alias(name)
        for name, value in values.items()
    )


SPOILT = {
    "nan": ("train", first_row(rsi_9=float("nan")), "values of train"),
    "infinity": ("test", first_row(vix_z=float("inf")), "values of test"),
    "null": ("val", first_row(close=None), "values of val"),
    "constant": (
        "train",
        lambda rows: rows.with_columns(vix_z=1.0),
        "no constant feature in train",
    ),
    "a value": ("train", first_row(rsi_9=50.125), "statistics of train"),
    "reversed": ("val", lambda rows: rows.reverse(), "times of val"),
    "repeated": ("val", lambda rows: pl.concat([rows[:1], rows]), "times of val"),
    "another day": ("val", first_row(session=date(2024, 5, 3)), "sessions of val"),
    "infinite rate": ("val", first_row(rate_differential_pct=float("inf")), "values of val"),
    "a rate that is null": ("val", first_row(rate_differential_pct=None), "values of val"),
    "overflow": ("train", first_row(rsi_9=1e308), "statistics of train"),
    "no rate": ("val", first_row(rate_differential_pct=float("nan")), "rows of val without a rate"),
    "no rows": ("test", lambda rows: rows[:0], "range of test"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_rows_that_are_unfit_are_found_even_if_every_hash_fits(folder, spoilt):
    split, change, subject = SPOILT[spoilt]
    forge(folder, split, change)
    assert subject in failed(folder)


def test_unfit_values_alone_are_the_datas_fault(folder):
    forge(folder, "test", first_row(vix_z=float("inf")))
    with pytest.raises(DataQualityError, match="vix_z"):
        verify(folder).require()


def test_other_columns_are_named(folder):
    forge(folder, "val", lambda rows: rows.drop("vix_z"))
    with pytest.raises(DataQualityError, match=r"val.parquet has other columns .* vix_z"):
        verify(folder).require()


def test_the_number_of_rows_is_counted(folder):
    edit(folder, lambda manifest: manifest["files"]["val.parquet"].update(rows=1))
    assert failed(folder) == {"rows of val"}


def test_rows_of_the_embargo_are_found(folder):
    """A row of the session that the manifest says was held back."""
    last = pl.col("time") == pl.col("time").max()
    later = {
        "time": pl.col("time").dt.offset_by("1d"),
        "session": pl.col("session").dt.offset_by("1d"),
    }
    forge(folder, "train", lambda r: pl.concat([r, r.filter(last).with_columns(**later)]))
    assert "embargo after train" in failed(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["left_out"]["embargoed_rows"].update(val=47),
        lambda m: m["left_out"]["embargoed_rows"].pop("val"),
        lambda m: m["embargoed_sessions"].update(val=[]),
        lambda m: m["embargoed_sessions"].update(val=["2024-06-03"]),
    ],
)
def test_an_embargo_that_does_not_hold_is_found(folder, change):
    edit(folder, change)
    assert failed(folder) == {"embargo after val"}


def test_the_folders_name_is_the_hash_of_the_inputs(sound):
    manifest = json.loads((sound / "manifest.json").read_text())
    inputs = (
        *("source_data_hash", "feature_spec_hash", "rates", "ranges"),
        *("configuration", "code_version"),
    )
    assert folder_name({key: manifest[key] for key in inputs}) == sound.name


def test_the_findings_are_plain_json(folder):
    (folder / "val.parquet").unlink()
    found = json.loads(json.dumps(verify(folder).to_dict()))
    assert found["passed"] is False
    assert {"subject", "passed", "detail", "kind"} == set(found["findings"][0])


@pytest.mark.parametrize("bars", [0, 47, True])
def test_an_embargo_within_the_look_back_is_found(folder, bars):
    edit(folder, lambda manifest: manifest["configuration"].update(embargo_bars=bars))
    assert {"embargo after train", "embargo after val"} <= failed(folder)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999"])
def test_statistics_that_are_not_finite_are_damaged(folder, value):
    path = folder / "norm_stats.json"
    path.write_text(path.read_text().replace('"std": 1.0', f'"std": {value}', 1))
    reseal(folder)
    with pytest.raises(DataQualityError, match=r"norm_stats.json is damaged"):
        verify(folder).require()


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(bar_range_reason=ESCAPE),
        lambda m: m.update({ESCAPE: 1}),
        lambda m: m.update(version=ESCAPE),
        lambda m: m["files"].update({ESCAPE: m["files"]["val.parquet"]}),
        lambda m: m["configuration"].update(x=[float("nan")]),
    ],
)
def test_a_manifest_that_cannot_be_shown_is_damaged(folder, change):
    edit(folder, change, sealed=False)
    with pytest.raises(DataQualityError, match=r"manifest.json is damaged") as caught:
        verify(folder).require()
    assert str(caught.value).isprintable()


def test_what_a_file_says_is_shown_without_control_characters(folder):
    forge(folder, "val", lambda rows: rows.rename({"vix_z": ESCAPE}))
    document = json.loads((folder / "norm_stats.json").read_text())
    document["features"][ESCAPE] = {}
    (folder / "norm_stats.json").write_text(json.dumps(document))
    found = [finding.detail for finding in verify(folder).findings]
    assert [text for text in found if not text.isprintable()] == []
