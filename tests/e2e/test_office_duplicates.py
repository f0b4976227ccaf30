"""Two records of one household: held side by side, merged and taken back; what stands in the way leads there."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.field_tablet import OfficeDesk
from tests.e2e.office_visitor import DESKTOP, DemoServer, Theme, a_visitor, open_page, serious_findings, settle, sign_in

pytestmark = pytest.mark.browser
PAGE = "/ziyaret-listeleri/yinelenenler"
NARROW = (800, 1_100)


def _twins(page: Page, desk: OfficeDesk) -> tuple[str, list[dict[str, Any]]]:
    """Import a list that names one household twice, and wait until the two are proposed; both sides."""
    word = uuid4().hex[:6]
    area = desk.read(f"/v1/teams/{desk.first_team()}/areas")["mahalle"][0]
    mahalle = next(one["name"] for one in desk.read("/v1/reference")["mahalle"] if one["id"] == area)
    rows = ("Kayıt No;Ad Soyad;Cep Tel;Adres;Mahalle;Not",
            f"{word}1;Şükrü Iğdır {word};0532 {_digits(word)};Menekşe Sokak {word} No 12;{mahalle};",
            f"{word}2;Şükrü Iğdır {word};0532 {_digits(word)};Menekşe Sk. {word} No:12;{mahalle};Köpek")  # fmt: skip
    file = {"name": "hane.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    made = _posted(page, "/v1/visit-imports", multipart={"file": file})
    path = f"/v1/visit-imports/{made['id']}"
    _wait(page, lambda: desk.read(path)["state"] == "checked")
    _posted(page, f"{path}/start")
    found: list[dict[str, Any]] = []

    def proposed() -> bool:
        pairs = desk.read("/v1/duplicates?limit=100")["items"]
        found[:] = [side for pair in pairs if word in pair["sides"][0]["name"] for side in pair["sides"]]
        return bool(found)

    _wait(page, proposed)
    return word, found


def _digits(word: str) -> str:
    return f"{int(word, 16) % 10_000_000:07d}"


def _posted(page: Page, path: str, **given: Any) -> Any:  # noqa: ANN401 - JSON
    answer = page.context.request.post(path, headers={"X-Saha": "1"}, **given)
    assert answer.ok, answer.text()
    return answer.json()


def _wait(page: Page, ready: Any) -> None:  # noqa: ANN401 - a question
    for _ in range(200):
        if ready():
            return
        page.wait_for_timeout(100)
    raise AssertionError(ready)


def _card(page: Page, word: str) -> Locator:
    return page.get_by_role("article", name=re.compile(word))


@pytest.mark.parametrize(("theme", "window"), [("light", DESKTOP), ("dark", NARROW)])
def test_two_records_are_merged_and_taken_back_on_the_page(
    browser: Browser, demo_server: DemoServer, theme: Theme, window: tuple[int, int]
) -> None:
    desk = OfficeDesk(demo_server.url, demo_server.password)
    with a_visitor(browser, demo_server, theme=theme, window=window) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri")
        word, _ = _twins(page, desk)
        open_page(page, PAGE)
        card = _card(page, word)
        expect(card.get_by_role("row", name=re.compile("^Adres"))).to_contain_text("Menekşe Sk.")
        assert serious_findings(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        card.get_by_label(re.compile("Adres: Menekşe Sk.")).check()
        card.get_by_role("button", name="Birleştir").click()
        expect(card.get_by_text("Birleştirildi")).to_be_visible()
        settle(page)
        assert _addresses(desk, word) == [f"Menekşe Sk. {word} No:12"]
        open_page(page, f"{PAGE}/kararlar")
        assert serious_findings(page) == []
        card.get_by_role("button", name="Kararı geri al").click()
        expect(card.get_by_role("button", name="Birleştir")).to_be_visible()
        settle(page)
        assert len(_addresses(desk, word)) == 2
        open_page(page, PAGE)
        card.get_by_role("button", name="Aynı değil").click()
        expect(card.get_by_role("button", name="Kararı geri al")).to_be_visible()


def _addresses(desk: OfficeDesk, word: str) -> list[str]:
    rows = desk.read(f"/v1/visit-targets?{httpx.QueryParams(q=word)}")["items"]
    return [row["fields"]["adres"] for row in rows]


def test_a_conflict_that_stands_in_the_way_of_a_merge_is_one_link_away(
    browser: Browser, demo_server: DemoServer
) -> None:
    desk = OfficeDesk(demo_server.url, demo_server.password)
    with a_visitor(browser, demo_server) as page:
        sign_in(page, demo_server, "koordinator", start="/ziyaret-listeleri")
        word, (_, goes) = _twins(page, desk)
        first, second = desk.enrol(f"Bir {word}"), desk.enrol(f"İki {word}")
        seen = {"id": goes["id"], "version": 1}
        assert first.change(seen, {"adres": f"Nar Sk. {word} 1"})["status"] == "applied"
        assert second.change(seen, {"adres": f"Nar Sk. {word} 2"})["status"] == "conflict"
        open_page(page, PAGE)
        card = _card(page, word)
        card.get_by_role("radio", name="Bu kayıt kalsın").nth(0).check()
        card.get_by_role("button", name="Birleştir").click()
        expect(card.get_by_role("alert")).to_contain_text("karar bekleyen çakışması var")
        card.get_by_role("link", name="Çakışmaya git").click()
        expect(page).to_have_url(re.compile(f"/cakismalar\\?kayit={goes['id']}"))
        expect(page.get_by_text("Yalnız bir kaydın çakışmaları")).to_be_visible()
        page.get_by_role("button", name=re.compile(f"Nar Sk. {word} 2")).click()
        settle(page)
        open_page(page, PAGE)
        card.get_by_role("radio", name="Bu kayıt kalsın").nth(0).check()
        card.get_by_role("button", name="Birleştir").click()
        expect(card.get_by_text("Birleştirildi")).to_be_visible()
