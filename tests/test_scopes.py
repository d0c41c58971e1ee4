"""Nothing outside a link's scope is ever sent: a home full of planted words and amounts, and a client that tries everything.

The words of `SECRETS` and the amounts of `amount` are in the data where a link of some kind may not look. The client walks
all pages, opens everything, gives every widget every value and some that are none, tries addresses, and takes every
download; then all that came over the wire is searched, figures and tables too.
"""

import base64
import contextlib
import csv
import functools
import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pypdf
import pytest
from browser import served
from client import Client, Seen, Session, Widget
from google.protobuf.message import Message
from lxml import etree

from hubdata import loading, settings, sharing, ui

OUTSIDE, NAMED, DONOR, NOTE, NEWER, GONE, MEETING, LABEL = (
    f"q{kind}q" for kind in ("outside", "named", "donor", "note", "newer", "gone", "meeting", "label")
)
"""What stands in the texts of: organisations outside a scope and all that is theirs; those inside; who gives to one of
those; notes of targets; only the newest data; only older data; meetings of organisations outside; names of links."""
GENERAL = "qgeneralq"
"""A donor to so many organisations that totals may name him."""


def amount(nth: int) -> int:
    """An amount that nothing else on a page can be: a nth of its own kind, far from sums and round numbers."""
    return 7_919_123 + 104_729 * nth


def planted(*, newest: bool) -> dict[str, bytes]:
    """Lists in which everything that some link may not see can be recognised."""
    organisations, partnerships, events, attendance, funding = [], [], [], [], []
    for nth in range(20):
        inside = nth < 10
        word = NAMED if inside else OUTSIDE
        if nth == 3:
            word = NAMED + (NEWER if newest else GONE)
        organisations.append(
            {
                "organisation_id": f"{word}-id-{nth}",
                "name": f"{word} {nth}",
                "sector": "knowledge" if inside else ("ngo", "government", "business")[nth % 3],
                "type": "research-institute" if inside else "",
                "city": f"{word} city",
                "country": "NL" if inside else "UA",
                "website": f"https://{word}{nth}.example",
                "themes": f"water|theme{nth % 2}" if inside else f"{word}theme{nth % 2}",
                "countries": "NL|KE",
                "fte": 5 + nth,
                "founded": 1900 + nth,
                "digital_maturity": 1 + nth % 5,
                "needs": "training" if inside else f"{word}need",
                "offers": "office-space" if inside else f"{word}offer",
                "reserves": amount(200 + nth),
                "sdgs": "16|17",
            }
        )
        for year in (2021, 2022, 2023):
            given = {"organisation_id": f"{word}-id-{nth}", "year": year}
            own = {
                "donor": f"{DONOR if inside else OUTSIDE} donor {nth}",
                "donor_id": f"{DONOR if inside else OUTSIDE}-donor-{nth}",
                "programme": f"{DONOR if inside else OUTSIDE} programme {nth}",
                "category": ("government", "nonprofits", "lotteries")[nth % 3],
                "amount": amount(nth + 20 * (year - 2021)),
            }
            general = {
                "donor": f"{GENERAL} donor" if inside else f"{OUTSIDE} general donor",
                "category": "multilateral",
                "amount": amount(100 + nth + 20 * (year - 2021)),
            }
            funding += [given | own, given | general]
    ids = [row["organisation_id"] for row in organisations]
    inner, outer = ids[:10], ids[10:]
    for nth, (a, b) in enumerate(itertools.pairwise(inner + inner[:3])):
        partnerships.append(([a, b], NAMED, nth))
    partnerships += [([a, b], OUTSIDE, 100 + nth) for nth, (a, b) in enumerate(itertools.pairwise(outer))]
    partnerships += [([inner[nth], outer[nth]], OUTSIDE, 200 + nth) for nth in range(5)]
    partnerships += [([*inner[:3], outer[0]], NAMED, 300), ([inner[0], *outer[1:4]], OUTSIDE, 301)]
    for word, members in ((NAMED, inner), (MEETING, outer)):
        for nth in range(3):
            events.append(
                {
                    "event_id": f"{word}-event-{nth}",
                    "name": f"{word} event {nth}",
                    "start_date": f"2023-0{nth + 2}-15",
                    "kind": "workshop" if word == NAMED else f"{word}kind",
                    "format": "in-person",
                    "organiser_id": members[nth],
                    "venue": f"{word} venue",
                    "themes": "water" if word == NAMED else f"{word}theme",
                    "cost": amount(300 + len(events)),
                }
            )
            attendance += [{"event_id": f"{word}-event-{nth}", "organisation_id": m} for m in members]
    attendance.append({"event_id": f"{NAMED}-event-0", "organisation_id": outer[0]})
    tables: dict[str, list[dict[str, Any]]] = {
        "organisations": organisations,
        "partnerships": [
            {
                "partnership_id": f"{word}-agreement-{nth}",
                "name": f"{word} agreement {nth}",
                "organisation_ids": "|".join(members),
                "start_date": f"20{19 + nth % 4}-03-01",
                "end_date": "" if nth % 4 else "2023-06-30",
                "kind": "project" if word == NAMED else f"{word}kind",
                "themes": "water" if word == NAMED else f"{word}theme0",
                "programme": f"{word} programme",
                "event_id": f"{MEETING}-event-0" if word == OUTSIDE or nth == 2 else f"{NAMED}-event-1",
            }
            for members, word, nth in partnerships
        ],
        "events": events,
        "attendance": attendance,
        "funding": funding,
        "targets": [
            {"indicator": name, "date": "2025-12-31", "value": 0.5, "note": f"{NOTE} note"}
            for name in ("density", "cross_sector_share", "exposed_share", "public_share")
        ],
    }
    return {f"{name}.csv": written(rows) for name, rows in tables.items()}


