"""What a submission can be flagged for, named for the filter of the review page.

Sentences about the particular case stand in the submission's remarks; these are the names of the kinds.
"""

FLAG_NAMES = {
    "answer.missing": "Zorunlu yanıt eksik",
    "answer.out_of_range": "Yanıt sınırların dışında",
    "answer.repeated": "Aynı soru birden çok yanıtlanmış",
    "answer.too_many": "Beklenenden çok yanıt",
    "answer.unknown_choice": "Formda olmayan seçenek",
    "answer.unknown_node": "Formda olmayan soru",
    "answer.wrong_type": "Yanıtın türü yanlış",
    "clock.ahead": "Cihaz saati ileri",
    "clock.end_before_start": "Bitiş başlangıçtan önce",
    "clock.late": "Geç gönderilmiş",
    "clock.offset": "Cihazın saati yanlış",
    "entity.bad_field": "Listedeki alana uymayan yanıt",
    "entity.base_unknown": "Değişikliğin sürümü bilinmiyor",
    "entity.conflict": "Listede çelişen değişiklik",
    "entity.held": "Öncesi gelmemiş değişiklik",
    "entity.made_from_update": "Değişiklikten oluşturulmuş kayıt",
    "entity.malformed_id": "Talebin kimliği bozuk",
    "entity.repeated_id": "Talebin kimliği yineleniyor",
    "entity.unknown": "Değiştirilen kayıt bulunamadı",
    "form.held": "Form sürümü bilinmiyor",
    "photo.broken": "Fotoğraf açılamıyor",
    "photo.missing": "Fotoğraf eksik",
    "photo.refused": "Fotoğraf kabul edilmedi",
    "photo.unexpected": "Beklenmeyen fotoğraf",
    "place.outside": "İlçe sınırlarının dışında",
    "point.inaccurate": "Konum kesin değil",
    "point.not_on_earth": "Konum geçersiz",
    "point.outside_turkey": "Konum Türkiye dışında",
    "point.swapped": "Enlem ve boylam yer değiştirmiş",
    "point.zero": "Konum 0,0",
}
