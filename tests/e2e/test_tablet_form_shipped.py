"""Every form that comes with the product, filled to its end on the tablet's page and accepted by a real server."""

import re

import httpx
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from api.wiring import Wiring
from service_requests.tables import Submission
from tests.e2e.form_worker import FormWorker, a_worker
from tests.fixtures.live_server import LiveServer
from tests.fixtures.municipality import PASSWORD, Municipality, compiled_catalogue, whole_catalogue

pytestmark = pytest.mark.browser

_TARGETS = "name,label,__version,tur,ad,yetkili,telefon,telefon_2,adres,uavt,geometry,not,ziyaret_edilmesin\n"
_VISITS = "name,label,__version,hedef,tur,gun,sira,durum,neden,tekrar_tarihi\n"
_NOTHING_PLANNED = {"hedefler": _TARGETS, "ziyaretler": _VISITS}
_ANSWERS = {"kategori": "Yol ve kaldırım", "talep_var": "evet", "sonuc": "gorusuldu"}


def _send(server: LiveServer, worker: FormWorker, xml: str) -> None:
    files = [("xml_submission_file", ("form.xml", xml.encode(), "text/xml"))]
    files += [(name, (name, file.content, file.media_type)) for name, file in worker.files("finished").items()]
    answer = httpx.post(
        f"{server.openrosa}/submission", files=files, auth=httpx.BasicAuth("saha", PASSWORD), timeout=60
    )
    assert answer.status_code == 201, answer.text


# What the page does is the same on both databases, and sixteen forms take their time.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_shipped_form_is_filled_and_accepted(
    browser: Browser, form_bench: str, every_form: Municipality, live_server: LiveServer, wiring: Wiring
) -> None:
    sent = {}
    with a_worker(browser, form_bench) as worker:
        for shipped, form in whole_catalogue():
            worker.open(form, lists=_NOTHING_PLANNED, media=shipped.attachments)
            worker.fill_all(_ANSWERS)
            xml = worker.finish()
            _send(live_server, worker, xml)
            photos = len(worker.files("finished"))
            sent[form.form_id] = (worker.page.evaluate("bench.finished.instanceId"), photos)
    with wiring.database.reading() as session:
        visits = {visit.form_id: visit for visit in session.scalars(select(Submission))}
        assert {form_id: (visit.instance_id, visit.photos_received) for form_id, visit in visits.items()} == sent
        for visit in visits.values():
            assert (visit.flags, visit.remarks, visit.request_count) == ("", [], 1), visit.form_id
            assert (visit.place, visit.mahalle_id) == ("inside", every_form.akpinar)


def test_a_planned_visit_is_chosen_from_the_lists_and_told_back(browser: Browser, form_bench: str) -> None:
    target, visit = "5f3f6a0e-6f0f-4a8e-9d0e-0a4c5b1f7d11", "0d0a8f8e-0c1f-4d53-8a57-6a7a1a6f9b22"
    lists = {
        "hedefler": f"{_TARGETS}{target},Ayşe Yılmaz,3,hane,Ayşe Yılmaz,,+905321234567,,Gül Sk. 3,,,Kapı zili bozuk,\n",
        "ziyaretler": f"{_VISITS}{visit},Ayşe Yılmaz,2,{target},hane,2026-11-20,1,planli,,\n",
    }
    form = next(compiled for _, compiled in compiled_catalogue() if compiled.form_id == "hane")
    with a_worker(browser, form_bench) as worker:
        worker.open(form, lists=lists)
        worker.choose("secilen_ziyaret", "Ayşe Yılmaz")
        assert "Gül Sk. 3" in worker.page.locator(".screen").inner_text()
        worker.fill_all({"secilen_ziyaret": "Ayşe Yılmaz", "sonuc": "evde_yok", "tekrar_tarihi": "2100-01-01"})
        xml = worker.finish()
    assert f"<secilen_ziyaret>{visit}</secilen_ziyaret>" in xml
    entity = re.search(r'<entity [^>]*dataset="ziyaretler"[^>]*>', xml)
    assert entity
    assert 'baseVersion="2"' in entity[0]
    assert f'id="{visit}"' in entity[0]
    assert "<planli_durum>evde_yok</planli_durum>" in xml
