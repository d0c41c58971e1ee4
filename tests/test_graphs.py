"""The network as files, read back by programs that are not ours: nobody is lost, no number differs, no name breaks one."""

import csv
import dataclasses
import datetime
import html
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import igraph
import networkx
import pytest

from hubdata import access, demo, loading, questions, settings, sharing, store
from hubdata.__main__ import main
from hubdata.reports import content
from hubdata.reports import graph as graphs
from hubdata.reports.graph import Graph, Node, Spell, Tie
from hubdata.ui import chapters, session
from hubdata.ui.chapters.graph import graph as graph_of_view

HUB = settings.Settings()
DAY = datetime.date
GEXF = "{http://www.gexf.net/1.2draft}"
HOSTILE = {
    "a&b": "Quotes \"and\" 'more' <b>bold</b> & co",
    "ب": "منظمة السلام – 平和 🕊",
    "c": "bell\x07, nul\x00, half \ud800, last \uffff",
    "=1+1": "=1+1",
    "e": "two\nlines; a\ttab, a comma",
    "same": "twin",
    "as": "twin",
}


def cleaned(text: str) -> str:
    """A text without what no XML file may hold."""
    return "".join("\ufffd" if c in "\x07\x00\ud800\uffff" else c for c in text)


def hostile() -> Graph:
    """Names that break files, facts that are not known, and a tie with two periods."""
    nodes = [
        Node(
            identifier,
            name,
            True,
            Spell(None, None),
            {
                "sector": name,
                "jobs": None if place else 2.5,
                "themes": (name, "x") if place else None,
                "partners": place,
            },
            x=0.1 * place,
            y=-0.5,
            degree=place,
            colour="#0a0b0c",
        )
        for place, (identifier, name) in enumerate(HOSTILE.items())
    ]
    gone = Node("gone", "gone", False, Spell(DAY(2001, 1, 1), DAY(2002, 2, 2)), {"sector": None}, 0, 0, 0, "#ffffff")
    facts = {"kind": ("a&b", '"'), "last_contact": DAY(2020, 1, 2), "is_fading": True, "last_day": None}
    ties = [
        Tie("a&b", "ب", True, (Spell(DAY(2010, 1, 1), DAY(2011, 1, 1)), Spell(DAY(2012, 1, 1), None)), facts, 4),
        Tie("c", "=1+1", True, (Spell(DAY(2015, 5, 5), None),), {"kind": None}, 1),
        Tie("e", "gone", False, (Spell(DAY(2001, 1, 1), DAY(2002, 2, 2)),), {}, 1),
    ]
    return Graph('Hub "&\x01', DAY(2020, 6, 30), (*nodes, gone), tuple(ties))


EMPTY = Graph("Nobody", DAY(2020, 6, 30), (), ())


def by_networkx(graph: Graph, extension: str) -> Any:
    written = io.BytesIO(graphs.write(graph, extension))
    if extension == ".gml":
        return networkx.read_gml(written)
    return {".graphml": networkx.read_graphml, ".gexf": networkx.read_gexf}[extension](written)


def by_igraph(graph: Graph, extension: str, folder: Path) -> Any:
    path = folder / f"x{extension}"
    path.write_bytes(graphs.write(graph, extension))
    return {".graphml": igraph.Graph.Read_GraphML, ".gml": igraph.Graph.Read_GML}[extension](str(path))


@pytest.mark.filterwarnings("ignore:One or more unknown entities")
def test_names_that_break_files_come_back_as_they_were(tmp_path: Path) -> None:
    wanted = {cleaned(identifier): cleaned(name) for identifier, name in HOSTILE.items()}
    read = by_networkx(hostile(), ".graphml")
    assert {node: data["label"] for node, data in read.nodes(data=True)} == wanted
    assert {node: data["sector"] for node, data in read.nodes(data=True)} == wanted
    assert read.nodes["a&b"]["jobs"] == 2.5
    assert "jobs" not in read.nodes["c"], "what is not known is not 0"
    assert read.edges["a&b", "ب"] == {"weight": 4, "kind": 'a&b|"', "last_contact": "2020-01-02", "is_fading": True}
    again = by_igraph(hostile(), ".graphml", tmp_path)
    # igraph leaves a code in an identifier as it is, as it does with letters in GML, which has no others than ASCII.
    assert dict(zip(map(html.unescape, again.vs["id"]), again.vs["label"], strict=True)) == wanted
    assert sorted(again.es["weight"]) == [1, 4]
    gml = by_networkx(hostile(), ".gml")
    assert {data["organisation_id"]: data["name"] for _node, data in gml.nodes(data=True)} == wanted
    assert {"twin (same)", "twin (as)"} <= set(gml)
    by_code = by_igraph(hostile(), ".gml", tmp_path)
    names = zip(by_code.vs["organisation_id"], by_code.vs["name"], strict=True)
    assert {html.unescape(one): html.unescape(name) for one, name in names} == wanted
    gexf = by_networkx(hostile(), ".gexf")
    assert {node: data["label"] for node, data in gexf.nodes(data=True)} == wanted | {"gone": "gone"}
    kumu = json.loads(graphs.write(hostile(), ".json").decode())
    assert {element["id"]: element["label"] for element in kumu["elements"]} == wanted
    ids = [one["id"] for one in (*kumu["elements"], *kumu["connections"])]
    assert len(set(ids)) == len(ids), "Kumu tells elements and connections apart by their ids"
    assert kumu["connections"][0]["type"] == 'a&b|"'


