"""Every answer is what its type says: the types are what pages, commands and mypy go by, and most rows come from tables."""

import dataclasses
import datetime
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pandas as pd
import pytest
from conftest import Sample

from hubdata import access, demo, loading, models, questions, store
from hubdata.indicators import funding, network
from hubdata.indicators.trust import Rating
from hubdata.settings import OwnIncomeRule, Settings
from hubdata.store import Snapshot, View

RULES = [OwnIncomeRule(minimum_share=share, source="A letter", source_date="2024-11-11") for share in (0.25, 1.0)]
SETTINGS = Settings(own_income_rules=RULES, own_income_donors=["Nobody"])
HIDDEN = store.Scope(names=False, amounts=False, key="secret")
QUESTIONS: dict[str, Callable[..., Any]] = {name: getattr(questions, name) for name in [*access.ANSWERS, "indicators"]}


class Asked(typing.NamedTuple):
    """What the details of a question may be, on one snapshot and view."""

    since: datetime.date
    years: list[int]
    donors: list[tuple[str, float]]
    organisations: list[str]
    events: list[str]


Details = Callable[[Asked], list[tuple[Any, ...]]]


def each_year(*more: Any) -> Details:
    return lambda asked: [(year, *more) for year in asked.years]


def two_years(asked: Asked) -> list[tuple[Any, ...]]:
    return [(year - 1, year) for year in asked.years]


def ratings_of(asked: Asked) -> tuple[Rating, ...]:
    """What everybody says of the first organisation."""
    at = datetime.datetime.combine(asked.since, datetime.time(), datetime.UTC)
    return tuple(Rating(one, asked.organisations[0], at, (4, 3, 3, 2, 1, 1)) for one in asked.organisations[1:])


DETAILS: dict[str, Details] = {
    "answer_backtest": lambda _asked: [(False,), (True,)],
    "answer_chances": lambda asked: [(organisation,) for organisation in [*asked.organisations[:5], "nobody"]],
    "answer_changes": lambda asked: [(asked.since,)],
    "answer_circle": lambda asked: [(organisation,) for organisation in [*asked.organisations[:5], "nobody"]],
    "answer_confirmation": lambda asked: [
        ((),),
        (tuple((*sorted(asked.organisations[:2]), one, asked.since) for one in asked.organisations[:1]),),
    ],
    "answer_confirmed_profiles": lambda asked: [
        ((),),
        (tuple((one, 3.0, asked.since) for one in asked.organisations),),
    ],
    "answer_donor_changes": lambda asked: [(asked.since,)],
    "answer_event": lambda asked: [(event,) for event in [*asked.events[:3], "nothing"]],
    "answer_fading": lambda _asked: [(False,), (True, 1)],
    "answer_flows": each_year(),
    "answer_gifts": lambda asked: [(organisation,) for organisation in [*asked.organisations, "nobody"]],
    "answer_holding": lambda _asked: [(False,), (True,)],
    "answer_has_reserves": each_year(),
    "answer_introductions": lambda _asked: [(False, 20), (True, 20)],
    "answer_moment": lambda asked: [(asked.since, "all", "", ""), (asked.since, "fading", "peace", "cooperation")],
    "answer_movements": lambda asked: [(asked.since,)],
    "answer_network": lambda _asked: [(), ("density", "mixing")],
    "answer_newly_exposed": two_years,
    "answer_organisation": lambda asked: [(organisation,) for organisation in [*asked.organisations[:5], "nobody"]],
    "answer_other_income": two_years,
    "answer_own_income": each_year(),
    "answer_presets": each_year(),
    "answer_quadrant": each_year(),
    "answer_shared_exposure": each_year(),
    "answer_trust": lambda asked: [((),), (ratings_of(asked),)],
    "answer_stress": lambda asked: [
        (None, (), ()),
        *((None, tuple(asked.donors[:1]), (("government", 0.3),)) for _some in asked.years),
    ],
    "answer_tie": lambda asked: [
        (asked.organisations[0], other) for other in [*asked.organisations[1:40], "nobody"] if asked.organisations
    ],
    "answer_year": each_year(),
}
"""The details of the questions that have any."""


