"""L2 and L3 as a researcher uses them: datasets, seeds, bundles, a walk-forward."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

TINY = [
    word
    for setting in (
        *("total_timesteps=1024", "n_steps=512", "batch_size=128", "n_epochs=1"),
        *("eval_freq=512", "policy_layers=[8]", "value_layers=[8]"),
    )
    for word in ("--set", f"training.{setting}")
]
CONTRACT, DATA = 6, 5


@pytest.fixture
def dataset(simulated) -> Path:
    answer = simulated("dataset", "build", "demo_ppo_v1", "--json")
    assert answer.code == 0, answer.err
    return Path(answer.json()["path"])


def test_a_dataset_is_built_shown_and_verified(simulated, dataset):
    shown = simulated("dataset", "show", "demo_ppo_v1")
    document = simulated("dataset", "show", "demo_ppo_v1", "--json").out
    assert str(dataset) in document
    assert "val" in shown.out
    verified = simulated("dataset", "verify", dataset)
    assert (verified.code, "✗" in verified.out) == (0, False)
    assert "<html" in (dataset / "card.html").read_text()


def test_a_changed_byte_of_a_dataset_is_found_and_not_trained_on(simulated, dataset):
    path = dataset / "train.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    for command in (("dataset", "verify", dataset), ("train", "demo_ppo_v1", "--dataset", dataset)):
        answer = simulated(*command)
        assert answer.code in {CONTRACT, DATA}, answer.err
        assert "train.parquet" in answer.out + answer.err


def test_seeds_side_by_side_are_those_trained_one_after_another(simulated, dataset):
    command = ("train", "demo_ppo_v1", "--seeds", 2, "--dataset", dataset, *TINY, "--json")
    after, beside = (simulated(*command, "--workers", count).json() for count in (1, 2))
    models = [[(m["model_id"], m["model_hash"]) for m in found] for found in (after, beside)]
    assert models[0] == models[1]
    assert len(models[0]) == 2


def test_seeds_become_one_signed_ensemble(simulated, dataset, tmp_path):
    command = ("train", "demo_ppo_v1", "--seeds", 2, "--workers", 1, "--dataset", dataset, *TINY)
    trained = simulated(*command, "--json").json()
    ids = [output["model_id"] for output in trained]
    assert [i.split("-")[1] for i in ids] == ["s42", "s43"]
    assert simulated("keys", "create").code == 0
    bundle = tmp_path / "ensemble.cambio"
    assert simulated("models", "export", *ids, "--to", bundle).code == 0
    verified = simulated("models", "verify", bundle)
    assert (verified.code, "✗" in verified.out) == (0, False), verified.out
    newest = simulated("models", "list", "--json").json()[0]["model_id"]
    assert newest.startswith("demo_ppo_v1-ensemble2-")
    assert simulated("backtest", newest, "--json").json()["out_of_sample"] is True
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(bytes(content))
    assert simulated("models", "verify", bundle).code == CONTRACT


def test_training_again_with_resume_gives_what_was_trained(simulated, dataset):
    command = ("train", "demo_ppo_v1", "--dataset", dataset, *TINY)
    first = simulated(*command, "--json").json()
    again = simulated(*command, "--resume", "--json")
    assert again.json() == first
    assert "was trained before" in again.err


def test_a_training_alone_looks_at_no_test_period(simulated, dataset):
    (dataset / "test.parquet").unlink()
    assert simulated("train", "demo_ppo_v1", "--dataset", dataset, *TINY).code == 0


def test_a_walk_forward_ends_in_one_report_and_counts_its_looks(simulated, home):
    walk = {"mode": "anchored", "first_test": date(2025, 7, 1), "last_test": date(2025, 12, 31)}
    settings = {**walk, "test_months": 3, "validation_months": 3, "training_months": None}
    assignments = [
        word
        for key, value in settings.items()
        for word in ("--set", f"walk_forward.{key}={'null' if value is None else value}")
    ]
    tiny = [*TINY, "--set", "training.n_envs=8", "--set", "training.backend=sb3"]
    command = ("experiment", "run", "walk_forward_v1", "--seeds", 1, *assignments, *tiny)
    answer = simulated(*command, "--json")
    assert answer.code == 0, answer.err
    again = simulated(*command)
    assert again.code == 0
    report = next((home / "reports").glob("walk_forward_v1-*.html")).read_text()
    assert "simulated" in report
    assert "2 looks" in again.out
    cells = sorted((home / "runs" / "walk_forward_v1").glob("*/cells/*.json"))
    assert len(cells) == 2
    assert json.loads(cells[0].read_text())
    refused = simulated("train", "walk_forward_v1")
    assert refused.code == 3
    assert "cambio experiment run walk_forward_v1" in refused.err