@pytest.mark.parametrize("extension", graphs.FORMATS)
def test_a_hub_without_anybody_is_a_file_too_and_the_same_graph_the_same_file(extension: str, tmp_path: Path) -> None:
    assert graphs.write(hostile(), extension) == graphs.write(hostile(), extension)
    if extension == ".json":
        assert json.loads(graphs.write(EMPTY, extension)) == {"elements": [], "connections": []}
        return
    assert len(by_networkx(EMPTY, extension)) == 0
    if extension != ".gexf":
        assert by_igraph(EMPTY, extension, tmp_path).vcount() == 0


def test_periods_are_spells_for_the_timeline_of_gephi() -> None:
    from lxml import etree

    tree = etree.fromstring(graphs.write(hostile(), ".gexf"))
    drawn = tree.find(f"{GEXF}graph")
    assert (drawn.get("mode"), drawn.get("timeformat")) == ("dynamic", "date")
    nodes = {node.get("id"): node for node in drawn.iter(f"{GEXF}node")}
    assert (nodes["gone"].get("start"), nodes["gone"].get("end")) == ("2001-01-01", "2002-02-02")
    assert nodes["c"].get("start") is nodes["c"].get("end") is None
    first, second, _over = drawn.iter(f"{GEXF}edge")
    assert [dict(spell.attrib) for spell in first.iter(f"{GEXF}spell")] == [
        {"start": "2010-01-01", "end": "2011-01-01"},
        {"start": "2012-01-01"},
    ]
    assert first.get("start") is None, "a tie has one or the other"
    assert (second.get("start"), second.get("end")) == ("2015-05-05", None)
    assert (nodes["as"].find("{*}position").get("x"), nodes["as"].find("{*}color").get("g")) == ("600.0", "11")


# --- of a hub -------------------------------------------------------------------------------------------------------


class Hub(NamedTuple):
    home: Path
    reader: session.Reader


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    demo.write(files, organisations=40, seed=3)
    outcome = loading.load(home, HUB, loading.read_files([files], HUB), origin="demo")
    assert outcome.manifest
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        yield Hub(home, chapters.manager_reader(None, "en"))


def graph_for(reader: session.Reader) -> Graph:
    with session.working_for(reader):
        return graph_of_view()


def everything(hub: Hub) -> store.Snapshot:
    return session.opened(hub.home, hub.reader.snapshot_id, store.EVERYTHING)


@pytest.mark.parametrize("as_of", [None, DAY(2021, 3, 31)])
@pytest.mark.parametrize("filters", [{}, {"sectors": ("ngo", "knowledge")}, {"with_convenor": False}])
def test_the_numbers_are_those_of_the_indicators(hub: Hub, as_of: DAY | None, filters: dict[str, Any]) -> None:
    reader = chapters.manager_reader(as_of, "en")
    view = dataclasses.replace(reader.view, **filters)
    found = questions.indicators(everything(hub), HUB, view)
    graph = graph_for(dataclasses.replace(reader, view=view))
    for extension in (".graphml", ".gml"):
        read = by_networkx(graph, extension)
        assert (len(read), read.number_of_edges()) == (found["network"]["organisations"], found["network"]["ties"])
        assert networkx.density(read) == pytest.approx(found["network"]["density"])
    kumu = json.loads(graphs.write(graph, ".json"))
    assert len(kumu["elements"]) == found["network"]["organisations"]
    assert len(kumu["connections"]) == found["network"]["ties"]
    assert sum(one.get("is_fading", False) for one in kumu["connections"]) == len(found["ties"]["fading"])
    years = {year["year"]: year for year in found["funding"]["years"]}
    year = years[questions.latest_year(years, view.as_of)]
    told = {element["id"]: element["income"] for element in kumu["elements"] if "income" in element}
    income = {row["organisation_id"]: row["income"] for row in year["organisations"]}
    assert told == {one: pytest.approx(amount, abs=0.005) for one, amount in income.items() if one in told}
    assert told


