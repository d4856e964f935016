"""What the site has beyond the pages of this folder: the generated reference, the project's files.

Pages link to files outside of `docs/`, as they may on a Git host; on the site these lie below
`project/`. The reference is written at build time, from the code that it describes.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import typer
from mkdocs.structure.files import File
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics import MetricWrapperBase
from pydantic import TypeAdapter
from typer.cli import get_docs_for_click

from cambio import cli, telemetry
from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.macro_files import MacroMapping
from cambio.acquisition.providers import SourcesConfig
from cambio.api.application import create_app
from cambio.app.experiment_config import ExperimentConfig
from cambio.dataset.splits import DateRanges
from cambio.inference.config import DeploymentConfig
from cambio.settings import TradingConfig
from cambio.trading.risk import RiskLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

LINK: Final = re.compile(r"(?<=\]\()([^)\s#:]+)(?=[)#\s])")
"""The path of a relative link or picture."""
PROJECT: Final = "project/"
ENTRANCES: Final = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
"""Pages outside of `docs/` that the menu names; others follow where they are linked."""
MODELS: Final[dict[str, Any]] = {
    "date_ranges.yaml": DateRanges,
    "trading.yaml": TradingConfig,
    "risk.yaml": RiskLimits,
    "deployment.yaml": DeploymentConfig,
    "macro_series.yaml": Catalogue,
    "sources.yaml": SourcesConfig,
    "mappings/*.yaml": MacroMapping,
    "experiments/*.yaml": ExperimentConfig,
}
BOUNDS: Final = {
    "minimum": "≥ ",
    "exclusiveMinimum": "> ",
    "maximum": "≤ ",
    "exclusiveMaximum": "< ",
    "minLength": "length ≥ ",
    "maxLength": "length ≤ ",
    "minItems": "items ≥ ",
    "maxItems": "items ≤ ",
}


# MkDocs' events


def on_config(config: MkDocsConfig) -> None:
    """Put the pages of a folder into the menu in the folder's place."""
    docs = Path(config.docs_dir)
    for entry in config.nav or []:
        for title, target in entry.items():
            if isinstance(target, str) and target.endswith("/"):
                pages = sorted(page.name for page in (docs / target).glob("*.md"))
                pages.sort(key=lambda name: name != "README.md")  # first, as the folder's index
                entry[title] = [target + name for name in pages]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the reference, and what pages link to outside of `docs/`."""
    for name, content in reference():
        files.append(File.generated(config, f"reference/{name}", content=content))
    root = _root(config)
    pages = [root / name for name in ENTRANCES] + [
        Path(file.abs_src_path)
        for file in files.documentation_pages()
        if file.abs_src_path is not None
    ]
    seen = set(pages)
    for page in pages:  # which grows as it is read
        if files.get_file_from_path(_place(page, root)) is None:
            copy = File.generated(config, _place(page, root), abs_src_path=str(page))
            files.append(copy)
        if page.suffix == ".md":
            found = [_target(page, link) for link in LINK.findall(page.read_text("utf-8"))]
            new = [file for file in found if file.is_file() and file not in seen]
            pages += new
            seen.update(new)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Let links to files of the project lead to where the site has them."""
    root = _root(config)
    source = Path(page.file.abs_src_path or "")
    here = posixpath.dirname(page.file.src_uri)

    def moved(link: re.Match[str]) -> str:
        target = _target(source, link[1])
        if not target.is_file() or not target.is_relative_to(root):
            return link[1]
        return posixpath.relpath(_place(target, root), here)

    return LINK.sub(moved, markdown) if source.is_file() else markdown


def _root(config: MkDocsConfig) -> Path:
    return Path(config.docs_dir).parent


def _target(page: Path, link: str) -> Path:
    return (page.parent / link).resolve()


def _place(file: Path, root: Path) -> str:
    """Give the path on the site of a file of the project."""
    path = file.relative_to(root).as_posix()
    return path.removeprefix("docs/") if path.startswith("docs/") else PROJECT + path


# The reference


def reference() -> Iterator[tuple[str, str]]:
    """Give the files of the reference, each by its name and content."""
    document = create_app(cast("Any", None)).openapi()  # nothing is asked of a database
    yield "commands.md", commands()
    yield "keys.md", keys()
    yield "metrics.md", metrics()
    yield "openapi.md", openapi(document)
    yield "openapi.json", json.dumps(document, indent=1, ensure_ascii=False)


def commands() -> str:
    """Describe every command, from the command line's own declarations."""
    command = typer.main.get_command(cli.app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="cambio")
    lines = [line for line in text.splitlines() if not line.startswith("* `--help`")]
    return "\n".join(lines).replace("# `cambio`", "# Commands", 1)


def keys() -> str:
    """Describe every key of the configuration files, from the models that read them."""
    parts = ["# Types and bounds of keys", "What each means: [configuration](../configuration.md)."]
    for name, model in MODELS.items():
        schema = TypeAdapter(model).json_schema()
        parts += [f"## `{name}`", _table(schema, schema.get("$defs", {}))]
    return "\n\n".join(parts)


