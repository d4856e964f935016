"""`deploy/compose.yaml`: what it promises, and its commands, started without containers."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
import typer
import yaml
from mlflow import MlflowClient
from structlog.testing import capture_logs
from tests.services import object_storage, prometheus

from cambio import cli
from cambio.settings import SECRETS
from cambio.tracking import Tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.services import PostgreSQL, Redis

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "docker" / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
LIVE = yaml.safe_load((DEPLOY / "compose.live.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = re.compile(r"cambio(-\w+)?:\d+\.\d+\.\d+")
BIN = Path(sys.prefix) / "bin"


def ran(*command: object, **more: Any) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# What the file promises


@pytest.mark.parametrize("name", ["compose.yaml", "compose.live.yaml"])
def test_it_is_what_the_compose_specification_allows(name):
    ran(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / name)


def test_the_dockerfile_passes_its_linter():
    ran(BIN / "hadolint", DEPLOY / "docker" / "Dockerfile")


def test_every_image_is_pinned_by_a_version():
    stages = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE)
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    foreign = [base for base in bases if base not in stages]
    foreign += [one["image"] for one in SERVICES.values() if "build" not in one]
    assert len(foreign) > 6
    assert [image for image in foreign if not re.search(r":\D*\d+[.-]\d+\S*$", image)] == []


def test_our_images_are_stages_of_the_dockerfile_and_carry_the_products_version():
    stages = re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE)
    ours = {one["image"]: one["build"] for one in SERVICES.values() if "build" in one}
    assert {build["target"] for build in ours.values()} <= set(stages)
    assert all(OURS.fullmatch(image) for image in ours)
    assert {image.split(":")[1] for image in ours} == {ran(BIN / "cambio", "--version").split()[1]}


def test_no_image_of_ours_runs_as_root():
    for stage in re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE)[1:]:
        if "ENTRYPOINT" in stage:
            assert re.findall(r"^USER (\d+)$", stage, re.MULTILINE)[-1] == "10001"


def test_whatever_is_copied_into_an_image_is_let_into_its_context():
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for source in " ".join(copied).split():
        assert any(source == one or source.startswith(f"{one}/") for one in let_in), source
        assert (ROOT / source).exists() or source.startswith("airflow"), source


def test_no_port_is_open_beyond_this_machine():
    ports = [port for one in SERVICES.values() for port in one.get("ports", ())]
    assert len(ports) == 4
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_only_who_publishes_or_asks_the_world_can_reach_it():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    out = {name for name, one in SERVICES.items() if "outside" in one["networks"]}
    publishing = {name for name, one in SERVICES.items() if "ports" in one}
    asking = {"live", "cambio", "airflow-scheduler", "airflow-worker"}
    assert out == publishing | asking
    assert {name for name, one in SERVICES.items() if "inside" not in one["networks"]} == set()


def test_every_secret_is_a_file_that_is_made_or_asked_for(tmp_path):
    ran(DEPLOY / "secrets.sh", tmp_path)
    made = {path.name for path in tmp_path.iterdir()}
    assert {one["file"] for one in COMPOSE["secrets"].values()} == {f"secrets/{n}" for n in made}
    assert set(COMPOSE["secrets"]) == made
    assert all(set(one) == {"file"} for one in (COMPOSE["secrets"] | LIVE["secrets"]).values())


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_names_no_secret_that_it_isnt_given_and_gets_none_that_it_doesnt_use(name):
    service = SERVICES[name]
    used = json.dumps([service.get("environment", {}), service.get("command", "")])
    used += json.dumps(service.get("healthcheck", ""))
    if name == "postgres":
        script = (DEPLOY / "docker" / "databases.sh").read_text()
        roles = re.search(r"for name in (.+?);", script)[1].split()
        used += "".join(f"/run/secrets/{role}_password" for role in roles)
    if name == "prometheus":
        used += (DEPLOY / "prometheus" / "compose.yaml").read_text()
    if name.startswith("airflow"):
        used += "/run/secrets/airflow_logins.json"  # one list for all of its parts
    assert set(re.findall(r"/run/secrets/([\w.]+)", used)) == set(service.get("secrets", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_environment(name):
    beside = LIVE["services"].get(name, {}).get("environment", {})
    for variable, value in [*(SERVICES[name].get("environment") or {}).items(), *beside.items()]:
        if re.search(r"PASSWORD|SECRET|_KEY|TOKEN|_CONN|BROKER|BACKEND", variable):
            told = variable.endswith(("_FILE", "_CMD")) or variable == "AWS_ACCESS_KEY_ID"
            assert told, variable
        assert not re.search(r"://[^/]*:[^/]*@", str(value))


def test_the_variables_that_name_files_are_ones_that_cambio_reads():
    named = {
        variable
        for one in [*SERVICES.values(), *LIVE["services"].values()]
        for variable in one.get("environment", {})
        if variable.startswith("CAMBIO_") and variable.endswith("_FILE")
    }
    assert len(named) == 4
    assert named <= {f"CAMBIO_{name.upper()}_FILE" for name in SECRETS}


def test_nobody_starts_before_those_that_it_needs_are_well_or_done():
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            once = SERVICES[needed].get("restart") == "on-failure"
            assert ("healthcheck" in SERVICES[needed]) is not once, (name, needed)
            done = "service_completed_successfully" if once else "service_healthy"
            assert how == {"condition": done}, (name, needed)
            profiles = set(SERVICES[needed].get("profiles", ()))
            assert not profiles or set(service.get("profiles", ())) <= profiles, (name, needed)


def test_who_runs_on_says_whether_it_is_well():
    running = {n for n, one in SERVICES.items() if one["restart"] == "unless-stopped"}
    assert {name for name in running if "healthcheck" not in SERVICES[name]} == set()


def test_every_volume_is_named_and_every_file_that_is_mounted_is_there():
    for name, service in SERVICES.items():
        for mount in service.get("volumes", ()):
            source, _, mode = mount.partition(":")
            if source.startswith("."):
                assert mode.endswith(":ro"), (name, mount)
                assert (DEPLOY / source).exists(), (name, mount)
            else:
                assert source in COMPOSE["volumes"], (name, mount)


def test_a_profile_has_the_executor_that_its_services_are_for():
    told = {
        path.stem: dict(re.findall(r"^([A-Z_]+)=(\S+)$", path.read_text(), re.MULTILINE))
        for path in DEPLOY.glob("*.env")
    }
    assert told["one-machine"] == {
        "COMPOSE_PROFILES": "airflow",
        "AIRFLOW_EXECUTOR": "LocalExecutor",
    }
    assert told["celery"] == {"COMPOSE_PROFILES": "celery", "AIRFLOW_EXECUTOR": "CeleryExecutor"}


# Its commands


CAMBIO = [n for n, one in SERVICES.items() if one["image"].startswith("cambio:")]


@pytest.mark.parametrize("name", CAMBIO)
def test_a_command_is_one_that_cambio_has(name):
    words = list(SERVICES[name]["command"])
    group: Any = typer.main.get_command(cli.app)
    while hasattr(group, "commands"):
        group = group.commands[words.pop(0)]
    group.make_context(group.name, words)


def commands_of(service: dict[str, Any]) -> list[list[str]]:
    check = service.get("healthcheck", {}).get("test", [])
    whole = [*service.get("entrypoint", ()), *service.get("command", ())]
    return [whole, ["sh", "-c", check[1]] if check[:1] == ["CMD-SHELL"] else check[1:]]


@pytest.mark.parametrize("name", SERVICES)
def test_the_scripts_in_commands_can_be_read(name):
    for command in commands_of(SERVICES[name]):
        if command[:2] == ["sh", "-c"]:
            ran("sh", "-n", "-c", command[2].replace("$$", "$"))
        if command[:2] == ["python", "-c"]:
            ast.parse(command[2])


def test_prometheus_can_read_its_configuration():
    ran(
        prometheus() / "promtool",
        "check",
        "config",
        "--syntax-only",
        DEPLOY / "prometheus/compose.yaml",
    )


def test_both_of_prometheus_configurations_differ_in_names_alone():
    one, other = (
        yaml.safe_load((DEPLOY / "prometheus" / name).read_text())
        for name in ("prometheus.yaml", "compose.yaml")
    )
    for job, place in zip(other["scrape_configs"], one["scrape_configs"], strict=True):
        service, port = job["static_configs"][0]["targets"][0].split(":")
        assert place["static_configs"][0]["targets"] == [f"127.0.0.1:{port}"]
        assert port in " ".join(
            [*SERVICES[service]["command"], *SERVICES[service].get("ports", ())]
        )
        job["static_configs"] = place["static_configs"]
        place.get("authorization", {}).pop("credentials_file", None)
        job.get("authorization", {}).pop("credentials_file", None)
    assert one == other


# Started as compose would, without containers


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    ran(DEPLOY / "secrets.sh", folder)
    return folder


def test_secrets_that_are_there_are_left_alone(secrets):
    before = {path.name: path.read_text() for path in secrets.iterdir()}
    (secrets / "grafana_password").write_text("mine")
    (secrets / "redis_password").unlink()
    assert ran(DEPLOY / "secrets.sh", secrets).splitlines() == ["made redis_password"]
    after = {path.name: path.read_text() for path in secrets.iterdir()}
    assert after.pop("grafana_password") == "mine"
    assert after.pop("redis_password") != before["redis_password"]
    assert after.items() <= before.items()
    assert secrets.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def databases(secrets: Path, postgresql_server: PostgreSQL) -> Iterator[PostgreSQL]:
    """The server, with what `databases.sh` makes of an empty volume."""
    psql = shutil.which("psql")
    server = {"PGHOST": str(postgresql_server.folder), "SECRETS": str(secrets)}
    assert psql, "These tests need psql: apt-get install postgresql-client."
    ran("sh", DEPLOY / "docker" / "databases.sh", env=os.environ | server)
    yield postgresql_server
    for name in ("cambio", "mlflow", "airflow"):
        postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    for name in ("cambio_owner", "cambio_app", "mlflow", "airflow"):
        postgresql_server.execute(f"DROP ROLE {name}")


def environment(
    name: str, secrets: Path, databases: PostgreSQL, redis: Redis, home: Path
) -> dict[str, str]:
    """What compose would set for a service, with this machine's places for the containers'."""
    for url in secrets.glob("*_url"):
        text = re.sub(r"@postgres/(\w+)$", rf"@/\1?host={databases.folder}", url.read_text())
        url.write_text(re.sub(r"^redis://.*", redis.url, text))
    there = {"/run/secrets/": f"{secrets}/", "/var/lib/cambio": str(home), "/etc/cambio": "config"}
    told = {}
    for variable, value in SERVICES[name]["environment"].items():
        value = re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
        for container, here in there.items():
            value = value.replace(container, here)
        told[variable] = value
    return told


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return int(holder.getsockname()[1])


@contextmanager
def started(name: str, told: dict[str, str], log: Path, **other: str) -> Iterator[str]:
    """Start a service's own command until its own health check passes; give the port."""
    service = SERVICES[name]
    check = service["healthcheck"]["test"]
    port = re.search(r"127\.0\.0\.1:(\d+)", check[-1])[1]
    ours = str(free_port())
    words = [other.get(word, word).replace(port, ours) for word in service["command"]]
    words = [ours if word == port else "127.0.0.1" if word == "0.0.0.0" else word for word in words]
    if name == "api":
        words += ["--port", ours]
    command = (
        [BIN / "cambio"]
        if service["image"].startswith("cambio:")
        else [DEPLOY / "docker/from-files.sh"]
    )
    path = {"PATH": f"{BIN}:{os.environ['PATH']}"}
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, *words], env=os.environ | path | told, stdout=out, stderr=out, cwd=ROOT
        )
        try:
            well = [sys.executable, *(word.replace(port, ours) for word in check[2:])]
            while subprocess.run(well, capture_output=True, check=False).returncode:
                assert process.poll() is None, log.read_text()
                time.sleep(0.5)  # the check is a process of its own
            yield ours
        finally:
            process.terminate()
            process.wait(60)


