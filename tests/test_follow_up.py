"""What the pages Contacts, What changed, Events and Sectors ask, through the real store: counted by hand."""

import contextlib
import datetime
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubdata import access, demo, loading, notebook, questions, settings, store
from hubdata.indicators import fragility, network, ties
from hubdata.ui import session

SETTINGS = settings.Settings()
day = datetime.date
View = store.View

ORGANISATIONS = """organisation_id,name,sector,joined_on,left_on,role
a,Anna,ngo,,,
b,Beta,knowledge,,,convenor
c,Cora,ngo,,2020-03-31,
d,Dora,business,2020-02-01,,
"""
PARTNERSHIPS = """organisation_ids,start_date,end_date,last_contact,name,intensity
a|b,2018-01-01,2021-12-31,2018-02-01,Pact,coordination
b|c,2018-01-01,,2018-06-01,Plan,
a|c,2018-01-01,2019-12-31,,Old,
a|d,2020-02-01,,,New,
"""
EVENTS = "event_id,name,start_date,kind\ne,Lunch,2018-05-01,lunch\nf,Later,2020-12-01,lunch\n"
ATTENDANCE = "event_id,organisation_id,status\ne,a,attended\ne,b,attended\nf,a,registered\nf,b,registered\n"
FUNDING = """organisation_id,year,donor,category,amount
a,2018,X,companies,10
b,2018,X,companies,5
b,2018,Y,companies,5
b,2018,Z,companies,5
a,2019,X,companies,5
a,2019,Y,companies,5
a,2019,Z,companies,5
d,2019,W,companies,9
"""
TARGETS = "indicator,date,value\nmean_degree,2021-12-31,3\nexposed_share,2021-12-31,0.4\nisolates,2020-01-01,0\n"
WHOLE = {
    "organisations": ORGANISATIONS,
    "partnerships": PARTNERSHIPS,
    "events": EVENTS,
    "attendance": ATTENDANCE,
    "funding": FUNDING,
    "targets": TARGETS,
}
NOW = View(day(2020, 6, 30))


@contextlib.contextmanager
def loaded(home: Path, **tables: str) -> Iterator[store.Snapshot]:
    files = {f"{name}.csv": text.encode() for name, text in {**WHOLE, **tables}.items() if text}
    outcome = loading.load(home, SETTINGS, files, may_remove=True)
    assert outcome.manifest, outcome.draft.problems
    with contextlib.closing(store.open_snapshot(home, outcome.manifest.id)) as snapshot:
        yield snapshot


def test_whom_to_call_with_what_they_had_together(tmp_path: Path) -> None:
    with loaded(tmp_path) as snapshot:
        (tie,) = questions.answer_fading(snapshot, SETTINGS, NOW, False)
        assert (tie["name_a"], tie["name_b"], tie["last_sign_date"]) == ("Anna", "Beta", day(2018, 5, 1))
        assert [one["name"] for one in tie["partnerships"]] == ["Pact"]
        assert [one["name"] for one in tie["events"]] == ["Lunch"]
        assert (tie["ends_on"], tie["next_event_name"]) == (day(2021, 12, 31), "Later")
        earlier = View(day(2020, 1, 31))
        assert [t["name_b"] for t in questions.answer_fading(snapshot, SETTINGS, earlier, False)] == ["Cora", "Beta"]
        assert [t["name_b"] for t in questions.answer_fading(snapshot, SETTINGS, earlier, True)] == ["Beta", "Cora"]


def test_fragility_is_asked_with_and_without_the_convenors(tmp_path: Path) -> None:
    with loaded(tmp_path) as snapshot:
        found = questions.answer_fragility(snapshot, SETTINGS, NOW)
        # a, b and d with a-b and a-d; without b only a and d
        assert found["with"][0]["connected_share"] == 1.0
        assert [one["name"] for one in found["with"][1]["lost"]] == ["Anna"]
        assert found["with"][1]["connected_share"] == 0.0
        assert (found["without"][0]["organisations"], found["without"][0]["connected_share"]) == (2, 1.0)
        assert list(questions.answer_fragility(snapshot, SETTINGS, View(NOW.as_of, with_convenor=False))) == ["without"]
    with loaded(tmp_path, organisations=ORGANISATIONS.replace("convenor", "")) as nobody:
        assert list(questions.answer_fragility(nobody, SETTINGS, NOW)) == ["with"]


