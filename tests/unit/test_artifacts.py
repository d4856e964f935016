"""What is kept in object storage comes back as it was or not at all; on a real S3 endpoint."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store
from tests.relay import Relay, relayed
from tests.services import object_storage

from cambio.artifacts import Artifacts
from cambio.errors import ConfigError, ContractMismatch, SourceError

URL = "s3://cambio/team"
LARGE = 12 * 2**20
"""Bytes that take three parts."""


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """The way to the storage."""
    with object_storage() as port, relayed(port) as way:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "key-of-tests",
            "AWS_SECRET_ACCESS_KEY": "secret-of-tests",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{way.port}",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("cambio.artifacts.RETRIES", 0)
        yield way


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return tmp_path / "there"


def make(home: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)


def held(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def storage() -> S3Store:
    return S3Store.from_url(URL)


MODEL = {"models/m1/policy.onnx": b"graph", "models/m1/curve/points.json": b"[1]"}


def test_a_folder_comes_back_on_another_machine(relay, here, there):
    make(here, MODEL | {"models/m10/policy.onnx": b"another"})
    Artifacts(here, URL).keep(here / "models/m1")
    Artifacts(here, URL).keep(here / "models/m10")
    (there / "models").mkdir(parents=True)
    other = Artifacts(there, URL)
    assert other.names(there / "models") == ["m1", "m10"]
    assert other.bring(there / "models/m1") == there / "models/m1"
    assert held(there) == MODEL


def test_a_folder_comes_to_a_home_that_holds_nothing_yet(relay, here, there):
    make(here, MODEL)
    Artifacts(here, URL).keep(here / "models/m1")
    Artifacts(there, URL).bring(there / "models/m1")
    assert held(there) == MODEL


def test_a_file_that_was_made_anew_replaces_the_older_one(relay, here, there):
    ours, others = Artifacts(here, URL), Artifacts(there, URL)
    for content in (b"old", b"new"):
        make(here, {"reports/p.json": content})
        ours.keep(here / "reports/p.json")
        assert others.bring(there / "reports/p.json").read_bytes() == content
    relay.cut()
    assert others.bring(there / "reports/p.json").read_bytes() == b"new"


def test_what_nobody_kept_is_left_to_the_caller(relay, here):
    assert not Artifacts(here, URL).bring(here / "models/m2").exists()


def test_without_a_storage_nothing_happens(here):
    make(here, MODEL)
    alone = Artifacts(here, "")
    alone.keep(here / "models/m1")
    assert alone.bring(here / "models/m1") == here / "models/m1"
    assert alone.names(here / "models") == []
    assert not alone.is_configured


def test_a_file_in_many_parts_is_the_same_bytes(relay, here, there):
    content = os.urandom(LARGE)
    make(here, {"models/m1/model.zip": content})
    Artifacts(here, URL).keep(here / "models/m1")
    etag = obstore.head(storage(), f"blobs/{hashlib.sha256(content).hexdigest()}")["e_tag"]
    assert etag.endswith('-3"')
    Artifacts(there, URL).bring(there / "models/m1")
    assert held(there) == {"models/m1/model.zip": content}


def test_a_connection_that_drops_during_an_upload_leaves_no_half_artefact(relay, here, there):
    make(here, {"models/m1/a.json": b"{}", "models/m1/model.zip": os.urandom(LARGE)})
    relay.cut_after(LARGE // 2)
    with pytest.raises(SourceError, match="cannot be written"):
        Artifacts(here, URL).keep(here / "models/m1")
    relay.mend()
    assert Artifacts(there, URL).names(there / "models") == []
    Artifacts(there, URL).bring(there / "models/m1")
    assert not there.exists()
    kept = [one["path"] for page in obstore.list(storage()) for one in page]
    assert kept == [f"blobs/{hashlib.sha256(b'{}').hexdigest()}"]

    relay.passed = 0
    Artifacts(here, URL).keep(here / "models/m1")
    Artifacts(there, URL).bring(there / "models/m1")
    assert held(there) == held(here)


def test_what_is_there_already_is_not_sent_again(relay, here):
    make(here, {"models/m1/model.zip": os.urandom(LARGE)})
    Artifacts(here, URL).keep(here / "models/m1")
    relay.passed = 0
    Artifacts(here, URL).keep(here / "models/m1")
    assert relay.passed < 10_000


def test_a_connection_that_drops_during_a_download_leaves_nothing(relay, here, there):
    make(here, {"models/m1/model.zip": os.urandom(LARGE), "models/m1/a.json": b"{}"})
    Artifacts(here, URL).keep(here / "models/m1")
    relay.cut_after(LARGE // 2)
    with pytest.raises(SourceError, match="cannot be read"):
        Artifacts(there, URL).bring(there / "models/m1")
    assert held(there) == {}
    assert not (there / "models/m1").exists()


@pytest.mark.parametrize("damage", [b"grapH", b"", None])
def test_bytes_that_changed_in_the_storage_are_refused(relay, here, there, damage):
    make(here, MODEL)
    Artifacts(here, URL).keep(here / "models/m1")
    key = f"blobs/{hashlib.sha256(b'graph').hexdigest()}"
    if damage is None:
        obstore.delete(storage(), key)
    else:
        obstore.put(storage(), key, damage)
    with pytest.raises(ContractMismatch, match=r"models/m1/policy\.onnx in s3://cambio/team is"):
        Artifacts(there, URL).bring(there / "models/m1")
    assert not (there / "models/m1").exists()
    found = dict(Artifacts(here, URL).verify())
    assert found["models/m1/curve/points.json"] == ""
    assert "models/m1/policy.onnx in s3://cambio/team is" in found["models/m1/policy.onnx"]


def test_a_storage_that_is_away_says_so_without_its_keys(relay, here, there):
    make(here, MODEL)
    relay.cut()
    with pytest.raises(SourceError) as caught:
        Artifacts(here, URL).keep(here / "models/m1")
    assert "s3://cambio/team" in str(caught.value)
    assert "of-tests" not in str(caught.value)


def test_an_address_of_no_storage_is_a_wrong_setting(here):
    make(here, MODEL)
    with pytest.raises(ConfigError, match="CAMBIO_ARTIFACTS_URL is no address"):
        Artifacts(here, "nonsense://x").keep(here / "models/m1")
