"""Experiment tracking: MLflow by URI. An empty URI records nothing and never imports MLflow.

The store is told what happens; it decides nothing. One that can't be reached stops a run before it
starts. One that is lost on the way costs the record and never the training: the loss is logged
once, and what is missing is offered again at the run's end.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from cambio.errors import CambioError, SourceError
from cambio.tracking.description import TrackedDataset, key_of, lineage_tags
from cambio.tracking.store import MlflowStore, sqlite_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Run", "TrackedDataset", "Tracker"]
CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
ARTEFACTS: Final = (
    *("model.zip", "config.yaml", "norm_stats.json", "training_curve.png", "metrics/*.csv"),
    *("policy.onnx", "metadata.json"),
)
"""What a run keeps of a model's folder: the specification's tree, the graph and its metadata."""
BUFFERED_POINTS: Final = 25
"""So many points of the curves go to the store in one transaction."""
POINTS_A_CALL: Final = 1000
T = TypeVar("T")


class Run(Protocol):
    """One training run while it is recorded."""

    run_id: str
    """To resume it; "" where nothing is recorded."""

    def metrics(self, values: dict[str, float], step: int) -> None:
        """Record figures of one step; those that are NaN or infinite are left out."""
        ...

    def artefacts(self, folder: Path) -> None:
        """Record the model in ``folder``, as far as its files exist: `ARTEFACTS`."""
        ...

    def register(self, model_id: str, tags: dict[str, str]) -> str | None:
        """Register the run's model; give its version, the same for the same id.

        Gives None where nothing is recorded or the store is lost.
        """
        ...


class _SilentRun:
    run_id = ""

    def metrics(self, values: dict[str, float], step: int) -> None:
        pass

    def artefacts(self, folder: Path) -> None:
        pass

    def register(self, model_id: str, tags: dict[str, str]) -> None:
        pass


class Tracker:
    """Opens runs in the tracking store. Picklable: it holds no connection.

    Args:
        uri: MLflow tracking URI, or "" to record nothing.
        artefacts: where a store that is a database keeps its files.
    """

    def __init__(self, uri: str, artefacts: Path) -> None:
        self._uri = uri
        self._artefacts = artefacts

    @contextmanager
    def run(
        self,
        experiment: str,
        name: str,
        parameters: Mapping[str, Any],
        tags: Mapping[str, str],
        dataset: TrackedDataset | None = None,
        run_id: str | None = None,
    ) -> Iterator[Run]:
        """Record what happens inside.

        The run ends as FINISHED, as FAILED by an exception, as KILLED by Ctrl-C or an exit.

        Args:
            experiment: groups runs.
            name: of this run.
            parameters: may be nested; recorded as `outer.inner`.
            tags: lineage, recorded as `cambio.<key>`; `code_version` also as the source's version.
            dataset: what is learned from.
            run_id: the run to go on with; a new one is made where the store doesn't know it.

        Raises:
            ConfigError: MLflow or the store's driver is not installed.
            SourceError: the store can't be reached or refuses, before anything is trained.
        """
        if not self._uri:
            yield _SilentRun()
            return
        store = MlflowStore.connect(self._uri)
        with store.alone():
            found = store.resumed(run_id) if run_id else None
            found = found or store.new_run(store.experiment(experiment, self._artefacts), name)
            store.describe(found, parameters, tags, dataset)
        recorded = _MlflowRun(store, found.info.run_id, found.info.artifact_uri)
        status = "KILLED"
        try:
            yield recorded
            status = "FINISHED"
        except Exception:
            status = "FAILED"
            raise
        finally:
            recorded.end(status)

    def aliases(self, champion: str | None, challenger: str | None) -> None:
        """Point MLflow's aliases at the versions of these models: a mirror of our own registry.

        An alias goes where its model is None or not in the store. A loss of the store is logged;
        the next call makes it good.
        """
        if not self._uri:
            return
        path = sqlite_file(self._uri)
        if path is not None and not path.exists():
            return  # nothing was ever recorded
        try:
            store = MlflowStore.connect(self._uri)
            with store.alone():
                store.point({CHAMPION: champion, CHALLENGER: challenger})
        except CambioError as error:
            _tell_loss(error, "aliases")


class _MlflowRun:
    def __init__(self, store: MlflowStore, run_id: str, artefact_uri: str) -> None:
        self.run_id = run_id
        self._store = store
        self._artefact_uri = artefact_uri
        self._points: list[Any] = []
        self._lost = False

    def metrics(self, values: dict[str, float], step: int) -> None:
        from mlflow.entities import Metric
        from mlflow.utils.time import get_current_time_millis

        now = get_current_time_millis()
        self._points += [
            Metric(key_of(name), float(value), now, step)
            for name, value in values.items()
            if math.isfinite(value)  # SQLite holds infinity as 1.8e308, which flattens the curve
        ]
        if len(self._points) >= BUFFERED_POINTS and not self._lost:
            self._attempt("metrics", lambda: None)

    def artefacts(self, folder: Path) -> None:
        def upload() -> None:
            for path in sorted(path for kind in ARTEFACTS for path in folder.glob(kind)):
                parent = path.relative_to(folder).parent.as_posix()
                place = None if parent == "." else parent
                self._store.client.log_artifact(self.run_id, str(path), place)

        self._attempt("artefacts", upload)

    def register(self, model_id: str, tags: dict[str, str]) -> str | None:
        def register() -> str:
            self._store.tag(self.run_id, lineage_tags({**tags, "model_id": model_id}))
            with self._store.alone():
                return self._store.register(model_id, self.run_id, self._artefact_uri, tags)

        return self._attempt("registration", register)

    def end(self, status: str) -> None:
        """Record what is left, and how the run ended."""
        self._attempt("end", lambda: self._store.client.set_terminated(self.run_id, status))

    def _attempt(self, doing: str, call: Callable[[], T]) -> T | None:
        """Send the points that wait, then do ``call``; None, logged once, if the store is lost."""
        try:
            with self._store.mapped():
                while self._points:
                    self._store.client.log_batch(self.run_id, self._points[:POINTS_A_CALL])
                    del self._points[:POINTS_A_CALL]
                return call()
        except SourceError as error:
            if not self._lost:
                _tell_loss(error, doing, run_id=self.run_id)
            self._lost = True
            return None


def _tell_loss(error: CambioError, doing: str, **fields: str) -> None:
    import structlog

    structlog.get_logger("cambio.tracking").warning(
        "tracking_lost", doing=doing, reason=error.what, **fields
    )
