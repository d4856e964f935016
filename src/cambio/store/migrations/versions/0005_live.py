"""Live trading: the engine's state, deployments, controls, fills, marks, drift and parity"""

import sqlalchemy as sa
from alembic import op

from cambio.store import triggers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RUNNING = sa.text("status = 'RUNNING'")
CHALLENGING = sa.text("status = 'RUNNING' AND role = 'challenger'")


def upgrade() -> None:
    connection = op.get_bind()
    _extend_signals()
    _create_books()
    _create_controls()
    _create_watches()
    is_server = connection.dialect.name == "postgresql"
    schema = "SELECT quote_ident(current_schema())"
    where = connection.execute(sa.text(schema)).scalar_one() if is_server else ""
    for statement in triggers.creation(connection.dialect.name, where, triggers.SINCE_0005):
        connection.exec_driver_sql(statement)


def _extend_signals() -> None:
    """What is stored came from `cambio paper`; what it asked for besides its target is unknown."""
    with op.batch_alter_table("inference_signals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(length=10), nullable=False, server_default="paper")
        )
        batch_op.add_column(sa.Column("requested", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("capsule", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("latency_ms", sa.Float(53), nullable=True))
    op.execute("UPDATE inference_signals SET requested = target")
    with op.batch_alter_table("inference_signals", schema=None) as batch_op:
        batch_op.alter_column("requested", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("role", existing_type=sa.String(length=10), server_default=None)
        batch_op.alter_column("late", existing_type=sa.Boolean(), server_default=None)
    op.create_index(
        op.f("ix_inference_signals_model_id_timestamp"),
        "inference_signals",
        ["model_id", "timestamp"],
    )


def _create_books() -> None:
    op.create_table(
        "fills",
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("from_position", sa.Integer(), nullable=False),
        sa.Column("to_position", sa.Integer(), nullable=False),
        sa.Column("price", sa.Float(53), nullable=False),
        sa.Column("cost", sa.Float(53), nullable=False),
        sa.Column("result", sa.Float(53), nullable=True),
        sa.PrimaryKeyConstraint("timestamp", "model_id", name=op.f("pk_fills")),
    )
    op.create_index(op.f("ix_fills_model_id_timestamp"), "fills", ["model_id", "timestamp"])
    op.create_table(
        "account_marks",
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price", sa.Float(53), nullable=False),
        sa.Column("equity", sa.Float(53), nullable=False),
        sa.Column("exposure", sa.Float(53), nullable=False),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("timestamp", name=op.f("pk_account_marks")),
    )
    op.create_table(
        "engine_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_bar", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_state")),
    )


def _create_controls() -> None:
    op.create_table(
        "trading_controls",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_trading_controls")),
    )
    op.create_table(
        "deployments",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("share", sa.Float(53), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("started_by", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stepped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=120), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("deployment_id", name=op.f("pk_deployments")),
    )
    for name, column, where in (
        ("one_running_deployment_of_a_model", "model_id", RUNNING),
        ("one_running_challenger", "role", CHALLENGING),
    ):
        op.create_index(
            name,
            "deployments",
            [column],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def _create_watches() -> None:
    op.create_table(
        "drift_readings",
        sa.Column("session", sa.Date(), nullable=False),
        sa.Column("model_id", sa.String(length=100), nullable=False),
        sa.Column("feature", sa.String(length=40), nullable=False),
        sa.Column("ks", sa.Float(53), nullable=False),
        sa.Column("p_value", sa.Float(53), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", "model_id", "feature", name=op.f("pk_drift_readings")),
    )
    op.create_table(
        "parity_checks",
        sa.Column("session", sa.Date(), nullable=False),
        sa.Column("feature_spec_hash", sa.String(length=64), nullable=False),
        sa.Column("bars", sa.Integer(), nullable=False),
        sa.Column("difference", sa.JSON(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", "feature_spec_hash", name=op.f("pk_parity_checks")),
    )
    op.create_table(
        "event_cursors",
        sa.Column("reader", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_event_cursors")),
    )


def downgrade() -> None:
    connection = op.get_bind()
    for statement in triggers.removal(connection.dialect.name, triggers.SINCE_0005):
        connection.exec_driver_sql(statement)
    for table in (
        "event_cursors",
        "parity_checks",
        "drift_readings",
        "deployments",
        "trading_controls",
        "engine_state",
        "account_marks",
        "fills",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_inference_signals_model_id_timestamp"), "inference_signals")
    with op.batch_alter_table("inference_signals", schema=None) as batch_op:
        for name in ("latency_ms", "capsule", "late", "requested", "role"):
            batch_op.drop_column(name)
