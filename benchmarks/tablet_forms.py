"""How long the tablet takes to open a form of 60 questions with a list of 2,000 choices, and to answer a tap.

In the distribution's Chromium, at the machine's own speed and slowed down four times, as a tablet is. `open_ms` is the
first form of the day: after what the application does in a quiet moment after its start. `open_cold_ms` is the same
without that quiet moment (the engine is fetched with it), on a page of its own, `open_again_ms` the next form there;
`…_cpu_ms` is what the page's main thread worked for it, which says more than the clock where others work on the
machine. A tap lasts until the next frame is drawn. Prints one JSON line per speed.
"""

import base64
import json
import os
import shutil
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.form_worker import a_form, a_worker
from tests.fixtures.form_bench import serving_form_bench

CHOICES, SECTIONS = 2_000, 10
KINDS = ("text", "integer", "select_one eh", "date", "text", "text")
_OPEN = """async given => {
  document.querySelector('#bench').replaceChildren()
  const begun = performance.now()
  bench.open(given)
  while (!document.querySelector('.screen')) await new Promise(done => setTimeout(done, 5))
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  return Math.round(performance.now() - begun)
}"""
_TAPS = """async () => {
  const taps = {}
  const tap = async (name, act) => {
    const begun = performance.now()
    act()
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
    taps[name] = Math.round(performance.now() - begun)
  }
  const one = (name, what) => document.querySelector(`[data-name="${name}"] ${what}`)
  const type = (field, value) => { field.value = value; field.dispatchEvent(new Event('input', {bubbles: true})) }
  await tap('choice', () => one('q2', 'input').click())
  await tap('digit', () => type(one('q1', 'input'), '5'))
  await tap('list', () => one('uzun', '.picker').click())
  await tap('search', () => type(document.querySelector('dialog input'), 'menekse 19'))
  await tap('found', () => document.querySelector('dialog li button').click())
  await tap('next', () => document.querySelector('.ways .primary').click())
  return taps
}"""


def a_long_form() -> dict[str, Any]:
    """Make the form and its list as the page takes them."""
    rows = ["| | calculate | toplam | | | ${q1} + ${q7} + ${q13} |"]
    for section in range(SECTIONS):
        rows.append(f"| | begin_group | bolum_{section} | Bölüm {section} | | |")
        rows += [f"| | {kind} | q{section * 6 + at} | Soru {at} | | |" for at, kind in enumerate(KINDS)]
        if section == 0:
            rows[-1] = "| | select_one_from_file sokak.csv | uzun | Sokak | minimal autocomplete | |"
        rows.append("| | end_group | | | | |")
    survey = "| survey | type | name | label | appearance | calculation |\n" + "\n".join(rows)
    form = a_form(survey, "| choices | list_name | name | label |\n| | eh | evet | Evet |\n| | eh | hayir | Hayır |")
    streets = "name,label\n" + "".join(f"s{number},Menekşe Sokak {number}\n" for number in range(CHOICES))
    return {"xform": form.xform.decode(), "media": {"sokak.csv": base64.b64encode(streets.encode()).decode()}}


class Opening:
    """A page on which forms are opened, and what its main thread works for each."""

    def __init__(self, page: Page, slow_down: int) -> None:
        self._page, self._protocol = page, page.context.new_cdp_session(page)
        self._protocol.send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
        self._protocol.send("Performance.enable", {"timeDomain": "threadTicks"})

    def open(self, name: str) -> dict[str, int]:
        """Open the form; returns what the clock said and what the thread worked, in ms."""
        before = self._worked_ms()
        clock_ms = self._page.evaluate(_OPEN, a_long_form())
        return {f"{name}_ms": clock_ms, f"{name}_cpu_ms": self._worked_ms() - before}

    def _worked_ms(self) -> int:
        told = self._protocol.send("Performance.getMetrics")["metrics"]
        return round(next(one["value"] for one in told if one["name"] == "TaskDuration") * 1000)


def measure(browser: Browser, address: str, slow_down: int) -> dict[str, Any]:
    """Open the form as the first of the day, cold and again, and tap through its first screen."""
    with a_worker(browser, address) as worker:
        warmed = Opening(worker.page, slow_down)
        worker.page.evaluate("bench.warm()")
        first = warmed.open("open")
    with a_worker(browser, address) as worker:
        cold = Opening(worker.page, slow_down)
        figures = first | cold.open("open_cold") | cold.open("open_again")
        taps = worker.page.evaluate(_TAPS)
    return {"slow_down": slow_down, **figures, "tap_ms": taps}


def main() -> None:
    """Measure at both speeds."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with serving_form_bench() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=sandbox)
        for slow_down in (1, 4):
            print(json.dumps({"benchmark": "tablet_forms", **measure(browser, address, slow_down)}))
        browser.close()


if __name__ == "__main__":
    main()
