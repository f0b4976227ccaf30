"""Learn how teams get along."""

import sqlalchemy as sa
from alembic import op

from foundation.column_types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learnt_pace",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("road_factor", sa.Double(), nullable=True),
        sa.Column("speed_kmh", sa.Double(), nullable=True),
        sa.Column("trip_count", sa.Integer(), nullable=False),
        sa.Column("learnt_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mode", name=op.f("pk_learnt_pace")),
    )