def written(rows: list[dict[str, Any]]) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO()
    file = csv.DictWriter(text, list(rows[0]))
    file.writeheader()
    file.writerows(rows)
    return text.getvalue().encode()


class Kind(NamedTuple):
    """A kind of link, and the words that its receiver must never get."""

    covers: dict[str, Any]
    hidden: tuple[str, ...]
    amounts: bool = False
    """Whether he may have amounts of single organisations."""
    like: str = ""
    """The kind of link that covers the same: what can be chosen and asked for is tried with that one."""


ALL = tuple(name for name in sharing.PAGES if name in ui.PAGES)
WITHOUT_AMOUNTS = tuple(name for name in ALL if name != "stress")
WITHOUT_NAMES = tuple(name for name in WITHOUT_AMOUNTS if name not in ("organisation", "introductions"))
INSIDE: dict[str, Any] = {"sectors": ("knowledge",)}
FOREIGN = (OUTSIDE, MEETING, NOTE, LABEL)
KINDS = {
    "full, sector": Kind(
        {"pages": ALL, "funding": "full", "downloads": True, **INSIDE}, (*FOREIGN, GONE), amounts=True
    ),
    "full, theme": Kind(
        {"pages": ALL, "funding": "full", "downloads": True, "themes": ("water",)}, (*FOREIGN, GONE), amounts=True
    ),
    "totals, sector": Kind(
        {"pages": WITHOUT_AMOUNTS, "funding": "totals", "downloads": True, **INSIDE}, (*FOREIGN, GONE, DONOR)
    ),
    "totals, no names": Kind(
        {"pages": WITHOUT_NAMES, "funding": "totals", "downloads": True, "names": False, **INSIDE},
        (*FOREIGN, NAMED, GONE, DONOR, NEWER),
    ),
    "no income, sector": Kind(
        {"pages": tuple(name for name in WITHOUT_AMOUNTS if name != "funding"), "downloads": True, **INSIDE},
        (*FOREIGN, GONE, DONOR, GENERAL),
    ),
    "no names, everybody": Kind(
        {"pages": tuple(name for name in WITHOUT_NAMES if name != "funding"), "names": False, "downloads": True},
        (NOTE, LABEL, GONE, DONOR, GENERAL, f"{OUTSIDE} city", f"{OUTSIDE}-id", f"{NAMED}-id", f"{NAMED} city"),
    ),
    "few pages": Kind({"pages": ("network",), **INSIDE}, (*FOREIGN, GONE, DONOR, GENERAL)),
    "no downloads": Kind(
        {"pages": ALL, "funding": "full", **INSIDE}, (*FOREIGN, GONE), amounts=True, like="full, sector"
    ),
    "older snapshot": Kind(
        {"pages": WITHOUT_AMOUNTS, "funding": "totals", "downloads": True, "snapshot": "older", **INSIDE},
        (*FOREIGN, NEWER, DONOR),
    ),
}


