"""Plan the order of a day."""

import sqlalchemy as sa
from alembic import op

from foundation.column_types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("wants_end", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("adopted_by", sa.Uuid(), nullable=True),
        sa.Column("adopted_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["adopted_by"], ["user_account.id"], name=op.f("fk_day_plan_adopted_by_user_account")),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name=op.f("fk_day_plan_asked_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_plan")),
    )
    with op.batch_alter_table("day_plan", schema=None) as batch_op:
        batch_op.create_index("ix_day_plan_asked_at", ["asked_at"], unique=False)
        batch_op.create_index("ix_day_plan_last_day_id", ["last_day", "id"], unique=False)
        batch_op.create_index("ix_day_plan_state_heartbeat_at", ["state", "heartbeat_at"], unique=False)

    op.create_table(
        "travel_row",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("origin", sa.String(length=24), nullable=False),
        sa.Column("targets", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "mode", "origin", name=op.f("pk_travel_row")),
    )
    with op.batch_alter_table("travel_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_travel_row_asked_at"), ["asked_at"], unique=False)
