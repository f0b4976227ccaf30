"""What the demo's citizens ask for and the teams see: sentences by category, and how often each category comes up."""

import random

# Code -> (how often, sentences). The codes are those of `talep_kategorileri.csv`.
_FINDINGS: dict[str, tuple[int, tuple[str, ...]]] = {
    "yol_kaldirim": (20, (
        "Kaldırım taşları yerinden oynamış, yaşlılar takılıyor.",
        "Yolun ortasında çukur açılmış; yağmurda su doluyor.",
        "Kaldırım çok dar, bebek arabasıyla geçilemiyor.",
        "Kazıdan sonra asfalt onarılmamış, yol dalgalı kalmış.",
        "Rampa yapılmasını istiyorlar; tekerlekli sandalyeyle çıkılamıyor.",
    )),
    "cop_temizlik": (16, (
        "Çöp konteyneri taşıyor, haftada bir alınıyor.",
        "Köşe başına moloz bırakılmış, kaldırılması isteniyor.",
        "Konteynerin kapağı kırık, koku ve sinek yapıyor.",
        "Sokak süpürülmüyor, yapraklar ızgarayı tıkamış.",
        "Geri dönüşüm kumbarası isteniyor.",
    )),
    "park_yesil_alan": (11, (
        "Çocuk parkındaki salıncağın zinciri kopmuş.",
        "Ağaç dalları pencereye değiyor, budanması isteniyor.",
        "Parktaki bankların tahtaları eksik.",
        "Boş arsaya ağaç dikilmesi isteniyor.",
    )),
    "aydinlatma": (8, (
        "Sokak lambası üç haftadır yanmıyor.",
        "Merdivenli geçit karanlık, akşamları geçilemiyor.",
        "Lambanın direği eğilmiş, tehlikeli duruyor.",
    )),
    "su_kanalizasyon": (8, (
        "Yağmur suyu ızgarası tıkalı, bodrumlara su giriyor.",
        "Rögar kapağı oynuyor, araç geçtikçe ses yapıyor.",
        "Şebeke suyu akşamları çok düşük basınçla akıyor.",
    )),
    "dogalgaz": (2, ("Gaz kutusunun kapağı açık kalmış.", "Sokağa doğal gaz hattı isteniyor.")),
    "ulasim_trafik": (9, (
        "Araçlar kaldırıma park ediyor, yayalar yoldan yürüyor.",
        "Okul önüne hız kesici isteniyor.",
        "Otobüs durağına oturak ve gölgelik isteniyor.",
        "Köşedeki trafik aynası kırılmış.",
    )),
    "zabita_denetim": (5, (
        "Dükkân önündeki tezgâhlar kaldırımı kapatıyor.",
        "Sabah erken saatte seyyar satıcı gürültüsü var.",
    )),
    "isyeri_ruhsat": (2, ("Ruhsat başvurusunun ne durumda olduğu soruluyor.", "Tabela izni için bilgi isteniyor.")),
    "imar_yapi": (3, (
        "Yandaki inşaatın çevresi kapatılmamış.", "Kat ilavesi yapıldığı söyleniyor, denetim isteniyor.",
    )),
    "cevre_gurultu": (3, ("Atölyeden gece geç saate kadar gürültü geliyor.", "Bacadan çıkan duman evlere doluyor.")),
    "basibos_hayvan": (5, (
        "Sokakta yaralı bir köpek var, tedavisi isteniyor.",
        "Parkın yanında kısırlaştırılmamış köpekler çoğalmış.",
        "Kediler için mama kabı ve kulübe isteniyor.",
    )),
    "saglik_evde_bakim": (3, ("Evde bakım hizmeti için başvuru yapılmak isteniyor.", "Hasta nakil aracı isteniyor.")),
    "sosyal_yardim": (9, (
        "Gıda desteği için başvurmak istiyor.",
        "Yakacak yardımından yararlanmak istiyor.",
        "Kira desteği konusunda bilgi istiyor.",
        "Çocuklar için kırtasiye desteği isteniyor.",
    )),
    "kadin_aile": (2, (
        "Kadınlara yönelik kursların yeri ve günü soruluyor.", "Kreş kontenjanı hakkında bilgi isteniyor.",
    )),
    "kultur_etkinlik": (2, ("Mahallede açık hava sineması isteniyor.", "Kütüphanenin akşam da açık olması isteniyor.")),
    "genclik_spor": (3, ("Basketbol sahasının potası kırık.", "Gençler için halı saha isteniyor.")),
    "is_istihdam": (4, (
        "Oğlu iş arıyor, istihdam merkezine yönlendirilmek istiyor.", "Temizlik işinde çalışmak istiyor.",
    )),
    "malzeme_destegi": (2, ("Düğün için masa ve sandalye isteniyor.", "Mevlit için çadır ve sandalye isteniyor.")),
    "afet_riskli_yapi": (2, (
        "Binada çatlaklar var, incelenmesi isteniyor.", "Toplanma alanının yeri bilinmiyor, levha isteniyor.",
    )),
    "diger": (2, ("Muhtarlık binasına nasıl ulaşılacağı soruluyor.", "Nikâh günü almak için bilgi isteniyor.")),
}  # fmt: skip
_CODES = tuple(_FINDINGS)
_WEIGHTS = tuple(weight for weight, _ in _FINDINGS.values())
_ENDINGS = ("", "", "", " Komşular da söylüyor.", " Daha önce de bildirilmiş.", " Bu hafta bakılması rica ediliyor.")
# What can be photographed; nobody photographs a wish for work.
PHOTOGRAPHED = frozenset(
    {"yol_kaldirim", "cop_temizlik", "park_yesil_alan", "aydinlatma", "su_kanalizasyon", "ulasim_trafik"}
    | {"zabita_denetim", "imar_yapi", "basibos_hayvan", "genclik_spor", "afet_riskli_yapi"}
)
# What teams find in the street without being told.
_SEEN_IN_STREETS = tuple(code for code in _CODES if code in PHOTOGRAPHED)

OPINIONS = (
    "Ekiplerin güler yüzlü olmasından memnunuz.", "Çöp saatleri duyurulursa iyi olur.",
    "Mahalleye bir sağlık ocağı daha gerekiyor.", "Parklar çoğaldı, teşekkür ederiz.", "Otopark sorunu çözülmeli.",
    "Yaz kursları çok işe yaradı.", "Sokak aralarındaki hız için önlem alınmalı.", "Ziyaret için teşekkür etti.",
)  # fmt: skip


def category(rng: random.Random, *, in_street: bool) -> str:
    """Draw what a finding is about."""
    if in_street:
        weights = [_FINDINGS[code][0] for code in _SEEN_IN_STREETS]
        return rng.choices(_SEEN_IN_STREETS, weights)[0]
    return rng.choices(_CODES, _WEIGHTS)[0]


def sentence(rng: random.Random, category_code: str, street: str) -> str:
    """Say a finding of this category in words."""
    told = rng.choice(_FINDINGS[category_code][1])
    where = f"{street}: " if rng.random() < 0.3 else ""  # noqa: PLR2004 - some name the street though the point says it
    return f"{where}{told}{rng.choice(_ENDINGS)}"
