"""Let a municipality shape its visit types, try out forms before they are published, and keep its older boundaries.

The values of the visit types are those a municipality starts from and changes on the page *Ziyaret türleri*. `form_id` is no foreign key:
a type may name a form that is published later.
"""

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

import foundation.column_types
import geo.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


class _Start(NamedTuple):
    minutes: int
    indicator: str
    cadence_days: int | None = None
    deadline_rule: str = ""
    deadline_days: int | None = None


_STARTS = {
    "hane": _Start(20, "Ziyaret edilen hane", cadence_days=365),
    "hos_geldiniz": _Start(20, "Hoş geldiniz ziyareti yapılan aile", None, "after_event", 30),
    "esnaf": _Start(15, "Ziyaret edilen esnaf", cadence_days=180),
    "hayirli_olsun": _Start(15, "Hayırlı olsun ziyareti yapılan iş yeri", None, "after_event", 15),
    "taziye": _Start(30, "Taziye ziyareti yapılan aile", None, "after_event", 3),
    "asker_ugurlama": _Start(20, "Uğurlanan asker", None, "before_event", 1),
    "isveren": _Start(40, "Ziyaret edilen işveren", cadence_days=365),
    "stk_muhtarlik": _Start(45, "Ziyaret edilen STK, site yönetimi ve muhtarlık", cadence_days=90),
    "memnuniyet": _Start(10, "Yüz yüze ankete katılan vatandaş"),
    "mahalle_bulusmasi": _Start(120, "Yapılan mahalle buluşması", cadence_days=365),
    "halk_gunu": _Start(180, "Halk gününde dinlenen vatandaş", cadence_days=7),
    "mahalle_tespit": _Start(45, "Mahalle tespit çalışması kaydı", cadence_days=90),
    "depremzede": _Start(30, "Ziyaret edilen depremzede hane", cadence_days=90),
    "yasli_ziyareti": _Start(30, "Ziyaret edilen yaşlı ve engelli", cadence_days=90),
    "etkinlik": _Start(120, "Kent Konseyi etkinliğine katılan"),
    "dagitim": _Start(5, "Teslim edilen dağıtım"),
}


def upgrade() -> None:
    with op.batch_alter_table("visit_type", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form_id", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("deadline_rule", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("deadline_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cadence_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("expected_minutes", sa.Integer(), nullable=False, server_default="15"))
        batch_op.add_column(sa.Column("indicator", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()))
    visit_type = sa.table(
        "visit_type",
        *map(sa.column, ("code", "deadline_rule", "deadline_days", "cadence_days", "expected_minutes", "indicator")),
    )
    for code, start in _STARTS.items():
        values = {
            "deadline_rule": start.deadline_rule,
            "deadline_days": start.deadline_days,
            "cadence_days": start.cadence_days,
            "expected_minutes": start.minutes,
            "indicator": start.indicator,
        }
        op.execute(visit_type.update().where(visit_type.c.code == code).values(values))
    _name_forms()
    _make_form_desk()
    op.create_table(
        "past_boundary",
        sa.Column("boundary_set_id", sa.Uuid(), nullable=False),
        sa.Column("mahalle_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("geometry", geo.columns.GeometryColumn(geometry_type="MULTIPOLYGON"), nullable=False),
        sa.ForeignKeyConstraint(
            ["boundary_set_id"], ["boundary_set.id"], name=op.f("fk_past_boundary_boundary_set_id_boundary_set")
        ),
        sa.ForeignKeyConstraint(["mahalle_id"], ["mahalle.id"], name=op.f("fk_past_boundary_mahalle_id_mahalle")),
        sa.PrimaryKeyConstraint("boundary_set_id", "mahalle_id", name=op.f("pk_past_boundary")),
    )


def _make_form_desk() -> None:
    op.create_table(
        "form_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("visit_type", sa.String(length=50), nullable=True),
        sa.Column("xform", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("source_name", sa.String(length=255), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("trial_until", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("made_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", foundation.column_types.UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'published', 'discarded')", name=op.f("ck_form_draft_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_draft")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_form_draft_key_hash")),
    )
    op.create_index("ix_form_draft_state_id", "form_draft", ["state", "id"], unique=False)
    op.create_table(
        "form_draft_file",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["form_draft.id"], name=op.f("fk_form_draft_file_draft_id_form_draft")),
        sa.PrimaryKeyConstraint("draft_id", "file_name", name=op.f("pk_form_draft_file")),
    )
    op.create_table(
        "form_trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.String(length=200), nullable=False),
        sa.Column("received_at", foundation.column_types.UtcDateTime(), nullable=False),
        sa.Column("device_id", sa.String(length=200), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("file_names", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["form_draft.id"], name=op.f("fk_form_trial_draft_id_form_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_trial")),
        sa.UniqueConstraint("draft_id", "instance_id", name="uq_form_trial_draft_id_instance_id"),
    )


def _name_forms() -> None:
    """Let each type name the form that is filled on its visits, where one is published; of several the first by id."""
    visit_type = sa.table("visit_type", sa.column("code"), sa.column("form_id"))
    form = sa.table("form", sa.column("form_id"), sa.column("visit_type"))
    filled_on = sa.select(sa.func.min(form.c.form_id)).where(form.c.visit_type == visit_type.c.code)
    op.execute(visit_type.update().values(form_id=filled_on.scalar_subquery()))
