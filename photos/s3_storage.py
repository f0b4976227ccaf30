"""Photos in any S3: AWS, Ceph RGW, SeaweedFS, Garage, Swift; `s3_connection` says how it is spoken to.

One PUT is atomic, so nothing half-written is ever visible. What is still on its way lies in `s3_stretches`.
"""

import hashlib
import io
import secrets
import tempfile
from collections.abc import Sequence
from http import HTTPStatus
from typing import IO, BinaryIO, TypedDict, cast

import msgspec
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from foundation.settings import Settings
from photos.addresses import ORIGINAL, VARIANTS, place_of
from photos.incoming import IncomingPhoto, open_waiting_room
from photos.inspection import MAX_PHOTO_BYTES
from photos.pieces import Pieces, Readable
from photos.s3_connection import Body, body_of, connect, names_the_key, rewind, s3_trouble, status_of
from photos.s3_stretches import S3Stretches
from photos.storage_check import StorageCheck
from photos.storage_errors import PhotoDamaged, PhotoMissing, StorageUnavailable
from photos.storage_probe import UnexpectedAnswer, check_everyday_use, check_stretches, run_check

_MULTIPART_FROM_BYTES = 16 * 1024 * 1024
_MULTIPART = TransferConfig(
    multipart_threshold=_MULTIPART_FROM_BYTES, multipart_chunksize=_MULTIPART_FROM_BYTES, use_threads=False
)


class _Part(TypedDict, total=False):
    Range: str


class S3Storage:
    """Photos in the bucket of `settings`, which must be there. Without keys boto3 asks its usual places for them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bucket = settings.s3_bucket
        self._client = connect(settings)
        try:
            self._incoming = open_waiting_room(settings.data_dir.absolute() / "incoming-photos")
        except OSError as error:
            raise StorageUnavailable(f"geçici klasör: {error}") from error
        self.stretches = S3Stretches(self._client, self._bucket)

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
            elif not self._put_if_new(key, body_of(incoming)) and self._size_or_none(key) != incoming.byte_size:
                # Something else lies under the key of this content, so it is not that content.
                self._put(key, body_of(incoming))
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
            with s3_trouble():
                self._client.delete_object(Bucket=self._bucket, Key=place_of(sha256, variant))

    def probe(self) -> Sequence[StorageCheck]:
        """Try what we need of the endpoint, and that it lets nobody else in."""
        return [
            *check_everyday_use(self),
            run_check("yarım yüklemeler", lambda: check_stretches(self)),
            run_check("koşullu yazma", self._check_conditional_write),
            run_check("imza denetimi", self._check_signature),
        ]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _put(self, key: str, body: bytes | IO[bytes]) -> None:
        with s3_trouble():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    def _put_if_new(self, key: str, body: bytes | IO[bytes]) -> bool:
        """Put unless the key is taken: saves no bytes, but what lies there is never replaced by accident."""
        with s3_trouble():
            try:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
            except ClientError as error:
                status = status_of(error)
                if status == HTTPStatus.NOT_IMPLEMENTED:  # an S3 without conditional writes: same key, same content
                    rewind(body)
                    self._client.put_object(Bucket=self._bucket, Key=key, Body=body)
                    return True
                if status in {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT}:
                    return False
                raise
        return True

    def _upload_in_parts(self, incoming: IncomingPhoto, key: str) -> None:
        if self._size_or_none(key) == incoming.byte_size:
            return
        body = body_of(incoming)
        file = io.BytesIO(body) if isinstance(body, bytes) else body
        with s3_trouble():
            self._client.upload_fileobj(file, self._bucket, key, Config=_MULTIPART)

    def _get(self, sha256: str, variant: str, part: _Part) -> Readable:
        with s3_trouble():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=place_of(sha256, variant), **part)
            except ClientError as error:
                if status_of(error) == HTTPStatus.NOT_FOUND and names_the_key(error):
                    raise PhotoMissing(sha256, variant) from error
                raise
        return Body(answer["Body"])

    def _size_or_none(self, key: str) -> int | None:
        with s3_trouble():
            try:
                return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
            except ClientError as error:
                if status_of(error) != HTTPStatus.NOT_FOUND:
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
            with s3_trouble():
                self._client.delete_object(Bucket=self._bucket, Key=key)
        return "var olan dosyanın üzerine yazılmıyor"

    def _check_signature(self) -> str:
        forged = connect(msgspec.structs.replace(self._settings, s3_secret_key=secrets.token_hex(20)))
        try:
            forged.list_objects_v2(Bucket=self._bucket, MaxKeys=1)
        except ClientError as error:
            if status_of(error) == HTTPStatus.FORBIDDEN:
                return "yanlış anahtarla imzalanan istek reddediliyor"
            raise UnexpectedAnswer(f"yanlış anahtara beklenmeyen yanıt: {error}") from error
        except BotoCoreError as error:
            raise StorageUnavailable(str(error)) from error
        finally:
            forged.close()
        raise UnexpectedAnswer("yanlış anahtarla imzalanan istek kabul edildi; depo herkese açık olabilir")
