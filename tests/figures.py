"""The figures on a page that a test opened without a browser."""

import json
from typing import Any, NamedTuple

from streamlit.testing.v1 import AppTest


class Drawn(NamedTuple):
    """One figure: the key it was given, its alternative text, and what Plotly gets."""

    key: str
    alt: str
    spec: dict[str, Any]


def figures_on(app: AppTest) -> list[Drawn]:
    """What the element for figures was given (`hubdata.ui.chart`), in the order of the page."""
    found = []
    for element in app.get("bidi_component"):
        assert element.proto.component_name == "hub.chart"
        given = json.loads(element.proto.bytes)
        found.append(Drawn(element.proto.id.rsplit("-", 1)[-1], given["alt"], given["figure"]))
    return found
