"""A story keeps its steps whatever happens to the data, says which of them is gone, and gives a link no more than it covers."""

import dataclasses
import datetime
import io
import json
from pathlib import Path
from typing import NamedTuple

import pptx
import pypdf
import pytest

from hubdata import access, loading, questions, settings, sharing, store, story
from hubdata.ui import chapters, session
from hubdata.ui import story as told
from hubdata.ui.chapters import files
from hubdata.ui.chapters.story import story as story_report

HUB = settings.Settings()
LISTS = {
    "organisations.csv": b"organisation_id,name,sector,themes\n"
    b"a,Anna House,ngo,peace\nb,Bemba Institute,knowledge,peace\nc,Carmen Works,business,justice\nd,Dora Fund,business,\n",
    "partnerships.csv": b"organisation_ids,start_date,themes\na|b,2019-01-31,peace\nb|c,2020-01-31,\na|d,2020-03-01,\n",
    "funding.csv": b"organisation_id,year,donor,category,amount_eur\n"
    b"a,2020,Ministry,government,100\nb,2020,Ministry,government,60\nc,2020,Lottery,lottery,40\nd,2020,Lottery,lottery,9\n",
    "events.csv": b"event_id,name,start_date\ne1,Round table,2020-02-01\n",
    "attendance.csv": b"event_id,organisation_id\ne1,a\ne1,b\n",
}


class Hub(NamedTuple):
    home: Path
    reader: session.Reader


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    assert loading.load(tmp_path, HUB, LISTS).manifest
    return Hub(tmp_path, chapters.manager_reader(None, "en"))


def pin(home: Path, *sentences: str) -> list[str]:
    return [story.pin_step(home, "overview", {}, sentence).id for sentence in sentences]


def test_steps_stay_in_their_order_up_to_fifteen(tmp_path: Path) -> None:
    assert story.steps(tmp_path) == ()
    first, second, third = pin(tmp_path, "  One\n line ", "two", "three")
    assert [step.sentence for step in story.steps(tmp_path)] == ["One line", "two", "three"]
    story.move_step(tmp_path, third, -1)
    story.move_step(tmp_path, first, 9)
    assert [step.id for step in story.steps(tmp_path)] == [third, second, first]
    story.reword_step(tmp_path, second, "Two!")
    story.remove_step(tmp_path, third)
    for gone in ("remove_step", "reword_step", "move_step"):
        getattr(story, gone)(tmp_path, third, *{"remove_step": (), "reword_step": ("x",), "move_step": (1,)}[gone])
    assert [step.sentence for step in story.steps(tmp_path)] == ["Two!", "One line"]
    pin(tmp_path, *map(str, range(13)))
    with pytest.raises(story.StoryProblem, match="full"):
        pin(tmp_path, "sixteenth")
    assert len(story.steps(tmp_path)) == story.MOST_STEPS == 15


@pytest.mark.parametrize(
    ("sentence", "code"), [(" \n ", "empty"), ("a" * 201, "long"), ("Bel 06 12345678", "personal_data")]
)
def test_what_is_no_sentence_is_refused(tmp_path: Path, sentence: str, code: str) -> None:
    (kept,) = pin(tmp_path, "kept")
    with pytest.raises(story.StoryProblem, match=code):
        pin(tmp_path, sentence)
    with pytest.raises(story.StoryProblem, match=code):
        story.reword_step(tmp_path, kept, sentence)
    assert [step.sentence for step in story.steps(tmp_path)] == ["kept"]


def test_it_outlives_a_load_an_undo_a_backup_damage_and_what_a_newer_version_noted(hub: Hub, tmp_path: Path) -> None:
    home, other, first = hub.home, tmp_path / "other", store.current_snapshot_id(hub.home)
    pin(home, "one", "two")
    more = {"organisations.csv": LISTS["organisations.csv"] + b"e,Erna,ngo,\n"}
    assert loading.load(home, HUB, more).manifest
    assert first
    loading.rollback_to(home, first, store.current_snapshot_id(home))
    store.backup(home, tmp_path / "backup.zip")
    store.restore(other, tmp_path / "backup.zip")
    assert story.steps(other) == story.steps(home)
    assert len(story.steps(home)) == 2
    rows = json.loads((home / story.STORY).read_text())
    (home / story.STORY).write_text(json.dumps([rows[0] | {"colour": "red"}, rows[1] | {"view": "x"}]))
    with pytest.raises(store.StoreProblem):
        story.steps(home)
    with session.working_for(hub.reader):
        assert told.steps() == ()
    pin(home, "after")
    assert [step.sentence for step in story.steps(home)] == ["one", "after"]
    assert [row.get("colour") for row in json.loads((home / story.STORY).read_text())] == ["red", None]
    assert [path.name for path in home.glob("*story.json.damaged*")]


