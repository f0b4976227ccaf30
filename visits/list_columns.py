"""The columns that a list may bring, the kinds of lists, and the words by which both are known. Pure."""

import msgspec

# What a column can be mapped to, with its name on the screen, in the order of the choice.
FIELDS = {
    "ad": "Ad (kişi, aile, iş yeri)",
    "soyad": "Soyadı",
    "yetkili": "Görüşülecek kişi",
    "telefon": "Telefon",
    "telefon_2": "İkinci telefon",
    "adres": "Adres",
    "sokak": "Cadde ya da sokak",
    "kapi": "Kapı no",
    "daire": "Daire no",
    "mahalle": "Mahalle",
    "uavt": "Adres kodu (UAVT)",
    "konum": "Konum (enlem, boylam birlikte)",
    "enlem": "Enlem",
    "boylam": "Boylam",
    "olay_tarihi": "Olay tarihi (vefat, sevk, açılış, taşınma)",
    "not": "Not",
    "ziyaret_edilmesin": "Ziyaret edilmesin",
    "istenen_ekip": "İstenen ekip (hep o gitsin)",
    "tur": "Hedefin türü",
    "no": "Kayıt no (listede kalıcı olan)",
    "ekip": "Ekip (ziyaret planı)",
    "ziyaret_turu": "Ziyaret türü (ziyaret planı)",
    "gun": "Ziyaret günü (ziyaret planı)",
    "sira": "Sıra (ziyaret planı)",
}


class ListKind(msgspec.Struct, frozen=True):
    """A kind of list: its name, the kind of its targets, what their date is called, words that give it away."""

    name: str
    target_kind: str
    event: str
    words: tuple[str, ...] = ()


LIST_KINDS = {
    "hane": ListKind("Haneler", "hane", "Olay tarihi"),
    "vefat": ListKind(
        "Vefat bildirimleri", "taziye_ailesi", "Vefat tarihi", ("vefat", "olum", "cenaze", "taziye", "defin")
    ),
    "asker": ListKind("Askere gidecekler", "asker", "Sevk tarihi", ("asker", "sevk", "celp")),
    "yeni_isyeri": ListKind(
        "Yeni açılan iş yerleri", "esnaf", "Açılış tarihi", ("ruhsat", "acilis", "isyeri", "is yeri", "tabela")
    ),
    "tasinan": ListKind("İlçeye taşınanlar", "hane", "Taşınma tarihi", ("tasin", "nakil", "yerlesim")),
    "esnaf": ListKind("Esnaf", "esnaf", "Olay tarihi", ("esnaf", "dukkan")),
    "isveren": ListKind("İşverenler", "isveren", "Olay tarihi", ("isveren", "firma", "sgk")),
    "stk": ListKind("STK, site yönetimi ve muhtarlıklar", "stk_muhtarlik", "Olay tarihi", ("dernek", "muhtar", "stk")),
    "yasli": ListKind("Yaşlı ve engelliler", "yasli_engelli", "Olay tarihi", ("yasli", "engelli")),
    "adres": ListKind("Adresler (dağıtım)", "adres", "Olay tarihi", ("dagitim", "abone")),
}

# Folded header → field. A header is looked up whole first; then its words are tried (`column_guessing.py`).
_WORDS = {
    "ad": (
        "ad, adi, isim, ad soyad, adi soyadi, ad soyadi, adi ve soyadi, isim soyisim, unvan, unvani, ticari "
        "unvan, firma, firma adi, isyeri, is yeri, isyeri adi, is yeri adi, isyeri unvani, tabela, tabela "
        "adi, vefat eden, vefat edenin adi soyadi, merhum, merhumun adi soyadi, olen, asker adi soyadi, hane "
        "reisi, kurum, kurum adi, dernek adi"
    ),
    "soyad": "soyad, soyadi, soyisim",
    "yetkili": (
        "yetkili, yetkili adi, gorusulecek kisi, irtibat, irtibat kisisi, yakini, yakini adi soyadi, yakin "
        "adi, basvuran, veli, anne baba, baba adi, isyeri sahibi, sahibi, mukellef, bildiren"
    ),
    "telefon": (
        "telefon, tel, telefon no, telefon numarasi, cep, cep telefonu, cep tel, gsm, gsm no, irtibat no, "
        "irtibat telefonu, iletisim, yakin telefonu, yakini telefonu, telefon 1, tel 1"
    ),
    "telefon_2": "telefon 2, tel 2, ikinci telefon, ev telefonu, diger telefon, is telefonu",
    "adres": (
        "adres, adresi, acik adres, acik adresi, ikamet, ikamet adresi, ikametgah, isyeri adresi, is yeri "
        "adresi, taziye adresi, ev adresi, yeni adres, taziye evi"
    ),
    "sokak": "cadde, sokak, cadde sokak, sokak cadde, csbm, cadde adi, sokak adi, csb",
    "kapi": "kapi, kapi no, dis kapi, dis kapi no, bina no",
    "daire": "daire, daire no, ic kapi, ic kapi no",
    "mahalle": "mahalle, mahallesi, mahalle adi, mah, semt",
    "uavt": "uavt, uavt no, uavt kodu, adres kodu, adres no, adres no uavt",
    "konum": "konum, koordinat, koordinatlar",
    "enlem": "enlem, lat, latitude",
    "boylam": "boylam, lon, lng, long, longitude",
    "olay_tarihi": (
        "olay tarihi, vefat tarihi, olum tarihi, tarih, sevk tarihi, celp tarihi, gidis tarihi, acilis "
        "tarihi, ruhsat tarihi, tasinma tarihi, nakil tarihi, defin tarihi, yerlesim tarihi"
    ),
    "not": "not, notlar, aciklama, dusunceler",
    "ziyaret_edilmesin": "ziyaret edilmesin, ziyaret istemiyor",
    "tur": "tur, hedef turu, kayit turu",
    "no": "no, kayit no, dosya no, basvuru no, ruhsat no, sicil no, liste no",
    "istenen_ekip": "istenen ekip, tercih edilen ekip, tercih ekip, istedigi ekip",
    "ekip": "ekip",
    "ziyaret_turu": "ziyaret turu",
    "gun": "gun, ziyaret gunu, ziyaret tarihi",
    "sira": "sira",
}
SYNONYMS = {header: field for field, headers in _WORDS.items() for header in headers.split(", ")}

# Identity numbers are not needed for a visit (KVKK, art. 4: no more data than the purpose asks): never kept.
IDENTITY_WORDS = frozenset({"tc", "t c", "tckn", "tc no", "t c no", "tc kimlik", "tc kimlik no", "t c kimlik no",
                            "kimlik no", "vatandaslik no", "tc kimlik numarasi", "t c kimlik numarasi"})  # fmt: skip
# The columns that we write into the file of bad rows ourselves.
ROW_HEADER, REASON_HEADER = "Satır (ilk dosyada)", "Neden alınmadı"
# A running number of the rows is no number of the record: a list that counts from 1 would mix people up.
COUNTING_WORDS = frozenset({"sira no", "s no", "sn", "sno", "s n", "satir", "neden alinmadi"})
