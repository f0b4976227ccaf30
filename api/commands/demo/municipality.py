"""Who and what the demo municipality consists of before its first visit: places, teams, staff, rules, forms."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.commands.demo.planning import give_shifts
from api.commands.demo.visit_lists import give_areas
from field_forms.compile import compile_form
from field_forms.publishing import publish_form
from field_forms.shipped_forms import shipped_forms
from foundation.identifiers import uuid7
from geo.boundaries import store_boundaries
from geo.sample_boundaries import sample_boundaries
from geo.tables import Mahalle
from service_requests.tables import RoutingRule
from teams.passwords import hash_password
from teams.permissions import Role
from teams.sign_in import username_key
from teams.tables import Directorate, Team, User
from visits.visit_types import let_form_be_of_type

NAME = "Sancaktepe Belediyesi (örnek veri)"

_TEAMS = {"ekip-1": "1. Ekip (Sarıgazi)", "ekip-2": "2. Ekip (Samandıra)", "ekip-3": "3. Ekip (Yenidoğan)"}
_DIRECTORATES = {
    "fen_isleri": "Fen İşleri Müdürlüğü", "temizlik": "Temizlik İşleri Müdürlüğü",
    "park_bahceler": "Park ve Bahçeler Müdürlüğü", "zabita": "Zabıta Müdürlüğü",
    "imar": "İmar ve Şehircilik Müdürlüğü", "sosyal_yardim": "Sosyal Yardım İşleri Müdürlüğü",
    "saglik": "Sağlık İşleri Müdürlüğü", "veteriner": "Veteriner İşleri Müdürlüğü",
    "kultur": "Kültür ve Sosyal İşler Müdürlüğü", "ruhsat": "Ruhsat ve Denetim Müdürlüğü",
    "destek": "Destek Hizmetleri Müdürlüğü", "ulasim": "Ulaşım Hizmetleri Müdürlüğü",
    "cevre": "Çevre Koruma ve Kontrol Müdürlüğü", "genclik_spor": "Gençlik ve Spor Hizmetleri Müdürlüğü",
    "kadin_aile": "Kadın ve Aile Hizmetleri Müdürlüğü", "afet": "Afet İşleri Müdürlüğü",
    "istihdam": "İstihdam Merkezi", "evlendirme": "Evlendirme Memurluğu",
}  # fmt: skip
_OUTSIDE_BODIES = {
    "ibb": "İstanbul Büyükşehir Belediyesi", "iski": "İSKİ", "igdas": "İGDAŞ", "elektrik": "Elektrik dağıtım şirketi",
    "sydv": "Sosyal Yardımlaşma ve Dayanışma Vakfı (Kaymakamlık)",
}  # fmt: skip
_ROUTES = {
    "yol_kaldirim": "fen_isleri", "cop_temizlik": "temizlik", "park_yesil_alan": "park_bahceler",
    "aydinlatma": "elektrik", "su_kanalizasyon": "iski", "dogalgaz": "igdas", "ulasim_trafik": "ulasim",
    "zabita_denetim": "zabita", "isyeri_ruhsat": "ruhsat", "imar_yapi": "imar", "basibos_hayvan": "veteriner",
    "saglik_evde_bakim": "saglik", "sosyal_yardim": "sosyal_yardim", "kadin_aile": "kadin_aile",
    "kultur_etkinlik": "kultur", "genclik_spor": "genclik_spor", "is_istihdam": "istihdam",
    "malzeme_destegi": "destek", "afet_riskli_yapi": "afet",
}  # fmt: skip
# The metropolitan municipality keeps the main road here; the villages' water is the works department's.
_ROUTES_IN_MAHALLE = {("yol_kaldirim", "Sarıgazi"): "ibb", ("su_kanalizasyon", "Paşaköy"): "fen_isleri"}
# Noise and smoke went to one directorate first, and to another from this long ago on.
_NOISE, _NOISE_BEFORE, _NOISE_SINCE, _NOISE_CHANGED = "cevre_gurultu", "cevre", "zabita", timedelta(days=120)

# User name, name, role, team or directorate. The first five are the ones a visitor is told about.
_STAFF: tuple[tuple[str, str, Role, str | None], ...] = (
    ("saha", "Gülşen Işık", Role.FIELD_WORKER, "ekip-1"),
    ("koordinator", "İbrahim Öztürk", Role.COORDINATOR, None),
    ("mudurluk", "Şule Çağlar", Role.DIRECTORATE_OFFICER, "fen_isleri"),
    ("yonetici", "Uğur Ilgaz", Role.MANAGER, None),
    ("admin", "Çiğdem Yiğit", Role.ADMINISTRATOR, None),
    ("saha2", "Ömer Şahin", Role.FIELD_WORKER, "ekip-1"),
    ("saha3", "Büşra Kılıç", Role.FIELD_WORKER, "ekip-1"),
    ("saha4", "Tolga Güneş", Role.FIELD_WORKER, "ekip-1"),
    ("saha5", "İrem Doğan", Role.FIELD_WORKER, "ekip-2"),
    ("saha6", "Halil Çetin", Role.FIELD_WORKER, "ekip-2"),
    ("saha7", "Songül Kaya", Role.FIELD_WORKER, "ekip-2"),
    ("saha8", "Görkem Ünal", Role.FIELD_WORKER, "ekip-2"),
    ("saha9", "Nurgül Aydın", Role.FIELD_WORKER, "ekip-3"),
    ("saha10", "Şükrü Ağaoğlu", Role.FIELD_WORKER, "ekip-3"),
    ("saha11", "Işıl Keskin", Role.FIELD_WORKER, "ekip-3"),
    ("saha12", "Çağrı Bulut", Role.FIELD_WORKER, "ekip-3"),
    ("temizlik", "Ramazan Uçar", Role.DIRECTORATE_OFFICER, "temizlik"),
    ("park", "Özlem Tuna", Role.DIRECTORATE_OFFICER, "park_bahceler"),
    ("zabita", "Oğuz Bozkurt", Role.DIRECTORATE_OFFICER, "zabita"),
    ("sosyal", "Meryem Soylu", Role.DIRECTORATE_OFFICER, "sosyal_yardim"),
)
INTRODUCED = tuple((username, role) for username, _, role, _ in _STAFF[:5])


def found_municipality(session: Session, *, password: str, at: datetime, today: date) -> None:
    """Make everything but the visits. `at` is when it was all set up: before the first visit."""
    store_boundaries(session, sample_boundaries(), at=at, is_sample=True)
    teams = {code: uuid7(at) for code in _TEAMS}
    session.add_all(Team(id=teams[code], code=code, name=name) for code, name in _TEAMS.items())
    directorates = _add_directorates(session, at)
    session.flush()
    give_areas(session, list(teams.values()))
    give_shifts(session, teams)
    _add_staff(session, {**teams, **directorates}, password, at)
    _add_routes(session, directorates, at, today)
    session.flush()
    for form in shipped_forms():
        compiled = compile_form(form.source, form.file_name, on=at.date())
        publish_form(session, compiled, form.attachments, at=at, by=None, visit_type=form.visit_type)
        let_form_be_of_type(session, compiled.form_id, form.visit_type)


def _add_directorates(session: Session, at: datetime) -> dict[str, UUID]:
    ids = {code: uuid7(at) for code in (*_DIRECTORATES, *_OUTSIDE_BODIES)}
    for code, name in {**_DIRECTORATES, **_OUTSIDE_BODIES}.items():
        session.add(Directorate(id=ids[code], code=code, name=name, is_outside_body=code in _OUTSIDE_BODIES))
    return ids


def _add_staff(session: Session, places: dict[str, UUID], password: str, at: datetime) -> None:
    for username, name, role, place in _STAFF:
        place_id = places[place] if place else None
        session.add(
            User(
                id=uuid7(at),
                username=username,
                username_key=username_key(username),
                display_name=name,
                role=role.value,
                team_id=place_id if role is Role.FIELD_WORKER else None,
                directorate_id=place_id if role is Role.DIRECTORATE_OFFICER else None,
                password_hash=hash_password(password),
                created_at=at,
            )
        )


def _add_routes(session: Session, directorates: dict[str, UUID], at: datetime, today: date) -> None:
    mahalle = dict(session.execute(select(Mahalle.name, Mahalle.id)).all())
    changed = today - _NOISE_CHANGED
    rules = [RoutingRule(category_code=code, directorate_id=directorates[to]) for code, to in _ROUTES.items()]
    rules += [
        RoutingRule(category_code=code, mahalle_id=mahalle[name], directorate_id=directorates[to])
        for (code, name), to in _ROUTES_IN_MAHALLE.items()
    ]
    rules += [
        RoutingRule(
            category_code=_NOISE, valid_until=changed - timedelta(days=1), directorate_id=directorates[_NOISE_BEFORE]
        ),
        RoutingRule(category_code=_NOISE, valid_from=changed, directorate_id=directorates[_NOISE_SINCE]),
    ]
    for rule in rules:
        rule.id = uuid7(at)
    session.add_all(rules)
