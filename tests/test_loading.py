"""The commands, and what they share with the pages: handing in a drop, answering a question."""

import errno
import itertools
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from conftest import ROOT, SAMPLE

from hubdata import loading, settings, store
from hubdata.__main__ import main

GOOD = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\nd,Dora,ngo\ne,Eva,ngo\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main([*arguments[:1], "--home", str(tmp_path / "home"), "--language", "en", *arguments[1:]])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


@pytest.fixture
def drop(tmp_path: Path) -> Any:
    def write(**tables: str) -> str:
        folder = tmp_path / "drop"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text)
        return str(folder)

    return write


def test_check_reports_and_loads_nothing(run: Any, drop: Any, tmp_path: Path) -> None:
    status, out, _ = run("check", drop(organisations="name,sector\nA,nggo\n"), "--json")
    assert status == 1
    assert json.loads(out) == {
        "problems": [
            {
                "file": "organisations.csv",
                "row": 2,
                "column": "sector",
                "value": "nggo",
                "code": "unknown_code_near",
                "message": "This is not one of the words we know.",
                "remedy": "Did you mean ngo?",
            }
        ]
    }
    assert store.current_snapshot_id(tmp_path / "home") is None
    assert run("check", drop(organisations=GOOD), "--json")[:2] == (0, '{"problems": []}\n')
    status, out, _ = run("check", drop(organisations="name,sector\nA,nggo\n"), "--language", "nl")
    assert "rij 2" in out


def test_load_publishes_and_a_refused_load_changes_nothing(run: Any, drop: Any) -> None:
    status, out, _ = run("load", drop(organisations=GOOD), "--json")
    loaded = json.loads(out)
    assert status == 0
    assert loaded["tables"] == {"organisations": {"added": 5, "changed": 0, "removed": 0, "rejected": 0}}
    status, out, _ = run("load", drop(organisations=GOOD + "f,,ngo\n"), "--json")
    assert status == 1
    assert json.loads(out)["problems"][0]["column"] == "name"
    history = json.loads(run("history", "--json")[1])["snapshots"]
    assert [(s["id"], s["on_show"]) for s in history] == [(loaded["snapshot"], True)]


def test_skip_invalid_loads_the_rest_and_keeps_the_rejected_rows(run: Any, drop: Any, tmp_path: Path) -> None:
    status, out, _ = run("load", drop(organisations=GOOD + "f,,ngo\n"), "--skip-invalid", "--json")
    assert status == 0
    assert json.loads(out)["tables"]["organisations"]["rejected"] == 1
    (kept,) = (tmp_path / "home" / "rejected").rglob("organisations.csv")
    assert kept.read_text(encoding="utf-8-sig").splitlines()[0] == "organisation_id,name,sector,problem"
    assert run("load", drop(organisations="name\nA\n"), "--skip-invalid")[0] == 1


def test_rejected_rows_are_kept_even_when_nothing_else_changes(run: Any, drop: Any, tmp_path: Path) -> None:
    run("load", drop(organisations=GOOD))
    status, out, _ = run("load", drop(organisations=GOOD + "f,,ngo\ng,Gus,ngo,surplus\n"), "--skip-invalid", "--json")
    assert status == 0
    assert json.loads(out)["tables"]["organisations"]["rejected"] == 2
    (kept,) = (tmp_path / "home" / "rejected").rglob("organisations.csv")
    assert [line.split(",")[0] for line in kept.read_text(encoding="utf-8-sig").splitlines()[1:]] == ["f", "g"]


