"""What is said of a file that cannot be taken as a list; the sentences tell what to do with it."""

from typing import ClassVar

from foundation.errors import SahaError

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CELL_LENGTH = 4_000

BROKEN_XLSX = "Excel dosyası bozuk. Excel'de açıp «Farklı kaydet» ile .xlsx olarak yeniden kaydedin."
OLD_XLS = "Bu, eski Excel biçimi (.xls). Excel'de açıp «Farklı kaydet» ile .xlsx seçin, o dosyayı yükleyin."
ENCRYPTED = "Dosya parolayla korunuyor. Excel'de parolayı kaldırıp kaydedin, sonra yükleyin."
OPEN_DOCUMENT = "Bu bir LibreOffice (.ods) dosyası. «Farklı kaydet» ile .xlsx ya da .csv seçip onu yükleyin."
OTHER_ZIP = "Bu dosya bir Excel listesi değil. İçindeki listeyi .xlsx ya da .csv olarak yükleyin."
NO_TEXT = "Dosya CSV ya da XLSX değil. Excel'de «Farklı kaydet» ile birini seçin."
EMPTY = "Dosyada hiç kayıt yok. Doğru dosyayı ve doğru sayfayı seçtiğinizi denetleyin."


class UnreadableList(SahaError):
    """The file is no list that we can read; the sentence says why."""

    code: ClassVar[str] = "visit_list.unreadable"


class ListTooLarge(SahaError):
    """The file, or what is in it, is larger than a list may be."""

    code: ClassVar[str] = "visit_list.too_large"

    def __init__(
        self, sentence: str = "Liste çok büyük: en çok 100.000 satır ve 20 MB olabilir. Bölüp parça parça yükleyin."
    ) -> None:
        super().__init__(sentence)
