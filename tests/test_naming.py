"""One organisation, one name: what is proposed, what a merge moves, that its undo leaves no trace."""

import csv
import datetime
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from hubdata import demo, ingest, loading, models, naming, notebook, questions, store
from hubdata.__main__ import main
from hubdata.settings import Settings

SETTINGS = Settings()
ONE = """
St. Lindenzee | Stichting Lindenzee
Stg Lindenzee | Lindenzee Foundation
Stichting Lindezee | Stichting Lindenzee
Gem. Den Haag | Gemeente Den Haag
Municipality of The Hague | Gemeente 's-Gravenhage
Vredes Werk | Stichting Vredeswerk
Univ. Leiden | Leiden University
Ministry of Foreign Affairs | Min. van Buitenlandse Zaken
Ministerie van BZ | Ministerie van Buitenlandse Zaken
Natuur and Milieu | Stichting Natuur & Milieu
Clingendael | Clingendael B.V.
HCSS | The Hague Centre for Strategic Studies (HCSS)
OPCW | Organisation for the Prohibition of Chemical Weapons
KNVB (Koninklijke Nederlandse Voetbalbond) | Koninklijke Nederlandse Voetbalbond
Médecins sans Frontières | medecins sans frontieres
Rode Kruis Nederland | Nederlandse Rode Kruis
Vredespaleis Carnegie Stichting | Carnegie-Stichting Vredespaleis
Cordiad | Cordaid
STICHTING VLUCHTELING | Stichting Vluchteling
Justice Leadershp Foundation | Justice Leadership Foundation
Tony Chocolonely | Tony’s Chocolonely
Int. Commission on Missing Persons | International Commission on Missing Persons (ICMP)
"""
TWO = """
UNICEF Nederland | UNICEF Belgium
UNICEF | UNICEF Nederland
Rotary Leiden | Rotary Delft
Rotary (afdeling Leiden) | Rotary (afdeling Delft)
Rotary | Rotary (Leiden)
Stichting 2020 | Stichting 2021
Vredesfonds 1 | Vredesfonds 2
Wereldfonds II | Wereldfonds III
Eerste Kamer | Tweede Kamer
Hogeschool Leiden | Universiteit Leiden
Stichting Zonnebloem | Vereniging Zonnebloem
ICCO | ICCA
Gemeente Hoorn | Gemeente Doorn
Slovakia Fund | Slovenia Fund
Rinkelhaven Trust | Rinkelhoven Trust
Noordwijk Aid | Noorddijk Aid
Amnesty International Nederland | Amnesty International Vlaanderen
Save the Children Nederland | Save the Children
Oxfam | Oxfam Novib
Organisatie A | Organisatie B
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [(one, other) for line in text.strip().splitlines() for one, other in [line.split(" | ")]]


def found(*names: str, **more: Any) -> list[ingest.LookAlike]:
    return ingest.look_alikes([ingest.Entry((name,), **more) for name in names])


@pytest.mark.parametrize(("one", "other"), pairs(ONE))
def test_names_of_one_organisation_are_proposed(one: str, other: str) -> None:
    assert [(pair.one, pair.other) for pair in found(one, other)] == [(0, 1)]


@pytest.mark.parametrize(("one", "other"), pairs(TWO))
def test_names_of_two_organisations_are_not(one: str, other: str) -> None:
    assert found(one, other) == []


def test_what_else_is_known_tells_two_apart() -> None:
    names = ("St. Lindenzee",), ("Stichting Lindenzee",)
    for one, other in (
        ({"country": "NL"}, {"country": "BE"}),
        ({"identifier": "NL-KVK-41150298"}, {"identifier": "NL-KVK-27248698"}),
    ):
        assert ingest.look_alikes([ingest.Entry(names[0], **one), ingest.Entry(names[1], **other)]) == []
    towns = [ingest.Entry(("Koor Zundert",)), ingest.Entry(("Koor Zunderd",))]
    assert ingest.look_alikes(towns)
    assert ingest.look_alikes(towns, ["Zundert", "Zunderd"]) == []


def test_initials_that_could_be_of_two_are_of_none() -> None:
    assert found("HCSS", "Hague Centre for Strategic Studies", "Holland Charity of Safe Streets") == []


def test_another_name_is_looked_at_too() -> None:
    entries = [ingest.Entry(("Lindenzee Groep", "Linden aan Zee")), ingest.Entry(("Stichting Linden aan Zee",))]
    assert len(ingest.look_alikes(entries)) == 1


def test_nothing_is_proposed_in_real_names_that_are_all_different() -> None:
    """The 164 organisations of the sample and its donors were looked at one by one: none is there twice."""
    rows = list(csv.DictReader((ROOT / "data/sample/organisations.csv").open(encoding="utf-8")))
    donors = {row["donor"] for row in csv.DictReader((ROOT / "data/sample/funding.csv").open(encoding="utf-8"))}
    names = {row["name"] for row in rows} | donors - {""}
    assert found(*sorted(names)) == []


def test_nothing_is_proposed_in_the_demo(tmp_path: Path) -> None:
    demo.write(tmp_path, organisations=300)
    files = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    tables = ingest.draft(files, SETTINGS, {}).tables
    assert [(p.kept.name, p.gone.name) for p in naming.proposals(tables)] == []


# --- a home with two that are one

LISTS = {
    "organisations.csv": "organisation_id,name,sector,city,themes,fte,joined_on\n"
    "NL-KVK-1,Stichting Lindenzee,ngo,,peace,,2020-01-01\nlz,St. Lindenzee,ngo,Delft,water,4,2019-01-01\n"
    "b,Beta,government,,,,\nc,Gamma,knowledge,,,,\n",
    "events.csv": "event_id,name,start_date,organiser_id\ne,Fair,2024-01-10,lz\nf,Feast,2024-02-10,b\n",
    "partnerships.csv": "partnership_id,organisation_ids,start_date\n"
    "p,NL-KVK-1|b,2021-01-01\nq,lz|b|c,2022-01-01\nr,NL-KVK-1|lz,2022-01-01\n",
    "attendance.csv": "event_id,organisation_id,role,people,status\n"
    "e,NL-KVK-1,participant,2,registered\ne,lz,speaker,1,attended\nf,lz,,3,\n",
    "funding.csv": "organisation_id,year,donor,donor_id,category,amount\n"
    "NL-KVK-1,2023,Nationale Bank,,companies,100.10\nlz,2023,Nationale Bank,,companies,0.20\nlz,2022,Fonds Zuid,,other,50\n"
    "b,2023,St. Lindenzee,,nonprofits,7\nc,2023,Beta,b,government,5\nc,2023,Natoinale Bank,,companies,9\n",
}


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert loading.load(tmp_path, SETTINGS, encoded(LISTS)).manifest
    return tmp_path


def tables(home: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        return {name: snapshot.records(name) for name in models.TABLES}


def printed(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def test_the_command_lists_what_may_be_one_with_what_would_move(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(printed(capsys, "names", "--json", "--home", home))["proposals"]
    assert listed[0] == {
        "kept": {"kind": "organisation", "id": "NL-KVK-1", "name": "Stichting Lindenzee"},
        "gone": {"kind": "organisation", "id": "lz", "name": "St. Lindenzee"},
        "why": "same",
        "moves": {"partnerships": 2, "ties": 3, "events": 2, "amount_received": 50.2, "amount_given": 0.0},
    }
    others = [(p["kept"]["name"], p["gone"]["name"], p["gone"]["kind"]) for p in listed[1:]]
    assert ("Nationale Bank", "Natoinale Bank", "donor") in others
    assert ("Stichting Lindenzee", "St. Lindenzee", "donor") in others
    assert len(listed) == 4  # the donor St. Lindenzee may be either of the two organisations
    assert "St. Lindenzee = Stichting Lindenzee" in printed(capsys, "names", "--home", home, "--language", "en")


def test_a_merge_moves_everything_and_its_undo_leaves_no_trace(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = printed(capsys, "indicators", "--json", "--home", home)
    shown = store.current_snapshot_id(home)
    said = json.loads(printed(capsys, "merge", "NL-KVK-1", "St. Lindenzee", "--json", "--home", home))
    assert said["before"] == shown
    now = tables(home)
    one = now["organisations"][0]
    assert {name: one[name] for name in ("organisation_id", "name", "city", "themes", "fte", "aliases")} == {
        "organisation_id": "NL-KVK-1",
        "name": "Stichting Lindenzee",
        "city": "Delft",
        "themes": ["peace", "water"],
        "fte": 4.0,
        "aliases": ["St. Lindenzee", "lz"],
    }
    assert one["joined_on"].isoformat() == "2019-01-01"
    assert [row["organisation_id"] for row in now["organisations"]] == ["NL-KVK-1", "b", "c"]
    assert [row["organisation_ids"] for row in now["partnerships"]] == [["NL-KVK-1", "b"], ["NL-KVK-1", "b", "c"]]
    assert now["events"][0]["organiser_id"] == "NL-KVK-1"
    assert [tuple(row.values()) for row in now["attendance"]] == [
        ("e", "NL-KVK-1", "speaker", 3, "attended"),
        ("f", "NL-KVK-1", None, 3, "attended"),
    ]
    assert [(r["organisation_id"], r["year"], r["donor"], r["donor_id"], r["amount"]) for r in now["funding"]] == [
        ("NL-KVK-1", 2023, "Nationale Bank", None, 100.3),
        ("NL-KVK-1", 2022, "Fonds Zuid", None, 50.0),
        ("b", 2023, "Stichting Lindenzee", "NL-KVK-1", 7.0),
        ("c", 2023, "Beta", "b", 5.0),
        ("c", 2023, "Natoinale Bank", None, 9.0),
    ]
    after = printed(capsys, "indicators", "--json", "--home", home)
    assert after != before
    assert printed(capsys, "rebuild", said["snapshot"], "--home", home, "--language", "en").startswith("The kept files")
    printed(capsys, "rollback", shown, "--home", home)
    assert printed(capsys, "indicators", "--json", "--home", home) == before
    printed(capsys, "rollback", said["snapshot"], "--home", home)
    assert printed(capsys, "indicators", "--json", "--home", home) == after


def test_the_other_name_is_found_and_known_in_every_later_drop(home: Path) -> None:
    naming.merge(home, SETTINGS, [naming.Merge(kind="organisation", kept="NL-KVK-1", gone="lz")], "command")
    with closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        assert questions.named(snapshot, "st. lindenzee") == ["NL-KVK-1"] == questions.named(snapshot, "lz")
    again = {name: LISTS[name] for name in ("organisations.csv", "partnerships.csv", "funding.csv")}
    again["partnerships.csv"] = again["partnerships.csv"].replace("r,NL-KVK-1|lz,2022-01-01\n", "")
    outcome = loading.load(home, SETTINGS, encoded(again), may_remove=True)
    assert outcome.draft.problems == []
    now = tables(home)
    assert [row["organisation_id"] for row in now["organisations"]] == ["NL-KVK-1", "b", "c"]
    assert [row["donor_id"] for row in now["funding"] if row["donor"] == "Stichting Lindenzee"] == ["NL-KVK-1"]
    assert naming.proposals_on_show(home)[0].kept.name == "Nationale Bank"


def test_a_whole_list_of_before_a_merge_gives_what_the_merge_gave(home: Path) -> None:
    """Also the agreement between the two names, the event that both came to, and a year of which both have accounts."""
    more = {"accounts.csv": "organisation_id,year,total_income,fte\nNL-KVK-1,2023,500,\nlz,2023,700,4\nlz,2022,60,\n"}
    assert loading.load(home, SETTINGS, encoded(more), update=True).manifest
    naming.merge(home, SETTINGS, [naming.Merge(kind="organisation", kept="NL-KVK-1", gone="lz")], "command")
    merged = tables(home)
    outcome = loading.load(home, SETTINGS, encoded(LISTS | more), may_remove=True)
    assert outcome.draft.problems == []
    noted = {
        (n.file, n.code): n.message.values["count"]
        for n in outcome.draft.notes
        if "one" in n.code or "itself" in n.code
    }
    assert noted == {
        ("partnerships.csv", "agreements_with_itself"): 1,
        ("attendance.csv", "rows_of_one"): 1,
        ("accounts.csv", "rows_of_one"): 1,
    }
    again = tables(home)
    # Its rows of income come in the order of the list, and what only the other row of organisations said comes last.
    assert {name: sorted(map(str, rows)) for name, rows in again.items()} == {
        name: sorted(map(str, rows)) for name, rows in merged.items()
    }
    if outcome.manifest:
        rebuilt = loading.rebuild(home, outcome.manifest.id)
        assert rebuilt["partnerships"].num_rows == 2
    paired = {
        "partnerships.csv": "partner a,partner b,start_date\nlz,Stichting Lindenzee,2022-01-01\nlz,b,2024-01-01\n"
    }
    prepared = loading.prepare(home, SETTINGS, encoded(paired))
    assert prepared.draft.problems == []
    assert prepared.draft.tables["partnerships"]["organisation_ids"].to_pylist() == [["NL-KVK-1", "b"]]


def test_an_agreement_of_one_name_twice_is_still_refused(home: Path) -> None:
    naming.merge(home, SETTINGS, [naming.Merge(kind="organisation", kept="NL-KVK-1", gone="lz")], "command")
    wrong = {"partnerships.csv": "organisation_ids,start_date\nb|Beta,2022-01-01\n"}
    assert [p.code for p in loading.prepare(home, SETTINGS, encoded(wrong)).draft.problems] == ["fewer_than_two"]


def test_the_undo_of_donors_that_are_one_gives_back_byte_equal_figures(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, shown = printed(capsys, "indicators", "--json", "--home", home), store.current_snapshot_id(home)
    printed(capsys, "merge", "Nationale Bank", "Natoinale Bank", "--json", "--home", home)
    printed(capsys, "merge", "Beta", "Fonds Zuid", "--json", "--home", home)  # a donor that is an organisation
    assert printed(capsys, "indicators", "--json", "--home", home) != before
    printed(capsys, "rollback", shown, "--home", home)
    assert printed(capsys, "indicators", "--json", "--home", home) == before


def test_what_was_written_down_of_the_one_that_went_is_of_the_one_that_stayed(home: Path) -> None:
    shown, day = store.current_snapshot_id(home), datetime.date(2026, 5, 1)
    notebook.note_call(home, ("b", "lz"), "called", day)
    notebook.note_call(home, ("NL-KVK-1", "lz"), "called", day)
    notebook.decide(home, ("c", "lz"), "accepted")
    written = (home / notebook.CALLS).read_bytes()
    outcome = naming.merge(home, SETTINGS, [naming.Merge(kind="organisation", kept="NL-KVK-1", gone="lz")], "command")
    assert [call.pair for call in notebook.calls(home)] == [("NL-KVK-1", "b")]
    assert [one.pair for one in notebook.decisions(home)] == [("NL-KVK-1", "c")]
    assert outcome.manifest
    loading.rollback_to(home, shown or "", outcome.manifest.id)
    assert (home / notebook.CALLS).read_bytes() == written
    assert {call.pair for call in notebook.calls(home)} == {("b", "lz"), ("NL-KVK-1", "lz")}
    loading.rollback_to(home, outcome.manifest.id, shown)
    notebook.decide(home, ("NL-KVK-1", "c"), "")  # forgotten under its name of now
    assert notebook.decisions(home) == []


def test_donors_are_taken_together_also_in_what_comes_later_and_no_longer_after_undo(home: Path) -> None:
    shown = store.current_snapshot_id(home)
    assert shown
    naming.merge(home, SETTINGS, [naming.Merge(kind="donor", kept="Nationale Bank", gone="Natoinale Bank")], "command")

    def donors() -> list[str]:
        return [row["donor"] for row in tables(home)["funding"] if row["category"] == "companies"]

    assert donors() == ["Nationale Bank"] * 3
    more = {"funding.csv": "organisation_id,year,donor,category,amount\nc,2024,natoinale  bank,companies,3\n"}
    outcome = loading.load(home, SETTINGS, encoded(more), update=True)
    assert outcome.manifest
    assert donors() == ["Nationale Bank"] * 4
    rebuilt = loading.rebuild(home, outcome.manifest.id)
    assert [row["donor"] for row in rebuilt["funding"].to_pylist() if row["category"] == "companies"] == donors()
    loading.rollback_to(home, shown, outcome.manifest.id)
    loading.load(home, SETTINGS, encoded(more), update=True)
    assert donors() == ["Nationale Bank", "Nationale Bank", "Natoinale Bank", "natoinale  bank"]


def test_a_donor_that_is_an_organisation_gets_its_identifier(home: Path) -> None:
    merges = [naming.asked_for(home, "Stichting Lindenzee", "St. Lindenzee").merge]
    assert merges[0].kind == "organisation"
    more = {
        "funding.csv": "organisation_id,year,donor,category,amount\nc,2024,Beta,government,3\nc,2024,Betta BV,government,2\n"
    }
    loading.load(home, SETTINGS, encoded(more), update=True)
    naming.merge(home, SETTINGS, [naming.Merge(kind="donor_of", kept="b", gone="Beta")], "command")
    naming.merge(home, SETTINGS, [naming.asked_for(home, "Beta", "Betta BV").merge], "command")
    now = tables(home)
    assert {(row["donor"], row["donor_id"]) for row in now["funding"] if row["year"] == 2024} == {("Beta", "b")}
    assert sum(row["amount"] for row in now["funding"] if row["year"] == 2024) == 5
    assert next(row["aliases"] for row in now["organisations"] if row["organisation_id"] == "b") == ["Betta BV"]


def test_what_somebody_said_is_different_is_not_proposed_again(home: Path) -> None:
    first, *others = naming.proposals_on_show(home)
    naming.say_different(home, first.kept.name, first.gone.name)
    assert first.merge not in [p.merge for p in naming.proposals_on_show(home)]
    for pair in loading.remembered(home).different:
        loading.forget_different(home, pair)
    assert naming.proposals_on_show(home) == [first, *others]


def test_what_cannot_be_taken_together_is_said(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kept, gone, says in (
        ("Beta", "b", "one already"),
        ("Beta", "Nobody", "no organisation or donor"),
        ("Nationale Bank", "Beta", "is an organisation"),
    ):
        assert main(["merge", kept, gone, "--home", str(home), "--language", "en"]) == 1
        assert says in capsys.readouterr().err
    example = tmp_path / "example"
    loading.show_example(example, SETTINGS, "sample")
    assert main(["merge", "PAX", "Cordaid", "--home", str(example), "--language", "en"]) == 1
    assert "example" in capsys.readouterr().err


def test_five_thousand_names_take_a_few_seconds() -> None:
    """Counted in pairs that are compared word by word, since a busy machine has no other clock."""
    from hubdata.ingest import lookalikes

    names = [
        f"{kind} {start}{middle}{end}"
        for kind in ("Stichting", "Vereniging", "Fonds", "Huis", "School")
        for start in ("Bel", "Dor", "Kal", "Mir", "Nov", "Pel", "Rus", "Sal", "Tor", "Vin")
        for middle in ("a", "e", "i", "o", "u", "an", "el", "im", "or", "us")
        for end in ("bos", "dorp", "feld", "gaard", "kamp", "linde", "poort", "rak", "stein", "tuin")
    ]
    read = [lookalikes.read(name) for name in names]
    assert len(names) == 5000
    assert sum(1 for _ in lookalikes._candidates(read)) < 30 * len(names)


def test_a_list_of_names_that_are_all_nearly_the_same_is_compared_in_time_that_grows_as_the_list() -> None:
    """A thousand of them took minutes when every pair was compared word by word."""
    from hubdata.ingest import lookalikes

    letters = "abcdefghijklmnopqrst"
    names = [
        f"Stichting {'a' * 30} {one}{two}{three} hulp" for one in letters[:3] for two in letters for three in letters
    ]
    entries = [ingest.Entry((name,), f"i{number}") for number, name in enumerate([*names, "Fonds", "Stichting Fonds"])]
    compared = []
    whole = lookalikes.alike
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lookalikes, "alike", lambda *how: compared.append(1) or whole(*how))
        found = ingest.look_alikes(entries)
    assert len(compared) <= len(entries) * lookalikes.MOST_CANDIDATES
    assert (1200, 1201) in [(pair.one, pair.other) for pair in found]


KNOWN = (
    "Stichting Amelborg",
    "Beta",
    "Gamma",
    "Gemeente Amsterdam",
    "Werkplaats 12",
    "Vredespaleis",
    "Haagse Hogeschool",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Amelburg", ["Stichting Amelborg"]),
        ("Betaa", ["Beta"]),
        ("Kamma", ["Gamma"]),
        ("Vredespalies", ["Vredespaleis"]),
        ("Hogeschol Haagse", ["Haagse Hogeschool"]),
        ("Gemeente Rotterdam", []),
        ("Werkplaats 13", []),
        ("Bta", []),
        ("Delta", []),
    ],
)
def test_who_types_a_name_with_a_slip_is_asked_which_one_is_meant(typed: str, meant: list[str]) -> None:
    assert ingest.meant_by(typed, KNOWN) == meant
