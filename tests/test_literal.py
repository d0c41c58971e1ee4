"""Text from data stays text: every text column of every table carries attacks, and every page is opened in a real browser.

Each attack holds a mark of its own (`zq07z`). Wherever a mark is seen, what stands before and behind it in the attack must
be seen as well, as written; nothing may be made of an attack: no element, no link, no picture, no request, no dialog.
"""

import csv
import functools
import io
import itertools
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

import openpyxl
import pytest
from browser import (
    menus_opened,
    new_tab,
    open_everything,
    open_filters,
    path,
    served,
    settled,
    turn_to,
    visit,
    wait_until_settled,
)
from client import Client
from playwright.sync_api import Browser, ElementHandle, Error, Page, expect
from pydantic import ValidationError

from hubdata import loading, models, settings, sharing, texts, ui
from hubdata.cells import FORMULA_STARTS

WHERE = "https://attack.example"
RUN = "window.zqran=1"
ATTACKS = tuple(
    attack.replace("MARK", f"zq{nth:02}z")
    for nth, attack in enumerate(
        (
            f"<script>{RUN}//MARK</script>",
            f"<img src=x onerror={RUN} alt=MARK>",
            f"<img src={WHERE}/MARK.png>",
            f"<svg/onload={RUN}>MARK</svg>",
            f"<iframe src={WHERE}/MARK></iframe>",
            f"<a href='{WHERE}/MARK'>click</a>",
            f"<a href=javascript:{RUN}//MARK>run</a>",
            "<b>MARK</b>",
            "<i>MARK</i><br>below",
            "<sub>MARK</sub><sup>up</sup>",
            "<span style='color:red;font-size:40px'>MARK</span>",
            f"<form action={WHERE}><input name=MARK></form>",
            "<style>*{display:none}</style>MARK",
            f"[MARK]({WHERE}/a)",
            f"![MARK]({WHERE}/b.png)",
            f"[MARK](javascript:{RUN})",
            f"[MARK](data:text/html,<script>{RUN}</script>)",
            f"[MARK]: {WHERE}/c",
            f"{WHERE}/MARK",
            f"<{WHERE}/MARK>",
            "www.attack.example/MARK",
            "**MARK** _under_ ~~through~~",
            "`MARK` ``code``",
            "# MARK",
            "> MARK",
            "- MARK",
            "MARK -> b <- c -- d >= e <= f ~= g <-> h",
            "1. MARK",
            "| MARK | b | --- |",
            ":red[MARK]",
            ":red-background[MARK]",
            ":material/home: MARK",
            ":smile: MARK",
            ":rainbow[MARK]:streamlit:",
            "$\\frac{MARK}{2}$",
            "$$MARK$$",
            "\\(MARK\\)",
            "&lt;b&gt;MARK&amp;",
            "&#60;u&#62;MARK",
            "%{x}MARK%{customdata}",
            "MARK<extra>foot</extra>",
            "{0}MARK{name}{__class__}",
            "%sMARK%(name)s%d",
            "{{7*7}}MARK${7*7}#{7*7}",
            "datum.MARK[signal]",
            "MARK' OR '1'='1'; DROP TABLE organisations;--",
            'MARK" onmouseover="' + RUN + '"',
            "'MARK\"`",
            "\\MARK\\n\\u003cb\\u003e",
            "\u202eMARK\u202c reversed",
            "MARK\u200b\u200d\u2060invisible",
            "MARK" + "W" * 300,
            "MARK\n\nsecond line\nthird",
            "MARK\n# heading\n<b>bold",
            "=1+1+MARK",
            "+1+MARK",
            "-1+MARK",
            "@SUM(1;MARK)",
            f'=HYPERLINK("{WHERE}/MARK";"click")',
            "=cmd|'/c calc'!MARK",
            "MARK\u0301\u0301\u0301\u0301\u0301\u0301zalgo",
        )
    )
)
CLOSED = {
    "country", "countries", "sector", "type", "membership", "role", "intensity", "format", "status", "category",
    "dimension", "measure", "indicator", "currency", "website",
}  # fmt: skip
"""Text columns that take codes only (or an address of a certain form), so that no attack can be in them. Labels of codes
come from hub.toml, which carries attacks too."""


