"""The documents against the code: nothing undocumented, nothing invented, no dead link."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest
import typer
import yaml
from pydantic import BaseModel, Tag, TypeAdapter
from pydantic_core import PydanticUndefined

from cambio import cli
from cambio.acquisition.catalogue import MacroSeries
from cambio.acquisition.macro_files import MacroMapping
from cambio.acquisition.providers import SourceConfig
from cambio.api.signals import EventType
from cambio.app.experiment_config import ExperimentConfig
from cambio.contracts.features import FEATURE_ORDER
from cambio.errors import CambioError
from cambio.features.spec import FORMULAS
from cambio.settings import Environment, TradingConfig
from cambio.validation.criteria import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ADRS = DOCS / "adr"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
REQUIRED = "required"


@cache
def text(page: Path) -> str:
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    """The page without fenced code."""
    return re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# Configuration


def inner_model(annotation: Any) -> tuple[type[BaseModel], str] | None:
    """The model inside a field's type, and how its keys are written: plain, `[]` or `.NAME`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    marks = {tuple: "[]", list: "[]", dict: ".NAME", UnionType: ""}
    for argument in get_args(annotation):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument, marks[get_origin(annotation)]
    return None


def tags(annotation: Any) -> list[Tag]:
    """What marks one model of a choice."""
    return [one for one in get_args(annotation) if isinstance(one, Tag)]


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf key of a configuration model with its default as plain YAML types."""
    for name, field in model.model_fields.items():
        inner = inner_model(field.annotation)
        if tagged := [get_args(one) for one in get_args(field.annotation) if tags(one)]:
            for chosen, *_ in tagged[::-1]:  # of a key that several have, the first one's default
                yield from keys(chosen, f"{prefix}{name}.")
        elif inner is not None:
            yield from keys(inner[0], f"{prefix}{name}{inner[1]}.")
        elif field.default is PydanticUndefined:
            yield prefix + name, REQUIRED
        else:
            plain = TypeAdapter(field.annotation).dump_python(field.default, mode="json")
            yield prefix + name, plain


def leaves(document: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Every value of a shipped file by its key; a mapping with other than text keys is a value."""
    for name, value in document.items():
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def shipped() -> dict[str, Any]:
    """The values of the files that experiments and live trading stand on."""
    found: dict[str, Any] = {}
    sections = {"date_ranges": "date_ranges.", "trading": "", "risk": "risk."}
    for name, prefix in (sections | {"deployment": "deployment."}).items():
        found |= leaves(yaml.safe_load(text(ROOT / "config" / f"{name}.yaml")), prefix)
    return found


def configurable() -> dict[str, Any]:
    return {
        **dict(keys(TradingConfig)),
        **dict(keys(ExperimentConfig)),
        **dict(keys(MacroSeries, "SERIES.")),
        **dict(keys(MacroMapping)),
        **dict(keys(SourceConfig, "SOURCE.")),
        **shipped(),
    }


def documented() -> dict[str, str]:
    """First and second column of every table row of configuration.md whose first cell is code."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text(DOCS / "configuration.md"), re.MULTILINE)
    assert len(rows) == len({key for key, _ in rows}), "a key is documented twice"
    return {key: value.strip().strip("`") for key, value in rows if not key.startswith("CAMBIO_")}


def test_every_configuration_key_is_documented_and_no_other():
    assert set(documented()) == set(configurable())


def test_a_misspelt_key_would_be_noticed():
    """The check above can fail: the walk reaches lists, mappings and sections of sections."""
    found = configurable()
    for key in ("success_criteria[].metric", "series.NAME.scale", "SERIES.lag.at", "seeds"):
        assert key in found


@pytest.mark.parametrize("key", sorted(configurable()))
def test_a_documented_value_is_the_codes_or_the_files(key):
    told, true = documented().get(key, "nothing"), configurable()[key]
    said = yaml.safe_load(told)
    assert (str(said) if key.startswith("date_ranges.") else said) == true


def test_every_metric_that_a_criterion_may_name_is_listed():
    row = next(r for r in text(DOCS / "configuration.md").splitlines() if "[].metric`" in r)
    assert set(METRICS) <= set(re.findall(r"`(\w+)`", row))


def test_every_variable_of_the_environment_is_documented():
    read = {f"CAMBIO_{name.upper()}" for name in Environment.model_fields}
    sources = [ROOT / "Makefile", ROOT / ".ci" / "run"]
    sources += [
        p for room in ("src", "tests", "benchmarks", "airflow") for p in (ROOT / room).rglob("*.py")
    ]
    named = {v for p in sources for v in re.findall(r"\bCAMBIO_[A-Z_]*[A-Z]\b", text(p))}
    rows = re.findall(r"^\| `(CAMBIO_\w+)` \|", text(DOCS / "configuration.md"), re.MULTILINE)
    assert set(rows) == read | named


# Commands, features, errors


def commands(group: Any, prefix: str = "cambio") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


COMMANDS = sorted(commands(typer.main.get_command(cli.app)))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_mentioned(command):
    pages = [ROOT / "README.md", *DOCS.glob("*.md")]
    assert any(re.search(rf"{command}\b", text(page)) for page in pages)


def code(page: Path) -> str:
    """The page's fenced blocks and inline code, a piece a line."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text(page), re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", prose(page))])


