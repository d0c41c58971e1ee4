"""The list of organisations and what stands in a profile beside its ties, counted by hand."""

import datetime
from pathlib import Path

import pytest
from conftest import Sample, table
from test_pages import opened, publish, said

from hubdata import explorer, questions, store
from hubdata.charts import Style
from hubdata.indicators import introductions
from hubdata.settings import Settings

DAY = datetime.date(2020, 6, 30)
VIEW, SETTINGS = store.View(DAY), Settings()
# a - b (a year and a half silent), a - c (new), d has nobody; the fund f gave to a and b, and to itself.
ORGANISATIONS = [
    {"organisation_id": "a", "name": "anna", "sector": "ngo", "city": "The Hague", "themes": ["peace"], "fte": 2.0},
    {"organisation_id": "b", "name": "Beta", "sector": "business", "themes": [], "needs": ["training"]},
    {"organisation_id": "c", "name": "Cora", "sector": "ngo"},
    {"organisation_id": "d", "name": "Dora", "sector": "knowledge", "themes": ["peace"], "offers": ["training"]},
    {"organisation_id": "f", "name": "Fund", "sector": "funder"},
]
PARTNERSHIPS = [
    {"partnership_id": "ab", "organisation_ids": ["a", "b"], "start_date": datetime.date(2018, 1, 1),
     "last_contact": datetime.date(2018, 12, 31)},
    {"partnership_id": "ac", "organisation_ids": ["a", "c"], "start_date": datetime.date(2020, 6, 1)},
]  # fmt: skip
FUNDING = [
    {"organisation_id": one, "year": year, "donor": "Fund", "donor_id": donor_id, "category": "nonprofits", "amount": amount}
    for one, year, donor_id, amount in [
        ("a", 2018, "f", 10.0), ("a", 2019, "f", 20.0), ("b", 2019, "f", 30.0), ("f", 2019, "f", 5.0), ("c", 2019, "x", 7.0),
    ]
]  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> store.Snapshot:
    home = tmp_path_factory.mktemp("organisations")
    drafted = {"organisations": ORGANISATIONS, "partnerships": PARTNERSHIPS, "funding": FUNDING}
    manifest = store.publish(home, {n: table(n, rows) for n, rows in drafted.items()}, origin="own", based_on=None)
    return store.open_snapshot(home, manifest.id)


def test_the_list_says_of_each_its_partners_its_last_contact_and_what_is_missing(snapshot: store.Snapshot) -> None:
    listed = questions.answer_directory(snapshot, SETTINGS, VIEW)
    assert [one["name"] for one in listed] == ["anna", "Beta", "Cora", "Dora", "Fund"]
    about = {one["organisation_id"]: one for one in listed}
    assert [(about[one]["degree"], about[one]["cross_sector_degree"]) for one in "abcdf"] == [
        (2, 1), (1, 1), (1, 0), (0, 0), (0, 0),
    ]  # fmt: skip
    assert about["a"]["last_sign_date"] == datetime.date(2020, 6, 1)
    assert about["b"]["last_sign_date"] == datetime.date(2018, 12, 31)
    assert about["d"]["last_sign_date"] is None
    assert [one for one in "abcdf" if about[one]["is_silent"]] == ["b"]
    # Of the eleven facts: a lacks all but city, themes and fte, b all but needs (an empty list is none), d two.
    assert [about[one]["missing"] for one in "abcdf"] == [8, 10, 11, 9, 11]
    assert len(questions.FACTS) == 11


def test_what_an_organisation_gave_is_what_others_have_under_its_id(snapshot: store.Snapshot) -> None:
    given = questions.answer_gifts(snapshot, SETTINGS, VIEW, "f")
    assert [(one["year"], one["organisation_id"], one["amount_eur"]) for one in given] == [
        (2019, "b", 30.0), (2019, "a", 20.0), (2018, "a", 10.0),
    ]  # fmt: skip
    assert questions.answer_gifts(snapshot, SETTINGS, VIEW, "a") == []


