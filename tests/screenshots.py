"""Pictures of the pack's main pages for README and docs: `make screenshots`, after `make demo`.

Written to docs/images as palette PNGs, at the two widths that the pages are judged at.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PACK = Path("warehouse/pack")
IMAGES = Path("docs/images")
WIDE, NARROW = 1600, 360
PAGES = {
    "overview": ("index.html", None),
    "margin": ("margin.html", "#members button.who"),
    "reconciliation": ("customers.html", None),
    "exceptions": ("exceptions.html", "#unresolved button[data-place]"),
    "trace": ("trace.html", "#jobs a"),
}


def main() -> None:
    """Takes each picture; says what is missing where it cannot."""
    browser = next(
        (found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None
    )
    if not (PACK / "index.html").exists() or browser is None:
        sys.exit("run `make demo` first, and install Chromium (tests/components.sh)")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as play:
        chrome = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name, (address, pressed) in PAGES.items():
            for width, height in ((WIDE, 1000), (NARROW, 800)):
                page = chrome.new_page(
                    viewport={"width": width, "height": height}, color_scheme="light"
                )
                page.goto((PACK / address).resolve().as_uri())
                _settled(page)
                if pressed:
                    page.locator(pressed).first.click()
                    _settled(page)
                path = IMAGES / f"{name}-{width}.png"
                page.screenshot(path=path)
                page.close()
                print(f"{path} {path.stat().st_size // 1024} KiB")
        chrome.close()


def _settled(page: Page) -> None:
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_timeout(1200)


if __name__ == "__main__":
    main()
