"""Requests whose JSON is read with distrust: what the framework's decoder fails at is the caller's mistake."""

from typing import Any

from litestar import Request
from litestar.exceptions import ValidationException


class DistrustingRequest(Request[Any, Any, Any]):
    """A request whose `json` answers for bytes that are not UTF-8 and for nesting without end, too."""

    async def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body as JSON. Raises `ValidationException`, as for any other JSON that is none."""
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError) as error:
            raise ValidationException from error
