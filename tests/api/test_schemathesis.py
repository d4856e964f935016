"""Requests that nobody thought of: no 5xx, and every answer is one that the document describes."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.seeded import CHAMPION, OPEN, serve, template

from cambio.contracts.accounts import Role

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
KNOWN = {
    "model_id": CHAMPION,
    "proposal_id": OPEN,
    "signal_id": f"{CHAMPION}@20240322T1305Z",
    "name": "baseline_ppo_v1",
}
"""What is there, for requests that would name nothing else."""
STREAMS = ("/v1/stream", "/v1/backtest/replay")
"""They don't end, or not soon; `test_live` and `test_replay` read them."""
OPEN_TO_ALL = {"GET /healthz", "GET /readyz"}
"""Logging in as well refuses who shows nothing."""
EXAMPLES = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    home = template(tmp_path_factory.getbasetemp())
    with serve(home, tmp_path_factory.mktemp("schemathesis")) as seeded:
        yield seeded


@pytest.fixture(scope="module")
def operations(seeded):
    schema = schemathesis.openapi.from_asgi("/openapi.json", seeded.app)
    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) > 40
    return found


def test_every_answer_is_by_its_schema(seeded, operations):
    headers = seeded.client(Role.APPROVER).headers
    for operation in operations:
        if operation.path not in STREAMS:
            _explore(operation, headers)


def test_nobody_is_told_anything(seeded, operations):
    client = seeded.client(None)
    answered = {
        operation.label: client(
            operation.method, operation.path.format(**KNOWN), json={"comment": "Because."}
        ).status_code
        for operation in operations
    }
    refused = {label for label, status in answered.items() if status == 401}
    assert answered.keys() - refused == OPEN_TO_ALL


def _explore(operation, headers):
    @EXAMPLES
    @given(case=operation.as_strategy())
    def ask(case):
        case.call_and_validate(headers=headers, checks=CHECKS)
        named = KNOWN.keys() & case.path_parameters.keys()
        if named:
            case.path_parameters |= {name: KNOWN[name] for name in named}
            case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