def test_why_the_figures_moved_between_two_days(tmp_path: Path) -> None:
    """30 June 2019: a-b, b-c, a-c among three. A year later c has gone, d has come, and a-b and a-d are left."""
    with loaded(tmp_path) as snapshot:
        found = {m.indicator: m for m in questions.answer_movements(snapshot, SETTINGS, NOW, day(2019, 6, 30))}
        partners = found["mean_degree"]
        assert (partners.before, partners.after) == (2.0, pytest.approx(4 / 3))
        assert partners.parts == pytest.approx({"ended": 2 / 3 - 2, "formed": 4 / 3 - 2 / 3})  # three both times
        # across: a-b and b-c of three; then a-b alone; then a-b and a-d
        assert found["cross_sector_share"].parts == pytest.approx({"ended": 1 - 2 / 3})
        # 2018: a is exposed, b is not. 2019: a is not, d is; b is not known any more.
        exposed = found["exposed_share"]
        assert (exposed.before, exposed.after) == (0.5, 0.5)
        assert exposed.parts == pytest.approx({"income": -0.5, "known": 0.5})
        assert {name: m.after for name, m in found.items() if name != "mean_degree"} == pytest.approx(
            questions.headlines(snapshot, SETTINGS, NOW)
        )


def test_what_is_known_better_of_the_earlier_day_is_told_apart(tmp_path: Path) -> None:
    """The first load did not know of b-c, nor of the income of a in 2018."""
    poor = {
        "partnerships": "".join(line for line in PARTNERSHIPS.splitlines(True) if not line.startswith("b|c")),
        "funding": "".join(line for line in FUNDING.splitlines(True) if not line.startswith("a,2018")),
    }
    with loaded(tmp_path, **poor) as older, loaded(tmp_path) as newer:
        found = {m.indicator: m for m in questions.answer_movements(newer, SETTINGS, NOW, day(2019, 6, 30), older)}
        partners = found["mean_degree"]
        assert partners.before == pytest.approx(4 / 3)
        assert partners.parts == pytest.approx({"records": 2 - 4 / 3, "ended": 2 / 3 - 2, "formed": 4 / 3 - 2 / 3})
        assert found["exposed_share"].parts["records"] == pytest.approx(0.5)
        for movement in found.values():
            assert sum(movement.parts.values()) == pytest.approx((movement.after or 0) - (movement.before or 0))
        changes = questions.answer_changes(newer, SETTINGS, NOW, day(2019, 6, 30), older)
        assert [(tie["name_a"], tie["name_b"]) for tie in changes["ended"]] == [("Anna", "Cora")]
        assert changes["before"]["ties"] == 2


def test_the_parts_of_the_demo_add_up_on_any_two_days(tmp_path: Path) -> None:
    demo.write(tmp_path / "files", organisations=60)
    files = loading.read_files([tmp_path / "files"], SETTINGS)
    manifest = loading.load(tmp_path, SETTINGS, files, origin="demo").manifest
    assert manifest
    snapshot = store.open_snapshot(tmp_path, manifest.id)
    for since, until in ((day(2019, 3, 1), day(2021, 7, 14)), (day(2024, 1, 1), day(2026, 9, 30))):
        for view in (View(until), View(until, sectors=("ngo", "knowledge"), with_convenor=False)):
            for movement in questions.answer_movements(snapshot, SETTINGS, view, since):
                if movement.before is not None and movement.after is not None:
                    assert sum(movement.parts.values()) == pytest.approx(movement.after - movement.before)
            changes, spells = (
                questions.answer_changes(snapshot, SETTINGS, view, since),
                snapshot.rows("tie_spells", view),
            )
            for name, listed in (("formed", changes["formed"]), ("ended", changes["ended"])):
                then, now = (sum(q[name] for q in ties.tie_changes(spells, when)) for when in (since, until))
                assert len(listed) + (changes["between"] or 0) == now - then
            network_now = questions.answer_network(snapshot, SETTINGS, view)
            moved = {m.indicator: m.after for m in questions.answer_movements(snapshot, SETTINGS, view, since)}
            for name in ("density", "mean_degree", "cross_sector_share"):
                assert moved[name] == pytest.approx(network_now[name])