STEPS: dict[str, tuple[str, dict[str, str]]] = {
    "": (
        "network",
        {"as_of": "2020-06-30", "sector": "ngo|business", "theme": "peace", "convenor": "no", "tab": "map"},
    ),
    "an organisation": ("organisation", {"id": "a", "beside": "b"}),
    "an event": ("events", {"event": "e1"}),
    "a donor": ("stress", {"donor_1": "ministry", "cut_1": "30", "year": "2020"}),
    "page": ("teapots", {}),
    "load": ("overview", {"snapshot": "20200101T000000Z-abc"}),
    "filter": ("overview", {"theme": "peace|cooking"}),
    "empty": ("overview", {"sector": "government"}),
    "organisation": ("organisation", {"id": "nobody"}),
    "event": ("events", {"event": "e9"}),
    "year": ("funding", {"year": "1999"}),
    "donor": ("stress", {"donor_1": "ministry", "donor_2": "nobody"}),
    "choice": ("network", {"about": "cooking"}),
    "no day": ("overview", {"as_of": "yesterday"}),
    "a word of a newer version": ("overview", {"colour": "red"}),
}


def step(name: str) -> story.Step:
    page, view = STEPS[name]
    return story.Step("id", page, view, "What I say of it")


def test_a_step_whose_data_is_gone_says_what_is_gone(hub: Hub) -> None:
    with session.working_for(hub.reader):
        found = {name: told.gone(step(name)) for name in STEPS}
        assert {said for said in found.values() if said} == set(told.GONE)
        for name, why in found.items():
            assert why == (
                name if name in told.GONE else "choice" if name in ("no day", "a word of a newer version") else ""
            )
            assert (told.gone_in_words(step(name)) == "") == (why == "")
        assert (
            told.view_in_words(step(""))
            == "Network · 30 June 2020 · only NGOs, Business and Peace · convenors not counted"
        )


def viewer(hub: Hub, **asked: object) -> session.Reader:
    """Whoever has a link to the story that is there."""
    link, _token = sharing.create(hub.home, HUB, label="x", **asked)  # type: ignore[arg-type]
    grant = access.grant_for_link(hub.home, link)
    return dataclasses.replace(hub.reader, grant=grant, snapshot_id=grant.snapshot or hub.reader.snapshot_id)


def heard(whom: session.Reader) -> list[tuple[str, str]]:
    """What a reader is told of each step: its title, and that it is gone."""
    with session.working_for(whom):
        return [(told.title_of(one), told.gone_in_words(one)) for one in told.steps()]


def test_a_link_tells_the_story_of_its_moment_as_far_as_it_covers_it(hub: Hub) -> None:
    home, pages = hub.home, ["story", "overview", "organisation", "network"]
    with pytest.raises(sharing.SharingProblem) as problem:
        sharing.create(home, HUB, label="x", pages=["story"])
    assert problem.value.code == "no_story"
    for page, view, sentence in (
        ("overview", {}, "All of it"),
        ("funding", {}, "Money"),  # no page of the link
        ("overview", {"snapshot": hub.reader.snapshot_id}, "Another load"),  # managers alone have those
        ("organisation", {"id": "a"}, "The first"),
        ("organisation", {"id": "c"}, "The third"),
        ("network", {"sector": "business"}, "Business"),
    ):
        story.pin_step(home, page, view, sentence)
    whole = viewer(hub, pages=pages)
    assert [title for title, _gone in heard(whole)] == ["All of it", "The first", "The third", "Business"]
    pin(home, "Said later")
    assert "Said later" not in dict(heard(whole))
    hidden = ("A step that cannot be shown", "What this step showed is not in the data that you see.")
    assert heard(viewer(hub, pages=pages, sectors=["ngo", "knowledge"])) == [
        ("All of it", ""),
        ("The first", ""),
        hidden,
        hidden,
        ("Said later", ""),
    ]
    nameless = viewer(hub, pages=["story", "overview", "network"], names=False)
    assert heard(nameless) == [("All of it", ""), ("Business", ""), ("Said later", "")]
    assert heard(viewer(hub, pages=["overview"])) == []
    frozen = viewer(hub, pages=pages, snapshot=hub.reader.snapshot_id)
    fewer = {
        "organisations.csv": b"organisation_id,name,sector\na,Anna House,ngo\nb,Bemba Institute,knowledge\nd,Dora Fund,ngo\n",
        "partnerships.csv": LISTS["partnerships.csv"].replace(b"b|c,2020-01-31,\n", b""),
        "funding.csv": LISTS["funding.csv"].replace(b"c,2020,Lottery,lottery,40\n", b""),
    }
    newer = loading.load(home, HUB, fewer, may_remove=True).manifest
    assert newer
    live = dataclasses.replace(whole, snapshot_id=newer.id)
    assert [gone != "" for _title, gone in heard(live)] == [False, False, True, True]
    assert [gone for _title, gone in heard(frozen)] == [""] * 5


