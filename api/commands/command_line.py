"""The command `saha`: what it understands, and how an error is told. Each command's work is in the file it names.

Commands are imported when they are asked for: a command that answers in a moment must not load Pillow or pyxform.
Exit codes: 0 done, 1 refused (one sentence on standard error says what to do), 2 the command was not understood.
"""

import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.commands.turkish_arguments import TurkishParser
from foundation.errors import SahaError
from foundation.settings import read_settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit code. `environ` is the process's own, with `.env` below it, by default."""
    environ = _environment() if environ is None else environ
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as end:
        return int(end.code or 0)
    try:
        settings = read_settings({**environ, **_given_as_options(arguments)})
        module_name, _, function_name = arguments.run.partition(":")
        run = getattr(importlib.import_module(f"api.commands.{module_name}"), function_name)
        return int(run(arguments, settings, environ))
    except SahaError as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Durduruldu.", file=sys.stderr)
        return INTERRUPTED


def _environment() -> dict[str, str]:
    """Read `.env` of the folder we stand in (NAME=value lines); the process's environment has the last word."""
    file = Path(".env")
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    pairs = (line.split("=", 1) for line in map(str.strip, lines) if "=" in line and not line.startswith("#"))
    return {**{name.strip(): value.strip().strip("\"'") for name, value in pairs}, **os.environ}


def _given_as_options(arguments: Namespace) -> dict[str, str]:
    workers = getattr(arguments, "workers", None)
    return {} if workers is None else {"SAHA_WORKERS": str(workers)}


def _parser() -> TurkishParser:
    parser = TurkishParser(prog="saha", description="Saha sunucusunu çalıştırır ve yönetir. Ayarlar: .env.example")
    commands = parser.add_subparsers(title="komutlar", metavar="KOMUT", dest="command", required=True)
    _server_commands(commands)
    _municipality_commands(commands)
    _user_commands(commands)
    return parser


def _server_commands(commands: "_SubParsersAction[TurkishParser]") -> None:
    serve = commands.add_parser("serve", help="sunucuyu çalıştırır (Ctrl-C ile durur)")
    serve.add_argument(
        "--workers", type=int, metavar="N", help="sunucu süreçlerinin sayısı; 1'den çoğu PostgreSQL ister"
    )
    serve.set_defaults(run="serving:serve")
    migrate = commands.add_parser("migrate", help="veritabanını bu sürümün yapısına getirir")
    migrate.set_defaults(run="schema_commands:migrate_database")
    restored = commands.add_parser("restored", help="yedekten dönüldüğünü bildirir; sunucu açılmadan önce, bir kez")
    restored.set_defaults(run="restored_command:tell_restored")
    demo = commands.add_parser("demo", help="boş veritabanına örnek belediyeyi yükler")
    demo.add_argument("--scale", type=int, default=1, metavar="N", help="kaç kat veri (10: 60.000 ziyaret)")
    demo.add_argument("--if-empty", action="store_true", help="veri varsa bir şey yapmadan bitirir")
    demo.set_defaults(run="demo.command:load_demo", visits=None)
    storage = commands.add_parser("storage", help="fotoğraf deposu")
    parts = storage.add_subparsers(title="komutlar", metavar="KOMUT", required=True)
    parts.add_parser("check", help="ayarlardaki depoyu küçük bir dosyayla dener").set_defaults(
        run="storage_commands:check_storage"
    )


def _municipality_commands(commands: "_SubParsersAction[TurkishParser]") -> None:
    boundaries = commands.add_parser("import-mahalle", help="mahalle sınırlarını dosyadan alır")
    boundaries.add_argument("file", type=Path, metavar="DOSYA", help="GeoJSON, GeoPackage ya da Shapefile")
    boundaries.add_argument("--name-field", required=True, metavar="ALAN", help="mahalle adının alanı")
    boundaries.add_argument("--code-field", metavar="ALAN", help="mahalle kodunun alanı; yoksa addan üretilir")
    boundaries.add_argument("--encoding", metavar="AD", help="yazıların kodlaması (ör. windows-1254)")
    boundaries.add_argument("--dry-run", action="store_true", help="neyin değişeceğini söyler, kaydetmez")
    boundaries.set_defaults(run="mahalle_commands:import_mahalle")
    locate = commands.add_parser("locate", help="bir noktanın mahallesini söyler")
    locate.add_argument("lat", type=float, metavar="ENLEM")
    locate.add_argument("lon", type=float, metavar="BOYLAM")
    locate.add_argument("--accuracy", type=float, metavar="M", help="GPS doğruluğu (metre)")
    locate.set_defaults(run="mahalle_commands:locate_point")
    organisation = commands.add_parser("organisation", help="ekip, müdürlük, konu ve yönlendirmeyi dosyadan alır")
    source = organisation.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, nargs="?", metavar="DOSYA", help="TOML; örnek: docs/examples")
    source.add_argument("--print", action="store_true", help="bugünkü durumu böyle bir dosya olarak yazar")
    organisation.set_defaults(run="organisation_commands:set_up")
    visits = commands.add_parser("import-visits", help="ziyaret edilecekleri ve planlı ziyaretleri listeden alır")
    visits.add_argument("file", type=Path, metavar="DOSYA", help="CSV ya da XLSX; sütunları docs/operations.md sayar")
    visits.set_defaults(run="visit_commands:import_visits")
    publish = commands.add_parser("publish-form", help="bir formu (XLSX ya da Markdown) yayımlar")
    publish.add_argument("file", type=Path, metavar="DOSYA")
    publish.add_argument(
        "--attachment",
        type=Path,
        action="append",
        default=[],
        metavar="DOSYA",
        help="formun istediği dosya; yinelenebilir",
    )
    publish.add_argument(
        "--accept-breaking", action="store_true", help="eski yanıtlarla uyuşmayan değişiklikleri de yayımlar"
    )
    publish.add_argument("--visit-type", metavar="KOD", help="formun doldurulduğu ziyaret türü (ör. hane)")
    publish.set_defaults(run="form_commands:publish")


def _user_commands(commands: "_SubParsersAction[TurkishParser]") -> None:
    user = commands.add_parser("user", help="kullanıcılar")
    parts = user.add_subparsers(title="komutlar", metavar="KOMUT", required=True)
    add = parts.add_parser("add", help="hesap açar; parola sorulur ya da standart girdiden okunur")
    add.add_argument("username", metavar="KULLANICI")
    add.add_argument("--name", required=True, metavar="AD", help="adı soyadı")
    add.add_argument(
        "--role",
        required=True,
        metavar="ROL",
        help="field_worker, coordinator, directorate_officer, manager, administrator",
    )
    add.add_argument("--team", metavar="KOD", help="saha personelinin ekibi")
    add.add_argument("--directorate", metavar="KOD", help="müdürlük personelinin müdürlüğü")
    add.set_defaults(run="user_commands:add_user")
    parts.add_parser("list", help="hesapları listeler").set_defaults(run="user_commands:list_accounts")
    password = parts.add_parser("password", help="yeni parola verir ve açık oturumları kapatır")
    password.add_argument("username", metavar="KULLANICI")
    password.set_defaults(run="user_commands:set_password")
    deactivate = parts.add_parser("deactivate", help="hesabı kapatır; oturumlar ve tablet anahtarları geçmez olur")
    deactivate.add_argument("username", metavar="KULLANICI")
    deactivate.set_defaults(run="user_commands:deactivate")
