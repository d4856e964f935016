"""From bars to a proposal and paper trades, as a user goes it: through the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date

import polars as pl
import pytest
from mlflow import MlflowClient
from tests.e2e.conftest import QUICK

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.api.evidence import Evidence
from cambio.contracts.features import MARKET_FEATURES
from cambio.store import features
from cambio.store.database import open_database


def test_an_experiment_trained_anew_gives_the_same_hashes_trades_and_metrics(
    cambio, home, experiment
):
    for folder in ("datasets", "models"):
        shutil.rmtree(home / folder)
    answer = cambio("experiment", "run", "demo_ppo_v1", *QUICK, "--json")
    assert answer.code == 0
    assert "was trained before" not in answer.err
    again = answer.json()
    assert experiment["dataset"]["dataset_hash"] == again["dataset"]["dataset_hash"]
    assert experiment["model_id"] == again["model_id"]
    assert experiment["backtest"]["trades_hash"] == again["backtest"]["trades_hash"]
    assert experiment["backtest"]["metrics"] == again["backtest"]["metrics"]
    assert experiment["proposal"]["proposal_id"] == again["proposal"]["proposal_id"]


def test_an_experiment_run_again_trains_nothing_and_is_one_look(cambio, home, experiment):
    (graph,) = home.glob("models/*/policy.onnx")
    written = graph.stat().st_mtime_ns
    second = cambio("experiment", "run", "demo_ppo_v1", *QUICK, "--json")
    assert second.code == 0
    assert graph.stat().st_mtime_ns == written
    assert "was trained before" in second.err
    proposals = [run["proposal"] for run in (experiment, second.json())]
    assert proposals[0]["evidence"] == proposals[1]["evidence"]
    assert proposals[1]["evidence"]["statistics"]["trials"] == 1
    assert len(cambio("proposals", "list", "--json").json()) == 1


def test_another_seed_gives_another_model_whose_look_is_another_trial(cambio, experiment):
    other = ("--set", f"seeds=[{experiment['lineage']['seed'] + 1}]")
    found = cambio("experiment", "run", "demo_ppo_v1", *QUICK, *other, "--json").json()
    assert found["lineage"]["model_hash"] != experiment["lineage"]["model_hash"]
    gates = found["proposal"]["criteria_results"]
    assert any("after 2 trials" in row.get("explanation", "") for row in gates)


def test_an_override_enters_lineage_and_config_hash_and_a_backtest_on_other_terms_says_so(
    cambio, experiment
):
    same = cambio("backtest", experiment["model_id"], "--json").json()
    (simulated_market,) = same["notices"]
    assert "simulated" in simulated_market
    dearer = cambio(
        "experiment", "run", "demo_ppo_v1", *QUICK, "--set", "costs.multiplier=2", "--json"
    ).json()
    assert dearer["lineage"]["overrides"]["costs.multiplier"] == 2
    assert dearer["lineage"]["config_hash"] != experiment["lineage"]["config_hash"]
    assert dearer["dataset"]["dataset_hash"] == experiment["dataset"]["dataset_hash"]
    other = cambio("backtest", dearer["model_id"], "--json").json()
    assert other["notices"][1:] == [
        "The configured costs is not what the model was trained and judged on."
    ]


def test_a_date_can_be_overridden(simulated):
    command = ("experiment", "run", "demo_ppo_v1", *QUICK, "--json")
    found = simulated(*command, "--set", "date_ranges.test.end=2025-09-30").json()
    assert found["backtest"]["window"] == {"start": "2025-07-01", "end": "2025-09-30"}
    assert found["lineage"]["overrides"]["date_ranges.test.end"] == "2025-09-30"


def test_a_refresh_replaces_what_a_repair_changed(cambio, tmp_path, real_data):
    """Bars that come later in between change the features of every bar after them."""
    path = real_data / "usdcop_m5_ohlcv_raw.parquet"
    command = ("import", "ohlcv", path, "--source-timezone", "UTC")
    stored = []
    for extra in ([], ["--repair", "shifted-sessions"]):
        assert cambio(*command, *extra).code == 0
        assert cambio("features", "refresh").code == 0
        assert cambio("features", "export", tmp_path / "truth.parquet").code == 0
        engine = open_database(f"sqlite:///{tmp_path / 'var' / 'cambio.db'}")
        with engine.connect() as connection:
            query = "SELECT DISTINCT feature_spec_hash FROM inference_features_5m"
            spec = connection.exec_driver_sql(query).scalar_one()
            stored.append(features.load(connection, spec))
        engine.dispose()
        truth = pl.read_parquet(tmp_path / "truth.parquet").fill_nan(None)
        assert stored[-1].equals(truth)
    assert stored[1].height == stored[0].height + 931


def test_seeds_train_that_many_and_only_one_looks_at_the_test_period(simulated):
    options = ("--seeds", 2, "--workers", 1, "--json")
    found = simulated("experiment", "run", "demo_ppo_v1", *QUICK, *options).json()
    assert [output["model_id"].split("-")[1] for output in found["trained"]] == ["s42", "s43"]
    best = max(found["trained"], key=lambda o: o["metrics"]["best_validation_reward"])
    assert found["model_id"] == best["model_id"]
    gates = [row for row in found["proposal"]["criteria_results"] if row["kind"] == "gate"]
    assert any("after 1 trial" in gate["explanation"] for gate in gates)


def test_the_same_weights_on_other_terms_are_another_trial(cambio, experiment):
    """Else risk limits could be tuned on the test period without the gate noticing."""
    command = ("experiment", "run", "demo_ppo_v1", *QUICK, "--json")
    found = cambio(*command, "--set", "risk.confidence_threshold=0.45").json()
    assert found["lineage"]["model_hash"] == experiment["lineage"]["model_hash"]
    rows = found["proposal"]["criteria_results"]
    assert any("after 2 trials" in row.get("explanation", "") for row in rows)
    terms = next(row for row in rows if row.get("gate") == "configured_terms")
    assert not terms["passed"]
    assert "risk.confidence_threshold" in terms["explanation"]


def test_a_backtest_of_the_training_period_says_that_it_is_one(cambio, experiment):
    model = experiment["model_id"]
    window = ("--from", "2024-01-02", "--to", "2024-03-28")
    found = cambio("backtest", model, *window, "--json").json()
    assert found["out_of_sample"] is False
    assert "2025-06-30" in found["notices"][0]
    assert "IN SAMPLE" in cambio("backtest", model, *window).out


def test_paper_records_of_different_books_are_not_mixed(cambio, experiment):
    model = experiment["model_id"]
    assert cambio("paper", model, "--sessions", 2).code == 0
    refused = cambio("paper", model, "--sessions", 3)
    assert refused.code == 8
    assert "--restart" in refused.err
    again = cambio("paper", model, "--sessions", 3, "--restart", "--json").json()
    assert again["signals_stored"] == 180


def test_a_home_can_be_moved(cambio, experiment, home, monkeypatch):
    model = experiment["model_id"]
    moved = home.rename(home.with_name("elsewhere"))
    monkeypatch.setenv("CAMBIO_HOME", str(moved))
    assert cambio("backtest", model).code == 0


def test_nothing_is_written_outside_the_home(simulated, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert simulated("experiment", "run", "demo_ppo_v1", *QUICK).code == 0
    assert list(scratch.iterdir()) == []


def test_the_run_leaves_model_report_proposal_and_paper_signals(cambio, experiment, home, settings):
    model = home / "models" / experiment["model_id"]
    kept = {"policy.onnx", "model.zip", "norm_stats.json", "metadata.json", "config.yaml"}
    assert kept | {"training_curve.png"} <= {path.name for path in model.iterdir()}
    assert "<html" in (home / "reports" / f"{experiment['model_id']}.html").read_text()
    grounds = json.loads(
        (home / "reports" / f"{experiment['proposal']['proposal_id']}.json").read_text()
    )
    metrics = experiment["backtest"]["metrics"]
    assert grounds["policy"]["x1"][-1] == pytest.approx(1.0 + metrics["total_return"])
    assert sum(hour["result"] for hour in grounds["hours"]) == pytest.approx(
        settings.trading.initial_capital * metrics["total_return"]
    )
    assert grounds["trades"][0][0]["trades"] == metrics["total_trades"]
    assert Evidence.of(grounds).days[0].isoformat() == experiment["backtest"]["window"]["start"]
    listed = cambio("proposals", "list", "--json").json()
    assert [row["proposal_id"] for row in listed] == [experiment["proposal"]["proposal_id"]]
    paper = cambio("paper", experiment["model_id"], "--sessions", 2, "--json").json()
    assert (paper["bars"], paper["signals_stored"]) == (120, 120)
    again = cambio("paper", experiment["model_id"], "--sessions", 2, "--json").json()
    assert again["signals_stored"] == 0, "a bar that was done before is not stored twice"
    assert again["equity"] == paper["equity"]


def test_a_backtest_of_the_test_period_repeats_the_experiments_figures(cambio, experiment):
    again = cambio("backtest", experiment["model_id"], "--json").json()
    assert again["out_of_sample"] is True
    assert again["metrics"] == experiment["backtest"]["metrics"]
    assert again["trades_hash"] == experiment["backtest"]["trades_hash"]


def test_tables_are_readable_on_a_narrow_terminal(cambio, experiment):
    command = [sys.executable, "-m", "cambio", "backtest", experiment["model_id"]]
    narrow = subprocess.run(
        command, env={**os.environ, "COLUMNS": "80"}, capture_output=True, text=True, check=True
    ).stdout
    assert "buy and hold" in narrow
    assert "random, 95th pct." in narrow
    assert max(len(line) for line in narrow.splitlines()) <= 80


def test_tracking_records_parameters_curve_and_artefacts(simulated, home, monkeypatch):
    uri = f"sqlite:///{home / 'mlflow.db'}"
    monkeypatch.setenv("CAMBIO_TRACKING_URI", uri)
    found = simulated("experiment", "run", "demo_ppo_v1", *QUICK, "--json").json()
    client = MlflowClient(uri)
    run = client.get_run(found["trained"][0]["training_run_id"])
    assert run.info.status == "FINISHED"
    assert run.data.params["training.total_timesteps"] == "4096"
    assert run.data.tags["cambio.dataset_hash"] == found["dataset"]["dataset_hash"]
    assert client.get_metric_history(run.info.run_id, "validation_reward")
    assert "policy.onnx" in {item.path for item in client.list_artifacts(run.info.run_id)}


def test_simulated_and_real_bars_are_never_mixed(simulated, tmp_path):
    path = tmp_path / "bars.csv"
    path.write_text("time,open,high,low,close\n2025-03-03 08:00:00,4100,4101,4099,4100\n")
    answer = simulated("import", "ohlcv", path, "--source-timezone", "America/Bogota")
    assert answer.code == 8
    assert "CAMBIO_HOME" in answer.err
    assert simulated("simulate", "--seed", "8").code == 8
    (tmp_path / "macro.csv").write_text("day,dxy\n2025-03-03,104.1\n")
    mapping = {"date": "day", "source": "mine", "series": {"DXY": {"column": "dxy"}}}
    (tmp_path / "mapping.yaml").write_text(json.dumps(mapping))
    mapped = ("--mapping", tmp_path / "mapping.yaml")
    assert simulated("import", "macro", tmp_path / "macro.csv", *mapped).code == 8


def test_features_export_writes_time_and_13_float64_columns(simulated, tmp_path):
    path = tmp_path / "features.parquet"
    answer = simulated("features", "export", path, "--from", "2024-01-02", "--to", "2024-01-05")
    assert answer.code == 0
    frame = pl.read_parquet(path)
    assert frame.columns == ["time", *MARKET_FEATURES]
    assert frame.schema["time"] == pl.Datetime("us", "UTC")
    assert set(frame.dtypes[1:]) == {pl.Float64}
    assert frame.height == 4 * 60
    assert frame["time"].dt.date().unique().sort()[0] == date(2024, 1, 2)


def test_own_files_go_the_whole_way(cambio, tmp_path, settings):
    """CSV bars in local time and a wide macro file, as a user would bring them."""
    market = simulate(SimulationConfig(), catalogue=settings.catalogue)
    local = pl.col("time").dt.convert_time_zone("America/Bogota").dt.strftime("%Y-%m-%d %H:%M:%S")
    market.bars.with_columns(fecha=local).drop("time", "volume", "source").write_csv(
        tmp_path / "bars.csv"
    )
    wide = market.macro.pivot("series", index="period", values="value").sort("period")
    wide.write_csv(tmp_path / "macro.csv")
    series = {name: {"column": name} for name in wide.columns if name != "period"}
    mapping = {"date": "period", "source": "mine", "series": series}
    (tmp_path / "mapping.yaml").write_text(json.dumps(mapping))
    steps = [
        (
            *("import", "ohlcv", tmp_path / "bars.csv"),
            *("--source-timezone", "America/Bogota", "--column", "time=fecha"),
        ),
        ("import", "macro", tmp_path / "macro.csv", "--mapping", tmp_path / "mapping.yaml"),
        ("data", "report", "--json"),
        ("experiment", "run", "demo_ppo_v1", *QUICK, "--json"),
    ]
    answers = [cambio(*step) for step in steps]
    assert [answer.code for answer in answers] == [0, 0, 0, 0], [a.err for a in answers]
    assert answers[2].json()["bars"]["total"] == market.bars.height
    assert answers[3].json()["backtest"]["bars"] > 7_000
