"""How fast it is where it is felt, measured by hand: `python tests/benchmarks/browser.py`, with
`--before FOLDER`, `--peers PYTHON`, `--times N` and `--parts filter turn visit slow`.

In Chromium, on the demo of 150 organisations: a filter change, turning to another page, a first visit, a new tab and a
reload, each until nothing in the figures changes any more; and how many bytes a first visit takes. Beside it stands a
static page with the very figures of the dashboard, which changes them with `Plotly.react`; with `--before`, also another
checkout of the dashboard; with `--peers`, also those figures in Dash and in a Streamlit script that does nothing else
(PYTHON is an interpreter that has both: `python -m venv peers && peers/bin/pip install dash streamlit`). All in turns, so that whatever else the machine does falls on all; medians, and medians of
the ratios to the static page of the same turn.
"""

import argparse
import functools
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import door  # noqa: E402
import plotly  # noqa: E402
from browser import CHROMIUM, free_port, let_in, wait_until_healthy  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from hubdata import loading, settings  # noqa: E402

PLOTLY = Path(plotly.__file__).with_name("package_data") / "plotly.min.js"
VIEWS = {
    "overview": ("/?lang=en", "/?lang=en&sector=knowledge|government|ngo"),
    "network": ("/network?lang=en", "/network?lang=en&sector=knowledge|government|ngo"),
    "sectors": ("/sectors?lang=en", "/sectors?lang=en&convenor=no"),
    "funding": ("/funding?lang=en", "/funding?lang=en&sector=knowledge|government|ngo"),
}
WATCH = """
(() => {
  window.changed = performance.now();
  new MutationObserver(seen => {
    if (seen.some(one => one.target.closest?.('.js-plotly-plot') || [...one.addedNodes].some(n => n.querySelector?.('.js-plotly-plot'))))
      window.changed = performance.now();
  }).observe(document, {childList: true, subtree: true, attributes: true});
})();
"""
AT_REST = """quiet => {
  const plots = [...document.querySelectorAll('.js-plotly-plot')];
  const app = document.querySelector('[data-testid=stApp]');
  return plots.length && plots.every(p => p.querySelector('.main-svg')) && (!app || (document.querySelector('.st-key-foot')
    && app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]')))
    && window.changed > (window.began ?? 0) && performance.now() - window.changed > quiet ? window.changed : 0;
}"""
GO = "to => { window.began = performance.now(); history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')) }"
STATIC_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><script src="/plotly.min.js"></script></head><body>
<div id="all"></div><script>
const show = name => fetch(`/${name}.json`).then(r => r.json()).then(figures => figures.map((f, i) => {
  const all = document.getElementById('all');
  while (all.children.length <= i) all.append(document.createElement('div'));
  return Plotly.react(all.children[i], f.data, f.layout, {displayModeBar: false, responsive: true});
}));
addEventListener('popstate', () => show(location.hash.slice(1)));
show(location.hash.slice(1));
</script></body></html>"""
PEERS = {
    "dash": """
import json, pathlib, sys
from dash import Dash, Input, Output, dcc, html
folder, port = pathlib.Path(sys.argv[1]), sys.argv[2]
app = Dash(__name__)
app.layout = html.Div([dcc.Location(id="at"), html.Div(id="all")])
@app.callback(Output("all", "children"), Input("at", "search"))
def show(search):
    figures = json.loads((folder / (search.partition("=")[2] + ".json")).read_text())
    return [dcc.Graph(id=f"figure-{i}", figure=figure, config={"displayModeBar": False}) for i, figure in enumerate(figures)]
app.run(host="127.0.0.1", port=port)
""",
    "bare Streamlit": """
import json, pathlib, sys
import streamlit as st
for number, figure in enumerate(json.loads((pathlib.Path(sys.argv[1]) / (st.query_params["show"] + ".json")).read_text())):
    st.plotly_chart(figure, key=f"figure-{number}", config={"displayModeBar": False})
with st.container(key="foot"):
    st.write("That is all.")
""",
}
"""The same figures as others would show them: programs that get the folder of the figures, and Dash its port."""
QUIET = 700


def settle(page: Page) -> float:
    """When the last figure changed, in ms since the page began to load."""
    return float(page.wait_for_function(AT_REST, arg=QUIET, timeout=120_000, polling=50).json_value())


@contextmanager
def dashboard(code: Path, home: Path) -> Iterator[str]:
    """This dashboard, or that of another checkout, on a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    said = home.with_suffix(".log")
    with said.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=code, env={**os.environ, "HUBDATA_HOME": str(home)}, stdout=output, stderr=output
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", server, said)
            door.note(f"http://127.0.0.1:{port}", home)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_said: Any) -> None:
        """Say nothing of each request."""


