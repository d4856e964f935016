"""Which code made an artefact: the version, and a hash of the source that it depends on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cambio import __version__
from cambio.contracts.lineage import file_hash, hash_of
from cambio.features.kernels import KERNEL_SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGE: Final = Path(__file__).parents[1]
MODEL_SOURCES: Final = (*KERNEL_SOURCES, "dataset/*.py")
"""The code that a trained model depends on."""
DATASET_SOURCES: Final = (
    "calendar.py",
    *(f"contracts/{name}.py" for name in ("features", "lineage", "market")),
    "features/*.py",
    *(f"trading/{name}.py" for name in ("costs", "observation")),
    "dataset/*.py",
)
"""The code that a dataset depends on."""


def code_version(package: Path = PACKAGE) -> str:
    """Give the version, with a hash of the code that a trained model depends on."""
    return _version(MODEL_SOURCES, package)


def dataset_code_version(package: Path = PACKAGE) -> str:
    """Give the version, with a hash of the code that a dataset depends on."""
    return _version(DATASET_SOURCES, package)


def _version(patterns: Iterable[str], package: Path) -> str:
    files = {path for pattern in patterns for path in package.glob(pattern)}
    content = {path.relative_to(package).as_posix(): file_hash(path) for path in files}
    return f"{__version__}+{hash_of(content)[:8]}"
