"""What everything that speaks to S3 shares: the client, its rules, and how its troubles are told. Only here is boto3.

Signature version, addressing and checksums are said explicitly: the defaults of boto3 suit AWS alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import IO, TYPE_CHECKING

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from foundation.settings import Settings
from photos.incoming import IncomingPhoto
from photos.pieces import PIECE_BYTES, Readable
from photos.storage_errors import StorageFull, StorageUnavailable

if TYPE_CHECKING:  # the stubs are a tool of development
    from mypy_boto3_s3 import S3Client


_CLIENT_RULES = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path", "payload_signing_enabled": True},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
    tcp_keepalive=True,
)
_LONGEST_CONNECTING_S = 3
_making_a_client = Lock()
# What an S3 says when there is no room, beside 507: Ceph's quotas, those of MinIO's kin.
_FULL = frozenset({"QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage"})


class Body:
    """The body of an answer, whose troubles are told in our words while it is being read."""

    def __init__(self, body: Readable) -> None:
        self._body = body

    def read(self, amount: int = PIECE_BYTES, /) -> bytes:
        """Read the next bytes. Raises `StorageUnavailable`."""
        with s3_trouble():
            return self._body.read(amount)

    def close(self) -> None:
        """Give the connection back."""
        self._body.close()


def connect(settings: Settings) -> "S3Client":
    """Make a client for these settings; nothing is asked yet."""
    # A sender waits for this, and holds one of our threads: better a 503 after seconds than an answer after minutes.
    timeouts = Config(
        connect_timeout=min(_LONGEST_CONNECTING_S, settings.s3_timeout_s), read_timeout=settings.s3_timeout_s
    )
    # A session of ours, with a lock: making a client is not safe while another thread does. One for all, because the
    # first client of a session reads megabytes of descriptions of services.
    with _making_a_client:
        return _session().client(
            "s3",
            endpoint_url=settings.s3_endpoint or None,
            region_name=settings.s3_region,
            aws_access_key_id=settings.s3_access_key or None,
            aws_secret_access_key=settings.s3_secret_key or None,
            config=_CLIENT_RULES.merge(timeouts),
        )


@cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()


@contextmanager
def s3_trouble() -> Iterator[None]:
    """Tell whatever goes wrong inside as `StorageUnavailable`."""
    try:
        yield
    except ClientError as error:
        kind = StorageFull if _says_full(error) else StorageUnavailable
        raise kind(f"S3: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageUnavailable(f"S3: {error}") from error


def status_of(error: ClientError) -> int:
    """Tell the HTTP status of a refusal; 0 where there was none."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _says_full(error: ClientError) -> bool:
    return status_of(error) == HTTPStatus.INSUFFICIENT_STORAGE or error.response.get("Error", {}).get("Code") in _FULL


def names_the_key(error: ClientError) -> bool:
    """Say whether it is the object that is not there, not the bucket."""
    return error.response.get("Error", {}).get("Code") == "NoSuchKey"


def body_of(incoming: IncomingPhoto) -> bytes | IO[bytes]:
    """Give what has arrived as boto3 takes it."""
    if incoming.spilled is None:
        return b"".join(incoming.pieces)
    incoming.spilled.seek(0)
    return incoming.spilled


def rewind(body: bytes | IO[bytes]) -> None:
    """Go back to the beginning, for a second try."""
    if not isinstance(body, bytes):
        body.seek(0)
