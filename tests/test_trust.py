"""Trust and value: averages that tell nobody's answer, the questions in a round, and what comes from another tool."""

import datetime
import io
import itertools
import json
import math
import random
import re
import sys
from pathlib import Path
from typing import Any

import hostile
import pandas as pd
import pytest
from test_asking import SETTINGS, Visitor, come_in, keys, said, seal_of
from test_asking import home as home
from test_pages import opened
from test_pages import said as text_of

from hubdata import access, answering, asking, loading, partner_export, questions, store
from hubdata.__main__ import main
from hubdata.indicators import confirmation
from hubdata.indicators.trust import QUESTIONS, Rating, _parts, average, trust

NAMES = pd.DataFrame(
    {
        "organisation_id": list("abcdefgh"),
        "name": list("ABCDEFGH"),
        "sector": ["ngo", "ngo", "ngo", "business", "business", "business", "business", "business"],
    }
)
DAY = datetime.date(2026, 6, 30)


def rating(by: str, about: str, *scores: int | None, days_ago: int = 10, minute: int = 0) -> Rating:
    at = datetime.datetime.combine(DAY - datetime.timedelta(days=days_ago), datetime.time(minute=minute), datetime.UTC)
    return Rating(by, about, at, scores)


# --- averages ---------------------------------------------------------------------------------------------------------


def test_an_average_is_of_three_answered_questions_and_of_five_organisations() -> None:
    five = [rating(by, "a", 4, 3, 2, 1, 2, 2) for by in "bcdef"]
    found = trust(NAMES, five, DAY)
    assert (found["trust"], found["trust_answers"], found["value"], found["value_answers"]) == (3.0, 5, 1.7, 5)
    assert (found["dyads_answered"], found["raters"]) == (5, 5)
    four = average(five[:4])
    assert (four["trust"], four["trust_answers"]) == (None, 4), "too few is no average, and is not nothing"
    half = average([*five[:4], rating("f", "a", 4, None, 4, 1, 1, 1)])
    assert (half["trust"], half["trust_answers"], half["value"]) == (None, 4, 1.5)
    many = average([rating("b", about, 4, 4, 4, 4, 4, 4) for about in "acdefgh"])
    assert (many["trust"], many["trust_answers"]) == (None, 7), "seven answers of one organisation would be its own"


def test_not_asked_is_not_low_and_each_organisation_has_its_own() -> None:
    ratings = [rating(by, "a", *[1] * 6) for by in "bcdef"] + [rating("a", "b", *[4] * 6)]
    received = {row["organisation_id"]: row for row in trust(NAMES, ratings, DAY)["received"]}
    assert list(received) == list("abcdefgh")
    assert (received["a"]["trust"], received["a"]["trust_answers"]) == (1.0, 5)
    assert (received["b"]["trust"], received["b"]["trust_answers"]) == (None, 1)
    assert (received["h"]["trust"], received["h"]["trust_answers"]) == (None, 0)


def test_between_sectors_both_directions_are_together() -> None:
    ratings = [rating(by, "a", *[2] * 6) for by in "defg"] + [rating("b", "d", *[4] * 6)]
    (pair,) = trust(NAMES, ratings, DAY)["sector_trust"]
    assert (pair["sector_a"], pair["sector_b"], pair["trust"], pair["trust_answers"]) == ("business", "ngo", 2.4, 5)


def test_whoever_watches_an_average_does_not_see_a_single_answer_come_in() -> None:
    ratings = [
        rating(by, "a", *[score] * 6, minute=n)
        for n, (by, score) in enumerate(zip("bcdefgh", [4] * 5 + [1] * 2, strict=True))
    ]
    seen = [average(ratings[:count])["trust"] for count in range(8)]
    assert seen == [None] * 5 + [4.0] * 3
    more = [*ratings, *(rating(by, "a", *[1] * 6, minute=10) for by in "xyz")]
    assert average(more)["trust"] == 2.5, "the next is of ten"
    for order in itertools.islice(itertools.permutations(ratings), 0, 5000, 500):
        assert average(order) == average(ratings), "whatever order they are read in"