@contextmanager
def static(folder: Path) -> Iterator[str]:
    (folder / "index.html").write_text(STATIC_PAGE, encoding="utf-8")
    (folder / "plotly.min.js").write_bytes(PLOTLY.read_bytes())
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", free_port()), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def peer(name: str, python: str, folder: Path) -> Iterator[str]:
    """The figures in `folder` shown by one of `PEERS`, on a port of its own."""
    port, program, said = free_port(), folder / f"{name.split()[0]}.py", folder / f"{name.split()[0]}.log"
    program.write_text(PEERS[name], encoding="utf-8")
    asked = [str(program), str(folder), str(port)]
    if name != "dash":
        options = ["--server.headless=true", "--browser.gatherUsageStats=false", f"--server.port={port}"]
        asked = ["-m", "streamlit", "run", str(program), *options, "--", str(folder)]
    with said.open("wb") as output:
        server = subprocess.Popen([python, *asked], cwd=folder, stdout=output, stderr=output)
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    break
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def new_page(browser: Browser) -> Page:
    context = browser.new_context(locale="en-GB", viewport={"width": 1400, "height": 1000})
    for address in door.noted():
        let_in(context, address)
    context.add_init_script(WATCH)
    return context.new_page()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--parts", nargs="+", default=["filter", "turn", "visit", "slow"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        hubs = {"dashboard": ROOT} | ({"before": asked.before} if asked.before else {})
        addresses = {}
        for name, code in hubs.items():
            loading.show_example(folder / name, settings.Settings(), "demo")
            addresses[name] = stack.enter_context(dashboard(code.resolve(), folder / name))
        (folder / "static").mkdir()
        addresses["static"] = stack.enter_context(static(folder / "static"))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        take_figures(browser, addresses["dashboard"], folder / "static")
        for name in PEERS if asked.peers else ():
            addresses[name] = stack.enter_context(peer(name, asked.peers, folder / "static"))
        measured: dict[str, dict[str, list[float]]] = {}

        def note(what: str, who: str, value: float) -> None:
            measured.setdefault(what, {}).setdefault(who, []).append(value)

        def where(who: str, name: str, view: int) -> str:
            if who in PEERS:
                return f"/?show={name}-{view}"
            return f"/#{name}-{view}" if who == "static" else VIEWS[name][view]

        for name in VIEWS if "filter" in asked.parts else ():  # in a tab that stays
            tabs = {who: new_page(browser) for who in addresses}
            for who, tab in tabs.items():
                tab.goto(addresses[who] + where(who, name, 0))
                settle(tab)
            for turn in range(asked.times + 2):
                for who, tab in tabs.items():
                    tab.evaluate(GO, where(who, name, (turn + 1) % 2))
                    taken = settle(tab) - tab.evaluate("window.began")
                    if turn > 1:
                        note(f"filter on {name}", who, taken)
            for tab in tabs.values():
                tab.context.close()
        tabs = {who: new_page(browser) for who in addresses}
        for who, tab in tabs.items():
            tab.goto(addresses[who] + where(who, "overview", 0))
            settle(tab)
        for turn in range(asked.times + 1 if "turn" in asked.parts else 0):
            for who, tab in tabs.items():
                for name in ("sectors", "network"):
                    tab.evaluate(GO, where(who, name, 0))
                    taken = settle(tab) - tab.evaluate("window.began")
                    if turn:
                        note("turn to another page", who, taken)
                if turn:
                    tab.reload()
                    note("reload of network", who, settle(tab))
                    another = tab.context.new_page()
                    another.goto(addresses[who] + where(who, "network", 0))
                    note("new tab", who, settle(another))
                    another.close()
        for tab in tabs.values():
            tab.context.close()
        for slow in [part == "slow" for part in ("visit", "slow") if part in asked.parts]:
            for _turn in range(3 if slow else asked.times):
                for who, address in addresses.items():
                    tab = new_page(browser)
                    session = tab.context.new_cdp_session(tab)
                    session.send("Network.enable")
                    received: list[float] = []
                    session.on("Network.loadingFinished", lambda e, r=received: r.append(e["encodedDataLength"]))
                    session.on(
                        "Network.webSocketFrameReceived",
                        lambda e, r=received: r.append(len(e["response"]["payloadData"]) * 0.75),
                    )
                    if slow:
                        session.send(
                            "Network.emulateNetworkConditions",
                            {
                                "offline": False,
                                "latency": 40,
                                "downloadThroughput": 1_250_000,
                                "uploadThroughput": 1_250_000,
                            },
                        )
                    tab.goto(address + where(who, "network", 0))
                    note("first visit, 10 Mbit/s and 40 ms" if slow else "first visit", who, settle(tab))
                    note("bytes of a first visit, kB", who, sum(received) / 1000)
                    tab.context.close()
        report(measured, [who for who in addresses if who != "static"])


def take_figures(browser: Browser, address: str, folder: Path) -> None:
    """The figures of each page and view, as the dashboard draws them, for the static page."""
    tab = new_page(browser)
    for name, views in VIEWS.items():
        for number, view in enumerate(views):
            tab.goto(address + view)
            settle(tab)
            drawn = "() => JSON.stringify([...document.querySelectorAll('.js-plotly-plot')].map(p => ({data: p.data, layout: p.layout})))"
            (folder / f"{name}-{number}.json").write_text(tab.evaluate(drawn), encoding="utf-8")
            assert json.loads((folder / f"{name}-{number}.json").read_text())
    tab.context.close()


def report(measured: dict[str, dict[str, list[float]]], hubs: list[str]) -> None:
    print(f"| | static | {' | '.join(f'{hub} | ratio' for hub in hubs)} |")
    print("|---|---|" + "---|---|" * len(hubs))
    for what, taken in measured.items():
        cells = [f"{statistics.median(taken['static']):.0f}"]
        for hub in hubs:
            ratios = [one / other for one, other in zip(taken[hub], taken["static"], strict=True)]
            cells += [f"{statistics.median(taken[hub]):.0f}", f"{statistics.median(ratios):.2f}"]
        print(f"| {what} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
