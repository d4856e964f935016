"""MLflow's client: connecting, locks, its errors as ours, and the calls that must be idempotent."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cambio.errors import CambioError, ConfigError, SourceError
from cambio.tracking.description import TrackedDataset, flattened, lineage_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

REGISTERED_MODEL: Final = "usdcop_ppo"
"""The name under which MLflow's registry holds every model, each as a version."""
PARAMETERS_A_CALL: Final = 100
LONGEST_REASON: Final = 300
BUSY_TIMEOUT_S: Final = 20.0
"""A writer waits so long for another; MLflow's own figure."""
MLFLOW_DEFAULTS: Final = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",  # what it logs it also raises, and we tell that once
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",  # its own: 120 s, eight times
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS": "NullPool",  # no handle outlives its use, or a fork
}
"""What MLflow's variables are set to where the environment says nothing."""
T = TypeVar("T")


class MlflowStore:
    """A tracking store. Its errors come as `SourceError`; what looks before it writes is alone.

    Args:
        uri: MLflow tracking URI.
        client: of MLflow; None until it is connected.
    """

    def __init__(self, uri: str, client: Any = None) -> None:
        self.client = client
        self._uri = uri

    @classmethod
    def connect(cls, uri: str) -> MlflowStore:
        """Give a store that answers. The schema of a new local one is made on the way.

        Raises:
            ConfigError: MLflow or the store's driver is not installed.
            SourceError: the store doesn't answer.
        """
        for name, value in MLFLOW_DEFAULTS.items():
            os.environ.setdefault(name, value)
        try:
            from mlflow import MlflowClient  # 1.5 s and more, only when tracked

            store = cls(uri)
            with store.alone():
                client = MlflowClient(uri, registry_uri=uri)
                client.search_experiments(max_results=1)
        except ImportError as error:
            package = "MLflow" if error.name == "mlflow" else error.name
            raise ConfigError(
                f"Tracking (CAMBIO_TRACKING_URI) needs {package}.",
                remedy="Install the extra `mlflow`, or set CAMBIO_TRACKING_URI to nothing.",
            ) from error
        return cls(uri, client)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold a local store against other processes, so that what was looked up stays true.

        Above all the first use, which creates the schema, must not happen twice at once.

        Raises:
            SourceError: the store fails inside.
        """
        with self.mapped():
            path = sqlite_file(self._uri)
            if path is None:
                yield
                return
            import fcntl  # here, because Windows has none

            path.parent.mkdir(parents=True, exist_ok=True)
            with path.with_name(f"{path.name}.lock").open("w") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)
                if self.client is None:
                    _require_writable(path)
                yield

    @contextmanager
    def mapped(self) -> Iterator[None]:
        """Map what MLflow, its databases and its HTTP client raise.

        Raises:
            SourceError: with their first line, without passwords.
        """
        try:
            yield
        except CambioError:
            raise
        except Exception as error:  # the client of an artefact store has errors of its own
            shown, reason = _masked(self._uri), _masked(str(error)).partition("\n")[0]
            raise SourceError(
                f"The tracking store {shown} failed: {reason[:LONGEST_REASON].rstrip('.')}.",
                remedy="Check CAMBIO_TRACKING_URI, or set it to nothing to go on unrecorded.",
                store=shown,
            ) from error

    def experiment(self, name: str, artefacts: Path) -> str:
        """Give the experiment's id, made if there is none.

        Args:
            name: of the experiment.
            artefacts: where its files go if the store is a database; a server has a place.

        Raises:
            SourceError: somebody deleted it, and MLflow keeps the name.
        """
        is_database = re.match(r"(sqlite|postgresql|mysql|mssql)\b", self._uri)
        place = artefacts.absolute().as_uri() if is_database else None
        found = self.client.get_experiment_by_name(name)
        if found is None:
            make = self.client.create_experiment
            _unless("RESOURCE_ALREADY_EXISTS", lambda: make(name, place))
            found = self.client.get_experiment_by_name(name)
        if found.lifecycle_stage == "deleted":
            raise SourceError(
                f"Experiment {name} was deleted in the tracking store {_masked(self._uri)}.",
                remedy=f"Restore it: mlflow experiments restore -x {found.experiment_id}.",
            )
        return str(found.experiment_id)

    def resumed(self, run_id: str) -> Any:
        """Give a run, running again; None if it is unknown or deleted."""
        found = _unless("RESOURCE_DOES_NOT_EXIST", lambda: self.client.get_run(run_id))
        if found is None or found.info.lifecycle_stage == "deleted":
            return None
        self.client.update_run(run_id, status="RUNNING")
        return found

    def new_run(self, experiment_id: str, name: str) -> Any:
        """Give a run that was just made."""
        return self.client.create_run(experiment_id, run_name=name)

    def describe(
        self,
        run: Any,
        parameters: Mapping[str, Any],
        tags: Mapping[str, str],
        dataset: TrackedDataset | None,
    ) -> None:
        """Record what is known before a training; parameters that a run has stay as they are."""
        from mlflow.entities import Param

        run_id = run.info.run_id
        self.tag(run_id, lineage_tags(tags))
        known = run.data.params
        new = [Param(key, v) for key, v in flattened(parameters).items() if key not in known]
        for start in range(0, len(new), PARAMETERS_A_CALL):
            self.client.log_batch(run_id, params=new[start : start + PARAMETERS_A_CALL])
        if dataset is not None:
            self.client.log_inputs(run_id, datasets=[dataset.entity()])

    def tag(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Set tags of a run."""
        from mlflow.entities import RunTag

        self.client.log_batch(run_id, tags=[RunTag(key, value) for key, value in tags.items()])

    def version(self, model_id: str) -> str | None:
        """Give the version of a model in the registry; the first, should there be several."""
        found = self.client.search_model_versions(
            f"name = '{REGISTERED_MODEL}' and tags.model_id = '{model_id}'"
        )
        return min((str(version.version) for version in found), key=int, default=None)

    def register(self, model_id: str, run_id: str, source: str, tags: Mapping[str, str]) -> str:
        """Give the version of a model, made if there is none."""
        known = self.version(model_id)
        if known is not None:
            return known
        make = self.client.create_registered_model
        _unless("RESOURCE_ALREADY_EXISTS", lambda: make(REGISTERED_MODEL))
        every = {**tags, "model_id": model_id}
        made = self.client.create_model_version(REGISTERED_MODEL, source, run_id, tags=every)
        return str(made.version)

    def point(self, aliases: Mapping[str, str | None]) -> None:
        """Set, move or delete aliases, given the model id of each."""
        get = self.client.get_registered_model
        model = _unless("RESOURCE_DOES_NOT_EXIST", lambda: get(REGISTERED_MODEL))
        if model is None:
            return
        for alias, model_id in aliases.items():
            wanted = None if model_id is None else self.version(model_id)
            if wanted is not None:
                self.client.set_registered_model_alias(REGISTERED_MODEL, alias, wanted)
            elif alias in model.aliases:
                self.client.delete_registered_model_alias(REGISTERED_MODEL, alias)


def sqlite_file(uri: str) -> Path | None:
    """Give the file of a SQLite store.

    >>> sqlite_file("sqlite:////var/mlflow.db").as_posix()
    '/var/mlflow.db'
    >>> sqlite_file("http://mlflow:5000")
    """
    path = uri.removeprefix("sqlite:///").partition("?")[0]
    return Path(path) if uri.startswith("sqlite:///") and path not in ("", ":memory:") else None


def _unless(code: str, call: Callable[[], T]) -> T | None:
    """Give what ``call`` gives; None where MLflow answers with the error ``code``."""
    from mlflow.exceptions import MlflowException

    try:
        return call()
    except MlflowException as error:
        if error.error_code != code:
            raise
        return None


def _require_writable(path: Path) -> None:
    """Try the file out; MLflow would go on trying for more than a minute."""
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)) as connection:
        connection.execute("BEGIN IMMEDIATE")


def _masked(text: str) -> str:
    """Give a text without the passwords of its URLs.

    >>> _masked("GET https://me:secret@host/api failed")
    'GET https://***@host/api failed'
    """
    return re.sub(r"://\S*@", "://***@", text)
