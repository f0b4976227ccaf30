"""`saha import-mahalle` and `saha locate`."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from api.commands.open_database import open_database
from foundation.clock import utc_now
from foundation.settings import Settings
from geo.boundaries import load_index
from geo.boundary_import import read_boundaries
from geo.boundary_report import BoundaryReport
from geo.mahalle_index import Location, MahalleIndex
from reports.boundary_moves import import_boundaries


def import_mahalle(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Print what is found in the file and what moves by it; store all of it, or nothing where there is an error (1)."""
    with open_database(settings) as database:
        report = read_boundaries(
            arguments.file,
            name_field=arguments.name_field,
            code_field=arguments.code_field,
            encoding=arguments.encoding,
        )
        _print_report(report)
        if report.errors or not report.boundaries:
            print("Hiçbir şey kaydedilmedi: dosyadaki hataları düzeltip komutu yeniden verin.", file=sys.stderr)
            return 1
        with database.writing() as session:
            moves = import_boundaries(session, report, at=utc_now())
            if arguments.dry_run:
                session.rollback()
    for sentence in moves.sentences():
        print(f"  {sentence}")
    if arguments.dry_run:
        print("Deneme: hiçbir şey kaydedilmedi. --dry-run olmadan verilirse bunlar olur.")
    else:
        print(f"{len(report.boundaries)} mahalle kaydedildi.")
    return 0


def locate_point(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Print the mahalle of a point; outside is an answer too."""
    with open_database(settings) as database, database.reading() as session:
        index = load_index(session)
    if not index.areas:
        print("Mahalle sınırı yüklü değil: önce 'saha import-mahalle' komutunu verin.", file=sys.stderr)
        return 1
    location = index.locate(arguments.lon, arguments.lat, arguments.accuracy)
    print(_describe(index, location))
    return 0


def _print_report(report: BoundaryReport) -> None:
    print(f"{report.source_name}: {len(report.boundaries)} mahalle okundu.")
    for problem in (*report.errors, *report.warnings):
        print(f"  {'HATA' if problem.severity == 'error' else 'uyarı'}  {problem.sentence}")


def _describe(index: MahalleIndex, location: Location) -> str:
    names = {area.id: f"{area.name} ({area.code})" for area in index.areas}
    possible = ", ".join(names[mahalle] for mahalle in location.possible_ids)
    maybe = f"; doğruluk payıyla şunlar da olabilir: {possible}" if possible else ""
    if location.mahalle_id is not None:
        return f"{names[location.mahalle_id]}{maybe}"
    if location.nearest_id is None:
        return "Yeryüzünde böyle bir nokta yok: önce enlemi, sonra boylamı yazın."
    return f"Sınırların dışında; en yakın mahalle {names[location.nearest_id]}, {location.distance_m:.0f} m{maybe}"
