"""What organisations propose: beside what is known, accepted as an ordinary load, undone, killed in between."""

import datetime
import itertools
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from killed import states_of

from hubdata import answering, asking, loading, proposals, settings, store
from hubdata.cells import read_identifier
from hubdata.indicators import confirmation
from hubdata.indicators.ties import fading
from hubdata.indicators.trust import QUESTIONS
from hubdata.proposals import Proposal

SETTINGS = settings.Settings()
TODAY = datetime.datetime.now(datetime.UTC).date()
MONTH = answering.months(TODAY, 2)[1]
LAST_MONTH = datetime.date.fromisoformat(f"{MONTH}-01")
ORGANISATIONS = """organisation_id,name,sector,themes,fte,needs,offers,reserves
a,Anna,ngo,peace,12,training,office,1234.56
b,Beta,knowledge,,,,,
c,Cora,ngo,,,,,
d,Dora,ngo,,3.1250,,,
e,Echo,business,,,,,
"""
PARTNERSHIPS = f"""partnership_id,name,organisation_ids,start_date,end_date,intensity,last_contact
ab,Two,a|b,2020-01-01,,coordination,2022-06-01
bc,Also two,b|c,2020-01-01,,cooperation,
acd,Three,a|c|d,2021-01-01,2031-12-31,cooperation,
de,Of others,d|e,2019-01-01,,integration,{TODAY - datetime.timedelta(days=40)}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    day = TODAY - datetime.timedelta(days=20)
    files = {
        "organisations.csv": ORGANISATIONS.encode(),
        "partnerships.csv": PARTNERSHIPS.encode(),
        "events.csv": f"event_id,name,start_date\nfair,Peace fair,{day}\n".encode(),
        "attendance.csv": b"event_id,organisation_id,status,people\nfair,b,attended,2\nfair,a,registered,4\n",
    }
    outcome = loading.load(tmp_path, SETTINGS, files)
    assert outcome.manifest, outcome.draft.problems
    return tmp_path


def says(home: Path, organisation_id: str, **said: Any) -> asking.Ask:
    """An answer as the forms save it."""
    link = next((link for link in asking.links(home) if link.organisation_id == organisation_id), None)
    if link is None:
        ((link, _token),) = asking.create(home, {organisation_id: organisation_id})
    side = answering.own_side(home, SETTINGS, link)
    assert side
    form: dict[str, list[str]] = {"tie": []}
    by_id = {tie.organisation_id: tie.key for tie in side.ties}
    for other, tie in said.get("ties", {}).items():
        form["tie"].append(by_id[other])
        form |= {f"{name}-{by_id[other]}": [value] for name, value in tie.items()}
    assert answering.save_ties(home, SETTINGS, link, form) == []
    for partner in said.get("partners", ()):
        chosen = {"intensity": "cooperation", **partner}
        assert answering.save_partners(home, SETTINGS, link, {n: [v] for n, v in chosen.items()}) == []
    if "profile" in said:
        answering.save_profile(home, SETTINGS, link, said["profile"])
    if "events" in said:
        ticked = [answering.key_of(link, event) for event in said["events"]]
        answering.save_events(home, SETTINGS, link, {"event": ticked})
    return link


def found(home: Path, *, status: str = "open") -> dict[tuple[str, str], Proposal]:
    return {
        (proposal.organisation_id, proposal.key): proposal
        for proposal in proposals.proposals(home, SETTINGS)
        if proposal.status == status
    }


def rows(home: Path, table: str) -> dict[Any, dict[str, Any]]:
    snapshot_id = store.current_snapshot_id(home)
    assert snapshot_id
    with closing(store.open_snapshot(home, snapshot_id)) as snapshot:
        records = snapshot.records(table)
    return {next(iter(row.values())) if table != "attendance" else row["organisation_id"]: row for row in records}


def accept(home: Path, *keys: tuple[str, str], **more: Any) -> store.Manifest | None:
    waiting = found(home)
    return proposals.accept(home, SETTINGS, [waiting[key] for key in keys], **more)


def silent_ties(home: Path) -> set[tuple[str, str]]:
    """The ties of the data on show that have gone silent."""
    snapshot = answering.on_show(home)
    assert snapshot
    ties = snapshot.rows("ties", store.View(snapshot.newest_date(TODAY)))
    return {(tie["organisation_a"], tie["organisation_b"]) for tie in fading(ties, SETTINGS.fading_days)}


def test_a_newer_contact_and_another_closeness_change_the_agreement_of_the_two(home: Path) -> None:
    says(home, "a", ties={"b": {"says": "active", "contact": MONTH, "intensity": "integration"}})
    ((key, proposal),) = found(home).items()
    assert key == ("a", "tie b")
    assert proposal.known == proposals.Tie(datetime.date(2022, 6, 1), "coordination", True, 2)
    before = rows(home, "partnerships")
    assert ("a", "b") in silent_ties(home)
    manifest = accept(home, key, by="boss@hub.example")
    assert manifest
    assert (manifest.way, manifest.by) == ("answers", "boss@hub.example")
    expected = before | {"ab": before["ab"] | {"last_contact": LAST_MONTH, "intensity": "integration"}}
    assert rows(home, "partnerships") == expected, "this, and nothing else"
    assert found(home) == {}
    assert list(found(home, status="accepted")) == [key]
    assert ("a", "b") not in silent_ties(home), "and it has not gone silent any more"


def test_an_older_contact_changes_nothing_and_confirms(home: Path) -> None:
    says(home, "a", ties={"b": {"says": "active", "contact": "2021-05"}})
    shown = store.current_snapshot_id(home)
    assert shown
    assert proposals.confirmations(home, shown) == ()
    assert accept(home, ("a", "tie b")) is None
    assert store.current_snapshot_id(home) == shown
    ((a, b, by, on, _snapshot),) = proposals.confirmations(home, shown)
    assert (a, b, by, on) == ("a", "b", "a", TODAY)


def test_a_tie_within_a_larger_agreement_says_nothing_of_the_others_in_it(home: Path) -> None:
    says(home, "a", ties={"c": {"says": "active", "contact": MONTH}, "d": {"says": "ended", "ended": MONTH}})
    waiting = found(home)
    assert waiting["a", "tie d"].is_of_larger
    assert not waiting["a", "tie d"].changes
    before = rows(home, "partnerships")
    assert accept(home, *waiting)
    after = rows(home, "partnerships")
    (new,) = after.keys() - before.keys()
    assert {name: value for name, value in after.items() if name != new} == before
    row = after[new]
    assert (row["organisation_ids"], row["start_date"], row["last_contact"], row["end_date"], row["kind"]) == (
        ["a", "c"],
        LAST_MONTH,
        LAST_MONTH,
        datetime.date(2031, 12, 31),
        "confirmed",
    )
    assert found(home) == {}


def test_an_end_is_the_last_day_of_its_month_and_never_before_the_start(home: Path) -> None:
    says(home, "a", ties={"b": {"says": "ended", "ended": "2023-02"}})
    accept(home, ("a", "tie b"))
    assert rows(home, "partnerships")["ab"]["end_date"] == datetime.date(2023, 2, 28)
    assert answering.own_side(home, SETTINGS, asking.links(home)[0]).ties[0].organisation_id != "b"  # type: ignore[union-attr]
    says(home, "b", ties={"c": {"says": "ended", "ended": "1999-01"}})
    accept(home, ("b", "tie c"))
    assert rows(home, "partnerships")["bc"]["end_date"] == datetime.date(2020, 1, 31)


def test_a_tie_that_never_was_goes_when_it_is_accepted_and_comes_back_with_undo(home: Path) -> None:
    says(home, "a", ties={"b": {"says": "never"}}, events=["fair"])
    before, shown = (
        {name: rows(home, name) for name in ("organisations", "partnerships")},
        store.current_snapshot_id(home),
    )
    proposal = found(home)["a", "tie b"]
    assert proposal.removes == ("ab",)
    manifest = accept(home, ("a", "tie b"), ("a", "event fair"))
    assert manifest
    assert rows(home, "partnerships") == {name: row for name, row in before["partnerships"].items() if name != "ab"}
    assert rows(home, "organisations") == before["organisations"]
    assert rows(home, "attendance")["a"] == {
        "event_id": "fair",
        "organisation_id": "a",
        "role": None,
        "people": 4,
        "status": "attended",
    }
    assert loading.rebuild(home, manifest.id)["partnerships"].num_rows == 3
    loading.rollback_to(home, shown or "", manifest.id)
    assert rows(home, "partnerships") == before["partnerships"]
    again = found(home)
    assert set(again) == {("a", "tie b"), ("a", "event fair")}, "what was undone is a proposal again"
    assert again["a", "tie b"].decided_at


def test_partners_that_are_known_and_new(home: Path) -> None:
    new = {"name": "New | Partner, Ltd", "since": "2022-03", "intensity": "awareness"}
    says(home, "a", partners=[{"name": "echo", "since": MONTH}, new])
    waiting = found(home)
    assert not waiting["a", "partner echo"].is_new_name
    assert waiting["a", "partner new | partner, ltd"].is_new_name
    own_id = waiting["a", "partner new | partner, ltd"].subject
    accept(home, *waiting, sectors={own_id: "funder"})
    assert rows(home, "organisations")[own_id]["name"] == "New | Partner, Ltd"
    assert rows(home, "organisations")[own_id]["sector"] == "funder"
    made = [row for row in rows(home, "partnerships").values() if row["kind"] == "confirmed"]
    assert sorted((row["organisation_ids"], row["start_date"], row["intensity"]) for row in made) == [
        (["a", "e"], LAST_MONTH, "cooperation"),
        (sorted(["a", own_id]), datetime.date(2022, 3, 1), "awareness"),
    ]
    assert found(home) == {}
    without_id = b'name,sector\n"New | Partner, Ltd",funder\n'
    outcome = loading.prepare(home, SETTINGS, {"organisations.csv": without_id}, update=True)
    assert outcome.is_unchanged, "a list with that name alone means the same organisation"
    shown = store.current_snapshot_id(home) or ""
    assert {(c.organisation_a, c.organisation_b) for c in proposals.confirmations(home, shown)} == {
        tuple(sorted(["a", own_id])),
        ("a", "e"),
    }


def test_a_profile_changes_column_by_column(home: Path) -> None:
    profile = {"sector": ["business"], "fte": ["13,5"], "themes": ["peace"], "needs": ["training"], "offers": []}
    says(home, "a", profile=profile)
    waiting = found(home)
    assert {key: (p.known, p.said) for (_own, key), p in waiting.items()} == {
        "profile sector": ("ngo", "business"),
        "profile fte": (12.0, 13.5),
        "profile offers": (["office"], []),
    }
    before = rows(home, "organisations")
    accept(home, ("a", "profile fte"), ("a", "profile offers"))
    proposals.refuse(home, [waiting["a", "profile sector"]])
    expected = before | {"a": before["a"] | {"fte": 13.5, "offers": None}}
    assert rows(home, "organisations") == expected
    assert found(home) == {}
    assert list(found(home, status="refused")) == [("a", "profile sector")]
    says(home, "a", profile=profile | {"sector": ["government"]})
    assert list(found(home)) == [("a", "profile sector")], "what is said anew is asked anew"


def test_both_sides_are_side_by_side(home: Path) -> None:
    says(home, "a", ties={"b": {"says": "active"}})
    says(home, "b", ties={"a": {"says": "never"}, "c": {"says": "active"}})
    waiting = found(home)
    assert waiting["a", "tie b"].contradicts
    assert waiting["b", "tie a"].contradicts
    assert not waiting["b", "tie c"].contradicts
    accept(home, ("a", "tie b"))
    assert "ab" in rows(home, "partnerships"), "a tie that one side confirms is not deleted by itself"
    assert found(home)["b", "tie a"].other_said.says == "active"  # type: ignore[union-attr]
    accept(home, ("b", "tie a"))
    assert "ab" not in rows(home, "partnerships")
    assert list(found(home)) == [("b", "tie c")]


def test_killed_after_the_load_nothing_is_lost_or_doubled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(home, "a", ties={"c": {"says": "active", "contact": MONTH}}, partners=[{"name": "Somebody New"}])
    chosen = list(found(home).values())
    with monkeypatch.context() as patched:
        patched.setattr(proposals, "_decide", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            proposals.accept(home, SETTINGS, chosen)
    loaded, snapshot_id = rows(home, "partnerships"), store.current_snapshot_id(home)
    assert len(loaded) == 6
    left = found(home)
    assert not any(proposal.changes for proposal in left.values())
    assert proposals.accept(home, SETTINGS, list(left.values())) is None
    proposals.accept(home, SETTINGS, chosen)  # what another tab still shows
    assert (rows(home, "partnerships"), store.current_snapshot_id(home)) == (loaded, snapshot_id)


def test_killed_before_the_load_nothing_has_happened(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says(home, "a", ties={"b": {"says": "never"}})
    before, shown = found(home), store.current_snapshot_id(home)
    with monkeypatch.context() as patched:
        patched.setattr(store, "publish", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            accept(home, ("a", "tie b"))
    assert (found(home), store.current_snapshot_id(home)) == (before, shown)


def step_of_a_round(home: Path, step: str) -> None:
    """One thing that is written in a round: what an organisation says, and what a manager decides about it."""
    link = asking.links(home)[0]
    key = {other: answering.key_of(link, other) for other in "bc"}
    if step == "answer":
        form = {"tie": list(key.values()), f"says-{key['b']}": ["never"], f"says-{key['c']}": ["active"]}
        answering.save_ties(home, SETTINGS, link, form | {f"contact-{key['c']}": [MONTH]})
    elif step == "rating":
        scores = {f"{question}-{key['c']}": ["3"] for question in QUESTIONS}
        answering.save_ratings(home, SETTINGS, link, {"tie": [key["c"]], **scores})
    elif step == "accept":
        proposals.accept(home, SETTINGS, list(found(home).values()))
    elif len(rows(home, "partnerships")) == 4 and "ab" not in rows(home, "partnerships"):  # undo, once
        newest, first = store.current_snapshot_id(home), min(manifest.id for manifest in store.history(home))
        loading.rollback_to(home, first, newest)


STEPS = ("answer", "rating", "accept", "undo")


def lists_and_pointer(home: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in [*home.iterdir(), home / "snapshots" / "on-show"] if path.is_file()
    }


def test_a_process_that_is_killed_at_any_write_of_a_round_loses_and_doubles_nothing(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asking.create(home, {"a": "Anna"}, ratings=True)

    def state(home: Path) -> Any:
        said = [(answer.ties, [one.scores for one in answer.ratings.values()]) for answer in answering.answers(home)]
        return said, rows(home, "partnerships")

    before = state(home)
    for step in STEPS:
        scratch = tmp_path_factory.mktemp(step)
        _steps, killed = states_of(home, scratch, lambda step=step: step_of_a_round(home, step))
        # At every step of a load `test_durability` kills.
        killed = [next(alike) for _lists, alike in itertools.groupby(killed, lists_and_pointer)]
        after = state(home)
        assert after != before
        seen = [state(left) for left in killed]
        assert len(killed) >= 2
        assert [one for one, _same in itertools.groupby(seen)] == [before, after]
        step_of_a_round(killed[-2], step)
        assert state(killed[-2]) == after, "done again it is there, and once"
        assert list(found(killed[-2])) == list(found(home))
        before = after


def test_a_partner_without_a_month_begins_on_the_day_of_the_answer(home: Path) -> None:
    says(home, "a", partners=[{"name": "Somebody New"}])
    ((key, proposal),) = found(home).items()
    assert proposal.said.since == ""
    accept(home, key)
    (new,) = [row for row in rows(home, "partnerships").values() if row["kind"] == proposals.CONFIRMED]
    assert new["start_date"] == answering.today()


def test_no_identifier_that_is_made_here_is_read_as_a_number() -> None:
    told = answering.Answer(link="06e8df68db", organisation_id="a", first_at=asking.now(), last_at=asking.now())
    agreement = proposals._new_agreement(told, proposals._new_id("Somebody New"), asking.now().date(), "cooperation")[
        "partnership_id"
    ]
    assert agreement == "asked-06e8df68db-6e688878"
    made = [
        agreement,
        *(proposals._new_id(f"{name}{n}") for name in ("Anna ", "組織", "организация") for n in range(900)),
    ]
    assert sum(bool(re.search(r"\de\d+$", identifier)) for identifier in made) > 3
    assert [read_identifier(identifier) for identifier in made] == made


def test_what_cannot_be_loaded_is_said_and_stays_open(home: Path) -> None:
    says(home, "a", partners=[{"name": "Somebody New"}], ties={"c": {"says": "active", "contact": MONTH}})
    partner, tie = ("a", "partner somebody new"), ("a", "tie c")
    new = found(home)[partner].subject
    with pytest.raises(proposals.NotAcceptable) as refused:
        accept(home, partner, tie, sectors={new: "no such sector"})
    assert refused.value.problems
    assert [proposal.key for proposal in refused.value.of] == ["partner somebody new"]
    assert set(found(home)) == {partner, tie}


def test_what_would_move_is_the_same_dry_run_as_of_a_load(home: Path) -> None:
    says(home, "a", ties={"b": {"says": "ended", "ended": "2023-02"}})
    prepared = proposals.prepare(home, SETTINGS, list(found(home).values()))
    assert prepared
    moved = {movement.indicator: movement for movement in loading.movements(prepared, SETTINGS)}
    assert moved["density"].after < moved["density"].before  # type: ignore[operator]
    assert prepared.draft.changes["partnerships"].changed == 1


def test_a_tie_is_confirmed_within_a_year_by_one_side_or_both() -> None:
    ties = pd.DataFrame({"organisation_a": ["a", "a", "b"], "organisation_b": ["b", "c", "c"]})
    day = datetime.date(2026, 7, 1)
    said = [
        ("a", "b", "a", datetime.date(2026, 5, 1)),
        ("a", "b", "b", datetime.date(2025, 7, 1)),  # a year ago to the day
        ("a", "c", "a", datetime.date(2025, 6, 30)),  # longer ago
        ("b", "c", "c", datetime.date(2026, 7, 2)),  # not yet
        ("a", "e", "a", day),  # no tie
    ]
    assert confirmation.confirmed(ties, said, day) == {
        "confirmed": 1,
        "confirmed_share": pytest.approx(1 / 3),
        "confirmed_by_both": 1,
    }
    assert confirmation.confirmed(ties.head(0), said, day)["confirmed_share"] is None
