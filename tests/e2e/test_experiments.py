"""Experiments that stand on each other, done once however often they are run, and compared."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import yaml

TRAINING = {
    "backend": "sb3", "total_timesteps": 1024, "n_steps": 512, "n_envs": 8, "batch_size": 128,
    "n_epochs": 1, "eval_freq": 512, "policy_layers": [8], "value_layers": [8],
}  # fmt: skip
TINY = {
    "name": "tiny_v1",
    "description": "Tiny.",
    "extends": "demo_ppo_v1",
    "training": TRAINING,
}
FAR = {
    "name": "far_v1",
    "description": "Tiny, and looks further.",
    "extends": "tiny_v1",
    "training": {"gamma": 0.999},
}
AB = {
    "name": "horizon",
    "variants": [
        {"name": "control", "config": "tiny_v1", "traffic": 0.7},
        {"name": "treatment", "config": "far_v1.yaml", "traffic": 0.3},
    ],
    "metrics": {"secondary": ["win_rate"]},
    "duration_days": 30,
}


@pytest.fixture
def product(simulated, settings, tmp_path, monkeypatch):
    """The command line on a simulated market, with three files of our own."""
    folder = tmp_path / "config"
    shutil.copytree(settings.config_folder, folder)
    for name, document in (("tiny_v1", TINY), ("far_v1", FAR), ("ab", {"ab_test": AB})):
        (folder / "experiments" / f"{name}.yaml").write_text(yaml.safe_dump(document))
    ranges = folder / "date_ranges.yaml"  # a short test period is judged quickly
    ranges.write_text(ranges.read_text().replace('end: "dynamic"', 'end: "2025-08-31"'))
    monkeypatch.setenv("CAMBIO_CONFIG", str(folder))
    return simulated


def done(product) -> dict[str, list[str]]:
    """Every model, proposal and trial that there is."""
    models = product("models", "list", "--json").json()
    proposals = product("proposals", "list", "--json").json()
    trials = product("trials", "--json").json()["trials"]
    return {
        "models": sorted(row["model_id"] for row in models),
        "proposals": sorted(row["proposal_id"] for row in proposals),
        "trials": sorted(f"{row['model_id']} {row['window']['end']}" for row in trials),
    }


def test_an_experiment_run_again_does_nothing_twice(product):
    first = product("experiment", "run", "tiny_v1", "--json")
    assert first.code == 0, first.err
    before = done(product)
    again = product("experiment", "run", "tiny_v1", "--json")
    assert again.code == 0, again.err
    assert "was trained before" in again.err
    assert done(product) == before
    assert [len(rows) for rows in before.values()] == [1, 1, 1]
    same = ("model_id", "recommendation", "dataset", "trained", "backtest", "lineage")
    for key in same:
        assert again.json()[key] == first.json()[key], key
    assert again.json()["proposal"]["proposal_id"] == first.json()["proposal"]["proposal_id"]


def test_a_dataset_that_is_named_is_verified_and_gives_the_same(product, home):
    built = product("dataset", "build", "tiny_v1", "--json").json()["dataset_path"]
    trained = product("train", "tiny_v1", "--dataset", built, "--json").json()
    named = product("experiment", "run", "tiny_v1", "--dataset", built, "--json")
    assert named.code == 0, named.err
    assert "was trained before" in named.err
    assert named.json()["trained"] == trained
    before = done(product)
    built_anew = product("experiment", "run", "tiny_v1", "--json").json()
    for key in ("model_id", "dataset", "backtest", "lineage"):
        assert built_anew[key] == named.json()[key], key
    assert done(product) == before

    with (Path(built) / "val.parquet").open("ab") as file:
        file.write(b"!")
    damaged = product("experiment", "run", "tiny_v1", "--dataset", built)
    assert damaged.code == 5
    assert "val.parquet" in damaged.err
    assert product("experiment", "run", "tiny_v1", "--dataset", home).code == 5
    walk = product("experiment", "run", "walk_forward_v1", "--dataset", built)
    assert (walk.code, "every fold has a dataset of its own" in walk.err) == (3, True)


def test_the_evidence_of_a_decided_proposal_stays_as_its_voters_saw_it(product, home):
    run = ("experiment", "run", "tiny_v1", "--json")
    proposal = product(*run).json()["proposal"]["proposal_id"]
    record = home / "reports" / f"{proposal}.json"
    written = record.read_text()
    record.write_text("of an older run")
    assert product(*run).code == 0
    assert record.read_text() == written
    with closing(sqlite3.connect(home / "cambio.db")) as connection, connection:
        connection.execute(
            "UPDATE promotion_proposals SET status = 'REJECTED', reviewer = 'ana',"
            " reviewed_at = created_at, comment = 'No.'"
        )
    record.write_text("what they saw")
    assert product(*run).code == 0
    assert record.read_text() == "what they saw"


def test_experiments_are_tested_against_each_other_and_compared(product, home, tmp_path):
    assert product("experiment", "run", "tiny_v1").code == 0
    command = ("ab", "run", "ab", "--json")
    answer = product(*command)
    assert answer.code == 0, answer.err
    assert answer.err.count("was trained before") == 1  # the experiment's own seed
    found = answer.json()
    assert (found["window"]["end"], found["winner"]) == ("2025-07-30", None)
    assert [len(each["seeds"]) for each in found["variants"]] == [1, 1]
    assert found["trials"] == 3  # one of the experiment, two of 30 days
    assert "<html" in (home / "reports" / "ab-horizon.html").read_text()
    assert (home / "records" / "ab-tests" / "ab-horizon.json").exists()
    before = done(product)
    again = product(*command)
    assert again.err.count("was trained before") == 2
    assert again.json() == found
    assert done(product) == before

    listed = {row["name"]: row for row in product("experiment", "list", "--json").json()}
    assert listed["far_v1"]["base"] == "tiny_v1"
    assert listed["tiny_v1"]["last_run"]["vote"] is not None
    assert listed["fast_ppo_v1"]["last_run"] is None
    shown = product("experiment", "show", "far_v1")
    assert "on tiny_v1 on demo_ppo_v1" in shown.out

    report = tmp_path / "compared.html"
    compared = product("experiment", "compare", "tiny_v1", "far_v1", "--report", report, "--json")
    assert compared.code == 0, compared.err
    assert compared.json()["parameters"]["training.gamma"] == [0.99, 0.999]
    assert any("windows differ" in notice for notice in compared.json()["notices"])
    assert "tiny_v1" in report.read_text()
    ledger = product("trials", "--experiment", "far_v1")
    assert "The next model on 2025-07-01 – 2025-07-30 needs a Sharpe ratio of" in " ".join(
        ledger.out.split()
    )
