"""A folder appears whole, is never missing afterwards, and is mended file by file."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cambio.files import publish_folder

FILES = {"policy.onnx": b"p" * 5000, "metrics/reward.csv": b"r" * 100, "metadata.json": b"m" * 100}


def publish(folder: Path, **changed: bytes) -> Path:
    return publish_folder(folder, {**FILES, **changed}, last="metadata.json")


def content(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_folder_appears_with_all_its_files(tmp_path):
    assert content(publish(tmp_path / "m")) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def damaged(folder: Path) -> None:
    (folder / "policy.onnx").write_bytes(b"damaged")
    (folder / "metrics" / "reward.csv").unlink()
    (folder / "metrics").rmdir()


def test_a_damaged_folder_is_mended(tmp_path):
    damaged(publish(tmp_path / "m"))
    assert content(publish(tmp_path / "m")) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_files_that_are_right_are_left_alone(tmp_path):
    folder = publish(tmp_path / "m")
    before = {name: (folder / name).stat().st_ino for name in FILES}
    publish(folder, **{"metadata.json": b"another run"})
    after = {name: (folder / name).stat().st_ino for name in FILES}
    assert [name for name in FILES if after[name] != before[name]] == ["metadata.json"]


def test_what_tells_of_the_folder_is_replaced_last(tmp_path):
    """A stop halfway leaves a folder that does not claim to be mended."""
    folder = publish(tmp_path / "m")
    (folder / "policy.onnx").unlink()
    (folder / "policy.onnx").mkdir()  # nothing can be put in its place
    with pytest.raises(OSError, match=r"policy\.onnx"):
        publish(folder, **{"metadata.json": b"another run"})
    assert (folder / "metadata.json").read_bytes() == FILES["metadata.json"]


def test_a_reader_finds_a_whole_folder_while_many_publish_it(tmp_path):
    folder = publish(tmp_path / "m")
    done, missed = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            missed.extend(n for n in FILES if len((folder / n).read_bytes()) != len(FILES[n]))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            other = ({"policy.onnx": bytes([65 + n % 26]) * 5000} for n in range(40))
            list(pool.map(lambda changed: publish(folder, **changed), other))
    finally:
        done.set()
        reader.join()
    assert missed == []
