"""Let the map count visits and requests from indexes alone: what is grouped by comes first, what is asked for is in."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_submission_visited_on_mahalle_id_visit_type", table_name="submission")
    op.create_index(
        "ix_submission_counts", "submission", ["mahalle_id", "visited_on", "visit_type", "superseded_by_id"]
    )
    op.drop_index("ix_service_request_opened_on_mahalle_id", table_name="service_request")
    op.create_index(
        "ix_service_request_counts",
        "service_request",
        ["mahalle_id", "opened_on", "status", "visit_type", "category_code", "directorate_id"],
    )
