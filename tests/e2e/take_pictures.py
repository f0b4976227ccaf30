"""Takes the pictures of the README from the pages as they are: `python -m tests.e2e.take_pictures URL`.

Needs a running server with the demo municipality; the password comes from SAHA_DEMO_PASSWORD or `var/demo-password`.
"""

import argparse
import os
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import DESKTOP, PHONE, TABLET, Theme, a_visitor, first_row_link, open_page, sign_in
from tests.e2e.tablet_pictures import PICTURES, take_tablet, write_small

ROOT = Path(__file__).resolve().parents[2]


class Server(NamedTuple):
    """Where the pictures are taken."""

    url: str
    password: str


class Shot(NamedTuple):
    """One picture: of which page (or the first row of that list), as whom, how wide, in which theme."""

    name: str
    path: str
    username: str = "koordinator"
    window: tuple[int, int] = DESKTOP
    theme: Theme = "light"
    of_first_row: bool = False
    plans: bool = False


TALL = (1280, 1400)

SHOTS = [
    Shot("harita", "/harita"),
    Shot("harita-koyu", "/harita?show=requests", theme="dark"),
    Shot("harita-telefon", "/harita", window=PHONE),
    Shot("ziyaretler", "/ziyaretler"),
    Shot("ziyaretler-tablet", "/ziyaretler", username="saha", window=TABLET),
    Shot("ziyaretler-telefon", "/ziyaretler", username="saha", window=PHONE),
    Shot("ziyaret", "/ziyaretler?has_findings=yes", of_first_row=True),
    Shot("inceleme-koyu", "/incelenecekler", theme="dark", of_first_row=True),
    Shot("talepler", "/talepler", username="mudurluk"),
    Shot("talep", "/talepler", of_first_row=True),
    Shot("talep-telefon", "/talepler", window=PHONE, theme="dark", of_first_row=True),
    Shot("karantina", "/karantina?state=all"),
    Shot("formlar", "/formlar"),
    Shot("form-yayimla", "/formlar/yayimla"),
    Shot("tabletler", "/tabletler"),
    Shot("ekip-bolgeleri", "/tabletler/bolgeler"),
    Shot("cakismalar", "/cakismalar"),
    Shot("ziyaret-listeleri", "/ziyaret-listeleri"),
    Shot("ziyaret-hedefleri", "/ziyaret-listeleri/hedefler"),
    Shot("gunun-plani", "/ziyaret-listeleri/gunun-plani", window=TALL, plans=True),
    Shot("kampanyalar", "/kampanyalar"),
    Shot("ekipler", "/ekipler"),
    Shot("canli-durum", "/ekipler/canli"),
    Shot("ziyaret-turleri", "/formlar/turler"),
    Shot("kullanicilar", "/kullanicilar", username="admin"),
]


def take(browser: Browser, server: Server, shot: Shot) -> Path:
    """Take one picture and return where it lies."""
    with a_visitor(browser, server, theme=shot.theme, window=shot.window) as page:
        sign_in(page, server, shot.username, start=shot.path)
        if shot.of_first_row:
            open_page(page, first_row_link(page))
        if shot.plans:
            page.get_by_role("button", name="Planla", exact=True).click()
            page.get_by_role("button", name="Planı uygula").wait_for()
        page.mouse.move(0, 0)  # nothing under the pointer, nothing lit up
        page.evaluate("document.fonts.ready.then(() => true)")
        return write_small(page.screenshot(), shot.name)


def quarrel(server: Server) -> None:
    """Have two tablets contradict each other, so that the page of conflicts shows one. Sample data, as all of it."""
    desk = OfficeDesk(server.url, server.password)
    first, second = desk.enrol("Örnek tablet 1"), desk.enrol("Örnek tablet 2")
    target = first.a_target()
    first.change(target, {"telefon": "+905320000001", "not": "Kapı zili çalışmıyor"})
    second.change(target, {"telefon": "+905320000002", "not": "Zemin kat, bahçe kapısından girilir"})


def main() -> None:
    """Take all pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    arguments.add_argument("--of", choices=["all", "office", "tablet"], default="all")
    arguments.add_argument("--chromium", default="/usr/bin/chromium")
    given = arguments.parse_args()
    kept = ROOT / "var" / "demo-password"
    password = os.environ.get("SAHA_DEMO_PASSWORD") or kept.read_text(encoding="utf-8").strip()
    PICTURES.mkdir(parents=True, exist_ok=True)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=given.chromium, args=[*sandbox, "--lang=tr"], env={**os.environ, "LANGUAGE": "tr"}
        )
        if given.of != "office":
            for written in take_tablet(browser, given.url, password):
                print(written.relative_to(ROOT), flush=True)  # noqa: T201 - a command reports
        if given.of != "tablet":
            quarrel(Server(given.url, password))
            for shot in SHOTS:
                print(take(browser, Server(given.url, password), shot).relative_to(ROOT))  # noqa: T201 - as above
        browser.close()


if __name__ == "__main__":
    main()
