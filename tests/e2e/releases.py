"""Other releases of the browser application: what was built, under another version, as another release would be built.

Nothing of its code is changed but the version that it says and the number of its database's layout, so the browser
meets what it meets in an update: another service worker with other files, another page, and where the number rises a
database that has to be upgraded while an older window has it open.
"""

import re
import shutil
from pathlib import Path

from api.routes.web_pages import DIST

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = 2


def app_version() -> str:
    """Return the version that the sources say."""
    said = re.search(r"appVersion = '([^']+)'", (ROOT / "webapp/src/tablet/sync/wire.ts").read_text(encoding="utf-8"))
    assert said
    return said[1]


def make_release(folder: Path, *, version: str, layout: int = LAYOUT) -> Path:
    """Make another release in a new folder; returns the folder, to be served in place of what was built."""
    shutil.copytree(DIST, folder)
    renamed = {one.name: f"{one.stem}-{version}{one.suffix}" for one in (folder / "assets").glob("*.js")}
    scripts = re.compile("|".join(map(re.escape, sorted(renamed, key=len, reverse=True))))
    counted = 0
    for file in [*folder.glob("assets/*.js"), *folder.glob("*.html"), folder / "tablet-worker.js"]:
        text, said = re.subn(rf"(?<=[=(]`){re.escape(app_version())}(?=`)", version, file.read_text(encoding="utf-8"))
        text, laid_out = re.subn(rf"(?<=`saha`,){LAYOUT}(?=,)", str(layout), text)
        text = re.sub(r'(?<=const VERSION = ")\w+', version, text)
        file.write_text(scripts.sub(lambda found: renamed[found[0]], text), encoding="utf-8")
        counted += said + laid_out
    assert counted == 4, "the page and the worker say version and layout once each"
    for old, new in renamed.items():
        (folder / "assets" / old).rename(folder / "assets" / new)
    return folder
