"""Takes the pictures of the README from the pages as they are: `python -m tests.e2e.take_pictures URL`.

Needs a running server with the demo municipality; the password comes from SAHA_DEMO_PASSWORD or `var/demo-password`.
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import DESKTOP, PHONE, TABLET, Theme, a_visitor, first_row_link, open_page, sign_in

ROOT = Path(__file__).resolve().parents[2]
PIN = "274913"
PICTURES = ROOT / "docs" / "pictures"


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
    Shot("kullanicilar", "/kullanicilar", username="admin"),
]


def take(browser: Browser, server: Server, shot: Shot) -> Path:
    """Take one picture and return where it lies."""
    with a_visitor(browser, server, theme=shot.theme, window=shot.window) as page:
        sign_in(page, server, shot.username, start=shot.path)
        if shot.of_first_row:
            open_page(page, first_row_link(page))
        page.mouse.move(0, 0)  # nothing under the pointer, nothing lit up
        page.evaluate("document.fonts.ready.then(() => true)")
        written = PICTURES / f"{shot.name}.png"
        page.screenshot(path=written)
    return written


def quarrel(server: Server) -> None:
    """Have two tablets contradict each other, so that the page of conflicts shows one. Sample data, as all of it."""
    desk = OfficeDesk(server.url, server.password)
    first, second = desk.enrol("Örnek tablet 1"), desk.enrol("Örnek tablet 2")
    target = first.a_target()
    first.change(target, {"telefon": "+905320000001", "not": "Kapı zili çalışmıyor"})
    second.change(target, {"telefon": "+905320000002", "not": "Zemin kat, bahçe kapısından girilir"})


def take_tablet(browser: Browser, server: Server) -> Iterator[Path]:
    """Enrol a tablet as the coordinator's QR does and take its pages, as a tablet and as a telephone in the dark."""
    looks: list[tuple[str, tuple[int, int], Theme]] = [("", TABLET, "light"), ("-telefon-koyu", PHONE, "dark")]
    for suffix, window, theme in looks:
        context = browser.new_context(
            locale="tr-TR", timezone_id="Europe/Istanbul", color_scheme=theme, has_touch=True,
            viewport={"width": window[0], "height": window[1]}, reduced_motion="reduce",
            geolocation={"latitude": 41.003, "longitude": 29.226, "accuracy": 6.0}, permissions=["geolocation"],
        )  # fmt: skip
        page = context.new_page()
        page.goto(OfficeDesk(server.url, server.password).enrolment_address(f"Örnek tablet{suffix}"))
        page.get_by_role("button").first.click()
        page.get_by_label("Saha parolanız").fill(server.password)
        page.get_by_label("Yeni PIN", exact=True).fill(PIN)
        page.get_by_label("Yeni PIN (yeniden)").fill(PIN)
        page.get_by_role("button", name="Başla").click()
        page.get_by_role("link", name="Forma başla").first.wait_for()
        yield _picture(page, f"tablet-bugun{suffix}")
        page.get_by_role("button", name="Harita").click()
        page.wait_for_timeout(1_500)
        yield _picture(page, f"tablet-harita{suffix}")
        page.get_by_role("button", name="Liste").click()
        page.get_by_role("link", name="Forma başla").first.click()
        page.locator(".screen").wait_for()
        yield _picture(page, f"tablet-form{suffix}")
        page.goto(f"{server.url}/tablet/")
        context.close()


def _picture(page: Page, name: str) -> Path:
    page.evaluate("document.fonts.ready.then(() => true)")
    written = PICTURES / f"{name}.png"
    page.screenshot(path=written)
    return written


def main() -> None:
    """Take all pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
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
        quarrel(Server(given.url, password))
        for written in take_tablet(browser, Server(given.url, password)):
            print(written.relative_to(ROOT))  # noqa: T201 - a command reports
        for shot in SHOTS:
            print(take(browser, Server(given.url, password), shot).relative_to(ROOT))  # noqa: T201 - a command reports
        browser.close()


if __name__ == "__main__":
    main()
