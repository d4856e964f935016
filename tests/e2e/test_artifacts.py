"""`cambio artifacts`: a second machine on the same database has what the first one made."""

from __future__ import annotations

import shutil

import pytest
from tests.services import object_storage
from tests.unit.app import ballots

from cambio.store.database import open_database


@pytest.fixture
def storage(monkeypatch):
    """An S3 endpoint, in the environment of the commands."""
    with object_storage() as port:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "CAMBIO_ARTIFACTS_URL": "s3://cambio/team",
        }.items():
            monkeypatch.setenv(name, value)
        yield


def test_a_model_comes_to_the_machine_that_needs_it(cambio, home, storage, monkeypatch, tmp_path):
    database = f"sqlite:///{home / 'cambio.db'}"
    engine = open_database(database)
    ballots.publish_models(ballots.at(ballots.resources(engine, home), ballots.NOW))
    engine.dispose()
    sealed = cambio("deploy", "seal", "random-s0")
    assert sealed.code == 0, sealed.err
    assert cambio("artifacts", "keep").out.strip().endswith("3 artefacts kept.")
    verified = cambio("artifacts", "verify", "--json").json()
    assert all(each["problem"] == "" for each in verified)

    monkeypatch.setenv("CAMBIO_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("CAMBIO_DATABASE_URL", database)
    shown = cambio("models", "show", "random-s0", "--json").json()
    assert shown["files"]
    folder = "models/random-s0"
    assert {each["name"] for each in verified} >= {f"{folder}/{name}" for name in shown["files"]}
    assert (tmp_path / "other" / folder / "policy.onnx").is_file()


def test_what_is_damaged_in_the_storage_is_told(cambio, home, storage):
    (home / "reports").mkdir(parents=True)
    (home / "reports" / "page.html").write_text("whole")
    assert cambio("artifacts", "keep").code == 0
    shutil.rmtree(home / "reports")
    from obstore import list as listed
    from obstore import put
    from obstore.store import from_url

    storage = from_url("s3://cambio/team")
    (blob,) = (one["path"] for page in listed(storage, "blobs/") for one in page)
    put(storage, blob, b"half")
    answer = cambio("artifacts", "verify")
    assert answer.code == 6
    assert "reports/page.html" in answer.err


def test_without_a_storage_the_remedy_names_the_variable(cambio, home):
    answer = cambio("artifacts", "keep")
    assert answer.code == 3
    assert "CAMBIO_ARTIFACTS_URL" in answer.err
