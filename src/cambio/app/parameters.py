"""Parameters side by side: a document's values by dotted key, and those that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ABSENT: Final = None
"""Of a key that a document does not have: what stands for it says `null` as well."""


def flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give every value by its dotted key; lists, and mappings by number, are values.

    >>> flat({"training": {"gamma": 0.99}, "seeds": [1, 2], "by_hour": {8: 2.0}})
    {'training.gamma': 0.99, 'seeds': [1, 2], 'by_hour': {8: 2.0}}
    """
    found: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, dict) and value and all(isinstance(k, str) for k in value):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def differing(documents: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Give the keys whose values are not the same in all documents, with each one's value.

    >>> differing([{"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}}, {"a": 1}])
    {'b.c': [2, 3, None]}
    """
    every = [flat(document) for document in documents]
    keys = dict.fromkeys(key for found in every for key in found)
    rows = {key: [found.get(key, ABSENT) for found in every] for key in keys}
    return {key: row for key, row in rows.items() if any(value != row[0] for value in row)}


def said(value: Any) -> str:
    """Give a parameter as YAML has it, on one line.

    >>> said([{"costs": 0.5}, {}]), said(None), said(0.999)
    ('[{costs: 0.5}, {}]', 'null', '0.999')
    """
    text = yaml.safe_dump(value, default_flow_style=True, width=10**9, sort_keys=False)
    return text.removesuffix("...\n").strip()