def test_ties_that_came_and_went_between_two_days_are_a_number_of_their_own(tmp_path: Path) -> None:
    """b-d came and went; a-b ended and formed again; a-d came, went and came again. The days show a-d only."""
    more = "b|d,2020-02-01,2020-03-01,,,\na|d,2020-02-01,2020-02-20,,,\na|d,2020-03-01,,,,\n"
    again = PARTNERSHIPS.replace("a|b,2018-01-01,2021-12-31", "a|b,2018-01-01,2019-12-31").replace(
        "a|d,2020-02-01,,,New,\n", ""
    )
    with loaded(tmp_path, partnerships=again + more + "a|b,2020-02-01,,,,\n") as snapshot:
        found = questions.answer_changes(snapshot, SETTINGS, NOW, day(2019, 6, 30))
        assert [(tie["name_a"], tie["name_b"]) for tie in found["formed"]] == [("Anna", "Dora")]
        assert [(tie["name_a"], tie["name_b"]) for tie in found["ended"]] == [("Anna", "Cora"), ("Beta", "Cora")]
        assert found["between"] == 3
        assert questions.answer_changes(snapshot, SETTINGS, NOW, day(2019, 6, 30), snapshot)["between"] is None


def test_a_movement_of_a_figure_of_a_year_names_the_years(tmp_path: Path) -> None:
    with loaded(tmp_path) as snapshot:
        found = {m.indicator: m for m in questions.answer_movements(snapshot, SETTINGS, NOW, day(2019, 6, 30))}
        assert (found["exposed_share"].year_before, found["exposed_share"].year_after) == (2018, 2019)
        assert (found["density"].year_before, found["density"].year_after) == (None, None)


def test_donors_of_two_years(tmp_path: Path) -> None:
    with loaded(tmp_path) as snapshot:
        found = questions.answer_donor_changes(snapshot, SETTINGS, NOW, day(2019, 6, 30))
        assert (found["from_year"], found["to_year"]) == (2018, 2019)
        assert [(row["donor"], row["change"]) for row in found["donors"]] == [("X", "less"), ("W", "new")]
    with loaded(tmp_path / "without", funding="") as without:
        nothing = {"from_year": None, "to_year": None, "donors": []}
        assert questions.answer_donor_changes(without, SETTINGS, NOW, day(2019, 6, 30)) == nothing


def test_who_depends_on_the_same_donor_is_active(tmp_path: Path) -> None:
    """Anna and Beta lean on X. On the last day of Beta both are there, the day after Anna alone is no group."""
    organisations = "organisation_id,name,sector,left_on\na,Anna,ngo,\nb,Beta,ngo,2020-06-30\n"
    money = "organisation_id,year,donor,category,amount\na,2019,X,companies,1\nb,2019,X,companies,1\n"
    others = {"partnerships": "", "events": "", "attendance": "", "targets": ""}
    with loaded(tmp_path, organisations=organisations, funding=money, **others) as snapshot:
        (group,) = questions.answer_shared_exposure(snapshot, SETTINGS, View(day(2020, 6, 30)), 2019)
        assert (group["donor"], group["organisation_count"]) == ("X", 2)
        assert questions.answer_shared_exposure(snapshot, SETTINGS, View(day(2020, 7, 1)), 2019) == []


