"""The icons that the dashboard shows, out of the 4,300 in Streamlit's font: `python -m hubdata.server.symbols`.

Writes `media/`, which the gate sends instead of the whole font (see `assets`); run when the tests say so. By hand and
not at every start, since it takes three seconds. Which icons: those that our code names, and every word in the code
of Streamlit's own elements that is the name of one.
"""

import re
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter, load_font, save_font

from hubdata.server.assets import MEDIA
from hubdata.server.streamlit_internals import STATIC

FONTS = STATIC / "static" / "media"
ROOT = Path(__file__).parents[2]


def whole() -> Path:
    """Streamlit's font with all icons; its name holds what is in it."""
    (found,) = FONTS.glob("MaterialSymbols-*.woff2")
    return found


def in_font(path: Path) -> dict[str, str]:
    """The icons of a font: the name that is written -> the glyph that is drawn instead."""
    font = load_font(str(path), Options())
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    tables: list[Any] = [table for lookup in font["GSUB"].table.LookupList.Lookup for table in lookup.SubTable]
    return {
        "".join(letters[part] for part in (first, *ligature.Component)): ligature.LigGlyph
        for table in tables
        for first, ligatures in getattr(table, "ExtSubTable", table).ligatures.items()
        for ligature in ligatures
        if {first, *ligature.Component} <= set(letters)
    }


def needed() -> set[str]:
    """The words that may be the name of an icon that somebody sees."""
    code = [path.read_text(encoding="utf-8") for path in STATIC.joinpath("static", "js").glob("*.js")]
    ours = [
        path.read_text(encoding="utf-8") for folder in ("hubdata", "pages") for path in (ROOT / folder).rglob("*.py")
    ]
    theirs = {word for text in code for word in re.findall(r"""["'`/:]([a-z0-9_]{2,})["'`:]""", text)}
    return theirs | {word for text in ours for word in re.findall(r":material/([a-z0-9_]+):", text)}


def write() -> None:
    """Write the small font, under the name of the whole one, of which it is a part."""
    icons = {name: glyph for name, glyph in in_font(whole()).items() if name in needed()}
    options = Options(layout_features=["*"], layout_closure=False, flavor="woff2")
    font = load_font(str(whole()), options)
    subsetter = Subsetter(options)
    subsetter.populate(glyphs=icons.values(), text="".join(icons))
    subsetter.subset(font)
    for path in MEDIA.glob("*.woff2"):
        path.unlink()
    save_font(font, str(MEDIA / whole().name), options)


if __name__ == "__main__":
    write()
