"""Note days off of the municipality's own, and which notice about positions a worker agreed to."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Nobody has agreed to more than what the first notice said.
AGREED_TO_THE_FIRST = "UPDATE user_account SET position_notice = 1 WHERE position_consent_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "day_off",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_half_day", sa.Boolean(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["noted_by"], ["user_account.id"], name=op.f("fk_day_off_noted_by_user_account")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_off")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position_notice", sa.Integer(), nullable=False, server_default="0"))
    op.execute(AGREED_TO_THE_FIRST)
