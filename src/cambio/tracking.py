"""Experiment tracking: MLflow by URI. An empty URI records nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from cambio.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Run(Protocol):
    """One training run while it is recorded."""

    run_id: str

    def metrics(self, values: dict[str, float], step: int) -> None:
        """Record figures of one step."""
        ...

    def artefacts(self, folder: Path) -> None:
        """Record a folder's files."""
        ...


class _SilentRun:
    run_id = ""

    def metrics(self, values: dict[str, float], step: int) -> None:
        pass

    def artefacts(self, folder: Path) -> None:
        pass


class _MlflowRun:
    def __init__(self, client: Any, run_id: str) -> None:
        self._client = client
        self.run_id = run_id

    def metrics(self, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self._client.log_metric(self.run_id, name, value, step=step)

    def artefacts(self, folder: Path) -> None:
        self._client.log_artifacts(self.run_id, str(folder))


class Tracker:
    """Opens runs in the tracking store.

    Args:
        uri: MLflow tracking URI, or "" to record nothing.
        artefacts: where a local store keeps its files.
    """

    def __init__(self, uri: str, artefacts: Path) -> None:
        self._uri = uri
        self._artefacts = artefacts

    @contextmanager
    def run(
        self, experiment: str, name: str, parameters: dict[str, Any], tags: dict[str, str]
    ) -> Iterator[Run]:
        """Record what happens inside; a run that ends in an exception is marked as failed."""
        if not self._uri:
            yield _SilentRun()
            return
        client, experiment_id = self._connect(experiment)
        run_id = client.create_run(experiment_id, run_name=name, tags=tags).info.run_id
        for key, value in parameters.items():
            client.log_param(run_id, key, value)
        status = "FAILED"
        try:
            yield _MlflowRun(client, run_id)
            status = "FINISHED"
        finally:
            client.set_terminated(run_id, status)

    def _connect(self, experiment: str) -> tuple[Any, str]:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        try:
            from mlflow import MlflowClient  # three seconds, only when tracked
        except ImportError as error:
            raise ConfigError(
                "Tracking (CAMBIO_TRACKING_URI) needs MLflow.",
                remedy="Install the extra `mlflow`, or set CAMBIO_TRACKING_URI to nothing.",
            ) from error
        client = MlflowClient(self._uri)
        found = client.get_experiment_by_name(experiment)
        if found is not None:
            return client, found.experiment_id
        location = self._artefacts.absolute().as_uri() if "sqlite" in self._uri else None
        return client, client.create_experiment(experiment, artifact_location=location)