# --- a hub full of attacks ---------------------------------------------------------------------------------------------


def text_columns(row_type: type[models.Row]) -> list[str]:
    """The columns that hold text, or lists of it."""
    return [name for name, field in row_type.model_fields.items() if "str" in str(field.annotation)]


def fits(row_type: type[models.Row], column: str, attack: str) -> bool:
    """Whether a cell may hold the attack, as the model says."""
    try:
        row_type.model_validate({column: attack})
    except ValidationError as refused:
        return not any(error["loc"][:1] == (column,) for error in refused.errors())
    return True


def carried(row_type: type[models.Row], column: str, attack: str) -> str:
    """The attack in a form that the column takes: an identifier has no spaces; "" when there is none."""
    is_list = "list" in str(row_type.model_fields[column].annotation)
    whole = re.sub(r"[|;,]", "", attack).replace("\n", " ") if is_list else attack  # what separates its items
    short = re.sub(r"[\s|;]+", "", attack)[:60]
    return next((form for form in (whole, short) if fits(row_type, column, form)), "")


def attacked() -> dict[str, bytes]:
    """Lists in which every text column carries every attack it takes."""
    rows = {name: [] for name in models.TABLES}  # type: dict[str, list[dict[str, Any]]]
    count, sectors = len(ATTACKS), ["ngo", "knowledge", "government", "business"]
    ids: dict[str, list[str]] = {}
    for name, key in (("organisations", "organisation_id"), ("events", "event_id")):
        forms = (carried(models.TABLES[name], key, attack) for attack in ATTACKS)
        ids[name] = [form or f"plain-{nth}" for nth, form in enumerate(forms)]
    fixed: dict[str, Any] = {
        "organisations": lambda n: {"organisation_id": ids["organisations"][n], "name": ATTACKS[n], "sector": sectors[n % 4],
                                    "type": "foundation", "country": "NL", "countries": "NL|UA", "website": "attack.example/zq",
                                    "role": "convenor" if n == 5 else "", "digital_maturity": "3", "fte": "3", "sdgs": "16"},
        "partnerships": lambda n: {"organisation_ids": "|".join({ids["organisations"][n], ids["organisations"][(n + 7) % count]}),
                                   "start_date": "2023-01-01", "end_date": "" if n % 5 else "2023-11-30",
                                   "last_contact": "2023-02-01", "event_id": ids["events"][n]},
        "events": lambda n: {"event_id": ids["events"][n], "name": ATTACKS[n], "start_date": f"2023-{n % 11 + 1:02}-15",
                             "format": "online", "organiser_id": ids["organisations"][n], "cost": "100"},
        "attendance": lambda n: {"event_id": ids["events"][n % 4], "organisation_id": ids["organisations"][n]},
        "funding": lambda n: {"organisation_id": ids["organisations"][n], "year": str(2022 + n % 2), "amount": str(1000 * (n + 1)),
                              "category": ("government", "nonprofits", "multilateral")[n % 3]},
        "accounts": lambda n: {"organisation_id": ids["organisations"][n], "year": str(2022 + n % 2),
                               "total_income": str(2000 * (n + 1)), "fte": "3"},
        "reference": lambda n: {"dimension": ("sector", "theme")[n % 2], "share": "0.01", "measure": "organisations"},
        "targets": lambda n: {"indicator": models.INDICATORS[n % len(models.INDICATORS)], "value": "0.5",
                              "date": f"{2024 + n // len(models.INDICATORS)}-12-31"},
    }  # fmt: skip
    for (name, row_type), nth in itertools.product(models.TABLES.items(), range(count)):
        row = dict(fixed[name](nth))
        for place, column in enumerate(c for c in text_columns(row_type) if c not in CLOSED and c not in row):
            attack = carried(row_type, column, ATTACKS[(nth + 3 * place) % count])
            if attack:
                row[column] = attack
        if name == "reference" and row["dimension"] == "sector":
            row["code"] = sectors[nth % 4]
        rows[name].append(row)
    unique = {(row["dimension"], row["code"]): row for row in rows["reference"]}
    rows["reference"] = list(unique.values())
    return {f"{name}.csv": written(listed) for name, listed in rows.items()}


