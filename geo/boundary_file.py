"""A vector file as a table of rows: what GDAL reads, with the encodings Turkish files really have.

Files are recognised by their first bytes before GDAL sees them: GDAL also opens formats that name other files and
addresses to fetch. pyogrio is imported where it is used, because GDAL costs every process 30 MB. What the rows mean is
`boundary_import`'s business.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from foundation.errors import SahaError
from geo.boundary_report import BoundaryProblem, error, warning

TURKISH_WINDOWS = "cp1254"
_READ_THESE = "GeoJSON, GeoPackage ya da Shapefile (.shp, .shx, .dbf ve .prj birlikte) verin."
# The first bytes of a Shapefile (its file code 9994) and of a GeoPackage (an SQLite file).
_MAGIC = {".shp": b"\x00\x00\x27\x0a", ".gpkg": b"SQLite format 3\x00"}
_JSON_SUFFIXES = frozenset({".geojson", ".json"})


@dataclass(frozen=True)
class RawRows:
    """The rows as they stand in the file. `geometries` are WKB or None; `crs` is what pyproj understands, or None."""

    fields: dict[str, list[Any]]
    geometries: npt.NDArray[np.object_]
    crs: str | None


class FileUnreadable(SahaError):
    """The file gives no rows; carries the problem to report. The importer turns it into a report."""

    code = "boundaries.file_unreadable"

    def __init__(self, problem: BoundaryProblem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def read_rows(
    path: Path, *, name_field: str, code_field: str | None, encoding: str | None
) -> tuple[RawRows, list[BoundaryProblem]]:
    """Read the named fields and geometries of the file's layer, with warnings about what had to be guessed.

    Raises `FileUnreadable` with the reason as a problem.
    """
    _recognise(path)
    problems: list[BoundaryProblem] = []
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            layer = _choose_layer(path, name_field, problems)
            meta, geometries, fields = _read_layer(path, layer, encoding, problems)
        except (RuntimeError, ValueError, LookupError) as cause:  # pyogrio's errors are RuntimeErrors
            raise FileUnreadable(_unreadable(path, encoding, cause)) from cause
    problems += [warning("file.reader_said", f"Dosya okunurken: {one.message}") for one in said]
    for wanted in (name_field, code_field):
        if wanted is not None and wanted not in fields and len(geometries):
            raise FileUnreadable(_no_such_field(wanted, fields))
    return RawRows(fields=fields, geometries=geometries, crs=meta["crs"]), problems


def _recognise(path: Path) -> None:
    if not path.is_file():
        raise FileUnreadable(error("file.missing", f"“{path.name}” bulunamadı. Dosyanın yolunu denetleyin."))
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(64)
    is_known = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" if suffix in _JSON_SUFFIXES else False
    if suffix in _MAGIC:
        is_known = start.startswith(_MAGIC[suffix])
    if not start:
        raise FileUnreadable(error("file.empty", f"“{path.name}” boş. {_READ_THESE}"))
    if not is_known:
        raise FileUnreadable(error("file.not_vector", f"“{path.name}” bir sınır dosyası değil. {_READ_THESE}"))


def _choose_layer(path: Path, name_field: str, problems: list[BoundaryProblem]) -> str | None:
    """Choose the layer that has the name field where a file has several."""
    import pyogrio  # noqa: PLC0415 - see the head of this file

    layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    if len(layers) <= 1:
        return None
    fitting = [layer for layer in layers if name_field in pyogrio.read_info(path, layer=layer)["fields"]]
    chosen = (fitting or layers)[0]
    problems.append(
        warning("file.several_layers", f"Dosyada {len(layers)} katman var; “{chosen}” okundu. Öbürlerine bakılmadı.")
    )
    return chosen


def _read_layer(
    path: Path, layer: str | None, encoding: str | None, problems: list[BoundaryProblem]
) -> tuple[dict[str, Any], npt.NDArray[np.object_], dict[str, list[Any]]]:
    from pyogrio import raw  # noqa: PLC0415 - see the head of this file

    try:
        meta, _, geometries, columns = raw.read(path, layer=layer, encoding=encoding)
    except UnicodeDecodeError:
        if encoding is not None:
            raise
        # The file says UTF-8, or is of a kind that always is, and yet is not: then it is a Turkish Windows file.
        meta, _, geometries, columns = raw.read(path, layer=layer, encoding=TURKISH_WINDOWS)
        problems.append(_encoding_guessed("windows-1254"))
    fields = {str(name): column.tolist() for name, column in zip(meta["fields"], columns, strict=True)}
    if encoding is None and meta["encoding"] == "ISO-8859-1":
        fields = _decode_again(fields, problems)
    if geometries is None:
        geometries = np.full(len(columns[0]) if columns else 0, None, dtype=object)
    return meta, geometries, fields


def _decode_again(fields: dict[str, list[Any]], problems: list[BoundaryProblem]) -> dict[str, list[Any]]:
    """Read texts anew whose encoding the file does not state: GDAL's Latin-1 makes Ş a Þ.

    Latin-1 maps each byte to a character, so the bytes come back whole: UTF-8 if they can be, else windows-1254.
    """
    texts = [value for column in fields.values() for value in column if isinstance(value, str)]
    if all(text.isascii() for text in texts):
        return fields
    found = "utf-8" if all(_is_utf8(text) for text in texts) else TURKISH_WINDOWS
    problems.append(_encoding_guessed("UTF-8" if found == "utf-8" else "windows-1254"))
    return {
        name: [
            value.encode("latin-1", "replace").decode(found, "replace") if isinstance(value, str) else value
            for value in column
        ]
        for name, column in fields.items()
    }


def _is_utf8(text: str) -> bool:
    try:
        text.encode("latin-1").decode()
    except UnicodeError:
        return False
    return True


def _encoding_guessed(found: str) -> BoundaryProblem:
    return warning(
        "encoding.assumed",
        f"Dosya karakter kodlamasını doğru söylemiyor; {found} sayıldı. Adlardaki Türkçe harflere bakın.",
    )


def _unreadable(path: Path, encoding: str | None, cause: Exception) -> BoundaryProblem:
    if isinstance(cause, UnicodeError | LookupError):
        return error(
            "encoding.wrong",
            f"Adlar “{encoding or TURKISH_WINDOWS}” kodlamasıyla okunamadı. windows-1254 ya da UTF-8 deneyin.",
        )
    return error("file.unreadable", f"“{path.name}” okunamadı, dosya bozuk ya da eksik olabilir. {_READ_THESE}")


def _no_such_field(wanted: str, fields: dict[str, list[Any]]) -> BoundaryProblem:
    present = ", ".join(sorted(fields)) or "hiç alan yok"
    return error("field.missing", f"Dosyada “{wanted}” alanı yok. Dosyadaki alanlar: {present}.", wanted)