SAID = r"^(?:\S*/)?(cambio [a-z][a-z-]*(?: [a-z-]+)?)\b"
"""A command at the beginning of a line of code."""


OFFERED = re.compile(r"command(?:: |=)[\"{`]+(cambio [a-z][a-z-]*(?: [a-z][a-z-]*)?)")
"""A command in the dashboard's sources, which it shows where a panel is empty."""


def test_the_dashboard_offers_no_command_that_does_not_exist():
    sources = sorted((ROOT / "dashboard" / "src").rglob("*.ts*"))
    offered = {found for path in sources for found in OFFERED.findall(path.read_text())}
    assert offered
    assert {one for one in offered if one not in COMMANDS} == set()


def test_no_document_names_a_command_that_does_not_exist():
    groups = {command.rsplit(" ", 1)[0] for command in COMMANDS}
    known = {*COMMANDS, *groups}
    wrong = [
        (name_of(page), said)
        for page in PAGES
        for said in re.findall(SAID, code(page), re.MULTILINE)
        if said not in known and said.rsplit(" ", 1)[0] not in COMMANDS
    ]
    assert wrong == []


def test_the_formulas_are_quoted_as_the_specification_of_features_has_them():
    page = re.sub(r"\s+", " ", text(DOCS / "features.md"))
    assert tuple(FORMULAS) == FEATURE_ORDER
    for name, formula in FORMULAS.items():
        assert f"`{name}` | `{formula}`" in page, name


def test_every_error_and_its_exit_code_is_documented():
    page = text(DOCS / "errors.md")
    for error, code in cli.EXIT_CODES.items():
        assert re.search(rf"^\| {code} \| `{error.__name__}` \|", page, re.MULTILINE), error
    assert set(cli.EXIT_CODES) == set(CambioError.__subclasses__())


def test_every_type_of_event_that_a_webhook_can_be_told_of_is_listed():
    listed = re.search(
        r"The types are those of notices(.*?)\. A webhook", text(DOCS / "outputs.md"), re.DOTALL
    )
    types = TypeAdapter(list[EventType]).json_schema()["items"]["enum"]
    assert sorted(re.findall(r"`(\w+)`", listed[1])) == sorted(types)


# The records


def records() -> list[Path]:
    return sorted(path for path in ADRS.glob("*.md") if path.name != "README.md")


def test_records_are_numbered_without_a_gap():
    assert [path.name[:4] for path in records()] == [f"{n + 1:04d}" for n in range(len(records()))]


def test_the_index_lists_every_record_once():
    listed = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\)", text(ADRS / "README.md"), re.MULTILINE)
    assert listed == [(path.name[:4], path.name) for path in records()]


@pytest.mark.parametrize("record", records(), ids=lambda path: path.stem)
def test_a_record_has_the_four_parts_and_its_number(record):
    content = text(record)
    assert content.startswith(f"# {record.name[:4]}. ")
    parts = re.findall(r"^## (.+)$", content, re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences", "Evidence and alternatives"]
    assert re.search(r"^Status: ", content, re.MULTILINE)


# Every page


def links(page: Path) -> list[str]:
    """Targets of the page's links and pictures that lead somewhere in the project."""
    found = re.findall(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)", prose(page))
    found += re.findall(r"(?:src|href)=\"([^\"]+)\"", prose(page))
    return [target for target in found if not re.match(r"[a-z][a-z0-9+.-]*:", target)]


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


def test_the_pages_are_linked_from_somewhere():
    """A page that nobody finds is not documentation."""
    reached = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in links(page)
    }
    assert {page for page in DOCS.rglob("*.md") if page not in reached} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_path_of_one_machine(page):
    folders = "home|root|tmp|Users|work|opt|mnt|srv|usr|var"
    found = re.findall(rf"(?<![\w.\-/])/(?:{folders})/\S+|\b[A-Z]:\\\S+", text(page))
    assert found == []
