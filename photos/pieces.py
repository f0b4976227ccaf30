"""Bytes on their way out, in pieces that neither fill the memory nor leave files open."""

from typing import Protocol, Self

PIECE_BYTES = 256 * 1024


class Readable(Protocol):
    """What a file and the body of an S3 answer have in common."""

    def read(self, amount: int, /) -> bytes: ...  # noqa: D102 - as in io.RawIOBase

    def close(self) -> None: ...  # noqa: D102 - as in io.IOBase


class Pieces:
    """Iterates over the next `byte_count` bytes of `source` and closes it at the end, on errors and on `close`.

    Not a generator: one that is never started would not run its `finally`, and a client that goes away before the
    first byte would leave the file open.
    """

    def __init__(self, source: Readable, byte_count: int) -> None:
        self._source = source
        self._left = byte_count

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._left <= 0:
            self.close()
            raise StopIteration
        try:
            piece = self._source.read(min(PIECE_BYTES, self._left))
        except BaseException:
            self.close()
            raise
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the source; doing it twice is harmless."""
        self._source.close()
