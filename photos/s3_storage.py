"""Photos in any S3: AWS, Ceph RGW, SeaweedFS, Garage, Swift. The only file that knows boto3.

One PUT is atomic, so nothing half-written is ever visible. Signature version, addressing and checksums are said
explicitly: the defaults of boto3 suit AWS alone.
"""

import hashlib
import io
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, BinaryIO, TypedDict, cast

import boto3
import msgspec
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from foundation.settings import Settings
from photos.addresses import ORIGINAL, VARIANTS, place_of
from photos.incoming import IncomingPhoto, open_waiting_room
from photos.inspection import MAX_PHOTO_BYTES
from photos.pieces import PIECE_BYTES, Pieces, Readable
from photos.storage_check import StorageCheck
from photos.storage_errors import PhotoDamaged, PhotoMissing, StorageUnavailable
from photos.storage_probe import UnexpectedAnswer, check_everyday_use, run_check

if TYPE_CHECKING:  # the stubs are a tool of development
    from mypy_boto3_s3 import S3Client

_MULTIPART_FROM_BYTES = 16 * 1024 * 1024
_MULTIPART = TransferConfig(
    multipart_threshold=_MULTIPART_FROM_BYTES, multipart_chunksize=_MULTIPART_FROM_BYTES, use_threads=False
)
# A sender waits for this, and holds one of our threads: better a 503 after seconds than an answer after minutes.
_CLIENT_RULES = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path", "payload_signing_enabled": True},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
    tcp_keepalive=True,
)


class _Part(TypedDict, total=False):
    Range: str


