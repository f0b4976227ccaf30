"""Links to photos that need no session: valid for minutes, for one photo and variant, and for one viewer.

An `<img>` cannot send our sign-in header, so the page that may show a photo signs a link to it. The viewer stands in
the link: one that is found in a log tells who it was made for, and is worth nothing soon after.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

# Keeps a signature made with the same key for another purpose from being a link.
_PURPOSE = b"saha photo link 1"


def sign_link(key: bytes, sha256: str, variant: str, expires_at: datetime, viewer: str) -> str:
    """Make the query string of a link that `viewer` may follow until `expires_at` (aware, whole seconds count)."""
    expires = str(int(expires_at.timestamp()))
    return urlencode({"v": viewer, "e": expires, "s": _signature(key, sha256, variant, expires, viewer)})


def verify_link(
    key: bytes, sha256: str, variant: str, query: str, *, at: datetime, viewer: str | None = None
) -> bool:  # fmt: skip
    """Tell whether `query` was signed by us for this photo and variant and is still valid `at` that moment.

    With `viewer` (where the asker is signed in) the link must also have been made for them.
    """
    fields = parse_qs(query, keep_blank_values=True)
    if sorted(fields) != ["e", "s", "v"] or any(len(values) != 1 for values in fields.values()):
        return False
    (expires,), (signature,), (signed_for,) = fields["e"], fields["s"], fields["v"]
    expected = _signature(key, sha256, variant, expires, signed_for)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return False
    return at.astimezone(UTC).timestamp() < int(expires) and viewer in {None, signed_for}


def _signature(key: bytes, *parts: str) -> str:
    # Lengths go in too: without them ("ab", "c") and ("a", "bc") would have one signature.
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return urlsafe_b64encode(hmac.digest(key, _PURPOSE + message, hashlib.sha256)).rstrip(b"=").decode()
