"""Every table, under the specification's names. Times are UTC and read back aware."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

from cambio.contracts.features import MARKET_FEATURES

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime: TIMESTAMPTZ on PostgreSQL, ISO text on SQLite.

    Raises:
        ValueError: a naive datetime is bound; the zone is stated, never guessed.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times and convert the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: state its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the time back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _prices() -> list[Column[float]]:
    return [Column(name, Float(53), nullable=False) for name in ("open", "high", "low", "close")]


bars = Table(
    "usdcop_m5_ohlcv",
    metadata,
    Column("time", UtcDateTime, primary_key=True),
    Column("symbol", String(20), primary_key=True),
    *_prices(),
    Column("volume", Float(53), nullable=False),
    Column("source", String(50), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

bar_revisions = Table(
    "bar_revisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("time", UtcDateTime, nullable=False),
    Column("symbol", String(20), nullable=False),
    *_prices(),
    Column("volume", Float(53), nullable=False),
    Column("source", String(50), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("replaced_at", UtcDateTime, nullable=False),
    Index(None, "symbol", "time"),
)

absent_bars = Table(  # asked for, and the provider had none
    "absent_bars",
    metadata,
    Column("time", UtcDateTime, primary_key=True),
    Column("symbol", String(20), primary_key=True),
    Column("source", String(50), primary_key=True),
    Column("confirmed_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

source_requests = Table(
    "source_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(50), nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("elapsed_s", Float(53)),  # null while it runs, or when its process died
    Column("ok", Boolean),
    Column("note", Text),
    Index(None, "source", "time"),
)

macro_observations = Table(
    "macro_observations",
    metadata,
    Column("series", String(40), primary_key=True),
    Column("period", Date, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("value", Float(53), nullable=False),
    Column("available_at", UtcDateTime, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("source", String(50), nullable=False),
)

DAILY_COLUMNS: dict[str, str] = {
    "dxy": "DXY",
    "vix": "VIX",
    "treasury_10y": "UST10Y",
    "treasury_2y": "UST2Y",
    "embi": "EMBI",
    "brent": "BRENT",
    "wti": "WTI",
    "gold": "GOLD",
    "ibr": "IBR",
    "tpm": "TPM",
    "trm": "TRM",
    "usdmxn": "USDMXN",
    "usdbrl": "USDBRL",
    "usdclp": "USDCLP",
    "sp500": "SP500",
    "colcap": "COLCAP",
    "col10y": "COL10Y",
    "col5y": "COL5Y",
}
"""Column of `macro_indicators_daily` -> series of the catalogue."""

macro_indicators_daily = Table(
    "macro_indicators_daily",
    metadata,
    Column("fecha", Date, primary_key=True),
    *(Column(name, Float(53)) for name in DAILY_COLUMNS),
    Column("is_complete", Boolean, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),  # ohlcv | macro
    Column("key", String(80), nullable=False),  # time, or series and period
    Column("reason", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("content", JSON),  # what a release stores; null where the row has no place
    Column("source_file", String(300), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("resolution", String(10)),  # null: open | released | dropped
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", String(100)),
    Column("comment", Text),
    Index(None, "kind", "key", "reason", unique=True),
)

inference_features_5m = Table(
    "inference_features_5m",
    metadata,
    Column("time", UtcDateTime, primary_key=True),
    Column("feature_spec_hash", String(64), primary_key=True),
    *(Column(name, Float(53)) for name in MARKET_FEATURES),
    Column("builder_version", String(20), nullable=False),
    Column("computed_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

feature_cache = Table(
    "feature_cache",
    metadata,
    Column("timestamp", UtcDateTime, primary_key=True),
    Column("feature_spec_hash", String(64), primary_key=True),
    Column("features", JSON, nullable=False),
    Column("kernel_state", LargeBinary, nullable=False),
    Column("builder_version", String(20), nullable=False),
    Column("feature_order_hash", String(16), nullable=False),
    Column("computed_at", UtcDateTime, nullable=False),
)

model_registry = Table(
    "model_registry",
    metadata,
    Column("model_id", String(100), primary_key=True),
    Column("experiment_name", String(100), nullable=False),
    Column("model_path", String(500), nullable=False),
    Column("model_hash", String(64), nullable=False),
    Column("stage", String(20), nullable=False),  # staging | canary | production | archived
    Column("is_active", Boolean, nullable=False),
    Column("approved_by", String(100)),
    Column("approved_at", UtcDateTime),
    Column("promoted_at", UtcDateTime),
    Column("metrics", JSON, nullable=False),
    Column("lineage", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(
        "one_active_production_model",
        "stage",
        unique=True,
        sqlite_where=text("stage = 'production' AND is_active"),
        postgresql_where=text("stage = 'production' AND is_active"),
    ),
)

promotion_proposals = Table(
    "promotion_proposals",
    metadata,
    Column("proposal_id", String(36), primary_key=True),
    Column("model_id", String(100), nullable=False),
    Column("experiment_name", String(100), nullable=False),
    Column("recommendation", String(10), nullable=False),
    Column("confidence", Float(53), nullable=False),
    Column("reason", Text, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("vs_baseline", JSON, nullable=False),
    Column("criteria_results", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("remedies", JSON, nullable=False),
    Column("lineage", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("reviewer", String(100)),
    Column("reviewed_at", UtcDateTime),
    Column("comment", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

trial_ledger = Table(
    "trial_ledger",
    metadata,
    Column("trial_id", String(64), primary_key=True),  # hash of model, window and costs
    Column("model_id", String(100), nullable=False),
    Column("experiment_name", String(100), nullable=False),
    Column("window_start", Date, nullable=False),
    Column("window_end", Date, nullable=False),
    Column("sharpe_per_session", Float(53), nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("days", JSON(none_as_null=True)),  # null: only the figures were kept
    Column("returns", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
)

approval_audit_log = Table(  # triggers number its rows and let nobody change them
    "approval_audit_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("action", String(40), nullable=False),  # an `Action`
    Column("subject", String(120), nullable=False),
    Column("data", JSON, nullable=False),
    Index(None, "subject"),
)

audit_seals = Table(  # the hash chain over the log
    "audit_seals",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
)

audit_actor = Table(  # who acts in this transaction, on SQLite; PostgreSQL's sessions know it
    "audit_actor", metadata, Column("actor", String(120), primary_key=True)
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256
    Column("name", String(100), nullable=False),
    Column("role", String(20), nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),  # null: never
    Column("revoked_at", UtcDateTime),
    Index(None, "name"),
)

inference_signals = Table(
    "inference_signals",
    metadata,
    Column("timestamp", UtcDateTime, primary_key=True),
    Column("model_id", String(100), primary_key=True),
    Column("role", String(10), nullable=False),  # champion | challenger | shadow | paper
    Column("action", Integer, nullable=False),
    Column("confidence", Float(53), nullable=False),
    Column("price", Float(53), nullable=False),
    Column("requested", Integer, nullable=False),
    Column("target", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("equity", Float(53), nullable=False),
    Column("blocked_by", JSON, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("observation", JSON(none_as_null=True)),
    Column("capsule", JSON(none_as_null=True)),  # null: of `cambio paper`
    Column("latency_ms", Float(53)),  # from the bar's arrival at the engine until this was written
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "model_id", "timestamp"),
)

fills = Table(  # of live books
    "fills",
    metadata,
    Column("timestamp", UtcDateTime, primary_key=True),
    Column("model_id", String(100), primary_key=True),
    Column("from_position", Integer, nullable=False),
    Column("to_position", Integer, nullable=False),
    Column("price", Float(53), nullable=False),
    Column("cost", Float(53), nullable=False),
    Column("result", Float(53)),  # null: no trade was closed
    Index(None, "model_id", "timestamp"),
)

account_marks = Table(  # the money behind all funded books, at each bar's close
    "account_marks",
    metadata,
    Column("timestamp", UtcDateTime, primary_key=True),
    Column("price", Float(53), nullable=False),
    Column("equity", Float(53), nullable=False),
    Column("exposure", Float(53), nullable=False),
    Column("shares", JSON, nullable=False),
    Column("late", Boolean, nullable=False),
)

engine_state = Table(  # one row: what the next bar depends on
    "engine_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),  # counts bars; a second engine finds another
    Column("last_bar", UtcDateTime, nullable=False),
    Column("state", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

trading_controls = Table(  # what people tell the engine; audited
    "trading_controls",
    metadata,
    Column("name", String(120), primary_key=True),  # kill_switch | resume:MODEL | resume:account
    Column("value", String(20), nullable=False),
    Column("comment", Text, nullable=False),
    Column("changed_by", String(120), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

deployments = Table(  # audited
    "deployments",
    metadata,
    Column("deployment_id", Integer, primary_key=True),
    Column("model_id", String(100), nullable=False),
    Column("role", String(10), nullable=False),  # challenger | shadow
    Column("share", Float(53), nullable=False),
    Column("status", String(12), nullable=False),
    Column("started_by", String(120), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("stepped_at", UtcDateTime, nullable=False),
    Column("ended_by", String(120)),
    Column("ended_at", UtcDateTime),
    Column("reason", Text),
    Index(
        "one_running_deployment_of_a_model",
        "model_id",
        unique=True,
        sqlite_where=text("status = 'RUNNING'"),
        postgresql_where=text("status = 'RUNNING'"),
    ),
    Index(
        "one_running_challenger",
        "role",
        unique=True,
        sqlite_where=text("status = 'RUNNING' AND role = 'challenger'"),
        postgresql_where=text("status = 'RUNNING' AND role = 'challenger'"),
    ),
)

drift_readings = Table(
    "drift_readings",
    metadata,
    Column("session", Date, primary_key=True),  # the last one of the window
    Column("model_id", String(100), primary_key=True),
    Column("feature", String(40), primary_key=True),
    Column("ks", Float(53), nullable=False),
    Column("p_value", Float(53), nullable=False),  # corrected over the features
    Column("sessions", Integer, nullable=False),
    Column("alert", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

parity_checks = Table(
    "parity_checks",
    metadata,
    Column("session", Date, primary_key=True),
    Column("feature_spec_hash", String(64), primary_key=True),
    Column("bars", Integer, nullable=False),
    Column("difference", JSON(none_as_null=True)),  # the first one; null: none
    Column("checked_at", UtcDateTime, nullable=False),
)

events = Table(  # the outbox as well: ids ascend in the order of commits
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("time", UtcDateTime, nullable=False),
    Column("type", String(40), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("data", JSON, nullable=False),
    Index(None, "type", "time"),
)

event_cursors = Table(  # how far each reader of the outbox has come
    "event_cursors",
    metadata,
    Column("reader", String(120), primary_key=True),
    Column("event_id", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
