"""The content of `config/deployment.yaml`."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator

from cambio.contracts.events import NoticeType


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CanaryConfig(_Section):
    """How a challenger gets the capital, or loses it."""

    steps: tuple[float, ...] = Field(min_length=1)
    """Ascending shares of the capital in (0, 1]; the last is 1."""
    min_sessions: int = Field(ge=2)
    confidence: float = Field(gt=0.5, lt=1)
    max_drawdown: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _ascends_to_all(self) -> Self:
        rising = list(self.steps) == sorted(set(self.steps))
        if not rising or self.steps[0] <= 0 or self.steps[-1] != 1.0:
            raise ValueError("steps ascend from above 0 to 1")
        return self


class LiveConfig(_Section):
    """When the engine trusts what it sees."""

    stale_after_s: float = Field(gt=0)
    flatten_after_minutes: int = Field(ge=5)
    shelf_life_days: int = Field(ge=1)
    drift_sessions: int = Field(ge=5)
    drift_ks: float = Field(gt=0, lt=1)
    drift_significance: float = Field(gt=0, lt=1)


class WebhookConfig(_Section):
    """Somebody who is told by HTTP."""

    url: HttpUrl
    secret_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    """Name of the environment variable that holds the key of the signature."""
    types: tuple[NoticeType | Literal["signal", "trade", "account"], ...] = Field(
        default=("breach", "rollback", "proposal", "kill_switch"), min_length=1
    )
    """Of the events that are sent."""

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.url.username or self.url.password:
            raise ValueError("the URL names no user: the signature tells who sends")
        if self.url.scheme != "https" and not _is_loopback(self.url.host or ""):
            raise ValueError("https is needed, except on this machine")
        return self


class OutputsConfig(_Section):
    """Where signals and events go, besides the database."""

    signals_stream: str = Field(min_length=1)
    events_stream: str = Field(min_length=1)
    stream_length: int = Field(ge=1000)
    webhooks: tuple[WebhookConfig, ...] = ()

    @model_validator(mode="after")
    def _are_distinct(self) -> Self:
        if self.signals_stream == self.events_stream:
            raise ValueError("signals and events need a stream each")
        urls = [str(hook.url) for hook in self.webhooks]
        if len(urls) != len(set(urls)):
            raise ValueError("two webhooks have the same URL: name all types in one")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class DeploymentConfig(_Section):
    """The whole file."""

    canary: CanaryConfig
    live: LiveConfig
    outputs: OutputsConfig
