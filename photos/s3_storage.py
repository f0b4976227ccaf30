"""Photos in any S3: AWS, Ceph RGW, SeaweedFS, Garage, Swift; `s3_connection` says how it is spoken to.

One PUT is atomic, so nothing half-written is ever visible. What is still on its way lies in `s3_stretches`.
"""

import hashlib
import io
import secrets
import tempfile
from collections.abc import Sequence
from http import HTTPStatus
from typing import IO, BinaryIO, Literal, TypedDict, cast

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
from photos.storage_errors import PhotoDamaged, PhotoMissing, StorageUnavailable, storage_failure
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
            raise storage_failure("geçici klasör", error) from error
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
            # Over what lies there already only where that is not the content that it is named after.
            for put in (self._put_new_original, self._put_original):
                if put(key, incoming) or self._is_whole(sha256):
                    return sha256
        # Not removed: if S3 lied when it was read, it may be a photo that somebody else has relied on for long.
        raise StorageUnavailable(f"S3: {key} is not what was put there")

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
        try:
            return self._fetch(sha256, variant)
        except PhotoDamaged:
            # It may have been damaged on its way here only, and a photo that is called damaged stays so.
            return self._fetch(sha256, variant)

    def _fetch(self, sha256: str, variant: str) -> BinaryIO:
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
            raise storage_failure("geçici dosya yazılamadı", error) from error
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

    def _put_new_original(self, key: str, incoming: IncomingPhoto) -> bool:
        """Put unless the key is taken; True where S3 names what it stored by the hash of what it was sent."""
        if incoming.byte_size >= _MULTIPART_FROM_BYTES:
            return self._size_or_none(key) is None and self._upload_in_parts(key, incoming)
        return _is_md5(self._put_if_new(key, body_of(incoming)), incoming)

    def _put_original(self, key: str, incoming: IncomingPhoto) -> bool:
        """Put in place of what lies there; True as for a new one."""
        if incoming.byte_size >= _MULTIPART_FROM_BYTES:
            return self._upload_in_parts(key, incoming)
        return _is_md5(self._put(key, body_of(incoming)), incoming)

    def _is_whole(self, sha256: str) -> bool:
        """Read an original back and say whether it is what it is named after."""
        try:
            self.open_binary(sha256).close()
        except (PhotoMissing, PhotoDamaged):
            return False
        return True

    def _put(self, key: str, body: bytes | IO[bytes]) -> str:
        """Put, and return the ETag."""
        with s3_trouble():
            return self._client.put_object(Bucket=self._bucket, Key=key, Body=body)["ETag"]

    def _put_if_new(self, key: str, body: bytes | IO[bytes]) -> str | None:
        """Put unless the key is taken (then None): saves no bytes, but nothing is ever replaced by accident."""
        with s3_trouble():
            try:
                return self._client.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")["ETag"]
            except ClientError as error:
                status = status_of(error)
                if status in {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT}:
                    return None
                if status != HTTPStatus.NOT_IMPLEMENTED:
                    raise
        # An S3 without conditional writes: same key, same content.
        rewind(body)
        return self._put(key, body)

    def _upload_in_parts(self, key: str, incoming: IncomingPhoto) -> Literal[False]:
        """Put as a multipart upload, whose ETag is no hash of the whole."""
        body = body_of(incoming)
        file = io.BytesIO(body) if isinstance(body, bytes) else body
        with s3_trouble():
            self._client.upload_fileobj(file, self._bucket, key, Config=_MULTIPART)
        return False

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
            if not (self._put_if_new(key, b"bir") and self._put_if_new(key, b"iki") is None):
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


def _is_md5(etag: str | None, incoming: IncomingPhoto) -> bool:
    """Say whether S3 names what was sent; where it encrypts by keys of its own, an ETag is something else."""
    digest = hashlib.md5(usedforsecurity=False)
    for piece in incoming.held():
        digest.update(piece)
    return etag is not None and etag.strip('"') == digest.hexdigest()
