"""Training end to end, tiny: what is written, what it was made from, and that it is repeatable."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from stable_baselines3 import PPO
from tests.unit.dataset.market import COSTS, build, history
from tests.unit.dataset.test_build import noise_after

from cambio.contracts.features import FEATURE_ORDER_HASH
from cambio.contracts.handoffs import L2Output, L3Output
from cambio.contracts.lineage import file_hash, hash_of
from cambio.contracts.market import MarketHistory
from cambio.dataset.build import FeatureConfig, read_dataset
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.observation import NormStats
from cambio.training.config import EnvironmentConfig, TrainingConfig
from cambio.training.engine import TrainingEngine, TrainingJob
from cambio.training.environment import EpisodeData, TradingEnvironment
from cambio.training.evaluation import Evaluator
from cambio.training.loop import Watch
from cambio.training.reward import RewardConfig

TINY = TrainingConfig(
    total_timesteps=256,
    n_steps=64,
    n_envs=4,
    batch_size=32,
    n_epochs=1,
    learning_rate=1e-2,
    eval_freq=64,
    checkpoint_freq=128,
    policy_layers=(8,),
    value_layers=(8,),
)
JOB = TrainingJob(
    experiment_name="small",
    label="s7",
    training=TINY,
    environment=EnvironmentConfig(max_steps=30),
    rewards=RewardConfig(),
    curriculum=(),
    seed=7,
    config={"name": "small", "seeds": [7, 8]},
    overrides={"training.n_envs": 4},
    code_version="abc123",
)


class Told:
    """Keeps what training tells."""

    def __init__(self) -> None:
        self.progress: list[tuple[int, int, str]] = []
        self.curve: list[tuple[dict[str, float], int]] = []

    def watch(self) -> Watch:
        return Watch(
            lambda *report: self.progress.append(report), lambda *point: self.curve.append(point)
        )


def train(
    dataset: L2Output,
    models: Path,
    job: TrainingJob = JOB,
    watch: Watch | None = None,
    *,
    resume: bool = False,
) -> L3Output:
    engine = TrainingEngine(CostModel(COSTS), models)
    with engine.claim(job):
        return engine.train(dataset, job, "run-1", watch or Told().watch(), resume=resume)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> L2Output:
    return build(tmp_path_factory.mktemp("datasets"))


@pytest.fixture
def copied(dataset, tmp_path) -> L2Output:
    """A dataset of one's own to spoil."""
    return read_dataset(Path(shutil.copytree(dataset.dataset_path, tmp_path / "dataset")))


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory, told) -> L3Output:
    return train(dataset, tmp_path_factory.mktemp("models"), watch=told.watch())


def left(models: Path) -> list[str]:
    """What lies among the models, and in the work folders of unfinished trainings."""
    return sorted(
        path.name
        for folder in (models, models / ".training")
        if folder.exists()
        for path in folder.iterdir()
        if path.name != ".training"
    )


def metadata(trained: L3Output) -> dict[str, Any]:
    return json.loads((Path(trained.model_path) / "metadata.json").read_text())


def table(trained: L3Output, name: str) -> list[dict[str, str]]:
    with (Path(trained.model_path) / "metrics" / name).open() as stream:
        return list(csv.DictReader(stream))


def test_the_artefact_tree_is_whole(trained):
    root = Path(trained.model_path)
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert found == {
        *("policy.onnx", "model.zip", "norm_stats.json", "metadata.json", "config.yaml"),
        *("metrics/episode_reward.csv", "metrics/validation_metrics.csv"),
        "metrics/curriculum.csv",
    }


def test_nothing_else_is_left_among_the_models(trained):
    assert left(Path(trained.model_path).parent) == [trained.model_id]


def test_a_trained_model_passes_the_load_gate(trained):
    model = ProductionContract.validate_and_load(Path(trained.model_path))
    assert model.model_id == trained.model_id


def test_the_exported_graph_decides_as_the_saved_model(trained):
    rows = np.random.default_rng(1).normal(0, 2, (200, 15)).astype(np.float32)
    model = PPO.load(Path(trained.model_path) / "model.zip", device="cpu")
    policy = ProductionContract.validate_and_load(Path(trained.model_path)).policy
    found = [int(policy.probabilities(row).argmax()) for row in rows]
    assert found == model.predict(rows, deterministic=True)[0].tolist()


def test_the_hand_off_carries_the_hash_of_the_graph_that_trades(trained):
    assert trained.model_hash == file_hash(Path(trained.model_path) / "policy.onnx")


