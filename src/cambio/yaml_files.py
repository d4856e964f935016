"""YAML files, checked against a schema; every mistake is named with its place."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import Tag, TypeAdapter, ValidationError

from cambio.errors import ConfigError

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, compiled where PyYAML was built so: ten times as fast."""


def read_yaml(path: Path, schema: Any) -> Any:
    """Give the content of a YAML file as an instance of ``schema``.

    Raises:
        ConfigError: naming the file, the key and what is wrong with it.
    """
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is missing.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    return validated(content, schema, str(path))


def validated(content: Any, schema: Any, where: str) -> Any:
    """Give ``content`` as an instance of ``schema``, every mistake named with its place.

    Raises:
        ConfigError: a key is unknown, missing, or has a wrong value.
    """
    try:
        return TypeAdapter(schema).validate_python(content)
    except ValidationError as error:
        mistakes = "; ".join(_mistake(found, schema) for found in error.errors())
        raise ConfigError(f"{where}: {mistakes}.", remedy="Fix the named keys.") from error


def _mistake(found: Any, schema: Any) -> str:
    """Say what is wrong where; of an unknown key, which known one is like it.

    Of a choice between models, pydantic names the chosen one where no key is; that is left out.
    """
    *parents, key = found["loc"] or ("the file",)
    path = []
    for name in parents:
        fields = getattr(schema, "model_fields", None)
        if fields is None and (chosen := _chosen(schema, name)):
            schema = chosen
            continue
        path.append(name)
        schema = (fields or {}).get(name)
        schema = schema and schema.annotation
    place = ".".join(map(str, (*path, key)))
    if found["type"] != "extra_forbidden":
        return f"{place}: {found['msg']}"
    like = difflib.get_close_matches(str(key), getattr(schema, "model_fields", ()), 1)
    return f"{place} is unknown" + (f"; did you mean {like[0]}?" if like else "")


def _chosen(schema: Any, tag: Any) -> Any:
    """Give the model that a union marks with ``tag``; None where it is no such union."""
    for one in get_args(schema):
        model, *marks = get_args(one) or (None,)
        if Tag(str(tag)) in marks:
            return model
    return None
