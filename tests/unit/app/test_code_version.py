"""Which code made a dataset: every file it depends on counts, and nothing of the machine does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cambio.app import code_version
from cambio.app.code_version import PACKAGE, dataset_code_version


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A copy of the source."""
    kept = shutil.ignore_patterns("__pycache__", "*.html", "*.css", "*.js")
    copied = tmp_path_factory.mktemp("source") / "cambio"
    return Path(shutil.copytree(PACKAGE, copied, ignore=kept))


def changed(package: Path, name: str) -> bool:
    """Tell whether a change in one file gives another version."""
    path, before = package / name, dataset_code_version(package)
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    try:
        return dataset_code_version(package) != before
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize(
    "name",
    [
        *("calendar.py", "contracts/features.py", "contracts/market.py"),
        *("features/kernels.py", "features/macro.py", "trading/costs.py"),
        *("dataset/build.py", "dataset/splits.py", "dataset/normalization.py"),
    ],
)
def test_a_change_in_what_makes_a_dataset_gives_another_version(package, name):
    assert changed(package, name)


def test_a_change_elsewhere_gives_the_same_version(package):
    assert not changed(package, "cli/dataset.py")


def test_the_folder_it_is_installed_in_does_not_matter(package):
    assert dataset_code_version(package) == dataset_code_version()


STRICT = """
import warnings
warnings.filterwarnings("error", category=EncodingWarning, module="cambio")
from cambio.app import code_version
print(code_version.code_version(), code_version.dataset_code_version())
"""


def test_the_locale_does_not_matter():
    """Files are hashed as bytes: an installation without UTF-8 gives the same version."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    told = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", STRICT],
        env={**os.environ, **plain},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [code_version.code_version(), dataset_code_version()]
