"""Lists as CSV for Excel in Turkish: UTF-8 with a byte order mark, semicolons, times of Istanbul.

Written piece by piece, each read in a short transaction of its own: a slow download holds neither memory nor a
database connection. Rows that arrive meanwhile are newer than the first piece and do not appear.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from foundation.clock import ISTANBUL
from service_requests.keyset_pages import PageWanted
from service_requests.request_lists import RequestRowView
from service_requests.review_flags import FLAG_NAMES
from service_requests.submission_lists import SubmissionRowView

ROWS_PER_PIECE = 1000
# A cell that begins with one of these would be run as a formula by whoever opens the file (CWE-1236).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_PLACES = {"inside": "ilçe içinde", "outside": "ilçe dışında", "no_point": "konum yok"}
_REVIEWS = {"none": "", "open": "bekliyor", "done": "incelendi", "returned": "geri gönderildi"}

SUBMISSION_HEADER = (
    "Ziyaret zamanı", "Geliş zamanı", "Ziyaret türü", "Ekip", "Personel", "Mahalle", "Konum", "Ad", "Adres", "Sonuç",
    "Uyarılar", "İnceleme", "Beklenen fotoğraf", "Gelen fotoğraf", "Talep sayısı", "Takip no", "Form", "Form sürümü",
    "Kayıt no",
)  # fmt: skip
REQUEST_HEADER = (
    "Takip no", "Açılış", "Cevaplanma", "Kapanış", "Gün", "Durum", "Kategori", "Açıklama", "Mahalle", "Müdürlük",
    "Ziyaret türü", "Kanal", "Fotoğraf sayısı",
)  # fmt: skip


class _HasId(Protocol):
    @property
    def id(self) -> UUID: ...


Row = TypeVar("Row", bound=_HasId)


def write_csv(
    header: Sequence[str], read_piece: Callable[[PageWanted], list[Row]], cells: Callable[[Row], Sequence[object]]
) -> Iterator[bytes]:
    """Write the header and every row that `read_piece` gives, newest first."""
    yield b"\xef\xbb\xbf" + _lines([header])
    after: UUID | None = None
    while True:
        rows = read_piece(PageWanted(after, ROWS_PER_PIECE))
        if rows:
            yield _lines([cells(row) for row in rows])
        if len(rows) < ROWS_PER_PIECE:
            return
        after = rows[-1].id


def write_rows(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Write a short list in one piece."""
    return b"\xef\xbb\xbf" + _lines([header, *rows])


def submission_cells(row: SubmissionRowView) -> Sequence[object]:
    """Write one submission in the columns of `SUBMISSION_HEADER`."""
    return (
        istanbul_time(row.visited_at), istanbul_time(row.received_at), row.visit_type.name,
        row.team.name if row.team else "", row.submitted_by, row.mahalle.name if row.mahalle else "",
        _PLACES.get(row.place, row.place), row.person_name, row.address, row.result,
        ", ".join(FLAG_NAMES.get(flag, flag) for flag in row.flags),
        _REVIEWS.get(row.review, row.review), row.photos.expected, row.photos.received, row.request_count,
        ", ".join(row.tracking_nos), row.form.id, row.form.version, row.id,
    )  # fmt: skip


def request_cells(row: RequestRowView) -> Sequence[object]:
    """Write one request in the columns of `REQUEST_HEADER`."""
    return (
        row.tracking_no, istanbul_time(row.opened_at), istanbul_time(row.answered_at), istanbul_time(row.closed_at),
        row.age_days, row.status.name, row.category.name, row.description, row.mahalle.name if row.mahalle else "",
        row.directorate.name, row.visit_type.name if row.visit_type else "", row.channel, row.photo_count,
    )  # fmt: skip


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([_defused(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _defused(cell: object) -> object:
    """Put an apostrophe before what a spreadsheet would run; numbers of ours are numbers and stay."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return "" if cell is None else cell


def istanbul_time(moment: datetime | None) -> str:
    """Write a moment as people in Turkey do; nothing for None."""
    return f"{moment.astimezone(ISTANBUL):%d.%m.%Y %H:%M}" if moment else ""
