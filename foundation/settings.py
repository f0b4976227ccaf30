"""Every setting of the product, in one frozen struct, read once at the start from `SAHA_…` variables.

An unknown variable with our prefix is refused: a misspelt setting must not silently mean the default.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from foundation.errors import SahaError

PREFIX = "SAHA_"

# Read by tests, the Makefile and the demo, not by the running server.
_NOT_OURS = frozenset({"SAHA_DEMO_PASSWORD", "SAHA_REAL_BOUNDARIES", "SAHA_TEST_POSTGRES", "SAHA_NOTHING_LEFT_OUT"})


# Listening on all addresses says nothing about the one that tablets use.
_ANY_ADDRESS = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 - compared with, not bound to


class BadSettings(SahaError):
    """The environment names a setting we do not know, or one whose value makes no sense."""

    code = "settings.bad"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings with their embedded defaults: SQLite and a local folder below `data_dir`."""

    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    # Every absolute URL and QR code comes from this, never from the Host header.
    public_url: str = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    # Address of the one proxy whose X-Forwarded-For is believed; empty: nobody's.
    trusted_proxy: str = ""
    # SQLAlchemy URL; empty: SQLite at <data_dir>/saha.sqlite3.
    database_url: str = ""
    database_pool: int = 10
    workers: int = 1
    # Keys for signed photo links and remembered sign-ins; empty: made once and kept in <data_dir>/secret-key (0600).
    secret_key: str = ""
    production: bool = False
    # "local" (a folder) or "s3".
    photo_storage: str = "local"
    photo_dir: Path | None = None
    s3_endpoint: str = ""
    s3_bucket: str = "saha"
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: str = ""
    # S3 is asked three times at most, and has so many seconds each time: together less than the 60 after which a proxy
    # in front of us, or the tablet, would give up without learning anything.
    s3_timeout_s: float = 15
    # The name the office pages carry.
    municipality: str = "Sancaktepe Belediyesi"
    # Tile server of the office map ("https://…/{z}/{x}/{y}.png"); empty: boundaries alone, nothing asked outside.
    tile_url: str = ""
    tile_attribution: str = ""
    # A map (PMTiles) that tablets keep for use without network; the same file on every machine. None: boundaries alone.
    map_file: Path | None = None
    # The oldest application of the tablets that is given anything new ("1.1.0"); empty: any. Work is always taken.
    oldest_app: str = ""
    # A submission further than this from every mahalle is flagged as far outside.
    far_outside_m: int = 2_000
    # Table endpoint of a routing service: OSRM ("http://…/table/v1/{mode}") or Valhalla ("http://…/sources_to_targets").
    # Empty: travel times are reckoned from bee-lines, with the factors and speeds below.
    routing_url: str = ""
    # For all of a day's travel times together; then bee-lines stand in, and the plan says so.
    routing_timeout_s: float = 8
    car_road_factor: float = 1.4
    car_speed_kmh: float = 25
    walk_road_factor: float = 1.25
    walk_speed_kmh: float = 4.5
    # Plans that are worked out at once in this process, the others wait.
    planners: int = 1
    # Searches for one long plan, each in a process of its own, the best is taken; never more than there are processors.
    planner_searches: int = 2

    @property
    def base_url(self) -> str:
        """The address that tablets and browsers use, without a slash at the end."""
        scheme = "https" if self.tls_cert else "http"
        return (self.public_url or f"{scheme}://{self.host}:{self.port}").rstrip("/")

    @property
    def resolved_database_url(self) -> str:
        """The database to open, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'saha.sqlite3').absolute()}"

    @property
    def resolved_photo_dir(self) -> Path:
        """The folder of the local photo storage."""
        return self.photo_dir or self.data_dir / "photos"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from `environ`.

    Raises `BadSettings` for unknown names, values of the wrong kind, and secrets left at their default in production.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in _NOT_OURS
    }
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_to_path)
    except msgspec.ValidationError as error:
        raise BadSettings(f"Ayar anlaşılamadı: {error}. Geçerli adlar .env.example dosyasındadır.") from error
    _refuse_contradictions(settings)
    return settings


def _to_path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value)).expanduser()
    raise NotImplementedError(kind)


def _refuse_contradictions(settings: Settings) -> None:
    if settings.host in _ANY_ADDRESS and not settings.public_url:
        raise BadSettings(
            "SAHA_HOST her adresi dinliyor; tabletlerin bağlanacağı adresi de verin (ör. SAHA_PUBLIC_URL=http://192.168.1.20:8000)."
        )
    if settings.routing_url and not settings.routing_url.startswith(("http://", "https://")):
        raise BadSettings("SAHA_ROUTING_URL http:// ya da https:// ile başlamalıdır.")
    if settings.photo_storage not in {"local", "s3"}:
        raise BadSettings("SAHA_PHOTO_STORAGE 'local' ya da 's3' olmalıdır.")
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise BadSettings("SAHA_TLS_CERT ile SAHA_TLS_KEY birlikte verilmelidir.")
    if settings.production and not settings.secret_key:
        raise BadSettings("SAHA_PRODUCTION açıkken SAHA_SECRET_KEY verilmelidir.")
    if settings.production and not settings.public_url.startswith("https://"):
        raise BadSettings("SAHA_PRODUCTION açıkken SAHA_PUBLIC_URL https:// ile başlamalıdır.")
    if settings.workers > 1 and settings.resolved_database_url.startswith("sqlite"):
        raise BadSettings("SQLite tek sunucu süreciyle çalışır; birden çok süreç için PostgreSQL gerekir.")