@pytest.mark.parametrize(
    ("sentence", "asked", "code"),
    [
        ("Bemba Institute leads", {"names": False}, "story_says_names"),
        ("carmen works grows", {"sectors": ["ngo"]}, "story_says_names"),
        ("At the Round table they met", {"names": False}, "story_says_names"),
        ("The Lottery gives", {}, "story_says_names"),
        ("They got € 5", {}, "story_says_amounts"),
        ("They got 5 euro", {}, "story_says_amounts"),
        ("Bemba Institute leads", {}, ""),
        ("Carmen Workshop", {"sectors": ["ngo"]}, ""),
    ],
)
def test_a_sentence_says_nothing_that_the_link_does_not_show(
    hub: Hub, sentence: str, asked: dict[str, object], code: str
) -> None:
    pin(hub.home, sentence)
    if not code:
        assert heard(viewer(hub, pages=["story", "overview"], **asked)) == [(sentence, "")]
        return
    with pytest.raises(sharing.SharingProblem) as problem:
        viewer(hub, pages=["story", "overview"], **asked)
    assert problem.value.code == code
    assert not sharing.links(hub.home), "nothing was made"


def test_a_story_as_slides_and_paper_has_the_figures_of_its_views(hub: Hub) -> None:
    for page, view, sentence in (
        ("overview", {"as_of": "2020-06-30"}, "Where we stand"),
        ("stress", {"donor_1": "ministry", "cut_1": "50"}, "If they halve it"),
        ("organisation", {"id": "a"}, "Who Anna knows"),
        ("organisation", {"id": "zz"}, "Who is gone"),
        ("digital", {}, "Needs"),
    ):
        story.pin_step(hub.home, page, view, sentence)
    manager = lambda: hub.reader.grant  # noqa: E731
    slides = pptx.Presentation(io.BytesIO(files.for_page(hub.reader, manager, ".pptx", is_story=True)))
    said = [[shape.text_frame.text for shape in slide.shapes if shape.has_text_frame] for slide in slides.slides]
    assert [slide.shapes.title.text for slide in list(slides.slides)[1:]] == [
        one.sentence for one in story.steps(hub.home)
    ]
    assert "1. Overview · 30 June 2020" in said[1]
    assert any("Reporting date" in text or "As of 30 June 2020" in text for text in said[1])
    with session.working_for(hub.reader):
        answer = session.ask(questions.answer_stress, 2020, (("ministry", 0.5),), ())
    at_risk = [one["name"] for one in answer["organisations"] if one["at_risk"]]
    table = next(shape.table for shape in slides.slides[2].shapes if shape.has_table)
    assert [row.cells[0].text for row in list(table.rows)[1:]] == sorted(at_risk)
    assert any("The organisation of this step is not in the data of its day." in text for text in said[4])
    paper = pypdf.PdfReader(io.BytesIO(files.for_page(hub.reader, manager, ".pdf", is_story=True)))
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert all(one.sentence in text for one in story.steps(hub.home))


def test_a_link_takes_along_no_more_of_a_story_than_it_covers(hub: Hub) -> None:
    for page, view in (("overview", {}), ("funding", {}), ("organisation", {"id": "a"}), ("organisation", {"id": "c"})):
        story.pin_step(hub.home, page, view, "Said")
    whom = viewer(hub, pages=["story", "overview", "organisation"], sectors=["ngo"], downloads=True)
    with session.working_for(whom):
        report = story_report()
    assert report
    text = repr(report)
    assert len(report.chapters) == 3
    assert "€" not in text
    assert not [name for name in ("Carmen", "Bemba", "Dora", "Ministry") if name in text]
    without = viewer(hub, pages=["story", "overview"])
    with pytest.raises(files.NoFile):
        files.for_page(without, lambda: without.grant, ".pdf", is_story=True)


def test_a_step_of_the_newest_day_moves_on_with_the_data(hub: Hub) -> None:
    with session.working_for(hub.reader):
        newest = told.reader_of(step("an organisation")).view.as_of
        assert newest == hub.reader.view.as_of
        assert told.reader_of(step("")).view.as_of == datetime.date(2020, 6, 30)


def test_an_address_that_says_no_number_makes_a_file_all_the_same(hub: Hub) -> None:
    for wrong in ("x", "", "-1", "9" * 5_000, "²"):
        story.pin_step(hub.home, "stress", {"less_government": wrong, "donor_1": "ministry", "cut_1": wrong}, "Less")
    with session.working_for(hub.reader):
        made = story_report()
    assert made
    assert len(made.chapters) == 5
