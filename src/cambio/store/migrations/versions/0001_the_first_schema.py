"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bar_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("open", sa.Float(precision=53), nullable=False),
        sa.Column("high", sa.Float(precision=53), nullable=False),
        sa.Column("low", sa.Float(precision=53), nullable=False),
        sa.Column("close", sa.Float(precision=53), nullable=False),
        sa.Column("volume", sa.Float(precision=53), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar_revisions")),
    )
    with op.batch_alter_table("bar_revisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bar_revisions_symbol_time"), ["symbol", "time"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_type_time"), ["type", "time"], unique=False)

    op.create_table(
        "feature_cache",
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feature_spec_hash", sa.String(length=64), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("kernel_state", sa.LargeBinary(), nullable=False),
        sa.Column("builder_version", sa.String(length=20), nullable=False),
        sa.Column("feature_order_hash", sa.String(length=16), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("timestamp", "feature_spec_hash", name=op.f("pk_feature_cache")),
    )
    op.create_table(
        "inference_features_5m",
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feature_spec_hash", sa.String(length=64), nullable=False),
        sa.Column("log_ret_5m", sa.Float(precision=53), nullable=True),
        sa.Column("log_ret_1h", sa.Float(precision=53), nullable=True),
        sa.Column("log_ret_4h", sa.Float(precision=53), nullable=True),
        sa.Column("rsi_9", sa.Float(precision=53), nullable=True),
        sa.Column("atr_pct", sa.Float(precision=53), nullable=True),
        sa.Column("adx_14", sa.Float(precision=53), nullable=True),
        sa.Column("dxy_z", sa.Float(precision=53), nullable=True),
        sa.Column("dxy_change_1d", sa.Float(precision=53), nullable=True),
        sa.Column("vix_z", sa.Float(precision=53), nullable=True),
        sa.Column("embi_z", sa.Float(precision=53), nullable=True),
        sa.Column("brent_change_1d", sa.Float(precision=53), nullable=True),
        sa.Column("rate_spread", sa.Float(precision=53), nullable=True),
        sa.Column("usdmxn_change_1d", sa.Float(precision=53), nullable=True),
        sa.Column("builder_version", sa.String(length=20), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("time", "feature_spec_hash", name=op.f("pk_inference_features_5m")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inference_signals",
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("action", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(precision=53), nullable=False),
        sa.Column("price", sa.Float(precision=53), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("equity", sa.Float(precision=53), nullable=False),
        sa.Column("blocked_by", sa.JSON(), nullable=False),
        sa.Column("observation", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("timestamp", "model_id", name=op.f("pk_inference_signals")),
    )
    op.create_table(
        "macro_indicators_daily",
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("dxy", sa.Float(precision=53), nullable=True),
        sa.Column("vix", sa.Float(precision=53), nullable=True),
        sa.Column("treasury_10y", sa.Float(precision=53), nullable=True),
        sa.Column("treasury_2y", sa.Float(precision=53), nullable=True),
        sa.Column("embi", sa.Float(precision=53), nullable=True),
        sa.Column("brent", sa.Float(precision=53), nullable=True),
        sa.Column("wti", sa.Float(precision=53), nullable=True),
        sa.Column("gold", sa.Float(precision=53), nullable=True),
        sa.Column("ibr", sa.Float(precision=53), nullable=True),
        sa.Column("tpm", sa.Float(precision=53), nullable=True),
        sa.Column("trm", sa.Float(precision=53), nullable=True),
        sa.Column("usdmxn", sa.Float(precision=53), nullable=True),
        sa.Column("usdbrl", sa.Float(precision=53), nullable=True),
        sa.Column("usdclp", sa.Float(precision=53), nullable=True),
        sa.Column("sp500", sa.Float(precision=53), nullable=True),
        sa.Column("colcap", sa.Float(precision=53), nullable=True),
        sa.Column("col10y", sa.Float(precision=53), nullable=True),
        sa.Column("col5y", sa.Float(precision=53), nullable=True),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fecha", name=op.f("pk_macro_indicators_daily")),
    )
    op.create_table(
        "macro_observations",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("series", "period", "revision", name=op.f("pk_macro_observations")),
    )
    op.create_table(
        "model_registry",
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("experiment_name", sa.String(length=100), nullable=False),
        sa.Column("model_path", sa.String(length=500), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("lineage", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_model_registry")),
    )
    op.create_table(
        "promotion_proposals",
        sa.Column("proposal_id", sa.String(length=36), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("experiment_name", sa.String(length=100), nullable=False),
        sa.Column("recommendation", sa.String(length=10), nullable=False),
        sa.Column("confidence", sa.Float(precision=53), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("vs_baseline", sa.JSON(), nullable=False),
        sa.Column("criteria_results", sa.JSON(), nullable=False),
        sa.Column("lineage", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reviewer", sa.String(length=100), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_promotion_proposals")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("source_file", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quarantine_kind_key_reason"), ["kind", "key", "reason"], unique=True
        )

    op.create_table(
        "trial_ledger",
        sa.Column("trial_id", sa.String(length=64), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("experiment_name", sa.String(length=100), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("window_end", sa.Date(), nullable=False),
        sa.Column("sharpe_per_session", sa.Float(precision=53), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_trial_ledger")),
    )
    op.create_table(
        "usdcop_m5_ohlcv",
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("open", sa.Float(precision=53), nullable=False),
        sa.Column("high", sa.Float(precision=53), nullable=False),
        sa.Column("low", sa.Float(precision=53), nullable=False),
        sa.Column("close", sa.Float(precision=53), nullable=False),
        sa.Column("volume", sa.Float(precision=53), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("time", "symbol", name=op.f("pk_usdcop_m5_ohlcv")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("usdcop_m5_ohlcv")
    op.drop_table("trial_ledger")
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantine_kind_key_reason"))

    op.drop_table("quarantine")
    op.drop_table("promotion_proposals")
    op.drop_table("model_registry")
    op.drop_table("macro_observations")
    op.drop_table("macro_indicators_daily")
    op.drop_table("inference_signals")
    op.drop_table("inference_features_5m")
    op.drop_table("feature_cache")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_type_time"))

    op.drop_table("events")
    with op.batch_alter_table("bar_revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bar_revisions_symbol_time"))

    op.drop_table("bar_revisions")
