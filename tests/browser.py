"""A real server and a real Chromium, for the browser tests and for the screenshots in docs/."""

import itertools
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import door
from axe_playwright_python.sync_playwright import Axe
from client import METADATA, NEW_SESSION, RERUN_SCRIPT
from dashboard import Dashboard
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from hubdata import page_list

ROOT = Path(__file__).parents[1]
WIDE, PHONE = (1400, 1000), (375, 812)
PAGES = tuple(page_list.PAGES)
AXE = Axe()
# What is right is seen at once; a busy machine may need longer than the five seconds that Playwright waits.
expect.set_options(timeout=30_000)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that colours can break."""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
"""The one without a window does the same with a quarter less work."""
# Chromium asks for updates and lists of its own; the tests count every request, so these are off.
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FLAGS += ["--disable-component-update", "--disable-quic", "--disable-dev-shm-usage"]
# The tabs of a window share one process, and with it Streamlit's compiled program (see `new_tab`).
FLAGS += ["--process-per-site"]
# The name in the files of deploy/ is this machine's.
FLAGS += ["--host-resolver-rules=MAP hub.example.org 127.0.0.1"]


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The dashboard on a free port of this machine, with its data in `home`; yields its address."""
    with started(home) as (_server, address):
        door.note(address, home)
        yield address


@contextmanager
def started(home: Path) -> Iterator[tuple[Dashboard, str]]:
    """As `served`, with the server itself, and without a way in for the manager.

    What the server says goes to a file beside `home` (see `said_by`): a pipe that nobody reads stops it when it is full.
    """
    port = free_port()
    environment = {**os.environ, "HUBDATA_HOME": str(home)}
    server = Dashboard(["--server.headless=true", f"--server.port={port}"], environment, said_by(home))
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(address, server, said_by(home))
        yield server, address
    finally:
        server.terminate()
        server.wait(timeout=20)


_ports: list[int] = []


def free_port() -> int:
    """A free port of this machine: the same again where it can be, for which a browser has the program compiled already."""
    for port in [*_ports, 0]:
        with socket.socket() as free, suppress(OSError):
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            if not port:
                _ports.append(free.getsockname()[1])
            return int(free.getsockname()[1])
    raise AssertionError("this machine has no port left")


def said_by(home: Path) -> Path:
    """The file with what the server of this home said."""
    return home.with_name(f"{home.name}.log")


def wait_until_healthy(
    address: str, server: subprocess.Popen[bytes] | Dashboard, said: Path | None = None, seconds: float = 60
) -> None:
    """Return when `/healthz` answers 200; raise with what the server said when it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise RuntimeError(
        f"the server did not start:\n{said.read_text(errors='replace') if said and said.exists() else ''}"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def new_window(browser: Browser, **how: Any) -> BrowserContext:
    """A window whose tabs know when they wait for the script (see `wait_until_settled`); `how` as `Browser.new_context`."""
    window = browser.new_context(**how)
    window.add_init_script(f"(() => {{{ASKED_TO_RUN}}})()")
    return window


_windows: WeakKeyDictionary[Browser, dict[tuple[object, ...], BrowserContext]] = WeakKeyDictionary()


def window_of(browser: Browser, *, scheme: str = "light", lang: str = "nl-NL", window: str = "") -> BrowserContext:
    """The window of this look; `window` sets some apart, with cookies of their own. See `new_tab`."""
    windows = _windows.setdefault(browser, {})
    look = (scheme, lang, window)
    if look not in windows:
        windows[look] = new_window(browser, color_scheme=scheme, locale=lang, accept_downloads=True)
        # The process of a window ends with its last tab, and what was compiled is lost: this empty page keeps it.
        stays = windows[look].new_page()
        stays.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        stays.goto("http://127.0.0.1/")
    return windows[look]


def new_tab(
    browser: Browser, *, size: tuple[int, int] = WIDE, scheme: str = "light", lang: str = "nl-NL", window: str = ""
) -> Page:
    """A tab in the window of this look, which has Streamlit's program already: it opens twice as fast as in a new one.

    For tests that change nothing in the browser; close the tab and not the window.
    """
    tab = window_of(browser, scheme=scheme, lang=lang, window=window).new_page()
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    return tab


def emptied(window: BrowserContext) -> None:
    """Close every tab that a test left open in a window and forget every cookie; what was compiled stays."""
    for tab in window.pages[1:]:
        tab.close()
    window.clear_cookies()


def leave_clean(browser: Browser) -> None:
    """Empty every window, for the tests of another file."""
    for window in _windows.get(browser, {}).values():
        emptied(window)


def visit(
    browser: Browser,
    url: str,
    *,
    size: tuple[int, int] = WIDE,
    scheme: str = "light",
    lang: str = "nl-NL",
    window: str = "",
) -> Page:
    """A new tab, as `new_tab` says, in which this address has been opened and has settled."""
    return settled(new_tab(browser, size=size, scheme=scheme, lang=lang, window=window), url)


def path(name: str) -> str:
    """Where a page is: the overview is the start page."""
    return "" if name == "overview" else name


def settled(page: Page, address: str) -> Page:
    """Open an address and wait until the script has run to its end and every figure is drawn."""
    let_in(page.context, address)
    page.goto(address)
    return wait_until_settled(page)


def let_in(window: BrowserContext, address: str) -> None:
    """Make a window one of the manager's on this machine, where the server at this address has that door."""
    server = "/".join(address.split("/", 3)[:3])
    window.add_cookies(
        [{"name": name, "value": value, "url": server} for name, value in door.cookies_of(server).items()]
    )


