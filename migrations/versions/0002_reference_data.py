"""Put in what every municipality starts from: visit types, categories, a default directorate and route, the counter.

All of it is data that a municipality changes; the codes are those of the shipped forms at the time of this revision.
"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_DEFAULT_DIRECTORATE = UUID("018f0000-0000-7000-8000-000000000001")
_DEFAULT_RULE = UUID("018f0000-0000-7000-8000-000000000002")

_VISIT_TYPES = {
    "hane": "Hane ziyareti",
    "hos_geldiniz": "İlçemize hoş geldiniz",
    "esnaf": "Esnaf ziyareti",
    "hayirli_olsun": "Hayırlı olsun",
    "taziye": "Taziye ziyareti",
    "asker_ugurlama": "Asker uğurlama",
    "isveren": "İstihdam işveren ziyareti",
    "stk_muhtarlik": "STK, site yönetimi ve muhtarlık ziyareti",
    "memnuniyet": "Yüz yüze memnuniyet anketi",
    "mahalle_bulusmasi": "Mahalle buluşması",
    "halk_gunu": "Halk günü",
    "mahalle_tespit": "Mahalle tespit çalışması",
    "depremzede": "Depremzede hane",
    "yasli_ziyareti": "Yaşlı / engelli ziyareti",
    "etkinlik": "Kent Konseyi etkinliği",
    "dagitim": "Çözüm Postası dağıtımı",
}

_CATEGORIES = {
    "yol_kaldirim": "Yol ve kaldırım",
    "cop_temizlik": "Çöp ve temizlik",
    "park_yesil_alan": "Park ve yeşil alan",
    "aydinlatma": "Sokak aydınlatması",
    "su_kanalizasyon": "Su ve kanalizasyon",
    "dogalgaz": "Doğal gaz",
    "ulasim_trafik": "Ulaşım ve trafik",
    "zabita_denetim": "Zabıta ve denetim",
    "isyeri_ruhsat": "İş yeri ruhsatı",
    "imar_yapi": "İmar ve yapı",
    "cevre_gurultu": "Çevre ve gürültü",
    "basibos_hayvan": "Başıboş hayvan",
    "saglik_evde_bakim": "Sağlık ve evde bakım",
    "sosyal_yardim": "Sosyal yardım",
    "kadin_aile": "Kadın ve aile",
    "kultur_etkinlik": "Kültür ve etkinlik",
    "genclik_spor": "Gençlik ve spor",
    "is_istihdam": "İş ve istihdam",
    "malzeme_destegi": "Masa, sandalye ve malzeme desteği",
    "afet_riskli_yapi": "Afet ve riskli yapı",
    "diger": "Diğer",
}


def _named(codes: dict[str, str]) -> list[dict[str, object]]:
    return [
        {"code": code, "name": name, "position": position} for position, (code, name) in enumerate(codes.items(), 1)
    ]


def _coded(table: str) -> sa.TableClause:
    return sa.table(
        table, sa.column("code", sa.String), sa.column("name", sa.String), sa.column("position", sa.Integer)
    )  # fmt: skip


def upgrade() -> None:
    counter = sa.table(
        "sequence_counter", sa.column("id"), sa.column("feed_sequence"), sa.column("request_number")
    )  # fmt: skip
    op.bulk_insert(counter, [{"id": 1, "feed_sequence": 0, "request_number": 0}])
    op.bulk_insert(_coded("visit_type"), _named(_VISIT_TYPES))
    op.bulk_insert(_coded("category"), _named(_CATEGORIES))
    directorate = sa.table(
        "directorate",
        sa.column("id", sa.Uuid),
        sa.column("code"),
        sa.column("name"),
        sa.column("is_outside_body", sa.Boolean),
    )
    op.bulk_insert(
        directorate,
        [{"id": _DEFAULT_DIRECTORATE, "code": "cozum_merkezi", "name": "Çözüm Merkezi", "is_outside_body": False}],
    )
    rule = sa.table("routing_rule", sa.column("id", sa.Uuid), sa.column("directorate_id", sa.Uuid))
    op.bulk_insert(rule, [{"id": _DEFAULT_RULE, "directorate_id": _DEFAULT_DIRECTORATE}])
