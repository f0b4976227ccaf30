"""Builders: shipped forms compiled once, and submissions as ODK Collect writes them."""

from datetime import UTC, date, datetime
from functools import cache

from field_forms.compile import CompiledForm, compile_form
from field_forms.definition import FormDefinition
from field_forms.shipped_forms import shipped_forms
from field_forms.submission_xml import SubmissionXml, read_submission

FINDING_ID = "0b3d3a7c-5b7e-4b5a-9b53-4f3a8b1f7f10"
INSTANCE_ID = "uuid:4f3a8b1f-7f11-4b5a-9b53-0b3d3a7c5b7e"
RECEIVED_AT = datetime(2026, 11, 21, 6, 20, tzinfo=UTC)

_HOUSEHOLD = """<?xml version='1.0' ?><data xmlns:orx="http://openrosa.org/xforms" id="hane" version="2026112101">
<start>2026-11-21T09:00:00.000+03:00</start><end>2026-11-21T09:14:00.000+03:00</end><today>2026-11-21</today>
<yer><konum>41.0 29.2 0.0 5.0</konum><sokak>Çiğdem Sk.</sokak><kapi_no>12/A</kapi_no><uavt>1234567890</uavt></yer>
<daire_no>3</daire_no><sonuc>gorusuldu</sonuc>
<gorusme><aydinlatma/><aydinlatma_yapildi>evet</aydinlatma_yapildi><acik_riza>evet</acik_riza></gorusme>
<kisi><ad_soyad>Işıl İnönü</ad_soyad><telefon>05321234567</telefon><iletisim>sms</iletisim></kisi>
<hane><kisi_sayisi>4</kisi_sayisi><cocuk_sayisi>2</cocuk_sayisi><ihtiyaclar>gida kira</ihtiyaclar></hane>
<anket_kabul>hayir</anket_kabul><brosur>evet</brosur><talep_var>evet</talep_var>
<talepler><kategori>yol_kaldirim</kategori><aciklama>Kaldırım taşları sökülmüş.</aciklama>
<talep_konumu>41.001 29.201 0.0 7.5</talep_konumu><foto>1700000000001.jpg</foto><foto_2>1700000000002.jpg</foto_2>
<meta><entity dataset="talepler" create="1" id="0b3d3a7c-5b7e-4b5a-9b53-4f3a8b1f7f10">
<label>Kaldırım</label></entity></meta>
</talepler><orx:meta><orx:instanceID>uuid:4f3a8b1f-7f11-4b5a-9b53-0b3d3a7c5b7e</orx:instanceID></orx:meta></data>"""


@cache
def compiled(form_id: str) -> CompiledForm:
    form = next(form for form in shipped_forms() if form.file_name == f"{form_id}.md")
    return compile_form(form.source, form.file_name, on=date(2026, 11, 21))


def definition(form_id: str = "hane") -> FormDefinition:
    return compiled(form_id).definition


def household_xml(*changes: tuple[str, str]) -> bytes:
    """Write a household visit; each change replaces one piece of its XML, which must be there."""
    text = _HOUSEHOLD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def a_household(*changes: tuple[str, str]) -> SubmissionXml:
    return read_submission(household_xml(*changes))


def a_form(survey_rows: str, *, more: str = "", header: str = "type | name | label") -> CompiledForm:
    """Compile a small Markdown form from its survey rows (`text | ad | Adı`, one a line)."""
    rows = "\n".join(f"| | {row.strip()} |" for row in survey_rows.strip().splitlines())
    source = f"| survey | {header} |\n{rows}\n{more}\n| settings | form_id | version |\n| | deneme | 1 |\n"
    return compile_form(source.encode(), "deneme.md", on=date(2026, 11, 21))


def filled(answers: str) -> SubmissionXml:
    """Fill the small form `deneme` with the given XML."""
    xml = f'<data id="deneme" version="1">{answers}<meta><instanceID>{INSTANCE_ID}</instanceID></meta></data>'
    return read_submission(xml.encode())
