"""A bundle is exactly what somebody trusted has signed, or it is refused."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.models import random_network, write_model

from cambio.errors import ContractMismatch, NotFound
from cambio.features.spec import FeatureSpec
from cambio.trading import bundle
from cambio.trading.checks import Check
from cambio.trading.gate import ProductionContract, examine_bundle
from cambio.trading.signing import key_id
from cambio.training.export import Layer, Network, policy_graph

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TRUSTED = {key_id(KEY.public_key()): KEY.public_key()}
SPEC = FeatureSpec(bar_range="as_is", zscore_window=60)
GOLDEN = "f9f0dd8d4d6f3c1db8438af99839ba63c366b4aca7e7811b6a4e9bba2d32126b"


def files_in(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in bundle.FILES}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    return files_in(write_model(tmp_path_factory.mktemp("model") / "m", SPEC))


@pytest.fixture(scope="module")
def sealed(files) -> bytes:
    return bundle.seal(files, KEY)


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def failed(content: bytes, trusted=TRUSTED) -> dict[str, str]:
    """What fails, and what was found."""
    examination = examine_bundle(content, trusted)
    wrong = {check.subject: check.found for check in examination.checks if not check.passed}
    assert (examination.model is None) == bool(wrong)
    return wrong


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def signed(members: dict[str, bytes], **changed: object) -> bytes:
    """A bundle whose manifest says something else, signed all the same."""
    manifest = json.dumps({**json.loads(members["bundle.json"]), **changed}).encode()
    return bundle.pack(
        {**members, "bundle.json": manifest, "bundle.sig": KEY.sign(manifest)},
    )


def test_a_bundle_gives_the_model_that_was_sealed(tmp_path, files, sealed):
    path = tmp_path / "m.cambio"
    path.write_bytes(sealed)
    model = ProductionContract.load_bundle(path, TRUSTED)
    assert (model.model_id, model.spec) == ("random-s0", SPEC)
    assert model.lineage == json.loads(files["metadata.json"])["lineage"]
    assert failed(sealed) == {}


def test_the_same_model_and_key_give_the_same_bytes(files, sealed):
    assert bundle.seal(dict(reversed(files.items())), KEY) == sealed
    assert bundle.seal(files, STRANGER) != sealed


def test_the_archive_has_one_form_on_every_machine():
    """Where a library came to write zip files otherwise, every older bundle would be refused."""
    found = bundle.pack({"b": b"second", "a": b"first"})
    assert hashlib.sha256(found).hexdigest() == GOLDEN


def test_any_zip_tool_can_look_inside(sealed, files):
    found = members_of(sealed)
    assert sorted(found) == sorted(bundle.MEMBERS)
    assert {name: found[name] for name in files} == files
    described = json.loads(found["bundle.json"])["files"]
    assert described["policy.onnx"] == {
        "sha256": hashlib.sha256(files["policy.onnx"]).hexdigest(),
        "size": len(files["policy.onnx"]),
    }


def test_no_byte_of_the_file_can_change_unnoticed(sealed):
    unnoticed = [
        at for at in range(len(sealed)) if bundle.unseal(flipped(sealed, at), TRUSTED).passed
    ]
    assert unnoticed == []


@pytest.mark.parametrize("name", bundle.FILES)
def test_a_changed_file_is_named_though_the_archive_is_whole(sealed, name):
    members = members_of(sealed)
    changed = bundle.pack({**members, name: flipped(members[name], len(members[name]) // 2)})
    found = failed(changed)
    assert "archive" not in found
    assert "signature" not in found
    assert f"file {name}" in found


@pytest.mark.parametrize("name", ["bundle.json", "bundle.sig"])
def test_a_changed_manifest_or_signature_is_no_signature(sealed, name):
    members = members_of(sealed)
    content = members[name]
    at = content.index(b"random-s0") if name == "bundle.json" else 0
    assert "signature" in failed(bundle.pack({**members, name: flipped(content, at)}))


def test_a_file_that_was_changed_together_with_the_manifest_is_no_signature(sealed):
    members = members_of(sealed)
    members["config.yaml"] += b"\n"
    manifest = json.loads(members["bundle.json"])
    entry = bundle.FileEntry.of(members["config.yaml"])
    manifest["files"]["config.yaml"] = entry.model_dump()
    members["bundle.json"] = json.dumps(manifest).encode()
    found = failed(bundle.pack(members))
    assert set(found) == {"signature", "content of policy.onnx"}


def test_a_strangers_signature_is_not_enough(files):
    found = failed(bundle.seal(files, STRANGER))
    assert found["signature"] == f"by {key_id(STRANGER.public_key())}, which is not trusted here"


def test_a_stranger_cannot_sign_in_a_trusted_name(files, sealed):
    members = members_of(sealed)
    members["bundle.sig"] = STRANGER.sign(members["bundle.json"])
    assert "signature" in failed(bundle.pack(members))


def test_a_graph_that_nobody_trusted_has_signed_is_not_opened(files):
    examination = examine_bundle(bundle.seal(files, STRANGER), TRUSTED)
    found = {check.subject: check.found for check in examination.checks}
    assert found["content of policy.onnx"].startswith("not opened")
    assert "probabilities" not in found


def with_member(content: bytes, name: str, compress: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a", compress) as archive:
        archive.writestr(zipfile.ZipInfo(name), b"0" * 1000, compress)
    return stream.getvalue()


def compressed(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in sorted(members_of(content).items()):
            archive.writestr(name, member)
    return stream.getvalue()


def commented(content: bytes) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"hello"
    return stream.getvalue()


def reordered(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, member in sorted(members_of(content).items(), reverse=True):
            archive.writestr(zipfile.ZipInfo(name), member)
    return stream.getvalue()


def claiming(content: bytes, size: int) -> bytes:
    """The first member is said to be as large."""
    return content[:18] + struct.pack("<2L", size, size) + content[26:]


def bomb(_: bytes) -> bytes:
    """A well-formed member that would grow ten thousand times."""
    name, zeros = b"policy.onnx", zlib.compress(bytes(10**7), wbits=-15)
    fields = (b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(zeros), 10**7, len(name), 0)
    return bundle.HEADER.pack(*fields) + name + zeros


STRANGE = {
    "another member": lambda content: with_member(content, "run.pkl"),
    "a member above the folder": lambda content: with_member(content, "../policy.onnx"),
    "an absolute path": lambda content: with_member(content, "/etc/passwd"),
    "compressed members": compressed,
    "a comment": commented,
    "another order": reordered,
    "bytes before": lambda content: b"#!" + content,
    "bytes after": lambda content: content + b"\0",
    "a size that is not there": lambda content: claiming(content, 2**32 - 1),
    "no size": lambda content: claiming(content, 0),
    "a bomb": bomb,
    "a member missing": lambda content: bundle.pack(
        {k: v for k, v in members_of(content).items() if k != "norm_stats.json"}
    ),
    "no zip": lambda content: b"garbage",
    "nothing": lambda content: b"",
}


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_an_archive_of_any_other_form_is_refused(sealed, change):
    assert "archive" in failed(change(sealed))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_a_name_is_refused(sealed):
    assert "two members 'policy.onnx'" in failed(with_member(sealed, "policy.onnx"))["archive"]


def test_where_an_archive_was_changed_is_told(sealed):
    found = failed(sealed + b"\0")["archive"]
    assert found.startswith(f"damaged or changed since it was packed, from byte {len(sealed):,} ")


def test_a_file_that_is_cut_off_anywhere_is_refused(sealed):
    passed = [n for n in range(0, len(sealed), 7) if bundle.unseal(sealed[:n], TRUSTED).passed]
    assert passed == []


WRONG = {
    "another format": ({"format": 2}, "bundle format"),
    "another model id": ({"model_id": "random-s1"}, "model id in bundle.json"),
    "another feature order": ({"feature_order_hash": "0" * 16}, "feature order hash in bundle"),
    "another feature spec": ({"feature_spec_hash": "0" * 64}, "feature spec hash in bundle"),
    "a key it does not know": ({"pickle": "yes"}, "content of bundle.json"),
    "no files": ({"files": {}}, "files described"),
}


@pytest.mark.parametrize(("changed", "subject"), WRONG.values(), ids=WRONG)
def test_a_signed_manifest_that_belongs_elsewhere_is_refused(sealed, changed, subject):
    found = failed(signed(members_of(sealed), **changed))
    assert any(name.startswith(subject) for name in found), found


def test_a_manifest_that_is_no_json_is_refused(sealed):
    members = {**members_of(sealed), "bundle.json": b"[" * 100_000}
    assert "content of bundle.json" in failed(bundle.pack(members))


@pytest.mark.parametrize("changed", [{"files": {"\x1b[2J" + "x" * 5000: {}}}, {"\x1b[2J": 1}])
def test_what_a_stranger_wrote_reaches_no_terminal_raw(sealed, changed):
    found = failed(signed(members_of(sealed), **changed))
    assert "?[2J" in found["content of bundle.json"]
    assert all(text.isprintable() and len(text) <= 500 for text in found.values())


def test_a_hash_in_a_strangers_manifest_is_a_hash(files):
    """What the manifest says is shown as expected, beside what was found."""
    members = members_of(bundle.seal(files, STRANGER))
    described = json.loads(members["bundle.json"])["files"]
    described["policy.onnx"]["sha256"] = "\x1b[2J" + "x" * 10**6
    checks = examine_bundle(signed(members, files=described), TRUSTED).checks
    wrong = {check.subject: check.found for check in checks if not check.passed}
    assert "files.policy.onnx.sha256" in wrong["content of bundle.json"]
    for check in checks:
        assert f"{check.expected}{check.found}".isprintable()


def test_what_is_expected_is_kept_short_and_printable_too():
    check = Check.equal("file policy.onnx", "\x1b[2J" + "x" * 10**6, "right")
    assert (check.passed, check.expected) == (False, "?[2J" + "x" * 496)


def test_a_model_of_another_contract_is_refused_though_its_signature_is_right(files):
    metadata = json.loads(files["metadata.json"])
    metadata["lineage"]["feature_order_hash"] = "0" * 16
    sealed = bundle.seal({**files, "metadata.json": json.dumps(metadata).encode()}, KEY)
    assert failed(sealed)["feature order hash in metadata.json"] == "0" * 16


def test_a_signed_policy_that_answers_nan_is_refused(tmp_path):
    layers = random_network().layers
    spoilt = Layer(layers[1].weight, np.array([np.nan, 0, 0], np.float32))
    graph = policy_graph([Network((layers[0], spoilt), "tanh")])
    folder = write_model(tmp_path / "m", SPEC, graph=graph)
    found = failed(bundle.seal(files_in(folder), KEY))
    assert found == {"probabilities": "wrong on 64 of 64 observations"}


def test_a_refusal_names_the_first_thing_that_is_wrong(tmp_path, files):
    path = tmp_path / "m.cambio"
    path.write_bytes(bundle.seal(files, STRANGER))
    with pytest.raises(ContractMismatch, match=r"random-s0 in .*signature is by .* not trusted"):
        ProductionContract.load_bundle(path, TRUSTED)


def test_a_bundle_that_is_not_there_is_not_found(tmp_path):
    for path in (tmp_path, tmp_path / "m.cambio"):
        with pytest.raises(NotFound):
            ProductionContract.load_bundle(path, TRUSTED)


def test_a_file_larger_than_any_bundle_is_refused_unread(tmp_path):
    path = tmp_path / "m.cambio"
    with path.open("wb") as stream:
        stream.truncate(bundle.MAX_BYTES + 1)  # takes no space
    with pytest.raises(ContractMismatch, match="no bundle has more"):
        ProductionContract.load_bundle(path, TRUSTED)