def metrics() -> str:
    """Describe every metric, from where each is declared."""
    rows = [(metric.family(), metric.labels) for metric in telemetry.READINGS]
    counted = [one for one in vars(telemetry).values() if isinstance(one, MetricWrapperBase)]
    rows += [(family, one._labelnames) for one in counted for family in one.describe()]  # noqa: SLF001
    up, meaning = telemetry.HEALTH_UP
    rows.append((GaugeMetricFamily(up, meaning), ()))
    lines = ["# Metrics", "", "| metric | type | labels | what it says |", "|---|---|---|---|"]
    for family, labels in sorted(rows, key=lambda row: row[0].name):
        name = family.name + ("_total" if family.type == "counter" else "")
        told = ", ".join(f"`{label}`" for label in labels)
        lines.append(f"| `{name}` | {family.type} | {told} | {family.documentation} |")
    return "\n".join(lines)


def openapi(document: dict[str, Any]) -> str:
    """Describe what every route takes and gives, from the OpenAPI document."""
    schemas = document["components"]["schemas"]
    parts = [
        "# The API's schema",
        "Who may ask, limits, errors and streams: [the API](../api.md).",
        "The whole document: [openapi.json](openapi.json). An error is a [Problem](#problem).",
    ]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            parts += [f"## `{method.upper()} {path}`", operation["description"]]
            asked = {one["name"]: one["schema"] for one in operation.get("parameters", ())}
            if asked:
                needed = [one["name"] for one in operation["parameters"] if one.get("required")]
                parts.append(_table({"properties": asked, "required": needed}, {}))
            if "requestBody" in operation:
                parts.append(f"Body: {_content(operation['requestBody'])}.")
            given = [
                f"{status}: {_content(answer)}"
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            ]
            parts.append("Answer: " + "; ".join(given) + ".")
    parts.append("## Types")
    for name, schema in sorted(schemas.items()):
        parts += [f"### {name}", _plain(schema.get("description", ""))]
        parts.append(_table(schema, {}) if "properties" in schema else _type(schema))
    return "\n\n".join(part for part in parts if part)


def _content(body: dict[str, Any]) -> str:
    """Give the types of a body, by media type."""
    kinds = body.get("content", {})
    told = [f"`{media}` {_type(kind.get('schema', {}))}" for media, kind in kinds.items()]
    return " or ".join(told) or "nothing"


def _table(schema: dict[str, Any], inline: dict[str, Any]) -> str:
    """Give the fields of an object: those of the schemas in ``inline`` with a dotted key."""
    rows = [
        f"| `{key}` | {_type(field)} | {default} |"
        for key, field, default in _leaves(schema, inline)
    ]
    return "\n".join(["| key | type | default |", "|---|---|---|", *rows])


def _leaves(
    schema: dict[str, Any], inline: dict[str, Any], prefix: str = ""
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give key, schema and default of each field, down into the objects that it holds."""
    schema = inline.get(_name(schema), schema)
    fields = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict) and not fields:
        fields = {"NAME": schema["additionalProperties"]}
    for name, field in fields.items():
        inner, mark = _inner(field)
        one_of = [one for one in field.get("oneOf", [inner]) if _name(one) in inline]
        if any("properties" in inline[_name(one)] for one in one_of):
            for one in one_of:
                yield from _leaves(one, inline, f"{prefix}{name}{mark}.")
            continue
        default = "required" if name in schema.get("required", ()) else ""
        if "default" in field:
            default = f"`{json.dumps(field['default'], ensure_ascii=False)}`"
        yield prefix + name, inline.get(_name(field), field), default


def _inner(field: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Give the schema inside a list, a mapping or an optional, and how its keys are written."""
    if "items" in field:
        return field["items"], "[]"
    if isinstance(field.get("additionalProperties"), dict):
        return field["additionalProperties"], ".NAME"
    return next((one for one in field.get("anyOf", ()) if "$ref" in one), field), ""


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(schema: dict[str, Any]) -> str:
    """Give a type in words, with its bounds."""
    if name := _name(schema):
        return f"[{name}](#{name.lower()})"
    if values := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return ", ".join(f"`{json.dumps(value)}`" for value in values)
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(dict.fromkeys(_type(one) for one in several))
    kind = schema.get("type", "anything")
    if kind == "array":
        fixed = [_type(one) for one in schema.get("prefixItems", ())]
        kind = f"list of {', '.join(fixed) or _type(schema.get('items', {}))}"
    elif isinstance(schema.get("additionalProperties"), dict):
        kind = f"name → {_type(schema['additionalProperties'])}"
    bounds = [f"{sign}{_plain(str(schema[key]))}" for key, sign in BOUNDS.items() if key in schema]
    return ", ".join([schema.get("format", kind), *bounds])


def _plain(text: str) -> str:
    """Give a text that Markdown's tables take as it stands."""
    return " ".join(text.replace("|", "\\|").split())
