"""A training at rest: everything that its next step depends on, in one file.

A checkpoint is taken between two rollouts and replaces the one before; it appears whole or not at
all. What goes on from it ends in the same weights as a training that was never stopped.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.errors import ContractMismatch, DataQualityError
from cambio.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

PARTS: Final = ("meta.json", "learner.bin", "best.zip", "arrays.npz")
DAMAGED: Final = (
    *(zipfile.BadZipFile, OSError, KeyError, ValueError, TypeError, EOFError),
    *(NotImplementedError, RuntimeError),  # flags and methods of an archive that nobody wrote
)


@dataclass(slots=True)
class Record:
    """What a training has seen so far; grows while it runs."""

    step: int = 0
    episodes: list[tuple[int, float]] = field(default_factory=list)
    """Step at its end and total reward of each episode."""
    evaluations: list[tuple[int, float, float]] = field(default_factory=list)
    """Step, mean reward and Sharpe ratio on the validation split."""

    @property
    def best(self) -> tuple[int, float, float] | None:
        """The evaluation of the policy to keep: the first with the highest mean reward."""
        return max(self.evaluations, key=lambda found: found[1], default=None)

    @property
    def stale(self) -> int:
        """How many evaluations in a row brought no better policy."""
        best = self.best
        return 0 if best is None else len(self.evaluations) - 1 - self.evaluations.index(best)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A training between two rollouts."""

    job: dict[str, Any]
    """What is trained from what; a training goes on only from its own."""
    versions: dict[str, str]
    """Of the packages that the weights depend on."""
    record: Record
    curriculum: dict[str, Any]
    """`CurriculumState.to_dict()`."""
    learner: bytes
    best: bytes
    """Archive of the best policy so far; empty before the first evaluation."""
    arrays: dict[str, NDArray[Any]]
    """The environment's state, and where the learner stands in it."""

    def write(self, path: Path) -> None:
        """Put the checkpoint at ``path``.

        Raises:
            OSError: the disk is full, or the folder is gone; the older checkpoint is still there.
        """
        arrays = BytesIO()
        np.savez(arrays, **self.arrays)  # type: ignore[arg-type]
        meta = {
            "job": self.job,
            "versions": self.versions,
            "record": asdict(self.record),
            "curriculum": self.curriculum,
        }
        contents = (json.dumps(meta).encode(), self.learner, self.best, arrays.getvalue())
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in zip(PARTS, contents, strict=True):
                archive.writestr(name, content)
        write_whole(path, out.getvalue())

    @classmethod
    def read(cls, path: Path, job: Mapping[str, Any]) -> Checkpoint:
        """Give the checkpoint at ``path`` of the training that ``job`` describes.

        Raises:
            DataQualityError: the file is damaged.
            ContractMismatch: it belongs to another training; says in what they differ.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                meta, learner, best, arrays = (archive.read(name) for name in PARTS)
            found = json.loads(meta)
            _require_same(path, found["job"], job)
            record = {key: _tuples(value) for key, value in found["record"].items()}
            with np.load(BytesIO(arrays)) as stored:
                return cls(
                    job=found["job"],
                    versions=found["versions"],
                    record=Record(**record),
                    curriculum=found["curriculum"],
                    learner=learner,
                    best=best,
                    arrays={name: stored[name] for name in stored.files},
                )
        except DAMAGED as error:
            raise DataQualityError(
                f"The checkpoint {path} cannot be read: {type(error).__name__} {error}",
                remedy="Train without --resume; the training begins anew.",
                checkpoint=str(path),
            ) from error


def _require_same(path: Path, found: Mapping[str, Any], job: Mapping[str, Any]) -> None:
    differing = [key for key in job if found.get(key) != job[key]]
    if differing:
        told = "; ".join(
            f"{key} {_short(found.get(key))} there, {_short(job[key])} here" for key in differing
        )
        raise ContractMismatch(
            f"The checkpoint {path} belongs to another training: {told}.",
            remedy="Restore what it was trained from, or train without --resume.",
            checkpoint=str(path),
            differing=differing,
        )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 24 else f"{text[:12]}..."


def _tuples(value: Any) -> Any:
    return [tuple(row) for row in value] if isinstance(value, list) else value
