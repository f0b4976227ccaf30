"""Errors as RFC 9457 problem details: one dict from domain error to status, one handler per kind of failure.

Litestar's own mapping swaps `title` and `detail`, and logs nothing outside debug; so both are done here.
"""

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.pressure import jittered
from foundation.errors import SahaError

log = logging.getLogger("saha")

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER_S = 5
# Where nothing will be better soon: each try carries a photo over a mobile network.
_LONGER_RETRY_AFTER_S = {"photos.storage_full": 60}

_TITLES = {
    400: "İstek anlaşılamadı",
    401: "Oturum açmanız gerekiyor",
    403: "İzin yok",
    404: "Bulunamadı",
    405: "Bu adreste bu işlem yok",
    408: "Gönderi yarım kaldı",
    409: "Kayıtla çelişiyor",
    412: "Başka bir sürüm",
    413: "Çok büyük",
    415: "Başka bir tür",
    422: "Bilgilerde hata var",
    429: "Çok sık denendi",
    460: "Gelen, bildirilenle aynı değil",
    500: "Beklenmeyen hata",
    503: "Sunucu şu an hizmet veremiyor",
}

_SENTENCES = {
    404: "Aradığınız kayıt yok ya da size açık değil.",
    405: "Adres bu işlemi tanımıyor.",
    413: "Gönderilen içerik izin verilen boyutu aşıyor.",
    500: "Beklenmeyen bir hata oldu. Yeniden deneyin; sürerse sistem yöneticisine bildirin.",
}


class NotSignedIn(SahaError):
    """No session, an ended one, or a deactivated user."""

    code = "auth.required"


class NotFound(SahaError):
    """There is no such thing, or the caller may not know of it: the two look the same."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_SENTENCES[404])


class Unavailable(SahaError):
    """The database or the photo storage does not answer; nothing was stored, sending again is safe."""

    code = "unavailable"

    def __init__(self) -> None:
        super().__init__("Sunucu şu an kaydedemiyor. Hiçbir şey kaybolmadı; birazdan yeniden gönderin.")


# Status of a domain error by its code; what is not named is the caller's mistake (422).
STATUS_BY_CODE = {
    "visit_list.too_large": 413,
    "plan.day_in_work": 409,
    "plan.day_changed": 409,
    "plan.not_ready": 409,
    "plan.already_adopted": 409,
    "plan.no_route": 404,
    "boundaries.changed": 409,
    "boundaries.too_large": 413,
    "visit_import.other_state": 409,
    "duplicate.not_mergeable": 409,
    "duplicate.in_conflict": 409,
    "duplicate.not_undoable": 409,
    "auth.required": 401,
    "auth.wrong_credentials": 401,
    "auth.too_many_attempts": 429,
    "auth.cross_site": 403,
    "device.unknown": 401,
    "device.revoked": 403,
    "not_found": 404,
    "unavailable": 503,
    "photos.storage_unavailable": 503,
    "photos.storage_full": 503,
    "photos.missing": 404,
    "photos.no_upload": 404,
    "photos.wrong_offset": 409,
    "photos.wrong_hash": 460,
    "photos.wrong_checksum": 460,
    "photos.upload_too_large": 413,
    "photos.too_many_uploads": 429,
    "photos.bad_upload": 400,
    "photos.tus_version": 412,
    "photos.other_content_type": 415,
    "form.unknown": 404,
    "form.version_already_published": 409,
    "form.draft_settled": 409,
    "form.published_meanwhile": 409,
    "form.breaks_answers": 409,
    "visit_type.taken": 409,
    "visit_type.form_taken": 409,
    "quarantine.still_refused": 409,
    "quarantine.not_open": 409,
    "conflict.not_open": 409,
    "conflict.not_decided": 409,
    "conflict.changed": 409,
    "review.not_returnable": 409,
    "request.changed": 409,
    "users.taken": 409,
    "assignment.decided": 409,
    "day_off.noted": 409,
    "team.changed": 409,
    "team.in_use": 409,
    "campaign.changed": 409,
    "campaign.finished": 409,
    "assignment.settled": 409,
    "double.changed": 409,
    "double.done_stays": 409,
    "enrolment.code_unknown": 404,
    "enrolment.code_used": 409,
    "sync.app_too_old": 412,
    "sync.bad_cursor": 400,
    "sync.reset": 409,
    "sync.unreadable": 400,
    "sync.batch_too_large": 413,
    "sync.fell_silent": 408,
    "sync.too_many_requests": 429,
    "sync.overloaded": 503,
}


# What a unique key that two callers wanted at once means; looking before writing finds all others. PostgreSQL names
# the key; on SQLite writers come one after the other, so that the second one sees the first.
PROBLEM_BY_UNIQUE_KEY = {
    "uq_user_account_username_key": (
        "users.taken", "Bu kullanıcı adı başka bir hesapta kullanılıyor. Başka bir ad seçin."
    ),
    "uq_form_version_form_id_version": (
        "form.version_already_published", "Bu sürüm az önce yayımlandı. Sayfayı yenileyip form listesine bakın."
    ),
    "pk_visit_type": (
        "visit_type.taken", "Bu kodla bir ziyaret türü az önce eklendi. Sayfayı yenileyip listeye bakın."
    ),
    "pk_form": (
        "form.version_already_published", "Bu form az önce yayımlandı. Sayfayı yenileyip form listesine bakın."
    ),
}  # fmt: skip


def problem(status: int, code: str, detail: str, **extra: Any) -> Response[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Build the response of one problem."""
    wait_s = extra.get("retry_after_s", jittered(_LONGER_RETRY_AFTER_S.get(code, RETRY_AFTER_S)))
    headers = {"Retry-After": str(wait_s)} if status in {429, 503} else {}
    body = {
        "type": f"urn:saha:problem:{code}",
        "title": _TITLES.get(status, "Hata"),
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=headers)


