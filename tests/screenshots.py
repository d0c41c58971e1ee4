"""Make the pictures of docs/screenshots anew: `python tests/screenshots.py [FOLDER]`.

Every page on the sample in Dutch, light and wide; each of the other looks (English, dark, phone) for some.
"""

import sys
import tempfile
from pathlib import Path

from browser import PAGES, ROOT, chromium, path, served, settled

SIZES = {"wide": (1400, 1000), "phone": (375, 812)}


def main(folder: Path, pages: tuple[str, ...] = PAGES, every_look: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as address, chromium() as browser:
        for name in pages:
            for language, scheme, size in looks(name, every_look):
                width, height = SIZES[size]
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
                identity = "&id=EU-PIC-999960973" if name == "organisation" else ""
                page = settled(context.new_page(), f"{address}/{path(name)}?lang={language}{identity}")
                # The page scrolls inside an element of its own: make the window as high as what it holds.
                inside = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
                page.set_viewport_size({"width": width, "height": min(int(inside), 8000)})
                page.wait_for_timeout(1200)
                page.screenshot(path=folder / f"{name}-{language}-{scheme}-{size}.png")
                context.close()


def looks(name: str, every_look: bool) -> list[tuple[str, str, str]]:
    if every_look:
        return [(lang, scheme, size) for lang in ("nl", "en") for scheme in ("light", "dark") for size in SIZES]
    others = {
        "overview": ("nl", "light", "phone"),
        "network": ("en", "dark", "wide"),
        "funding": ("en", "light", "phone"),
    }
    return [("nl", "light", "wide"), *([others[name]] if name in others else [])]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots", every_look="--all" in sys.argv)
