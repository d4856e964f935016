"""Signed bundles: one file that holds a model, what it was made from, and who says so.

A bundle is a zip archive in one canonical form. Its members lie uncompressed, in order, and what
they hold gives every byte of the file: packing them again must give the same file. So there is
no room for a second member of a name, a path, a comment, or a size that is not there.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from pydantic import BaseModel, ConfigDict, Field

from cambio.errors import ContractMismatch, NotFound, SourceError
from cambio.trading.checks import Check, said
from cambio.trading.signing import key_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

SUFFIX: Final = ".cambio"
FORMAT: Final = 1
FILES: Final = ("config.yaml", "metadata.json", "norm_stats.json", "policy.onnx")
MANIFEST: Final = "bundle.json"
SIGNATURE: Final = "bundle.sig"
MEMBERS: Final = (MANIFEST, SIGNATURE, *FILES)
MAX_BYTES: Final = 512 * 2**20
"""More than the widest network that can be configured takes, and less than memory."""
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
HEADER: Final = struct.Struct("<4s5H3L2H")
"""Of a member: mark, five fields that are fixed, CRC, both sizes, lengths of name and extra."""
MARK: Final = b"PK\x03\x04"


class FileEntry(BaseModel):
    """What `bundle.json`, or a list in object storage, says of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)

    @classmethod
    def of(cls, content: bytes) -> FileEntry:
        """Describe ``content``."""
        return cls(sha256=hashlib.sha256(content).hexdigest(), size=len(content))

    def __str__(self) -> str:
        return f"{self.sha256} ({self.size:,} bytes)"


class Manifest(BaseModel):
    """The content of `bundle.json`, over whose bytes the signature goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    model_id: str
    feature_order_hash: str
    feature_spec_hash: str
    key_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    files: dict[str, FileEntry]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a bundle holds, and whether it may be believed."""

    checks: list[Check]
    files: dict[str, bytes]
    manifest: Manifest | None

    @property
    def passed(self) -> bool:
        """Whether the files are what somebody trusted has signed."""
        return all(check.passed for check in self.checks)


def seal(files: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """Give the bundle of a model's files; the same files and key give the same bytes.

    Args:
        files: the four files by name, of a model that passed the gate.
        key: signs.
    """
    metadata = json.loads(files["metadata.json"])
    manifest = Manifest(
        format=FORMAT,
        model_id=metadata["model_id"],
        feature_order_hash=metadata["lineage"]["feature_order_hash"],
        feature_spec_hash=metadata["lineage"]["feature_spec_hash"],
        key_id=key_id(key.public_key()),
        files={name: FileEntry.of(files[name]) for name in FILES},
    )
    signed = json.dumps(manifest.model_dump(), indent=2, sort_keys=True).encode()
    members: dict[str, bytes] = {name: files[name] for name in FILES}
    return pack(members | {MANIFEST: signed, SIGNATURE: key.sign(signed)})


def pack(members: Mapping[str, bytes]) -> bytes:
    """Give the archive of ``members`` in its canonical form."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, members[name])
    return stream.getvalue()


def read(path: Path) -> bytes:
    """Give the bytes of a bundle.

    Raises:
        NotFound: there is no such file.
        ContractMismatch: it is larger than any bundle.
        SourceError: it cannot be read.
    """
    if not path.is_file():
        raise NotFound(f"There is no bundle {path}.", remedy="`cambio models export` makes one.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ContractMismatch(
            f"{path} has {size:,} bytes; no bundle has more than {MAX_BYTES:,}.",
            remedy="It is no bundle; `cambio models export` makes one.",
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error


def unseal(content: bytes, trusted: Mapping[str, Ed25519PublicKey]) -> Opened:
    """Take a bundle apart and check it, down to each file; says everything that fails.

    Args:
        content: the bytes of the file, from anywhere.
        trusted: public keys by id.
    """
    members, archive = _unpack(content)
    checks = [archive]
    manifest = None
    try:
        manifest = Manifest.model_validate_json(members.get(MANIFEST, b""))
        checks.append(Check.equal("bundle format", str(FORMAT), str(manifest.format)))
        checks.append(_signed(members, manifest.key_id, trusted))
        checks += _described(members, manifest)
    except ValueError as error:
        found = said(error) if MANIFEST in members else "missing"
        checks.append(Check(f"content of {MANIFEST}", False, "readable", found))
    files: dict[str, bytes] = {name: members[name] for name in FILES if name in members}
    return Opened(checks, files, manifest)


def _unpack(content: bytes) -> tuple[dict[str, bytes], Check]:
    """Read member after member from the front; nothing else of the archive is believed."""
    members: dict[str, bytes] = {}
    position, wrong = 0, ""
    while content[position : position + 4] == MARK and not wrong:
        if len(content) < position + HEADER.size:
            break
        _, *_, size, length, extra = HEADER.unpack_from(content, position)
        begin = position + HEADER.size + length + extra
        name = content[position + HEADER.size :][:length].decode("ascii", "replace")
        if name in members or name not in MEMBERS:
            wrong = f"{'two members' if name in members else 'a member'} {name[:80]!r}"
        elif begin + size > len(content):
            wrong = f"cut off in {name}"
        else:
            members[name] = content[begin : begin + size]
            position = begin + size
    if not wrong:
        wrong = _not_canonical(content, members)
    wanted = f"{', '.join(MEMBERS)}, and nothing else"
    return members, Check("archive", not wrong, wanted, wrong or "these, and nothing else")


def _not_canonical(content: bytes, members: Mapping[str, bytes]) -> str:
    """Tell where the file differs from its members packed again; nothing where it does not."""
    missing = [name for name in MEMBERS if name not in members]
    if not members:
        return "no bundle"
    if missing:
        return f"without {', '.join(missing)}, or damaged before"
    packed = pack(members)
    if packed == content:
        return ""
    pairs = enumerate(zip(packed, content, strict=False))
    at = next((i for i, (ours, its) in pairs if ours != its), min(len(packed), len(content)))
    return f"damaged or changed since it was packed, from byte {at:,} of {len(content):,} on"


def _signed(
    members: Mapping[str, bytes], signer: str, trusted: Mapping[str, Ed25519PublicKey]
) -> Check:
    if signer not in trusted:
        known = ", ".join(sorted(trusted)) or "none is"
        found = f"by {signer}, which is not trusted here"
        return Check("signature", False, f"by a trusted key ({known})", found)
    try:
        trusted[signer].verify(members.get(SIGNATURE, b""), members[MANIFEST])
    except InvalidSignature:
        return Check("signature", False, f"by {signer}", f"not {signer}'s over this {MANIFEST}")
    return Check("signature", True, f"by {signer}", f"by {signer}")


def _described(members: Mapping[str, bytes], manifest: Manifest) -> list[Check]:
    """Compare each file with what `bundle.json` says of it."""
    names = ", ".join(FILES)
    checks = [Check.equal("files described", names, ", ".join(sorted(manifest.files)))]
    for name in FILES:
        if name in manifest.files:
            found = FileEntry.of(members[name]) if name in members else "missing"
            checks.append(Check.equal(f"file {name}", str(manifest.files[name]), str(found)))
    return checks