def written(rows: list[dict[str, Any]]) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO()
    file = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), quoting=csv.QUOTE_ALL)
    file.writeheader()
    file.writerows(rows)
    return text.getvalue().encode()


def toml(text: str) -> str:
    return '"' + "".join(c if c.isalnum() or c in " -.,:/" else f"\\U{ord(c):08x}" for c in text) + '"'


def settings_with_attacks() -> str:
    """A hub.toml whose every text is an attack."""
    names = {
        code: ATTACKS[nth]
        for code, nth in zip(("ngo", "knowledge", "government", "business"), (13, 14, 21, 29), strict=True)
    }
    label = "{{ nl = {0}, en = {0} }}".format
    lines = [f"name = {toml(ATTACKS[13])}", f"region = {toml(ATTACKS[2])}", f"attribution = {toml(ATTACKS[14])}"]
    lines += ["[about]", f"nl = {toml(' '.join(ATTACKS[13:20]))}", f"en = {toml(' '.join(ATTACKS[0:12]))}", "[sectors]"]
    lines += [f"{code} = {label(toml(attack))}" for code, attack in names.items()]
    lines += ["[types]", f"foundation = {{ sector = 'ngo', nl = {toml(ATTACKS[28])}, en = {toml(ATTACKS[13])} }}"]
    lines += ["[words]", f"plain = {label(toml(ATTACKS[7]))}"]
    return "\n".join(lines)


class Attacked(NamedTuple):
    """The hub as it is served, and a link to it."""

    address: str
    home: Path
    token: str


@pytest.fixture(scope="module")
def attacked_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    home = tmp_path_factory.mktemp("home")
    (home / "hub.toml").write_text(settings_with_attacks(), encoding="utf-8")
    hub_settings = settings.read(home)
    outcome = loading.load(home, hub_settings, attacked())
    assert outcome.manifest, [(p.file, p.row, p.column, p.value) for p in outcome.draft.problems[:5]]
    kept: dict[str, Any] = {"pages": [n for n in sharing.PAGES if n in ui.PAGES], "funding": "full", "downloads": True}
    for attack in ATTACKS[::6]:
        sharing.create(home, hub_settings, label=attack[:200], **kept)
        link, _token = sharing.create(home, hub_settings, label=attack[:200], **kept)
        sharing.revoke(home, link.id)
    _link, token = sharing.create(home, hub_settings, label="for the test", **kept)
    with served(home) as address:
        yield Attacked(address, home, token)


def test_every_text_column_carries_attacks() -> None:
    """A new column is covered by itself, or must be named among those that take codes only."""
    for row_type in models.TABLES.values():
        for column in text_columns(row_type):
            taken = [attack for attack in ATTACKS if carried(row_type, column, attack)]
            assert column in CLOSED or len(taken) > len(ATTACKS) // 2, (row_type.table, column, len(taken))


# --- looking -----------------------------------------------------------------------------------------------------------

# For every place with a mark: the whole text of its block, and whether it may have been cut or softened.
LOOK = r"""() => {
  const blocks = 'p, li, td, th, text, label, h1, h2, h3, h4, option, button, code, pre, [role=option], [role=gridcell], ' +
    '[data-testid=stMarkdownContainer], [data-testid=stTooltipContent], [data-testid=stCaptionContainer]';
  const found = {seen: [], made: []};
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!/zq\d\dz/.test(node.data)) continue;
    const parent = node.parentElement;
    if (['SCRIPT', 'STYLE', 'TITLE'].includes(parent.tagName)) continue;
    const block = parent.closest(blocks) || parent;
    const softened = !!parent.closest('[data-testid=stTooltipContent], [role=tooltip], label, button, [data-baseweb=tooltip], ' +
      'a[data-testid=stPageLink-NavLink]');
    found.seen.push([block.textContent, softened]);
    const inside = parent.closest('a, b, i, em, strong, del, code, sub, sup, blockquote, h5, h6, mark, .katex, font');
    if (inside && !inside.closest('a[data-testid]') && !inside.matches('strong, code'))
      found.made.push(inside.outerHTML.slice(0, 300));
  }
  const wanted = '[src*="attack.example"], [href*="javascript:"], [action*="attack"], [href^="data:text"], iframe, form[action], ' +
    'svg a, .katex, [onerror], [onload], [onmouseover], img[alt*="zq"], input[name*="zq"], [style*="color:red;font-size:40px"]';
  for (const element of document.querySelectorAll(wanted)) found.made.push(element.outerHTML.slice(0, 300));
  for (const link of document.querySelectorAll('a[href*="attack.example"]'))
    if (!link.closest('[data-testid=stTable], a[data-testid=stPageLink-NavLink]')) found.made.push(link.outerHTML.slice(0, 300));
  if (window.zqran) found.made.push('a script ran');
  return found;
}"""


