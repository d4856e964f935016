"""What the OpenAPI document promises to whoever generates a client from it."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from pydantic import BaseModel
from tests.api.seeded import serve, template

import cambio.api
from cambio.api.errors import TOLD

METHODS = ("get", "put", "post", "delete")
for found in pkgutil.iter_modules(cambio.api.__path__):
    importlib.import_module(f"cambio.api.{found.name}")


def schemas_below(kind):
    for child in kind.__subclasses__():
        yield child
        yield from schemas_below(child)


OURS = sorted(
    {
        kind
        for kind in schemas_below(BaseModel)
        if kind.__module__.startswith("cambio.api.")
        and (kind.model_config.get("json_schema_extra") or {}).get("examples")
    },
    key=lambda kind: kind.__name__,
)


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    home = template(tmp_path_factory.getbasetemp())
    with serve(home, tmp_path_factory.mktemp("openapi")) as seeded:
        yield seeded.app.openapi()


@pytest.fixture(scope="module")
def operations(document):
    return [
        (f"{method} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_a_schema_shows_itself_with_one_true_example(kind):
    (example,) = kind.model_json_schema()["examples"]
    shown = kind.model_validate(example)
    assert set(example) == set(shown.model_fields_set)


def test_every_field_of_ours_is_described(document):
    names = {kind.__name__ for kind in OURS}
    assert names <= set(document["components"]["schemas"])
    undescribed = [
        f"{name}.{field}"
        for name in names
        for field, schema in document["components"]["schemas"][name]["properties"].items()
        if "description" not in schema  # pydantic leaves one out that repeats the type's
    ]
    assert undescribed == []


def test_every_operation_has_a_name_of_its_own_and_one_tag(operations):
    names = [operation["operationId"] for _, operation in operations]
    assert len(set(names)) == len(names)
    assert {name: len(operation.get("tags", ())) for name, operation in operations} == {
        name: 1 for name, _ in operations
    }


def test_names_are_those_of_functions_in_a_generated_client(operations):
    names = {operation["operationId"] for _, operation in operations}
    assert {"listSignals", "approveProposal", "getSession", "followEvents", "replayModel"} <= names
    assert [name for name in names if not re.fullmatch(r"[a-z][A-Za-z]+", name)] == []


def test_every_operation_says_how_it_can_fail(operations):
    codes = {str(int(status)) for status, _ in TOLD}
    for path, operation in operations:
        if "/v1/" in path:
            assert codes <= set(operation["responses"]), path


def test_every_list_is_bounded_and_goes_on(operations):
    for path, operation in operations:
        parameters = {one["name"]: one for one in operation.get("parameters", ())}
        if operation["operationId"].startswith("list"):
            assert {"limit", "cursor"} <= set(parameters), path
            assert parameters["limit"]["schema"]["maximum"] <= 20_000
