"""Which code made an artefact: the version, and a hash of the source that it depends on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cambio import __version__
from cambio.contracts.lineage import hash_of
from cambio.features.kernels import KERNEL_SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def code_version() -> str:
    """Give the version, with a hash of the code that a trained model depends on."""
    return _version(MODEL_SOURCES)


def dataset_code_version() -> str:
    """Give the version, with a hash of the code that a dataset depends on."""
    return _version(DATASET_SOURCES)


def _version(patterns: Iterable[str]) -> str:
    root = Path(__file__).parents[1]
    files = sorted(path for pattern in patterns for path in root.glob(pattern))
    content = {str(path.relative_to(root)): path.read_text() for path in files}
    return f"{__version__}+{hash_of(content)[:8]}"