def test_the_whole_minus_its_parts_tells_no_single_answer() -> None:
    about_a = [rating(by, "a", *[3] * 6) for by in "bcdef"]
    alone = trust(NAMES, about_a, DAY)
    assert (alone["trust"], alone["value"]) == (3.0, 3.0)
    for secret in (1, 4):
        found = trust(NAMES, [*about_a, rating("b", "g", *[secret] * 6)], DAY)
        assert found["received"][0]["trust"] == 3.0
        assert (found["trust"], found["value"], found["trust_answers"]) == (None, None, 6)
    enough = trust(
        NAMES, [*about_a, *(rating(by, about, *[1] * 6) for by, about in zip("bcdef", "ghghg", strict=True))], DAY
    )
    assert enough["trust"] == 2.0, "five organisations said the rest"


def averages(found: Any) -> list[tuple[Any, ...]]:
    """Every average that is shown."""
    parts = [*found["received"], *found["sector_trust"]]
    return [(found["trust"], found["value"]), *((part["trust"], part["value"]) for part in parts)]


def test_a_pair_of_sectors_minus_an_organisation_tells_no_single_answer() -> None:
    about_a = [rating(by, "a", *[3] * 6) for by in "defgh"]
    seen = []
    for secret in (1, 4):
        found = trust(NAMES, [*about_a, rating("d", "b", *[secret] * 6)], DAY)
        assert found["received"][0]["trust"] == 3.0
        assert [pair["trust"] for pair in found["sector_trust"]] == [None]
        seen.append(averages(found))
    assert seen[0] == seen[1]


def test_the_day_of_the_view_and_who_is_in_the_list_take_out_a_whole_five_or_nothing() -> None:
    given = [rating(by, "a", *[3] * 6, days_ago=ago) for by, ago in zip("cdef", (100, 90, 80, 70), strict=True)]
    for first, sixth in itertools.product((1, 4), repeat=2):
        six = [rating("b", "a", *[first] * 6, days_ago=365), *given, rating("g", "a", *[sixth] * 6)]
        assert trust(NAMES, six, DAY)["received"][0]["trust"] == round((first + 12) / 5, 1)
        day_after = trust(NAMES, six, DAY + datetime.timedelta(days=1))
        assert (day_after["received"][0]["trust"], day_after["received"][0]["trust_answers"]) == (None, 5)
        for gone in "bcdef":
            others = NAMES[NAMES["organisation_id"] != gone]
            assert trust(others, six, DAY)["received"][0]["trust"] is None, "the list without one tells nothing of it"


def test_whoever_kept_an_earlier_average_can_subtract_it_from_no_later_one() -> None:
    """The whole was there before there were five about a: the difference of the two is what b said of h and of a."""
    others = [rating(by, "a", *[3] * 6) for by in "cdef"]
    for secret in (1, 4):
        first = [*others, rating("b", "h", *[secret] * 6, minute=1)]
        before = trust(NAMES, first, DAY)
        assert before["trust"] == round((12 + secret) / 5, 1)
        after = trust(NAMES, [*first, rating("b", "a", *[2] * 6, minute=2)], DAY)
        assert (after["trust"], after["received"][0]["trust_answers"]) == (before["trust"], 5)
        assert after["received"][0]["trust"] is None
    # In the other order the organisation has its average, and on no day is there one of the whole beside it.
    later = [*others, rating("b", "a", *[2] * 6), rating("b", "h", *[4] * 6)]
    for day in (DAY, DAY - datetime.timedelta(days=10)):
        found = trust(NAMES, later, day)
        assert (found["received"][0]["trust"], found["trust"]) == (2.8, None)


