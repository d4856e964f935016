"""Registered models: what is known of one, its bundle, and whether it is still what it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from cambio.contracts.lineage import hash_of
from cambio.errors import ConfigError, NotFound, SourceError
from cambio.files import write_whole
from cambio.store import models
from cambio.store.database import reading
from cambio.trading import bundle, gate, signing
from cambio.trading.checks import Check, require

if TYPE_CHECKING:
    from cambio.app.resources import Resources

ARCHIVE: Final = "model.zip"
"""What a training can be taken up from; nothing that trades reads it."""
SETTINGS: Final = ("training", "environment", "reward", "curriculum", "seeds")
REMEDY: Final = "`cambio models verify {}` shows every check; train it again, or restore its files."


@dataclass(frozen=True, slots=True)
class ModelCard:
    """All that is known of a registered model."""

    row: dict[str, Any]
    """Of `model_registry`."""
    folder: Path
    files: dict[str, bundle.FileEntry]
    """By path below the folder; empty when it is gone."""
    feature_spec: dict[str, Any] | None
    """None when `metadata.json` cannot be read."""
    settings: dict[str, Any] | None
    """Sections of the experiment's configuration; None when `config.yaml` cannot be read."""

    def to_dict(self) -> dict[str, Any]:
        """Give the card as plain JSON types; times stay datetimes."""
        return {
            **self.row,
            "folder": str(self.folder),
            "files": {name: entry.model_dump() for name, entry in self.files.items()},
            "feature_spec": self.feature_spec,
            "settings": self.settings,
        }


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was written."""

    model_id: str
    path: Path
    size: int
    sha256: str
    key_id: str

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON types."""
        return {name: str(getattr(self, name)) for name in self.__slots__} | {"size": self.size}


def show(resources: Resources, model_id: str) -> ModelCard:
    """Give all that is known of a registered model, also where its folder is damaged.

    Raises:
        NotFound: the model is not registered.
    """
    row = _row(resources, model_id)
    folder = resources.model_folder(row["model_path"])
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {str(p.relative_to(folder)): bundle.FileEntry.of(p.read_bytes()) for p in paths}
    metadata = document(folder / "metadata.json")
    config = document(folder / "config.yaml")
    spec = metadata and metadata.get("feature_spec")
    return ModelCard(
        row=row,
        folder=folder,
        files=files,
        feature_spec=spec if isinstance(spec, dict) else None,
        settings=config and {name: config[name] for name in SETTINGS if name in config},
    )


def export(resources: Resources, ids: Sequence[str], to: Path | None = None) -> Exported:
    """Write the signed bundle of a model; of several, the bundle of their ensemble.

    Args:
        resources: an ensemble is published and registered among the other models.
        ids: registered models; several must be seeds of one experiment.
        to: a folder, or a file `*.cambio`; by default `<model id>.cambio` in the working folder.

    Raises:
        NotFound: a model is not registered, or lacks a file.
        ContractMismatch: a model does not pass the load gate, or they cannot be joined.
        ConfigError: there is no key to sign with, or ``to`` is another kind of file.
        Conflict: one of several is an ensemble itself.
        SourceError: the file cannot be written.
    """
    key = signing.signing_key(resources.keys)
    if to is not None and not to.is_dir() and to.suffix != bundle.SUFFIX:
        raise ConfigError(
            f"{to} is neither a folder nor named {bundle.SUFFIX}.",
            remedy=f"Make the folder first, or name the file {to.name}{bundle.SUFFIX}.",
        )
    model_id = ids[0]
    if len(ids) > 1:
        from cambio.app.ensembles import join  # onnx writes graphs; one model needs none

        model_id = join(resources, ids)
    content = bundle.seal(files_of(resources, _row(resources, model_id)), key)
    path = to or Path()
    if path.is_dir():
        path /= f"{model_id}{bundle.SUFFIX}"
    try:
        write_whole(path, content)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}.") from error
    digest = hashlib.sha256(content).hexdigest()
    return Exported(model_id, path, len(content), digest, signing.key_id(key.public_key()))


def files_of(resources: Resources, row: dict[str, Any]) -> dict[str, bytes]:
    """Give the files of a registered model that a bundle holds, checked.

    Raises:
        NotFound: one is missing.
        ContractMismatch: they are not what was registered, or do not pass the load gate.
    """
    files = _stored(resources.model_folder(row["model_path"]))
    missing = [name for name in bundle.FILES if name not in files]
    if missing:
        raise NotFound(f"The folder of {row['model_id']} lacks {', '.join(missing)}.")
    checks = [*_registered(row, files), *gate.examine(files).checks]
    require(checks, f"Model {row['model_id']}", REMEDY.format(row["model_id"]))
    return files


def verify(resources: Resources, model_id: str) -> list[Check]:
    """Check a registered model: its folder against the registry, and all that the gate checks.

    Raises:
        NotFound: the model is not registered.
    """
    row = _row(resources, model_id)
    folder = resources.model_folder(row["model_path"])
    files = _stored(folder)
    checks = [*_registered(row, files), *gate.examine(files).checks]
    if "members" not in row["lineage"]:  # an ensemble was not trained itself
        there = "present" if (folder / ARCHIVE).is_file() else "missing"
        checks.append(Check.equal(ARCHIVE, "present", there))
    return checks


def verify_bundle(path: Path, keys: Path) -> list[Check]:
    """Check a bundle; needs no database.

    Args:
        path: the bundle.
        keys: the folder of the keys.

    Raises:
        NotFound: there is no such file.
        ContractMismatch: it is larger than any bundle.
        SourceError: it cannot be read.
        ConfigError: a trusted key is no key.
    """
    return gate.examine_bundle(bundle.read(path), signing.trusted_keys(keys)).checks


def _row(resources: Resources, model_id: str) -> dict[str, Any]:
    with reading(resources.engine) as connection:
        return models.get(connection, model_id)


def _stored(folder: Path) -> dict[str, bytes]:
    names = (name for name in bundle.FILES if (folder / name).is_file())
    return {name: (folder / name).read_bytes() for name in names}


def _registered(row: dict[str, Any], files: dict[str, bytes]) -> list[Check]:
    """Compare the files with the registry's row, which says what they were."""
    metadata = _parsed(files.get("metadata.json", b"")) or {}
    config = _parsed(files.get("config.yaml", b""))
    model_id = str(metadata.get("model_id", "missing"))
    checks = gate.registry_checks(row, model_id, files.get("policy.onnx"))
    expected = hash_of(row["lineage"])
    checks.append(Check.equal("lineage of the registry", expected, _hash(metadata.get("lineage"))))
    expected = str(row["lineage"].get("config_hash"))
    return [*checks, Check.equal("config hash of the registry", expected, _hash(config))]


def _hash(document: Any) -> str:
    """Give the hash of what a file holds, or say that it has none."""
    try:
        return "unreadable" if document is None else hash_of(document)
    except (TypeError, ValueError, RecursionError):  # a date of YAML, NaN, no end
        return "unreadable"


def document(path: Path) -> dict[str, Any] | None:
    """Give the mapping in a JSON or YAML file; None where the file is missing or holds none."""
    return _parsed(path.read_bytes()) if path.is_file() else None


def _parsed(content: bytes) -> dict[str, Any] | None:
    """Read a mapping from JSON or YAML; None if it is neither."""
    for parse in (json.loads, yaml.safe_load):
        try:
            document = parse(content)
        except (ValueError, RecursionError, yaml.YAMLError):
            continue
        if isinstance(document, dict):
            return document
    return None
