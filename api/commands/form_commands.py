"""`saha publish-form`."""

import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from api.commands.open_database import open_database
from api.commands.reading_files import read_file
from api.intake_line import KnowledgeCache
from field_forms.compile import CompiledForm, compile_form
from field_forms.compile_problems import FormDoesNotCompile, FormProblem
from field_forms.drafts import refuse_unaccepted
from field_forms.library import FormLibrary
from field_forms.publishing import publish_form
from foundation.clock import ISTANBUL, utc_now
from foundation.database import Database
from foundation.settings import Settings
from service_requests.held import read_held
from visits.visit_types import let_form_be_of_type, refuse_unknown_visit_type


def publish(arguments: Namespace, settings: Settings, _: Mapping[str, str]) -> int:
    """Publish a form with its files; what was held raw for this version is read at once."""
    source = read_file(arguments.file)
    attachments = {path.name: read_file(path) for path in arguments.attachment}
    with open_database(settings) as database:
        try:
            compiled = compile_form(source, arguments.file.name, on=utc_now().astimezone(ISTANBUL).date())
        except FormDoesNotCompile as refusal:
            _print_problems(arguments.file, refusal.problems)
            return 1
        held = _publish(database, compiled, attachments, arguments)
    print(f"Yayımlandı: {compiled.title} ({compiled.form_id}), sürüm {compiled.version}.")
    for told in compiled.warnings:
        print(f"  uyarı  {told}")
    if held:
        print(f"Bu sürümü bekleyen {held} kayıt çözümlendi.")
    return 0


def _publish(database: Database, compiled: CompiledForm, attachments: Mapping[str, bytes], arguments: Namespace) -> int:
    """Publish, then read what waited for this version; returns how many. One transaction."""
    visit_type = arguments.visit_type
    with database.writing() as session:
        refuse_unknown_visit_type(session, visit_type)
        refuse_unaccepted(session, compiled, attachments, accepts_breaks=arguments.accept_breaking)
        publish_form(session, compiled, attachments, at=utc_now(), by=None, visit_type=visit_type)
        let_form_be_of_type(session, compiled.form_id, visit_type)
        knowledge = KnowledgeCache(FormLibrary()).current(session)
        return read_held(session, knowledge, compiled.form_id, compiled.version, utc_now())


def _print_problems(file: Path, problems: tuple[FormProblem, ...]) -> None:
    print(f"{file.name} yayımlanmadı: aşağıdakileri düzeltip komutu yeniden verin.", file=sys.stderr)
    for problem in problems:
        places = [problem.sheet, f"satır {problem.row}" if problem.row else "", problem.column]
        where = ", ".join(place for place in places if place)
        print(f"  {where}: {problem.sentence}" if where else f"  {problem.sentence}", file=sys.stderr)
