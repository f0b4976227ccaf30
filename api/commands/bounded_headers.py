"""uvicorn's HTTP over httptools, with an end to how long the head of a request may be.

httptools gathers a header until it is complete, so that a stranger could fill the memory with one that never ends.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Four times what others allow; our own addresses and cookies need two kilobytes.
LONGEST_HEAD_BYTES = 64 * 1024


class BoundedHeaders(HttpToolsProtocol):
    """Closes a connection whose request line and headers are longer than `LONGEST_HEAD_BYTES`."""

    _head_bytes = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        """Parse what came, and count it while the head is incomplete."""
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._in_head else 0
        if self._head_bytes > LONGEST_HEAD_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head has ended."""
        self._in_head = False
        super().on_headers_complete()
