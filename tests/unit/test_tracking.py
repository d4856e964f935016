"""Against MLflow itself, on a local store; a reader's client says what was recorded."""

import contextlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from structlog.testing import capture_logs

from cambio.errors import SourceError
from cambio.tracking import TrackedDataset, Tracker

NOTHING: dict[str, str] = {}
TREE = {
    *("config.yaml", "metadata.json", "model.zip", "norm_stats.json", "policy.onnx"),
    *("training_curve.png", "metrics/episode_reward.csv", "metrics/validation_metrics.csv"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def uri(home: Path) -> str:
    return f"sqlite:///{home / 'mlflow.db'}"


@pytest.fixture(scope="module")
def tracker(home: Path, uri: str) -> Tracker:
    return Tracker(uri, home / "mlruns")


@pytest.fixture(scope="module")
def reader(tracker: Tracker, uri: str) -> MlflowClient:
    with tracker.run("first", "s0", {}, NOTHING):
        pass
    return MlflowClient(uri, registry_uri=uri)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for name in (*TREE, "checkpoint.zip", "checkpoints/1.zip", "metrics/notes.txt"):
        path = tmp_path / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "model"


@pytest.fixture
def registered(tracker: Tracker, reader: MlflowClient) -> dict[str, str | None]:
    with tracker.run("registry", "s1", {}, NOTHING) as run:
        return {name: run.register(name, NOTHING) for name in ("one-s1-aa", "two-s1-bb")}


def aliases(reader: MlflowClient) -> dict[str, str]:
    found = reader.get_registered_model("usdcop_ppo").aliases
    return {alias: str(version) for alias, version in found.items()}


def test_an_empty_uri_records_nothing_and_never_imports_mlflow(tmp_path):
    code = (
        "import sys; from pathlib import Path; from cambio.tracking import Tracker\n"
        "tracker = Tracker('', Path('mlruns'))\n"
        "with tracker.run('e', 's1', {}, {}) as run:\n"
        "    run.metrics({'reward': 1.0}, 1); run.artefacts(Path('.'))\n"
        "    assert run.register('m', {}) is None and run.run_id == ''\n"
        "tracker.aliases('m', None)\n"
        "assert 'mlflow' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert not list(tmp_path.iterdir())


def test_parameters_are_flat_and_long_ones_are_cut(tracker, reader):
    parameters = {"ppo": {"gamma": 0.99, "layers": [256, 256]}, "long": "x" * 9000, "none": None}
    with tracker.run("described", "s1", parameters, NOTHING) as run:
        found = reader.get_run(run.run_id).data.params
    assert len(found.pop("long")) == 5000
    assert found == {"ppo.gamma": "0.99", "ppo.layers": "[256, 256]", "none": "null"}


def test_more_parameters_than_a_call_may_hold_are_all_there(tracker, reader):
    with tracker.run("described", "s1", {f"p{i}": i for i in range(250)}, NOTHING) as run:
        assert len(reader.get_run(run.run_id).data.params) == 250


def test_lineage_is_tags_under_our_prefix(tracker, reader):
    with tracker.run("described", "s1", {}, {"code_version": "1.0+ab", "model_hash": "c0"}) as run:
        found = reader.get_run(run.run_id).data.tags
    assert found["cambio.model_hash"] == "c0"
    assert found["mlflow.source.version"] == found["cambio.code_version"] == "1.0+ab"
    assert found["mlflow.source.name"] == "cambio"


def test_the_dataset_is_an_input_of_the_run(tracker, reader, tmp_path):
    dataset = TrackedDataset("ppo_v1", "d41d8cd98f00b204", tmp_path, {"train": 7, "val": 3})
    with tracker.run("described", "s1", {}, NOTHING, dataset) as run:
        (found,) = reader.get_run(run.run_id).inputs.dataset_inputs
    assert (found.dataset.name, found.dataset.digest) == ("ppo_v1", "d41d8cd98f00b204")
    assert json.loads(found.dataset.source) == {"uri": tmp_path.as_uri()}
    assert json.loads(found.dataset.profile) == {"num_rows": 10, "train": 7, "val": 3}


def test_every_point_of_a_curve_is_there_in_the_end(tracker, reader):
    with tracker.run("curves", "s1", {}, NOTHING) as run:
        for step in range(60):
            run.metrics({"reward": step / 2}, step)
        assert len(reader.get_metric_history(run.run_id, "reward")) == 50, "in lots of 25"
    found = reader.get_metric_history(run.run_id, "reward")
    assert [(point.step, point.value) for point in found] == [(s, s / 2) for s in range(60)]


def test_nan_and_infinity_leave_a_gap(tracker, reader):
    with tracker.run("curves", "s1", {}, NOTHING) as run:
        for step, value in enumerate([1.0, math.nan, math.inf, -math.inf, 2.0]):
            run.metrics({"reward": value}, step)
    found = reader.get_metric_history(run.run_id, "reward")
    assert [(point.step, point.value) for point in found] == [(0, 1.0), (4, 2.0)]


def test_artefacts_are_the_tree_of_the_specification(tracker, reader, model):
    with tracker.run("artefacts", "s1", {}, NOTHING) as run:
        run.artefacts(model)
    items = [*reader.list_artifacts(run.run_id), *reader.list_artifacts(run.run_id, "metrics")]
    assert {item.path for item in items if not item.is_dir} == TREE


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (None, "FINISHED"),
        (ValueError(), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (SystemExit(), "KILLED"),
    ],
    ids=["nothing", "an-error", "ctrl-c", "an-exit"],
)
def test_the_status_says_how_it_ended(tracker, reader, raised, status):
    with (
        contextlib.suppress(type(raised)),
        tracker.run("ends", "s1", {}, NOTHING) as run,
    ):
        if raised is not None:
            raise raised
    assert reader.get_run(run.run_id).info.status == status


def test_a_resumed_run_goes_on_in_place(tracker, reader):
    with tracker.run("resumed", "s1", {"gamma": 0.9}, NOTHING) as first:
        first.metrics({"reward": 1.0}, 1)
    with tracker.run("resumed", "s1", {"gamma": 0.5}, NOTHING, run_id=first.run_id) as again:
        assert reader.get_run(again.run_id).info.status == "RUNNING"
        again.metrics({"reward": 1.0}, 1)
        again.metrics({"reward": 2.0}, 2)
    found = reader.get_run(first.run_id)
    assert again.run_id == first.run_id
    assert (found.info.status, found.data.params) == ("FINISHED", {"gamma": "0.9"})
    points = reader.get_metric_history(first.run_id, "reward")
    assert {(point.step, point.value) for point in points} == {(1, 1.0), (2, 2.0)}


@pytest.mark.parametrize("deleted", [False, True], ids=["unknown", "deleted"])
def test_a_run_that_is_gone_is_made_anew(tracker, reader, deleted):
    gone = "0" * 32
    if deleted:
        with tracker.run("resumed", "s1", {}, NOTHING) as run:
            gone = run.run_id
        reader.delete_run(gone)
    with tracker.run("resumed", "s1", {}, NOTHING, run_id=gone) as made:
        assert made.run_id != gone


def test_a_deleted_experiment_is_told_before_anything_is_trained(tracker, reader):
    with tracker.run("deleted", "s1", {}, NOTHING):
        pass
    reader.delete_experiment(reader.get_experiment_by_name("deleted").experiment_id)
    with (
        pytest.raises(SourceError, match="mlflow experiments restore"),
        tracker.run("deleted", "s1", {}, NOTHING),
    ):
        pytest.fail("it was trained")


def test_a_registered_model_names_its_run_and_its_files(tracker, reader):
    with tracker.run("registry", "s1", {}, NOTHING) as run:
        version = run.register("named-s1-cc", {"model_hash": "c0"})
    found = reader.get_model_version("usdcop_ppo", version)
    assert found.run_id == run.run_id
    assert found.source == reader.get_run(run.run_id).info.artifact_uri
    assert found.tags == {"model_id": "named-s1-cc", "model_hash": "c0"}
    assert reader.get_run(run.run_id).data.tags["cambio.model_id"] == "named-s1-cc"


def test_the_same_model_keeps_its_version(tracker, registered):
    with tracker.run("registry", "s1", {}, NOTHING) as run:
        assert run.register("one-s1-aa", NOTHING) == registered["one-s1-aa"]
        assert run.register("two-s1-bb", NOTHING) == registered["two-s1-bb"]
    assert registered["one-s1-aa"] != registered["two-s1-bb"]


def test_aliases_point_at_the_models_versions(tracker, reader, registered):
    tracker.aliases("one-s1-aa", "two-s1-bb")
    expected = {"champion": registered["one-s1-aa"], "challenger": registered["two-s1-bb"]}
    assert aliases(reader) == expected


@pytest.mark.parametrize("model_id", [None, "never-s1-dd"], ids=["none", "unknown"])
def test_an_alias_without_a_model_goes(tracker, reader, registered, model_id):
    tracker.aliases("one-s1-aa", "two-s1-bb")
    tracker.aliases("one-s1-aa", model_id)
    assert list(aliases(reader)) == ["champion"]


def test_aliases_make_no_store(tmp_path):
    Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path).aliases("one-s1-aa", None)
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_down_stops_a_run_before_it_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    tracker = Tracker("http://me:secret@127.0.0.1:9", tmp_path)
    with (
        pytest.raises(SourceError, match=r"http://\*\*\*@127.0.0.1:9 failed") as caught,
        tracker.run("e", "s1", {}, NOTHING),
    ):
        pytest.fail("it was trained")
    assert "secret" not in str(caught.value)


def test_a_server_that_is_down_is_logged_where_aliases_are_set(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with capture_logs() as logs:
        Tracker("http://127.0.0.1:9", tmp_path).aliases("one-s1-aa", None)
    assert [(entry["event"], entry["doing"]) for entry in logs] == [("tracking_lost", "aliases")]


def test_a_file_that_is_no_store_stops_a_run_before_it_starts(tmp_path):
    (tmp_path / "mlflow.db").write_text("no database" * 200)
    tracker = Tracker(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path)
    with pytest.raises(SourceError, match="not a database"), tracker.run("e", "s1", {}, NOTHING):
        pytest.fail("it was trained")


def test_a_store_lost_for_good_is_logged_once_and_ends_no_training(tracker, reader, home, model):
    store, kept = home / "mlflow.db", home / "kept.db"
    try:
        with capture_logs() as logs, tracker.run("lost", "s1", {}, NOTHING) as run:
            store.rename(kept)
            store.write_text("no database" * 200)
            for step in range(60):
                run.metrics({"reward": 1.0}, step)
            run.artefacts(model)
            assert run.register("lost-s1-ee", NOTHING) is None
    finally:
        kept.replace(store)
    assert [(entry["event"], entry["doing"]) for entry in logs] == [("tracking_lost", "metrics")]


def test_a_store_that_comes_back_is_told_what_it_missed(tracker, reader, home):
    store, kept = home / "mlflow.db", home / "kept.db"
    with capture_logs(), tracker.run("back", "s1", {}, NOTHING) as run:
        store.rename(kept)
        store.write_text("no database" * 200)
        for step in range(60):
            run.metrics({"reward": 1.0}, step)
        kept.replace(store)
    assert len(reader.get_metric_history(run.run_id, "reward")) == 60
    assert reader.get_run(run.run_id).info.status == "FINISHED"


def test_two_first_users_at_once_make_one_store(tmp_path):
    code = (
        "from pathlib import Path; from cambio.tracking import Tracker\n"
        "tracker = Tracker('sqlite:///mlflow.db', Path('mlruns'))\n"
        "with tracker.run('e', 's1', {}, {}) as run: assert run.register('m-s1-ff', {}) == '1'\n"
    )
    command = [sys.executable, "-c", code]
    users = [subprocess.Popen(command, cwd=tmp_path, env={**os.environ}) for _ in range(2)]
    assert [user.wait() for user in users] == [0, 0]