def test_no_two_averages_that_are_ever_shown_differ_by_fewer_than_five_organisations() -> None:
    drawn, met = random.Random(20), 0
    for _round in range(20):
        sectors = {own: drawn.choice(["ngo", "business"]) for own in "abcdefghij"}
        pairs = drawn.sample(list(itertools.permutations(sectors, 2)), 45)
        given = [rating(by, about, *[1] * 6, minute=n // 2) for n, (by, about) in enumerate(pairs)]
        fives = {of: part.trust for of, part in _parts(given, sectors).items()}
        for moment in {one.at for one in given}:
            early = _parts([one for one in given if one.at <= moment], sectors)
            assert all(set(part.trust) <= set(fives[of]) for of, part in early.items()), "what was shown stays as it is"
        # On some day, or in some list, any of the fives of a part are what its average rests on.
        bases = {
            frozenset().union(*some)
            for part in fives.values()
            for count in range(1, len(part) + 1)
            for some in itertools.combinations(part, count)
        }
        apart = [len({one.by for one in one_base ^ other}) for one_base, other in itertools.combinations(bases, 2)]
        assert min(apart) >= 5
        met += len(apart)
    assert met > 1000


def test_who_moves_to_another_sector_takes_no_answer_out_of_an_average(home: Path) -> None:
    visitor, link = asked_to_rate(home)
    key = keys(home, link)
    visitor.fill_in("/a/own/ratings/1", {"tie": [key["b"]], **scores(key["b"], 4)})
    (first,) = answering.ratings(home)
    sectors = {row["organisation_id"]: row["sector"] for row in answering.on_show(home).records("organisations")}
    assert first.sectors == (sectors["a"], sectors["b"])
    then = [
        rating(by, about, *[2] * 6)._replace(sectors=("ngo", "ngo")) for by, about in zip("cdefg", "befgh", strict=True)
    ]
    for sector in ("ngo", "business"):
        found = trust(NAMES.assign(sector=["ngo", sector, *["ngo"] * 6]), then, DAY)
        pairs = [(pair["sector_a"], pair["sector_b"], pair["trust"]) for pair in found["sector_trust"]]
        assert pairs == [("ngo", "ngo", 2.0)]


def test_answers_that_are_not_whole_are_no_average_and_no_failure() -> None:
    found = trust(NAMES, [rating("b", "a", 4, None, None, None, 1, None)], DAY)
    assert (found["dyads_answered"], found["trust_answers"], found["value_answers"]) == (1, 0, 0)
    assert [pair["trust"] for pair in found["sector_trust"]] == [None]


def test_old_answers_that_were_too_few_wait_for_nobody() -> None:
    old = [rating(by, "a", *[1] * 6, days_ago=500) for by in "bcde"]
    new = [rating(by, "a", *[4] * 6, minute=n) for n, by in enumerate("efghb")]
    assert trust(NAMES, [*old, *new], DAY)["received"][0]["trust"] == 4.0


def test_whoever_answers_about_one_more_partner_is_not_seen_to() -> None:
    five = [rating(by, about, *[3] * 6, days_ago=20) for by, about in zip("bcdef", "cdefb", strict=True)]
    before = averages(trust(NAMES, five, DAY))
    for secret in (1, 4):
        found = trust(NAMES, [*five, rating("b", "g", *[secret] * 6)], DAY)
        assert (found["trust"], found["trust_answers"]) == (before[0][0], 6)


def test_a_second_round_replaces_a_five_when_all_of_it_answered_again() -> None:
    first = [rating(by, "a", *[2] * 6, days_ago=200, minute=n) for n, by in enumerate("bcdef")]
    again = [rating(by, "a", *[4] * 6, minute=n) for n, by in enumerate("fedcb")]
    seen = [average([*first, *again[:count]])["trust"] for count in range(6)]
    assert seen == [2.0] * 5 + [4.0]


def test_answers_from_a_file_never_complete_a_five_of_answers_given_here() -> None:
    """Who hands in a file knows what is in it: four rows beside one real answer would tell that one."""
    for secret in (1, 4):
        own = rating("b", "a", *[secret] * 6)
        made_up = [rating(by, "a", *[4] * 6)._replace(is_from_file=True) for by in "cdef"]
        assert averages(trust(NAMES, [own, *made_up], DAY))[1] == (None, None)
        # Nor does a file take one of five out, or put itself in the place of one.
        five = [own, *(rating(by, "a", *[3] * 6) for by in "cdef")]
        alone = averages(trust(NAMES, five, DAY))
        later = [rating(by, "a", *[1] * 6, days_ago=1)._replace(is_from_file=True) for by in "bcde"]
        assert averages(trust(NAMES, [*five, *later], DAY)) == alone
    ten = [
        *(rating(by, "a", *[4] * 6) for by in "bcdef"),
        *(made._replace(by=by) for made, by in zip(made_up, "bcde", strict=True)),
    ]
    assert average([*ten, rating("f", "a", *[4] * 6)._replace(is_from_file=True)])["trust"] == 4.0


@pytest.mark.parametrize(
    "outside",
    [
        rating("f", "a", *[1] * 6, days_ago=366),
        rating("f", "a", *[1] * 6, days_ago=-1),
        rating("zz", "a", *[1] * 6),
        rating("a", "a", *[1] * 6),
        rating("f", "a", None, None, None, None, None, None),
    ],
    ids=["long ago", "later", "of somebody who left", "of itself", "empty"],
)
def test_what_does_not_count(outside: Rating) -> None:
    found = trust(NAMES, [*(rating(by, "a", *[4] * 6) for by in "bcde"), outside], DAY)
    assert (found["dyads_answered"], found["trust"]) == (4, None)


def test_the_newest_of_each_pair_counts() -> None:
    old = [rating(by, "a", *[1] * 6, days_ago=100) for by in "bcdef"]
    found = trust(NAMES, [*(rating(by, "a", *[4] * 6) for by in "bcdef"), *old], DAY)
    assert (found["trust"], found["dyads_answered"]) == (4.0, 5)


def test_profiles_and_jobs_that_were_confirmed() -> None:
    rows = pd.DataFrame({"organisation_id": list("abc"), "fte": [12.0, None, 4.0]})
    said_of = [("a", 12.0, DAY), ("b", 3.0, DAY), ("c", 4.0, DAY - datetime.timedelta(days=366)), ("gone", 1.0, DAY)]
    assert confirmation.confirmed_profiles(rows, said_of, DAY) == {
        "profiles": 3,
        "profiles_confirmed": 2,
        "profiles_confirmed_share": pytest.approx(2 / 3),
        "jobs_confirmed": 12.0,
        "jobs_confirmed_share": 0.75,
    }
    assert confirmation.confirmed_profiles(rows[:0], [], DAY)["profiles_confirmed_share"] is None


# --- in a round -------------------------------------------------------------------------------------------------------


def asked_to_rate(home: Path, organisation_id: str = "a") -> tuple[Visitor, asking.Ask]:
    ((link, token),) = asking.create(home, {organisation_id: organisation_id.upper()}, ratings=True)
    visitor = Visitor(home)
    assert visitor.get(f"/a/{token}").status_code == 303
    return visitor, link


def scores(key: str, score: int = 3) -> dict[str, str]:
    return {f"{question}-{key}": str(score) for question in QUESTIONS}


def test_the_questions_are_there_only_when_asked_and_only_about_partners(home: Path) -> None:
    plain, _link = come_in(home, "b")
    assert plain.get("/a/own/ratings/1").status_code == 303
    assert "experience you" not in plain.get("/a/own").text
    assert "about 3 minutes" in plain.get("/a/own").text
    visitor, link = asked_to_rate(home)
    side = answering.own_side(home, SETTINGS, link)
    assert side.minutes == 3 == math.ceil((75 + 15 * len(side.ties) + 20) / 60)
    assert side.more_minutes == math.ceil(len(side.ties) / 2) > 0
    said = visitor.get("/a/own").text
    assert "about 3 minutes" in said
    assert f"about {side.more_minutes} minutes)" in said, "it asks more, and says so"
    key = keys(home, link)
    sent = {"tie": [key["b"]], f"says-{key['b']}": "ended", f"ended-{key['b']}": "unknown"}
    assert visitor.fill_in("/a/own/ties/1", sent).headers["location"] == "/a/own/partners"
    assert answering.answers(home)[0].finished_at is None
    assert visitor.fill_in("/a/own/partners", {"next": "yes"}).headers["location"] == "/a/own/events"
    assert visitor.fill_in("/a/own/events", {}).headers["location"] == "/a/own/profile"
    sent = {"sector": "ngo"}
    assert visitor.fill_in("/a/own/profile", sent).headers["location"] == "/a/own/ratings/1", "they come last"
    assert answering.answers(home)[0].finished_at, "and who leaves it there has answered"
    page = visitor.get("/a/own/ratings/1").text
    assert "Beta" not in page, "it says that this tie has ended"
    assert page.count('value="4"') == 2 * len(QUESTIONS)
    assert "of 6 saved" not in page, "what is ticked meanwhile cannot be counted"
    assert "rated so far" not in page
    assert re.findall(r"<details[^>]*>", page) == ['<details class="card" open>', '<details class="card">']
    skip = '<button type="submit" form="step" class="quiet" name="skip" value="yes">Save and skip this part</button>'
    assert skip in page, "which saves what was ticked"
    assert (
        "There is no average yet: answers about you are counted in groups of five partners"
        in visitor.get("/a/own").text
    )


def test_answers_about_partners_are_saved_changed_left_out_and_skipped(home: Path) -> None:
    visitor, link = asked_to_rate(home)
    key = keys(home, link)
    sent = {"tie": [key["b"], key["c"]], **scores(key["b"], 4), f"mission-{key['b']}": "", f"mission-{key['c']}": "9"}
    assert visitor.fill_in("/a/own/ratings/1", sent).headers["location"] == "/a/own/done"
    first = said(home, link).ratings["b"]
    assert first.scores == {question: 4 for question in QUESTIONS if question != "mission"}
    assert set(said(home, link).ratings) == {"b"}
    page = visitor.get("/a/own/ratings/1").text
    assert page.count('" checked') == 3 * len(QUESTIONS)
    assert re.findall(r"(\d of \d) saved", page) == ["5 of 6"]
    assert "Partners you have rated so far: 1 of 3." in page
    assert re.findall(r'<details class="card"( open)?>', page) == ["", " open", ""], "the first without an answer"
    again = {"tie": key["b"], **scores(key["b"], 1), "skip": "yes"}
    assert visitor.fill_in("/a/own/ratings/1", again).headers["location"] == "/a/own/done"
    assert (said(home, link).ratings["b"].scores["mission"], said(home, link).ratings["b"].at) == (1, first.at)
    visitor.fill_in("/a/own/ratings/1", {"tie": key["b"]})
    assert said(home, link).ratings == {}, "an answer can be taken back"


def test_who_never_was_a_partner_is_not_rated_and_is_again_when_that_was_a_mistake(home: Path) -> None:
    visitor, link = asked_to_rate(home)
    key = keys(home, link)["b"]
    visitor.fill_in("/a/own/ratings/1", {"tie": key, **scores(key)})
    for says, counted in (("never", []), ("ended", ["b"]), ("active", ["b"])):
        visitor.fill_in("/a/own/ties/1", {"tie": key, f"says-{key}": says, f"ended-{key}": "unknown"})
        assert [one.about for one in answering.ratings(home)] == counted, says


def test_more_partners_than_a_page_holds_can_be_skipped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "RATED_PER_PAGE", 2)
    visitor, link = asked_to_rate(home)
    key = keys(home, link)
    sent = {"tie": key["b"], **scores(key["b"])}
    assert "Save and skip the other partners" in visitor.get("/a/own/ratings/1").text
    assert "Save and skip the other" not in visitor.get("/a/own/ratings/2").text, "there are no others"
    assert visitor.fill_in("/a/own/ratings/1", sent).headers["location"] == "/a/own/ratings/2"
    assert visitor.fill_in("/a/own/ratings/1", sent | {"skip": "yes"}).headers["location"] == "/a/own/done"
    skipped = visitor.fill_in("/a/own/profile", {"sector": "ngo", "skip": "yes"})
    assert skipped.headers["location"] == "/a/own/ratings/1", "what is asked of all is skipped by no form"
    assert visitor.fill_in("/a/own/ratings/2", {"back": "yes"}).headers["location"] == "/a/own/ratings/1"


def test_a_crafted_form_says_nothing_of_others(home: Path) -> None:
    visitor, link = asked_to_rate(home)
    _beta, other = asked_to_rate(home, "b")
    for key in (keys(home, other)["e"], "e", "b", ""):
        visitor.fill_in("/a/own/ratings/1", {"tie": key, **scores(key)})
    assert said(home, link).ratings == {}
    plain, plain_link = come_in(home, "c")
    own = keys(home, plain_link)["a"]
    seal = seal_of(plain.get("/a/own").text) or seal_of(plain.get("/a/own/profile").text)
    plain.send("POST", "/a/own/ratings/1", {"seal": seal, "tie": own, **scores(own)})
    assert said(home, plain_link).ratings == {}, "who was not asked about partners says nothing of them"
    asking.revoke(home, link.id)
    with pytest.raises(answering.Closed):
        answering.save_ratings(home, SETTINGS, link, {})


def test_an_organisation_sees_its_own_average_and_nobody_a_single_answer(home: Path, tmp_path: Path) -> None:
    more = "organisation_id,name,sector\n" + "".join(f"o{n},Other {n},ngo\n" for n in range(5))
    ties = "partnership_id,organisation_ids,start_date\n" + "".join(f"p{n},a|o{n},2020-01-01\n" for n in range(5))
    files = {"organisations.csv": more.encode(), "partnerships.csv": ties.encode()}
    assert loading.load(home, SETTINGS, files, update=True).manifest
    anna, _own = asked_to_rate(home)
    for n in range(5):
        assert "Trust:" not in anna.get("/a/own").text
        visitor, link = asked_to_rate(home, f"o{n}")
        key = keys(home, link)["a"]
        visitor.fill_in("/a/own/ratings/1", {"tie": key, **scores(key, 4 if n else 1)})
    assert "Trust: 3.4 of 4" in anna.get("/a/own").text
    assert "Vertrouwen: 3,4 van 4" in anna.get("/a/own", **{"Accept-Language": "nl"}).text
    first, snapshot = trusted(home), store.current_snapshot_id(home)
    assert (first["trust"], first["value"], first["dyads_answered"]) == (3.4, 3.4, 5)

    # It survives a load, going back, and a backup into another home; it stands in no snapshot.
    assert loading.load(
        home, SETTINGS, {"organisations.csv": b"organisation_id,name,sector\nnew,New,ngo\n"}, update=True
    )
    assert trusted(home)["trust"] == 3.4
    assert snapshot
    loading.rollback_to(home, snapshot, str(store.current_snapshot_id(home)), "")
    assert trusted(home) == first
    store.backup(home, tmp_path / "backup.zip")
    loading.restore(tmp_path / "elsewhere", tmp_path / "backup.zip")
    assert trusted(tmp_path / "elsewhere") == first
    assert (home / "answers.json").stat().st_mode & 0o077 == 0

    # And no link has it.
    assert not access.may_ask(
        access.Grant(kind="viewer", scope=store.Scope(), names=True, funding="full"), "answer_trust"
    )
    assert access.may_ask(access.Grant(kind="manager", scope=store.Scope()), "answer_trust")


def test_killed_at_every_write_answers_about_partners_are_those_of_before_or_all_of_them(home: Path) -> None:
    visitor, link = asked_to_rate(home)
    own = keys(home, link)
    visitor.fill_in("/a/own/ties/1", {"tie": own["b"], f"says-{own['b']}": "active"})
    visitor.fill_in("/a/own/ratings/1", {"tie": own["b"], **scores(own["b"], 1)})
    step = {"tie": [own["b"], own["c"]], **scores(own["b"], 4), **scores(own["c"], 2)}
    form = {name: value if isinstance(value, list) else [value] for name, value in step.items()}

    def rated() -> list[tuple[str, str, tuple[int | None, ...]]]:
        return [(one.by, one.about, one.scores) for one in answering.ratings(home)]

    before, after = rated(), [("a", "b", (4,) * 6), ("a", "c", (2,) * 6)]
    writes = {"at": 0, "seen": 0}

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if writes["at"] and (
            event in ("os.rename", "os.remove")
            or (event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"))
        ):
            writes["seen"] += 1
            if writes["seen"] == writes["at"]:
                raise KeyboardInterrupt

    sys.addaudithook(watch)  # it cannot be taken away: without "at" it does nothing
    seen = []
    for at in range(1, 50):
        writes |= {"at": at, "seen": 0}
        try:
            answering.save_ratings(home, SETTINGS, link, form)
            is_saved = True
        except KeyboardInterrupt:
            is_saved = False
        writes["at"] = 0
        seen.append(rated())
        assert said(home, link).ties["b"].says == "active", "what was said before is there"
        if is_saved:
            break
    assert at >= 3
    assert before == [("a", "b", (1,) * 6)]
    assert [said for said, _same in itertools.groupby(seen)] == [before, after]
    visitor.fill_in("/a/own/ratings/1", step)  # sent twice, it is there once
    assert rated() == after
    assert list(home.glob("*.damaged-*")) == []


def trusted(home: Path) -> dict[str, object]:
    snapshot = answering.on_show(home)
    assert snapshot
    view = store.View(snapshot.newest_date(answering.today()))
    found = dict(questions.answer_trust(snapshot, SETTINGS, view, answering.ratings(home)))
    return {name: found[name] for name in ("trust", "value", "dyads_answered", "raters")}


# --- from another tool ------------------------------------------------------------------------------------------------

EXPORT = """Respondent ID;Respondent;Partner;Frequency;Reliability;In Support of Mission;Open to Discussion;\
Power & Influence;Level of Involvement;Resource Contribution
1;Anna;Beta;Weekly;4 - A great deal;3;3;2;2;
1;Anna;Nobody Here;Weekly;4;4;4;4;4;4
2;annie;Beta;Weekly;1;1;1;1;1;1
3;Beta;Anna;Weekly;;;;;;
3;Beta;Beta;Weekly;4;4;4;4;4;4
"""


def test_an_export_of_the_partner_tool_is_taken_in_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "export.csv"
    file.write_text(EXPORT)
    for _each in range(2):
        assert main(["ask", "import-ratings", str(file), "--day", "2026-05-01", "--home", str(home), "--json"]) == 0
        taken = json.loads(capsys.readouterr().out)
        assert taken == {"ratings": 1, "unknown": ["Nobody Here"], "unclear": 3}
    (one,) = answering.ratings(home)
    assert (one.by, one.about, one.at.date(), one.scores) == ("a", "b", datetime.date(2026, 5, 1), (1, 1, 1, 1, 1, 1))
    assert main(["ask", "import-ratings", str(file), "--home", str(home)]) == 0
    assert "Nobody Here" in capsys.readouterr().out


def test_an_export_as_a_workbook_and_what_is_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = io.BytesIO()
    pd.read_csv(io.StringIO(EXPORT), sep=";").to_excel(written, index=False, engine="xlsxwriter")
    found = partner_export.read(home, SETTINGS, "export.xlsx", written.getvalue(), answering.today())
    partner_export.keep(home, found.ratings)
    other = home / "other.csv"
    other.write_text("Respondent,Partner,Reliability\nAnna,Beta,4\n")
    assert main(["ask", "import-ratings", str(other), "--home", str(home)]) == 2
    heard = capsys.readouterr().err
    assert "PARTNER" in heard
    assert "mission" in heard
    assert len(answering.ratings(home)) == 1, "and nothing changed"


def test_headings_that_are_whole_questions_are_told_apart(home: Path) -> None:
    """Questions about value may name the mission as well, and one may begin with "To": neither is taken for another."""
    asked = [
        "To what extent does it share the mission of this collaborative?",
        "How valuable is its power and influence to the overall mission?",
        "How valuable is its level of involvement to the overall mission?",
        "How valuable is its resource contribution to the overall mission?",
        "How reliable is it?",
        "How open to discussion is it?",
    ]
    for headings in (asked, asked[::-1]):
        told = dict(zip(asked, "123412", strict=True))
        rows = [["Respondent", *headings, "Partner"], ["Anna", *(told[one] for one in headings), "Beta"]]
        content = "\n".join(",".join(row) for row in rows).encode()
        (one,) = partner_export.read(home, SETTINGS, "export.csv", content, DAY).ratings
        assert one.scores == {
            "reliability": 1,
            "mission": 1,
            "openness": 2,
            "influence": 2,
            "involvement": 3,
            "resources": 4,
        }


REFUSED = {
    b"": "empty",
    b"PK\x03\x04 nothing": "damaged",
    b"a,b\n1,2\n": "Not found: respondent, partner, reliability",
    EXPORT.encode().replace(b"Openness", b"").replace(b"Open to", b"Closed to"): "Not found: openness",
    b"x" * 1_000_001: "larger than 1 MB",
}


@pytest.mark.parametrize("content", REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_export_says_why_and_the_way_out(home: Path, content: bytes) -> None:
    small = SETTINGS.model_copy(update={"max_file_megabytes": 1})
    with pytest.raises(partner_export.NotRecognised) as refused:
        partner_export.read(home, small, "export.csv", content, DAY)
    assert REFUSED[content] in str(refused.value)
    assert str(refused.value.way_out)


def test_an_export_is_handed_in_on_the_page_and_taken_out_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    app = opened("asking", tab="trust")
    app.file_uploader(key="export_0").set_value(("export.csv", EXPORT.encode(), "text/csv")).run()
    text = text_of(app)
    assert "It holds **1 answer about a partner**, of 1 organisation" in text
    assert "Rows left out: 3" in text
    assert answering.ratings(home) == (), "nothing is taken in before somebody says so"
    (left,) = [table.value for table in app.dataframe if "What you can do" in table.value]
    assert left["Row"].tolist() == [3, 5, 6]
    assert left["Column"].tolist() == ["Partner", "", "Partner"]
    assert "“Nobody Here”" in left["What is wrong"][0]
    app.text_input(key="export_day").set_value("soon").run()
    assert "“soon” is no day that has been" in " ".join(error.value for error in app.error)
    app.text_input(key="export_day").set_value("1-5-2026").run()
    app.button(key="take_in").click().run()
    (one,) = answering.ratings(home)
    assert (one.by, one.about, one.at.date()) == ("a", "b", datetime.date(2026, 5, 1))
    assert "1 answer was taken in" in text_of(app)
    app.button(key="take_out").click().run()
    assert answering.ratings(home) == ()
    app.file_uploader(key="export_2").set_value(("other.csv", b"a,b\n1,2\n", "text/csv")).run()
    assert "Not found: respondent" in " ".join(error.value for error in app.error).replace("\\", "")
    assert not app.exception


def test_an_export_that_does_harm_is_read_apart_and_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As every file that people send: it asks for 137 GB, which ends a process of its own and nothing else."""
    file = home / "export.xls"
    (home / "hub.toml").write_text("reading_megabytes = 200\nmax_file_megabytes = 1\n")
    for content, heard in (
        (hostile.xls((0, 0), (65_535, 255)), "cannot be read"),
        (b"Respondent,Partner\n" + bytes(1_100_000), "larger than 1 MB"),
    ):
        file.write_bytes(content)
        assert main(["ask", "import-ratings", str(file), "--home", str(home), "--language", "en"]) == 2
        assert heard in capsys.readouterr().err
