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


def test_a_proposal_without_a_record_says_how_to_get_one(seeded):
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 404
    assert "cambio experiment run" in answer.json()["remedy"]


def test_the_record_of_another_model_is_refused(seeded):
    write(seeded, model_hash="0" * 64)
    answer = seeded.client(Role.VIEWER)("GET", PATH)
    assert answer.status_code == 409
    assert "model_hash" in answer.json()["detail"]
