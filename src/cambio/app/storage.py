"""What is kept in object storage: all that was made here, and whether it is still what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.dataset.manifest import MANIFEST
from cambio.errors import ConfigError
from cambio.store import models
from cambio.store.database import reading
from cambio.trading.bundle import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cambio.app.resources import Resources


def keep_all(resources: Resources) -> list[str]:
    """Keep every dataset, registered model, bundle and report that is here; give their names.

    What is kept already is compared, and not sent again.

    Raises:
        ConfigError: no storage is configured.
        SourceError: the storage failed.
    """
    _require_storage(resources)
    kept = []
    for path in _made(resources):
        resources.artifacts.keep(path)
        kept.append(path.relative_to(resources.home).as_posix())
    return kept


def verify(resources: Resources) -> list[tuple[str, str]]:
    """Read every file that is kept; give its name, and what is wrong with it or nothing.

    Raises:
        ConfigError: no storage is configured.
        SourceError: the storage failed.
    """
    _require_storage(resources)
    return list(resources.artifacts.verify())


def _made(resources: Resources) -> Iterator[Path]:
    yield from sorted(path.parent for path in resources.datasets.glob(f"[!.]*/*/{MANIFEST}"))
    with reading(resources.engine) as connection:
        folders = [resources.home / row["model_path"] for row in models.every(connection)]
    yield from (folder for folder in folders if folder.is_dir())
    yield from sorted(resources.bundles.glob(f"[!.]*{SUFFIX}"))
    yield from sorted(path for path in resources.reports.glob("[!.]*") if path.is_file())


def _require_storage(resources: Resources) -> None:
    if not resources.artifacts.is_configured:
        raise ConfigError(
            "There is no storage but the home.",
            remedy="Set CAMBIO_ARTIFACTS_URL to s3://BUCKET/PREFIX: docs/storage.md.",
        )
