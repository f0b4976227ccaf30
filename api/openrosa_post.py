"""Reading what ODK Collect posts: one part `xml_submission_file`, photos named by their file names, `*isIncomplete*`.

The body is parsed as it arrives; photos go straight into `IncomingPhoto`, never whole into one more buffer. What the
XML means is no business of this file; `service_requests/intake.py` reads it.
"""

from collections.abc import AsyncIterator, Callable

import msgspec
import multipart

from foundation.errors import SahaError
from photos.incoming import IncomingPhoto

XML_PART = "xml_submission_file"
INCOMPLETE_PART = "*isIncomplete*"
# Collect splits its posts so that each stays below this; announced in every response.
ACCEPTED_BYTES = 100 * 1024 * 1024
# An XML longer than the reader takes (5 MiB) is refused but kept up to here: it may be a field worker's work.
LONGEST_KEPT_XML = 25 * 1024 * 1024
MOST_PARTS = 300


class UnreadablePost(SahaError):
    """The post is no OpenRosa submission at all: nothing in it can be kept."""

    code = "openrosa.unreadable_post"


class PostTooLarge(SahaError):
    """More bytes than we announce to take."""

    code = "openrosa.post_too_large"

    def __init__(self) -> None:
        super().__init__("Gönderi çok büyük. Fotoğrafları küçültüp yeniden gönderin.")


class SubmissionPost(msgspec.Struct):
    """One post: the XML, the photos that came with it by file name, and whether more posts follow."""

    xml: bytes = b""
    photos: list[tuple[str, IncomingPhoto]] = []
    is_complete: bool = True

    def discard(self) -> None:
        """Give up what the photos hold."""
        for _, photo in self.photos:
            photo.discard()


class _Reader:
    """Sorts the parts of one post into a `SubmissionPost`."""

    def __init__(self, new_incoming: Callable[[], IncomingPhoto]) -> None:
        self.post = SubmissionPost(photos=[])
        self.xml_parts = 0
        self._new_incoming = new_incoming
        self._xml = bytearray()
        self._photo: IncomingPhoto | None = None

    def start(self, segment: multipart.MultipartSegment) -> None:
        self._photo = None
        if segment.name == XML_PART:
            self.xml_parts += 1
        elif segment.name == INCOMPLETE_PART:
            self.post.is_complete = False
        else:
            self._photo = self._new_incoming()
            file_name = (segment.filename or segment.name).replace("\0", "")  # which PostgreSQL does not take
            self.post.photos.append((file_name, self._photo))

    def take(self, name: str, chunk: bytes) -> None:
        if self._photo is not None:
            self._photo.write(chunk)
        elif name == XML_PART:
            self._xml += chunk
            if len(self._xml) > LONGEST_KEPT_XML:
                raise PostTooLarge

    def end(self) -> SubmissionPost:
        if self.xml_parts != 1:
            raise UnreadablePost("Gönderide tam olarak bir form (xml_submission_file) olmalı. Uygulamayı güncelleyin.")
        self.post.xml = bytes(self._xml)
        return self.post


def _boundary(content_type: str) -> str:
    media_type, options = multipart.parse_options_header(content_type)
    boundary = str(options.get("boundary", ""))
    if media_type != "multipart/form-data" or not boundary:
        raise UnreadablePost("Gönderi anlaşılamadı: multipart/form-data bekleniyor. Uygulamayı güncelleyin.")
    return boundary


async def read_submission_post(
    content_type: str, chunks: AsyncIterator[bytes], new_incoming: Callable[[], IncomingPhoto]
) -> SubmissionPost:
    """Read one post from `chunks`.

    Raises `UnreadablePost` (not multipart, cut off, no or two XML parts), `PostTooLarge`, and what `new_incoming`'s
    photos raise when the disk is full. Whatever is raised, the photos read so far are discarded.
    """
    reader = _Reader(new_incoming)
    try:
        parser = multipart.PushMultipartParser(
            _boundary(content_type), max_segment_count=MOST_PARTS, max_header_size=8192
        )
        await _feed(parser, chunks, reader)
        return reader.end()
    except multipart.MultipartError as error:
        reader.post.discard()
        raise UnreadablePost("Gönderi yarım kalmış ya da bozuk. Yeniden gönderin.") from error
    except BaseException:
        reader.post.discard()
        raise


async def _feed(parser: multipart.PushMultipartParser, chunks: AsyncIterator[bytes], reader: _Reader) -> None:
    received = 0
    name = ""
    async for chunk in chunks:
        received += len(chunk)
        if received > ACCEPTED_BYTES:
            raise PostTooLarge
        if not chunk:
            continue
        for event in parser.parse(chunk):
            if isinstance(event, multipart.MultipartSegment):
                name = event.name
                reader.start(event)
            elif event:
                reader.take(name, bytes(event))
    parser.close()
