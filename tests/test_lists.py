"""Lists in a cell: one word or several, told by the other cells, or asked once; references with commas in their names."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_alike import read_again
from test_ingest import drafted, records

from hubdata import ingest, loading, reading
from hubdata.settings import Settings

law = settings(deadline=None)  # one example is fast, but a busy machine is not
HEADER = ["organisation_id", "name", "sector", "themes"]


def listed(*cells: str, answers: ingest.FileMapping | None = None, current: Any = None, more: str = "") -> ingest.Draft:
    rows = [[f"o{n}", f"Org {n}", "ngo", cell] for n, cell in enumerate(cells)]
    text = reading.write(HEADER, rows).decode() + more
    return drafted(answers=answers, current=current, update=bool(current), organisations=text)


def themes(draft: ingest.Draft) -> list[list[str] | None]:
    return [r["themes"] for r in records(draft)["organisations"]]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("Zorg, Wonen", "Zorg", "Wonen"), [["Zorg", "Wonen"], ["Zorg"], ["Wonen"]]),
        (("Zorg / Wonen", "zorg|Wonen"), [["Zorg", "Wonen"], ["zorg", "Wonen"]]),
        (("Zorg/Wonen", "Zorg", "Wonen"), [["Zorg", "Wonen"], ["Zorg"], ["Wonen"]]),
        (("Zorg & Wonen", "Zorg", "wonen"), [["Zorg", "Wonen"], ["Zorg"], ["wonen"]]),
        (("Zorg\nWonen, werk\n", "Zorg"), [["Zorg", "Wonen, werk"], ["Zorg"]]),
        (("Zorg, Wonen & Werk", "Zorg;Wonen;Werk"), [["Zorg", "Wonen", "Werk"], ["Zorg", "Wonen", "Werk"]]),
        (("Zorg, Werk", "Werk, Wonen", "Wonen, Zorg"), [["Zorg", "Werk"], ["Werk", "Wonen"], ["Wonen", "Zorg"]]),
        (('"Zorg, Wonen",Werk', "Zorg", "Wonen"), [["Zorg, Wonen", "Werk"], ["Zorg"], ["Wonen"]]),
        (("R&D", "24/7"), [["R&D"], ["24/7"]]),
        (("Zorg • Wonen", "Water"), [["Zorg", "Wonen"], ["Water"]]),
        (("- Zorg\n- Wonen", "1. Water 2. Werk"), [["Zorg", "Wonen"], ["Water", "Werk"]]),
        (
            ("#zorg #wonen", "['Zorg', 'Wonen']", "{Zorg,Wonen}"),
            [["zorg", "wonen"], ["Zorg", "Wonen"], ["Zorg", "Wonen"]],
        ),
        (("Zorg en wonen", "Zorg", "Wonen"), [["Zorg", "wonen"], ["Zorg"], ["Wonen"]]),
        (("Zorg + Wonen", "Zorg - Wonen", "Zorg|Wonen"), [["Zorg", "Wonen"]] * 3),
        (("Zorg en wonen", "Zorg", "Vrede - recht"), [["Zorg en wonen"], ["Zorg"], ["Vrede - recht"]]),
        (("Vrede, recht en sterke instituties", "Vrede"), [["Vrede, recht en sterke instituties"], ["Vrede"]]),
    ],
)
def test_words_are_taken_apart_where_their_parts_stand_elsewhere(
    cells: tuple[str, ...], expected: list[list[str]]
) -> None:
    draft = listed(*cells)
    assert draft.problems == []
    assert themes(draft) == expected
    read_again(draft)


def test_what_the_cells_do_not_settle_is_read_as_written_noted_and_asked_once() -> None:
    draft = listed("Vrede, recht", "Vrede", "Zon/zee")
    assert themes(draft) == [["Vrede, recht"], ["Vrede"], ["Zon/zee"]]
    assert [(n.code, n.message.values["count"], n.message.values["text"]) for n in draft.notes] == [
        ("one_or_several", 1, "Vrede, recht"),
        ("one_or_several", 1, "Zon/zee"),
    ]
    (asked,) = draft.readings
    assert asked.one_or_several == {"themes ,": "Vrede, recht", "themes /": "Zon/zee"}
    several = loading.answer_about(asked, separates={"themes ,": True, "themes /": False})
    told = listed("Vrede, recht", "Vrede", "Zon/zee", answers=several)
    assert themes(told) == [["Vrede", "recht"], ["Vrede"], ["Zon/zee"]]
    assert told.notes == []
    read_again(told)
    one = loading.answer_about(asked, separates={"themes ,": False})
    assert themes(listed("Vrede, recht", "Vrede", "recht", answers=one))[0] == ["Vrede, recht"]


def test_words_of_the_data_on_show_count() -> None:
    first = listed("Lucht", "Water")
    second = drafted(
        update=True, current=first.tables, organisations='organisation_id,name,sector,themes\nz,Z,ngo,"Water, lucht"\n'
    )
    assert themes(second)[-1] == ["Water", "lucht"]
    assert second.notes == []


def test_a_word_of_the_vocabulary_is_never_taken_apart_and_others_are_when_a_part_is_known() -> None:
    vocabulary = {
        "care": {"nl": "Zorg", "en": "Care"},
        "home": {"nl": "Wonen", "en": "Home"},
        "both": {"nl": "Zorg, wonen en water", "en": "Care & home"},
    }
    text = 'name,sector,themes\nA,ngo,"Zorg, Wonen"\nB,ngo,Care & home\nC,ngo,"Zorg, wonen en water|Home/care"\nD,ngo,"Zorg, werk"\n'
    draft = ingest.draft({"organisations.csv": text.encode()}, Settings(themes=vocabulary), {})
    assert themes(draft) == [["care", "home"], ["both"], ["both", "home", "care"], None]
    assert [(p.row, p.value) for p in draft.problems] == [(5, "werk")]


def test_refused_rows_count_when_what_is_kept_is_read_again() -> None:
    draft = listed("Zorg, Wonen", "Zorg", more="x,X,nonsense,Wonen\n")
    assert themes(draft) == [["Zorg", "Wonen"], ["Zorg"]]
    assert len(draft.problems) == 1
    read_again(draft)


ORGANISATIONS = (
    'organisation_id,name,sector\na,"Vrede, Recht en Co",ngo\nb,Beta,ngo\nc,"Zon, Maan",ngo\nd,Zon,ngo\ne,Maan,ngo\n'
)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('"Vrede, Recht en Co",Beta', ["a", "b"]),
        ('Beta, "Zon, Maan"', ["b", "c"]),
        ('"Zon, Maan","Vrede, Recht en Co", e', ["c", "a", "e"]),
        ("Vrede, Recht en Co, Beta", ["a", "b"]),
        ("Beta / Zon, Maan", ["b", "c"]),
        ("Beta & Maan", ["b", "e"]),
        ("Beta en Maan", ["b", "e"]),
        ("Beta + Maan", ["b", "e"]),
        ("- Beta\n- Maan", ["b", "e"]),
        ("Beta\nMaan", ["b", "e"]),
        ("Beta, Zon, Maan", None),  # two ways to read it
        ("Beta, niemand", None),
    ],
)
def test_references_are_taken_apart_where_every_part_is_known(cell: str, expected: list[str] | None) -> None:
    rows = reading.write(["organisation_ids", "start_date"], [[cell, "2020-01-01"]]).decode()
    draft = drafted(organisations=ORGANISATIONS, partnerships=rows)
    found = [r["organisation_ids"] for r in records(draft)["partnerships"]]
    assert found == ([expected] if expected else [])
    assert len(draft.problems) == (not expected)


def test_a_single_reference_may_be_quoted_and_quotes_may_be_in_a_name() -> None:
    draft = drafted(
        organisations=ORGANISATIONS + 'f,"Stichting ""De Brug""",ngo\n',
        events="event_id,name,start_date\ne,Dag,2020-01-01\n",
        attendance='event_id,organisation_id\ne,"""Vrede, Recht en Co"""\ne,"Stichting ""De Brug"""\n',
        partnerships='organisation_ids,start_date\n"Stichting ""De Brug"", Beta",2020-01-01\n',
    )
    assert draft.problems == []
    assert [r["organisation_id"] for r in records(draft)["attendance"]] == ["a", "f"]
    assert records(draft)["partnerships"][0]["organisation_ids"] == ["f", "b"]


word = st.sampled_from(["Zorg", "Wonen", "water", "Zon & zee", "24/7", "Vrede, recht"])
separator = st.sampled_from(["|", ";", ", ", ",", "/", " & ", "\n"])


@law
@given(st.lists(st.lists(st.tuples(word, separator), max_size=4), min_size=1, max_size=6))
def test_no_word_disappears_and_reading_again_gives_the_same(cells: list[list[tuple[str, str]]]) -> None:
    texts = ["".join(part for pair in cell for part in pair)[:-1] for cell in cells]
    draft = listed(*texts)
    assert draft.problems == []

    def letters(text: str) -> set[str]:
        return {c for c in text if c.isalnum()}

    for text, found in zip(texts, themes(draft), strict=True):
        assert letters(text) == letters("".join(found or []))
    read_again(draft)
