"""The second vote: evidence and comments, accounts, the audit log and its triggers"""

import sqlalchemy as sa
from alembic import op

from cambio.errors import ConfigError
from cambio.store import triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ACTIVE = sa.text("stage = 'production' AND is_active")


def upgrade() -> None:
    connection = op.get_bind()
    _require_one_champion(connection)
    _add_columns(connection)
    op.create_index(
        triggers.ACTIVE_INDEX,
        "model_registry",
        ["stage"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    _create_tables()
    is_server = connection.dialect.name == "postgresql"
    schema = "SELECT quote_ident(current_schema())"
    where = connection.execute(sa.text(schema)).scalar_one() if is_server else ""
    for statement in triggers.creation(connection.dialect.name, where, triggers.SINCE_0004):
        connection.exec_driver_sql(statement)


def _require_one_champion(connection: sa.Connection) -> None:
    query = f"SELECT model_id FROM model_registry WHERE {ACTIVE} ORDER BY model_id"
    active = list(connection.execute(sa.text(query)).scalars())
    if len(active) > 1:
        raise ConfigError(
            f"Several models are active in production: {', '.join(active)}. From this version on "
            "the database allows one.",
            remedy="Set stage = 'archived' in model_registry for all but one.",
            models=active,
        )


def _add_columns(connection: sa.Connection) -> None:
    with op.batch_alter_table("promotion_proposals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("evidence", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("remedies", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("created_by", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("comment", sa.Text(), nullable=True))
    connection.execute(
        sa.text(
            "UPDATE promotion_proposals SET evidence = '{}', remedies = '[]', "
            "created_by = 'unknown'"
        )
    )
    with op.batch_alter_table("promotion_proposals", schema=None) as batch_op:
        batch_op.alter_column("evidence", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("remedies", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("created_by", existing_type=sa.String(length=100), nullable=False)
    with op.batch_alter_table("trial_ledger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("days", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("returns", sa.JSON(), nullable=True))


def _create_tables() -> None:
    op.create_table(
        "approval_audit_log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_approval_audit_log")),
    )
    op.create_index(op.f("ix_approval_audit_log_subject"), "approval_audit_log", ["subject"])
    op.create_table(
        "audit_seals",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "audit_actor",
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_audit_actor")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_api_tokens")),
    )
    op.create_index(op.f("ix_api_tokens_name"), "api_tokens", ["name"])


def downgrade() -> None:
    connection = op.get_bind()
    for statement in triggers.removal(connection.dialect.name, triggers.SINCE_0004):
        connection.exec_driver_sql(statement)
    for table in ("api_tokens", "audit_actor", "audit_seals", "approval_audit_log"):
        op.drop_table(table)
    op.drop_index(triggers.ACTIVE_INDEX, "model_registry")
    with op.batch_alter_table("trial_ledger", schema=None) as batch_op:
        batch_op.drop_column("returns")
        batch_op.drop_column("days")
    with op.batch_alter_table("promotion_proposals", schema=None) as batch_op:
        for name in ("comment", "created_by", "remedies", "evidence"):
            batch_op.drop_column(name)
