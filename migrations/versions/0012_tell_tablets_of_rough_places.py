"""Tell tablets of rough places: those that are known already are found and told anew by the sweep that follows."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE visit_target SET konum_hassasiyeti = '', lon = NULL, lat = NULL, match_due = true"
        " WHERE konum_hassasiyeti IN ('sokak', 'mahalle') AND NOT is_removed"
    )
