"""Settings: environment and YAML, every mistake named with its place."""

from __future__ import annotations

import shutil

import pytest
import yaml

from cambio.errors import ConfigError
from cambio.settings import SECRETS, Environment, load_settings
from cambio.yaml_files import read_yaml, validated


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in ("HOME", "CONFIG", *map(str.upper, SECRETS)):
        for variable in (f"CAMBIO_{name}", f"CAMBIO_{name}_FILE"):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def told(secret):
    return secret.get_secret_value()


def test_everything_lies_below_var_by_default(tmp_path):
    settings = load_settings()
    assert settings.home == tmp_path / "var"
    assert told(settings.database_url) == f"sqlite:///{tmp_path / 'var' / 'cambio.db'}"
    assert told(settings.tracking_uri) == f"sqlite:///{tmp_path / 'var' / 'mlflow.db'}"


def test_the_environment_moves_home_and_database(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMBIO_HOME", str(tmp_path / "here"))
    monkeypatch.setenv("CAMBIO_DATABASE_URL", "postgresql+psycopg:///bars")
    settings = load_settings()
    assert told(settings.database_url) == "postgresql+psycopg:///bars"
    assert told(settings.tracking_uri) == f"sqlite:///{tmp_path / 'here' / 'mlflow.db'}"


def test_a_home_of_its_own_never_shares_the_configured_database(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMBIO_DATABASE_URL", "postgresql+psycopg:///bars")
    settings = load_settings(tmp_path / "demo")
    assert told(settings.database_url) == f"sqlite:///{tmp_path / 'demo' / 'cambio.db'}"


def test_an_empty_tracking_uri_switches_tracking_off(monkeypatch):
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    assert told(load_settings().tracking_uri) == ""


def test_an_empty_token_is_none_and_a_blank_one_is_no_way_around_it(monkeypatch):
    monkeypatch.setenv("CAMBIO_TOKEN", "")
    assert load_settings().token is None
    monkeypatch.setenv("CAMBIO_TOKEN", " ")
    assert told(load_settings().token) == " "


def test_a_token_is_of_the_configured_home_only(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMBIO_TOKEN", "secret")
    assert told(load_settings().token) == "secret"
    assert load_settings(tmp_path / "demo").token is None


def test_no_password_is_shown(monkeypatch):
    monkeypatch.setenv("CAMBIO_DATABASE_URL", "postgresql://me:secret@h/bars")
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "https://me:secret@h")
    monkeypatch.setenv("CAMBIO_FRED_API_KEY", "secret")
    monkeypatch.setenv("CAMBIO_TOKEN", "secret")
    assert "secret" not in f"{Environment()!r} {load_settings()!r} {load_settings()}"


def in_file(monkeypatch, folder, name, content):
    path = folder / name.lower()
    path.write_bytes(content)
    monkeypatch.setenv(f"{name}_FILE", str(path))
    return path


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_stand_in_a_file(name, tmp_path, monkeypatch):
    in_file(monkeypatch, tmp_path, f"CAMBIO_{name.upper()}", b" s3cret\r\n")
    settings = load_settings()
    found = {"twelvedata_api_key": settings.keys.twelvedata, "fred_api_key": settings.keys.fred}
    assert told(found.get(name) or getattr(settings, name)) == " s3cret"


def test_what_may_stand_in_a_file_is_every_secret_of_the_environment():
    urls, keys = {"database_url", "tracking_uri", "bus_url"}, {"twelvedata_api_key", "fred_api_key"}
    assert set(SECRETS) == {*urls, "token", *keys}


def test_a_secret_of_a_file_doesnt_leave_a_home_of_its_own(tmp_path, monkeypatch):
    in_file(monkeypatch, tmp_path, "CAMBIO_DATABASE_URL", b"postgresql+psycopg:///bars")
    in_file(monkeypatch, tmp_path, "CAMBIO_TOKEN", b"secret")
    settings = load_settings(tmp_path / "demo")
    assert told(settings.database_url) == f"sqlite:///{tmp_path / 'demo' / 'cambio.db'}"
    assert settings.token is None


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_secret_is_refused_and_not_taken_for_none(content, tmp_path, monkeypatch):
    path = in_file(monkeypatch, tmp_path, "CAMBIO_DATABASE_URL", content)
    with pytest.raises(ConfigError, match=str(path)):
        load_settings()


def test_a_file_that_is_not_there_is_refused(tmp_path, monkeypatch):
    in_file(monkeypatch, tmp_path, "CAMBIO_TOKEN", b"secret").unlink()
    with pytest.raises(ConfigError, match="can't be read"):
        load_settings()


def test_of_a_variable_and_its_file_neither_is_guessed(tmp_path, monkeypatch):
    in_file(monkeypatch, tmp_path, "CAMBIO_TOKEN", b"secret")
    monkeypatch.setenv("CAMBIO_TOKEN", "another")
    with pytest.raises(ConfigError, match="both set") as refused:
        load_settings()
    assert "secret" not in str(refused.value)


def test_a_webhooks_key_may_stand_in_a_file(tmp_path, monkeypatch):
    folder = tmp_path / "config"
    shutil.copytree(load_settings().config_folder, folder)
    hook = {"url": "https://alerts.example.com", "secret_env": "ALERTS_KEY"}
    content = yaml.safe_load((folder / "deployment.yaml").read_text())
    content.setdefault("outputs", {})["webhooks"] = [hook]
    (folder / "deployment.yaml").write_text(yaml.safe_dump(content))
    monkeypatch.setenv("CAMBIO_CONFIG", str(folder))
    in_file(monkeypatch, tmp_path, "ALERTS_KEY", b"sixteen and more characters\n")
    assert load_settings().webhook_key("ALERTS_KEY") == "sixteen and more characters"


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "config"
    shutil.copytree(load_settings().config_folder, folder)
    (folder / "risk.yaml").unlink()
    monkeypatch.setenv("CAMBIO_CONFIG", str(folder))
    with pytest.raises(ConfigError, match=r"risk\.yaml"):
        load_settings()


def test_a_missing_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMBIO_CONFIG", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigError, match="nowhere"):
        load_settings()


def test_broken_yaml_is_named(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: [1, 2")
    with pytest.raises(ConfigError, match=r"x\.yaml is not YAML"):
        read_yaml(path, dict[str, int])


def test_every_wrong_key_is_named_at_once():
    with pytest.raises(ConfigError, match=r"(?s)a: .*; b: ") as caught:
        validated({"a": "x", "b": "y"}, dict[str, int], "here")
    assert str(caught.value).startswith("here:")
