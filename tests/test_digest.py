"""The digest: what the pages say of a month, on one page, ready to mail, the same whatever it is written as."""

import dataclasses
import datetime
import email
import email.policy
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from hubdata import access, demo, loading, notebook, questions, reports, settings, sharing, store
from hubdata.__main__ import main
from hubdata.reports import content
from hubdata.ui import chapters, session
from hubdata.ui.chapters.digest import digest

HUB = settings.Settings()
DAY = datetime.date
HOSTILE = 'Anna\n"& Co" <b>منظمة</b>'


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[session.Reader]:
    """A manager of the demo, whose hub is called what breaks headers."""
    home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    demo.write(files, organisations=60, seed=3)
    (home / "hub.toml").write_text(f"name = {json.dumps(HOSTILE, ensure_ascii=False)}\n", encoding="utf-8")
    outcome = loading.load(home, HUB, loading.read_files([files], HUB), origin="demo")
    assert outcome.manifest
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        yield chapters.manager_reader(None, "en")


def digest_for(reader: session.Reader, since: datetime.date | None = None) -> content.Report:
    with session.working_for(reader):
        return digest(since)


def said(report: content.Report) -> list[str]:
    return [line for part in report.chapters for line in (*part.sentences, *part.points)]


def test_the_numbers_are_those_of_the_questions(reader: session.Reader) -> None:
    report, since = digest_for(reader, DAY(2026, 6, 30)), DAY(2026, 6, 30)
    with session.working_for(reader):
        changes = session.ask(questions.answer_changes, since)
        fading = session.ask(questions.answer_fading, False)
        roads = session.ask(questions.answer_target_progress)
    changed, to_do, targets = report.chapters
    assert f"{len(changes['formed'])} new ties and {len(changes['ended'])} ties gone" in changed.sentences[0]
    assert len(changed.points) == 4
    ahead = {name: [aim for aim in road["road"] if aim["date"] > reader.view.as_of] for name, road in roads.items()}
    assert len(targets.points) == sum(bool(aims) for aims in ahead.values()) > 3, "the next one of each figure"
    calls = [point for point in to_do.points if point.startswith("Call: ")]
    assert len(calls) == 3
    assert all(tie["name_a"] in call and tie["name_b"] in call for tie, call in zip(fading, calls, strict=False))
    assert sum(point.startswith("Introduce: ") for point in to_do.points) == 3
    assert not [line for line in said(report) if "**" in line or "\\" in line]


def test_it_compares_with_the_last_pinned_day_of_three_months_and_else_with_a_month_before(
    reader: session.Reader,
) -> None:
    as_of = reader.view.as_of
    month = digest_for(reader)
    assert as_of == DAY(2026, 9, 30)
    assert month.subtitle == "30 August 2026 to 30 September 2026"
    assert "Compared with a month before." in said(month)
    home = settings.default_home()
    pinned = [
        notebook.pin_note(home, day, text)
        for day, text in ((DAY(2025, 1, 1), "Long ago"), (DAY(2026, 7, 15), "Council."), (as_of, "Today"))
    ]
    try:
        since_note = digest_for(reader)
        assert since_note.subtitle == "15 July 2026 to 30 September 2026"
        assert "Compared with the last day that was pinned: Council." in said(since_note)
        viewer = dataclasses.replace(reader, grant=link_grant(pages=["overview", "changes"]))
        assert "Council" not in repr(digest_for(viewer)), "notes are the manager's own"
    finally:
        for note in pinned:
            notebook.remove_note(home, note.id)


def link_grant(**scope: object) -> access.Grant:
    link, _token = sharing.create(settings.default_home(), HUB, label="x", **scope)  # type: ignore[arg-type]
    return access.grant_for_link(settings.default_home(), link)


def test_a_link_without_names_or_amounts_gets_none(reader: session.Reader) -> None:
    whole = digest_for(reader)
    pages = ["overview", "contacts", "changes"]
    hidden = digest_for(dataclasses.replace(reader, grant=link_grant(pages=pages, names=False)))
    names = [
        row["name"]
        for row in session.opened(settings.default_home(), reader.snapshot_id, store.EVERYTHING).records(
            "organisations"
        )
    ]
    assert any(name in repr(whole) for name in names)
    assert not [name for name in names if name in repr(hidden)]
    told = " ".join(said(hidden))
    assert "exposed" not in told
    assert "Introduce: " not in told
    assert "Call: Org. " in told


def test_mail_page_and_paper_say_the_same_on_one_page(reader: session.Reader) -> None:
    report = digest_for(reader)
    made = {extension: reports.write(report, extension) for extension in reports.DIGESTS}
    assert made == {extension: reports.write(report, extension) for extension in reports.DIGESTS}
    mail = email.message_from_bytes(made[".eml"], policy=email.policy.default)
    assert str(mail["Subject"]).startswith('Anna "& Co" <b>منظمة</b>: what changed and what to do – 30 August 2026')
    assert mail["X-Unsent"] == "1"
    assert [mail["From"], mail["To"], mail["Date"]] == [None, None, None], "the product sends nothing"
    plain, page = (part.get_content() for part in mail.iter_parts())
    assert page.splitlines() == made[".html"].decode().splitlines()
    assert "<b>منظمة" not in page
    paper = pypdf.PdfReader(io.BytesIO(made[".pdf"]))
    assert len(paper.pages) == 1
    on_paper = re.sub(r"\s|\u00ad|-", "", paper.pages[0].extract_text())
    for line in said(report):
        assert line in plain
        assert html.escape(line, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
        assert re.sub(r"\s|-", "", line)[:30] in on_paper


def test_the_command_writes_it_or_says_why_not(
    reader: session.Reader, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: object) -> tuple[int, str, str]:
        home = settings.default_home()
        status = main(["digest", "--home", str(home), "--language", "nl", *map(str, arguments)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    path = tmp_path / "bericht.eml"
    assert run(path, "--since", "2026-06-30") == (0, f"Geschreven: {path}\n", "")
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert "30 juni 2026 tot 30 september 2026" in str(mail["Subject"])
    assert run(path, "--since", "2026-09-30")[0] == 2
    assert run(tmp_path / "x.docx") == (
        2,
        "",
        f"{tmp_path / 'x.docx'} is geen bestand dat wij kunnen maken: kies een van .html, .eml, .pdf.\n",
    )
    assert [file.name for file in tmp_path.iterdir()] == ["bericht.eml"]