@pytest.mark.parametrize("where", ["write_file", "publish"])
def test_rejected_rows_are_kept_before_the_others_are_on_show_or_nothing_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """The disk is full when the rejected rows are written, or when the others are: nothing is loaded, nothing half kept."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    drop = {"organisations.csv": (GOOD + "f,,ngo\n").encode()}
    with monkeypatch.context() as patched:
        patched.setattr(store, where, full)
        with pytest.raises((store.StoreProblem, OSError)):
            loading.load(tmp_path, settings.Settings(), drop, skip_invalid=True)
    assert store.history(tmp_path) == []
    assert not list((tmp_path / "rejected").rglob("*"))
    assert loading.load(tmp_path, settings.Settings(), drop, skip_invalid=True).manifest
    assert len(list((tmp_path / "rejected").rglob("organisations.csv"))) == 1


def test_files_with_one_name_from_two_folders_do_not_overwrite_each_other(run: Any, tmp_path: Path) -> None:
    for folder, text in (("one", GOOD), ("two", "name,start_date\nParty,2020-01-01\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "list.CSV").write_text(text)
    status, out, _ = run("load", str(tmp_path / "one"), str(tmp_path / "two"), "--json")
    assert status == 0
    assert set(json.loads(out)["tables"]) == {"organisations", "events"}
    (received,) = (tmp_path / "home" / "archive").iterdir()
    assert len(list(received.glob("*.CSV"))) == 2


def test_a_load_that_removes_much_asks_first(run: Any, drop: Any) -> None:
    run("load", drop(organisations=GOOD))
    fewer = "\n".join(GOOD.splitlines()[:4]) + "\n"
    status, out, _ = run("load", drop(organisations=fewer), "--json")
    assert status == 1
    (asked,) = json.loads(out)["problems"]
    assert (asked["file"], "--yes" in asked["remedy"]) == ("organisations.csv", True)
    assert "--yes" in run("load", drop(organisations=fewer))[1]
    assert run("load", drop(organisations=fewer), "--yes")[0] == 0


def test_the_same_files_again_change_nothing_and_say_so(run: Any, drop: Any) -> None:
    run("load", drop(organisations=GOOD))
    status, out, _ = run("load", drop(organisations=GOOD))
    assert status == 0
    assert "nothing changed" in out
    assert len(json.loads(run("history", "--json")[1])["snapshots"]) == 1


def test_rollback_puts_an_older_snapshot_on_show(run: Any, drop: Any) -> None:
    first = json.loads(run("load", drop(organisations=GOOD), "--json")[1])["snapshot"]
    run("load", drop(organisations=GOOD + "f,Fay,ngo\n"))
    assert run("rollback", first)[0] == 0
    shown = {s["id"]: s["on_show"] for s in json.loads(run("history", "--json")[1])["snapshots"]}
    assert shown[first]
    assert sum(shown.values()) == 1
    status, _, err = run("rollback", "nope")
    assert status == 2
    assert "nope" in err


def test_own_data_never_builds_on_an_example(run: Any, drop: Any, tmp_path: Path) -> None:
    loading.first_start(tmp_path / "home", settings.Settings())
    status, out, _ = run("load", drop(organisations=GOOD), "--json")
    assert status == 0
    assert json.loads(out)["tables"]["organisations"]["removed"] == 0
    snapshot = store.open_snapshot(tmp_path / "home", json.loads(out)["snapshot"])
    assert {name: len(snapshot.records(name)) for name in ("organisations", "partnerships", "funding")} == {
        "organisations": 5, "partnerships": 0, "funding": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "verb",
    [
        "check",
        "load",
        "indicators",
        "organisation",
        "stress",
        "introductions",
        "history",
        "rollback",
        "template",
        "demo",
    ],
)
def test_every_verb_has_help_and_wrong_use_is_two(run: Any, verb: str) -> None:
    status, out, _ = run(verb, "--help")
    assert status == 0
    assert "--home" in out
    assert run(verb, "--no-such-option")[0] == 2


def test_wrong_use_says_what_is_wrong(run: Any, drop: Any, tmp_path: Path) -> None:
    for arguments in (
        ("load", str(tmp_path / "nowhere.csv")),
        ("indicators",),
        ("demo", str(tmp_path / "x"), "--organisations", "0"),
        ("indicators", "--as-of", "tomorrow"),
    ):
        status, _, err = run(*arguments)
        assert status == 2, arguments
        assert err
        assert "Traceback" not in err


def test_indicators_and_organisation_print_the_contracts_names(run: Any) -> None:
    assert run("load", str(SAMPLE))[0] == 0
    status, out, _ = run("indicators", "--as-of", "2020-06-30", "--json")
    assert status == 0
    found = json.loads(out)
    assert list(found) == ["as_of", "coverage", "network", "ties", "sectors", "funding", "events"]
    assert found["as_of"] == "2020-06-30"
    network = (
        "organisations ties density mean_degree median_degree isolates components largest_component_share transitivity "
        "average_path_length degree_centralisation cross_sector_share ei_index ei_expected ei_p_value sector_assortativity "
        "mixing modularity communities betweenness constraint articulation_points structural_share"
    )
    assert set(network.split()) <= set(found["network"])
    assert {"fading", "fading_share", "survival", "tie_changes"} <= set(found["ties"])
    assert {"sectors", "themes", "effective_sectors", "simpson_diversity", "location_quotient"} <= set(found["sectors"])
    organisation = (
        "income donors top_donor top_donor_share donor_hhi effective_donors category_hhi public_share government_share "
        "earned_share exposed reserve_months"
    )
    year = next(y for y in found["funding"]["years"] if y["year"] == 2020)
    assert set(organisation.split()) <= set(year["organisations"][0])
    events = "events attending_organisations repeat_share cross_sector_encounters new_ties_after conversion lift"
    assert set(events.split()) <= set(found["events"])

    status, out, _ = run("organisation", "EU-PIC-999960973", "--as-of", "2020-06-30", "--json")
    assert status == 0
    one = json.loads(out)
    names = {"organisation_id", "name", "sector", "degree", "betweenness", "constraint", "ties", "funding", "events"}
    assert names <= set(one)
    assert one["degree"] == len(one["ties"])
    assert one["betweenness"] == found["network"]["betweenness"]["EU-PIC-999960973"]
    assert run("organisation", "nobody")[0] == 2
    assert run("indicators", "--without-convenor", "--max-consortium", "3")[0] == 0


def test_the_module_runs_as_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hubdata", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "indicators" in done.stdout


def test_the_command_agrees_with_networkx_and_pandas_straight_from_the_files(run: Any) -> None:
    """None of our reading, SQL or indicators on the other side: the CSV files, pandas and networkx."""
    assert run("load", str(SAMPLE))[0] == 0
    found = json.loads(run("indicators", "--as-of", "2020-06-30", "--json")[1])

    day = pd.Timestamp("2020-06-30")
    organisations = pd.read_csv(SAMPLE / "organisations.csv").set_index("organisation_id")
    agreements = pd.read_csv(SAMPLE / "partnerships.csv", parse_dates=["start_date", "end_date"])
    running = agreements[(agreements["start_date"] <= day) & ~(agreements["end_date"] < day)]
    graph = nx.Graph()
    graph.add_nodes_from((i, {"sector": s}) for i, s in organisations["sector"].items())
    for listed in running["organisation_ids"]:
        graph.add_edges_from(itertools.combinations(listed.split("|"), 2))
    n, m = graph.number_of_nodes(), graph.number_of_edges()
    degrees = dict(graph.degree)
    largest = graph.subgraph(max(nx.connected_components(graph), key=len))
    across = sum(graph.nodes[a]["sector"] != graph.nodes[b]["sector"] for a, b in graph.edges)
    within_pairs = sum(k * (k - 1) // 2 for k in organisations["sector"].value_counts())
    expected = {
        "organisations": n,
        "ties": m,
        "density": nx.density(graph),
        "mean_degree": 2 * m / n,
        "median_degree": pd.Series(degrees).median(),
        "isolates": nx.number_of_isolates(graph),
        "components": nx.number_connected_components(graph),
        "largest_component_share": len(largest) / n,
        "transitivity": nx.transitivity(graph),
        "average_path_length": nx.average_shortest_path_length(largest),
        "degree_centralisation": sum(max(degrees.values()) - d for d in degrees.values()) / ((n - 1) * (n - 2)),
        "cross_sector_share": across / m,
        "ei_index": (2 * across - m) / m,
        "ei_expected": 1 - 2 * within_pairs / (n * (n - 1) / 2),
        "sector_assortativity": nx.attribute_assortativity_coefficient(graph, "sector"),
        "modularity": nx.community.modularity(graph, found["network"]["communities"]),
        "structural_share": 1.0,
    }
    assert {name: found["network"][name] for name in expected} == pytest.approx(expected)
    assert found["network"]["betweenness"] == pytest.approx(nx.betweenness_centrality(graph))
    constraint = {i: None if math.isnan(c) else pytest.approx(c) for i, c in nx.constraint(graph).items()}
    assert found["network"]["constraint"] == constraint
    assert set(found["network"]["articulation_points"]) == set(nx.articulation_points(graph))
    for cell in found["network"]["mixing"]:
        ends = {cell["sector_a"], cell["sector_b"]}
        assert cell["ties"] == sum({graph.nodes[a]["sector"], graph.nodes[b]["sector"]} == ends for a, b in graph.edges)

    counts = organisations["sector"].value_counts()
    assert {s["sector"]: s["organisations"] for s in found["sectors"]["sectors"]} == counts.to_dict()
    assert found["sectors"]["simpson_diversity"] == pytest.approx(1 - ((counts / n) ** 2).sum())

    money = pd.read_csv(SAMPLE / "funding.csv")
    years = {year["year"]: year for year in found["funding"]["years"]}
    assert set(years) == set(money["year"])
    for number, rows in money.groupby("year"):
        year = years[number]
        assert year["income"] == pytest.approx(rows["amount"].sum())
        assert year["categories"] == pytest.approx(rows.groupby("category")["amount"].sum().to_dict())
        assert year["donors"] == rows.loc[rows["amount"] > 0, "donor"].nunique()
        per_donor = rows.pivot_table(index="organisation_id", columns="donor", values="amount", aggfunc="sum").fillna(0)
        shares = per_donor.div(per_donor.sum(axis=1), axis=0)
        mine = pd.DataFrame(year["organisations"]).set_index("organisation_id")
        assert mine["income"].to_dict() == pytest.approx(per_donor.sum(axis=1).to_dict())
        assert mine["top_donor_share"].to_dict() == pytest.approx(shares.max(axis=1).to_dict())
        assert mine["donor_hhi"].to_dict() == pytest.approx((shares**2).sum(axis=1).to_dict())
        assert year["median_top_donor_share"] == pytest.approx(shares.max(axis=1).median())
        assert year["exposed_share"] == 1.0  # all of it is public money: every row is government or multilateral