def differences(value: Any, hint: Any, place: str = "") -> Iterator[str]:
    """Where a value is not what a type says. A number of numpy is one when Python says so; True is none."""
    if hint is Any:
        return
    if typing.is_typeddict(hint):
        if not isinstance(value, dict):
            yield f"{place}: {value!r} is no {hint.__name__}"
            return
        hints = get_type_hints(hint)
        yield from (f"{place}[{key!r}]: absent" for key in hint.__required_keys__ - value.keys())
        yield from (f"{place}[{key!r}]: not in {hint.__name__}" for key in value.keys() - hints.keys())
        for key in value.keys() & hints.keys():
            yield from differences(value[key], hints[key], f"{place}[{key!r}]")
        return
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        found = [list(differences(value, part, place)) for part in parts]
        if all(found):
            yield from max(found, key=len)
    elif origin is Literal:
        if value not in parts:
            yield f"{place}: {value!r} is none of {parts}"
    elif origin is list and isinstance(value, list):
        for index, item in enumerate(value):
            yield from differences(item, parts[0], f"{place}[{index}]")
    elif origin is dict and isinstance(value, dict):
        for key, item in value.items():
            yield from differences(key, parts[0], f"{place} key {key!r}")
            yield from differences(item, parts[1], f"{place}[{key!r}]")
    elif origin is tuple and isinstance(value, tuple) and len(value) == len(parts):
        for index, (item, part) in enumerate(zip(value, parts, strict=True)):
            yield from differences(item, part, f"{place}[{index}]")
    elif hint is float:
        if not isinstance(value, float | int) or isinstance(value, bool):
            yield f"{place}: {type(value).__name__} is no float"
    elif hint in (int, str, bool):
        if type(value) is not hint:
            yield f"{place}: {type(value).__name__} is no {hint.__name__}"
    elif not isinstance(value, origin or hint) or origin:
        yield f"{place}: {type(value).__name__} is no {hint}"


def asked_of(snapshot: Snapshot, view: View) -> Asked:
    years = questions.answer_income_years(snapshot, SETTINGS, view)
    donors = questions.answer_year(snapshot, SETTINGS, view, years[-1])["donor_totals"] if years else []
    held = questions.answer_events(snapshot, SETTINGS, view)["new_ties_after"]
    return Asked(
        since=view.as_of - datetime.timedelta(days=365),
        years=years[-2:],
        donors=[(donor["donor_key"], 1.0) for donor in donors if donor["donor"]],
        organisations=list(questions.answer_names(snapshot, SETTINGS, view)),
        events=[event["event_id"] for event in held],
    )


def wrong_answers(snapshot: Snapshot, view: View) -> list[str]:
    asked, found = asked_of(snapshot, view), []
    for name, question in QUESTIONS.items():
        hint = get_type_hints(question)["return"]
        for details in DETAILS.get(name, lambda _asked: [()])(asked):
            answer = question(snapshot, SETTINGS, view, *details)
            found += list(differences(answer, hint, f"{name}{details}"))
    return found


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[store.Scope], Snapshot]]:
    """A small demo, in which every column is filled, as seen through a scope."""
    home = tmp_path_factory.mktemp("demo")
    demo.write(home / "files", organisations=60)
    loading.load(home, SETTINGS, loading.read_files([home / "files"], SETTINGS), origin="demo")
    opened: list[Snapshot] = []

    def seen(scope: store.Scope) -> Snapshot:
        opened.append(store.open_snapshot(home, store.current_snapshot_id(home) or "", scope))
        return opened[-1]

    yield seen
    for snapshot in opened:
        snapshot.close()


