"""Pictures of the pack's pages for README and docs, by the Chromium of this machine: `make screenshots`.

Usage: python tests/screenshots.py PACK TARGET [PAGE …]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# Page, name of the picture, width and height in pixels, colour scheme.
PICTURES = (
    ("index.html", "overview", 1600, 1180, "light"),
    ("index.html", "overview_dark", 1600, 1180, "dark"),
    ("index.html", "overview_narrow", 360, 1400, "light"),
)


def main(pack: Path, target: Path, pages: list[str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for page, name, width, height, scheme in PICTURES:
            if not pages or name in pages:
                take(browser, pack / page, target / f"{name}.png", (width, height), scheme)
        browser.close()


def take(
    browser: Browser, page: Path, picture: Path, size: tuple[int, int], scheme: str, steps: tuple[str, ...] = ()
) -> None:
    """One picture of one page, after `steps` (selectors) were pressed in turn."""
    shown = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    problems: list[str] = []
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    shown.goto(page.resolve().as_uri())
    for step in steps:
        shown.locator(step).first.click()
    shown.wait_for_timeout(600)
    shown.screenshot(path=str(picture))
    shown.close()
    if problems:
        sys.exit(f"{page}: {problems}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
