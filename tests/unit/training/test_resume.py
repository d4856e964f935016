"""A training that is stopped and goes on ends as one that never stopped, bit for bit."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.dataset.market import COSTS, build
from tests.unit.training.test_engine import JOB, TINY, Stopped, Told, left, stopping_at, train

from cambio.contracts.lineage import file_hash
from cambio.errors import Conflict, ContractMismatch, DataQualityError
from cambio.trading.costs import CostModel
from cambio.training.config import ExactGradientConfig, StageConfig
from cambio.training.engine import TrainingEngine, TrainingJob
from cambio.training.loop import Watch
from cambio.training.reward import RewardConfig

STAGES = (
    StageConfig(costs=0.0, max_steps=20, volatility="calm", until_step=192),
    StageConfig(costs=0.5, until_step=448),
    StageConfig(),
)
"""The stops below lie in the first, at the border, and in the last."""
EXACT = replace(
    JOB,
    training=ExactGradientConfig(
        algorithm="exact_gradient",
        gradient_steps=640,
        n_envs=2,
        input_noise=0.1,
        dropout=0.2,
        eval_freq=64,
        checkpoint_freq=64,
        policy_layers=(8,),
    ),
    rewards=RewardConfig(strategy="pnl"),
)


def job(backend: str, **training: object) -> TrainingJob:
    if backend == "exact_gradient":
        return replace(EXACT, curriculum=STAGES)
    changed = {"backend": backend, "total_timesteps": 640, "checkpoint_freq": 64, **training}
    return replace(JOB, training=TINY.model_copy(update=changed), curriculum=STAGES)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return build(tmp_path_factory.mktemp("datasets"))


@pytest.fixture(scope="module", params=["sb3", "sbx", "exact_gradient"])
def backend(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def uninterrupted(backend, dataset, tmp_path_factory):
    return train(dataset, tmp_path_factory.mktemp("models"), job(backend))


def files(output) -> dict[str, str]:
    """Hashes of everything that training decides; an archive holds times of its own."""
    root = Path(output.model_path)
    names = [p for p in root.rglob("*") if p.is_file() and p.name != "model.zip"]
    return {str(path.relative_to(root)): file_hash(path) for path in names}


def stop(dataset, models: Path, of: TrainingJob, step: int) -> Path:
    """Stop a training in a rollout; give its checkpoint."""
    with pytest.raises(Stopped):
        train(dataset, models, of, stopping_at(step))
    return models / ".training" / of.name / "checkpoint.zip"


@pytest.mark.parametrize("step", [192, 512])
def test_it_ends_in_the_same_files(backend, dataset, uninterrupted, tmp_path, step):
    """Whoever else drew from the global generators in between."""
    stop(dataset, tmp_path, job(backend), step)
    np.random.random(17)  # noqa: NPY002
    assert files(train(dataset, tmp_path, job(backend), resume=True)) == files(uninterrupted)
    assert left(tmp_path) == [uninterrupted.model_id]


def test_it_may_stop_twice(dataset, tmp_path):
    expected = files(train(dataset, tmp_path / "uninterrupted", job("sb3")))
    stop(dataset, tmp_path, job("sb3"), 128)
    with pytest.raises(Stopped):
        train(dataset, tmp_path, job("sb3"), stopping_at(384), resume=True)
    assert files(train(dataset, tmp_path, job("sb3"), resume=True)) == expected


def test_it_trains_only_what_is_left(dataset, tmp_path):
    stop(dataset, tmp_path, job("sb3"), 512)
    told = Told()
    train(dataset, tmp_path, job("sb3"), told.watch(), resume=True)
    assert [done for done, _, _ in told.progress] == [448, 512, 576, 640, 640]
    assert told.progress[0][2].endswith("went on from step 448")


def test_without_resume_it_begins_anew(dataset, tmp_path):
    stop(dataset, tmp_path, job("sb3"), 256)
    told = Told()
    train(dataset, tmp_path, job("sb3"), told.watch())
    assert told.progress[0] == (0, 640, "stage 1 of 3")


def test_with_no_checkpoint_it_begins_as_any_training(dataset, tmp_path):
    told = Told()
    train(dataset, tmp_path, watch=told.watch(), resume=True)
    assert told.progress[0] == (0, 256, "")


def test_with_nothing_to_go_on_from_it_begins_anew(dataset, tmp_path):
    assert left(tmp_path) == []
    assert train(dataset, tmp_path, resume=True).model_hash == train(dataset, tmp_path).model_hash


def test_another_library_then_is_said(dataset, tmp_path):
    path = stop(dataset, tmp_path, job("sb3"), 256)
    rewrite(path, lambda meta: meta["versions"].update(torch="1.0"))
    told = Told()
    train(dataset, tmp_path, job("sb3"), told.watch(), resume=True)
    assert "not bit for bit: it began with" in told.progress[0][2]
    assert "torch 1.0" in told.progress[0][2]


def rewrite(path: Path, change) -> None:
    """Change a checkpoint's `meta.json`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    meta = json.loads(parts["meta.json"])
    change(meta)
    parts["meta.json"] = json.dumps(meta).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_checkpoint_of_another_feature_contract_is_refused(dataset, tmp_path):
    path = stop(dataset, tmp_path, job("sb3"), 256)
    rewrite(path, lambda meta: meta["job"].update(feature_order_hash="0123456789abcdef"))
    with pytest.raises(ContractMismatch, match="feature_order_hash 0123456789abcdef there") as told:
        train(dataset, tmp_path, job("sb3"), resume=True)
    assert str(path) in told.value.what
    assert path.exists()