def turn_to(page: Page, address: str, title: str) -> Page:
    """Go to another page of the dashboard in this tab, as "back" of a browser does: its program is not loaded anew.

    For tests that look at many pages: it takes a third of the time. `address` is one without a host, `title` what the page
    is called in its language.
    """
    page.evaluate("to => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')) }", address)
    return arrived(page, title)


def arrived(page: Page, title: str) -> Page:
    """Wait until the page with this title is there, alone and settled.

    While one page makes way for another both may stand there for a moment, so the heading is looked for by its name.
    """
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=60_000)
    wait_until_settled(page)
    expect(page.locator("h1")).to_have_text(title)
    return page


# Notes in a tab whether the script was asked to run and has not begun yet: on a busy machine the time between
# is longer than any pause worth waiting for. Streamlit's messages are protobuf: numbered fields.
ASKED_TO_RUN = f"""
const RERUN_SCRIPT = {RERUN_SCRIPT}, NEW_SESSION = {NEW_SESSION}, METADATA = {METADATA};
"""
ASKED_TO_RUN += """
const kindOf = bytes => {
    let at = 0;
    const number = () => {
        let value = 0, byte, power = 1;
        do { byte = bytes[at++]; value += (byte & 127) * power; power *= 128; } while (byte > 127);
        return value;
    };
    while (at < bytes.length) {
        const field = number() >>> 3;
        if (field > METADATA) return field;
        const length = number();
        at += length;
    }
};
const isOf = (data, kind) => ArrayBuffer.isView(data) && kindOf(data) === kind;
window.WebSocket = class extends WebSocket {
    constructor(...how) {
        super(...how);
        this.addEventListener('message', ({data}) => {
            if (data instanceof ArrayBuffer && isOf(new Uint8Array(data), NEW_SESSION)) window.hubIsAsked = false;
        });
        this.addEventListener('close', () => { window.hubIsAsked = false; });
    }
    send(data) {
        if (isOf(data, RERUN_SCRIPT)) window.hubIsAsked = true;
        super.send(data);
    }
};
"""
# Whether a page is whole, every run that was asked for has begun and ended, and nothing has come or gone on it for a while
# since this question was asked first.
SETTLED = """([question, quiet]) => {
    if (!window.hubQuiet) {
        window.hubQuiet = {};
        const watch = new MutationObserver(() => { window.hubQuiet.last = performance.now(); });
        watch.observe(document, {childList: true, characterData: true, subtree: true});
    }
    if (window.hubQuiet.question !== question) window.hubQuiet = {question, last: performance.now()};
    return document.querySelector('.st-key-foot') && !document.querySelector('[data-testid=stSkeleton]')
        && document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
        && !window.hubIsAsked
        && [...document.querySelectorAll('.hub-chart')].every(e => e.querySelector('.main-svg'))
        && performance.now() - window.hubQuiet.last >= quiet;
}"""


_questions = itertools.count()


def wait_until_settled(page: Page, seconds: float = 60, quiet: float = 0.4) -> Page:
    """Wait until the page has its foot, every figure is drawn, and nothing came or went for `quiet` seconds.

    Streamlit runs a page again when the browser has told its theme, so one look at the state is not enough. What waits for
    a part of its program, such as the first figure of a browser, is a skeleton until then.
    """
    try:
        page.wait_for_function(SETTLED, arg=[next(_questions), 1000 * quiet], polling=50, timeout=1000 * seconds)
    except PlaywrightTimeout as late:
        raise TimeoutError(f"{page.url} did not come to rest") from late
    return page


def in_menu(page: Page, title: str) -> None:
    """Choose an item of the menu, also one that is put away under "More"."""
    link = page.locator("[data-testid=stTopNavLink], [data-testid=stTopNavDropdownLink]").filter(
        has_text=re.compile(rf"^(?:[a-z_]+\s*)?{re.escape(title)}$")
    )
    if not link.count():
        page.get_by_test_id("stTopNavSection").click()
    link.click()


