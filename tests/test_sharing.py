"""Shared links, who may what, and what a scope lets through: the real store, the real files."""

import ast
import datetime
import hashlib
import inspect
import json
import re
import stat
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT, Sample, table

from hubdata import access, audit, loading, models, page_list, questions, settings, sharing, store, texts, ui
from hubdata.store import EVERYTHING, Scope, View

SETTINGS = settings.Settings()
DAY = datetime.date(2020, 6, 30)


def make(home: Path, **asked: object) -> tuple[sharing.Link, str]:
    return sharing.create(home, SETTINGS, **{"label": "Alderman", **asked})  # type: ignore[arg-type]


# --- links ----------------------------------------------------------------------------------------------------------


def test_a_link_is_found_by_its_token_and_only_the_hash_is_kept(tmp_path: Path) -> None:
    link, token = make(tmp_path)
    assert len(token) >= 43  # 256 bits in base64
    assert sharing.by_token(tmp_path, token) == link
    assert sharing.by_token(tmp_path, token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert sharing.by_token(tmp_path, "") is None
    kept = (tmp_path / "links.json").read_text()
    assert token not in kept
    assert hashlib.sha256(token.encode()).hexdigest() in kept


def test_tokens_and_ids_differ(tmp_path: Path) -> None:
    made = [make(tmp_path) for _ in range(20)]
    assert len({token for _, token in made}) == len({link.id for link, _ in made}) == 20


def test_a_link_ends_when_it_expires_or_is_revoked(tmp_path: Path) -> None:
    link, token = make(tmp_path, days=1)
    assert datetime.timedelta(hours=23) < link.expires_at - sharing.now() <= datetime.timedelta(days=1)
    assert link.is_open(link.expires_at - datetime.timedelta(microseconds=1))
    assert not link.is_open(link.expires_at)
    sharing.revoke(tmp_path, link.id)
    assert sharing.by_token(tmp_path, token) is None
    assert sharing.by_id(tmp_path, link.id) is None
    first = sharing.links(tmp_path)[0].revoked_at
    sharing.revoke(tmp_path, link.id)
    assert sharing.links(tmp_path)[0].revoked_at == first, "the moment of revoking stays"
    with pytest.raises(sharing.SharingProblem):
        sharing.revoke(tmp_path, "nothing")


WRONG = {
    "no_label": {"label": "  "},
    "no_pages": {"pages": ()},
    "unknown_page": {"pages": ("overview", "data")},  # a page for managers cannot be shared
    "unknown_sector": {"sectors": ("nope",)},
    "unknown_funding": {"funding": "all"},
    "days": {"days": 366},
    "short_passphrase": {"passphrase": ""},  # asked for, and empty: refused, never silently without
    "names_needed": {"names": False, "funding": "full", "pages": ("funding",)},
    "funding_needed": {"pages": ("funding",)},
    "amounts_needed": {"pages": ("stress",), "funding": "totals"},
}


@pytest.mark.parametrize("code", WRONG)
def test_a_link_that_promises_what_it_does_not_keep_is_not_made(tmp_path: Path, code: str) -> None:
    with pytest.raises(sharing.SharingProblem) as problem:
        make(tmp_path, **WRONG[code])  # type: ignore[arg-type]
    assert problem.value.code == code
    assert sharing.links(tmp_path) == ()


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_link_works_for_one_to_365_days(tmp_path: Path, days: int) -> None:
    with pytest.raises(sharing.SharingProblem):
        make(tmp_path, days=days)


def test_a_passphrase_is_kept_as_argon2id(tmp_path: Path) -> None:
    link, _ = make(tmp_path, passphrase="open sesame")
    assert link.passphrase_hash.startswith("$argon2id$")
    assert sharing.passphrase_fits(link, "open sesame")
    assert not sharing.passphrase_fits(link, "open sesam")
    without, _ = make(tmp_path)
    assert not sharing.passphrase_fits(without, ""), "no hash fits nothing"


def test_a_password_is_kept_as_argon2id_and_nobody_else_reads_it(tmp_path: Path) -> None:
    assert sharing.password_hash(tmp_path) is None
    with pytest.raises(sharing.SharingProblem):
        sharing.set_password(tmp_path, "elevenchars")
    assert sharing.password_hash(tmp_path) is None
    sharing.set_password(tmp_path, "a long enough one")
    assert sharing.password_fits(tmp_path, "a long enough one")
    assert not sharing.password_fits(tmp_path, "a long enough two")
    sharing.secret(tmp_path)
    make(tmp_path)
    for name in ("manager.password", "secret.key", "links.json"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


@pytest.mark.parametrize("content", ["", "nonsense", "$argon2id$v=19$broken"])
def test_a_damaged_password_file_lets_nobody_in_and_stays_a_door(tmp_path: Path, content: str) -> None:
    (tmp_path / "manager.password").write_text(content)
    assert sharing.password_hash(tmp_path) is not None
    for said in ("", content, "a long enough one"):
        assert not sharing.password_fits(tmp_path, said)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"links": [{}]}', '{"links": [{"id": "x"}]}', "\x00"])
def test_damaged_links_let_nobody_in(tmp_path: Path, content: str) -> None:
    link, token = make(tmp_path)
    (tmp_path / "links.json").write_text(content)
    with pytest.raises(store.StoreProblem):
        sharing.by_token(tmp_path, token)
    assert access.authorise(tmp_path, access.Principal("viewer", link.id)) == access.NOTHING


def test_a_fixed_link_and_totals_keep_their_snapshot(tmp_path: Path) -> None:
    """As long as the link is open, however many loads come after it."""
    keeping = SETTINGS.model_copy(update={"keep_snapshots": 1})

    def load(names: str) -> str:
        content = "organisation_id,name,sector\n" + "".join(f"{n},{n},ngo\n" for n in names)
        outcome = loading.load(tmp_path, keeping, {"organisations.csv": content.encode()}, may_remove=True)
        assert outcome.manifest
        return outcome.manifest.id

    first = load("ab")
    fixed, _ = make(tmp_path, snapshot=first)
    second = load("abc")
    totals, _ = make(tmp_path, funding="totals")
    assert totals.totals_snapshot == second
    third = load("abcd")
    assert {m.id for m in store.history(tmp_path)} == {first, second, third}
    sharing.revoke(tmp_path, fixed.id)
    sharing.revoke(tmp_path, totals.id)
    fourth = load("abcde")
    assert {m.id for m in store.history(tmp_path)} == {fourth}
    with pytest.raises(store.StoreProblem):
        make(tmp_path, snapshot=first)
    assert len(sharing.links(tmp_path)) == 2


def test_a_restore_does_not_bring_back_a_revoked_link(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.zip"
    loading.load(home, SETTINGS, {"organisations.csv": b"organisation_id,name,sector\na,A,ngo\n"})
    revoked, token = make(home)
    kept, kept_token = make(home)
    store.backup(home, file)
    sharing.revoke(home, revoked.id)
    later, later_token = make(home)
    loading.restore(home, file)
    assert sharing.by_token(home, token) is None
    assert sharing.by_token(home, kept_token) == kept
    assert sharing.by_token(home, later_token) == later
    elsewhere = tmp_path / "elsewhere"
    loading.restore(elsewhere, file)
    assert sharing.by_token(elsewhere, kept_token) == kept
    (home / "links.json").write_text("damaged")
    with pytest.raises(store.StoreProblem):
        loading.restore(home, file)
    assert (home / "links.json").read_text() == "damaged", "nothing was changed"


def test_neither_password_nor_key_are_in_a_backup(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.zip"
    loading.load(home, SETTINGS, {"organisations.csv": b"organisation_id,name,sector\na,A,ngo\n"})
    sharing.set_password(home, "a long enough one")
    key = sharing.secret(home).hex()
    audit.note(home, "x", "y")
    store.backup(home, file)
    import zipfile

    with zipfile.ZipFile(file) as packed:
        names = packed.namelist()
        assert not [name for name in names if "password" in name or "secret" in name or "audit" in name]
        assert not any(key.encode() in packed.read(name) for name in names)


def test_the_address_is_the_settings_and_never_the_visitors(tmp_path: Path) -> None:
    assert sharing.address(SETTINGS, "T") == "http://localhost:8501/s/T"
    ours = settings.Settings(public_address="https://dashboard.example.nl/")
    assert sharing.address(ours, "T") == "https://dashboard.example.nl/s/T"
    assert sharing.address_is_local(SETTINGS)
    assert not sharing.address_is_local(ours)
    for wrong in ("dashboard.example.nl", "javascript:alert(1)", "https://a/b", "https://a@b"):
        with pytest.raises(ValueError, match="public_address"):
            settings.Settings(public_address=wrong)


# --- who may what ---------------------------------------------------------------------------------------------------


def test_a_manager_may_everything_and_a_stranger_nothing(tmp_path: Path) -> None:
    manager = access.authorise(tmp_path, access.Principal("manager", "x"))
    assert set(manager.pages) == set(ui.PAGES)
    assert (manager.scope, manager.may_change, manager.downloads) == (EVERYTHING, True, True)
    for principal in (access.STRANGER, access.Principal("viewer", "x"), access.Principal("viewer", "")):
        assert access.authorise(tmp_path, principal) == access.NOTHING
    assert access.NOTHING.scope is None
    assert not any(access.may_ask(access.NOTHING, name) for name in access.ANSWERS)


def test_a_viewer_has_what_the_link_covers(tmp_path: Path) -> None:
    loading.load(tmp_path, SETTINGS, {"organisations.csv": b"organisation_id,name,sector\na,A,ngo\n"})
    link, _ = make(tmp_path, pages=("network", "funding"), sectors=("ngo",), funding="totals", names=False)
    grant = access.authorise(tmp_path, access.Principal("viewer", link.id))
    assert (grant.pages, grant.may_change, grant.downloads, grant.names) == (
        ("network", "funding"),
        False,
        False,
        False,
    )
    assert grant.scope
    assert grant.scope.sectors == ("ngo",)
    assert (grant.scope.names, grant.scope.amounts) == (False, False)
    assert grant.totals_scope
    assert grant.totals_scope.amounts
    sharing.revoke(tmp_path, link.id)
    assert access.authorise(tmp_path, access.Principal("viewer", link.id)) == access.NOTHING


def test_a_link_that_was_tampered_with_gets_no_page_of_managers(tmp_path: Path) -> None:
    link, _ = make(tmp_path)
    content = json.loads((tmp_path / "links.json").read_text())
    content["links"][0]["pages"] = ["overview", "data", "share"]
    (tmp_path / "links.json").write_text(json.dumps(content))
    assert access.authorise(tmp_path, access.Principal("viewer", link.id)).pages == ("overview",)


def test_a_principal_that_somebody_made_up_is_a_stranger(tmp_path: Path) -> None:
    manager = access.Principal("manager", "this machine")
    signed = access.sign(tmp_path, manager)
    assert access.read(tmp_path, signed) == manager
    for wrong in (None, "", "manager", '["manager", "x", ""]', signed[:-1], f"x{signed}", signed.replace(".", "")):
        assert access.read(tmp_path, wrong) == access.STRANGER
    other = tmp_path / "other"
    assert access.read(other, signed) == access.STRANGER


def functions_of(module: object, prefix: str) -> set[str]:
    return {name for name, _ in inspect.getmembers(module, inspect.isfunction) if name.startswith(prefix)}


def test_every_question_and_every_page_says_what_it_gives_away() -> None:
    # `answer_history_of` takes no settings: it is a part of others and cannot be asked.
    assert functions_of(questions, "answer_") - {"answer_history_of"} == set(access.ANSWERS)
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} - {"navigation"} == set(page_list.PAGES)
    assert set(page_list.PAGES) - set(sharing.PAGES) == {"asking", "data", "share"}
    assert set(sharing.USUAL_PAGES) <= set(sharing.PAGES)


@pytest.mark.parametrize(
    ("code", "need"),
    [("names_needed", "needs_names"), ("funding_needed", "needs_income"), ("amounts_needed", "needs_amounts")],
)
def test_a_refusal_names_the_pages_that_need_more(code: str, need: str) -> None:
    sentence = sharing.SENTENCES[code]
    for name, page in page_list.PAGES.items():
        needs = getattr(page, need)
        assert (page.title in sentence) == needs, name


@pytest.mark.parametrize("name", ["introductions", "organisation"])
def test_a_page_about_names_is_not_shared_without_them(tmp_path: Path, name: str) -> None:
    with pytest.raises(sharing.SharingProblem) as problem:
        make(tmp_path, pages=("overview", name), names=False)
    assert problem.value.code == "names_needed"


def test_a_page_that_is_no_more_is_in_no_link(tmp_path: Path) -> None:
    """Links keep the names of their pages; a later version may have others."""
    link, token = make(tmp_path, pages=("network", "overview"))
    content = json.loads((tmp_path / "links.json").read_text())
    content["links"][0]["pages"] = ["maps", "network", "overview"]
    (tmp_path / "links.json").write_text(json.dumps(content))
    assert access.authorise(tmp_path, access.Principal("viewer", link.id)).pages == ("network", "overview")
    sharing.note_opened(tmp_path, link.id)
    assert sharing.by_token(tmp_path, token).pages == ("maps", "network", "overview")


def test_what_is_in_no_table_is_refused() -> None:
    everything = access.Grant(kind="manager", scope=EVERYTHING, funding="full", names=True)
    assert not access.may_ask(everything, "answer_something_new")


def test_amounts_and_names_are_only_for_who_may_have_them() -> None:
    for name, needs in access.ANSWERS.items():
        for funding in sharing.FUNDING:
            for names in (True, False):
                grant = access.Grant(kind="viewer", scope=EVERYTHING, funding=funding, names=names)
                may = (funding == "full" or not needs.amounts) and (names or not needs.names) and not needs.manager
                assert access.may_ask(grant, name) == may


def calls(node: ast.AST) -> set[str]:
    found = set()
    for call in ast.walk(node):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
        ):
            found.add(f"{call.func.value.id}.{call.func.attr}")
    return found


UI = sorted((ROOT / "hubdata" / "ui").rglob("*.py"))
ACTIONS = {
    f"{module}.{name}"
    for module in ("loading", "notebook", "sharing", "asking", "proposals")
    for name in access.ACTIONS
}


def test_every_action_of_a_page_is_for_managers_only() -> None:
    """What changes something is called from `ui`, in functions that first stop whoever is no manager."""
    guarded = 0
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in UI]
    for function in [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]:
        if (ACTIONS - {"loading.first_start"}) & calls(function):
            body = [ast.unparse(statement) for statement in function.body]
            assert "only_manager()" in body[:3], f"{function.name} changes something and lets anybody do it"
            guarded += 1
    assert guarded >= 6
    for path in (ROOT / "pages").glob("*.py"):
        assert not ACTIONS & calls(ast.parse(path.read_text(encoding="utf-8"))), path


