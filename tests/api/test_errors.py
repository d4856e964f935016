"""Errors as a client sees them: problem details, and nothing of what lies behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import structlog
from tests.api.conftest import Client, bearer

from cambio.api.errors import SAFE_FIELDS, Problem
from cambio.contracts.accounts import Role
from cambio.errors import (
    CambioError,
    ConfigError,
    Conflict,
    ContractMismatch,
    DataQualityError,
    NotAllowed,
    NotFound,
    SourceError,
)

PROBLEM = "application/problem+json"


@pytest.fixture
def failing(client) -> Callable[[Exception], Client]:
    """Give a function that makes GET /fail raise."""

    def fail_with(error: Exception) -> Client:
        @client.app.get("/fail")
        async def fail() -> None:
            raise error

        return client

    return fail_with


@pytest.mark.parametrize(
    ("branch", "status", "kind"),
    [
        (ConfigError, 422, "invalid-value"),
        (DataQualityError, 422, "bad-data"),
        (ContractMismatch, 409, "contract-mismatch"),
        (NotFound, 404, "not-found"),
        (Conflict, 409, "conflict"),
        (NotAllowed, 403, "not-allowed"),
    ],
)
def test_an_error_says_what_was_wrong_and_what_to_do(failing, branch, status, kind):
    response = failing(branch("It is so.", remedy="Do this.")).get("/fail?a=b")
    said = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == PROBLEM
    assert (said["type"], said["status"]) == (f"/problems/{kind}", status)
    assert (said["detail"], said["remedy"], said["instance"]) == ("It is so.", "Do this.", "/fail")
    assert said["request_id"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize("branch", CambioError.__subclasses__())
def test_no_branch_of_the_tree_is_a_failure_of_ours(failing, branch):
    assert failing(branch("x")).get("/fail").status_code != 500


def test_a_lost_source_asks_to_come_again_and_keeps_its_words_for_the_log(failing):
    error = SourceError("connection to db.internal failed", remedy="Look at db.internal.")
    with structlog.testing.capture_logs() as lines:
        response = failing(error).get("/fail")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "internal" not in response.text
    assert [line["error"] for line in lines if line["event"] == "source_failed"] == [error.what]


def test_facts_that_anybody_may_know_are_told_and_others_are_not(failing):
    error = NotFound("There is no model m3.", known=["m1", "m2"], file="models/m1/policy.onnx")
    said = failing(error).get("/fail").json()
    assert said["known"] == ["m1", "m2"]
    assert "file" not in said


def test_no_fact_takes_the_place_of_what_every_problem_says(failing):
    told = dict.fromkeys(["type", "title", "status", "instance", "request_id"], "mine")
    response = failing(Conflict("It is voted on.", **told)).get("/fail")
    said = response.json()
    assert (said["status"], said["type"]) == (409, "/problems/conflict")
    assert "mine" not in response.text
    assert not set(SAFE_FIELDS) & set(Problem.model_fields)


def test_no_answer_tells_where_our_files_lie(failing, product):
    error = ContractMismatch(f"{product.home}/models/m1/policy.onnx is another one.")
    assert failing(error).get("/fail").json()["detail"] == "models/m1/policy.onnx is another one."


def test_what_nobody_foresaw_is_told_to_the_log_alone(failing):
    with structlog.testing.capture_logs() as lines:
        response = failing(RuntimeError("the cause")).get("/fail")
    assert response.status_code == 500
    assert response.json()["type"] == "/problems/unexpected"
    assert "cause" not in response.json()["detail"]
    line = next(line for line in lines if line["event"] == "request_failed")
    assert "RuntimeError: the cause" in line["traceback"]
    assert line["request_id"] == response.json()["request_id"]


def test_a_request_of_another_shape_is_told_where_it_is_wrong(client):
    response = client.post("/probe/ballot/two", json={"comment": 7})
    said = response.json()
    assert (response.status_code, said["type"]) == (422, "/problems/invalid-request")
    assert [at["place"] for at in said["errors"]] == ["path.number", "body.comment"]


def test_what_was_sent_is_not_repeated(client):
    response = client.post("/probe/ballot/cambio_my-token", content=b'{"comment": hunter2')
    assert response.status_code == 422
    assert "cambio_my" not in response.json()["detail"]
    assert "hunter2" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nowhere", 404, "no-such-path"),
        ("GET", "/probe/operator", 405, "method-not-allowed"),
    ],
)
def test_the_routers_own_refusals_are_problems_too(client, method, path, status, kind):
    response = client(method, path)
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)
    assert response.json()["type"] == f"/problems/{kind}"


def test_a_wrong_method_is_told_the_right_one(client):
    assert client.get("/probe/operator").headers["Allow"] == "POST"


def test_openapi_documents_the_errors_of_every_route(make, product):
    document = make().get("/openapi.json").json()
    schema = document["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "detail", "instance"} <= set(schema["required"])
    reference = {"$ref": "#/components/schemas/Problem"}
    for path, operations in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for operation in operations.values():
            for status in ("401", "403", "404", "409", "413", "422", "429", "503"):
                content = operation["responses"][status]["content"]
                assert content[PROBLEM]["schema"] == reference, (path, status)


def test_openapi_tells_both_ways_to_log_in(client):
    schemes = client.get("/openapi.json").json()["components"]["securitySchemes"]
    assert schemes["token"]["scheme"] == "bearer"
    assert schemes["session"] | {"description": ""} == {
        "type": "apiKey",
        "in": "cookie",
        "name": "cambio_session",
        "description": "",
    }


def test_a_wrong_role_is_told_which_one_it_takes(client, tokens):
    said = client.post("/probe/approver", headers=bearer(tokens[Role.VIEWER])).json()
    assert said["detail"] == "viewer is viewer; this takes the role approver."
