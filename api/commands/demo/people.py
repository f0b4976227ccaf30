"""Made-up people, shops and telephone numbers. Nobody in particular: common names drawn apart from each other."""

import random

_WOMEN = (
    "Ayşe", "Fatma", "Emine", "Hatice", "Zeynep", "Elif", "Meryem", "Şerife", "Zehra", "Sultan", "Hanife", "Merve",
    "Özlem", "Gülşen", "Songül", "Tuğba", "Büşra", "İrem", "Işıl", "Şule", "Çiğdem", "Nurgül", "Aysun", "Gökçe",
)  # fmt: skip
_MEN = (
    "Mehmet", "Mustafa", "Ahmet", "Ali", "Hüseyin", "Hasan", "İbrahim", "İsmail", "Osman", "Yusuf", "Murat", "Ömer",
    "Ramazan", "Halil", "Süleyman", "Uğur", "Tolga", "Barış", "Şükrü", "Oğuz", "Çağrı", "Görkem", "İlker", "Işık",
)  # fmt: skip
_SURNAMES = (
    "Yılmaz", "Kaya", "Demir", "Şahin", "Çelik", "Yıldız", "Öztürk", "Aydın", "Özdemir", "Arslan", "Doğan", "Kılıç",
    "Aslan", "Çetin", "Kara", "Koç", "Kurt", "Özkan", "Şimşek", "Polat", "Korkmaz", "Çakır", "Erdoğdu", "Güneş",
    "Işık", "Ilgaz", "İnci", "Güler", "Tekin", "Yavuz", "Bulut", "Keskin", "Ünal", "Turan", "Gül", "Ateş", "Uçar",
    "Yiğit", "Kızıl", "Duman", "Ağaoğlu", "Karataş", "Soylu", "Aktaş", "Bozkurt", "Tuna", "Ekinci", "Sarı",
)  # fmt: skip
_SHOP_WORDS = ("Güven", "Umut", "Işık", "Yıldız", "Çınar", "Kardeşler", "Öz", "Şifa", "Lale", "Ege", "İnci", "Doğuş")
_SHOP_KINDS = {
    "bakkal_market": "Market", "manav": "Manav", "kasap": "Kasap", "firin": "Ekmek Fırını", "lokanta": "Lokantası",
    "kafe_kahvehane": "Kahvehanesi", "pastane": "Pastanesi", "berber_kuafor": "Kuaför", "terzi_tuhafiye": "Tuhafiye",
    "giyim": "Giyim", "elektronik_telefon": "İletişim", "kirtasiye": "Kırtasiye", "eczane": "Eczanesi",
    "oto_tamir": "Oto Servis", "oto_yikama": "Oto Yıkama", "nalbur_yapi": "Nalbur", "emlak": "Emlak",
    "cicekci": "Çiçekçilik", "kuyumcu": "Kuyumculuk", "spor_salonu": "Spor Salonu",
}  # fmt: skip


def full_name(rng: random.Random) -> str:
    """Make up a first name and a surname."""
    return f"{rng.choice(_WOMEN if rng.random() < 0.55 else _MEN)} {rng.choice(_SURNAMES)}"  # noqa: PLR2004 - more women are met at home by day


def man(rng: random.Random) -> str:
    """Make up a man's name."""
    return f"{rng.choice(_MEN)} {rng.choice(_SURNAMES)}"


def shop_kind(rng: random.Random) -> str:
    """Choose what a shop sells or does: a code of `is_kollari.csv`."""
    return rng.choice(tuple(_SHOP_KINDS))


def shop_name(rng: random.Random, kind: str) -> str:
    """Make up what stands on the sign of a shop of this kind."""
    return f"{rng.choice(_SHOP_WORDS)} {_SHOP_KINDS.get(kind, 'Ticaret')}"


def phone(rng: random.Random) -> str:
    """Make up a mobile number of the block 0500 000, which no operator gives out."""
    return f"0500000{rng.randrange(10_000):04d}"
