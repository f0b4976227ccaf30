"""How the demo answers a question: by its name where the shipped forms use it, else by what kind of question it is."""

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import msgspec

from api.commands.demo import people, sentences
from api.commands.demo.planned_visit import Oddity, PlannedFinding, PlannedVisit
from field_forms.definition import FormNode

_YES, _NO = "evet", "hayir"
_NONE = "yok"
# Question -> value -> weight; a value not named here weighs 1.
_WEIGHTS: dict[str, dict[str, float]] = {
    "sonuc": {
        "gorusuldu": 78,
        "yapildi": 95,
        "teslim_edildi": 60,
        "birakildi": 30,
        "evde_yok": 13,
        "kapali": 9,
        "istemedi": 4,
        "ertelendi": 3,
        "memlekette": 4,
    },
    "aydinlatma_yapildi": {_NO: 0},
    "acik_riza": {_YES: 83, _NO: 17},
    "anket_kabul": {_YES: 46, _NO: 54},
    "brosur": {_YES: 80, _NO: 20},
    "cenaze_yemegi": {_YES: 70, _NO: 30},
    "canta_verildi": {_YES: 93, _NO: 7},
    "taziye_mesaji": {_YES: 97, _NO: 3},
    "ruhsat_gorunur": {_YES: 85, _NO: 15},
    "eleman_ariyor": {_YES: 22, _NO: 78},
    "iletisim": {"telefon": 60, "sms": 25, "eposta": 5, "istemiyor": 10},
    "konut": {"ev_sahibi": 55, "kiraci": 38, "aile": 5},
    "ilcede_sure": {"bir_alti": 5, "bir_bes": 18, "bes_yirmi": 42, "yirmi_ustu": 35},
    "isler": {"iyi": 18, "ayni": 42, "kotu": 32, "yeni": 4, "yanitsiz": 4},
    "kaynak": {"ekip": 60, "vatandas": 28, "muhtar": 6, "esnaf": 6},
    "iletilsin": {_NO: 0},
    "ayni_kisi": {_YES: 10, _NO: 90},
    "hediye": {_YES: 70, _NO: 30},
    "pozisyon_var": {_YES: 35, _NO: 65},
    "yer_turu": {"konut": 70, "isyeri": 20, "kurum": 10},
    "kapsam": {"tamami": 55, "yarisi": 28, "bir_bolum": 17},
}
_SATISFACTION = {"5": 30, "4": 38, "3": 16, "2": 9, "1": 4, "0": 3}
_STATE = {"iyi": 45, "orta": 35, "kotu": 15, "bilinmiyor": 5}
_NOTHING_TICKED = 0.6
_OPTIONAL_ANSWERED = 0.8
# A tablet with an older form may leave out what is required today.
_FORGOTTEN = frozenset({"memnuniyet_genel", "anket_kabul", "taziye_mesaji", "canta_verildi", "temizlik"})
_ATTENDANCE = {"mahalle_bulusmasi": (120, 520), "halk_gunu": (10, 60), "etkinlik": (20, 180)}
_INSTITUTIONS = ("Yıldız Konakları Sitesi", "Umut Derneği", "Çınar Apartmanı Yönetimi", "Gençlik ve Kültür Derneği")
_PLACES = {
    "memnuniyet": ("Çözüm Merkezi", "Çözüm Ofisi", "Nikâh Salonu", "Pazar yeri"),
    "mahalle_bulusmasi": ("Kültür Evi", "Okul bahçesi", "Muhtarlık önü"),
    "halk_gunu": ("Belediye hizmet binası",),
    "etkinlik": ("Kültür Merkezi", "Kent Konseyi salonu", "Gençlik Merkezi"),
    "dagitim": ("İlkokul", "Aile sağlığı merkezi", "Cami"),
}
_EVENTS = (
    "Genel kurul toplantısı",
    "Afete hazırlık semineri",
    "Fidan dikimi",
    "Çocuk meclisi oturumu",
    "Tiyatro gezisi",
)
_JOBS = ("Kaynakçı", "Kasiyer", "Muhasebe elemanı", "Şoför", "Temizlik görevlisi", "Depo elemanı")
_PROVINCES = ("Ankara", "İzmir", "Isparta", "Erzincan", "Burdur", "Kütahya", "Iğdır", "Çanakkale", "Şırnak", "Bilecik")


