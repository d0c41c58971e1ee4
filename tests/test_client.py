"""The client without a browser, against the dashboard as it is served."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import PAGES, served
from client import (
    XSRF_COOKIE,
    BackendOperationRequest,
    BackMsg,
    Client,
    Closed,
    Refused,
    Seen,
    Tab,
    kind_of,
    one_of_each,
    operation,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("home")) as address, Client(address) as visitor:
        yield visitor


def test_a_page_opens_with_its_menu_and_its_texts(client: Client) -> None:
    with client.connect() as session:
        seen = session.run("", query="lang=en")
        assert "You are looking at sample data" in seen.text
        assert list(seen.menu) == list(PAGES)
        assert {"Overview", "Network", "Money", "To do"} <= seen.menu_titles
        assert seen.exceptions == []
        assert seen.redirects == []
        assert session.tab.session_id
        assert (seen.kinds[0], seen.kinds[-1]) == ("new_session", "script_finished")


def test_the_browsers_language_is_taken_along(client: Client) -> None:
    with client.connect(tab=Tab(locale="nl-NL")) as session:
        assert "Overzicht" in session.run("").menu_titles


def test_the_text_holds_what_tables_and_figures_show(client: Client) -> None:
    with client.connect() as session:
        session.run("network", query="lang=en")
        seen = session.change("behind_picture", True)
        for kind in ("dataframe", "plotly_chart"):
            alone = [m for m in seen.messages if m.delta.new_element.WhichOneof("type") == kind]
            assert "Universiteit Leiden" in Seen(alone).text
        assert "Nowhere To Be Found" not in seen.text


def test_every_kind_of_choice_can_be_made(client: Client) -> None:
    with client.connect() as session:
        seen = session.run("network", query="lang=en")
        widget = {w.key: w for w in seen.widgets}
        assert (widget["at_sector"].kind, widget["at_sector"].label, widget["at_sector"].value) == (
            "multiselect",
            "Sectors",
            [],
        )
        assert widget["at_lang"].value == "English"
        assert widget["at_convenor"].value is True
        session.change("Sectors", ["Knowledge", "Government"])
        assert session.tab.query == "sector=knowledge%7Cgovernment&lang=en"
        session.change("at_convenor", False)
        assert "convenor=no" in session.tab.query
        assert "Netwerk" in session.change("at_lang", "Nederlands").menu_titles
        session.run("data")
        update = next(widget for widget in session.tab.shown.widgets if widget.kind == "radio")
        other = update.proto.options[-1]
        assert update.value != other
        session.change(update.key, other)
        assert session.tab.states[update.id].string_value == other


def test_a_choice_made_before_the_new_address_came_is_not_taken_back(client: Client) -> None:
    """A browser sends its address with every choice, and hears of the one that belongs to it a moment later."""
    with client.connect() as session:
        session.run("network", query="lang=en")
        at_first = session.tab.query
        session.change("Sectors", ["Knowledge"])
        session.tab.set("Sectors", ["Knowledge", "Government"])
        session.run(query=at_first)
        assert session.tab.query == "sector=knowledge%7Cgovernment&lang=en"
        session.change("at_lang", "Nederlands")
        session.tab.set("at_convenor", False)
        seen = session.run(query="sector=knowledge%7Cgovernment&lang=en")
        assert session.tab.query == "sector=knowledge%7Cgovernment&convenor=no&lang=nl"
        assert "Netwerk" in seen.menu_titles
        # Who chose nothing went back.
        assert "Network" in session.run(query=at_first).menu_titles
        assert session.tab.query == at_first
        assert session.tab.shown.widget("at_sector").value == []
        # A link to another page says what is asked there, whatever was chosen last.
        session.tab.set("at_convenor", False)
        session.run("organisation", query="lang=en&sector=ngo")
        assert "convenor=no" not in session.tab.query
        assert "sector=ngo" in session.tab.query


def test_a_button_is_pressed_once(tmp_path: Path) -> None:
    with served(tmp_path) as fresh, Client(fresh) as client, client.connect() as session:
        session.run("", query="lang=en")
        seen = session.click("Look at the fictional demo")
        assert "Every name and figure in it is invented" in seen.text
        assert "Every name and figure in it is invented" in session.run().text
        assert "You are looking at sample data" in session.click("Back to the real sample").text


def test_pages_are_reached_by_menu_by_name_and_by_hash(client: Client) -> None:
    with client.connect() as session:
        menu = session.run("", query="lang=en&as_of=2018-06-30").menu
        assert session.goto("funding").exceptions == []
        assert session.tab.query == "as_of=2018-06-30&lang=en", (
            "the menu empties the address and the page writes it again"
        )
        assert session.tab.page_hash == menu["funding"]
        session.run("events")
        assert session.tab.page_hash == menu["events"]
        session.run(page_hash=menu["methods"])
        assert session.tab.page_hash == menu["methods"]
        assert "page_not_found" in session.run("no-such-page").kinds


def test_a_table_is_downloaded(client: Client) -> None:
    with client.connect() as session:
        session.run("sectors", query="lang=en")
        opened = next(w for w in session.tab.shown.widgets if w.key.startswith("behind_"))
        seen = session.change(opened.key, True)
        assert list(seen.deferred)
        got = session.download("Download as CSV")
        assert got.headers["content-type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))
        assert ["Business", "11"] in [row[:2] for row in rows]
        session.send(operation(session.tab.session_id, deferred_file={"file_id": "none"}))
        session.send(BackMsg(app_heartbeat=True))
        assert "backend_operation_response" not in session.until("heartbeat_ack").kinds  # the gate lets none through


def test_a_session_goes_on_after_its_websocket_is_lost(client: Client) -> None:
    with client.connect() as session:
        session.run("network", query="lang=en")
        session.change("at_sector", ["Knowledge"])
    with client.connect(tab=session.tab) as again:
        before = session.tab.session_id
        again.run()
        assert again.tab.session_id == before
        assert again.tab.query == "sector=knowledge&lang=en"
    with client.connect(resume="no-such-session") as other:
        other.run("")
        assert other.tab.session_id not in ("no-such-session", before)


def test_origin_and_host_are_what_one_says(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        client.connect(origin="https://elsewhere.example")
    assert refused.value.status == 403
    # No browser can say this: the first check compares the two, so that it passes shows that both were sent.
    with client.connect(origin="https://elsewhere.example", host="elsewhere.example") as session:
        assert session.until("auth_redirect").redirects == ["/"]
    with pytest.raises(Refused):
        client.connect(origin=None)
    assert client.http.get("/healthz", headers={"Host": "elsewhere.example"}).status_code == 200


def test_cookies_are_kept_and_sent(client: Client) -> None:
    client.http.get("/_stcore/health")
    token = client.http.cookies[XSRF_COOKIE]
    how = client.handshake(headers={"X-Other": "1"}, resume="abc")
    assert how["subprotocols"] == ["streamlit", token, "abc"]
    assert f"{XSRF_COOKIE}={token}" in how["additional_headers"]["Cookie"]
    assert how["additional_headers"]["X-Other"] == "1"


def test_what_is_no_message_closes_the_websocket_and_text_is_not_heard(client: Client) -> None:
    with client.connect() as session:
        session.send("text")
        session.send(BackMsg(app_heartbeat=True))
        assert session.until("heartbeat_ack").kinds[-1] == "heartbeat_ack"
        session.send(b"\xff\xff\xff")
        with pytest.raises(Closed) as closed:
            session.during(10)
        assert closed.value.code == 1002


def test_what_does_not_come_is_not_waited_for(client: Client) -> None:
    with client.connect() as session:
        session.run("")
        session.during(0.2)
        with pytest.raises(TimeoutError):
            session.until("git_info_changed", seconds=0.5)
        session.send(BackMsg(app_heartbeat=True))
        assert session.until("heartbeat_ack", 5).kinds == ["heartbeat_ack"]
        assert session.during(0.2).messages == []


def test_there_is_one_message_of_every_kind() -> None:
    """A new version of Streamlit that adds a kind must not slip past the tests of what a visitor may send."""
    kinds = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields} - {"backend_operation_request"}
    operations = {field.name for field in BackendOperationRequest.DESCRIPTOR.oneofs_by_name["payload"].fields}
    assert set(one_of_each("id")) == kinds | operations
    assert kind_of(BackMsg()) == "none"
