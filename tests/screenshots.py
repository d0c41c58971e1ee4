"""Make the pictures of docs/screenshots anew: `python tests/screenshots.py [FOLDER]`.

Every page in Dutch, light and wide; each of the other looks (English, dark, phone) for some. On the real sample, but for
the pages that say what to do: these are on the fictional demo, since nobody wrote down needs or contacts in the sample.
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from browser import PAGES, chromium, new_window, path, served, settled  # noqa: E402

from hubdata import loading, settings  # noqa: E402

ON_DEMO = ("brokers", "contacts", "stress", "introductions", "digital", "changes")
SIZES = {"wide": (1400, 1000), "phone": (375, 812)}


def main(folder: Path, pages: tuple[str, ...] = PAGES, every_look: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as homes, chromium() as browser, ExitStack() as servers:
        loading.show_example(Path(homes) / "demo", settings.Settings(), "demo")
        on_sample, on_demo = (servers.enter_context(served(Path(homes) / name)) for name in ("sample", "demo"))
        for name in pages:
            address = on_demo if name in ON_DEMO else on_sample
            for language, scheme, size in looks(name, every_look):
                width, height = SIZES[size]
                context = new_window(browser, viewport={"width": width, "height": height}, color_scheme=scheme)
                identity = "&id=NL-KVK-41160054" if name == "organisation" else ""
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
        "contacts": ("en", "light", "phone"),
        "stress": ("en", "dark", "wide"),
        "funding": ("en", "light", "phone"),
    }
    return [("nl", "light", "wide"), *([others[name]] if name in others else [])]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots", every_look="--all" in sys.argv)