def test_pages_get_data_in_one_way_only() -> None:
    """No page and nothing in `ui` opens a snapshot or reads a table but through the grant."""
    for path in (ROOT / "pages").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"store\.|open_snapshot|snapshot\(\)\.(?!manifest)|\.rows\(|\.records\(|\bopened\(", text
        ), path
    text = "\n".join(path.read_text(encoding="utf-8") for path in UI)
    assert len(re.findall(r"store\.open_snapshot\(", text)) == 1
    for line in text.splitlines():
        if re.search(r"\bopened\(", line) and not line.startswith("def "):
            assert re.search(r"scope|made_of|EVERYTHING", line), line
    assert "session_state" not in Path(access.__file__).read_text(encoding="utf-8")


# --- what a scope lets through --------------------------------------------------------------------------------------


@pytest.fixture
def scoped(sample: Sample, tmp_path: Path) -> "Scoped":
    return Scoped(sample, tmp_path)


class Scoped:
    def __init__(self, sample: Sample, home: Path) -> None:
        tables = {name: sample.snapshot.arrow(name) for name in models.TABLES}
        self.home = home
        self.id = store.publish(home, tables, origin="sample").id

    def open(self, **scope: object) -> store.Snapshot:
        return store.open_snapshot(self.home, self.id, Scope(**{"key": "secret", **scope}))  # type: ignore[arg-type]


