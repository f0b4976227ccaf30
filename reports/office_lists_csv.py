"""The office's own lists (accounts, tablets, what was refused, conflicts) as CSV; only conflicts hold citizens' data.

How a file is written is `csv_export.py`; these lists are short enough to be read in one piece.
"""

from collections.abc import Sequence

from reports.csv_export import istanbul_time, write_rows
from service_requests.conflict_lists import ConflictView, DecisionView
from service_requests.quarantine_lists import QuarantineRowView
from teams.accounts import UserView
from teams.collect_keys import TabletView
from teams.device_lists import DeviceView
from teams.permissions import Role

_ROLES = {
    Role.FIELD_WORKER: "Saha personeli",
    Role.COORDINATOR: "Koordinatör",
    Role.DIRECTORATE_OFFICER: "Müdürlük personeli",
    Role.MANAGER: "Yönetici",
    Role.ADMINISTRATOR: "Sistem yöneticisi",
}
_STATES = {"open": "açık", "replayed": "yeniden işlendi", "closed": "kapatıldı"}
USER_HEADER = ("Ad soyad", "Kullanıcı adı", "Görev", "Ekip", "Müdürlük", "Etkin", "Son oturum")
TABLET_HEADER = ("Saha personeli", "Ekip", "Tablet", "Ekleniş", "Son kullanım", "İptal")
DEVICE_HEADER = (
    "Tablet", "Ekip", "Uygulama", "Kayıt", "Son bağlantı", "Gönderilmemiş", "En eski gönderilmemiş", "Saat farkı (sn)",
    "Erişimin kapatılması",
)  # fmt: skip
_CHOICES = {"standing": "duran değer onaylandı", "other": "öteki değer seçildi"}
CONFLICT_HEADER = (
    "Geliş", "Durum", "Kayıt", "Mahalle", "Alan", "Önceki değer", "Duran değer", "Yazan", "Girilme", "Zaman", "Tablet",
    "Öteki değer", "Öteki yazan", "Öteki girilme", "Öteki zaman", "Öteki tablet", "Karar veren", "Karar zamanı",
)  # fmt: skip
QUARANTINE_HEADER = (
    "Geliş", "Durum", "Neden", "Form", "Gönderen", "Geliş sayısı", "Son geliş", "Boyut (bayt)", "instanceID", "Ziyaret",
)  # fmt: skip


def write_users(rows: Sequence[UserView]) -> bytes:
    """Write the accounts as CSV."""
    return write_rows(
        USER_HEADER,
        [
            (
                row.display_name, row.username, _ROLES[row.role], row.team.name if row.team else "",
                row.directorate.name if row.directorate else "", "evet" if row.is_active else "hayır",
                istanbul_time(row.last_sign_in_at),
            )
            for row in rows
        ],
    )  # fmt: skip


def write_tablets(rows: Sequence[TabletView]) -> bytes:
    """Write the tablets as CSV; a key itself is nowhere kept, so none can be in it."""
    return write_rows(
        TABLET_HEADER,
        [
            (
                row.user.display_name, row.user.team.name if row.user.team else "", row.label,
                istanbul_time(row.created_at), istanbul_time(row.last_used_at), istanbul_time(row.revoked_at),
            )
            for row in rows
        ],
    )  # fmt: skip


def write_devices(rows: Sequence[DeviceView]) -> bytes:
    """Write the tablets with our own application as CSV."""
    return write_rows(
        DEVICE_HEADER,
        [
            (
                row.label, row.team.name, row.app_version, istanbul_time(row.enrolled_at),
                istanbul_time(row.last_contact_at), row.unsent_count, istanbul_time(row.oldest_unsent_at),
                row.clock_offset_s, istanbul_time(row.revoked_at),
            )
            for row in rows
        ],
    )  # fmt: skip


def conflict_cells(row: ConflictView) -> Sequence[object]:
    """Write one conflict in the columns of `CONFLICT_HEADER`."""
    decision = row.decision
    return (
        istanbul_time(row.at), _outcome(decision) if decision else "açık", row.entity.name, row.entity.mahalle,
        row.field.label, row.base_value,
        row.standing.value, row.standing.by, istanbul_time(row.standing.entered_at), istanbul_time(row.standing.at),
        row.standing.device,
        row.other.value, row.other.by, istanbul_time(row.other.entered_at), istanbul_time(row.other.at),
        row.other.device,
        decision.by if decision else "", istanbul_time(decision.at if decision else None),
    )  # fmt: skip


def _outcome(decision: DecisionView) -> str:
    return f"{_CHOICES[decision.choice]} (kendiliğinden)" if decision.by_itself else _CHOICES[decision.choice]


def quarantine_cells(row: QuarantineRowView) -> Sequence[object]:
    """Write one refused submission in the columns of `QUARANTINE_HEADER`; what it holds is not in it."""
    return (
        istanbul_time(row.received_at), _STATES[row.state], row.reason.sentence, row.form_id, row.submitted_by,
        row.times_seen, istanbul_time(row.last_seen_at), row.byte_size, row.instance_id,
        row.result.submission_id if row.result else "",
    )  # fmt: skip
