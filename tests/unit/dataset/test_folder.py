"""A folder appears whole, is never missing afterwards, and is mended file by file."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cambio.dataset.folder import mend, publish, read_split, same_files
from cambio.errors import DataQualityError

FILES = {"train.parquet": b"t" * 5000, "manifest.json": b"m" * 100}


def staged(root: Path, name: str) -> Path:
    folder = root / name
    folder.mkdir()
    for file, content in FILES.items():
        (folder / file).write_bytes(content)
    return folder


def test_of_two_that_publish_one_wins(tmp_path):
    folder = tmp_path / "published" / "beef"
    assert publish(staged(tmp_path, "first"), folder)
    assert not publish(staged(tmp_path, "second"), folder)
    assert same_files(tmp_path / "second", folder)


def test_many_that_publish_at_once_leave_one_whole_folder(tmp_path):
    folder, start = tmp_path / "published" / "beef", threading.Barrier(8)
    copies = [staged(tmp_path, f"copy-{n}") for n in range(8)]

    def run(copy: Path) -> bool:
        start.wait()
        return publish(copy, folder)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, copies)) == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


def test_a_reader_finds_a_whole_folder_while_many_mend_it(tmp_path):
    folder = staged(tmp_path, "folder")
    done, missed = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            missed.extend(n for n, c in FILES.items() if (folder / n).read_bytes() != c)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            copies = [staged(tmp_path, f"copy-{n}") for n in range(40)]
            list(pool.map(lambda copy: mend(copy, folder), copies))
    finally:
        done.set()
        reader.join()
    assert missed == []


@pytest.mark.parametrize("change", ["gone", "other", "folder"])
def test_files_that_differ_are_told_apart(tmp_path, change):
    mine, theirs = staged(tmp_path, "mine"), staged(tmp_path, "theirs")
    assert same_files(mine, theirs)
    path = theirs / "train.parquet"
    path.unlink()
    if change == "other":
        path.write_bytes(b"x" * 5000)
    if change == "folder":
        path.mkdir()
    assert not same_files(mine, theirs)


def test_other_files_beside_them_are_left_alone(tmp_path):
    mine, theirs = staged(tmp_path, "mine"), staged(tmp_path, "theirs")
    (theirs / "card.html").write_text("a card")
    assert same_files(mine, theirs)
    mend(mine, theirs)
    assert (theirs / "card.html").exists()


def test_a_folder_in_a_files_place_is_told(tmp_path):
    (tmp_path / "val.parquet").mkdir()
    with pytest.raises(DataQualityError, match=r"val\.parquet is damaged: .*[Dd]irectory"):
        read_split(tmp_path, "val")


def test_mending_writes_the_manifest_last(tmp_path):
    """Where a file cannot be replaced, the old manifest still says that the folder is damaged."""
    mine, theirs = staged(tmp_path, "mine"), staged(tmp_path, "theirs")
    (theirs / "manifest.json").write_text("old")
    (theirs / "train.parquet").unlink()
    (theirs / "train.parquet").mkdir()
    with pytest.raises(IsADirectoryError):
        mend(mine, theirs)
    assert (theirs / "manifest.json").read_text() == "old"