def where(request: Request[Any, Any, Any]) -> str:
    """Name the route for the log: its template, because the path itself may hold a tablet's key."""
    return f"{request.method} {request.scope.get('path_template', 'unknown path')}"


def domain_problem(request: Request[Any, Any, Any], error: SahaError) -> Response[dict[str, Any]]:
    """Answer an error the domain raised on purpose; `cause` is for the log, not for whoever asked."""
    facts = dict(error.facts)
    cause = facts.pop("cause", None)
    if cause is not None:
        log.error("%s on %s: %s", error.code, where(request), cause)
    return problem(STATUS_BY_CODE.get(error.code, 422), error.code, error.sentence, **facts)


def http_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """Answer what the framework refuses (unknown path, wrong method, bad parameters)."""
    if isinstance(error, ValidationException):
        return problem(400, "request.invalid", "Gönderilen bilgiler anlaşılamadı.", fields=error.extra)
    status = error.status_code
    return problem(status, f"http.{status}", _SENTENCES.get(status, _TITLES.get(status, "Hata")))


def database_problem(request: Request[Any, Any, Any], error: DBAPIError | PoolTimeout) -> Response[dict[str, Any]]:
    """Answer that nothing is stored, so that the caller sends the same again, or why that would not help."""
    if isinstance(error, DataError):
        # What PostgreSQL has no room for, a NUL character above all; SQLite would take it.
        return problem(400, "request.invalid", "Gönderilen bilgiler anlaşılamadı.", fields=[])
    if isinstance(error, IntegrityError):
        key = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if key in PROBLEM_BY_UNIQUE_KEY:
            code, sentence = PROBLEM_BY_UNIQUE_KEY[key]
            return problem(STATUS_BY_CODE[code], code, sentence)
    log.error("database failure on %s", where(request), exc_info=error)
    return domain_problem(request, Unavailable())


def unexpected_problem(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Anything nobody foresaw: logged whole, shown without its insides."""
    log.error("unexpected failure on %s", where(request), exc_info=error)
    return problem(500, "unexpected", _SENTENCES[500])


EXCEPTION_HANDLERS: dict[Any, Any] = {
    SahaError: domain_problem,
    HTTPException: http_problem,
    DBAPIError: database_problem,
    PoolTimeout: database_problem,
    Exception: unexpected_problem,
}
