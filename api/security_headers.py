"""What browsers may do with our pages: a strict content policy, no framing, no sniffing, https once it was https.

Tiles and an S3 that photos might be redirected to are other origins; they enter the policy from the settings alone.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from litestar.types import Message, Scope

from foundation.settings import Settings

# Two years, as browsers' preload lists want it.
_HSTS = "max-age=63072000"


def content_policy(settings: Settings) -> str:
    """Write the Content-Security-Policy of the pages."""
    tiles = _origin(settings.tile_url)
    photos = _origin(settings.s3_endpoint) if settings.photo_storage == "s3" else ""
    others = "".join(f" {origin}" for origin in (tiles, photos) if origin)
    return "; ".join(
        (
            "default-src 'self'",
            # The form engine runs WebAssembly.
            "script-src 'self' 'wasm-unsafe-eval'",
            # Map libraries place their markers by inline style.
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob:{others}",
            f"connect-src 'self'{others}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def security_headers(settings: Settings) -> dict[str, str]:
    """Make the headers that every response carries."""
    headers = {
        "Content-Security-Policy": content_policy(settings),
        "X-Content-Type-Options": "nosniff",
        # What names persons stays in no browser's cache after signing out; what may be kept says so itself.
        "Cache-Control": "no-store",
        # Signed links must not leave with a click on somebody else's link.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    }
    if settings.base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = _HSTS
    return headers


def raw_headers(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Write headers as the wire has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Add them before sending, to every response, those of unknown addresses too; what a route sets is left alone."""
    if message["type"] == "http.response.start":
        # On the raw pairs: in Litestar's headers each look by name goes through all of them.
        given = list(message["headers"])
        names = {name.lower() for name, _ in given}
        ours: list[tuple[bytes, bytes]] = scope["litestar_app"].state.security_headers
        message["headers"] = [*given, *(header for header in ours if header[0] not in names)]


def _origin(url: str) -> str:
    """Cut an address down to its origin; `{s}` in a tile address stands for any host label."""
    parts = urlsplit(url.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else ""
