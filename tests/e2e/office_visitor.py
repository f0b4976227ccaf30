"""A person at the office's pages: signs in, opens a page, waits for it, and has axe-core look at it.

Used by the tests of the pages and by `take_pictures.py`; knows the pages' Turkish words, nothing of the code behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from playwright.sync_api import Browser, Page, expect

AXE = Path(__file__).resolve().parents[2] / "webapp" / "node_modules" / "axe-core" / "axe.min.js"
_SERIOUS = {"serious", "critical"}
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Theme = Literal["light", "dark"]
DESKTOP, TABLET, PHONE, SMALL_PHONE = (1280, 800), (800, 1280), (390, 844), (360, 740)

NAVIGATION = {
    "saha": ["Ziyaretler"],
    "koordinator": [
        "Harita",
        "Ziyaretler",
        "Talepler",
        "İncelenecekler",
        "Çakışmalar",
        "Karantina",
        "Ziyaret listeleri",
        "Kampanyalar",
        "Ekipler",
        "Formlar",
        "Tabletler",
    ],
    "mudurluk": ["Harita", "Talepler"],
    "yonetici": ["Harita", "Ziyaretler", "Talepler"],
    "admin": ["Formlar", "Sınırlar", "Kullanıcılar"],
}


class Office(NamedTuple):
    """Where the office of a small municipality answers."""

    url: str
    password: str


class DemoServer(Protocol):
    """A running server with the demo municipality."""

    url: str
    password: str


_MOMENT_MS = 150
_MOST_ASKED = 100
_COUNT_REQUESTS = f"""(() => {{
  const ask = window.fetch
  window.pendingRequests = 0
  window.fetch = (...given) => {{
    window.pendingRequests += 1
    return ask(...given).finally(() => setTimeout(() => {{ window.pendingRequests -= 1 }}, {_MOMENT_MS}))
  }}
}})()"""


@contextmanager
def a_visitor(
    browser: Browser, server: DemoServer, *, theme: Theme = "light", window: tuple[int, int] = DESKTOP
) -> Iterator[Page]:
    """Give a page in a context of its own; fails when the page met an error nobody caught or broke its own policy."""
    context = browser.new_context(
        base_url=server.url,
        locale="tr-TR",
        timezone_id="Europe/Istanbul",
        color_scheme=theme,
        viewport={"width": window[0], "height": window[1]},
        reduced_motion="reduce",
    )
    context.add_init_script(_COUNT_REQUESTS)
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def sign_in(page: Page, server: DemoServer, username: str, *, start: str = "/") -> None:
    """Sign in from wherever `start` leads somebody who is not signed in, and wait for the first page."""
    page.goto(start)
    page.get_by_label("Kullanıcı adı").fill(username)
    page.get_by_label("Parola", exact=True).fill(server.password)
    page.get_by_role("button", name="Oturum aç").click()
    page.wait_for_url(lambda url: "/giris" not in url)
    settle(page)


def open_page(page: Page, path: str) -> None:
    """Open an address and wait until nothing is loading any more."""
    page.goto(path)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page has its heading and asks the server nothing more."""
    expect(page.locator("main h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    # A click or a filter asks only a moment later, and "networkidle" was reached before it.
    page.wait_for_timeout(_MOMENT_MS)
    wait_until(page, "window.pendingRequests === 0")


def wait_until(page: Page, condition: str) -> None:
    """Ask the page again and again until a condition holds.

    Playwright's own `wait_for_function` asks a second time by `eval`, which the pages' content policy rightly refuses.
    """
    for _ in range(_MOST_ASKED):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(_MOMENT_MS)
    raise AssertionError(condition)


def navigation_of(page: Page) -> list[str]:
    """Read the names of the pages in the side navigation."""
    links = page.locator("aside").get_by_role("navigation", name="Sayfalar").get_by_role("link")
    # Without the count of what waits.
    return links.locator("> span:first-of-type").all_inner_texts()


def first_row_link(page: Page) -> str:
    """Return the address of the first row of a list."""
    address = page.locator("table.rows a.lead").first.get_attribute("href")
    assert address, "the list has no rows"
    return address


def serious_findings(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """Have axe-core look at the page, by some rules or all; return its serious and critical findings in a line each.

    The script goes in by the debugging protocol: the content security policy of the pages rightly refuses it as a tag.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _WCAG}
    found: dict[str, Any] = page.evaluate(
        "async runOnly => await axe.run(document, {runOnly, resultTypes: ['violations']})", wanted
    )
    return [
        f"{page.url} {violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in found["violations"]
        if violation["impact"] in _SERIOUS
    ]