def test_reserves_have_no_year_and_stand_beside_the_last_full_one(tmp_path: Path) -> None:
    organisations = "organisation_id,name,sector,reserves\na,Anna,ngo,30\n"
    money = "organisation_id,year,donor,category,amount\n" + "".join(
        f"a,{year},X,companies,120\n" for year in (2018, 2019, 2020)
    )
    others = {"partnerships": "", "events": "", "attendance": "", "targets": ""}
    with loaded(tmp_path, organisations=organisations, funding=money, **others) as snapshot:
        assert questions.answer_reserves_year(snapshot, SETTINGS, NOW) == 2019
        years = questions.answer_funding(snapshot, SETTINGS, NOW)["years"]
        assert [year["organisations"][0]["reserve_months"] for year in years] == [None, 3.0, None]
        for year, months in ((2018, None), (2019, 3.0), (2020, None), (None, 3.0)):
            (loss,) = questions.answer_stress(snapshot, SETTINGS, NOW, year, (("X", 1.0),), ())["organisations"]
            assert loss["reserve_months_left"] == months


def test_the_road_to_every_kind_of_target(tmp_path: Path) -> None:
    with loaded(tmp_path) as snapshot:
        found = questions.answer_target_progress(snapshot, SETTINGS, NOW)
        assert set(found) == {"mean_degree", "exposed_share", "isolates"}
        partners = found["mean_degree"]["road"][0]
        assert (partners["now"], partners["to_go"]) == (pytest.approx(4 / 3), pytest.approx(3 - 4 / 3))
        assert partners["past_year"] == pytest.approx(4 / 3 - 2)
        share = found["exposed_share"]["road"][0]
        assert (share["now"], share["to_go"]) == (0.5, pytest.approx(-0.1))
        assert share["per_year"] == pytest.approx(-0.1 * 365 / 731)  # from the end of 2019, not from the as-of day
        alone = found["isolates"]["road"][0]
        assert (alone["now"], alone["days_left"] < 0, alone["then"]) == (0, True, 0)


def test_every_figure_that_may_have_a_target_has_a_road(tmp_path: Path) -> None:
    from hubdata import models

    aims = "indicator,date,value\n" + "".join(f"{name},2021-12-31,1\n" for name in models.INDICATORS)
    with loaded(tmp_path, targets=aims) as snapshot:
        found = questions.answer_target_progress(snapshot, SETTINGS, NOW)
        assert set(found) == set(models.INDICATORS)
        figures = questions.indicators(snapshot, SETTINGS, NOW)
        of_year = next(year for year in figures["funding"]["years"] if year["year"] == 2019)
        expected = {**figures["network"], **figures["ties"], **figures["sectors"], **figures["events"], **of_year}
        for name, road in found.items():
            assert road["road"][0]["now"] == pytest.approx(expected[name]), name


def test_a_profile_holds_what_hubs_can_be_compared_on_and_never_density(tmp_path: Path) -> None:
    with loaded(tmp_path) as snapshot:
        found = questions.answer_profile(snapshot, SETTINGS, NOW)
        assert "density" not in found
        assert (found["organisations"], found["ties"], found["mean_degree"]) == (3, 2, pytest.approx(4 / 3))
        assert (found["cross_sector_share"], found["cross_sector_expected"]) == (1.0, 1.0)
        assert (found["effective_sectors"], found["effective_themes"]) == (pytest.approx(3), None)
        assert (found["income_year"], found["exposed_share"], found["blocks"]) == (2019, 0.5, [])


def test_blocks_are_those_of_the_network_where_chance_gives_enough(tmp_path: Path) -> None:
    demo.write(tmp_path / "files", organisations=60)
    manifest = loading.load(
        tmp_path, SETTINGS, loading.read_files([tmp_path / "files"], SETTINGS), origin="demo"
    ).manifest
    assert manifest
    snapshot = store.open_snapshot(tmp_path, manifest.id)
    view = View(day(2026, 9, 30))
    found = questions.answer_profile(snapshot, SETTINGS, view)
    whole = questions.answer_network(snapshot, SETTINGS, view)
    assert found["blocks"] == [row for row in whole["mixing"] if (row["expected"] or 0) >= network.MINIMUM_EXPECTED]
    assert found["blocks"]
    assert found["cross_sector_ratio"] == pytest.approx(whole["cross_sector_share"] / ((whole["ei_expected"] + 1) / 2))


