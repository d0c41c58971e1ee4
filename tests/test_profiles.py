"""Names in tables lead to profiles, and to nothing for whoever may not have profiles."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from test_pages import WHOLE, home, opened, publish  # noqa: F401

from hubdata import access, settings, sharing
from hubdata.ui import session


def links(page: str, **address: str) -> dict[str, dict[str, list[str]]]:
    """Of the first table of a page: name -> what its link asks for."""
    (table, *_more) = opened(page, **address).dataframe
    asked = [urlsplit(cell) for cell in table.value.iloc[:, 0] if "?" in str(cell)]
    assert all(link.path == "organisation" for link in asked)
    return {query["name"][0]: query for query in (parse_qs(link.query) for link in asked)}


def test_a_name_in_a_table_is_a_link_to_its_profile_that_keeps_the_view(home: Path) -> None:  # noqa: F811
    publish(home, WHOLE)
    found = links("organisation", id="b", as_of="2020-06-30", lang="nl")
    assert sorted(found) == ["Anna", "Cora"]
    assert (found["Anna"]["id"], found["Anna"]["lang"], found["Anna"]["as_of"]) == (["a"], ["nl"], ["2020-06-30"])


def test_without_profiles_a_name_is_text(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    publish(home, WHOLE)
    link, _token = sharing.create(home, settings.Settings(), label="x", pages=["brokers"])
    monkeypatch.setattr(session, "principal", lambda: access.Principal("viewer", link.id))
    app = opened("brokers", as_of="2020-06-30")
    app.session_state["behind_broker_list"] = True
    shown = "".join(str(table.value) for table in app.run().dataframe)
    assert "Beta" in shown
    assert "organisation?" not in shown
