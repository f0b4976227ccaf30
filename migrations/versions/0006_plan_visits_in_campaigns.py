"""Plan visits in campaigns, and know when teams work."""

import sqlalchemy as sa
from alembic import op

import foundation.column_types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _complete_staff()
    _make_shifts()
    _make_campaigns()
    _complete_visits()


def _complete_staff() -> None:
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False))
        for point in ("start_lon", "start_lat", "end_lon", "end_lat"):
            batch_op.add_column(sa.Column(point, sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("mode", sa.String(length=4), server_default="walk", nullable=False))
        batch_op.add_column(sa.Column("visit_minutes", sa.Integer(), server_default="20", nullable=False))
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gender", sa.String(length=5), server_default="", nullable=False))
        batch_op.add_column(sa.Column("is_team_leader", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("position_consent_at", foundation.column_types.UtcDateTime(), nullable=True))


def _make_shifts() -> None:
    op.create_table(
        "team_shift",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("lunch_minutes", sa.Integer(), nullable=False),
        sa.Column("lunch_from", sa.Time(), nullable=True),
        sa.Column("lunch_until", sa.Time(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_shift_team_id_team")),
        sa.PrimaryKeyConstraint("team_id", "weekday", name=op.f("pk_team_shift")),
    )
    op.create_table(
        "team_leave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_leave_team_id_team")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_team_leave_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_leave")),
    )
    op.create_index("ix_team_leave_last_day", "team_leave", ["last_day"])
    op.create_table(
        "team_position",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_team_position_device_id_device")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_position_team_id_team")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_team_position_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_position")),
    )
    op.create_index("ix_team_position_team_id_at", "team_position", ["team_id", "at"])
    op.create_index(op.f("ix_team_position_at"), "team_position", ["at"])
    op.create_index(op.f("ix_team_position_user_id"), "team_position", ["user_id"])


def _make_campaigns() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("visit_type", sa.String(length=50), nullable=False),
        sa.Column("target_kind", sa.String(length=30), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.String(length=10), nullable=False),
        sa.Column("unvisited_days", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("windows", sa.String(length=100), nullable=False),
        sa.Column("instructions", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_round_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["visit_type"], ["visit_type.code"], name=op.f("fk_campaign_visit_type_visit_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_state_next_round_on", "campaign", ["state", "next_round_on"])
    op.create_table(
        "campaign_mahalle",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("mahalle_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_mahalle_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "mahalle_id", name=op.f("pk_campaign_mahalle")),
    )
    op.create_table(
        "campaign_team",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_team_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_campaign_team_team_id_team")),
        sa.PrimaryKeyConstraint("campaign_id", "team_id", name=op.f("pk_campaign_team")),
    )


def _complete_visits() -> None:
    with op.batch_alter_table("visit_target", schema=None) as batch_op:
        batch_op.add_column(sa.Column("event_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("is_do_not_visit", sa.Boolean(), server_default=sa.false(), nullable=False))
    # The column is read from the fields, which hold it already.
    told = "CAST(fields AS json) ->> 'ziyaret_edilmesin'" if _is_postgresql() else "fields ->> 'ziyaret_edilmesin'"
    op.execute(f"UPDATE visit_target SET is_do_not_visit = true WHERE {told} = 'evet'")  # noqa: S608 - our own words
    op.create_index("ix_visit_target_kind_id", "visit_target", ["kind", "id"])
    op.create_index(
        "ix_visit_target_kind_event_on",
        "visit_target",
        ["kind", "event_on"],
        postgresql_where=sa.text("event_on IS NOT NULL"),
        sqlite_where=sa.text("event_on IS NOT NULL"),
    )
    with op.batch_alter_table("visit_assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="3", nullable=False))
        batch_op.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("planned_time", sa.String(length=5), server_default="", nullable=False))
        batch_op.add_column(sa.Column("campaign_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("followed_status", sa.String(length=20), server_default="planli", nullable=False))
        batch_op.create_foreign_key(
            op.f("fk_visit_assignment_campaign_id_campaign"), "campaign", ["campaign_id"], ["id"]
        )
        batch_op.drop_index("ix_visit_assignment_target_id")
    # What was settled before anything followed from it stays as it was left.
    op.execute("UPDATE visit_assignment SET followed_status = status")
    op.create_index("ix_visit_assignment_target_id_day", "visit_assignment", ["target_id", "day"])
    op.create_index(
        "ix_visit_assignment_campaign_id_status",
        "visit_assignment",
        ["campaign_id", "status"],
        postgresql_where=sa.text("campaign_id IS NOT NULL"),
        sqlite_where=sa.text("campaign_id IS NOT NULL"),
    )
    op.create_index(
        "ix_visit_assignment_unfollowed",
        "visit_assignment",
        ["id"],
        postgresql_where=sa.text("followed_status <> status"),
        sqlite_where=sa.text("followed_status <> status"),
    )
    op.create_table(
        "visit_double_decision",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["visit_assignment.id"], name=op.f("fk_visit_double_decision_first_id_visit_assignment")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["visit_assignment.id"], name=op.f("fk_visit_double_decision_second_id_visit_assignment")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_visit_double_decision")),
    )


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