def test_the_lineage_is_complete(trained, dataset):
    assert metadata(trained)["lineage"] == {
        "code_version": "abc123",
        "config_hash": hash_of(JOB.config),
        "overrides": {"training.n_envs": 4},
        "feature_order_hash": FEATURE_ORDER_HASH,
        "feature_spec_hash": dataset.feature_spec_hash,
        "source_data_hash": dataset.source_data_hash,
        "dataset_hash": dataset.dataset_hash,
        "norm_stats_hash": dataset.norm_stats_hash,
        "reward_config_hash": hash_of(RewardConfig().model_dump()),
        "training_start": "2024-01-02",
        "training_end": "2024-04-30",
        "validation_end": "2024-05-31",
        "seed": 7,
        "model_hash": trained.model_hash,
    }


def test_the_statistics_and_the_experiment_travel_with_the_model(trained, dataset):
    folder = Path(trained.model_path)
    kept = Path(dataset.norm_stats_path).read_bytes()
    assert (folder / "norm_stats.json").read_bytes() == kept
    assert yaml.safe_load((folder / "config.yaml").read_text()) == JOB.config


def test_a_model_carries_the_statistics_that_were_verified(copied, tmp_path):
    """The hand-off's other path to them was not looked at."""
    other = tmp_path / "norm_stats.json"
    other.write_text(Path(copied.norm_stats_path).read_text().replace('"std": 1.0', '"std": 2.0'))
    found = train(replace(copied, norm_stats_path=str(other)), tmp_path / "models")
    kept = (Path(found.model_path) / "norm_stats.json").read_bytes()
    assert kept == (Path(copied.dataset_path) / "norm_stats.json").read_bytes()


def test_the_best_validation_reward_is_reported(trained):
    rows = table(trained, "validation_metrics.csv")
    best = max(rows, key=lambda row: float(row["mean_reward"]))
    assert trained.metrics["best_validation_reward"] == float(best["mean_reward"])
    assert trained.metrics["best_validation_sharpe"] == float(best["sharpe"])
    assert trained.metrics["best_step"] == float(best["step"])


def test_the_saved_model_is_the_one_with_the_best_validation_reward(trained, dataset):
    """Walked again, segment by segment, in the readable environment."""
    stats = NormStats.model_validate_json(Path(dataset.norm_stats_path).read_text())
    val = pl.read_parquet(Path(dataset.dataset_path) / "val.parquet")
    data = EpisodeData.of(val, stats, CostModel(COSTS), close_only=False)
    length = len(data) // 8
    target = TradingEnvironment(data, stats, EnvironmentConfig(max_steps=length - 1), JOB.rewards)
    model = PPO.load(Path(trained.model_path) / "model.zip", device="cpu")
    total = 0.0
    for segment in range(8):
        row, ended = target.reset(options={"start": segment * length})[0], False
        while not ended:
            action, _ = model.predict(row, deterministic=True)
            row, reward, _, ended, _ = target.step(int(action))
            total += reward
    assert trained.metrics["best_validation_reward"] == pytest.approx(total / 8, rel=1e-4)


def test_the_policy_that_is_kept_need_not_be_the_last(dataset, tmp_path):
    """With a learning rate that spoils what was learnt, the first one is the best."""
    spoiling = TINY.model_copy(update={"learning_rate": 0.2, "total_timesteps": 512})
    found = train(dataset, tmp_path, replace(JOB, training=spoiling))
    rewards = [float(row["mean_reward"]) for row in table(found, "validation_metrics.csv")]
    assert max(rewards) > rewards[-1], "else this shows nothing"
    policy = ProductionContract.validate_and_load(Path(found.model_path)).policy
    stats = NormStats.model_validate_json(Path(dataset.norm_stats_path).read_text())
    val = pl.read_parquet(Path(dataset.dataset_path) / "val.parquet")
    data = EpisodeData.of(val, stats, CostModel(COSTS), close_only=False)
    walked = Evaluator(data, JOB.environment, JOB.rewards).evaluate(
        lambda rows: np.stack([policy.probabilities(row) for row in rows])
    )
    assert walked.mean_reward == pytest.approx(max(rewards), rel=1e-4)


def test_progress_ends_at_the_end(trained, told):
    steps = [done for done, _, _ in told.progress]
    assert steps == sorted(steps)
    assert told.progress[-1][:2] == (256, 256)


def test_the_curve_tells_each_evaluation_once(trained, told):
    steps = [step for metrics, step in told.curve if "validation_reward" in metrics]
    assert steps == [64, 128, 192, 256]


