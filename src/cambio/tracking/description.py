"""What a run says about itself, in words that MLflow takes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TEXT: Final = 5000
"""Of a parameter or tag, in characters; MLflow takes 6000 and 8000, its older servers less."""
LONGEST_KEY: Final = 250
LONGEST_DIGEST: Final = 36


@dataclass(frozen=True, slots=True)
class TrackedDataset:
    """The dataset that a run learns from, as the tracking store shows it."""

    name: str
    digest: str
    """Its hash; MLflow keeps the first 36 characters."""
    folder: Path
    rows: Mapping[str, int] = field(default_factory=dict)
    """By split."""

    def entity(self) -> Any:
        """Give MLflow's words for it."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        found = Dataset(
            name=self.name,
            digest=self.digest[:LONGEST_DIGEST],
            source_type="local",
            source=json.dumps({"uri": self.folder.absolute().as_uri()}),
            profile=json.dumps({"num_rows": sum(self.rows.values()), **self.rows}),
        )
        return DatasetInput(found, [InputTag("mlflow.data.context", "training")])


def flattened(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Give nested parameters as MLflow's: keys joined by dots, values as JSON, texts as they are.

    >>> flattened({"ppo": {"gamma": 0.99, "layers": [64, 64]}, "backend": "sb3", "limit": None})
    {'ppo.gamma': '0.99', 'ppo.layers': '[64, 64]', 'backend': 'sb3', 'limit': 'null'}
    """
    found: dict[str, str] = {}
    for key, value in parameters.items():
        if isinstance(value, dict) and value:
            found |= {key_of(f"{key}.{inner}"): text for inner, text in flattened(value).items()}
        else:
            text = value if isinstance(value, str) else json.dumps(value, default=str)
            found[key_of(key)] = _cut(text)
    return found


def lineage_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Give tags under our own prefix, and what MLflow has a name for under its name.

    >>> lineage_tags({"code_version": "1.0+ab12"})["mlflow.source.version"]
    '1.0+ab12'
    """
    found = {key_of(f"cambio.{key}"): _cut(value) for key, value in tags.items()}
    if "code_version" in tags:
        found["mlflow.source.version"] = _cut(tags["code_version"])
    return {**found, "mlflow.source.name": "cambio"}


def key_of(text: str) -> str:
    """Give a name that MLflow takes.

    >>> key_of("return ×2 (%)")
    'return _2 ___'
    """
    return re.sub(r"[^\w\-. :/]", "_", text)[:LONGEST_KEY]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
