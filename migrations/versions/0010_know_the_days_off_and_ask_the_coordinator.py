"""Know the days off, and ask the coordinator where nobody goes again by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SATURDAY, _SUNDAY = 5, 6
_LATE = sa.text("status = 'planli' AND last_day < day")
_AWAITS = sa.text("awaits_decision")


def upgrade() -> None:
    weekend_day = op.create_table(
        "weekend_day",
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("weekday", name=op.f("pk_weekend_day")),
    )
    op.bulk_insert(weekend_day, [{"weekday": _SATURDAY}, {"weekday": _SUNDAY}])
    with op.batch_alter_table("visit_type", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proposes_next", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visitor", sa.String(length=10), nullable=False, server_default=""))
    with op.batch_alter_table("visit_assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("awaits_decision", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(
            "ix_visit_assignment_awaits_decision", ["id"], unique=False, postgresql_where=_AWAITS, sqlite_where=_AWAITS
        )
        batch_op.create_index("ix_visit_assignment_visit_type", ["visit_type"], unique=False)
        batch_op.create_index(
            "ix_visit_assignment_late", ["id"], unique=False, postgresql_where=_LATE, sqlite_where=_LATE
        )
