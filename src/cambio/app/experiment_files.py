"""Experiments as files: one stands on another with `extends`, and says only what differs."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cambio.errors import ConfigError, NotFound
from cambio.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME: Final = r"^[a-z0-9_]+$"
EXTENDS: Final = "extends"
OWN: Final = ("name", "description")
"""What no experiment takes from another one."""
AB_TEST: Final = "ab_test"
"""The only key of a file that is an A/B test, which lies beside the experiments it compares."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an experiment's file says, on top of all that it stands on."""

    document: Mapping[str, Any]
    """Completed by the bases; without the sections that have a home of their own."""
    bases: tuple[str, ...]
    """The experiments it stands on, the nearest first."""
    base: Mapping[str, Any]
    """The nearest base as it resolves itself; empty where there is none."""


def resolve(folder: Path, name: str) -> Resolved:
    """Read `experiments/NAME.yaml` in ``folder`` with all that it extends.

    Sections are merged key by key; lists and single values are replaced, `null` included.

    Raises:
        NotFound: there is no such experiment.
        ConfigError: a base is missing, the bases go round in a circle, or the file lacks a name
            or a description of its own.
    """
    if not path_of(folder, name).exists():
        known = ", ".join(available(folder)) or "none"
        where = folder / "experiments"
        raise NotFound(f"No experiment {name!r} in {where}.", remedy=f"There are: {known}.")
    documents = list(_chain(folder, name))
    base: dict[str, Any] = {}
    for _, document in reversed(documents[1:]):
        base = deep_merged(base, document)
    own = documents[0][1]
    whole = deep_merged({k: v for k, v in base.items() if k not in (EXTENDS, *OWN)}, own)
    return Resolved(whole, tuple(name for name, _ in documents[1:]), base)


def path_of(folder: Path, name: str) -> Path:
    """Give where an experiment is kept."""
    return folder / "experiments" / f"{name}.yaml"


def deep_merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Give ``base`` with what ``own`` says instead; neither is changed.

    >>> deep_merged({"a": {"b": 1, "c": [1, 2]}, "d": 4}, {"a": {"c": [3]}, "d": None})
    {'a': {'b': 1, 'c': [3]}, 'd': None}
    """
    merged = copy.deepcopy(dict(base))
    for key, value in own.items():
        inner = merged.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            merged[key] = deep_merged(inner, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def available(folder: Path) -> dict[str, str]:
    """Give the experiments in ``folder`` by name, with their descriptions; A/B tests are none."""
    paths = sorted((folder / "experiments").glob("*.yaml"))
    found = {path.stem: _description(path) for path in paths}
    return {name: text for name, text in found.items() if text is not None}


def _chain(folder: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the experiment's own document, then each base's, the nearest first."""
    seen: list[str] = []
    current: str | None = name
    while current is not None:
        if current in seen:
            circle = " -> ".join([*seen[seen.index(current) :], current])
            raise ConfigError(
                f"{path_of(folder, name)} extends itself: {circle}.",
                remedy="Let one of them stand alone, without extends.",
            )
        document = _own(folder, current, seen[-1] if seen else None)
        seen.append(current)
        yield current, document
        current = document.get(EXTENDS)


def _own(folder: Path, name: str, user: str | None) -> dict[str, Any]:
    path = path_of(folder, name)
    if not path.exists():
        known = ", ".join(available(folder))
        raise ConfigError(
            f"{user}.yaml extends {name}, and there is no such experiment in {path.parent}.",
            remedy=f"There are: {known}.",
        )
    document: dict[str, Any] = read_yaml(path, dict[str, Any])
    if AB_TEST in document:
        raise ConfigError(
            f"{path} is an A/B test, not an experiment.", remedy=f"Run `cambio ab run {name}`."
        )
    base = document.get(EXTENDS)
    if base is not None and not (isinstance(base, str) and re.match(NAME, base)):
        raise ConfigError(f"{path}: extends is {base!r}, and must be the name of one experiment.")
    missing = [key for key in OWN if key not in document]
    if base is not None and missing:
        raise ConfigError(
            f"{path}: {' and '.join(missing)} must be its own, whatever it extends.",
            remedy="Write it into the file.",
        )
    return document


def _description(path: Path) -> str | None:
    """Give what a file says of itself; one that is broken does not hide the others."""
    try:
        document = read_yaml(path, dict[str, Any])
    except ConfigError as error:
        return f"cannot be read: {error.what.partition(chr(10))[0]}"
    return None if AB_TEST in document else str(document.get("description", ""))
