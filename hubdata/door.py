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
:root { color-scheme: light dark; --back: #ffffff; --text: #0b121c; --line: #6b7789;
  --action: #14507a; --on: #ffffff; --wrong: #9b1c1c; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f1624; --text: #e8edf6; --line: #8494ad; --action: #7cc0f0; --on: #0b121c; --wrong: #ffb0a8; }
}
body { background: var(--back); color: var(--text); font: 1.0625rem/1.55 system-ui, sans-serif; margin: 0; }
main { box-sizing: border-box; margin: 0 auto; max-width: 36rem; padding: 12vh 1.5rem 3rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
form { display: grid; gap: .5rem; justify-items: start; }
input { background: transparent; border: 1px solid var(--line); border-radius: .5rem; box-sizing: border-box;
  color: inherit; font: inherit; min-height: 2.75rem; padding: .4rem .75rem; width: 100%; }
button, a.button { align-items: center; background: var(--action); border: 0; border-radius: .5rem; color: var(--on);
  cursor: pointer; display: inline-flex; font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0 1.25rem;
  text-decoration: none; }
a { color: var(--action); }
:focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
code { font-size: .95em; }
.wrong { color: var(--wrong); font-weight: 600; }
""".strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may do with these pages: nothing but show them and send their form back here."""


def page(language: str, title: Text | str, parts: Sequence[str], status: int = 200) -> HTMLResponse:
    """A page with a heading and ready-made parts (see `paragraph` and the others)."""
    said = html.escape(title if isinstance(title, str) else title.words(language))
    body = "\n".join(parts)
    return HTMLResponse(
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{said}</title><style>{STYLE}</style></head>\n<body><main><h1>{said}</h1>\n{body}\n</main></body></html>\n",
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


def button(language: str, text: Text, address: str) -> str:
    """A link that looks like a button."""
    return f'<p><a class="button" href="{html.escape(address)}">{html.escape(text.words(language))}</a></p>'


def secret_form(language: str, label: Text, action: Text, address: str) -> str:
    """A form that asks for a password or passphrase. Password managers may fill it in."""
    return (
        f'<form method="post" action="{html.escape(address)}">'
        f'<label for="secret">{html.escape(label.words(language))}</label>'
        f'<input id="secret" name="secret" type="password" autocomplete="current-password" required maxlength="1000">'
        f'<button type="submit">{html.escape(action.words(language))}</button></form>'
    )


def other_languages(language: str, offered: Sequence[str]) -> str:
    """Links to the same page in the hub's other languages."""
    names = {"nl": "Nederlands", "en": "English"}
    links = [f'<a lang="{code}" href="?lang={code}">{names[code]}</a>' for code in offered if code != language]
    return f"<p>{' · '.join(links)}</p>" if links else ""
