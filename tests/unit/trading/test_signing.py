"""Keys: made once, readable by their owner alone, told by their public half."""

from __future__ import annotations

import hashlib
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cambio.errors import ConfigError, Conflict
from cambio.trading import signing


def test_a_new_key_signs_and_is_trusted(tmp_path):
    made = signing.create(tmp_path / "keys")
    key = signing.signing_key(tmp_path / "keys")
    trusted = signing.trusted_keys(tmp_path / "keys")
    assert signing.key_id(key.public_key()) == made
    trusted[made].verify(key.sign(b"text"), b"text")


def test_the_id_is_the_beginning_of_the_public_keys_hash():
    key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    assert signing.key_id(key) == hashlib.sha256(raw).hexdigest()[:16]


def test_only_its_owner_can_read_a_key(tmp_path):
    signing.create(tmp_path / "keys")
    modes = [(tmp_path / name).stat().st_mode for name in ("keys", "keys/signing.pem")]
    assert [stat.S_IMODE(mode) for mode in modes] == [0o700, 0o600]


def test_a_key_is_never_overwritten(tmp_path):
    signing.create(tmp_path)
    before = (tmp_path / "signing.pem").read_bytes()
    with pytest.raises(Conflict, match="never overwritten"):
        signing.create(tmp_path)
    assert (tmp_path / "signing.pem").read_bytes() == before
    assert len(signing.trusted_keys(tmp_path)) == 1


def test_a_key_that_cannot_be_trusted_is_not_left_behind(tmp_path):
    (tmp_path / "trusted").write_text("not a folder")
    with pytest.raises(Conflict):
        signing.create(tmp_path)
    assert not (tmp_path / "signing.pem").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_reach_does_not_sign(tmp_path, mode):
    signing.create(tmp_path)
    (tmp_path / "signing.pem").chmod(mode)
    with pytest.raises(ConfigError, match=rf"mode 0{mode:o}"):
        signing.signing_key(tmp_path)


@pytest.mark.parametrize("use", [signing.create, signing.signing_key])
def test_a_folder_that_others_can_reach_holds_no_key(tmp_path, use):
    """Who can write there could put another key, or another trusted one."""
    folder = tmp_path / "keys"
    if use is signing.signing_key:
        signing.create(folder)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o750)
    with pytest.raises(ConfigError, match=rf"mode 0750.*chmod 700 {folder}"):
        use(folder)
    assert (folder / "signing.pem").exists() == (use is signing.signing_key)


def test_of_two_that_make_a_key_one_wins(tmp_path):
    folder, start = tmp_path / "keys", threading.Barrier(8)

    def run(_: int) -> str | None:
        start.wait()
        try:
            return signing.create(folder)
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        (made,) = filter(None, pool.map(run, range(8)))
    assert signing.key_id(signing.signing_key(folder).public_key()) == made
    assert list(signing.trusted_keys(folder)) == [made]
    assert sorted(path.name for path in folder.iterdir()) == ["signing.pem", "trusted"]


def test_without_a_key_the_remedy_is_told(tmp_path):
    with pytest.raises(ConfigError, match="cambio keys create"):
        signing.signing_key(tmp_path)


def other_kind() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def locked() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    )


@pytest.mark.parametrize("content", [b"", b"garbage", other_kind(), locked()])
def test_what_is_no_key_does_not_sign(tmp_path, content):
    path = tmp_path / "signing.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"signing\.pem"):
        signing.signing_key(tmp_path)


def test_a_public_key_is_trusted_under_whatever_name_it_was_copied(tmp_path):
    made = signing.create(tmp_path / "theirs")
    (tmp_path / "ours" / "trusted").mkdir(parents=True)
    copied = (tmp_path / "theirs" / "trusted" / f"{made}.pub").read_bytes()
    (tmp_path / "ours" / "trusted" / "alice.pub").write_bytes(copied)
    assert list(signing.trusted_keys(tmp_path / "ours")) == [made]


def test_no_key_is_trusted_by_default(tmp_path):
    assert signing.trusted_keys(tmp_path) == {}


@pytest.mark.parametrize("kind", ["garbage", "private"])
def test_what_is_no_public_key_is_not_passed_over(tmp_path, kind):
    signing.create(tmp_path)
    content = b"garbage" if kind == "garbage" else (tmp_path / "signing.pem").read_bytes()
    (tmp_path / "trusted" / "other.pub").write_bytes(content)
    with pytest.raises(ConfigError, match=r"other\.pub"):
        signing.trusted_keys(tmp_path)
