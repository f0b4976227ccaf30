"""The map of streets: fetched in pieces, kept over a stopped server, drawn below the visits."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.e2e import street_maps
from tests.e2e.office_visitor import wait_until
from tests.e2e.tablet_in_the_field import NAME, PIN, Field, open_place, send_now, set_up, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

PIXEL = """
    (tile) => {
        const canvas = document.createElement('canvas')
        canvas.width = canvas.height = 8
        const drawing = canvas.getContext('2d')
        drawing.drawImage(tile, 0, 0, 8, 8)
        return [...drawing.getImageData(4, 4, 1, 1).data]
    }
"""
# Water in the light colours of Protomaps' scheme.
WATER = [128, 222, 234, 255]


_STREETS = """(use) => new Promise((done) => {
  const opening = indexedDB.open('saha')
  opening.onsuccess = () => {
    const facts = opening.result.transaction('facts', 'readwrite').objectStore('facts')
    const asked = use(facts)
    asked.onsuccess = () => { opening.result.close(); done(asked.result) }
  }
})"""
_IS_PUT_OFF = f"({_STREETS})((facts) => facts.get('streets')).then((streets) => streets?.wrong?.times === 1)"
_FORGET_STREETS = f"({_STREETS})((facts) => facts.delete('streets'))"


def of_several_pieces(folder: Path, write: Callable[[Path], None]) -> Path:
    """Write a map so long that a tablet asks for it more than once."""
    streets = folder / "harita.pmtiles"
    write(streets)
    with streets.open("ab") as file:
        file.write(bytes(3 << 20))
    return streets


@pytest.mark.parametrize(
    ("write", "tile", "colour"),
    [
        (street_maps.write_pictures, "img.leaflet-tile-loaded", [*street_maps.COLOUR, 255]),
        (street_maps.write_vectors, "canvas.leaflet-tile-loaded", WATER),
    ],
    ids=["pictures", "vectors"],
)
def test_streets_stand_below_the_visits_without_a_server(
    field: Field, tmp_path: Path, write: Callable[[Path], None], tile: str, colour: list[int]
) -> None:
    field.serve_map(of_several_pieces(tmp_path, write))
    field.plan(NAME, 1)
    with field.browser_open() as page:
        set_up(field, page)
        page.get_by_role("button", name="Harita").click()
        expect(page.locator(tile).first).to_be_attached()
    field.stop_server()
    with field.browser_open() as page:
        page.goto(field.url)
        sign_in(page, "Saha", PIN)
        page.get_by_role("button", name="Harita").click()
        expect(page.locator(".visit-number")).to_have_count(1)
        expect(page.locator(tile).first).to_be_attached()
        assert page.locator(tile).first.evaluate(PIXEL) == colour
        expect(page.get_by_text("Örnek harita")).to_be_visible()


def test_without_a_map_file_the_boundaries_stand_alone(field: Field) -> None:
    field.plan(NAME, 1)
    with field.browser_open() as page:
        set_up(field, page)
        page.get_by_role("button", name="Harita").click()
        expect(page.locator("path.mahalle").first).to_be_attached()
        expect(page.locator(".over-tiles")).to_have_count(0)


def test_a_line_that_breaks_costs_no_piece_that_had_come(field: Field, tmp_path: Path) -> None:
    field.serve_map(of_several_pieces(tmp_path, street_maps.write_pictures))
    field.plan(NAME, 1)
    asked: list[str] = []

    def break_at_the_third(route: Route) -> None:
        piece = route.request.headers.get("range")
        asked.extend([piece] if piece else [])
        if piece and len(asked) == 3:
            route.abort()
        else:
            route.continue_()

    with field.browser_open() as page:
        page.context.route("**/v1/sync/parts/*", break_at_the_third)
        with page.expect_event("requestfailed", lambda request: "range" in request.headers):
            set_up(field, page)
        page.reload()
        sign_in(page, "Saha", PIN)
        page.get_by_role("button", name="Harita").click()
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
    assert len(asked) == len(set(asked)) + 1


def test_a_map_that_comes_wrong_is_not_fetched_every_round_and_one_that_is_missing_is(
    field: Field, tmp_path: Path
) -> None:
    field.serve_map(of_several_pieces(tmp_path, street_maps.write_pictures))
    field.plan(NAME, 1)
    asked: list[str] = []

    def damage(route: Route) -> None:
        if "range" in route.request.headers:
            asked.append(route.request.headers["range"])
            first, _, last = asked[-1].removeprefix("bytes=").partition("-")
            route.fulfill(status=206, body=bytes(int(last) - int(first) + 1))
        else:
            route.continue_()

    with field.browser_open() as page:
        page.context.route("**/v1/sync/parts/*", damage)
        set_up(field, page)
        wait_until(page, _IS_PUT_OFF)
        came = len(asked)
        for _ in range(2):
            send_now(page)
        assert len(asked) == came > 0
        page.context.unroute("**/v1/sync/parts/*")
        # As a release leaves it that knew of no map.
        page.evaluate(_FORGET_STREETS)
        send_now(page)
        open_place(page, "Bugün")
        page.get_by_role("button", name="Harita").click()
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
