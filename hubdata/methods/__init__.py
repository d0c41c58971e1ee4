"""What every figure is, in words for its readers: the one text behind each figure's explanation and the Methods page.

The exact definitions stand in the docstrings of `hubdata/indicators/`, under the same names. Every figure that the
commands print as JSON is explained here, under its own name or as one of those that go with another (`also`);
`tests/test_methods.py` walks through what they print.
"""

from hubdata.methods import coverage, events, funding, network, sectors, ties
from hubdata.methods.explanation import Explanation as Explanation
from hubdata.texts import N_

EXPLANATIONS: dict[str, Explanation] = {
    **network.EXPLANATIONS,
    **ties.EXPLANATIONS,
    **sectors.EXPLANATIONS,
    **funding.EXPLANATIONS,
    **events.EXPLANATIONS,
    **coverage.EXPLANATIONS,
}
"""Name of a figure -> what it is."""


def explained_by(figure: str) -> str:
    """The name under which a figure is explained: its own, or that of the figure it goes with.

    Raises `KeyError` when nothing explains it.
    """
    if figure in EXPLANATIONS:
        return figure
    for name, explanation in EXPLANATIONS.items():
        if figure in explanation.also:
            return name
    raise KeyError(figure)


WHY_INTRODUCE = {
    "partners": N_("Partners in common: {items}."),
    "themes": N_("Both work on: {items}."),
    "need": N_("{who} needs what the other offers: {items}."),
    "events": N_("Both came to: {items}."),
}
"""Why two organisations would be introduced, by the kind of reason."""
