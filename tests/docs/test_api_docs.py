"""What docs/api.md and docs/threat-model.md say, against the application and the tests."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from tests.api.seeded import serve, template

from cambio.api import errors
from cambio.contracts.accounts import Role

ROOT = Path(__file__).parents[2]
API = (ROOT / "docs" / "api.md").read_text("utf-8")
THREATS = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
PARAMETERS = {
    "{model_id}": "m",
    "{proposal_id}": "p",
    "{signal_id}": "m@20240101T1300Z",
    "{name}": "e",
}
METHODS = ("get", "put", "post", "delete")


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    home = template(tmp_path_factory.getbasetemp())
    with serve(home, tmp_path_factory.mktemp("docs")) as seeded:
        yield seeded


def role_for(seeded, method: str, path: str) -> str:
    """The least role that is let in, as refusals tell it; nothing is asked for that could be."""
    for name, value in PARAMETERS.items():
        path = path.replace(name, value)
    query = {"after": -1, "limit": -1, "moment": "never", "timestamp": "never", "start": "never"}
    more = {"params": query} | ({} if method == "get" else {"json": {}})
    if seeded.client(None)(method.upper(), path, **more).status_code != 401:
        return "none"
    answer = seeded.client(Role.VIEWER)(method.upper(), path, **more)
    told = re.search(r"takes the role (\w+)\.", answer.text)
    return told[1] if told else "viewer"


def test_every_route_is_documented_with_its_role_and_no_other(seeded):
    paths = seeded.app.openapi()["paths"]
    routes = [
        (method, path) for path, item in paths.items() for method in item if method in METHODS
    ]
    documented = dict(re.findall(r"^\| `([A-Z]+ /\S*)` \| (\w+) \|", API, re.MULTILINE))
    assert documented == {
        f"{method.upper()} {path}": role_for(seeded, method, path) for method, path in routes
    }


def test_every_kind_of_problem_is_documented_with_its_status():
    found = re.findall(r"^\| (`/problems/.*?) \| (\d+) \|", API, re.MULTILINE)
    documented = {
        (name, int(status))
        for names, status in found
        for name in re.findall(r"[a-z]+(?:-[a-z]+)*(?=`)", names)
    }
    kinds = [
        *errors.KINDS.values(),
        *errors.ROUTING.values(),
        *(kind for kind in vars(errors).values() if isinstance(kind, errors.Kind)),
    ]
    assert documented == {(kind.slug, kind.status) for kind in kinds}


def named_tests() -> list[tuple[str, str]]:
    found = re.findall(r"`([\w/]+\.py)::(\w+)`", THREATS)
    return [(path if "/" in path else f"tests/api/{path}", test) for path, test in found]


def test_the_tests_that_the_threat_model_names_exist():
    assert len(named_tests()) > 30
    missing = [
        (path, test)
        for path, test in named_tests()
        if test
        not in {
            node.name
            for node in ast.parse((ROOT / path).read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
    ]
    assert missing == []


def test_every_threat_is_proved_or_says_that_it_is_read():
    rows = [line.split(" | ") for line in THREATS.splitlines() if line.startswith("| ")][1:]
    assert {len(row) for row in rows} == {4}
    assert [row[0] for row in rows if "::" not in row[2] and "By reading" not in row[2]] == []


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^\s\\]+)", text, re.MULTILINE)
    return {normal(name): version for name, version in found}


def test_what_serves_is_pinned_by_hash():
    lock = (ROOT / "requirements-serve.txt").read_text("utf-8")
    held = pins(lock)
    everything = pins((ROOT / "constraints.txt").read_text("utf-8"))
    assert held.items() <= everything.items()
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}$", lock, re.MULTILINE)) == len(held)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["postgres"], *extras["redis"]]
    assert {normal(re.match(r"[\w.-]+", one)[0]) for one in needed} <= set(held)
