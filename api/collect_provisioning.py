"""The QR code that sets up ODK Collect: its settings as JSON, deflated, in base64 (Collect's own format).

The server address carries the key, so the code is as secret as a password and is shown once.
"""

import zlib
from base64 import b64encode

import msgspec

from api.qr_codes import draw_qr_code
from foundation.settings import Settings


class CollectSettings(msgspec.Struct, frozen=True):
    """What a tablet is set up with: the server address with its key, the settings, the QR code as SVG."""

    server_url: str
    settings_json: str
    qr_svg: str


def provision_collect(settings: Settings, token: str, project: str, *, door: str = "key") -> CollectSettings:
    """Make the settings of a tablet whose key is `token`; `project` is the name Collect shows.

    `door`: `key` for a worker's tablet, `draft` for trying out a draft.
    """
    server_url = f"{settings.base_url}/openrosa/{door}/{token}"
    wanted = {
        "general": {
            "protocol": "odk_default",
            "server_url": server_url,
            "form_update_mode": "match_exactly",
            "automatic_update": True,
            "autosend": "wifi_and_cellular",
            "app_language": "tr",
        },
        "admin": {},
        "project": {"name": project},
    }
    settings_json = msgspec.json.encode(wanted).decode()
    packed = b64encode(zlib.compress(settings_json.encode(), 9)).decode()
    return CollectSettings(server_url, settings_json, draw_qr_code(packed))