class S3Storage:
    """Photos in the bucket of `settings`, which must be there. Without keys boto3 asks its usual places for them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bucket = settings.s3_bucket
        self._client = _connect(settings)
        try:
            self._incoming = open_waiting_room(settings.data_dir.absolute() / "incoming-photos")
        except OSError as error:
            raise StorageUnavailable(f"geçici klasör: {error}") from error

    def new_incoming(self) -> IncomingPhoto:
        """Begin to take a photo; a large one waits in a folder of this machine."""
        return IncomingPhoto(self._incoming)

    def keep(self, incoming: IncomingPhoto) -> str:
        """Keep the original; see `PhotoStorage.keep`."""
        with incoming:
            if not incoming.is_whole:
                raise ValueError("a photo that was too large, given up or kept already cannot be kept")
            sha256 = incoming.sha256
            key = place_of(sha256, ORIGINAL)
            if incoming.byte_size >= _MULTIPART_FROM_BYTES:
                self._upload_in_parts(incoming, key)
            elif not self._put_if_new(key, _body_of(incoming)) and self._size_or_none(key) != incoming.byte_size:
                # Something else lies under the key of this content, so it is not that content.
                self._put(key, _body_of(incoming))
            return sha256

    def put_variant(self, sha256: str, variant: str, data: bytes) -> None:
        """Keep a picture made from the original, in place of an earlier one."""
        self._put(place_of(sha256, variant), data)

    def read(self, sha256: str, variant: str = ORIGINAL, start: int = 0, end: int | None = None) -> Pieces:
        """Iterate over some bytes; see `PhotoStorage.read`."""
        byte_size = self.byte_size(sha256, variant)
        end = byte_size if end is None else min(end, byte_size)
        if variant == ORIGINAL and (start, end) == (0, byte_size):
            return Pieces(self.open_binary(sha256), byte_size)
        if start >= end:
            return Pieces(io.BytesIO(), 0)
        return Pieces(self._get(sha256, variant, {"Range": f"bytes={start}-{end - 1}"}), end - start)

    def open_binary(self, sha256: str, variant: str = ORIGINAL) -> BinaryIO:
        """Fetch into memory, or a file where it is large; see `PhotoStorage.open_binary`."""
        # Closed by whoever asked for it, or below when it is not what it should be.
        copy = tempfile.SpooledTemporaryFile(max_size=_MULTIPART_FROM_BYTES, dir=str(self._incoming))  # noqa: SIM115
        try:
            digest = hashlib.sha256()
            for piece in Pieces(self._get(sha256, variant, {}), MAX_PHOTO_BYTES):
                digest.update(piece)
                copy.write(piece)
            if variant == ORIGINAL and digest.hexdigest() != sha256:
                raise PhotoDamaged(sha256)  # noqa: TRY301 - the copy is closed below, as for every error
            copy.seek(0)
        except OSError as error:
            copy.close()
            raise StorageUnavailable(f"geçici dosya yazılamadı: {error}") from error
        except BaseException:
            copy.close()
            raise
        return cast("BinaryIO", copy)

    def byte_size(self, sha256: str, variant: str = ORIGINAL) -> int:
        """Tell the size in bytes. Raises `PhotoMissing`."""
        byte_size = self._size_or_none(place_of(sha256, variant))
        if byte_size is None:
            raise PhotoMissing(sha256, variant)
        return byte_size

    def delete(self, sha256: str) -> None:
        """Remove the original and its variants."""
        for variant in VARIANTS:
            with _s3_trouble():
                self._client.delete_object(Bucket=self._bucket, Key=place_of(sha256, variant))

    def probe(self) -> Sequence[StorageCheck]:
        """Try what we need of the endpoint, and that it lets nobody else in."""
        return [
            *check_everyday_use(self),
            run_check("koşullu yazma", self._check_conditional_write),
            run_check("imza denetimi", self._check_signature),
        ]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _put(self, key: str, body: bytes | IO[bytes]) -> None:
        with _s3_trouble():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    def _put_if_new(self, key: str, body: bytes | IO[bytes]) -> bool:
        """Put unless the key is taken: saves no bytes, but what lies there is never replaced by accident."""
        with _s3_trouble():
            try:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
            except ClientError as error:
                status = _status_of(error)
                if status == HTTPStatus.NOT_IMPLEMENTED:  # an S3 without conditional writes: same key, same content
                    _rewind(body)
                    self._client.put_object(Bucket=self._bucket, Key=key, Body=body)
                    return True
                if status in {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT}:
                    return False
                raise
        return True

    def _upload_in_parts(self, incoming: IncomingPhoto, key: str) -> None:
        if self._size_or_none(key) == incoming.byte_size:
            return
        body = _body_of(incoming)
        file = io.BytesIO(body) if isinstance(body, bytes) else body
        with _s3_trouble():
            self._client.upload_fileobj(file, self._bucket, key, Config=_MULTIPART)

    def _get(self, sha256: str, variant: str, part: _Part) -> Readable:
        with _s3_trouble():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=place_of(sha256, variant), **part)
            except ClientError as error:
                if _status_of(error) == HTTPStatus.NOT_FOUND and _names_the_key(error):
                    raise PhotoMissing(sha256, variant) from error
                raise
        return _Body(answer["Body"])

    def _size_or_none(self, key: str) -> int | None:
        with _s3_trouble():
            try:
                return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
            except ClientError as error:
                if _status_of(error) != HTTPStatus.NOT_FOUND:
                    raise
                # A HEAD has no words: without asking, a bucket that is gone would look like a photo that is gone.
                self._client.head_bucket(Bucket=self._bucket)
                return None

    def _check_conditional_write(self) -> str:
        key = f"probe/{secrets.token_hex(16)}"
        try:
            if not (self._put_if_new(key, b"bir") and not self._put_if_new(key, b"iki")):
                raise UnexpectedAnswer("If-None-Match dikkate alınmıyor; var olan dosyanın üzerine yazılabiliyor")
        finally:
            with _s3_trouble():
                self._client.delete_object(Bucket=self._bucket, Key=key)
        return "var olan dosyanın üzerine yazılmıyor"

    def _check_signature(self) -> str:
        forged = _connect(msgspec.structs.replace(self._settings, s3_secret_key=secrets.token_hex(20)))
        try:
            forged.list_objects_v2(Bucket=self._bucket, MaxKeys=1)
        except ClientError as error:
            if _status_of(error) == HTTPStatus.FORBIDDEN:
                return "yanlış anahtarla imzalanan istek reddediliyor"
            raise UnexpectedAnswer(f"yanlış anahtara beklenmeyen yanıt: {error}") from error
        except BotoCoreError as error:
            raise StorageUnavailable(str(error)) from error
        finally:
            forged.close()
        raise UnexpectedAnswer("yanlış anahtarla imzalanan istek kabul edildi; depo herkese açık olabilir")


class _Body:
    """The body of an answer, whose troubles are told in our words while it is being read."""

    def __init__(self, body: Readable) -> None:
        self._body = body

    def read(self, amount: int = PIECE_BYTES, /) -> bytes:
        with _s3_trouble():
            return self._body.read(amount)

    def close(self) -> None:
        self._body.close()


def _connect(settings: Settings) -> "S3Client":
    # A session of its own: boto3's default one is not safe to use while several threads start.
    return boto3.session.Session().client(
        "s3",
        endpoint_url=settings.s3_endpoint or None,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key or None,
        aws_secret_access_key=settings.s3_secret_key or None,
        config=_CLIENT_RULES,
    )


@contextmanager
def _s3_trouble() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        raise StorageUnavailable(f"S3: {error}") from error


def _status_of(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _names_the_key(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") == "NoSuchKey"


def _body_of(incoming: IncomingPhoto) -> bytes | IO[bytes]:
    if incoming.spilled is None:
        return b"".join(incoming.pieces)
    incoming.spilled.seek(0)
    return incoming.spilled


def _rewind(body: bytes | IO[bytes]) -> None:
    if not isinstance(body, bytes):
        body.seek(0)