class Filling(msgspec.Struct):
    """One form being filled: what is known so far by question name, and the finding whose group is open."""

    rng: random.Random
    visit: PlannedVisit
    today: date
    choice_files: Mapping[str, Mapping[str, str]]
    answered: dict[str, str] = msgspec.field(default_factory=dict)
    finding: PlannedFinding | None = None
    shop_kind: str = ""


def answer(filling: Filling, node: FormNode) -> str:
    """Answer one question that is asked; empty when it is left out."""
    if filling.visit.oddity is Oddity.ANSWER_MISSING and node.name in _FORGOTTEN:
        return ""
    if node.name == "sonuc" and (filling.visit.front_photo_name or filling.visit.findings):
        # A shop that was not found has no front to photograph, a gathering that was put off no issues raised.
        return node.choices.choices[0].value if node.choices else ""
    by_name = _BY_NAME.get(node.name)
    if by_name is not None:
        return by_name(filling)
    if node.control == "" or node.readonly:
        return ""
    if node.required is None and filling.rng.random() > _OPTIONAL_ANSWERED:
        return ""
    by_kind = _BY_KIND.get(node.data_type, _nothing)
    return _choose(filling, node) if node.choices is not None else by_kind(filling)


def _choose(filling: Filling, node: FormNode) -> str:
    choices = node.choices
    if choices is None:
        return ""
    of_file = filling.choice_files.get(choices.file_name or "", {})
    values = list(of_file) or [choice.value for choice in choices.choices]
    if node.control == "select":
        return _tick(filling.rng, values)
    weights = _WEIGHTS.get(node.name) or _weights_of(values)
    return filling.rng.choices(values, [weights.get(value, 1) for value in values])[0] if values else ""


def _weights_of(values: list[str]) -> Mapping[str, float]:
    return _SATISFACTION if "5" in values else _STATE if "orta" in values else {}


def _tick(rng: random.Random, values: list[str]) -> str:
    if _NONE in values and rng.random() < _NOTHING_TICKED:
        return _NONE
    others = [value for value in values if value not in {_NONE, "diger"}]
    return " ".join(rng.sample(others, min(len(others), rng.choice((1, 1, 2, 3)))))


def _point(lon: float, lat: float, accuracy_m: float) -> str:
    return f"{lat:.7f} {lon:.7f} 0.0 {accuracy_m}"


def _visit_point(filling: Filling) -> str:
    visit = filling.visit
    if visit.oddity is Oddity.ZERO_POINT:
        return "0.0 0.0 0.0 0.0"
    if visit.oddity is Oddity.SWAPPED_POINT:
        return _point(visit.spot.lat, visit.spot.lon, visit.accuracy_m)
    return _point(visit.spot.lon, visit.spot.lat, visit.accuracy_m)


def _finding_point(filling: Filling) -> str:
    finding = filling.finding
    # Outside the streets most findings are where the visit is.
    if finding is None or (filling.visit.visit_type != "mahalle_tespit" and filling.rng.random() < 0.6):  # noqa: PLR2004
        return ""
    return _point(finding.lon, finding.lat, round(filling.rng.triangular(3, 30, 5), 1))


def _people(filling: Filling) -> str:
    return str(filling.rng.choices(range(1, 9), (9, 19, 22, 24, 14, 7, 3, 2))[0])


def _some_of_them(filling: Filling, most: int) -> str:
    return str(filling.rng.randint(0, max(0, min(most, int(filling.answered.get("kisi_sayisi") or 1) - 1))))


def _day(filling: Filling, earliest: int, latest: int) -> str:
    return (filling.today + timedelta(days=filling.rng.randint(earliest, latest))).isoformat()


def _meal_day(filling: Filling) -> str:
    died_on = date.fromisoformat(filling.answered["vefat_tarihi"])
    return min(died_on + timedelta(days=filling.rng.randint(0, 2)), filling.today).isoformat()


def _attendance(filling: Filling) -> str:
    fewest, most = _ATTENDANCE.get(filling.visit.visit_type, (2, 25))
    return str(filling.rng.randint(fewest, most))


