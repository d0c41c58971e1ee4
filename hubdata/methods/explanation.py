"""What an explanation of a figure consists of."""

from typing import NamedTuple


class Explanation(NamedTuple):
    """What a figure is, and how not to misread it. All texts but `source` are translated."""

    name: str
    definition: str
    reading: str
    source: str = ""
    also: tuple[str, ...] = ()
    """Other names in its answer that this explains too."""
    table: str = ""
    """The part of the indicators it belongs to: network, ties, sectors, funding, events or coverage."""
