"""Which version of the tablet's application asks, and whether the operator demands a newer one.

A tablet says its version in `Saha-App`; the first release did not, so silence counts as that one. Too old an
application is given nothing new, and still hands over everything it has: push and photos do not ask here
(docs/sync-protocol.md).
"""

import re
from typing import Any

from litestar import Request

from foundation.errors import SahaError

HEADER = "saha-app"
_FIRST_RELEASE = "1.0.0"
_LONGEST = 40


class AppTooOld(SahaError):
    """The operator demands a newer application than the one that asks (`SAHA_OLDEST_APP`)."""

    code = "sync.app_too_old"

    def __init__(self) -> None:
        super().__init__(
            "Bu tabletteki uygulama eski. Yaptıklarınız güvende ve merkeze gönderiliyor; yeni bilgileri almak için"
            " bağlantı varken uygulamayı kapatıp yeniden açın (yenileyin)."
        )


def version_key(version: str) -> tuple[int, ...]:
    """Order versions by their numbers, `1.10.0` after `1.9`; what has none comes first."""
    return tuple(int(number) for number in re.findall(r"\d{1,9}", version[:_LONGEST]))


def demand_app(request: Request[Any, Any, Any], oldest: str) -> None:
    """Raise `AppTooOld` where the tablet's application is older than `oldest`; an empty one demands nothing."""
    if version_key(request.headers.get(HEADER) or _FIRST_RELEASE) < version_key(oldest):
        raise AppTooOld
