"""A field worker with a form open on a tablet: answers questions, goes on, finishes, and says what was kept.

Finds questions as the page marks them (`data-name`, `data-kind`), answers them as a finger would.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Browser, FilePayload, Geolocation, Locator, Page, expect

from field_forms.compile import CompiledForm, compile_form
from tests.builders import a_photo
from tests.e2e.office_visitor import TABLET, Theme, wait_until
from tests.fixtures.municipality import NOON

HERE = Geolocation(latitude=41.005, longitude=29.205, accuracy=6.0)
_MOST_SCREENS, _MOST_QUESTIONS = 60, 200
_PLAUSIBLE = {
    "kapi_no": "12/A", "daire_no": "4", "acilis_yili": "2015",
    "telefon": "05321234567", "yeni_telefon": "05321234567",
    "vatandas_telefon": "05321234567", "uavt": "1234567890", "vergi_no": "1234567890",
}  # fmt: skip


class KeptFile(NamedTuple):
    """A file of a draft or a submission as it left the page."""

    media_type: str
    content: bytes


def a_form(survey: str, choices: str = "", *, form_id: str = "deneme") -> CompiledForm:
    """Compile a form from the rows of its sheets, as Markdown."""
    settings = f"\n| settings | form_title | form_id | version |\n| | Deneme formu | {form_id} | 1 |\n"
    source = f"{survey}\n{choices}\n{settings}"
    return compile_form(source.encode(), f"{form_id}.md", on=NOON.date())


class FormWorker:
    """What a worker does with the form on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(
        self,
        form: CompiledForm,
        *,
        lists: Mapping[str, str] | None = None,
        media: Mapping[str, bytes] | None = None,
        draft: tuple[str, Mapping[str, bytes]] | None = None,
    ) -> None:
        """Open a form, or a draft of it: its XML and its files."""
        given: dict[str, Any] = {"xform": form.xform.decode(), "entityLists": dict(lists or {})}
        given["media"] = {name: _text(content) for name, content in (media or {}).items()}
        if draft:
            given["draft"] = {"xml": draft[0], "files": {name: _text(content) for name, content in draft[1].items()}}
        self.page.evaluate(f"bench.open({json.dumps(given)})")
        expect(self.page.locator(".screen")).to_be_visible()

    def question(self, name: str, number: int = 0) -> Locator:
        """Return a question on the screen by its name in the form; of several instances the one at `number`."""
        return self.page.locator(f'.question[data-name="{name}"]').nth(number)

    def choose(self, name: str, *labels: str, number: int = 0) -> None:
        """Choose by label, in the list on the screen or in the search of a long one."""
        question = self.question(name, number)
        if question.locator(".picker").count() == 0:
            for label in labels:
                question.get_by_label(label, exact=True).check()
            return
        question.locator(".picker").click()
        for label in labels:
            self.page.get_by_role("dialog").get_by_label("Ara").fill(label)
            self.page.get_by_role("dialog").get_by_role("listitem").get_by_role(
                "button", name=label, exact=True
            ).click()
        if self.page.get_by_role("dialog").count():
            self.page.keyboard.press("Escape")

    def write(self, name: str, value: str, number: int = 0) -> None:
        """Type into the one field of a question and leave it."""
        field = self.question(name, number).locator("input, textarea")
        field.fill(value)
        field.blur()

    def take_photo(self, name: str, content: bytes, number: int = 0, media_type: str = "image/jpeg") -> None:
        """Have the camera give a picture, and wait until it is shown."""
        given = FilePayload(name="kamera.jpg", mimeType=media_type, buffer=content)
        self.question(name, number).locator("input[type=file]").first.set_input_files(given)
        expect(self.question(name, number).locator("img")).to_be_visible()

    def take_point(self, name: str, number: int = 0) -> None:
        """Take the point where the tablet is."""
        self.question(name, number).get_by_role("button", name="Konumu al").click()
        expect(self.question(name, number).locator(".taken")).to_be_visible()

    def go_on(self) -> None:
        """Go to the next screen."""
        self.page.locator(".ways .button.primary").click()

    def is_at_end(self) -> bool:
        """Whether the last screen is shown."""
        return self.page.get_by_role("button", name="Formu bitir").count() > 0

    def go_to_end(self) -> None:
        """Leave all further screens as they are."""
        for _ in range(_MOST_SCREENS):
            if self.is_at_end():
                return
            self.go_on()
        raise AssertionError("the form has no end")

    def finish(self) -> str:
        """Finish the form; returns its XML."""
        self.go_to_end()
        self.page.get_by_role("button", name="Formu bitir").click()
        wait_until(self.page, "bench.finished !== undefined")
        return str(self.page.evaluate("bench.finished.xml"))

    def saved_xml(self) -> str:
        """Wait for what was done last to be saved and return the draft's XML."""
        self.page.evaluate("window.dispatchEvent(new Event('pagehide'))")
        return str(self.page.evaluate("bench.saved.xml"))

    def files(self, of: str) -> dict[str, KeptFile]:
        """Take the files out of the page: of what was `saved` or `finished`."""
        texts: dict[str, str] = self.page.evaluate(f"bench.filesAsText('{of}')")
        split = {name: text.partition(";") for name, text in texts.items()}
        return {name: KeptFile(kind, base64.b64decode(content)) for name, (kind, _, content) in split.items()}

    def fill_all(self, answers: Mapping[str, str]) -> None:
        """Answer whatever is asked, screen by screen to the end; `answers` by question name, else what is plausible."""
        for _ in range(_MOST_SCREENS):
            if self.is_at_end():
                return
            self._fill_screen({**_PLAUSIBLE, **answers})
            self.go_on()
        raise AssertionError("the form has no end")

    def _fill_screen(self, answers: Mapping[str, str]) -> None:
        # What is relevant changes by each answer, so each question is looked for anew.
        for index in range(_MOST_QUESTIONS):
            question = self.page.locator(".question").nth(index)
            if question.count() == 0:
                return
            name = question.get_attribute("data-name") or ""
            self._answer(question, question.get_attribute("data-kind") or "", answers.get(name))

    def _answer(self, question: Locator, kind: str, answer: str | None) -> None:
        if kind == "choice":
            self._choose_any(question, answer)
        elif kind == "point":
            question.get_by_role("button", name="Konumu al").click()
            expect(question.locator(".taken")).to_be_visible()
        elif kind == "photo":
            name = question.get_attribute("data-name") or ""
            given = FilePayload(name="kamera.jpg", mimeType="image/jpeg", buffer=a_photo(len(name), size=(320, 240)))
            question.locator("input[type=file]").first.set_input_files(given)
            expect(question.locator("img")).to_be_visible()
        else:
            plausible = {"number": "3", "date": f"{NOON:%Y-%m-%d}"}
            question.locator("input, textarea").fill(answer or plausible.get(kind, "Kaldırım çökmüş, yaya geçemiyor"))

    def _choose_any(self, question: Locator, value: str | None) -> None:
        if question.locator(".picker").count():
            question.locator(".picker").click()
            buttons = self.page.get_by_role("dialog").get_by_role("listitem").get_by_role("button")
            if buttons.count():
                (buttons.filter(has_text=value) if value else buttons).first.click()
            if self.page.get_by_role("dialog").count():
                self.page.keyboard.press("Escape")
            return
        offered = question.locator("input")
        if offered.count() == 0:
            return
        wanted = question.locator(f'input[value="{value}"]') if value else offered
        # A form may call its result otherwise; then the first choice will do.
        (wanted if wanted.count() else offered).first.check()


@contextmanager
def a_worker(
    browser: Browser, bench: str, *, theme: Theme = "light", window: tuple[int, int] = TABLET
) -> Iterator[FormWorker]:
    """Give a worker on a page of their own; fails when the page met an error nobody caught or broke its policy."""
    context = browser.new_context(
        locale="tr-TR",
        timezone_id="Europe/Istanbul",
        color_scheme=theme,
        viewport={"width": window[0], "height": window[1]},
        has_touch=True,
        reduced_motion="reduce",
        geolocation=HERE,
        permissions=["geolocation"],
    )
    page = context.new_page()
    page.set_default_timeout(5_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said.type, said.text) else None)
    try:
        page.goto(bench)
        yield FormWorker(page)
    finally:
        context.close()
    assert complaints == []


def _is_complaint(kind: str, text: str) -> bool:
    return kind == "error" or "Security Policy" in text


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