@pytest.mark.parametrize("sectors", [("knowledge",), ("knowledge", "business", "ngo")])
@pytest.mark.parametrize("themes", [(), ("crisis-response", "fighting-crime")])
def test_a_fixed_filter_gives_the_figures_of_the_same_filter_chosen_by_hand(
    scoped: Scoped, sectors: tuple[str, ...], themes: tuple[str, ...]
) -> None:
    fixed = scoped.open(sectors=sectors, themes=themes)
    whole = store.open_snapshot(scoped.home, scoped.id)
    by_hand = View(DAY, sectors=sectors, themes=themes)
    for question in (
        questions.answer_network,
        questions.answer_ties,
        questions.answer_sectors,
        questions.answer_funding,
    ):
        # The rows are the same and come in another order, so the last digit of a sum may differ.
        found, wanted = (
            rounded(answer) for answer in (question(fixed, SETTINGS, View(DAY)), question(whole, SETTINGS, by_hand))
        )
        assert found == wanted, question.__name__
    assert len(fixed.table("organisations")) < len(whole.table("organisations"))


def rounded(answer: Any) -> Any:
    """An answer with twelve digits of each number."""
    if isinstance(answer, dict):
        return {name: rounded(value) for name, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [rounded(value) for value in answer]
    return float(f"{answer:.12g}") if isinstance(answer, float) else answer


def test_a_viewers_own_filter_only_narrows(scoped: Scoped) -> None:
    fixed = scoped.open(sectors=("ngo",))
    for sectors in ((), ("ngo",), ("business",), ("ngo", "business")):
        found = fixed.rows("active_organisations", View(DAY, sectors=sectors))
        assert set(found["sector"]) <= {"ngo"}


def everything_in(snapshot: store.Snapshot) -> str:
    return json.dumps({name: snapshot.records(name) for name in models.TABLES}, default=str)


def test_without_names_no_name_or_identifier_is_left_anywhere(scoped: Scoped) -> None:
    whole = store.open_snapshot(scoped.home, scoped.id).table("organisations")
    content = everything_in(scoped.open(names=False))
    hidden = [value for column in ("organisation_id", "name", "website") for value in whole[column].dropna()]
    events = store.open_snapshot(scoped.home, scoped.id).table("events")
    hidden += [*events["event_id"], *(name for name in events["name"] if len(name) > 12)]
    assert [value for value in hidden if json.dumps(value)[1:-1] in content] == []


def test_outside_the_filter_no_name_or_identifier_is_left_but_as_donor(scoped: Scoped) -> None:
    whole = store.open_snapshot(scoped.home, scoped.id).table("organisations")
    outside = whole[whole["sector"] != "knowledge"]
    found = scoped.open(sectors=("knowledge",))
    content = json.dumps({n: found.records(n) for n in models.TABLES if n != "funding"}, default=str)
    assert {row["organisation_id"] for row in found.records("funding")} <= set(
        found.table("organisations")["organisation_id"]
    )
    assert [v for v in outside["organisation_id"] if f'"{v}"' in content] == []
    assert [v for v in outside["name"] if json.dumps(v) in content] == []


def test_stand_ins_stay_the_same_and_differ_per_key(scoped: Scoped) -> None:
    def names(key: str) -> list[str]:
        return sorted(scoped.open(names=False, key=key).table("organisations")["name"])

    assert names("one") == names("one")
    assert not set(names("one")) & set(names("two"))
    assert all(re.fullmatch(r"Org\. [0-9A-F]{6}", name) for name in names("one"))
    with pytest.raises(ValueError, match="key"):
        scoped.open(names=False, key="")


def test_without_amounts_there_are_none(tmp_path: Path) -> None:
    tables = {
        "organisations": table(
            "organisations", [{"organisation_id": "a", "name": "A", "sector": "ngo", "reserves": 5.0}]
        ),
        "events": table("events", [{"event_id": "e", "name": "E", "start_date": DAY, "cost": 5.0}]),
        "funding": table(
            "funding", [{"organisation_id": "a", "year": 2020, "donor": "D", "category": "other", "amount": 5.0}]
        ),
    }
    snapshot_id = store.publish(tmp_path, tables, origin="own").id
    found = store.open_snapshot(tmp_path, snapshot_id, Scope(amounts=False, key="k"))
    assert found.records("funding") == []
    assert found.records("organisations")[0]["reserves"] is None
    assert found.records("events")[0]["cost"] is None


def test_a_donor_that_is_an_organisation_has_no_name_either(tmp_path: Path) -> None:
    tables = {
        "organisations": table(
            "organisations",
            [
                {"organisation_id": "a", "name": "Anna", "sector": "ngo"},
                {"organisation_id": "m", "name": "Ministerie", "sector": "government"},
            ],
        ),
        "funding": table(
            "funding",
            [
                {"organisation_id": "a", "year": 2020, "donor": donor, "donor_id": donor_id, "category": "government", "amount": 1.0}
                for donor, donor_id in (("Ministerie", "m"), ("  ministerie ", None), ("Lottery", None))
            ],
        ),
    }  # fmt: skip
    snapshot_id = store.publish(tmp_path, tables, origin="own").id
    found = store.open_snapshot(tmp_path, snapshot_id, Scope(names=False, key="k"))
    names = {row["organisation_id"]: row["name"] for row in found.records("organisations")}
    donors = {row["donor"] for row in found.records("funding")}
    ministry = "Org. " + hashlib.sha256(b"k/organisation/m").hexdigest()[:6].upper()
    assert ministry in names.values()
    assert len(donors) == 2
    assert ministry in donors
    assert re.fullmatch(r"Donor [0-9A-F]{6}", min(donors))
    with_names = store.open_snapshot(tmp_path, snapshot_id, Scope(sectors=("ngo",), key="k"))
    assert {row["donor"] for row in with_names.records("funding")} == {"Ministerie", "  ministerie ", "Lottery"}


def test_nothing_else_is_left_in_the_database_of_a_scope(scoped: Scoped) -> None:
    snapshot = scoped.open(sectors=("ngo",))
    with snapshot._connection.cursor() as cursor:
        databases = {row[0] for row in cursor.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
        assert databases == {"memory", "snapshot", "system", "temp"}
        listed = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'snapshot'").fetchall()
        assert {row[0] for row in listed} == set(models.TABLES)
        assert cursor.execute("SELECT getvariable('scope_key')").fetchone() == (None,)
        path = str(scoped.home / "snapshots" / scoped.id / "hub.duckdb")
        with pytest.raises(Exception, match=r"(?i)disabled|permission"):
            cursor.execute(f"ATTACH '{path}' AS whole (READ_ONLY)")


def test_two_scopes_never_share_a_cache(scoped: Scoped) -> None:
    keys = {
        scoped.open(**scope).key
        for scope in (
            {},
            {"sectors": ("ngo",)},
            {"themes": ("ngo",)},
            {"names": False},
            {"amounts": False},
            {"names": False, "amounts": False},
            {"key": "other"},
            {"sectors": ("ngo", "business")},
        )
    }
    assert len(keys) == 8
    assert "secret" not in "".join(keys)


# --- the audit log --------------------------------------------------------------------------------------------------


def test_the_audit_log_says_who_did_what_and_forgets_after_180_days(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    folder.mkdir()
    today = datetime.datetime.now(datetime.UTC).date()
    for days in (179, 180, 181, 400):
        (folder / f"{today - datetime.timedelta(days=days)}.jsonl").write_text("{}\n")
    audit.note(tmp_path, "viewer", "opened", link="abc", detail="overview")
    left = sorted((today - datetime.date.fromisoformat(path.stem)).days for path in folder.glob("*.jsonl"))
    assert left == [0, 179, 180]
    event = json.loads((folder / f"{today}.jsonl").read_text())
    assert {name: event[name] for name in ("who", "what", "link", "detail")} == {
        "who": "viewer", "what": "opened", "link": "abc", "detail": "overview",
    }  # fmt: skip


def test_every_sentence_of_sharing_exists_in_both_languages() -> None:
    for language in texts.LANGUAGES:
        for sentence in sharing.SENTENCES.values():
            assert texts.translation(language).gettext(sentence)
    assert pd.Series(list(sharing.SENTENCES.values())).is_unique