@pytest.mark.parametrize("scope", [store.EVERYTHING, HIDDEN], ids=["everything", "hidden"])
def test_every_answer_about_the_demo_is_what_its_type_says(
    invented: Callable[[store.Scope], Snapshot], scope: store.Scope
) -> None:
    snapshot = invented(scope)
    newest = View(snapshot.newest_date(datetime.date(2026, 11, 27)))
    earlier = dataclasses.replace(newest, as_of=newest.as_of - datetime.timedelta(days=900), with_convenor=False)
    nobody = dataclasses.replace(newest, as_of=datetime.date(1980, 1, 1))
    assert [wrong for view in (newest, earlier, nobody) for wrong in wrong_answers(snapshot, view)] == []


def test_every_answer_about_the_sample_is_what_its_type_says(sample: Sample) -> None:
    """Real data, in which much is not known."""
    some = View(datetime.date(2020, 6, 30), sectors=("ngo", "knowledge"))
    assert [wrong for view in (some.unfiltered, some) for wrong in wrong_answers(sample.snapshot, view)] == []


def test_the_questions_asked_here_are_all_there_are_and_have_all_their_details() -> None:
    asked_by_questions_only = {"answer_history_of"}
    there_are = {name for name in questions.__all__ if name.startswith("answer_")} - asked_by_questions_only
    assert there_are | {"indicators"} == QUESTIONS.keys()
    # beside snapshot, settings, view and what it returns
    assert DETAILS.keys() == {name for name, question in QUESTIONS.items() if len(get_type_hints(question)) > 4}


def test_without_names_the_network_has_every_figure_its_type_names(sample: Sample) -> None:
    """The type says only which there may be, since a page asks for some."""
    whole = questions.answer_network(sample.snapshot, SETTINGS, View(datetime.date(2020, 6, 30)))
    assert whole.keys() == get_type_hints(network.Network).keys()


def untyped(hint: Any, place: str, seen: set[Any]) -> Iterator[str]:
    """Where a type says "anything"."""
    if hint is Any or hint is dict or hint is list:
        yield place
    if typing.is_typeddict(hint) and hint not in seen:
        seen.add(hint)
        for key, part in get_type_hints(hint).items():
            yield from untyped(part, f"{hint.__name__}.{key}", seen)
    for part in get_args(hint):
        yield from untyped(part, place, seen)


def test_no_answer_is_anything_but_the_columns_that_a_model_describes() -> None:
    found = {
        place
        for name, question in QUESTIONS.items()
        for place in untyped(get_type_hints(question)["return"], name, set())
    }
    assert found == {"Organisation.profile"}


def test_the_profile_of_an_organisation_has_the_columns_of_its_model(sample: Sample) -> None:
    view = View(datetime.date(2020, 6, 30))
    first = next(iter(questions.answer_names(sample.snapshot, SETTINGS, view)))
    found = questions.answer_organisation(sample.snapshot, SETTINGS, view, first)
    assert found is not None
    assert found["profile"].keys() == models.Organisation.model_fields.keys()


def test_a_difference_is_seen() -> None:
    """The checker above, on what it must not let through."""
    good: funding.Flow = {"donor_key": "x", "donor": None, "sector": "ngo", "amount_eur": 1.0}
    assert list(differences(good, funding.Flow)) == []
    for wrong in (
        {key: value for key, value in good.items() if key != "donor"},
        {**good, "more": 1},
        {**good, "sector": None},
        {**good, "amount_eur": True},
        {**good, "amount_eur": pd.Series([1]).to_numpy()[0]},
        {**good, "donor": 1},
        None,
    ):
        assert list(differences(wrong, funding.Flow)), wrong
    assert list(differences([good, {}], list[funding.Flow]))
    assert list(differences("other", Literal["one"]))
    assert list(differences({1: "a"}, dict[str, str]))
    assert list(differences((1,), tuple[str]))
    assert list(differences(pd.DataFrame(), list[funding.Flow]))
