"""Compiled code that is kept on disk must be the code that stands in the source."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from numba.core.dispatcher import Dispatcher

import cambio
from cambio.features import kernels, macro
from cambio.trading import ledger, observation
from cambio.training import reward, vectorized

MODULES = (kernels, macro, ledger, observation, reward, vectorized)
PACKAGE = Path(cambio.__file__).parent


def compiled(module: ModuleType) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if isinstance(value, Dispatcher)}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_kernel_is_kept_in_the_folder_of_this_source(module):
    folder = kernels.cache_folder(PACKAGE)
    assert compiled(module)
    for name, kernel in compiled(module).items():
        assert Path(kernel._cache.cache_path).is_relative_to(folder), name


@pytest.mark.parametrize(
    "changed", ["trading/ledger.py", "training/reward.py", "contracts/features.py", "calendar.py"]
)
def test_a_change_of_any_kernels_file_leaves_the_compiled_code_of_before(tmp_path, changed):
    """Numba by itself renews only the kernels of the file that changed, not their callers."""
    root = tmp_path / "cambio"
    shutil.copytree(PACKAGE, root, ignore=shutil.ignore_patterns("__pycache__"))
    before = kernels.cache_folder(root)
    path = root / changed
    path.write_text(path.read_text() + "# changed\n")
    assert kernels.cache_folder(root) != before


def test_no_compiled_function_lives_outside_the_rooms_that_are_watched():
    found = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if "\n@kernel\n" in path.read_text()
    }
    assert found == set(kernels.KERNEL_ROOMS)