def test_other_hubs_are_those_that_the_settings_name(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    other.mkdir()
    (other / "hub.toml").write_text('name = "Hub Zuid"\n')
    with loaded(other):
        pass
    found = questions.other_hubs(home, settings.Settings(other_hubs=("../other", "../empty")))
    assert [one.settings.name for one in found] == ["Hub Zuid", "Impact City"]
    assert found[0].snapshot_id == store.current_snapshot_id(other)
    assert found[1].snapshot_id is None
    assert questions.other_hubs(home, SETTINGS) == []
    with pytest.raises(ValueError, match="at most 2"):
        settings.Settings(other_hubs=("a", "b", "c"))


def test_notes_are_kept_in_order_of_day_and_are_in_the_backup(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with loaded(home):
        pass
    assert notebook.notes(home) == ()
    late = notebook.pin_note(home, day(2020, 6, 1), "  Council\n meeting ")
    early = notebook.pin_note(home, day(2019, 1, 1), "Start")
    assert [note.text for note in notebook.notes(home)] == ["Start", "Council meeting"]
    store.backup(home, tmp_path / "all.zip")
    store.restore(tmp_path / "again", tmp_path / "all.zip")
    assert notebook.notes(tmp_path / "again") == (early, late)
    notebook.remove_note(home, early.id)
    notebook.remove_note(home, early.id)
    assert notebook.notes(home) == (late,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" \n", "empty"),
        ("x" * 201, "long"),
        ("ask ann@example.org", "personal_data"),
        ("bel 070-123 45 67", "personal_data"),
    ],
)
def test_a_note_that_is_not_kept_says_why(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(notebook.NoteProblem) as problem:
        notebook.pin_note(tmp_path, day(2020, 1, 1), text)
    assert problem.value.code == code
    assert notebook.notes(tmp_path) == ()


@pytest.mark.parametrize("content", ["nonsense", "{}", "[{}]", '[{"id": "x", "day": "someday", "text": "y"}]'])
def test_damaged_notes_are_said_and_stop_no_page(tmp_path: Path, content: str) -> None:
    (tmp_path / notebook.NOTES).write_text(content)
    with pytest.raises(store.StoreProblem):
        notebook.notes(tmp_path)
    token = session._GRANT.set(access.authorise(tmp_path, access.Principal("manager")))
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("HUBDATA_HOME", str(tmp_path))
            assert session.notes() == ()
    finally:
        session._GRANT.reset(token)


def test_notes_pinned_at_the_same_moment_are_all_kept(tmp_path: Path) -> None:
    def pin(number: int) -> None:
        notebook.pin_note(tmp_path, day(2020, 1, 1) + datetime.timedelta(number), f"Note {number}")

    threads = [threading.Thread(target=pin, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [note.text for note in notebook.notes(tmp_path)] == [f"Note {number}" for number in range(12)]


def test_the_commands_answer_is_json_with_what_is_new(tmp_path: Path) -> None:
    with loaded(tmp_path) as snapshot:
        found = json.loads(json.dumps(questions.indicators(snapshot, SETTINGS, NOW), default=str, allow_nan=False))
        assert found["ties"]["structure"]["reason"] in ("one_group", "too_few", "too_short", None)
        assert [row["removed"] for row in found["network"]["fragility"]["with"]] == [0, 1, 3, 5]
        assert found["events"]["kinds"][0]["kind"] == "lunch"
        assert [row["name"] for row in found["events"]["never_came"]] == ["Dora"]
        assert found["sectors"]["theme_mixing"] == []
        one = questions.answer_organisation(snapshot, SETTINGS, NOW, "a")
        assert one
        assert (one["cut_off"], one["ties"][-1]["next_event_name"]) == (1, "Later")
        brokers = questions.answer_brokers(snapshot, SETTINGS, NOW)
        expected = fragility.fragility(snapshot.rows("active_organisations", NOW), snapshot.rows("ties", NOW), brokers)
        assert questions.answer_fragility(snapshot, SETTINGS, NOW)["with"] == expected
