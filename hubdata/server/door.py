"""The pages that the server itself shows, without Streamlit and without data: to strangers, and to whoever logs in.

They are whole in one answer and run no script, so whoever is not let in never reaches anything else.
"""

import base64
import hashlib
import html
from collections.abc import Sequence

from starlette.responses import HTMLResponse

from hubdata.texts import Text

STYLE = """
:root { color-scheme: light dark; --back: #f3f5f9; --card: #ffffff; --text: #0b121c; --soft: #4a5566; --edge: #cdd5e0;
  --line: #6b7789; --action: #14507a; --on: #ffffff; --wrong: #9b1c1c; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f1624; --card: #182135; --text: #e8edf6; --soft: #b4bfd1; --edge: #3a4860; --line: #8494ad;
    --action: #7cc0f0; --on: #0b121c; --wrong: #ffb0a8; }
}
body { background: var(--back); color: var(--text); font: 1.0625rem/1.55 system-ui, sans-serif; margin: 0; }
.sheet { box-sizing: border-box; margin: 0 auto; max-width: 38rem; padding: min(12vh, 7rem) 1rem 2rem; }
main { background: var(--card); border: 1px solid var(--edge); border-radius: .9rem; overflow-wrap: anywhere;
  padding: clamp(1.25rem, 5vw, 2.5rem); }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { border-top: 1px solid var(--edge); font-size: 1.15rem; line-height: 1.3; margin: 2rem 0 .75rem;
  padding-top: 1.5rem; }
p { margin: 0 0 1rem; }
main > :last-child { margin-bottom: 0; }
form { display: grid; gap: .4rem; justify-items: start; margin: 1rem 0 0; }
label { font-weight: 600; }
form p { margin: 0; }
input { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; box-sizing: border-box;
  color: inherit; font: inherit; margin-bottom: .6rem; min-height: 2.75rem; padding: .4rem .75rem; width: 100%; }
input[aria-invalid] { border-color: var(--wrong); border-width: 2px; }
button, a.button { align-items: center; background: var(--action); border: 1px solid var(--action);
  border-radius: .5rem; color: var(--on); cursor: pointer; display: inline-flex; font: inherit; font-weight: 600;
  min-height: 2.75rem; padding: 0 1.25rem; text-decoration: none; }
a.quiet { background: transparent; color: var(--action); }
a { color: var(--action); }
:focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
ul { margin: 0; padding-left: 1.25rem; }
li + li { margin-top: .5rem; }
footer { color: var(--soft); padding: 1rem clamp(1.25rem, 5vw, 2.5rem); }
footer a { display: inline-block; padding: .35rem 0; }
.wrong { color: var(--wrong); font-weight: 600; }
""".strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may do with these pages: nothing but show them and send their form back here."""


def page(language: str, title: Text | str, parts: Sequence[str], status: int = 200, foot: str = "") -> HTMLResponse:
    """A page with a heading and ready-made parts (see `paragraph` and the others).

    It says to its own forms where they come from, since a form without an origin is refused; to others it says nothing.
    """
    said = html.escape(title if isinstance(title, str) else title.words(language))
    body = "\n".join(parts)
    return HTMLResponse(
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{said}</title><style>{STYLE}</style></head>\n"
        f'<body><div class="sheet"><main><h1>{said}</h1>\n{body}\n</main>\n{foot}</div></body></html>\n',
        status,
        # With no-referrer a browser sends its forms without an origin; with this one it says the origin and no address.
        {"Content-Security-Policy": POLICY, "Referrer-Policy": "strict-origin"},
    )


def heading(language: str, text: Text) -> str:
    """A heading below that of the page."""
    return f"<h2>{html.escape(text.words(language))}</h2>"


def paragraph(language: str, text: Text, *, is_wrong: bool = False) -> str:
    """A paragraph; what goes wrong is read out at once."""
    mark = ' class="wrong" role="alert"' if is_wrong else ""
    return f"<p{mark}>{html.escape(text.words(language))}</p>"


def steps(language: str, texts: Sequence[Text]) -> str:
    """A list of things to do."""
    items = "".join(f"<li>{html.escape(text.words(language))}</li>" for text in texts)
    return f"<ul>{items}</ul>"


def button(language: str, text: Text, address: str, *, is_quiet: bool = False) -> str:
    """A link that looks like a button; a quiet one is not what most people are here for."""
    kind = "button quiet" if is_quiet else "button"
    return f'<p><a class="{kind}" href="{html.escape(address)}">{html.escape(text.words(language))}</a></p>'


def secret_form(
    language: str, label: Text, action: Text, address: str, *, wrong: Text | None = None, is_first: bool = False
) -> str:
    """A form that asks for a password or passphrase. Password managers may fill it in.

    `wrong` says what was wrong with what was typed before; `is_first` is for a page that has no other purpose.
    """
    said = paragraph(language, wrong, is_wrong=True).replace("<p", '<p id="wrong"', 1) if wrong else ""
    marks = ' aria-invalid="true" aria-describedby="wrong"' if wrong else ""
    marks += " autofocus" if is_first or wrong else ""
    return (
        f'<form method="post" action="{html.escape(address)}">'
        f'<label for="secret">{html.escape(label.words(language))}</label>{said}'
        f'<input id="secret" name="secret" type="password" autocomplete="current-password" required '
        f'maxlength="1000"{marks}>'
        f'<button type="submit">{html.escape(action.words(language))}</button></form>'
    )


def other_languages(language: str, offered: Sequence[str]) -> str:
    """Links to the same page in the hub's other languages, below it."""
    names = {"nl": "Nederlands", "en": "English"}
    links = [f'<a lang="{code}" href="?lang={code}">{names[code]}</a>' for code in offered if code != language]
    return f"<footer>{' · '.join(links)}</footer>\n" if links else ""