# Where a mark is when it has been brought into view; null when it is drawn, but nowhere.
MIDDLE = """mark => {
  mark.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = mark.getBoundingClientRect();
  return box.width + box.height ? [box.x + box.width / 2, box.y + box.height / 2] : null;
}"""


def bare(text: str) -> str:
    """Text without what may be folded, put in, or lost on the way: white space, what separates items of a list, capitals."""
    return re.sub(r"[\s\u200b\u200d\u2060\u202a-\u202e\u00ad|;,-]+", "", text).casefold()


@functools.cache
def spoiled(text: str) -> list[str]:
    """The attacks that a text shows, but not as they are written. A text may be cut, and then it says so."""
    wrong, shown = [], bare(text.replace("...", "…"))
    for mark in set(re.findall(r"zq\d\dz", shown)):
        attack = bare(ATTACKS[int(mark[2:4])])
        head, tail = attack.split(mark, 1)
        for found in re.finditer(mark, shown):
            before, after = shown[: found.start()], shown[found.end() :]
            is_headed = before.endswith(head) or "…" in before[-len(head) :]
            cut = after[: len(tail)].split("…")[0]
            is_tailed = tail.startswith(cut)
            if not is_headed or not (is_tailed and (len(cut) == len(tail) or "…" in after or len(attack) > 55)):
                wrong.append(f"{attack[:80]} as …{before[-60:]}{mark}{after[:80]}")
    return wrong