def test_the_databases_the_tables_the_engine_and_the_api_start_one_after_another(
    secrets, databases, redis_server, tmp_path
):
    def told(name: str) -> dict[str, str]:
        return environment(name, secrets, databases, redis_server, tmp_path)

    tables = SERVICES["tables"]["command"]
    ran(BIN / "cambio", *tables, env=os.environ | told("tables"), cwd=ROOT)
    create = ("token", "create", "prometheus", "--role", "viewer")
    untracked = {"CAMBIO_TRACKING_URI": ""}
    made = ran(BIN / "cambio", *create, env=os.environ | told("cambio") | untracked, cwd=ROOT)
    with (
        started("live", told("live"), tmp_path / "live.log"),
        started("api", told("api"), tmp_path / "api.log") as port,
    ):
        who = {"Host": f"api:{port}", "Authorization": f"Bearer {made.strip()}"}
        scrape = Request(f"http://127.0.0.1:{port}/metrics", headers=who)
        metrics = urlopen(scrape, timeout=30).read().decode()
    assert "cambio_engine_running 1.0" in metrics


def test_tables_restores_a_backup_into_a_new_volume(secrets, databases, redis_server, tmp_path):
    """As the deployment's page says; the product's own role then finds the audit chain whole."""

    def cambio(told: dict[str, str], *words: str | Path) -> str:
        return ran(BIN / "cambio", *words, env=os.environ | told, cwd=ROOT)

    there = {"CAMBIO_HOME": str(tmp_path / "there"), "CAMBIO_TRACKING_URI": ""}
    cambio(there, "token", "create", "rita", "--role", "viewer")
    cambio(there, "backup", "create", tmp_path / "backups")
    (backup,) = (tmp_path / "backups").glob("cambio-*")
    tables, live = (
        environment(name, secrets, databases, redis_server, tmp_path / "here")
        for name in ("tables", "live")
    )
    cambio(tables, "backup", "restore", backup)
    cambio(tables, *SERVICES["tables"]["command"])
    assert "rita" in cambio(live, "audit", "list")
    cambio(live, "audit", "verify")


