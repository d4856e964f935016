"""The bundles that trade: sealed when a model gets a deployment, checked whenever one is loaded."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from cambio.app.models import files_of
from cambio.errors import ConfigError, ContractMismatch, NotFound, SourceError
from cambio.files import write_whole
from cambio.trading import bundle, signing
from cambio.trading.checks import Check, require
from cambio.trading.gate import LoadedModel, ProductionContract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from cambio.app.resources import Resources

LOCK: Final = ".lock"
"""Of the folder of bundles."""


def bundle_path(resources: Resources, model_id: str) -> Path:
    """Give where the bundle of a model lies that trades."""
    return resources.bundles / f"{model_id}{bundle.SUFFIX}"


def load_for_trading(resources: Resources, row: Mapping[str, Any]) -> LoadedModel:
    """Give a model from its signed bundle: the load gate of all that trades live.

    Args:
        resources: with the bundles and the keys that are trusted.
        row: of `model_registry`.

    Raises:
        NotFound: it was never sealed.
        ContractMismatch: nobody trusted has signed it, it was changed, belongs to another contract,
            or is another model than the registered one.
        SourceError: the bundle can't be read.
        ConfigError: a trusted key is no key.
    """
    name = row["model_id"]
    path = resources.artifacts.bring(bundle_path(resources, name))
    if not path.is_file():
        raise NotFound(
            f"{name} has no signed bundle {path}.", remedy=f"`cambio deploy seal {name}` makes one."
        )
    anew = f"`cambio deploy seal {name}` makes it anew from the model's folder."
    try:
        model = ProductionContract.load_bundle(path, signing.trusted_keys(resources.keys))
    except ContractMismatch as error:
        raise ContractMismatch(error.what, remedy=anew, **error.fields) from error
    checks = (
        Check.equal("model id of the registry", name, model.model_id),
        Check.equal("model hash of the registry", row["model_hash"], model.lineage["model_hash"]),
    )
    require(checks, f"Model {name} in {path}", anew)
    return model


def sealed(resources: Resources, row: Mapping[str, Any]) -> Path:
    """Give the signed bundle of a registered model, and make it where none passes the load gate.

    A bundle that somebody trusted has signed elsewhere stays as it is.

    Args:
        resources: with the model's files, and the key that signs here.
        row: of `model_registry`.

    Raises:
        NotFound: the model lacks a file.
        ContractMismatch: its files are not what was registered, or don't pass the load gate.
        ConfigError: this installation trusts keys, and holds none to sign with.
        Conflict: somebody made the key meanwhile with `cambio keys create`.
        SourceError: the bundle can't be written.
    """
    path = bundle_path(resources, row["model_id"])
    files = files_of(resources, dict(row))
    with _alone(resources.bundles):
        try:
            load_for_trading(resources, row)
        except (NotFound, ContractMismatch):
            content = bundle.seal(files, _signing_key(resources))
            try:
                write_whole(path, content)
            except OSError as error:
                raise SourceError(f"{path} cannot be written: {error.strerror}.") from error
        resources.artifacts.keep(path)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one after the other seal, whatever process or thread they are.

    Raises:
        SourceError: the folder can't be written.
    """
    import fcntl  # here, because Windows has none

    with ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stream = stack.enter_context((folder / LOCK).open("a"))
            fcntl.flock(stream, fcntl.LOCK_EX)  # closing it, or dying, lets it go
        except OSError as error:
            raise SourceError(f"{folder} cannot be written: {error.strerror}.") from error
        yield


def _signing_key(resources: Resources) -> Ed25519PrivateKey:
    """Give the key that signs here; a home that has no key at all gets one.

    Where keys are trusted already, somebody has decided who signs: then none is made.
    """
    folder = resources.keys
    if not (folder / signing.SIGNING).exists():
        if signing.trusted_keys(folder):
            raise ConfigError(
                f"Only bundles signed by the keys in {folder / signing.TRUSTED} trade here, and "
                "none of them signs here.",
                remedy=f"Have the bundle made where the key is (`cambio models export`) and put it "
                f"into {resources.bundles}; or `cambio keys create`, to sign here as well.",
            )
        signing.create(folder)
    return signing.signing_key(folder)
