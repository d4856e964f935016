"""Settings: environment and YAML, every mistake named with its place."""

from __future__ import annotations

import shutil

import pytest

from cambio.errors import ConfigError
from cambio.settings import Environment, load_settings
from cambio.yaml_files import read_yaml, validated


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in ("HOME", "DATABASE_URL", "CONFIG", "TRACKING_URI", "TOKEN"):
        monkeypatch.delenv(f"CAMBIO_{name}", raising=False)
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
