"""Live sources: requests, bars known to be absent, and what became of the quarantine"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absent_bars",
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("time", "symbol", "source", name=op.f("pk_absent_bars")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("elapsed_s", sa.Float(precision=53), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_requests")),
    )
    with op.batch_alter_table("source_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_source_requests_source_time"), ["source", "time"], unique=False
        )

    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.add_column(sa.Column("content", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("resolution", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("resolved_by", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("comment", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_column("comment")
        batch_op.drop_column("resolved_by")
        batch_op.drop_column("resolved_at")
        batch_op.drop_column("resolution")
        batch_op.drop_column("content")

    with op.batch_alter_table("source_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_requests_source_time"))

    op.drop_table("source_requests")
    op.drop_table("absent_bars")
