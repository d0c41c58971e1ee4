"""Rows, names and identifiers that are alike: what is taken together, added up or told apart, and what is said of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ingest import ORGANISATIONS, SETTINGS, drafted, records, said

from hubdata import ingest, models
from hubdata.cells import fold
from hubdata.ingest.names import sounds

law = settings(deadline=None)  # one example is fast, but a busy machine is not
FUNDING = "organisation_id,year,donor,programme,category,amount\n"


def noted(draft: ingest.Draft) -> dict[str, dict[str, Any]]:
    return {note.code: dict(note.message.values) for note in draft.notes}


def read_again(draft: ingest.Draft, current: ingest.Draft | None = None) -> None:
    """What is kept gives the same."""
    before = current.tables if current else {}
    again = ingest.draft(draft.received, SETTINGS, before, matching=draft.matching)
    assert again.problems == []
    assert again.tables == draft.tables


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("invisible", ["\u200b", "\u00ad", "\u2060", "\u200d", "\u200e", "\ufe0f", "\u034f"])
def test_what_nobody_sees_makes_no_other_name_and_no_other_heading(invisible: str) -> None:
    assert fold(f"Vredes{invisible}fonds") == "vredesfonds"
    draft = drafted(
        organisations=f"na{invisible}me,sector\nAl{invisible}fa,n{invisible}go\nBeta,ngo\n",
        partnerships=f"organisation_ids,start_date\nAlfa|Be{invisible}ta,2020-01-01\n",
    )
    assert draft.problems == []


def test_a_name_keeps_its_identifier_whatever_is_invisible_in_it() -> None:
    first = drafted(organisations="name,sector\nVredesfonds\u00a0Den\u00a0Haag,ngo\nCaf\u00e9,ngo\n")
    again = drafted(current=first.tables, organisations="name,sector\nVredes\u00adfonds Den Haag,ngo\nCAFE\u0301,ngo\n")
    assert [r["organisation_id"] for r in records(first)["organisations"]] == [
        "vredesfonds-den-haag-0770b1b7",
        "cafe-a860b858",
    ]
    assert again.tables["organisations"]["organisation_id"] == first.tables["organisations"]["organisation_id"]


def test_two_rows_of_one_name_are_told_by_the_column_that_the_file_has() -> None:
    draft = drafted(organisations="Naam,Sector\nVredesfonds,ngo\nVredes\u200bfonds,business\n")
    assert said(draft)[0][1:3] == (3, "Naam")
    assert said(draft)[0][4] == (
        "Row 2 has the same value in Naam. Put what they say in one row, or give them different values."
    )


def test_donors_that_sound_alike_are_one_and_that_is_said() -> None:
    rows = [
        "Fonds X&Y",
        "Fonds X & Y",
        "fonds x en y",
        "Fonds X and Y",
        "Anna\u2019s Fund",
        "Anna's Fund",
        "Vredes\u200bfonds",
        "Vredesfonds",
    ]
    text = FUNDING + "".join(f"a,{2000 + n},{name},,other,10\n" for n, name in enumerate(rows))
    draft = drafted(organisations=ORGANISATIONS, funding=text)
    assert draft.problems == []
    assert [r["donor"] for r in records(draft)["funding"]] == [
        *["Fonds X&Y"] * 4, *["Anna\u2019s Fund"] * 2, *["Vredesfonds"] * 2,
    ]  # fmt: skip
    assert noted(draft)["names_taken_together"] == {
        "count": 5,
        "names": "Fonds X&Y = Fonds X & Y = fonds x en y = Fonds X and Y; Anna\u2019s Fund = Anna's Fund; Vredesfonds",
    }
    read_again(draft)
    more = drafted(update=True, current=draft.tables, funding=FUNDING + "a,2000,Fonds X en Y,,other,99\n")
    assert next((r["donor"], r["amount"]) for r in records(more)["funding"]) == ("Fonds X&Y", 99.0)
    assert len(records(more)["funding"]) == len(rows)


def test_donors_that_do_not_sound_alike_stay_apart() -> None:
    rows = ["Enfonds", "Fonds", "Fonds en", "R&D", "RD", "Zand en Zee", "Zand Zee", "Annas Fund", "Anna's Fund"]
    text = FUNDING + "".join(f"a,2020,{name},,other,10\n" for name in rows)
    draft = drafted(organisations=ORGANISATIONS, funding=text)
    assert [r["donor"] for r in records(draft)["funding"]] == rows
    assert draft.notes == []


def test_the_spelling_of_a_refused_row_is_not_the_one_that_stays() -> None:
    text = FUNDING + "a,nope,Zon & Maan,,other,1\na,2021,Zon en Maan,,other,1\na,2022,Zon&Maan,,other,1\n"
    draft = drafted(organisations=ORGANISATIONS, funding=text)
    assert [r["donor"] for r in records(draft)["funding"]] == ["Zon en Maan"] * 2
    read_again(draft)


def test_a_reference_may_be_written_as_it_sounds_and_that_is_said() -> None:
    organisations = "organisation_id,name,sector\na,Brood & Rozen,ngo\nb,Anna\u2019s Huis,ngo\n"
    files = {"partnerships": "organisation_ids,start_date\nbrood en rozen|Anna's huis,2020-01-01\n"}
    draft = drafted(organisations=organisations, **files)
    assert draft.problems == []
    assert records(draft)["partnerships"][0]["organisation_ids"] == ["a", "b"]
    assert noted(draft)["names_taken_together"] == {
        "count": 2,
        "names": "Brood & Rozen = brood en rozen; Anna\u2019s Huis = Anna's huis",
    }
    # Where a name is there as it is written, nobody has to guess; where two sound like it, it is asked.
    both = drafted(organisations=organisations + "c,Brood en Rozen,ngo\n", **files)
    assert records(both)["partnerships"][0]["organisation_ids"] == ["c", "b"]
    third = {"partnerships": "organisation_ids,start_date\nbrood&rozen|b,2020-01-01\n"}
    unsure = drafted(organisations=organisations + "c,Brood en Rozen,ngo\n", **third)
    assert [(p.code, p.message.values["ids"]) for p in unsure.problems] == [("two_with_this_name", "a, c")]


def test_an_organisation_keeps_its_identifier_when_it_is_written_as_it_sounds() -> None:
    first = drafted(organisations="name,sector\nBrood & Rozen,ngo\nWater en Land,ngo\nWater & Land,ngo\n")
    second = drafted(current=first.tables, organisations="name,sector\nBrood en Rozen,ngo\nWater and land,ngo\n")
    before, after = (d.tables["organisations"]["organisation_id"].to_pylist() for d in (first, second))
    assert before[0] == after[0]
    assert after[1] not in before  # two sound like it
    assert noted(second)["names_taken_together"] == {"count": 1, "names": "Brood & Rozen = Brood en Rozen"}


name = st.text(st.sampled_from(" &'\u2019enadABxy\u200b\u00ad-"), min_size=1, max_size=12)


@law
@given(name)
def test_how_a_name_sounds_depends_on_nothing_that_is_not_seen(text: str) -> None:
    assert sounds(text) == sounds(text.replace("\u200b", "").replace("\u00ad", "").replace("\u2019", "'"))
    assert sounds(f"x{text.replace('&', ' & ')}y") == sounds(f"x{text.replace('&', ' en ')}y")


# --- identifiers ---------------------------------------------------------------------------------------------------


SALESFORCE = (
    "organisation_id,name,sector\n0015000000Gv7qR,Alfa,ngo\n0015000000Gv7qr,Beta,ngo\n0015000000Gv7Qx,Gamma,ngo\n"
)


def test_identifiers_that_differ_in_case_are_two_and_references_find_the_right_one() -> None:
    draft = drafted(
        organisations=SALESFORCE,
        partnerships="partnership_id,organisation_ids,start_date\np,0015000000Gv7qR|0015000000gv7qx,2020-01-01\nP,0015000000Gv7qr|Alfa,2020-01-01\n",
    )
    assert draft.problems == []
    assert [(r["partnership_id"], r["organisation_ids"]) for r in records(draft)["partnerships"]] == [
        ("p", ["0015000000Gv7qR", "0015000000Gv7Qx"]),
        ("P", ["0015000000Gv7qr", "0015000000Gv7qR"]),
    ]
    unsure = drafted(
        organisations=SALESFORCE, partnerships="organisation_ids,start_date\n0015000000GV7QR|Gamma,2020-01-01\n"
    )
    assert [(p.code, p.message.values["ids"]) for p in unsure.problems] == [
        ("two_with_this_name", "0015000000Gv7qR, 0015000000Gv7qr")
    ]


def test_an_identifier_in_another_case_stays_the_one_on_show_while_it_fits_one() -> None:
    first = drafted(organisations="organisation_id,name,sector\nNL-KVK-1,Alfa,ngo\nx,Beta,ngo\nX,Gamma,ngo\n")
    text = "organisation_id,name,sector\nnl-kvk-1,Alfa,business\nX,Gamma,business\n"
    second = drafted(update=True, current=first.tables, organisations=text)
    assert second.problems == []
    assert [(r["organisation_id"], r["sector"]) for r in records(second)["organisations"]] == [
        ("NL-KVK-1", "business"), ("x", "ngo"), ("X", "business"),
    ]  # fmt: skip
    assert second.changes["organisations"] == ingest.Changes(changed=2, before=3)


def test_a_donor_by_identifier_is_found_in_its_own_case() -> None:
    text = "organisation_id,year,donor,donor_id,category,amount\n0015000000Gv7Qx,2020,D,0015000000Gv7qr,other,1\n0015000000Gv7Qx,2020,D,0015000000gv7qX,other,1\n"
    draft = drafted(organisations=SALESFORCE, funding=text)
    assert [r["donor_id"] for r in records(draft)["funding"]] == ["0015000000Gv7qr", "0015000000Gv7Qx"]


# --- rows that are alike -------------------------------------------------------------------------------------------


def test_grants_of_one_donor_and_year_are_added_up_exactly() -> None:
    text = (
        FUNDING
        + "a,2020,D,,other,0.1\nb,2020,D,,other,7\na,2020,d,,other,0.2\na,2020,D,P,other,5\na,2020,D,P,other,6\nb,2020,D,,other,7\n"
    )
    draft = drafted(organisations=ORGANISATIONS, funding=text)
    assert draft.problems == []
    assert [(r["organisation_id"], r["programme"], r["amount"]) for r in records(draft)["funding"]] == [
        ("a", None, 0.3),
        ("b", None, 14.0),
        ("a", "P", 11.0),
    ]
    assert noted(draft) == {"amounts_added_up": {"count": 6, "rows": 3}, "amounts_exactly_alike": {"count": 1}}
    read_again(draft)


amount = st.integers(0, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02}")


@law
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abz"), st.sampled_from(["2020", "2021", "x"]), st.sampled_from(["D", "d ", "E"]), amount
        ),
        max_size=12,
    )
)
def test_no_row_and_no_cent_of_income_disappears(rows: list[tuple[str, str, str, str]]) -> None:
    text = FUNDING + "".join(f"{who},{year},{donor},,other,{euros}\n" for who, year, donor, euros in rows)
    draft = drafted(organisations=ORGANISATIONS, funding=text)
    refused = {p.row for p in draft.problems}
    good = [euros for n, (_, _, _, euros) in enumerate(rows, 2) if n not in refused]
    found = records(draft)["funding"]
    assert round(sum(r["amount"] for r in found) * 100) == sum(int(euros.replace(".", "")) for euros in good)
    together = noted(draft).get("amounts_added_up", {"count": 0, "rows": 0})
    assert len(rows) == len(found) + draft.changes["funding"].rejected + together["count"] - together["rows"]
    read_again(draft)


AGREEMENTS = "name,organisation_ids,start_date\nWater,a|b,2020-01-01\nVrede,b|a,2020-01-01\n,a|c,2020-01-01\n"


def test_agreements_of_one_day_are_two_when_their_names_differ() -> None:
    alone = drafted(organisations=ORGANISATIONS, partnerships="organisation_ids,start_date\na|b,2020-01-01\n")
    draft = drafted(organisations=ORGANISATIONS, partnerships=AGREEMENTS)
    assert draft.problems == []
    ids = [r["partnership_id"] for r in records(draft)["partnerships"]]
    assert len(set(ids)) == 3
    assert ids[0] == records(alone)["partnerships"][0]["partnership_id"]  # as it always was
    read_again(draft)
    turned = "\n".join([AGREEMENTS.splitlines()[n] for n in (0, 2, 3, 1)]) + "\n"
    again = drafted(current=draft.tables, partnerships=turned)
    assert again.changes["partnerships"] == ingest.Changes(before=3)
    more = drafted(
        update=True, current=draft.tables, partnerships="name,organisation_ids,start_date\nZorg,a|b,2020-01-01\n"
    )
    assert [r["name"] for r in records(more)["partnerships"]] == ["Water", "Vrede", None, "Zorg"]
    named = drafted(
        update=True, current=alone.tables, partnerships="name,organisation_ids,start_date\nZorg,a|b,2020-01-01\n"
    )
    assert [r["name"] for r in records(named)["partnerships"]] == ["Zorg"]  # it had no name yet


def test_agreements_that_are_the_same_are_told_with_the_columns_of_the_file() -> None:
    text = (
        "Naam,Partner A,Partner B,Begin,Thema\nWater,a,b,2020-01-01,x\nwater,b,a,2020-01-01,y\nWater,a,b,2020-01-01,x\n"
    )
    draft = drafted(organisations=ORGANISATIONS, partnerships=text)
    assert said(draft) == [
        ("partnerships.csv", 3, "Naam", "water, b, a, 2020-01-01",
         "Row 2 has the same value in Naam + Partner A + Partner B + Begin. Put what they say in one row, or give them different values."),
        ("partnerships.csv", 4, "Naam", "Water, a, b, 2020-01-01", "Row 2 says exactly the same. Delete one of the two rows."),
    ]  # fmt: skip


def test_a_row_that_differs_only_in_what_we_do_not_use_is_never_said_to_be_the_same() -> None:
    draft = drafted(organisations="name,sector,kantoor\nAlfa,ngo,Delft\nAlfa,ngo,Leiden\n")
    assert [p.code for p in draft.problems] == ["duplicate_key"]
    assert "Leiden" not in str(draft.problems)


@pytest.mark.parametrize("table", models.TABLES)
def test_what_is_told_of_two_alike_names_only_columns_of_the_file(table: str) -> None:
    files = {
        "organisations": "name,sector\nA,ngo\nA,business\n",
        "events": "name,start_date,venue\nA,2020-01-01,x\nA,2020-01-01,y\n",
        "partnerships": "organisation_ids,start_date,kind\na|b,2020-01-01,x\na|b,2020-01-01,y\n",
        "attendance": "event_id,organisation_id,role\ne,a,host\ne,a,speaker\n",
        "accounts": "organisation_id,year,total_income\na,2020,1\na,2020,2\n",
        "reference": "dimension,code,share,source\nsector,ngo,0.5,S\nsector,ngo,0.25,S\n",
        "targets": "indicator,date,value\ndensity,2030-01-01,0.5\ndensity,2030-01-01,0.6\n",
    }
    if table == "funding":
        return
    more = {} if table == "organisations" else {"organisations": ORGANISATIONS}
    more |= {"events": "event_id,name,start_date\ne,E,2020-01-01\n"} if table == "attendance" else {}
    draft = drafted(**more, **{table: files[table]})
    (problem,) = draft.problems
    header = files[table].split("\n")[0].split(",")
    assert (problem.code, problem.row) == ("duplicate_key", 3)
    assert set(problem.message.values["key"].split(" + ")) <= set(header)
    assert problem.column in header
