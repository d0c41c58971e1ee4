"""The network as a file for other programs: GraphML, GEXF with days, GML, and JSON for Kumu.

GraphML, GML and JSON hold the day that the graph is about. GEXF holds every organisation and tie up to that day, each
with the days on which it was there, so that the timeline of Gephi plays; `is_there` tells those of the day itself.
"""

import datetime
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Fact = str | int | float | bool | datetime.date | tuple[str, ...] | None
"""None is not known, and then not written."""
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML file may hold, not even as a code."""
ELEMENT_NAMES = {"sector": "type", "type": "kind"}
"""What Kumu colours and groups elements by, it calls their type."""
WIDTH = 1000
"""How far from the middle the outermost organisations lie, in the units of Gephi."""


class Spell(NamedTuple):
    """A period, with its first and last day; None is not known, or not over yet."""

    start: datetime.date | None
    end: datetime.date | None


class Node(NamedTuple):
    """An organisation. `x` and `y` from -1 to 1, `y` downwards; `colour` as `#rrggbb`."""

    id: str
    name: str
    is_there: bool
    spell: Spell
    facts: Mapping[str, Fact]
    x: float
    y: float
    degree: int
    colour: str


class Tie(NamedTuple):
    """Two organisations that work together, or did. `weight` 1-4 from loose to close; 1 for what is over."""

    source: str
    target: str
    is_there: bool
    spells: tuple[Spell, ...]
    facts: Mapping[str, Fact]
    weight: int


@dataclass(frozen=True)
class Graph:
    """The network up to a day."""

    name: str
    as_of: datetime.date
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]

    def on_its_day(self) -> "Graph":
        """Without what had ended by then."""
        nodes = tuple(node for node in self.nodes if node.is_there)
        return Graph(self.name, self.as_of, nodes, tuple(tie for tie in self.ties if tie.is_there))


def write(graph: Graph, extension: str) -> bytes:
    """The graph as a file. The same graph gives the same file."""
    return _WRITERS[extension](graph)


def _written(facts: Mapping[str, Fact]) -> dict[str, str | int | float | bool]:
    """Facts that are known, as every format can hold them."""
    return {name: _as_text(fact) for name, fact in facts.items() if fact is not None}


def _as_text(fact: str | float | datetime.date | tuple[str, ...]) -> str | int | float | bool:
    if isinstance(fact, bool | int | float):
        return fact
    return _clean("|".join(fact) if isinstance(fact, tuple) else str(fact))


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _networkx(graph: Graph) -> Any:
    """The graph with its facts, as networkx has it."""
    import networkx

    made = networkx.Graph(name=_clean(graph.name), as_of=graph.as_of.isoformat())
    for node in graph.nodes:
        made.add_node(_clean(node.id), label=_clean(node.name), **_written(node.facts))
    for tie in graph.ties:
        made.add_edge(_clean(tie.source), _clean(tie.target), weight=tie.weight, **_written(tie.facts))
    return made


def _graphml(graph: Graph) -> bytes:
    import networkx

    written = io.BytesIO()
    networkx.write_graphml_lxml(_networkx(graph.on_its_day()), written)
    return written.getvalue()


def _gml(graph: Graph) -> bytes:
    """GML tells nodes apart by their labels, so the identifier stands behind a name that several have."""
    import networkx

    made = _networkx(graph.on_its_day())
    names = [data.pop("label") for _node, data in made.nodes(data=True)]
    labels = {
        node: name if names.count(name) == 1 else f"{name} ({node})"
        for (node, data), name in zip(made.nodes(data=True), names, strict=True)
    }
    networkx.set_node_attributes(made, {node: node for node in made}, "organisation_id")
    networkx.set_node_attributes(made, dict(zip(made, names, strict=True)), "name")
    made.graph.pop("name")
    return "\n".join(networkx.generate_gml(networkx.relabel_nodes(made, labels))).encode("ascii")


def _gexf(graph: Graph) -> bytes:
    import networkx
    from networkx.readwrite.gexf import GEXFWriter

    made = _networkx(graph)
    made.graph["mode"] = "dynamic"
    made.graph.pop("name")  # which a graph has not in GEXF; it is with the creator
    for node in graph.nodes:
        known = made.nodes[_clean(node.id)]
        known |= {"is_there": node.is_there, **_days((node.spell,))}
        red, green, blue = (int(node.colour[place : place + 2], 16) for place in (1, 3, 5))
        known["viz"] = {
            "position": {"x": round(node.x * WIDTH, 2), "y": round(-node.y * WIDTH, 2), "z": 0.0},
            "size": float(10 + 2 * node.degree),
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
        }
    for tie in graph.ties:
        made.edges[_clean(tie.source), _clean(tie.target)].update(is_there=tie.is_there, **_days(tie.spells))
    writer = GEXFWriter(version="1.2draft")
    writer.add_graph(made)
    writer.graph_element.set("timeformat", "date")
    about = writer.xml.find("meta")
    about.set("lastmodifieddate", graph.as_of.isoformat())  # or it would be today, and the file differ every day
    about.find("creator").text = f"{_clean(graph.name)} (networkx {networkx.__version__})"
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _days(spells: tuple[Spell, ...]) -> dict[str, Any]:
    """The days of a node or tie as GEXF has them: `start` and `end` of one period, `spells` of several."""
    listed = [tuple(day.isoformat() if day else None for day in spell) for spell in spells]
    if len(listed) != 1:
        return {"spells": listed}
    return {name: day for name, day in zip(("start", "end"), listed[0], strict=True) if day}


def _kumu(graph: Graph) -> bytes:
    """What Kumu calls a blueprint: elements and connections, told apart by their ids."""
    shown = graph.on_its_day()
    elements = [
        {"id": _clean(node.id), "label": _clean(node.name), **_for_kumu(node.facts, ELEMENT_NAMES)}
        for node in shown.nodes
    ]
    connections = [
        {
            "id": f"tie {place}",
            "from": _clean(tie.source),
            "to": _clean(tie.target),
            "direction": "undirected",
            "weight": tie.weight,
            **_for_kumu(tie.facts, {"kind": "type"}),
        }
        for place, tie in enumerate(shown.ties, start=1)
    ]
    return json.dumps({"elements": elements, "connections": connections}, ensure_ascii=False, indent=1).encode()


def _for_kumu(facts: Mapping[str, Fact], names: Mapping[str, str]) -> dict[str, Any]:
    """Facts under the names by which Kumu groups and colours; what it calls tags is a list."""
    tags = facts.get("themes")
    listed = {"tags": [_clean(tag) for tag in tags]} if isinstance(tags, tuple) else {}
    return {names.get(name, name): fact for name, fact in _written(facts).items() if name != "themes"} | listed


_WRITERS: Mapping[str, Callable[[Graph], bytes]] = {
    ".graphml": _graphml,
    ".gexf": _gexf,
    ".gml": _gml,
    ".json": _kumu,
}
FORMATS = tuple(_WRITERS)
"""What a graph can be written as, by the extension of its file."""


def rows(graph: Graph) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Nodes and ties of its day, and all periods up to it, a dictionary each: for tables."""
    shown = graph.on_its_day()
    nodes = [{"id": node.id, "label": node.name, **_written(node.facts)} for node in shown.nodes]
    ties = [
        {"source": tie.source, "target": tie.target, "weight": tie.weight, **_written(tie.facts)} for tie in shown.ties
    ]
    spells = [
        {"source": tie.source, "target": tie.target, "start": spell.start, "end": spell.end}
        for tie in graph.ties
        for spell in tie.spells
    ]
    return nodes, ties, spells
