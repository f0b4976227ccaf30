"""Remember what a held change corrects."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("held_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("amends_id", sa.Uuid(), nullable=True))
