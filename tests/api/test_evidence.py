"""The evidence of a proposal: found by its row, and refused where it belongs to another."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from tests.api.seeded import OPEN, serve, template

from cambio.api.evidence import EXAMPLE
from cambio.contracts.accounts import Role
from cambio.store import tables
from cambio.store.database import reading

PATH = f"/v1/proposals/{OPEN}/evidence"


@pytest.fixture
def seeded(tmp_path_factory, tmp_path):
    with serve(template(tmp_path_factory.getbasetemp()), tmp_path) as found:
        yield found


def write(seeded, **changed) -> dict:
    lineage = tables.promotion_proposals.c.lineage
    with reading(seeded.resources.engine) as connection:
        query = select(lineage).where(tables.promotion_proposals.c.proposal_id == OPEN)
        model_hash = connection.scalar(query)["model_hash"]
    record = EXAMPLE | {"format": 1, "proposal_id": OPEN, "model_hash": model_hash} | changed
    seeded.resources.reports.mkdir(exist_ok=True)
    (seeded.resources.reports / f"{OPEN}.json").write_text(json.dumps(record))
    return record


def test_what_was_recorded_is_given(seeded):
    record = write(seeded)
    del record["format"]
    assert seeded.client(Role.VIEWER).get(PATH) == record


def test_a_champion_of_then_is_given_beside_the_policy(seeded):
    write(seeded, champion=[1.0, 0.998])
    assert seeded.client(Role.VIEWER).get(PATH)["champion"] == [1.0, 0.998]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"format": 1, "days": [', "Expecting value"),
        ("\udcff", "utf-8"),
        ("[1, 2]", "no record"),
    ],
)
def test_a_file_that_is_no_record_is_a_problem_with_a_remedy(seeded, text, why):
    write(seeded)
    path = seeded.resources.reports / f"{OPEN}.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 409
    assert why in answer.json()["detail"]
    assert f"reports/{OPEN}.json" in answer.json()["remedy"]


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("policy", {"x1": ["much"]}, "policy.x1.0: input should be a valid number"),
        ("hours", None, "hours: input should be a valid list"),
    ],
)
def test_a_record_with_a_wrong_part_names_it(seeded, part, value, why):
    write(seeded, **{part: value})
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 409
    assert why in answer.json()["detail"]


def test_a_record_that_lacks_a_part_names_it(seeded):
    record = write(seeded)
    del record["hours"]
    (seeded.resources.reports / f"{OPEN}.json").write_text(json.dumps(record))
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 409
    assert "hours: field required" in answer.json()["detail"]


def test_a_record_of_another_format_is_none(seeded):
    write(seeded, format=2)
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 404
    assert f"Delete reports/{OPEN}.json" in answer.json()["remedy"]


def test_the_record_of_another_proposal_is_refused(seeded):
    write(seeded, proposal_id="0" * 8)
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 409
    assert "proposal_id" in answer.json()["detail"]


def test_a_proposal_without_a_record_says_how_to_get_one(seeded):
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 404
    assert "cambio experiment run" in answer.json()["remedy"]


def test_the_record_of_another_model_is_refused(seeded):
    write(seeded, model_hash="0" * 64)
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 409
    assert "model_hash" in answer.json()["detail"]
