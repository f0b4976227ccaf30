"""How long the tablet takes to open a form of 60 questions with a list of 2,000 choices, and to answer a tap.

In the distribution's Chromium, at the machine's own speed and slowed down four times, as a tablet is. `open_ms` is the
first form of the day: after what the application does in a quiet moment after its start. `open_cold_ms` is the same
without that quiet moment (the engine is fetched with it), on a page of its own, `open_again_ms` the next form there;
`cpu_ms` is what that page's main thread worked for both. A tap lasts until the next frame is drawn. Prints one JSON
line per speed.
"""

import base64
import json
import os
import shutil
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.form_worker import a_form, a_worker
from tests.fixtures.form_bench import serving_form_bench

CHOICES, SECTIONS = 2_000, 10
KINDS = ("text", "integer", "select_one eh", "date", "text", "text")
_OPEN = """async ([given, isWarm]) => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  const open = async () => {
    document.querySelector('#bench').replaceChildren()
    const begun = performance.now()
    bench.open(given)
    while (!document.querySelector('.screen')) await new Promise(done => setTimeout(done, 5))
    await drawn()
    return Math.round(performance.now() - begun)
  }
  if (isWarm) await bench.warm()
  return [await open(), await open()]
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


def measure(browser: Browser, address: str, slow_down: int) -> dict[str, Any]:
    """Open the form twice and tap through its first screen."""
    with a_worker(browser, address) as worker:
        worker.page.context.new_cdp_session(worker.page).send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
        warmed, _ = worker.page.evaluate(_OPEN, [a_long_form(), True])
    with a_worker(browser, address) as worker:
        protocol = worker.page.context.new_cdp_session(worker.page)
        protocol.send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
        protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
        first, again = worker.page.evaluate(_OPEN, [a_long_form(), False])
        metrics = {one["name"]: one["value"] for one in protocol.send("Performance.getMetrics")["metrics"]}
        taps = worker.page.evaluate(_TAPS)
    cpu_ms = round(metrics["TaskDuration"] * 1000)
    opened = {"open_ms": warmed, "open_cold_ms": first, "open_again_ms": again}
    return {"slow_down": slow_down, **opened, "cpu_ms": cpu_ms, "tap_ms": taps}


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