class Watch:
    """A tab that is watched: what it asks for, what it says, and what is seen in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.foreign: list[str] = []
        self.wrong: list[str] = []
        self.marks: set[str] = set()
        own = (address, address.replace("http", "ws", 1), "data:", "blob:")
        self.listens: dict[str, Callable[[Any], object]] = {
            "request": lambda r: None if r.url.startswith(own) else self.foreign.append(r.url),
            "websocket": lambda s: None if s.url.startswith(own) else self.foreign.append(s.url),
            "pageerror": lambda error: self.wrong.append(f"page error: {error}"),
            "dialog": lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()),
            "console": self._heard,
            "popup": lambda popup: self.wrong.append(f"popup: {popup.url}"),
        }
        for event, heard in self.listens.items():
            page.on(event, heard)  # type: ignore[call-overload]

    def stop(self) -> None:
        """Listen no longer: the tab is the next test's."""
        for event, heard in self.listens.items():
            self.page.remove_listener(event, heard)

    def _heard(self, message: Any) -> None:
        if re.search(r"Content Security Policy|Refused to|attack\.example|zqran", message.text):
            self.wrong.append(message.text[:300])

    def look(self) -> None:
        """See what is there now."""
        found = self.page.evaluate(LOOK)
        self.wrong += [f"made: {made}" for made in found["made"]]
        for text, is_softened in found["seen"]:
            parts = [text]
            if text.startswith("organisation?"):  # a name that is a link; what is read aloud of it is its address
                asked = parse_qs(urlsplit(text).query, keep_blank_values=True)
                parts = [value for values in asked.values() for value in values]
            for part in parts:
                self.marks |= set(re.findall(r"zq\d\dz", part))
                self.wrong += [] if is_softened else spoiled(part)

    def explore(self) -> None:
        """Open all that can be opened on the page as it is, and let the mouse rest on what answers to it.

        What stands beside every page is the same on each: see `unfold`.
        """
        open_everything(self.page)
        assert self.page.locator("[data-testid=stException]").count() == 0
        self.look()
        for _menu in menus_opened(self.page):
            self.look()
        self.hover()
        self.unfold("[data-testid=stMain]")

    def hover(self) -> None:
        """Rest on some points of every chart."""
        for chart in self.page.locator(".hub-chart").all():
            marks = chart.locator(
                ".point, .points path, .bars path, .sankey-node rect, .sankey-link, .hm image, .layer path"
            ).element_handles()
            for mark in marks[:: max(1, len(marks) // 4)][:5]:
                self._rest(mark)
        for drawn in self.page.locator("[data-testid=stEChartsChart] canvas").all():
            drawn.scroll_into_view_if_needed()
            box = drawn.bounding_box()
            assert box
            for step in range(100):  # marks lie close together around the middle
                self.page.mouse.move(
                    box["x"] + box["width"] * (0.3 + step % 10 / 25), box["y"] + box["height"] * (0.3 + step // 10 / 25)
                )
                if step % 10 == 9:
                    self.look()

    def _rest(self, place: ElementHandle) -> None:
        if middle := place.evaluate(MIDDLE):
            self.page.mouse.move(*middle)
            self.page.wait_for_timeout(150)
            self.look()

    def unfold(self, part: str) -> None:
        """Rest on some question marks of a part of the page, and look at what its choices offer."""
        for place in self.page.locator(part).get_by_test_id("stTooltipHoverTarget").element_handles()[:4]:
            self._rest(place)
        boxes = self.page.locator(part).locator("[data-testid=stSelectbox] input, [data-testid=stMultiSelect] input")
        for box in boxes.all():
            if not box.is_visible():
                continue
            try:
                box.click(timeout=1000)
            except Error:
                continue
            self.page.wait_for_timeout(150)
            self.look()
            self.page.keyboard.press("Escape")


def check(watch: Watch, least: int) -> None:
    watch.stop()
    assert watch.foreign == []
    assert list(dict.fromkeys(watch.wrong)) == []
    assert len(watch.marks) >= least, "attacks were shown"


PROFILES = [carried(models.TABLES["organisations"], "organisation_id", ATTACKS[nth]) for nth in (0, 5, 14, 15, 33, 54)]
"""Organisations whose own page is opened, every other one by each reader: between them the four attacked sectors, and a
convenor."""
LEAST = {
    "overview": 4,
    "network": 10,
    "sectors": 10,
    "funding": 10,
    "events": 10,
    "organisation": 20,
    "share": 8,
    "data": 1,
    "methods": 1,
}


@pytest.fixture(scope="module")
def manager_tab(browser: Browser, attacked_hub: Attacked) -> Page:
    return visit(browser, attacked_hub.address)


@pytest.fixture(scope="module")
def receiver_tab(browser: Browser, attacked_hub: Attacked) -> Page:
    tab = new_tab(browser, lang="en-GB", window="other")
    return settled(tab, f"{attacked_hub.address}/s/{attacked_hub.token}")


def see_page(tab: Page, attacked_hub: Attacked, name: str, language: str, profiles: list[str]) -> None:
    """One page and all that can be opened on it; of the page of one organisation several."""
    watch = Watch(tab, attacked_hub.address)

    def turn(to: str, query: str = "") -> None:
        turn_to(
            tab, f"/{path(to)}?lang={language}&all=yes{query}", texts.translation(language).gettext(ui.PAGES[to].title)
        )

    turn(name)
    watch.explore()
    if name == "overview":
        open_filters(tab)
        watch.look()
        watch.unfold("[data-testid=stPopoverBody]")
        tab.keyboard.press("Escape")
    for nth, profile in enumerate(profiles if name == "organisation" else ()):
        if nth == 0:  # as whoever was sent this address
            settled(tab, f"{attacked_hub.address}/{name}?lang={language}&id={quote(profile)}")
        else:
            turn("methods")  # nothing happens in a tab that turns to the page it has
            turn(name, f"&id={quote(profile)}")
        expect(tab.locator("h2#organisation")).to_be_visible()
        watch.explore()
    check(watch, LEAST.get(name, 1))


@pytest.mark.parametrize("name", ui.PAGES)
def test_a_manager_sees_attacks_as_text(manager_tab: Page, attacked_hub: Attacked, name: str) -> None:
    see_page(manager_tab, attacked_hub, name, "nl", PROFILES[::2])


@pytest.mark.parametrize("name", [name for name in ui.PAGES if name in sharing.PAGES])
def test_a_receiver_sees_attacks_as_text(receiver_tab: Page, attacked_hub: Attacked, name: str) -> None:
    see_page(receiver_tab, attacked_hub, name, "en", PROFILES[1::2])


def test_attacks_in_dropped_files_stay_text(browser: Browser, attacked_hub: Attacked) -> None:
    """As the name of a file, as a heading nobody knows, and as cells that are refused, one of them too long."""
    watch = Watch(new_tab(browser), attacked_hub.address)
    settled(watch.page, f"{attacked_hub.address}/data?lang=nl")
    files = []
    for attack in [attack for attack in ATTACKS if not re.search(r'[/"\n\\]', attack)][::3]:
        row = {"organisation_id": "x", "name": "x", "sector": attack, "founded": attack, attack: attack}
        files.append({"name": f"{attack[:100]}.csv", "mimeType": "text/csv", "buffer": written([row])})
    watch.page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
    watch.page.locator("[id=reading]").wait_for()
    wait_until_settled(watch.page)
    watch.explore()
    check(watch, 10)


# --- downloads ---------------------------------------------------------------------------------------------------------


def formulas(content: bytes) -> list[str]:
    """The cells and headings of a CSV file that a spreadsheet would run: text that begins as a formula does."""
    text = content.decode("utf-8-sig")
    separator = ";" if text.split("\n", 1)[0].count(";") >= text.split("\n", 1)[0].count(",") else ","
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    is_number = re.compile(r"[+-]?\d+([.,]\d+)?(e[+-]?\d+)?", re.IGNORECASE)
    return [cell for cell in cells if cell.startswith(FORMULA_STARTS) and not is_number.fullmatch(cell)]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_download_holds_a_formula(attacked_hub: Attacked, language: str) -> None:
    taken: dict[str, bytes] = {}
    with Client(attacked_hub.address) as client, client.connect() as session:
        for name in ui.PAGES:
            address = f"&id={ATTACKS[54]}" if name == "organisation" else ""
            session.run(path(name), query=f"lang={language}&all=yes{address}")
            for widget in session.tab.shown.widgets:
                if widget.kind == "expandable":
                    session.tab.set(widget.key, True)
            assert session.run().exceptions == []
            for widget in session.tab.shown.widgets:
                if widget.kind == "download_button":
                    taken[f"{name}/{widget.key}"] = session.download(widget.key).content
    book = openpyxl.load_workbook(io.BytesIO(taken.pop("data/workbook")))
    assert not [cell for sheet in book for row in sheet.rows for cell in row if cell.data_type == "f"]
    archive = zipfile.ZipFile(io.BytesIO(taken.pop("data/templates")))
    taken |= {f"empty {name}": archive.read(name) for name in archive.namelist()}
    assert len(taken) > 20
    assert any(b"'=1+1" in content for content in taken.values()), "formulas came, and would be found"
    assert {name: found for name, content in taken.items() if (found := formulas(content))} == {}


def test_no_row_to_repair_holds_a_formula(tmp_path: Path) -> None:
    """Rows that were refused, and the list of their problems, are opened in a spreadsheet too."""
    rows = [
        {"name": attack, "sector": attack, "city": ATTACKS[54], attack[:60]: attack}
        for attack in ATTACKS
        if attack[0] in "=+-@"
    ]
    draft = loading.prepare(tmp_path, settings.Settings(), {"organisations.csv": written(rows)}).draft
    assert draft.rejected
    for language in ("nl", "en"):
        for rejected in draft.rejected.values():
            content = rejected.csv(language)
            assert b"'=1+1" in content
            assert formulas(content) == []