def test_a_checkpoint_of_another_experiment_is_refused(dataset, tmp_path):
    stop(dataset, tmp_path, job("sb3"), 256)
    other = replace(job("sb3"), config={"name": "small", "changed": True})
    with pytest.raises(ContractMismatch, match="config_hash"):
        train(dataset, tmp_path, other, resume=True)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flipped"])
def test_a_damaged_checkpoint_is_refused(dataset, tmp_path, damage):
    path = stop(dataset, tmp_path, job("sb3"), 256)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "cut": content[:middle],
            "empty": b"",
            "text": b"checkpoint",
            "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        }[damage]
    )
    with pytest.raises(DataQualityError, match="cannot be read") as told:
        train(dataset, tmp_path, job("sb3"), resume=True)
    assert str(path) in told.value.what


def test_two_processes_are_not_at_one_training(dataset, tmp_path):
    def second(_done: int, _total: int, _note: str) -> None:
        train(dataset, tmp_path)

    with pytest.raises(Conflict, match="Another process is training small-s7"):
        train(dataset, tmp_path, watch=Watch(second, lambda _values, _step: None))


def test_a_finished_training_is_found(dataset, tmp_path):
    engine = TrainingEngine(CostModel(COSTS), tmp_path)
    assert engine.finished(dataset, JOB) is None
    made = train(dataset, tmp_path)
    assert engine.finished(dataset, JOB) == made
    assert engine.finished(dataset, replace(JOB, code_version="other")) is None


def test_patience_ends_a_training_early(dataset, tmp_path):
    """With next to no learning no policy is better than the first."""
    still = {"learning_rate": 1e-12, "eval_freq": 64, "patience": 2}
    told = Told()
    found = train(dataset, tmp_path, job("sb3", **still), told.watch())
    steps = [step for metrics, step in told.curve if "validation_reward" in metrics]
    assert steps == [64, 128, 192]
    assert found.metrics["best_step"] == 64.0


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_a_training_that_ran_out_of_patience_does_not_train_on(dataset, tmp_path, seed):
    """It stopped between its last checkpoint and the model's folder."""
    short = replace(job("sb3", eval_freq=64, patience=1), seed=seed, label=f"s{seed}")
    expected = train(dataset, tmp_path / "uninterrupted", short)
    stop(dataset, tmp_path, short, int(expected.metrics["steps"]) + 1)
    assert files(train(dataset, tmp_path, short, resume=True)) == files(expected)
