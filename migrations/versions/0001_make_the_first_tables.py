"""Make the first tables."""

import sqlalchemy as sa
from alembic import op

import foundation.column_types
import geo.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index("ix_access_log_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_index("ix_access_log_user_id_id", ["user_id", "id"], unique=False)

    op.create_table(
        "boundary_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("imported_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundary_set")),
    )
    with op.batch_alter_table("boundary_set", schema=None) as batch_op:
        batch_op.create_index(
            "uq_boundary_set_is_current",
            ["is_current"],
            unique=True,
            postgresql_where=sa.text("is_current"),
            sqlite_where=sa.text("is_current"),
        )

    op.create_table(
        "category",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )
    op.create_table(
        "directorate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_outside_body", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directorate")),
        sa.UniqueConstraint("code", name=op.f("uq_directorate_code")),
    )
    op.create_table(
        "feed",
        sa.Column("area", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("area", "kind", "entity_id", name=op.f("pk_feed")),
    )
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.create_index("ix_feed_area_sequence", ["area", "sequence"], unique=False)

    op.create_table(
        "form",
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("visit_type", sa.String(length=50), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closing', 'closed')", name=op.f("ck_form_state")),
        sa.PrimaryKeyConstraint("form_id", name=op.f("pk_form")),
    )
    op.create_table(
        "photo",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("stored_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("processed_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("captured_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("captured_lon", sa.Double(), nullable=True),
        sa.Column("captured_lat", sa.Double(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(
            "ix_photo_waiting",
            ["stored_at"],
            unique=False,
            postgresql_where=sa.text("processed_at IS NULL"),
            sqlite_where=sa.text("processed_at IS NULL"),
        )

    op.create_table(
        "sequence_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("feed_sequence", sa.BigInteger(), nullable=False),
        sa.Column("request_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequence_counter")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("code", name=op.f("uq_team_code")),
    )
    op.create_table(
        "visit_type",
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_visit_type")),
    )
    op.create_table(
        "form_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("xform", sa.LargeBinary(), nullable=False),
        sa.Column("xform_hash", sa.String(length=36), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.Column("published_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["form_id"], ["form.form_id"], name=op.f("fk_form_version_form_id_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("form_id", "version", name="uq_form_version_form_id_version"),
    )
    op.create_table(
        "mahalle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("boundary_set_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("geometry", geo.columns.GeometryColumn(geometry_type="MULTIPOLYGON"), nullable=False),
        sa.Column("minx", sa.Double(), nullable=False),
        sa.Column("miny", sa.Double(), nullable=False),
        sa.Column("maxx", sa.Double(), nullable=False),
        sa.Column("maxy", sa.Double(), nullable=False),
        sa.Column("label_lon", sa.Double(), nullable=False),
        sa.Column("label_lat", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["boundary_set_id"], ["boundary_set.id"], name=op.f("fk_mahalle_boundary_set_id_boundary_set")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mahalle")),
        sa.UniqueConstraint("code", name=op.f("uq_mahalle_code")),
    )
    with op.batch_alter_table("mahalle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mahalle_boundary_set_id"), ["boundary_set_id"], unique=False)
        if op.get_bind().dialect.name == "postgresql":
            batch_op.create_index("ix_mahalle_geometry", ["geometry"], unique=False, postgresql_using="gist")

        batch_op.create_index(batch_op.f("ix_mahalle_name_key"), ["name_key"], unique=False)

    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_code", sa.String(length=60), nullable=True),
        sa.Column("mahalle_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("directorate_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_routing_rule_category_code_category")
        ),
        sa.ForeignKeyConstraint(
            ["directorate_id"], ["directorate.id"], name=op.f("fk_routing_rule_directorate_id_directorate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("username_key", sa.String(length=60), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("directorate_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("last_sign_in_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["directorate_id"], ["directorate.id"], name=op.f("fk_user_account_directorate_id_directorate")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_user_account_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username_key", name=op.f("uq_user_account_username_key")),
    )
    op.create_table(
        "collect_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("last_used_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_collect_key_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collect_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_collect_key_token_hash")),
    )
    with op.batch_alter_table("collect_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collect_key_user_id"), ["user_id"], unique=False)

    op.create_table(
        "form_attachment",
        sa.Column("form_version_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_version.id"], name=op.f("fk_form_attachment_form_version_id_form_version")
        ),
        sa.PrimaryKeyConstraint("form_version_id", "file_name", name=op.f("pk_form_attachment")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("received_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("sentence", sa.String(length=400), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.String(length=200), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=True),
        sa.Column("instance_id", sa.String(length=200), nullable=True),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_quarantine_team_id_team")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_quarantine_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_quarantine_fingerprint")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index("ix_quarantine_state_id", ["state", "id"], unique=False)

    op.create_table(
        "signed_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_signed_in_user_id_user_account")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_signed_in")),
    )
    with op.batch_alter_table("signed_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_in_user_id"), ["user_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("xml_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("form_version", sa.String(length=200), nullable=False),
        sa.Column("form_version_id", sa.Uuid(), nullable=True),
        sa.Column("visit_type", sa.String(length=50), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.String(length=200), nullable=False),
        sa.Column("received_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("visited_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("mahalle_id", sa.Uuid(), nullable=True),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("possible_mahalle", sa.JSON(), nullable=False),
        sa.Column("result", sa.String(length=200), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("search_key", sa.String(length=700), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("flags", sa.String(length=400), nullable=False),
        sa.Column("review", sa.String(length=10), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("photos_expected", sa.Integer(), nullable=False),
        sa.Column("photos_received", sa.Integer(), nullable=False),
        sa.Column("request_count", sa.Integer(), nullable=False),
        sa.Column("amends_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["amends_id"], ["submission.id"], name=op.f("fk_submission_amends_id_submission")),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_version.id"], name=op.f("fk_submission_form_version_id_form_version")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_submission_team_id_team")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_submission_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_submission_instance_id")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(
            "ix_submission_held",
            ["form_id", "form_version"],
            unique=False,
            postgresql_where=sa.text("form_version_id IS NULL"),
            sqlite_where=sa.text("form_version_id IS NULL"),
        )
        batch_op.create_index("ix_submission_mahalle_id_id", ["mahalle_id", "id"], unique=False)
        batch_op.create_index(
            "ix_submission_review_id",
            ["review", "id"],
            unique=False,
            postgresql_where=sa.text("review <> 'none'"),
            sqlite_where=sa.text("review <> 'none'"),
        )
        batch_op.create_index("ix_submission_team_id_id", ["team_id", "id"], unique=False)
        batch_op.create_index("ix_submission_visit_type_id", ["visit_type", "id"], unique=False)
        batch_op.create_index(
            "ix_submission_visited_on_mahalle_id_visit_type", ["visited_on", "mahalle_id", "visit_type"], unique=False
        )

    op.create_table(
        "expected_photo",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_expected_photo_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("submission_id", "file_name", name=op.f("pk_expected_photo")),
    )
    with op.batch_alter_table("expected_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expected_photo_sha256"), ["sha256"], unique=False)

    op.create_table(
        "service_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tracking_no", sa.String(length=16), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("visit_type", sa.String(length=50), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("category_code", sa.String(length=60), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("mahalle_id", sa.Uuid(), nullable=True),
        sa.Column("directorate_id", sa.Uuid(), nullable=False),
        sa.Column("routing_reason", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("opened_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["directorate_id"], ["directorate.id"], name=op.f("fk_service_request_directorate_id_directorate")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_service_request_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_service_request_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_service_request_finding_id")),
        sa.UniqueConstraint("tracking_no", name=op.f("uq_service_request_tracking_no")),
    )
    with op.batch_alter_table("service_request", schema=None) as batch_op:
        batch_op.create_index("ix_service_request_category_code_id", ["category_code", "id"], unique=False)
        batch_op.create_index(
            "ix_service_request_directorate_id_status_id", ["directorate_id", "status", "id"], unique=False
        )
        batch_op.create_index("ix_service_request_mahalle_id_id", ["mahalle_id", "id"], unique=False)
        batch_op.create_index("ix_service_request_opened_on_mahalle_id", ["opened_on", "mahalle_id"], unique=False)
        batch_op.create_index("ix_service_request_status_id", ["status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_request_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "submission_document",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_document_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_document")),
    )
    op.create_table(
        "request_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("directorate_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["service_request.id"], name=op.f("fk_request_event_request_id_service_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_event")),
    )
    with op.batch_alter_table("request_event", schema=None) as batch_op:
        batch_op.create_index("ix_request_event_request_id_id", ["request_id", "id"], unique=False)
