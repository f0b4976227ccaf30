"""A look at an uploaded form before any reader opens it: kind, size, and what an XLSX claims to unpack to."""

import zipfile
import zlib
from io import BytesIO
from pathlib import PurePath
from typing import IO

from field_forms.compile_problems import FormDoesNotCompile, FormProblem

MAX_SOURCE_BYTES = 5 * 1024 * 1024
_MAX_UNPACKED_BYTES = 60 * 1024 * 1024
_MAX_MEMBERS = 500
# LZMA takes as much memory as the file asks for, before it gives out the first byte.
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MAX_MARKDOWN_BYTES = 1024 * 1024
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})


def refuse_dangerous_upload(source: bytes, file_name: str) -> str:
    """Return the kind of file (`.xlsx` or `.md`) when it may be opened. Raises `FormDoesNotCompile`."""
    suffix = PurePath(file_name).suffix.lower()
    if len(source) > MAX_SOURCE_BYTES:
        raise _refused("Dosya 5 MB'tan büyük; form tablosu bu kadar büyük olmaz.")
    if suffix in _MARKDOWN_SUFFIXES:
        _inspect_markdown(source)
        return ".md"
    if suffix == ".xlsm":
        raise _refused("Makrolu dosya (.xlsm) kabul edilmez; .xlsx olarak kaydedip yeniden yükleyin.")
    if suffix != ".xlsx":
        raise _refused("Yalnız .xlsx ve .md dosyaları yayımlanabilir.")
    _inspect_xlsx(source)
    return ".xlsx"


def _inspect_markdown(source: bytes) -> None:
    if len(source) > _MAX_MARKDOWN_BYTES:
        raise _refused("Markdown dosyası 1 MB'tan büyük.")
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused("Markdown dosyası UTF-8 olarak kaydedilmemiş.") from error


def _inspect_xlsx(source: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(source)) as archive:
            _inspect_members(archive)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, zlib.error) as error:
        raise _refused("Dosya bir XLSX değil ya da bozuk.") from error


def _inspect_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise _refused("XLSX içinde beklenenden çok parça var.")
    if any("vbaproject" in member.filename.lower() for member in members):
        raise _refused("Dosyada makro var; makrosuz kaydedip yeniden yükleyin.")
    # The sizes a zip states can lie, so they are counted while unpacking, and the unpacking stops at the limit.
    left = _MAX_UNPACKED_BYTES
    for member in members:
        if member.flag_bits & 1:
            raise _refused("Dosya parolayla korunuyor.")
        if member.compress_type not in _PACKINGS:
            raise _refused("Dosya XLSX'in kullanmadığı bir yolla sıkıştırılmış; yeniden kaydedip yükleyin.")
        with archive.open(member) as unpacked:
            left -= _count_bytes(unpacked, left)


def _count_bytes(unpacked: IO[bytes], limit: int) -> int:
    count = 0
    while piece := unpacked.read(1024 * 1024):
        count += len(piece)
        if count > limit:
            raise _refused("XLSX açıldığında izin verilenden büyük oluyor.")
    return count


def _refused(sentence: str) -> FormDoesNotCompile:
    return FormDoesNotCompile([FormProblem("", None, "", sentence)])