class Planted(NamedTuple):
    """A hub with planted data, as it is served, with a link of each kind."""

    address: str
    home: Path
    links: dict[str, tuple[sharing.Link, str]]
    snapshots: tuple[str, str]


@pytest.fixture(scope="module")
def planted_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    home = tmp_path_factory.mktemp("home")
    hub_settings = settings.Settings()
    ids = []
    for newest in (False, True):
        outcome = loading.load(home, hub_settings, planted(newest=newest), may_remove=True)
        assert outcome.manifest, [str(problem) for problem in outcome.draft.problems[:3]]
        ids.append(outcome.manifest.id)
    links = {}
    for name, kind in KINDS.items():
        covers = kind.covers | ({"snapshot": ids[0]} if "snapshot" in kind.covers else {})
        links[name] = sharing.create(home, hub_settings, label=f"{LABEL} {name}", **covers)
    with served(home) as address:
        yield Planted(address, home, links, (ids[0], ids[1]))


# --- walking -----------------------------------------------------------------------------------------------------------

ADDRESSES = (
    "sector=ngo&snapshot=../../..&embed=true&embed_options=show_toolbar",
    "sector=knowledge%7Cngo%7Cgovernment&convenor=no",
    f"theme={OUTSIDE}theme0&as_of=nonsense&since=2001-01-01&lang=xx",
    "theme=water&year=2021",
    "as_of=2020-06-30&since=2019-12-31",
    "as_of=1999-01-01",
    f"snapshot={{older}}&id={OUTSIDE}-id-12",
    f"snapshot={{newer}}&id={NAMED}-id-1",
)
"""What is asked of every page. What no page takes from another stands in one address with it."""
CHOICES = ("selectbox", "multiselect", "radio", "checkbox")
ON_EVERY_PAGE = ("at_as_of", "at_sector", "at_theme", "at_convenor")
"""The choices of the toolbar."""
NO_OPTIONS = ("ngo", "NGOs", f"{OUTSIDE} 12", f"{OUTSIDE}-id-12")
"""Values that a widget does not offer, as codes and as words."""
MOST_OPTIONS = 2


