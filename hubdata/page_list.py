"""Every page, once: its title, its sentence in the menu, who may have it, and what a link must show for it.

The menu, what a link may cover, its usual choice, and the help of the commands follow from this table; a file in
`pages/` that is missing here is shown to nobody, and a test fails for it. The order is that of the menu. The names
stand in addresses and in `links.json`: a page that gets another name disappears from links made before.
"""

from typing import Literal, NamedTuple

from hubdata.texts import N_


class Page(NamedTuple):
    """A page. `title` and `help` are translated."""

    title: str
    icon: str
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


PAGES: dict[str, Page] = {
    "overview": Page(
        N_("Overview"),
        ":material/home:",
        N_("How the ecosystem is doing and where to act."),
        "shared",
        is_usual=True,
    ),
    "network": Page(
        N_("Network"), ":material/hub:", N_("Who works with whom, across sectors or not."), "shared", is_usual=True
    ),
    "brokers": Page(
        N_("Brokers"),
        ":material/account_tree:",
        N_("Who holds the network together, and what is left without them."),
        "shared",
    ),
    "contacts": Page(N_("Contacts"), ":material/call:", N_("Whom to call, and what holds ties together."), "shared"),
    "sectors": Page(
        N_("Sectors"),
        ":material/donut_small:",
        N_("Which organisations there are: the DNA of the region."),
        "shared",
        is_usual=True,
    ),
    "funding": Page(
        N_("Funding"), ":material/euro:", N_("Who pays, and who depends on whom."), "shared", needs_income=True
    ),
    "stress": Page(
        N_("What if a donor stops"),
        ":material/trending_down:",
        N_("Who is at risk when somebody gives less."),
        "shared",
        needs_amounts=True,
    ),
    "events": Page(
        N_("Events"),
        ":material/event:",
        N_("What was and will be, who met, and what followed."),
        "shared",
        is_usual=True,
    ),
    "introductions": Page(
        N_("Introductions"),
        ":material/handshake:",
        N_("Whom to introduce to whom, why, and what became of it."),
        "shared",
        needs_names=True,
    ),
    "digital": Page(
        N_("Digital chances"),
        ":material/devices:",
        N_("What organisations need and offer, digital matters first."),
        "shared",
    ),
    "changes": Page(
        N_("What changed"), ":material/compare_arrows:", N_("Between two moments: who, what, and why."), "shared"
    ),
    "organisation": Page(
        N_("Organisation"),
        ":material/apartment:",
        N_("One organisation: partners, money, events."),
        "shared",
        needs_names=True,
    ),
    "share": Page(
        N_("Sharing"), ":material/share:", N_("Links for others: read-only, and only what you choose."), "manager"
    ),
    "data": Page(
        N_("Data"), ":material/upload_file:", N_("Drop your lists, repair them, load them, and go back."), "manager"
    ),
    "methods": Page(
        N_("Methods"),
        ":material/menu_book:",
        N_("What every figure means and where it comes from."),
        "shared",
        is_usual=True,
    ),
}
"""Every page by its address."""
