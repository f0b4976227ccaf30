"""Unfinished uploads in S3: one object for each stretch, below `uploads/`.

Not the parts of an S3 multipart upload: those must have 5 MiB, cannot be read back before they are joined, and joining
them puts the photo in its place before anybody has hashed it. An object of any size costs no more, is durable when its
PUT is answered, and lets a break cost nothing here either.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from photos.incoming import IncomingPhoto
from photos.pieces import Pieces
from photos.s3_connection import Body, body_of, names_the_key, s3_trouble, status_of
from photos.stretch_storage import StretchGone

if TYPE_CHECKING:  # the stubs are a tool of development
    from mypy_boto3_s3 import S3Client

_FOLDER = "uploads/"
# As `addresses.place_of` writes them: others may use the bucket, too.
_PHOTO_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]/[0-9a-f]{64}")


class S3Stretches:
    """Stretches in `bucket`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, name: str, incoming: IncomingPhoto) -> None:
        """Keep the bytes; see `StretchStorage.put`."""
        with incoming, s3_trouble():
            if not incoming.is_whole:
                raise ValueError("bytes that were too many, given up or kept already cannot be kept")
            self._client.put_object(Bucket=self._bucket, Key=_FOLDER + name, Body=body_of(incoming))

    def read(self, name: str) -> Pieces:
        """Iterate over the bytes. Raises `StretchGone`."""
        with s3_trouble():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=_FOLDER + name)
            except ClientError as error:
                if status_of(error) == HTTPStatus.NOT_FOUND and names_the_key(error):
                    raise StretchGone(name) from error
                raise
        return Pieces(Body(answer["Body"]), answer["ContentLength"])

    def remove(self, names: Iterable[str]) -> None:
        """Remove these objects."""
        for name in names:
            with s3_trouble():
                self._client.delete_object(Bucket=self._bucket, Key=_FOLDER + name)

    def list_older_than(self, moment: datetime) -> Iterator[str]:
        """Name the objects last written before `moment`, by the clock of S3."""
        with s3_trouble():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=_FOLDER):
                for entry in page.get("Contents", ()):
                    if entry["LastModified"] < moment:
                        yield entry["Key"].removeprefix(_FOLDER)

    def clear_abandoned(self, before: datetime) -> int:
        """Abort the multipart uploads of large photos whose process did not live to end them."""
        aborted = 0
        with s3_trouble():
            for page in self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < before and _PHOTO_KEY.fullmatch(upload["Key"]):
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
                        aborted += 1
        return aborted