def menu_titles(page: Page) -> list[str]:
    """What the menu offers, also under "More", as it is read."""
    found = page.get_by_test_id("stTopNavLink").all_inner_texts()
    for section in page.get_by_test_id("stTopNavSection").all():
        section.click()
        found += page.get_by_test_id("stTopNavDropdownLink").all_inner_texts()
        page.keyboard.press("Escape")
    return [text.split("\n")[-1].strip() for text in found]


def tab_titles(page: Page) -> list[str]:
    """The pages that belong to this one, itself among them, as its tabs say."""
    return page.locator(".st-key-tabs :is(a, [aria-current=page])").all_inner_texts()


def open_filters(page: Page) -> None:
    """Open the filters, when they are put away."""
    button = page.locator(".st-key-filters button").first
    if button.get_attribute("aria-expanded") != "true":
        button.click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()


def menus_opened(page: Page) -> Iterator[str]:
    """Open what is behind each button of the page, one after the other, for only one is open at a time; yields its key."""
    for holder in page.locator("[data-testid=stMain] [data-testid=stPopover]").all():
        button = holder.get_by_test_id("stPopoverButton")
        if not button.is_visible():
            continue
        button.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        wait_until_settled(page, quiet=0.15)  # the page has been asked for what is in it already
        yield button.inner_text()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def open_everything(page: Page) -> None:
    """Open all that stays open beside others, at once: every opening by itself runs the page again."""
    closed = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    while closed.count():
        closed.evaluate_all("found => found.forEach(summary => summary.click())")
        page.wait_for_timeout(100)
        wait_until_settled(page)


def options_of(page: Page, name: str | re.Pattern[str]) -> Locator:
    """Open the list of a select box and give its options.

    The list closes when the page scrolls, and on a busy machine the scrolling that brings the box into view is told after
    the click: so that comes first, and two pictures pass. It closes as well when the page is drawn anew: then it is
    opened once more.
    """
    box, options = page.get_by_role("combobox", name=name), page.get_by_role("option")
    for _once_more in range(2):
        box.scroll_into_view_if_needed()
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        box.click()
        with suppress(PlaywrightTimeout):
            options.first.wait_for(timeout=10_000)
            break
    return options


LANGUAGE = "Taal / Language"
LOOKS = (("light", WIDE), ("light", PHONE), ("dark", PHONE), ("dark", WIDE))


def looks(page: Page, wanted: Iterable[tuple[str, tuple[int, int]]] = LOOKS) -> Iterator[str]:
    """Give a settled tab each look in turn, without loading it anew; yields what the look is called.

    It begins with those of the scheme that the tab has: another one takes a run of the script.
    """
    now = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    for scheme, (width, height) in sorted(wanted, key=lambda look: look[0] != now):
        page.set_viewport_size({"width": width, "height": height})
        in_scheme(page, scheme)
        wait_until_settled(page)
        yield f"{scheme}, {width} wide"


def in_scheme(page: Page, scheme: str) -> None:
    """Light or dark, as the browser asks for; figures follow with the next run of the script, which is asked for here."""
    if page.evaluate("scheme => matchMedia(`(prefers-color-scheme: ${scheme})`).matches", scheme):
        return
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    is_dark = """scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/\\d+/g)
        .every(part => (scheme === 'dark') === (part < 128))"""
    page.wait_for_function(is_dark, arg=scheme)
    wait_until_settled(page)
    if page.locator(".hub-chart").count():
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("r")
        # Words in a figure are light in the dark and dark in the light.
        is_drawn = """scheme => [...document.querySelectorAll('.hub-chart .main-svg .xtick text')].every(
            text => getComputedStyle(text).fill.match(/\\d+/g).every(part => (scheme === 'dark') === (part > 128)))"""
        page.wait_for_function(is_drawn, arg=scheme)


def broken_rules(page: Page, *more: str, only: tuple[str, ...] = (), within: str = "html") -> list[tuple[str, object]]:
    """The rules of accessibility (WCAG 2.2 A and AA, and `more` sets of rules) that the page breaks, with some places.

    Also when it scrolls sideways. Or `only` these rules, or what is `within` one place, where the rest was looked at.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    rules = {"type": "rule", "values": only} if only else [*WCAG, *more]
    # What passes is not listed place by place, which took most of the time; what does not pass still is.
    how = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("([where, how]) => axe.run(where, how).then(results => results.violations)", [within, how])
    wrong = [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wrong + ([("the page scrolls sideways", overflow)] if overflow > 0 else [])
