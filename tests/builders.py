"""Builders of what a tablet sends. Every part can be overridden; the defaults make a plain, correct household visit."""

import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import uuid4
from xml.sax.saxutils import escape

from PIL import Image

AKPINAR = "41.005 29.205 0 8"
FATIH = "41.005 29.215 0 8"
OUTSIDE = "41.05 29.205 0 8"


class AFinding(NamedTuple):
    """One finding of a form's repeat."""

    category: str = "yol_kaldirim"
    sentence: str = "Kaldırım taşları yerinden oynamış."
    point: str = ""
    photo: str = ""
    id: str = ""


def a_submission(
    *,
    version: str,
    instance_id: str | None = None,
    form_id: str = "hane",
    point: str = AKPINAR,
    findings: Sequence[AFinding] = (),
    deprecated_id: str = "",
    end: str = "2026-11-20T11:55:00.000+03:00",
    more: str = "",
    answers: Mapping[str, str] | None = None,
) -> bytes:
    """Write a filled `hane` form as ODK Collect would."""
    given = {"sonuc": "gorusuldu", "sokak": "Menekşe Sokak", "kapi_no": "12", **(answers or {})}
    meta = f"<instanceID>{instance_id or an_instance_id()}</instanceID>"
    if deprecated_id:
        meta += f"<deprecatedID>{deprecated_id}</deprecatedID>"
    return (
        f'<data id="{escape(form_id)}" version="{escape(version)}" xmlns:orx="http://openrosa.org/xforms">'
        f"<start>2026-11-20T11:40:00.000+03:00</start><end>{end}</end><today>2026-11-20</today>"
        f"<yer><konum>{point}</konum><sokak>{escape(given['sokak'])}</sokak><kapi_no>{given['kapi_no']}</kapi_no></yer>"
        f"<sonuc>{given['sonuc']}</sonuc>"
        "<gorusme><aydinlatma_yapildi>evet</aydinlatma_yapildi><acik_riza>evet</acik_riza></gorusme>"
        "<kisi><ad_soyad>Şükrü Iğdır</ad_soyad><telefon>05321234567</telefon></kisi>"
        "<hane><kisi_sayisi>4</kisi_sayisi></hane><anket_kabul>hayir</anket_kabul>"
        f"<talep_var>{'evet' if findings else 'hayir'}</talep_var>"
        f"{''.join(_finding(finding) for finding in findings)}{more}<meta>{meta}</meta></data>"
    ).encode()


def an_instance_id() -> str:
    """Make an instance id as Collect does."""
    return f"uuid:{uuid4()}"


def a_photo(shade: int = 100, size: tuple[int, int] = (64, 48)) -> bytes:
    """Draw a small JPEG; another shade is another photo."""
    stream = io.BytesIO()
    Image.new("RGB", size, (shade % 256, shade // 256 % 256, 90)).save(stream, "JPEG")
    return stream.getvalue()


def _finding(finding: AFinding) -> str:
    return (
        f"<talepler><kategori>{finding.category}</kategori><aciklama>{escape(finding.sentence)}</aciklama>"
        f"<talep_konumu>{finding.point}</talep_konumu><foto>{finding.photo}</foto>"
        f'<meta><entity dataset="talepler" id="{finding.id or uuid4()}" create="1"><label>{escape(finding.sentence)}'
        "</label></entity></meta></talepler>"
    )
