"""A training that is killed, interrupted or out of space: nothing is lost, and it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.effort import times
from tests.unit.dataset.market import build

from cambio.store.database import open_database

SETTINGS = (
    *("backend=sb3", "total_timesteps=8192", "n_steps=512", "batch_size=128", "n_epochs=4"),
    *("checkpoint_freq=512", "eval_freq=4096", "policy_layers=[64]", "value_layers=[64]"),
)
STOPS = (
    (signal.SIGKILL, -9),
    (signal.SIGINT, 130),
    (signal.SIGTERM, 143),
    *((signal.SIGKILL, -9),) * 5,
)
OPTIONS = [word for setting in SETTINGS for word in ("--set", f"training.{setting}")]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> str:
    return build(tmp_path_factory.mktemp("datasets")).dataset_path


class Training:
    """`cambio train` in processes of its own, over one home."""

    def __init__(self, home: Path, dataset: str, *options: str) -> None:
        self.models = home / "models"
        self.work = self.models / ".training" / "demo_ppo_v1-s42"
        command = [sys.executable, "-m", "cambio", "train", "demo_ppo_v1", "--dataset", dataset]
        self._command = [*command, *OPTIONS, *options, "--resume", "--json"]
        self._environment = {
            "PATH": os.environ["PATH"], "CAMBIO_HOME": str(home), "CAMBIO_TRACKING_URI": ""
        }  # fmt: skip

    def start(self, *before: str) -> subprocess.Popen[str]:
        """Start it, by another command if one comes before."""
        return subprocess.Popen(
            [*before, *self._command], env=self._environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def finish(self) -> dict:
        process = self.start()
        out, err = process.communicate()
        assert process.returncode == 0, err
        (output,) = json.loads(out)
        return output

    def step(self) -> float:
        """When the newest checkpoint was written; 0 before the first."""
        path = self.work / "checkpoint.zip"
        return path.stat().st_mtime if path.exists() else 0.0

    def stop(self, sent: signal.Signals, rng: np.random.Generator) -> tuple[int, str]:
        """Stop at a random moment, some checkpoints after the start."""
        process = self.start()
        for _ in range(int(rng.integers(1, 7))):
            before = self.step()
            while self.step() == before and process.poll() is None:
                time.sleep(0.001)
        time.sleep(float(rng.uniform(0, 0.1)))
        process.send_signal(sent)
        _, err = process.communicate()
        return process.returncode, err


def test_a_training_stopped_again_and_again_ends_as_one_that_never_was(dataset, tmp_path):
    rng = np.random.default_rng(11)
    training = Training(tmp_path / "stopped", dataset)
    for sent, code in STOPS[: times(2, len(STOPS))]:
        returned, err = training.stop(sent, rng)
        assert returned == code, err
        assert "Traceback" not in err
        assert training.step() > 0
        assert list(training.models.glob("demo_*")) == []
        if sent == signal.SIGINT:
            assert "--resume" in err
    found = training.finish()
    expected = Training(tmp_path / "uninterrupted", dataset).finish()
    assert found["model_hash"] == expected["model_hash"]
    assert found["metrics"] == expected["metrics"]
    assert [p.name for p in (training.models / ".training").iterdir()] == []


def test_a_full_disk_is_told_and_the_training_goes_on_when_there_is_space(dataset, tmp_path):
    """The limit on a file's size refuses as a full disk does: in the middle of a write."""
    open_database(f"sqlite:///{tmp_path / 'cambio.db'}").dispose()
    large = ("--set", "training.policy_layers=[400,400]")
    training = Training(tmp_path, dataset, *large, "--set", "training.total_timesteps=1024")

    process = training.start("bash", "-c", 'ulimit -f 1000; exec "$@"', "-")
    _, err = process.communicate()
    assert process.returncode == 4, err
    assert "checkpoint.zip can't be written" in err
    assert "Free space" in err
    assert training.step() == 0.0
    assert training.finish()["model_id"].startswith("demo_ppo_v1-s42-")