def test_a_run_reaches_postgresql_and_s3_through_mlflows_server(
    secrets, databases, redis_server, tmp_path
):
    """With the client's side that training has: the store alone knows the bucket and its key."""
    told = environment("mlflow", secrets, databases, redis_server, tmp_path)
    model = tmp_path / "model"
    model.mkdir()
    (model / "policy.onnx").write_bytes(b"graph")
    with object_storage("mlflow") as storage:
        told["MLFLOW_S3_ENDPOINT_URL"] = f"http://127.0.0.1:{storage}"
        with started("mlflow", told, tmp_path / "log") as port:
            tracker = Tracker(f"http://127.0.0.1:{port}", tmp_path / "mlruns")
            with capture_logs() as lost, tracker.run("small", "s7", {"seed": 7}, {}) as run:
                run.metrics({"reward": 1.5}, 10)
                run.artefacts(model)
            assert lost == []
            found = MlflowClient(f"http://127.0.0.1:{port}").get_run(run.run_id)
            assert found.data.params["seed"] == "7"
            assert found.data.metrics == {"reward": 1.5}
        listed = urlopen(f"http://127.0.0.1:{storage}/mlflow?list-type=2", timeout=30).read()
    assert f"{run.run_id}/artifacts/policy.onnx".encode() in listed
    assert not (tmp_path / "mlruns").exists()


def test_a_secret_that_is_not_there_starts_nothing():
    told = os.environ | {"KEY_FILE": "/nowhere"}
    with pytest.raises(AssertionError, match="No such file"):
        ran(DEPLOY / "docker" / "from-files.sh", "KEY", "--", "true", env=told)