def test_the_timeline_shows_the_ties_of_each_day(hub: Hub) -> None:
    read = by_networkx(graph_for(hub.reader), ".gexf")

    def is_there(known: dict[str, Any], day: str) -> bool:
        spells = known.get("spells") or [(known.get("start"), known.get("end"))]
        return any((not start or start <= day) and (not end or end >= day) for start, end in spells)

    days = [hub.reader.view.as_of, DAY(2024, 12, 31), DAY(2019, 6, 30)]
    history = questions.answer_history_of(everything(hub), hub.reader.view, days).to_dict("records")
    assert len({row["ties"] for row in history}) == len(days)
    for day, row in zip(days, history, strict=True):
        there = {node for node, known in read.nodes(data=True) if is_there(known, day.isoformat())}
        ties = [pair for *pair, known in read.edges(data=True) if is_there(known, day.isoformat())]
        assert (len(there), len(ties)) == (row["organisations"], row["ties"])
        assert all(set(pair) <= there for pair in ties)
    assert any("spells" in known for *_pair, known in read.edges(data=True)), "some had several periods"


def test_a_link_gets_what_its_pages_show_and_no_more(hub: Hub) -> None:
    def graph_with(**scope: Any) -> Graph:
        link, _token = sharing.create(hub.home, HUB, label="x", **scope)
        return graph_for(dataclasses.replace(hub.reader, grant=access.grant_for_link(hub.home, link)))

    facts = {name for node in graph_for(hub.reader).nodes for name in node.facts}
    assert facts == {"sector", "type", "themes", "city", "jobs", "partners", "income", "income_year"}
    unnamed = graph_with(pages=["network"], names=False, downloads=True)
    rows = everything(hub).records("organisations")
    told = "".join(graphs.write(unnamed, extension).decode() for extension in graphs.FORMATS)
    assert not [row for row in rows if row["organisation_id"] in told or html.escape(row["name"]) in told]
    assert {name for node in unnamed.nodes for name in node.facts} == {"sector", "partners"}
    totals = graph_with(pages=["network", "organisation", "funding"], funding="totals", downloads=True)
    assert {name for node in totals.nodes for name in node.facts} == facts - {"income", "income_year"}
    few = graph_with(pages=["network"], funding="full", downloads=True)
    assert {name for node in few.nodes for name in node.facts} == {"sector", "partners"}
    part = graph_with(pages=["network"], sectors=["ngo"], downloads=True)
    assert {node.facts["sector"] for node in part.nodes} == {"NGOs"}


def is_written(text: str, cell: content.Cell) -> bool:
    """Whether a cell of a CSV file is one of a table."""
    told = cell.number if isinstance(cell, content.Value) else cell
    if told is None or told != told:
        return text == ""
    if isinstance(told, int | float) and not isinstance(told, bool):
        return float(text) == pytest.approx(told, rel=1e-12)
    return text.removeprefix("'") == str(told)


def test_the_command_writes_a_folder_of_tables_with_the_numbers_of_the_figures(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(hub.home))  # the command sets it; put back after this test

    def run(*arguments: object) -> int:
        return main(["export", "--home", str(hub.home), "--language", "en", *map(str, arguments)])

    assert run(tmp_path / "net.gexf", "--as-of", "2021-03-31") == 0
    assert b'lastmodifieddate="2021-03-31"' in (tmp_path / "net.gexf").read_bytes()
    assert run(tmp_path / "tables") == 0
    assert capsys.readouterr().out.endswith(f"Written: {tmp_path / 'tables'}\n")
    graph = graph_for(hub.reader)
    tables = {}
    for path in (tmp_path / "tables").iterdir():
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    assert len(tables["nodes"]) == len(graph.on_its_day().nodes)
    assert len(tables["ties"]) == len(graph.on_its_day().ties)
    assert len(tables["spells"]) == sum(len(tie.spells) for tie in graph.ties)
    with session.working_for(hub.reader):
        figures = {figure.key: figure.table for figure in chapters.report().figures()}
    assert set(tables) == {"nodes", "ties", "spells", *figures}
    for key, table in figures.items():
        assert len(tables[key]) == len(table.rows), key
        for read, row in zip(tables[key], table.rows, strict=True):
            assert all(map(is_written, read.values(), row)), (key, read, row)
    assert run(tmp_path / "again", "--chapters", "targets", "--json") == 0
    written = json.loads(capsys.readouterr().out)["files"]
    assert str(tmp_path / "again" / "nodes.csv") in written
