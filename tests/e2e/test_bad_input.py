"""Bad input through the command line: a clear message, the right exit code, nothing lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.e2e.conftest import QUICK

from cambio.settings import load_settings

NOT_FOUND, CONTRACT, DATA, SOURCE, CONFIG = 7, 6, 5, 4, 3
TINY = [
    word
    for setting in (
        "total_timesteps=512",
        "n_steps=256",
        "n_envs=4",
        "batch_size=64",
        "policy_layers=[4]",
        "value_layers=[4]",
    )
    for word in ("--set", f"training.{setting}")
]


@pytest.fixture
def config(tmp_path, monkeypatch) -> Path:
    """A copy of the configuration that the test may spoil."""
    folder = tmp_path / "config"
    shutil.copytree(load_settings().config_folder, folder)
    monkeypatch.setenv("CAMBIO_CONFIG", str(folder))
    return folder


def edit(path: Path, change) -> None:
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content))


def test_an_unknown_key_in_the_configuration_is_named(cambio, config):
    edit(config / "risk.yaml", lambda c: c.update(max_dayly_loss=0.1))
    answer = cambio("data", "report")
    assert answer.code == CONFIG
    assert "risk.yaml" in answer.err
    assert "max_dayly_loss" in answer.err


def test_an_unknown_key_in_an_experiment_is_named(cambio, config):
    path = config / "experiments" / "demo_ppo_v1.yaml"
    edit(path, lambda c: c["training"].update(learning_rat=1))
    answer = cambio("experiment", "run", "demo_ppo_v1")
    assert answer.code == CONFIG
    assert "training.learning_rat" in answer.err


def test_an_override_of_an_unknown_key_is_named(cambio):
    answer = cambio("experiment", "run", "demo_ppo_v1", "--set", "training.steps=5")
    assert answer.code == CONFIG
    assert "training.steps" in answer.err


@pytest.mark.parametrize(
    "assignment",
    [
        *(
            "seeds=[-1]",
            "seeds=[1, 1]",
            "training.policy_layers=[0]",
            "training.learning_rate=1000",
        ),
        *("training.torch_threads=100000", "reward.high_vix_z=.nan", "costs.slippage_bps=.inf"),
        *("initial_capital=.inf", "success_criteria=[]", "costs.local_rate_series=NOPE"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_before_anything_runs(cambio, assignment):
    answer = cambio("experiment", "run", "demo_ppo_v1", "--set", assignment)
    assert answer.code == CONFIG
    assert assignment.split("=")[0].split(".")[0] in answer.err


def test_a_home_that_is_a_file_is_refused(cambio, tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("")
    monkeypatch.setenv("CAMBIO_HOME", str(path))
    answer = cambio("data", "report")
    assert answer.code == CONFIG
    assert "CAMBIO_HOME" in answer.err


def test_training_again_repairs_a_damaged_model(cambio, home, experiment):
    command = ("experiment", "run", "demo_ppo_v1", *QUICK, "--json")
    model_id = experiment["model_id"]
    graph = home / "models" / model_id / "policy.onnx"
    graph.write_bytes(graph.read_bytes() + b"x")
    assert cambio("backtest", model_id).code == CONTRACT
    assert cambio(*command).json()["model_id"] == model_id
    assert cambio("backtest", model_id).code == 0


def test_an_experiment_cannot_have_date_ranges_of_its_own(cambio, config):
    path = config / "experiments" / "demo_ppo_v1.yaml"
    edit(path, lambda c: c.update(date_ranges={}))
    answer = cambio("experiment", "run", "demo_ppo_v1")
    assert answer.code == CONFIG
    assert "date_ranges" in answer.err


def test_an_unknown_experiment_lists_the_known_ones(cambio):
    answer = cambio("experiment", "run", "no_such_thing")
    assert answer.code == NOT_FOUND
    assert "baseline_ppo_v1" in answer.err


@pytest.mark.parametrize(
    "command",
    [("experiment", "run", "demo_ppo_v1"), ("features", "export", "x.parquet")],
    ids=["experiment", "features"],
)
def test_an_empty_database_says_what_to_do(cambio, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    answer = cambio(*command)
    assert answer.code == DATA
    assert "cambio import ohlcv" in answer.err
    assert not (tmp_path / "x.parquet").exists()


def test_a_range_without_data_names_what_is_stored(cambio, tmp_path):
    cambio("simulate")
    answer = cambio("features", "export", tmp_path / "x.parquet", "--from", "2030-01-01")
    assert answer.code == DATA
    assert "2025-12-31" in answer.err
    assert not (tmp_path / "x.parquet").exists()


def test_test_period_without_data_stops_before_training(cambio):
    cambio("simulate")
    answer = cambio(
        "experiment", "run", "demo_ppo_v1", "--set", "date_ranges.test.start=2027-01-01"
    )
    assert answer.code == DATA
    assert "2027-01-01" in answer.err


def test_a_tampered_model_is_refused_and_both_hashes_are_named(cambio, home, experiment):
    model_id = experiment["model_id"]
    metadata = home / "models" / model_id / "metadata.json"
    content = json.loads(metadata.read_text())
    content["lineage"]["feature_order_hash"] = "0123456789abcdef"
    metadata.write_text(json.dumps(content))
    answer = cambio("backtest", model_id)
    assert answer.code == CONTRACT
    assert "0123456789abcdef" in answer.err
    assert "ddc9d7cdba81ab3d" in answer.err


def test_an_unknown_model_lists_the_known_ones(cambio):
    answer = cambio("backtest", "nobody")
    assert answer.code == NOT_FOUND
    assert "nobody" in answer.err


def test_a_missing_file_is_a_source_error(cambio, tmp_path):
    answer = cambio("import", "ohlcv", tmp_path / "no.csv", "--source-timezone", "UTC")
    assert answer.code == SOURCE
    assert "no.csv" in answer.err


def test_the_time_zone_is_never_guessed(cambio, tmp_path):
    answer = cambio("import", "ohlcv", tmp_path / "any.csv")
    assert answer.code == 2
    assert "source-timezone" in answer.err


def test_a_broken_run_leaves_no_half_written_dataset_or_model(cambio, home, monkeypatch):
    """Ctrl-C in the middle of training."""
    from cambio.training import engine

    cambio("simulate")

    def interrupt(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "require_equal", interrupt)
    answer = cambio("experiment", "run", "demo_ppo_v1", *TINY)
    assert answer.code == 130
    assert [path.name for path in (home / "models").iterdir()] == [".training"]
    assert not [path for path in (home / "datasets").iterdir() if path.name.startswith(".")]
    assert cambio("proposals", "list", "--json").json() == []


def test_a_window_that_ends_before_it_starts_is_refused(cambio, experiment):
    answer = cambio(
        "backtest", experiment["model_id"], "--from", "2025-09-01", "--to", "2025-08-01"
    )
    assert answer.code == CONFIG
    assert "2025-08-01" in answer.err


@pytest.mark.parametrize("url", ["nonsense://x", "not a url", "sqlite:////proc/no/such.db"])
def test_a_database_that_cannot_be_opened_is_a_configuration_error(cambio, monkeypatch, url):
    monkeypatch.setenv("CAMBIO_DATABASE_URL", url)
    answer = cambio("data", "report")
    assert answer.code == CONFIG
    assert "CAMBIO_DATABASE_URL" in answer.err


def test_a_missing_extra_is_named(home):
    """As on a machine without torch."""
    script = (
        "import sys; sys.modules['torch'] = None; "
        "sys.argv = ['cambio', 'experiment', 'run', 'demo_ppo_v1']; "
        "from cambio.cli import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == CONFIG
    assert "'.[train]'" in run.stderr


def test_metrics_that_ask_for_no_token_are_not_shown_to_other_machines(cambio):
    answer = cambio("live", "--once", "--metrics-port", 9101, "--metrics-host", "0.0.0.0")
    assert answer.code == 9
    assert "Other machines could reach 0.0.0.0" in answer.err
    assert "--expose" in answer.err