def test_episodes_are_told_with_their_step_and_reward(trained):
    episodes = table(trained, "episode_reward.csv")
    assert {int(row["step"]) for row in episodes} == {120, 240}
    assert all(np.isfinite(float(row["reward"])) for row in episodes)


def test_the_same_job_gives_the_same_model(trained, dataset, tmp_path):
    again = train(dataset, tmp_path)
    assert (again.model_hash, again.model_id) == (trained.model_hash, trained.model_id)


def test_another_seed_gives_another_model(trained, dataset, tmp_path):
    other = train(dataset, tmp_path, replace(JOB, seed=8))
    assert other.model_hash != trained.model_hash


def test_what_comes_after_validation_changes_no_weight(trained, tmp_path):
    """The policy is another one only if what it was trained and chosen on is."""
    later, earlier = (build(tmp_path, noise_after(date(2024, 5, day))) for day in (31, 15))
    assert train(later, tmp_path / "later").model_hash == trained.model_hash
    assert train(earlier, tmp_path / "earlier").metrics != trained.metrics


def test_training_again_in_place_keeps_the_model(dataset, tmp_path):
    first, second = (train(dataset, tmp_path) for _ in range(2))
    assert first == second
    assert left(tmp_path) == [first.model_id]


def test_the_test_split_is_never_opened(copied, trained, tmp_path):
    (Path(copied.dataset_path) / "test.parquet").unlink()
    assert train(copied, tmp_path / "models").model_hash == trained.model_hash


class Stopped(Exception): ...


def stopping_at(step: int) -> Watch:
    def stop(done: int, _total: int, _note: str) -> None:
        if done >= step:
            raise Stopped

    return Watch(stop, lambda _values, _step: None)


def test_a_stopped_training_leaves_no_model(dataset, tmp_path):
    with pytest.raises(Stopped):
        train(dataset, tmp_path, watch=stopping_at(64))
    assert left(tmp_path) == ["small-s7"]


def test_a_seed_draws_the_networks_first_weights_too(dataset, tmp_path):
    """Learning next to nothing, two seeds still end apart."""
    config = TINY.model_copy(update={"learning_rate": 1e-12, "total_timesteps": 64})
    row, answers = np.ones(15, np.float32), []
    for seed in (7, 8):
        found = train(dataset, tmp_path, replace(JOB, training=config, seed=seed))
        model = ProductionContract.validate_and_load(Path(found.model_path))
        answers.append(model.policy.probabilities(row))
    assert np.abs(answers[0] - answers[1]).max() > 1e-4


@pytest.mark.parametrize(("bar_range", "matter"), [("close_only", False), ("as_is", True)])
def test_opens_matter_only_where_fills_happen_at_them(tmp_path, bar_range, matter):
    """No feature reads the open, so it reaches the weights by the fills alone."""
    moved = history().bars.with_columns(open=pl.col("open") * 1.001)
    features = FeatureConfig(bar_range=bar_range, zscore_window=60)
    hashes = set()
    for bars in (history().bars, moved):
        market = MarketHistory(bars, history().macro)
        found = build(tmp_path, market, features=features)
        hashes.add(train(found, tmp_path / "models").model_hash)
    assert len(hashes) == 1 + matter


def test_costs_matter(trained, dataset, tmp_path):
    """Training pays what trading pays: at ten times the costs other weights come out."""
    engine = TrainingEngine(CostModel(COSTS).times(10.0), tmp_path)
    with engine.claim(JOB):
        found = engine.train(dataset, JOB, "run-1", Told().watch(), resume=False)
    assert found.model_hash != trained.model_hash


def test_a_cost_multiple_is_paid_in_training_and_not_where_it_is_judged(dataset, tmp_path):
    """The same episodes as at ten times the costs; evaluations at the costs as they are."""
    dear = replace(JOB, environment=JOB.environment.model_copy(update={"cost_multiple": 10.0}))
    rates = {"everywhere": (CostModel(COSTS).times(10.0), JOB), "here": (CostModel(COSTS), dear)}
    found = {}
    for name, (costs, job) in rates.items():
        engine = TrainingEngine(costs, tmp_path / name)
        with engine.claim(job):
            found[name] = engine.train(dataset, job, "run-1", Told().watch(), resume=False)
    episodes, evaluations = (
        {name: table(output, file) for name, output in found.items()}
        for file in ("episode_reward.csv", "validation_metrics.csv")
    )
    assert episodes["here"] == episodes["everywhere"]
    assert evaluations["here"] != evaluations["everywhere"]
