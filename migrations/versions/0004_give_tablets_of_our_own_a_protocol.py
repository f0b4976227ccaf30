"""Give tablets of our own a protocol."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

import foundation.column_types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entity_change",
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("trunk_version", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.String(length=64), nullable=True),
        sa.Column("branch_base", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("in_conflict", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("device_time", foundation.column_types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("entity_id", "version", name=op.f("pk_entity_change")),
    )
    op.create_table(
        "entity_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("base_value", sa.Text(), nullable=False),
        sa.Column("standing_value", sa.Text(), nullable=False),
        sa.Column("standing_version", sa.Integer(), nullable=False),
        sa.Column("other_value", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("device_time", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("decision_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity_conflict")),
    )
    with op.batch_alter_table("entity_conflict", schema=None) as batch_op:
        batch_op.create_index("ix_entity_conflict_entity_id", ["entity_id"], unique=False)
        batch_op.create_index("ix_entity_conflict_state_id", ["state", "id"], unique=False)

    op.create_table(
        "feed_body",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "entity_id", name=op.f("pk_feed_body")),
    )
    op.create_table(
        "held_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("trunk_version", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.String(length=64), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("device_time", foundation.column_types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_change")),
    )
    with op.batch_alter_table("held_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_change_entity_id"), ["entity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_change_received_at"), ["received_at"], unique=False)

    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("payload_sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )
    package = op.create_table(
        "package_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_version")),
    )
    op.bulk_insert(package, [{"id": 1, "version": 0, "content_sha256": ""}])
    op.create_table(
        "photo_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_upload")),
    )
    with op.batch_alter_table("photo_upload", schema=None) as batch_op:
        batch_op.create_index(
            "ix_photo_upload_device_id_sha256",
            ["device_id", "sha256"],
            unique=False,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_photo_upload_open",
            ["expires_at"],
            unique=False,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_photo_upload_sha256_team_id", ["sha256", "team_id"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.Column("enrolled_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("enrolled_by", sa.Uuid(), nullable=False),
        sa.Column("last_contact_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("unsent_count", sa.Integer(), nullable=False),
        sa.Column("oldest_unsent_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("clock_offset_s", sa.Integer(), nullable=False),
        sa.Column("last_device_seq", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_device_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_team_id"), ["team_id"], unique=False)

    op.create_table(
        "enrolment_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("used_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("used_by_token_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_enrolment_code_team_id_team")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment_code")),
    )
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_code_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "team_area",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("mahalle_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_area_team_id_team")),
        sa.PrimaryKeyConstraint("team_id", "mahalle_id", name=op.f("pk_team_area")),
    )
    op.create_table(
        "visit_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=700), nullable=False),
        sa.Column("sort_key", sa.String(length=300), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("mahalle_id", sa.Uuid(), nullable=True),
        sa.Column("external_no", sa.String(length=100), nullable=True),
        sa.Column("created_by_team_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_team_id"], ["team.id"], name=op.f("fk_visit_target_created_by_team_id_team")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_target")),
        sa.UniqueConstraint("external_no", name=op.f("uq_visit_target_external_no")),
    )
    with op.batch_alter_table("visit_target", schema=None) as batch_op:
        batch_op.create_index("ix_visit_target_mahalle_id_id", ["mahalle_id", "id"], unique=False)

    op.create_table(
        "visit_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("visit_type", sa.String(length=50), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("external_no", sa.String(length=100), nullable=True),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"], ["visit_target.id"], name=op.f("fk_visit_assignment_target_id_visit_target")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_visit_assignment_team_id_team")),
        sa.ForeignKeyConstraint(
            ["visit_type"], ["visit_type.code"], name=op.f("fk_visit_assignment_visit_type_visit_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_assignment")),
        sa.UniqueConstraint("external_no", name=op.f("uq_visit_assignment_external_no")),
    )
    with op.batch_alter_table("visit_assignment", schema=None) as batch_op:
        batch_op.create_index("ix_visit_assignment_day_team_id", ["day", "team_id"], unique=False)
        batch_op.create_index("ix_visit_assignment_target_id", ["target_id"], unique=False)
        batch_op.create_index("ix_visit_assignment_team_id_day_position", ["team_id", "day", "position"], unique=False)

    with op.batch_alter_table("expected_photo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promised_sha256", sa.String(length=64), nullable=True))
        batch_op.create_index(
            "ix_expected_photo_promised",
            ["promised_sha256"],
            unique=False,
            postgresql_where=sa.text("state = 'awaited' AND promised_sha256 IS NOT NULL"),
            sqlite_where=sa.text("state = 'awaited' AND promised_sha256 IS NOT NULL"),
        )

    # Nobody has read the feed yet; its rows are of areas that are no longer written.
    op.execute("DELETE FROM feed")
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed_at", foundation.column_types.UtcDateTime(), nullable=True))
        batch_op.create_index("ix_feed_area_kind_sequence", ["area", "kind", "sequence"], unique=False)
        batch_op.create_index("ix_feed_kind_entity_id", ["kind", "entity_id"], unique=False)
        batch_op.create_index(
            "ix_feed_removed_at",
            ["removed_at"],
            unique=False,
            postgresql_where=sa.text("removed_at IS NOT NULL"),
            sqlite_where=sa.text("removed_at IS NOT NULL"),
        )

    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.add_column(sa.Column("content", sa.String(length=12), nullable=False, server_default="submission"))
        batch_op.add_column(sa.Column("sent_by_device_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("repaired", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("repaired_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("repaired_at", foundation.column_types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("result", sa.Text(), nullable=True))
        batch_op.alter_column("user_id", existing_type=sa.UUID(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_quarantine_sent_by_device_id_device"), "device", ["sent_by_device_id"], ["id"]
        )

    with op.batch_alter_table("sequence_counter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("epoch", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("horizon", sa.BigInteger(), nullable=False, server_default="0"))
    counter = sa.table("sequence_counter", sa.column("epoch", sa.Uuid))
    op.execute(counter.update().values(epoch=uuid4()))
    with op.batch_alter_table("sequence_counter", schema=None) as batch_op:
        batch_op.alter_column("epoch", existing_type=sa.Uuid(), nullable=False)

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assignment_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("target_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("sent_by_device_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("returned_at", foundation.column_types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("returned_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("return_question", sa.Text(), nullable=True))
        batch_op.create_index(
            "ix_submission_target_id_id",
            ["target_id", "id"],
            unique=False,
            postgresql_where=sa.text("target_id IS NOT NULL"),
            sqlite_where=sa.text("target_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_submission_sent_by_device_id_device"), "device", ["sent_by_device_id"], ["id"]
        )
