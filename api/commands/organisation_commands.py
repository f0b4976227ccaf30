"""`saha organisation`: the municipality's teams, directorates, categories, visit types and routing from a file."""

import sys
from argparse import Namespace
from collections.abc import Mapping

from api.commands.open_database import open_database
from api.commands.reading_files import read_file
from foundation.clock import utc_now
from foundation.settings import Settings
from service_requests.organisation import OrganisationRefused, read_organisation, write_organisation
from service_requests.organisation_rows import known_codes, read_present, store_organisation

_WORDS = {
    "team": "ekip",
    "directorate": "müdürlük",
    "category": "talep konusu",
    "visit_type": "ziyaret türü",
    "route": "yönlendirme kuralı",
}


def set_up(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Store what the file says, all or nothing (1); with `--print` print the present state as such a file."""
    if arguments.file is None:
        with open_database(settings) as database, database.reading() as session:
            print(write_organisation(read_present(session)), end="")
        return 0
    content = read_file(arguments.file)
    with open_database(settings) as database:
        try:
            with database.writing() as session:
                organisation = read_organisation(content, known_codes(session))
                changed = store_organisation(session, organisation, utc_now())
        except OrganisationRefused as refusal:
            print(f"{arguments.file.name}: hiçbir şey kaydedilmedi, şunları düzeltin:", file=sys.stderr)
            for problem in refusal.problems:
                print(f"  {problem}", file=sys.stderr)
            return 1
    told = [f"{count} {_WORDS[section]}" for section, count in changed.items() if count]
    print(f"Yeni ya da değişen: {', '.join(told)}." if told else "Değişen bir şey yok.")
    return 0