def test_whom_to_introduce_to_one_is_the_list_of_all_seen_from_it(sample: Sample) -> None:
    snapshot = sample.snapshot
    day = store.View(snapshot.newest_date(questions.today()))
    shown = snapshot.rows("active_organisations", day), snapshot.rows("ties", day)
    attended = snapshot.table("attendance")
    whole = introductions.introductions(*shown, attended, limit=10**9)
    assert len(whole) > 500
    parted = 0
    for one in shown[0]["organisation_id"].tolist()[::20]:
        own = [pair for pair in whole if one in (pair["organisation_a"], pair["organisation_b"])]
        alone = introductions.introductions(*shown, attended, limit=7, of=one)
        # Pairs that share only what very many have are looked for among the best alone: these scores are the same.
        assert [pair["score"] for pair in alone[: len(own)]] == [pair["score"] for pair in own[:7]]
        if len(own) > 7:
            last = own[6]["score"]
            beyond = sum(pair["score"] == last for pair in own[7:])
            assert [pair["left_out"] for pair in alone] == [beyond * (pair["score"] == last) for pair in alone]
            parted += beyond > 0
    assert parted, "the last of some lists has equals that did not get in"


def test_the_chances_of_one_have_names_and_reasons(snapshot: store.Snapshot) -> None:
    pairs = questions.answer_chances(snapshot, SETTINGS, VIEW, "b")
    assert {(pair["name_a"], pair["name_b"]): [reason["kind"] for reason in pair["reasons"]] for pair in pairs} == {
        ("Beta", "Cora"): ["partners"],  # Anna
        ("Beta", "Dora"): ["need"],
    }
    assert [reason["of"] for pair in pairs for reason in pair["reasons"] if reason["kind"] == "need"] == ["b"]
    assert questions.answer_chances(snapshot, SETTINGS, VIEW, "nobody") == []


def test_an_organisation_stands_in_the_middle_of_its_partners(snapshot: store.Snapshot) -> None:
    moment = questions.answer_moment(snapshot, SETTINGS, VIEW, DAY, "all", "", "")
    inside = moment.organisations[moment.organisations["organisation_id"].isin(list("abc"))]
    option = explorer.circle(
        inside.assign(said=""), moment.ties.assign(said=""), Style(False, False), centre="a", sector_labels={},
        words=explorer.Words("", "", ""),
    )  # fmt: skip
    places = {node["id"]: (node["x"], node["y"]) for node in option["series"][0]["data"]}
    assert places["a"] == (0, 0)
    assert all(abs(x * x + y * y - 1) < 1e-3 for x, y in (places["b"], places["c"]))
    assert {(link["source"], link["target"]) for link in option["series"][0]["links"]} == {("a", "b"), ("a", "c")}


LISTS = {
    "organisations": "organisation_id,name,sector,needs,offers\na,Anna,ngo,training,\nb,Beta,knowledge,,training\nc,Cora,ngo,,\n",
    "partnerships": "organisation_ids,start_date,last_contact\na|c,2019-01-01,2019-02-01\nb|c,2020-01-01,\n",
    "funding": "organisation_id,year,donor,donor_id,category,amount\na,2019,Beta,b,nonprofits,80\na,2019,D,,government,20\n",
}


def test_the_page_shows_all_then_one_then_two_beside_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    publish(tmp_path, LISTS)
    everybody = opened("organisation", as_of="2020-06-30")
    assert "3 organisations; without a partner: 0." in said(everybody).replace("*", "")
    (rows,) = (frame.value for frame in everybody.dataframe)
    assert rows["Partners"].tolist() == [1, 1, 2]
    assert rows["Largest donor's part"].dropna().tolist() == [0.8]
    exposed = opened("organisation", as_of="2020-06-30", which="exposed")
    assert len(exposed.dataframe[0].value) == 1
    assert "None in this view" in said(opened("organisation", as_of="2020-06-30", which="alone"))

    money = opened("organisation", as_of="2020-06-30", id="b", tab="money")
    assert "In 2019 it gave €80 to 1 organisation in the data." in said(money)
    chances = said(opened("organisation", as_of="2020-06-30", id="a", tab="chances"))
    assert "Beta** (Knowledge): Partners in common: Cora." in chances
    assert "Anna needs what the other offers: Training." in chances
    assert "It stands between others more often than" in said(opened("organisation", as_of="2020-06-30", id="c"))
    assert "It stands between no two others." in said(opened("organisation", as_of="2020-06-30", id="a"))

    beside = opened("organisation", as_of="2020-06-30", id="a", beside="b")
    text = said(beside)
    assert "They do not work together. Partners in common: Cora. Anna looks for Training, which Beta offers." in text
    for page, many in ((everybody, 0), (money, 1), (beside, 1)):
        taken = [button for button in page.get("download_button") if button.proto.label == "Export as one page"]
        assert len(taken) == many
    table_beside = beside.dataframe[0].value.set_index("What")
    assert table_beside.loc["Partners"].tolist() == ["1", "1"]
    assert table_beside.loc["Largest donor in 2019"].tolist() == ["Beta (80.0%)", ""]