class Heard:
    """Everything that came to a visitor."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.files: dict[str, bytes] = {}

    @functools.cached_property
    def different(self) -> list[Any]:
        """Every message once: most of a page comes again and again."""
        return list({message.SerializeToString(): message for message in self.messages}.values())

    @functools.cached_property
    def text(self) -> str:
        """Every string of it, in small letters and without the marks that escape. Ask when all has come."""
        said = [Seen(self.different).text, *map(text_of, self.files.values())]
        text = re.sub(r"[\\\u200b]", "", "\n".join(said)).lower()
        for typed in NO_OPTIONS:  # a page may say in quotation marks what he typed himself
            text = text.replace(f"“{typed.lower()}”", "")
        return text

    @property
    def numbers(self) -> set[float]:
        """Every number of it: in figures, tables, files and texts, in any form."""
        found: set[float] = set()
        for message in self.different:
            found |= set(numbers_in(message))
        for written_number in set(re.findall(r"(?<![\w.-])\d[\d.,\u00a0\u202f]*\d(?![\w-])", self.text)):
            plain = re.sub(r"[\u00a0\u202f]", "", written_number)
            for read in (re.sub("[.,]", "", plain), plain.replace(",", ""), plain.replace(".", "").replace(",", ".")):
                with contextlib.suppress(ValueError):
                    found.add(float(read))
        return {number for number in found if np.isfinite(number)}


def numbers_in(message: Message) -> Iterator[float]:
    """The numbers of a message, those of tables (Arrow) and figures (JSON, with arrays in base64) too."""
    for _field, value in message.ListFields():
        several = not isinstance(value, str | bytes) and hasattr(value, "__iter__")
        for item in (list(value.values()) if hasattr(value, "values") else value) if several else [value]:
            if isinstance(item, Message):
                yield from numbers_in(item)
            elif isinstance(item, bytes):
                with contextlib.suppress(pa.ArrowInvalid, OSError):
                    for column in pa.ipc.open_stream(item).read_all().columns:
                        yield from (float(v) for v in column.to_pylist() if isinstance(v, int | float))
            elif isinstance(item, str) and item[:1] in ("{", "["):
                with contextlib.suppress(ValueError):
                    yield from numbers_of_json(json.loads(item))
            elif isinstance(item, int | float):
                yield float(item)


def numbers_of_json(value: Any) -> Iterator[float]:
    if isinstance(value, dict) and {"dtype", "bdata"} <= set(value):
        yield from (float(v) for v in np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]))
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers_of_json(item)
    elif isinstance(value, int | float):
        yield float(value)


def walk(session: Session, snapshots: tuple[str, str], *, only_opens: bool, also_on_paper: bool) -> Heard:
    """Go everywhere, open everything, choose everything, ask for what is not offered, and take every download."""
    heard = Heard()
    menu = dict(session.run("", query="lang=en&all=yes").menu)
    for nth, name in enumerate(menu):
        session.goto(name)
        opened = open_everything(session)
        take_downloads(session, heard, also_on_paper=also_on_paper)
        if not only_opens:
            choose_everything(session, opened, is_first=nth == 0)
    older, newer = snapshots
    for name in [] if only_opens else [*ui.PAGES, "navigation", "nowhere"]:
        is_in_menu = name in menu
        for query in ADDRESSES if is_in_menu else ADDRESSES[:1]:
            session.run(name, query=f"lang=nl&all=yes&{query.format(older=older, newer=newer)}")
    heard.messages += session.seen.messages
    return heard


def choose_everything(session: Session, widgets: list[Widget], *, is_first: bool) -> None:
    """Give every choice of the page each of its values, and all of them at once values that they do not offer.

    Those that every page has are chosen one by one on the first page only, and together on the others.
    """
    choices = [widget for widget in widgets if widget.kind in CHOICES and widget.key != "at_lang"]
    together = [] if is_first else [widget for widget in choices if widget.key in ON_EVERY_PAGE]
    alone = [widget for widget in choices if widget not in together]
    for widget in alone:
        for value in offered(widget):
            choose(session, {widget.key: value})
        put_back(session, [widget])
    for nth in range(MOST_OPTIONS):
        choose(session, {widget.key: offered(widget)[nth] for widget in together if nth < len(offered(widget))})
        put_back(session, together)
    for value in NO_OPTIONS if alone else NO_OPTIONS[:1]:
        none_of_them = {"multiselect": list(NO_OPTIONS), "selectbox": value, "radio": value}
        choose(session, {w.key: none_of_them[w.kind] for w in choices if w.kind in none_of_them})
        put_back(session, choices)


def offered(widget: Widget) -> list[Any]:
    """The first values that a widget offers, without the one it has."""
    values = [True, False] if widget.kind == "checkbox" else list(widget.proto.options)[:MOST_OPTIONS]
    return [v for v in ([[value] for value in values] if widget.kind == "multiselect" else values) if v != widget.value]


def choose(session: Session, values: dict[str, Any]) -> None:
    """Give these widgets these values in one run of the page, as far as an earlier choice has not taken them away."""
    for key, value in values.items():
        with contextlib.suppress(LookupError):
            session.tab.set(key, value)
    if values:
        session.run()


def put_back(session: Session, widgets: list[Widget]) -> None:
    """Give widgets the value they had, with the next run of the page."""
    for widget in widgets:
        with contextlib.suppress(LookupError):
            session.tab.set(widget.key, widget.value)


def open_everything(session: Session) -> list[Widget]:
    """Open what can be opened on the page, and say which widgets there are then."""
    for widget in session.tab.shown.widgets:
        if widget.kind in ("expandable", "popover"):
            session.tab.set(widget.key, True)
    assert session.run().exceptions == []
    return list(session.tab.shown.widgets)


ON_PAPER = ("take_pdf", "take_docx", "take_pptx")
"""What takes seconds to make. All of it is made of the same content, so one kind of link has it made."""


def take_downloads(session: Session, heard: Heard, *, also_on_paper: bool) -> None:
    """Take every download that the page offers; what the toolbar offers, which is the same on every page, once."""
    for widget in session.tab.shown.widgets:
        if widget.kind == "download_button" and widget.key not in heard.files:
            if widget.key in ON_PAPER and not also_on_paper:
                continue
            got = session.download(widget.key)
            assert got.status_code == 200
            place = "" if widget.key.startswith("take_") else f"{session.tab.page_hash} {len(heard.files)} "
            heard.files[f"{place}{widget.key}"] = got.content


def text_of(content: bytes) -> str:
    """What a file says, whatever it is packed in."""
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        return "\n".join(
            " ".join(etree.fromstring(part).itertext()) if name.endswith((".xml", ".rels")) else text_of(part)
            for name, part in parts.items()
            if not name.endswith((".png", ".jpeg"))
        )
    return content.decode("utf-8-sig", "replace")


def single_amounts() -> set[int]:
    """What belongs to one organisation: each amount, its sum per year, what it has and what an event cost."""
    found = {amount(nth) for nth in range(320)}
    for nth, year in itertools.product(range(20), range(3)):
        found.add(amount(nth + 20 * year) + amount(100 + nth + 20 * year))
    return found


# --- what must hold ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_what_a_link_does_not_cover_never_comes_over_the_wire(planted_hub: Planted, name: str) -> None:
    kind, (link, token) = KINDS[name], planted_hub.links[name]
    with Client(planted_hub.address) as client:
        assert client.http.get(f"/s/{token}", follow_redirects=True).status_code == 200
        with client.connect() as session:
            also_on_paper = name == "totals, no names"
            heard = walk(session, planted_hub.snapshots, only_opens=bool(kind.like), also_on_paper=also_on_paper)
    text = heard.text
    # The walk is worth something: the figures of the link came.
    assert ("org. " if not link.names else NAMED) in text
    for word in kind.hidden:
        assert word not in text, f"{word!r} came: …{text[max(0, text.index(word) - 80) : text.index(word) + 80]}…"
    for other, (shared, secret) in planted_hub.links.items():
        assert secret.lower() not in text
        assert shared.token_sha256 not in text
        assert other == name or shared.id not in text
    if not kind.amounts:
        told, single = heard.numbers, single_amounts()
        assert not {n for n in told if round(n) in single}
        assert not told & {float(round(one, -3)) for one in single}, "rounded is still known"
    else:
        assert single_amounts() & {round(number) for number in heard.numbers}, "amounts came, and would be found"
    assert bool(heard.files) == link.downloads
    taken = {key for key in heard.files if key.startswith("take_")}
    assert taken >= ({"take_xlsx", "take_gexf", "take_graphml", "take_json"} if link.downloads else set())
    assert taken >= (set(ON_PAPER) if also_on_paper else set())
    downloads = [kind for kind, _proto in Seen(heard.messages).elements if kind == "download_button"]
    assert bool(downloads) == link.downloads
    assert set(Seen(heard.messages).menu) == set(link.pages)
    assert {ui.PAGES[name].audience for name in link.pages} == {"shared"}