def _sometimes(chance: float, make: Callable[[Filling], str]) -> Callable[[Filling], str]:
    return lambda filling: make(filling) if filling.rng.random() < chance else ""


def _words(_: Filling) -> str:
    # For questions the demo knows nothing of, in forms of later releases.
    return "Örnek yanıt"


def _nothing(_: Filling) -> str:
    return ""


_BY_NAME: dict[str, Callable[[Filling], str]] = {
    "start": lambda filling: filling.visit.started_at.isoformat(timespec="milliseconds"),
    "end": lambda filling: filling.visit.ended_at.isoformat(timespec="milliseconds"),
    "today": lambda filling: filling.today.isoformat(),
    "konum": _visit_point,
    "sokak": lambda filling: filling.visit.spot.street,
    "kapi_no": lambda filling: filling.visit.spot.door,
    "daire_no": _sometimes(0.8, lambda filling: str(filling.rng.randint(1, 24))),
    "uavt": _sometimes(0.1, lambda filling: str(filling.rng.randrange(10**9, 10**10))),
    "ad_soyad": lambda filling: people.full_name(filling.rng),
    "telefon": _sometimes(0.85, lambda filling: people.phone(filling.rng)),
    "vatandas_adi": _sometimes(0.8, lambda filling: people.full_name(filling.rng)),
    "vatandas_telefon": _sometimes(0.7, lambda filling: people.phone(filling.rng)),
    "vefat_eden": lambda filling: people.full_name(filling.rng),
    "asker_adi": lambda filling: people.man(filling.rng),
    "birlik_ili": lambda filling: filling.rng.choice(_PROVINCES),
    "isletme_adi": lambda filling: people.shop_name(filling.rng, filling.shop_kind),
    "is_kolu": lambda filling: filling.shop_kind,
    "kisi_sayisi": _people,
    "cocuk_sayisi": lambda filling: _some_of_them(filling, 4),
    "yasli_sayisi": lambda filling: _some_of_them(filling, 1),
    "ihtiyac_diger": lambda _: "Tekerlekli sandalye",
    "gorus": _sometimes(0.15, lambda filling: filling.rng.choice(sentences.OPINIONS)),
    "not": _sometimes(0.15, lambda filling: filling.rng.choice(sentences.OPINIONS)),
    "acilis_yili": lambda filling: str(int(filling.rng.triangular(1985, filling.today.year, 2015))),
    "calisan_sayisi": lambda filling: str(1 + int(filling.rng.expovariate(1 / 2.5))),
    "gorusulen": lambda filling: str(int(filling.rng.expovariate(1 / 6))),
    "vefat_tarihi": lambda filling: _day(filling, -7, -1),
    "yemek_kisi": lambda filling: str(5 * filling.rng.randint(8, 40)),
    "yemek_tarihi": _meal_day,
    "sevk_tarihi": lambda filling: _day(filling, 1, 21),
    "katilimci": _attendance,
    "kurum_adi": lambda filling: filling.rng.choice(_PLACES.get(filling.visit.visit_type, _INSTITUTIONS)),
    "etkinlik_adi": lambda filling: filling.rng.choice(_EVENTS),
    "pozisyon": lambda filling: filling.rng.choice(_JOBS),
    "uye_sayisi": lambda filling: str(filling.rng.randint(20, 400)),
    "tekrar_tarihi": lambda filling: _day(filling, 1, 10),
    "talep_var": lambda filling: _YES if filling.visit.findings else _NO,
    "kategori": lambda filling: filling.finding.category_code if filling.finding else "",
    "aciklama": lambda filling: filling.finding.description if filling.finding else "",
    "talep_konumu": _finding_point,
    "foto": lambda filling: filling.finding.photo_name if filling.finding else "",
    "tabela_foto": lambda filling: filling.visit.front_photo_name,
}
_BY_KIND: dict[str, Callable[[Filling], str]] = {
    "int": lambda filling: str(filling.rng.randint(1, 5)),
    "decimal": lambda filling: str(filling.rng.randint(1, 5)),
    "date": lambda filling: filling.today.isoformat(),
    "geopoint": _visit_point,
    "string": _words,
}
