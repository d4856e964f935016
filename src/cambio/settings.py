"""YAML and environment, assembled into one frozen `Settings`. The only reader of both.

| variable | meaning | default |
|---|---|---|
| `CAMBIO_HOME` | folder of everything the product writes | `./var` |
| `CAMBIO_DATABASE_URL` | SQLAlchemy URL of the database | SQLite in `CAMBIO_HOME` |
| `CAMBIO_CONFIG` | folder of the YAML files | `config/` of the checkout or the package |
| `CAMBIO_TRACKING_URI` | MLflow tracking URI; empty: no tracking | SQLite in `CAMBIO_HOME` |
| `CAMBIO_BUS_URL` | `redis://` URL where events are published | `memory://` |
| `CAMBIO_ARTIFACTS_URL` | `s3://` storage of datasets, models and reports | none: the home |
| `CAMBIO_FEED_URL` | where live bars come from | `simulated://` |
| `CAMBIO_TOKEN` | token of who acts | the login, as operator |
| `CAMBIO_TWELVEDATA_API_KEY` | key of TwelveData, for live bars | none |
| `CAMBIO_FRED_API_KEY` | key of FRED, for US series | none |

The URLs of database, tracking and bus, the token and the keys can stand in a file instead, which
the variable with `_FILE` behind it names. `OTEL_EXPORTER_OTLP_ENDPOINT` is OpenTelemetry's own.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.providers import SourcesConfig
from cambio.dataset.splits import DateRanges
from cambio.errors import ConfigError
from cambio.inference.config import DeploymentConfig
from cambio.trading.costs import CostConfig
from cambio.trading.risk import RiskLimits
from cambio.yaml_files import read_yaml

TRACES_ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
CONFIG_FOLDERS = (Path(__file__).parents[2] / "config", Path(__file__).parent / "_config")


class Environment(BaseSettings):
    """What the environment may say."""

    model_config = SettingsConfigDict(env_prefix="CAMBIO_", frozen=True)

    home: Path = Path("var")
    database_url: SecretStr | None = None
    config: Path | None = None
    tracking_uri: SecretStr | None = None
    bus_url: SecretStr = SecretStr("memory://")
    artifacts_url: str = ""
    feed_url: str = "simulated://"
    token: SecretStr | None = None
    twelvedata_api_key: SecretStr | None = None
    fred_api_key: SecretStr | None = None


SECRETS: Final = tuple(
    name
    for name, field in Environment.model_fields.items()
    if SecretStr in (field.annotation, *get_args(field.annotation))
)
"""What may stand in a file of its own."""


class TradingConfig(BaseModel):
    """The content of `config/trading.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    initial_capital: float = Field(gt=0)
    costs: CostConfig


class Keys(BaseModel):
    """The secrets of the providers; a blank one is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    twelvedata: SecretStr | None = None
    fred: SecretStr | None = None


class Settings(BaseModel):
    """Everything that can be set, read once."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    home: Path
    database_url: SecretStr
    tracking_uri: SecretStr
    """Empty: no tracking."""
    bus_url: SecretStr
    artifacts_url: str
    """Empty: no storage but the home."""
    feed_url: str
    webhook_keys: dict[str, SecretStr]
    """Keys of the webhooks' signatures, by the name of the variable that holds each."""
    traced: bool
    """Whether OpenTelemetry is told where to send traces."""
    token: SecretStr | None
    """Of who acts; an empty one is none."""
    config_folder: Path
    ranges: DateRanges
    trading: TradingConfig
    risk: RiskLimits
    deployment: DeploymentConfig
    catalogue: Catalogue
    sources: SourcesConfig
    keys: Keys

    def webhook_key(self, name: str) -> str | None:
        """Give the key in the variable that a webhook names."""
        secret = self.webhook_keys.get(name)
        return None if secret is None else secret.get_secret_value()

    def ssot(self) -> dict[str, Any]:
        """Give the sections that every experiment stands on, as plain YAML types."""
        return {
            "date_ranges": self.ranges.model_dump(mode="json"),
            "initial_capital": self.trading.initial_capital,
            "costs": self.trading.costs.model_dump(mode="json"),
            "risk": self.risk.model_dump(mode="json"),
        }


def load_settings(home: Path | None = None) -> Settings:
    """Read the environment and the YAML files.

    Args:
        home: a home of its own: database, tracking and artefacts lie in it, whatever the
            environment says, and a token of another database says nothing there.

    Raises:
        ConfigError: a file is missing, or a key is unknown or has a wrong value.
    """
    found = {name: _secret(f"CAMBIO_{name.upper()}") for name in SECRETS}
    told: dict[str, Any] = {name: one for name, one in found.items() if one is not None}
    environment = Environment(**told)
    if home is not None:
        own = {
            "home": home,
            "database_url": _sqlite(home.absolute() / "cambio.db"),
            "tracking_uri": environment.tracking_uri and _sqlite(home.absolute() / "mlflow.db"),
            "artifacts_url": "",
            "token": None,
        }
        environment = environment.model_copy(update=own)
    root = (
        (environment.home if str(environment.home) != "." else Path("var")).expanduser().absolute()
    )
    folder = environment.config or next((f for f in CONFIG_FOLDERS if f.is_dir()), None)
    if folder is None or not folder.is_dir():
        raise ConfigError(
            f"There is no configuration folder at {folder or CONFIG_FOLDERS[0]}.",
            remedy="Set CAMBIO_CONFIG to the folder that holds date_ranges.yaml.",
        )
    tracking = environment.tracking_uri
    deployment: DeploymentConfig = read_yaml(folder / "deployment.yaml", DeploymentConfig)
    return Settings(
        home=root,
        database_url=environment.database_url or _sqlite(root / "cambio.db"),
        tracking_uri=_sqlite(root / "mlflow.db") if tracking is None else tracking,
        bus_url=environment.bus_url,
        artifacts_url=environment.artifacts_url,
        feed_url=environment.feed_url,
        traced=bool(os.environ.get(TRACES_ENDPOINT)),
        token=environment.token or None,
        config_folder=folder,
        ranges=read_yaml(folder / "date_ranges.yaml", DateRanges),
        trading=read_yaml(folder / "trading.yaml", TradingConfig),
        risk=read_yaml(folder / "risk.yaml", RiskLimits),
        deployment=deployment,
        webhook_keys=_webhook_keys(deployment),
        catalogue=read_yaml(folder / "macro_series.yaml", Catalogue),
        sources=read_yaml(folder / "sources.yaml", SourcesConfig),
        keys=Keys(
            twelvedata=environment.twelvedata_api_key or None,
            fred=environment.fred_api_key or None,
        ),
    )


def _webhook_keys(deployment: DeploymentConfig) -> dict[str, SecretStr]:
    names = {hook.secret_env for hook in deployment.outputs.webhooks}
    found = {name: _secret(name) for name in names}
    missing = sorted(name for name, secret in found.items() if not secret)
    if missing:
        raise ConfigError(
            f"deployment.yaml: a webhook's key is missing: {', '.join(missing)}.",
            remedy="Set the variable to a secret that the receiver knows, or remove the webhook.",
        )
    return {name: secret for name, secret in found.items() if secret}


def _secret(name: str) -> SecretStr | None:
    """Give a variable's secret, or that of the file which the variable `NAME_FILE` names.

    A line's end after it is not part of it.

    Raises:
        ConfigError: the file can't be read or is empty, or both variables are set.
    """
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if not path:
        return None if value is None else SecretStr(value)
    if value is not None:
        raise ConfigError(
            f"{name} and {name}_FILE are both set.", remedy="Unset one of them: which one counts?"
        )
    try:
        secret = Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{name}_FILE: {path} can't be read as a text.",
            remedy="Name a file that the user who runs this may read.",
        ) from error
    if not secret:
        raise ConfigError(
            f"{name}_FILE: {path} is empty.",
            remedy="Write the secret into it, or unset the variable.",
        )
    return SecretStr(secret)


def _sqlite(path: Path) -> SecretStr:
    return SecretStr(f"sqlite:///{path}")
