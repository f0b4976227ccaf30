"""A household form of two screens that has what matters (a planned visit, a point, a correction, a finding, a photo).

The shipped form has thirty questions; whoever fills it ninety times tests patience. This one is its next version, so
the tablet's pages and JavaRosa find it where they find the other.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from playwright.sync_api import Page, expect

from api.wiring import Wiring
from field_forms.compile import CompiledForm, compile_form
from field_forms.publishing import publish_form
from tests.e2e.form_worker import FormWorker
from tests.e2e.tablet_in_the_field import open_place
from tests.fixtures.municipality import NOON

VERSION = "2099010101"
_SHEETS = f"""
| survey | type | name | label | required | relevant | appearance | calculation | save_to |
| | start | start | | | | | | |
| | end | end | | | | | | |
| | today | today | | | | | | |
| | csv-external | hedefler | | | | | | |
| | begin_group | ziyaret | Ziyaret | | | field-list | | |
| | select_one_from_file ziyaretler.csv | secilen_ziyaret | Hangi ziyaret? | | | minimal autocomplete | | |
| | calculate | hedef_id | | | | | instance('ziyaretler')/root/item[name = ${{secilen_ziyaret}}]/hedef | |
| | geopoint | konum | Nokta | yes | | | | |
| | select_one sonuc | sonuc | Sonuç | yes | | | | |
| | text | yeni_adres | Doğru adresi | | | | | |
| | end_group | | | | | | | |
| | begin_group | planli_sonuc | Sonuç | | ${{secilen_ziyaret}} != '' and ${{sonuc}} != '' | | | |
| | calculate | planli_durum | | | | | if(${{sonuc}} = 'gorusuldu', 'yapildi', ${{sonuc}}) | ziyaretler#durum |
| | end_group | | | | | | | |
| | begin_group | kayit | Kayıt | | ${{yeni_adres}} != '' | | | |
| | calculate | kayit_adresi | | | | | ${{yeni_adres}} | hedefler#adres |
| | end_group | | | | | | | |
| | begin_repeat | talepler | Talep | | | | | |
| | select_one kategori | kategori | Konu | yes | | | | talepler#kategori |
| | text | aciklama | Ne görüldü? | yes | | | | |
| | image | foto | Fotoğraf | | | | | talepler#foto |
| | end_repeat | | | | | | | |

| choices | list_name | name | label |
| | sonuc | gorusuldu | Görüşüldü |
| | sonuc | evde_yok | Evde yok |
| | kategori | yol_kaldirim | Yol ve kaldırım |
| | kategori | cop_temizlik | Çöp ve temizlik |

| entities | list_name | label | entity_id | create_if | update_if |
| | talepler | ${{aciklama}} | | ${{kategori}} != '' | |
| | hedefler | ${{kayit_adresi}} | ${{hedef_id}} | | ${{hedef_id}} != '' |
| | ziyaretler | | ${{secilen_ziyaret}} | | ${{secilen_ziyaret}} != '' |

| settings | form_title | form_id | version |
| | Hane ziyareti | hane | {VERSION} |
"""


_RESULT_SHEETS = f"""
| survey | type | name | label | calculation | save_to |
| | csv-external | hedefler | | | |
| | select_one_from_file ziyaretler.csv | secilen_ziyaret | Hangi ziyaret? | | |
| | select_one sonuc | sonuc | Sonuç | | ziyaretler#durum |

| choices | list_name | name | label |
| | sonuc | yapildi | Görüşüldü |
| | sonuc | istemedi | İstemedi |

| entities | list_name | entity_id | update_if |
| | ziyaretler | ${{secilen_ziyaret}} | ${{secilen_ziyaret}} != '' |

| settings | form_title | form_id | version |
| | Hane ziyareti | hane | {VERSION} |
"""


class ShortVisit(NamedTuple):
    """What a worker finds at a planned visit; `address` is a correction, where there is one."""

    name: str
    finding: str
    photo: bytes
    address: str = ""

    @property
    def sha256(self) -> str:
        """What the photo hashes to; it is small enough to be kept as it is."""
        return hashlib.sha256(self.photo).hexdigest()


def short_form(version: str = VERSION) -> CompiledForm:
    """Compile the form."""
    return compile_form(_SHEETS.replace(VERSION, version).encode(), "kisa.md", on=NOON.date())


def publish_short_form(wiring: Wiring, version: str = VERSION) -> None:
    """Publish it as the household form's next version, before anybody goes out."""
    _publish(wiring, short_form(version))


def publish_form_of_results(wiring: Wiring) -> None:
    """Publish a form of one question instead: what became of the visit."""
    _publish(wiring, compile_form(_RESULT_SHEETS.encode(), "sonuc.md", on=NOON.date()))


def _publish(wiring: Wiring, form: CompiledForm) -> None:
    # The shipped forms are published at noon of a fixed day, which may lie ahead of a clock that is set back.
    at = max(datetime.now(UTC), NOON) + timedelta(seconds=1)
    with wiring.database.writing() as session:
        publish_form(session, form, {}, at=at, by=None, visit_type="hane")


def do_visit(page: Page, visit: ShortVisit) -> None:
    """Open the form from today's list, fill it, finish it and go back to the list."""
    card = page.get_by_role("article").filter(has=page.get_by_role("link", name=visit.name, exact=True))
    card.get_by_role("link", name="Forma başla").click()
    worker = FormWorker(page)
    worker.choose("sonuc", "Görüşüldü")
    worker.take_point("konum")
    if visit.address:
        worker.write("yeni_adres", visit.address)
    worker.go_on()
    worker.choose("kategori", "Yol ve kaldırım")
    worker.write("aciklama", visit.finding)
    worker.take_photo("foto", visit.photo)
    worker.go_on()
    page.get_by_role("button", name="Formu bitir").click()
    # The outbox is shown once form and photo are stored; with a network they may have left already.
    item = page.get_by_role("listitem").filter(has_text=visit.name).first
    expect(item).to_contain_text(re.compile("Tablette|Merkezde"))
    open_place(page, "Bugün")
    expect(page.get_by_role("link", name=visit.name, exact=True)).to_have_count(0)
