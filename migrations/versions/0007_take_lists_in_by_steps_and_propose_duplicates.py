"""Take lists in by steps and propose duplicates."""

import sqlalchemy as sa
from alembic import op

import foundation.column_types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_memory",
        sa.Column("list_kind", sa.String(length=20), nullable=False),
        sa.Column("header_sha256", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("changed_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("list_kind", "header_sha256", name=op.f("pk_column_memory")),
    )
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_id"], ["visit_target.id"], name=op.f("fk_duplicate_pair_first_id_visit_target")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["visit_target.id"], name=op.f("fk_duplicate_pair_second_id_visit_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
    )
    with op.batch_alter_table("duplicate_pair", schema=None) as batch_op:
        batch_op.create_index("ix_duplicate_pair_second_id", ["second_id"], unique=False)
        batch_op.create_index("ix_duplicate_pair_state_score_id", ["state", "score", "id"], unique=False)
        batch_op.create_index("uq_duplicate_pair_first_id_second_id", ["first_id", "second_id"], unique=True)

    op.create_table(
        "target_key",
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["visit_target.id"], name=op.f("fk_target_key_target_id_visit_target")),
        sa.PrimaryKeyConstraint("value", "target_id", name=op.f("pk_target_key")),
    )
    with op.batch_alter_table("target_key", schema=None) as batch_op:
        batch_op.create_index("ix_target_key_target_id", ["target_id"], unique=False)

    op.create_table(
        "visit_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("list_kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("date_base", sa.Integer(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("is_cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("claimed_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_visit_import_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_import")),
    )
    with op.batch_alter_table("visit_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_visit_import_at_work",
            ["state", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('reading', 'checking', 'recording')"),
            sqlite_where=sa.text("state IN ('reading', 'checking', 'recording')"),
        )
        batch_op.create_index("ix_visit_import_changed_at", ["changed_at"], unique=False)

    op.create_table(
        "target_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("merged_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["visit_target.id"], name=op.f("fk_target_merge_merged_id_visit_target")
        ),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["visit_target.id"], name=op.f("fk_target_merge_survivor_id_visit_target")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_merge")),
    )
    with op.batch_alter_table("target_merge", schema=None) as batch_op:
        batch_op.create_index("ix_target_merge_merged_at", ["merged_at"], unique=False)
        batch_op.create_index("ix_target_merge_survivor_id", ["survivor_id"], unique=False)
        batch_op.create_index(
            "uq_target_merge_standing",
            ["merged_id"],
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL"),
            sqlite_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "visit_import_file",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["visit_import.id"], name=op.f("fk_visit_import_file_import_id_visit_import")
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_visit_import_file")),
    )
    op.create_table(
        "visit_import_part",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("bad", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["visit_import.id"], name=op.f("fk_visit_import_part_import_id_visit_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "place", name=op.f("pk_visit_import_part")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("named_target_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_submission_named_target_id",
            ["named_target_id"],
            unique=False,
            postgresql_where=sa.text("named_target_id IS NOT NULL"),
            sqlite_where=sa.text("named_target_id IS NOT NULL"),
        )

    with op.batch_alter_table("visit_target", schema=None) as batch_op:
        batch_op.add_column(sa.Column("konum_hassasiyeti", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("match_due", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_visit_target_match_due",
            ["id"],
            unique=False,
            postgresql_where=sa.text("match_due"),
            sqlite_where=sa.text("match_due"),
        )
        batch_op.create_index(
            "ix_visit_target_merged_into_id",
            ["merged_into_id"],
            unique=False,
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        )
    op.execute("UPDATE visit_target SET konum_hassasiyeti = 'nokta' WHERE lon IS NOT NULL")
