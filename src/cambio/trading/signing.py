"""Ed25519 keys in a folder: one that signs here, and those that are trusted."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cambio.errors import ConfigError, Conflict, SourceError
from cambio.files import write_whole

FOLDER: Final = "keys"
"""Below CAMBIO_HOME."""
SIGNING: Final = "signing.pem"
TRUSTED: Final = "trusted"
UNREADABLE: Final = (ValueError, TypeError, UnsupportedAlgorithm)
"""How the library refuses what is no key, one with a password, and one of an unknown kind."""


def key_id(key: Ed25519PublicKey) -> str:
    """Give the first 16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def create(folder: Path) -> str:
    """Make the key that signs, readable by its owner alone, and trust it; give its id.

    It appears whole or not at all, and after its public half: a stop between them leaves a
    trusted key that nobody holds.

    Raises:
        Conflict: there is one already.
        ConfigError: others can reach the folder.
        SourceError: the folder cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    trusted = folder / TRUSTED / f"{key_id(key.public_key())}.pub"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        trusted.parent.mkdir(mode=0o700, exist_ok=True)
        _require_private(folder)
        write_whole(trusted, public)
        try:
            _write_new(folder / SIGNING, private)
        except BaseException:
            trusted.unlink()
            raise
    except FileExistsError as error:
        raise Conflict(
            f"{error.filename} exists already, and a key is never overwritten.",
            remedy="Move it away first, if bundles are to be signed by a new one from now on.",
        ) from error
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}.") from error
    return key_id(key.public_key())


def _write_new(path: Path, content: bytes) -> None:
    """Put a secret at ``path``, whole and on the disk.

    Raises:
        FileExistsError: something is there already, which stays as it is.
    """
    descriptor, staged = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            path.hardlink_to(staged)  # unlike a rename, it replaces nothing
        except FileExistsError as error:
            error.filename = str(path)  # it names the staged file
            raise
    finally:
        Path(staged).unlink()


def _require_private(path: Path) -> None:
    """Refuse a key that others can read, and a folder in which they could put another.

    Raises:
        ConfigError: with the mode that it should have.
        OSError: it is not there, or cannot be looked at.
    """
    mode = path.stat().st_mode
    if mode & 0o077:
        right = "700" if path.is_dir() else "600"
        raise ConfigError(
            f"{path} can be read by others (mode {mode & 0o777:04o}), so its signatures prove "
            "nothing.",
            remedy=f"If nobody has: `chmod {right} {path}`. Else move it away and make a new key.",
        )


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Give the key that signs.

    Raises:
        ConfigError: there is none, others can reach it or its folder, or it is no Ed25519 key.
    """
    path = folder / SIGNING
    try:
        content = path.read_bytes()
        for one in (path, folder):
            _require_private(one)
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no key to sign with: {path} is missing.", remedy="Run `cambio keys create`."
        ) from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except UNREADABLE as error:
        raise ConfigError(f"{path} is no private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path} is no Ed25519 key.", remedy="Move it away; make a new one.")
    return key


def trusted_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Give the trusted public keys by id: every `.pub` file, whatever its name.

    Raises:
        ConfigError: a file is no Ed25519 public key.
    """
    keys = {}
    for path in sorted((folder / TRUSTED).glob("*.pub")):
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
        except UNREADABLE as error:
            raise ConfigError(f"{path} is no public key: {error}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise ConfigError(f"{path} is no Ed25519 public key.", remedy="Remove it.")
        keys[key_id(key)] = key
    return keys
