"""Every page, once: its title, its sentence in the menu, who may have it, and what a link must show for it.

The menu, what a link may cover, its usual choice, and the help of the commands follow from this table; a file in
`pages/` that is missing here is shown to nobody, and a test fails for it. The order is that of the menu and its tabs.
The names stand in addresses and in `links.json`: a page that gets another name disappears from links made before.
"""

from typing import Literal, NamedTuple

from hubdata.texts import N_


class Group(NamedTuple):
    """An item of the menu: pages that belong together, shown as tabs of each other. `title` is translated."""

    title: str
    icon: str
    is_more: bool = False
    """Whether it stands under "More"."""


GROUPS: dict[str, Group] = {
    "overview": Group(N_("Overview"), ":material/home:"),
    "network": Group(N_("Network"), ":material/hub:"),
    "money": Group(N_("Money"), ":material/euro:"),
    "to_do": Group(N_("To do"), ":material/checklist:"),
    "events": Group(N_("Events"), ":material/event:"),
    "ecosystem": Group(N_("Ecosystem"), ":material/donut_small:", is_more=True),
    "data": Group(N_("Data"), ":material/upload_file:", is_more=True),
    "share": Group(N_("Sharing"), ":material/share:", is_more=True),
    "methods": Group(N_("Methods"), ":material/menu_book:", is_more=True),
}
"""Every item of the menu, in its order."""


class Page(NamedTuple):
    """A page. `title`, `tab` and `help` are translated."""

    title: str
    icon: str
    group: str
    """The item of the menu it belongs to: a key of `GROUPS`."""
    help: str
    audience: Literal["shared", "manager"]
    """Whether a link may cover it, or managers alone have it."""
    is_usual: bool = False
    """Whether a link covers it when nobody chooses."""
    needs_names: bool = False
    """It is about organisations by name: not for a link without names."""
    needs_income: bool = False
    """It is about income: not for a link that shows nothing of it, but totals are enough."""
    needs_amounts: bool = False
    """It is about amounts of single organisations: for links that show all income."""
    tab: str = ""
    """Its name among the tabs of its group, when that is not its title."""


PAGES: dict[str, Page] = {
    "overview": Page(
        N_("Overview"),
        ":material/home:",
        "overview",
        N_("How the ecosystem is doing and where to act."),
        "shared",
        is_usual=True,
    ),
    "changes": Page(
        N_("What changed"),
        ":material/compare_arrows:",
        "overview",
        N_("Between two moments: who, what, and why."),
        "shared",
    ),
    "story": Page(
        N_("Story"),
        ":material/slideshow:",
        "overview",
        N_("Pinned views in an order, to present and to share."),
        "shared",
    ),
    "network": Page(
        N_("Network"),
        ":material/hub:",
        "network",
        N_("Who works with whom, across sectors or not."),
        "shared",
        is_usual=True,
        tab=N_("Explorer"),
    ),
    "organisation": Page(
        N_("Organisations"),
        ":material/apartment:",
        "network",
        N_("One organisation: partners, money, events."),
        "shared",
        needs_names=True,
    ),
    "funding": Page(
        N_("Funding"), ":material/euro:", "money", N_("Who pays, and who depends on whom."), "shared", needs_income=True
    ),
    "stress": Page(
        N_("What if a donor stops"),
        ":material/trending_down:",
        "money",
        N_("Who is at risk when somebody gives less."),
        "shared",
        needs_amounts=True,
    ),
    "contacts": Page(
        N_("Contacts"), ":material/call:", "to_do", N_("Whom to call, and what holds ties together."), "shared"
    ),
    "introductions": Page(
        N_("Introductions"),
        ":material/handshake:",
        "to_do",
        N_("Whom to introduce to whom, why, and what became of it."),
        "shared",
        needs_names=True,
    ),
    "brokers": Page(
        N_("Key organisations"),
        ":material/account_tree:",
        "to_do",
        N_("Who holds the network together, and what is left without them."),
        "shared",
    ),
    "events": Page(
        N_("Events"),
        ":material/event:",
        "events",
        N_("What was and will be, who met, and what followed."),
        "shared",
        is_usual=True,
    ),
    "sectors": Page(
        N_("Sectors"),
        ":material/donut_small:",
        "ecosystem",
        N_("Which organisations there are: the DNA of the region."),
        "shared",
        is_usual=True,
    ),
    "digital": Page(
        N_("Digital needs"),
        ":material/devices:",
        "ecosystem",
        N_("What organisations need and offer, digital matters first."),
        "shared",
    ),
    "data": Page(
        N_("Data"),
        ":material/upload_file:",
        "data",
        N_("Drop your lists, repair them, load them, and go back."),
        "manager",
    ),
    "share": Page(
        N_("Sharing"),
        ":material/share:",
        "share",
        N_("Links for others: read-only, and only what you choose."),
        "manager",
        tab=N_("Links"),
    ),
    "asking": Page(
        N_("Ask organisations"),
        ":material/forum:",
        "share",
        N_("Organisations keep their own ties current; you decide what counts."),
        "manager",
    ),
    "methods": Page(
        N_("Methods"),
        ":material/menu_book:",
        "methods",
        N_("What every figure means and where it comes from."),
        "shared",
        is_usual=True,
    ),
}
"""Every page by its address."""
