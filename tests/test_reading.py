"""Bytes of a file -> header and cells. Workbooks are written here as the few XML files that they are."""

import base64
import io
import pickle
import re
import struct
import time
import zipfile
import zlib
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubdata import reading
from hubdata.cells import FORMULA_STARTS, neutralise, without_apostrophe
from hubdata.reading import Limits, Table, read

law = settings(deadline=None)  # one example is fast, but a busy machine is not


def one(content: bytes | str, limits: Limits = reading.DEFAULT_LIMITS) -> Table:
    (table,) = read(content.encode() if isinstance(content, str) else content, limits)
    return table


def records(table: Table) -> list[tuple[int, dict[str, Any]]]:
    return list(zip(table.rows.tolist(), table.cells.to_pylist(), strict=True))


def cells(content: bytes | str) -> list[dict[str, Any]]:
    return one(content).cells.to_pylist()


def codes(content: bytes | str, limits: Limits = reading.DEFAULT_LIMITS) -> list[tuple[str, int]]:
    return [
        (finding.code, finding.row)
        for table in read(content.encode() if isinstance(content, str) else content, limits)
        for finding in table.findings
    ]


# --- CSV: encoding and separator


@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        ('name,fte\n"Café, de Vrede",3\n'.encode(), "UTF-8", ","),
        ('name;fte\r\n"Café, de Vrede";3\r\n'.encode("utf-8-sig"), "UTF-8", ";"),
        ("name\tfte\rCafé, de Vrede\t3".encode("cp1252"), "Windows-1252", "\t"),
        ("name;fte\nCafé, de Vrede;3".encode("utf-16"), "UTF-16", ";"),
        (b"\xfe\xff" + "name;fte\nCafé, de Vrede;3".encode("utf-16-be"), "UTF-16", ";"),
        ("name;fte\nCafé, de Vrede;3".encode("utf-16-le"), "UTF-16", ";"),
        ("name;fte\nCafé, de Vrede;3".encode("utf-16-be"), "UTF-16", ";"),
    ],
)
def test_every_way_of_saving_reads_the_same(content: bytes, encoding: str, separator: str) -> None:
    table = one(content)
    assert (table.encoding, table.separator) == (encoding, separator)
    assert records(table) == [(2, {"name": "Café, de Vrede", "fte": "3"})]


@pytest.mark.parametrize("line", ["sep=;\n", '"sep=;"\r\n', "SEP=;\r"])
def test_the_separator_line_of_excel_is_no_row(line: str) -> None:
    assert records(one(line + "a,b;c\n1;2\n")) == [(2, {"a,b": "1", "c": "2"})]


def test_the_separator_is_the_one_that_occurs_most_outside_quotes() -> None:
    assert one('\n"a;b;c",d\n').header == ["a;b;c", "d"]
    assert one("a;b,c\n").header == ["a", "b,c"]
    assert one("a\tb;c\n").header == ["a", "b;c"]


def test_a_file_of_two_encodings_is_not_guessed() -> None:
    assert codes(b"name\nCaf\xc3\xa9\nCaf\xe9\n") == [("mixed_encoding", 3)]
    assert codes(b"\xef\xbb\xbfname\r\nCaf\xe9\n") == [("mixed_encoding", 2)]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b"name\n\nCaf\xe9\x81\n", 3),  # undefined in Windows-1252
        (b"\xff\xfea\0\n\0b\0\n\0\x00\xd8c\0", 3),  # half a character
        (b"\xff\xfea\0\n", 1),
        (b"%PDF-1.7\n", 0),
        (b"\x89PNG\r\n\x1a\n", 0),
        (b"\x7fELF\2\1\1\0\3\4\5\6\7\n", 0),
    ],
)
def test_what_is_no_text_is_refused_with_the_line(content: bytes, row: int) -> None:
    assert codes(content) == [("not_text", row)]


# --- CSV: rows


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    table = one('name\n\n"two\nlines"\n  \nlast\n')
    assert records(table) == [(3, {"name": "two\nlines"}), (5, {"name": "last"})]
    assert records(one("a,b\r\n1,2\r\n\r\n,,,\r\n3\r\n\r\n")) == [(2, {"a": "1", "b": "2"}), (5, {"a": "3", "b": ""})]
    assert not table.findings


def test_a_short_row_is_padded_and_trailing_separators_are_ignored() -> None:
    assert cells("a;b;;\n1\n2;3;;\n4;5;;;; \n") == [{"a": "1", "b": ""}, {"a": "2", "b": "3"}, {"a": "4", "b": "5"}]


def test_a_row_longer_than_the_header_is_a_finding_and_the_others_are_read() -> None:
    table = one("a,b,\n1,2,3\n4,5,\n6,7,,8\n")
    assert table.findings == [
        reading.Finding("row_too_long", 2, "", "3", ("1", "2", "3")),
        reading.Finding("row_too_long", 4, "", "8", ("6", "7", "", "8")),
    ]
    assert table.rows.tolist() == [3]


def test_a_nameless_column_is_called_by_its_letter_when_it_has_content() -> None:
    assert cells("a,,b,,c\n1,,2,x,3\n") == [{"a": "1", "b": "2", "column D": "x", "c": "3"}]


def test_two_columns_with_one_name_are_refused() -> None:
    table = one("a,b, a ,b\n1,2\n")
    assert [(f.code, f.row, f.column) for f in table.findings] == [
        ("duplicate_header", 1, "a"),
        ("duplicate_header", 1, "b"),
    ]
    assert table.cells.num_rows == 0


@pytest.mark.parametrize("record", ['3,"4', '3,"4" x', '"3"4,5'])
def test_a_broken_quotation_does_not_swallow_the_rest_in_silence(record: str) -> None:
    table = one(f"a,b\n1,2\n{record}\n5,6\n")
    assert [(f.code, f.row) for f in table.findings] == [("broken_quotes", 3)]
    assert table.rows.tolist() == [2]


def test_a_quote_inside_an_unquoted_cell_is_a_character() -> None:
    assert cells('a,b\n5" pipe,x"y"\n') == [{"a": '5" pipe', "b": 'x"y"'}]


def test_a_nul_byte_a_long_cell_and_an_empty_file_are_findings() -> None:
    assert one(b"a,b\n1,\x002\n3,4\n").findings == [reading.Finding("nul_byte", 2, "b", "", ("1", "\x002"))]
    long = one("a,b\n1,éééééé\n2,ééééé\n", Limits(cell_characters=5))
    assert long.findings == [reading.Finding("cell_too_long", 2, "b", "6")]
    assert long.rows.tolist() == [3]
    for nothing in (b"", b"\n\n ; \n", b"\xef\xbb\xbf", b"sep=;\n", b"\xff\xfe"):
        assert codes(nothing) == [("empty_file", 0)]


def test_a_formula_and_a_mark_in_the_middle_stay_text() -> None:
    assert cells("a,b\n\ufeff1,=2+3\n") == [{"a": "\ufeff1", "b": "=2+3"}]


def test_the_row_with_the_headings_is_found() -> None:
    words = frozenset({"name", "sector", "city"})

    def found(text: str, known: frozenset[str] = words) -> tuple[list[str], list[int]]:
        (table,) = read(text.encode(), words=known)
        return table.header, table.rows.tolist()

    assert found("name,sector\nCity,Name\n") == (["name", "sector"], [2])
    assert found("\n\nMy list of 2024\n\nname;sector;city\na;b;c\n") == (["name", "sector", "city"], [6])
    assert found("List, of 2024\nname;sector\na;b\n") == (["name", "sector"], [3])
    assert found("General,,Size\nName,Sector,FTE\na,b,3\n") == (["Name", "Sector", "FTE"], [3])
    assert found("Title\nname,colour\na,b\n") == (["name", "colour"], [3])
    assert found("note\n" * 19 + "name,sector\na,b\n") == (["name", "sector"], [21])
    assert found("Title;;\n;;\nНазва;Сектор;Місто\nа;б;в\n") == (["Назва", "Сектор", "Місто"], [4])
    assert found("Title\n\none;two\na;b\n", frozenset()) == (["one", "two"], [4])
    assert found("list\na\nb\n") == (["list"], [2, 3])
    assert found("name\nThis, that\nx; y; z\n") == (["name"], [2, 3])
    assert codes("a\nb;3;4\n") == [("row_too_long", 2)]  # a number is no heading


def test_a_row_of_hashtags_is_no_row_of_the_list() -> None:
    table = one("name,year\n#org +name,#date+year\nx,1\n#1,#2\n#metoo,\n")
    assert records(table) == [
        (n, dict(zip(("name", "year"), r, strict=True)))
        for n, r in ((3, ("x", "1")), (4, ("#1", "#2")), (5, ("#metoo", "")))
    ]
    assert [(r.code, r.gaps["count"]) for r in table.remarks] == [("hashtags", 1)]


def test_spaces_around_quoted_cells_belong_to_the_file() -> None:
    assert cells('"a", "b" ,c\n"1", "2, ""x"" , y" , 3\n "4" ,"5",6\n') == [
        {"a": "1", "b": '2, "x" , y', "c": " 3"},
        {"a": "4", "b": "5", "c": "6"},
    ]
    assert cells('a;b\n5" pipe; "x"\n') == [{"a": '5" pipe', "b": "x"}]
    assert cells('a,b\n"x, "" y",z\n') == [{"a": 'x, " y', "b": "z"}]


@pytest.mark.parametrize("quotes", ["''", "‘’", "“”", "„“", "«»"])
def test_other_quotation_marks_around_every_text_belong_to_the_file(quotes: str) -> None:
    begin, end = quotes
    rows = [["naam", "sector"], ["Vrede", "ngo"], ["", "ngo"]]
    text = "\n".join(";".join(f"{begin}{cell}{end}" for cell in row) for row in rows)
    (table,) = reading.read(text.encode())
    assert [[*record.values()] for record in table.cells.to_pylist()] == rows[1:]
    (table,) = reading.read(f"naam;sector\n{begin}Vrede{end};{begin}ngo{end}\n".encode())
    assert table.cells.to_pylist() == [{"naam": f"{begin}Vrede{end}", "sector": f"{begin}ngo{end}"}]


def test_a_line_that_is_one_cell_is_taken_apart() -> None:
    table = one('a,b\n1,2\n"3,""4, 5"""\n"6, 7"\n"8",9\n"10"\n')
    assert [r["b"] for r in table.cells.to_pylist()] == ["2", "4, 5", " 7", "9", ""]
    assert [(r.code, r.gaps["count"]) for r in table.remarks] == [("rows_taken_apart", 2)]
    assert codes('a,b\n"1,2,""3"""\n') == [("row_too_long", 2)]


def test_what_was_written_for_excel_is_read_as_the_text_it_is() -> None:
    assert cells('="a";b\n="007";"=""x;y"""\n') == [{"a": "007", "b": "x;y"}]


WORDS = [
    "Café",
    "één",
    "België",
    "Coöperatie",
    "reünie",
    "financiële",
    "Oekraïne",
    "crème",
    "Curaçao",
    "Zoë",
    "ideeën",
    "foto’s",
]


@law
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
    st.sampled_from(list(reading.encoding.SINGLE_BYTE.values())),
)
def test_letters_are_read_as_they_were_written_or_not_at_all(words: list[str], codec: str) -> None:
    try:
        content = ("name\n" + "\n".join(words) + "\n").encode(codec)
    except UnicodeEncodeError:
        return
    (table,) = read(content)
    if codec == "cp1252":
        assert not table.findings
    if table.findings:
        assert [f.code for f in table.findings] == ["doubtful_letters"]
    else:
        assert [r["name"] for r in table.cells.to_pylist()] == words


def test_letters_in_doubt_are_asked_and_then_read_as_somebody_said() -> None:
    content = "Leden 2026\n\nname,sector\ncoöperatie,ngo\n".encode("mac_roman")
    (table,) = read(content)
    assert table.doubtful == reading.DoubtfulLetters(
        "leden 2026", {"Windows-1252": "cošperatie", "Mac Roman": "coöperatie"}
    )
    words = frozenset({"name", "sector"})
    for encoding, word in table.doubtful.readings.items():
        (said,) = reading.read(content, words=words, letters={"leden 2026": encoding})
        assert [row["name"] for row in said.cells.to_pylist()] == [word]
        assert said.encoding == encoding
        assert [remark.gaps["kind"] for remark in said.remarks if remark.code == "letters_of"] == [encoding]
    # what the words themselves say needs no answer, and a wrong one is not heard
    (sure,) = reading.read(
        "Leden 2026\n\nname,sector\nCafé,ngo\n".encode("mac_roman"), words=words, letters={"leden 2026": "MS-DOS"}
    )
    assert [row["name"] for row in sure.cells.to_pylist()] == ["Café"]


def test_a_table_can_be_handed_to_another_process() -> None:
    for table in read(b"Title\n\nname,sector\nx,y\n", words=frozenset({"name", "sector"})):
        again = pickle.loads(pickle.dumps(table))
        assert (records(again), again.remarks, again.header_row) == (records(table), table.remarks, 3)


# --- CSV: laws

noise = st.text(
    st.sampled_from(list('ab1é€ \u00a0\u0085\ufeff,;\t"\n\r')) | st.characters(exclude_categories=["Cs"]), max_size=40
)
cell = st.text(st.sampled_from(list('abé€ ,;"\n')), max_size=6)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Mostly well-formed files: rows of about the same width, quoted where needed or not at all, blank rows between."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    quoted = draw(st.booleans())
    lines = ["a,b,c" + draw(st.sampled_from(["", ",", ",,d"]))]
    for _ in range(draw(st.integers(0, 12))):
        row = draw(st.lists(cell, min_size=3, max_size=3) | st.lists(cell, max_size=6))
        if quoted:
            lines.append(",".join('"' + c.replace('"', '""') + '"' if set(c) & set(',"\n') else c for c in row))
        else:
            lines.append(",".join(c.translate(str.maketrans("", "", ',"\n')) for c in row))
    return end.join(lines) + draw(st.sampled_from(["", end, end + end]))


@settings(max_examples=400, deadline=None)
@given(files() | noise.map("a,b\n".__add__), st.sampled_from([24, 60, reading.csv.FAST_BLOCK_BYTES]))
@example("a,b\n\n1,2\r\n\r\n3\n4,5,6\n", 24)
@example('a,b\n"1\n",2\n"x\ny"\n"3",4,5\n', 24)
@example("a,b\n\ufeff1,2\n", 24)
def test_both_roads_read_the_same(text: str, block_bytes: int) -> None:
    limits = Limits(columns=5, cell_characters=5)
    fast, careful = (
        reading.csv._read_csv(text.encode(), "UTF-8", ",", limits, fast=fast, block_bytes=block_bytes)
        for fast in (True, False)
    )
    assert records(fast) == records(careful)
    assert (fast.header, fast.findings) == (careful.header, careful.findings)


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n3\n\n4,5,6\n7,8\n", 'a,b\r\n"1\r\n2","3""4"\r\n5\r\n"","6"\r\n', "a,b,,\n1,2,,\n"]
)
def test_ordinary_files_do_take_the_fast_road(text: str) -> None:
    header = reading.table.read_header(reading.csv._records(text.encode(), ",", Limits()), Limits())
    place = (header.end, 1, len(header.names))
    assert reading.csv._fast(text.encode(), *place, ["a", "b"], ",", Limits(), reading.csv.FAST_BLOCK_BYTES)


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@law
@given(st.lists(st.tuples(text, text), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_reads_back_the_same(pairs: list[tuple[str, str]], separator: str) -> None:
    table = one(reading.write(["first", "second"], pairs, separator))
    assert [tuple(r.values()) for r in table.cells.to_pylist()] == [p for p in pairs if p[0].strip() or p[1].strip()]
    assert not table.findings


@law
@given(st.lists(text, max_size=4), st.sampled_from([",", ";", "\t"]))
def test_a_file_of_one_column_reads_back_the_same(names: list[str], separator: str) -> None:
    assert [r["name"] for r in cells(reading.write(["name"], [[n] for n in names], separator))] == [
        n for n in names if n.strip()
    ]


STARTS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
BREAKS = [";", ",", "\t", "\r", "\n", "\r\n", "|"]
attack = st.builds(str.__add__, st.sampled_from([*STARTS, "\t", "\r", "'", ""]), text)
anywhere = st.lists(st.sampled_from([*STARTS, *BREAKS, "'", '"', "''", "a", "1", " "]), max_size=12).map("".join)
"""Texts full of what a spreadsheet cuts at and runs."""


@law
@given(anywhere)
def test_a_neutralised_text_reads_back_whatever_it_was(value: str) -> None:
    assert without_apostrophe(neutralise(value)) == value


@law
@given(anywhere)
def test_wherever_a_spreadsheet_cuts_a_text_no_formula_begins(value: str) -> None:
    for part in re.split(r'[;,|\t\r\n]"*', neutralise(value)):
        assert not part.startswith(tuple(STARTS))


@pytest.mark.parametrize("end", ["\r", ";", "\t", ",", "\n", '\r"', "\x85", "\u2028"])
@pytest.mark.parametrize("start", STARTS)
def test_a_formula_within_a_cell_gets_an_apostrophe(end: str, start: str) -> None:
    assert neutralise(f"a{end}{start}1+1") == f"a{end}'{start}1+1"


def test_a_long_cell_is_neutralised_in_a_moment() -> None:
    began = time.process_time()
    for text in ("'" * 200_000, ';"' * 100_000, ";" + '"' * 200_000, "=" * 200_000):
        assert without_apostrophe(neutralise(text)) == text
    assert time.process_time() - began < 5


@law
@given(st.lists(st.tuples(anywhere, anywhere), max_size=4), st.sampled_from([",", ";", "\t"]))
def test_what_was_copied_for_excel_twice_means_what_it_meant(pairs: list[tuple[str, str]], separator: str) -> None:
    def copied(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        content = reading.write_for_excel(["first", "second"], rows, separator)
        return [tuple(row.values()) for row in cells(content)]

    once = copied(list(pairs))
    assert copied(once) == once


@law
@given(st.lists(st.tuples(attack, attack), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_a_spreadsheet_runs_nothing_that_we_write_for_it_and_we_read_it_back(
    pairs: list[tuple[str, str]], separator: str
) -> None:
    content = reading.write_for_excel(["=first", "second"], pairs, separator)
    assert content.startswith(b"\xef\xbb\xbf'=first")
    written = [value for r in cells(content) for value in r.values()]
    assert not [value for value in written if value.startswith(FORMULA_STARTS)]
    kept = [value for pair in pairs if any(v.strip() for v in map(neutralise, pair)) for value in pair]
    for value, original in zip(written, kept, strict=True):
        assert without_apostrophe(value) == without_apostrophe(original)


@law
@given(st.binary(max_size=60) | st.text(st.sampled_from(list('a1,";\0\n\r é')), max_size=40).map(str.encode))
def test_no_row_disappears_whatever_the_bytes(tail: bytes) -> None:
    """Every record of the file is read, blank, named in a finding, or after quotes that are broken."""
    table = one(b"a,b\n" + tail)
    found = {finding.row: finding.code for finding in table.findings}
    assert not set(table.rows.tolist()) & set(found)
    assert table.rows.tolist() == sorted(set(table.rows.tolist()))
    if table.encoding != "UTF-8" or set(found.values()) & {"mixed_encoding", "not_text"}:
        return
    for row, record, _ in reading.csv._records(b"a,b\n" + tail, ",", Limits()):
        blank = isinstance(record, list) and not any(c.strip() for c in record)
        assert row == 1 or blank or row in found or row in table.rows


@law
@given(st.binary(max_size=80))
def test_nothing_raises_whatever_the_bytes(content: bytes) -> None:
    for start in (
        b"",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xfe\xff",
        reading.workbook.ZIP,
        reading.workbook.OLE,
        reading.workbook.ZIP + b"xl/",
    ):
        assert read(start + content)


# --- CSV: hostile files


def quickly(content: bytes) -> list[tuple[str, int, str]]:
    begun = time.process_time()
    found = [(finding.code, finding.row, finding.value) for finding in one(content).findings]
    assert time.process_time() - begun < 6
    return found


def test_a_million_columns_are_counted_not_read() -> None:
    assert quickly(b",".join(b"c%d" % n for n in range(1_000_000))) == [("too_many_columns", 1, "1000000")]
    assert quickly(b"a,b\n1\n2" + b",x" * 1_000_000 + b"\n3\n") == [("too_many_columns", 3, "1000001")]
    assert one(b"a" + b"," * 20_000 + b"\n1\n").header == ["a"]  # a sheet saved to its last column


def test_one_line_of_200_megabytes_is_not_taken_apart() -> None:
    assert quickly(b"a," * 100_000_000) == [("too_many_columns", 1, "100000001")]
    assert quickly(b"," * 200_000_000) == [("empty_file", 0, "")]
    assert quickly(b'a\n1\n"' + b"x" * 200_000_000) == [("broken_quotes", 3, "")]
    table = one(b"a\n" + b"x" * 20_000_000 + b"\n2\n")
    assert (codes_of(table), table.rows.tolist()) == ([("cell_too_long", 2)], [3])


def codes_of(table: Table) -> list[tuple[str, int]]:
    return [(finding.code, finding.row) for finding in table.findings]


def test_a_quote_that_is_closed_after_many_lines_is_given_up() -> None:
    assert quickly(b'a\n1\n"' + b"x\n" * 10_000_000 + b'"\n2\n') == [("broken_quotes", 3, "")]


def test_a_storm_of_blank_or_ragged_lines_ends() -> None:
    assert cells(b"a\n" + b"\n" * 20_000_000 + b"1\n") == [{"a": "1"}]
    found = quickly(b"a,b\n" + b"1,2,3\n" * 1_000_000)
    assert len(found) == reading.table.FINDINGS + 1
    assert found[-1] == ("too_many_findings", reading.table.FINDINGS + 2, "")


# --- Workbooks

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(
    *sheets: str,
    states: tuple[str, ...] = (),
    formats: tuple[str, ...] = (),
    merged: str = "",
    since_1904: bool = False,
) -> bytes:
    """A workbook of sheets that are given as the XML of their rows.

    Style 1 is a date, 2 a date and time, 3 a time, 4 a duration, 5 and further are `formats`. `merged`: ranges of cells.
    """
    names = range(1, len(sheets) + 1)
    state = dict(zip(names, states, strict=False))
    listed = "".join(
        f'<sheet name="Sheet {n}" sheetId="{n}" r:id="r{n}" state="{state.get(n, "visible")}"/>' for n in names
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in names
    )
    styles = "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 22, 21, 46, *range(164, 164 + len(formats))))
    codes = "".join(f"<numFmt numFmtId='{n}' formatCode={quoteattr(code)}/>" for n, code in enumerate(formats, 164))
    ranges = "".join(f'<mergeCell ref="{place}"/>' for place in merged.split())
    epoch = '<workbookPr date1904="1"/>' if since_1904 else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{epoch}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>',
    } | {
        f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>'
        + (f"<mergeCells>{ranges}</mergeCells></worksheet>" if ranges else "</worksheet>")
        for n, rows in zip(names, sheets, strict=True)
    }
    return zipped(parts)


def zipped(parts: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def row(number: int, **values: str | float) -> str:
    """A row by column letter: row(1, A="name")."""
    xml = ""
    for letter, value in values.items():
        text = f't="str"><v>{value}</v>' if isinstance(value, str) else f"><v>{value}</v>"
        xml += value if isinstance(value, str) and value.startswith("<c") else f'<c r="{letter}{number}" {text}</c>'
    return f'<row r="{number}">{xml}</row>'


def test_a_workbook_keeps_the_row_numbers_excel_shows() -> None:
    table = one(workbook(row(3, B="name", D="fte") + row(4, B="x", D=3) + row(7, B="y", C="note") + row(8, B=" ")))
    assert (table.sheet, table.encoding, table.separator) == ("Sheet 1", "Excel", "")
    assert records(table) == [
        (4, {"name": "x", "column C": "", "fte": "3"}),
        (7, {"name": "y", "column C": "note", "fte": ""}),
    ]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<c r='A2'><v>1000000</v></c>", "1000000"),
        ("<c r='A2'><v>1E20</v></c>", "100000000000000000000"),
        ("<c r='A2'><v>1E-7</v></c>", "0.0000001"),
        ("<c r='A2'><v>-1.5</v></c>", "-1.5"),
        ("<c r='A2'><v>1.234</v></c>", "1.2340"),
        ("<c r='A2'><v>0.234</v></c>", "0.234"),
        ("<c r='A2'><v>1234.567</v></c>", "1234.567"),
        ("<c r='A2' t='b'><v>1</v></c>", "true"),
        ("<c r='A2' t='inlineStr'><is><t>007</t></is></c>", "007"),
        ("<c r='A2' s='1'><v>45322</v></c>", "2024-01-31"),
        ("<c r='A2' s='2'><v>45322</v></c>", "2024-01-31"),
        ("<c r='A2' s='2'><v>45322.5451388889</v></c>", "2024-01-31 13:05:00"),
        ("<c r='A2' s='3'><v>0.5</v></c>", "12:00:00"),
        ("<c r='A2' s='4'><v>1.25</v></c>", "PT30H0M0S"),
        ('<c r="A2" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A2" t="e"><f>X1</f><v>#SPILL!</v></c>', "#SPILL!"),
        ('<c r="A2"><f>SUM(B1:B9)</f></c>', "#=SUM(B1:B9)"),
        ('<c r="A2" t="str"><f>B1</f><v>counted</v></c>', "counted"),
    ],
)
def test_a_cell_of_a_workbook_as_text(xml: str, expected: str) -> None:
    assert cells(workbook(row(1, A="a") + row(2, A=xml))) == [{"a": expected}]


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("00000000", 1234567, "01234567"),
        ("0000.000.000".replace(".", '"."'), 412345678, "0412.345.678"),
        ('"NL-KVK-"00000000', 7012345, "NL-KVK-07012345"),
        ('"$"#,##0.00_);\\("$"#,##0.00\\)', 1250.5, "$ 1250.5"),
        ("[$£-809]#,##0", 45000, "£ 45000"),
        ("#,##0.00 [$CHF]", 1.234, "1.2340 CHF"),
        ("#,##0 [$kr-41D]", 12, "12 kr"),
        ('#,##0 "Fr."', 12, "12 Fr."),
        ('#,##0" T€"', 12, "12 T€"),
        ('#,##0 "milj."', 12, "12 milj."),
        ("#,##0 [$zł-415]", 12, "12 zł"),
        ('_ [$€-413] * #,##0.00_ ;_ [$€-413] * \\-#,##0.00_ ;_ "-"??_ ;_ @_ ', 45000, "45000"),
        ('#,##0 "EUR"', 5, "5"),
        ("0.0%", 0.255, "25.5%"),
        ('0,"k"', 45000, "45k"),
        ("#,##0,", 45000, "45k"),
        ("#,##0.0,,", 1200000, "1.2mln"),
        ('"ca. "0', 30, "ca. 30"),
        ('0"+"', 500, "500+"),
        ('0" fte"', 15, "15"),
        ("#,##0.00", 1234.5, "1234.5"),
        ("# ?/?", 0.5, "0.5"),
        ("0.00E+00", 41150298, "41150298"),
        ("[$-413]d mmmm yyyy;@", 45322, "2024-01-31"),
        ("mmm\\-yy", 45322, "2024-01-31"),
        ("0000", 2024, "2024"),
    ],
)
def test_what_excel_shows_of_a_number_is_what_is_meant(code: str, value: float, expected: str) -> None:
    cell = f'<c r="A2" s="5"><v>{value}</v></c>'
    calculated = f'<c r="A3" s="5"><f>X1*2</f><v>{value}</v></c>'
    text = '<c r="A4" s="5" t="str"><v>text</v></c>'
    content = workbook(row(1, A="a") + row(2, A=cell) + row(3, A=calculated) + row(4, A=text), formats=(code,))
    assert [record["a"] for record in cells(content)] == [expected, expected, "text"]


def test_days_of_a_workbook_that_counts_from_1904() -> None:
    sheet = row(1, A="a") + row(2, A="<c r='A2' s='1'><v>43860</v></c>") + row(3, A="<c r='A3' s='5'><v>43860</v></c>")
    assert cells(workbook(sheet, formats=("mmmm yyyy",), since_1904=True)) == [{"a": "2024-01-31"}, {"a": "2024-01-31"}]


def test_merged_cells_stand_in_every_row_beside_them() -> None:
    title = row(1, A="All of them") + row(2, A="city", B="name", C="note")
    sheet = title + row(3, A="Delft", B="a", C="x") + row(4, B="b") + row(5) + row(6, B="c", C="z") + row(7, B="d")
    table = one(workbook(sheet, merged="A1:C1 A3:A6 C3:C4 C6:D7 A8:A900000"), reading.DEFAULT_LIMITS)
    assert records(table) == [
        (3, {"city": "Delft", "name": "a", "note": "x"}),
        (4, {"city": "Delft", "name": "b", "note": "x"}),
        (6, {"city": "Delft", "name": "c", "note": "z"}),
        (7, {"city": "", "name": "d", "note": "z"}),
    ]
    assert (table.header_row, [(r.code, r.gaps["count"]) for r in table.remarks]) == (
        2,
        [("rows_above", 1), ("merged_filled", 4)],
    )


def test_headings_over_two_merged_rows_are_no_row_of_the_list() -> None:
    sheet = row(1, A="name", B="where", C="") + row(2, B="city", C="country") + row(3, A="a", B="b", C="c")
    (table,) = read(workbook(sheet, merged="A1:A2 B1:C1"), words=frozenset({"name", "city", "country"}))
    assert (table.header, table.header_row, records(table)) == (
        ["name", "city", "country"],
        2,
        [(3, {"name": "a", "city": "b", "country": "c"})],
    )


def open_document(*sheets: str) -> bytes:
    """An .ods of sheets that are given as the XML of their rows."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    hidden = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    tables = "".join(f'<table:table table:name="Blad{n}"{xml}</table:table>' for n, xml in enumerate(sheets, 1))
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content{spaces}><office:automatic-styles>{hidden}</office:automatic-styles>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        }
    )


def open_row(*values: str, repeated: int = 1) -> str:
    """A row of an .ods: texts, or the XML of cells."""
    xml = "".join(
        v
        if v.startswith("<")
        else f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>'
        for v in values
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{xml}</table:table-row>'


def open_cell(kind: str, shown: str, more: str) -> str:
    return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{shown}</text:p></table:table-cell>'


EMPTY_TO_THE_END = '<table:table-cell table:number-columns-repeated="16384"/>'


def test_an_ods_is_read_with_what_it_shows() -> None:
    rows = (
        ">"
        + open_row("a", "b", "c")
        + open_row(
            open_cell("float", "01234567", 'office:value="1234567"'),
            open_cell("currency", "$1,250.00", 'office:currency="USD" office:value="1250"'),
            open_cell("percentage", "25%", 'office:value="0.25"'),
        )
        + open_row(EMPTY_TO_THE_END, repeated=2)
        + open_row(
            open_cell("string", "x", 'table:number-rows-spanned="2"'),
            open_cell("currency", "€ 5,50", 'office:currency="EUR" office:value="5.5"'),
            open_cell("date", "31-01-24", 'office:date-value="2024-01-31"'),
        )
        + open_row("<table:covered-table-cell/>", open_cell("float", "1.234", 'office:value="1.234"'), "y")
        + open_row(EMPTY_TO_THE_END, repeated=1048570)
    )
    table = one(open_document(rows, ' table:style-name="ta2">' + open_row("hidden")))
    assert records(table) == [
        (2, {"a": "01234567", "b": "USD 1250", "c": "25%"}),
        (5, {"a": "x", "b": "5.5", "c": "2024-01-31"}),
        (6, {"a": "x", "b": "1.2340", "c": "y"}),
    ]
    assert [(r.code, r.sheet, r.gaps["count"]) for r in table.remarks] == [
        ("merged_filled", "", 1),
        ("sheet_hidden", "Blad2", 1),
    ]


def test_an_ods_that_would_fill_the_memory_is_refused() -> None:
    much = ">" + open_row(open_cell("string", "x", 'table:number-columns-repeated="1000"'), repeated=1_000_000)
    assert codes(open_document(much)) == [("workbook_too_large", 0)]
    long = ">" + open_row(open_cell("string", "x" * 10_000, ""), repeated=200_000)
    assert codes(open_document(long)) == [("workbook_too_large", 0)]
    assert codes(open_document(">" + open_row("a") + "<table:table-row>" * 100_000))[0][0] == "not_a_workbook"


def test_only_visible_sheets_with_content_are_read() -> None:
    sheet = row(1, A="a") + row(2, A="1")
    tables = read(
        workbook(
            sheet,
            "",
            sheet,
            sheet,
            row(1, A="b") + row(2, A="2", B="3"),
            states=("visible", "visible", "hidden", "veryHidden"),
        )
    )
    assert [(t.sheet, t.header) for t in tables] == [("Sheet 1", ["a"]), ("Sheet 5", ["b"])]
    assert codes_of(tables[1]) == [("row_too_long", 2)]
    assert codes(workbook("")) == [("empty_file", 0)]


def test_what_is_no_workbook_is_refused() -> None:
    good = workbook(row(1, A="a"))
    assert codes(zipped({"readme.txt": "hello"})) == [("packed_file", 0)]
    assert codes(good[: len(good) // 2]) == [("not_a_workbook", 0)]
    assert codes(good.replace(b"xl/workbook.xml", b"xl/worksbook.xm")) == [("not_a_workbook", 0)]
    assert codes(reading.workbook.OLE + bytes(600)) == [("not_a_workbook", 0)]
    assert codes(b"PK\x03\x04 and then nothing") == [("not_text", 0)]


def test_a_workbook_that_would_fill_the_memory_is_refused() -> None:
    filler = workbook(row(1, A="a"), "<!--" + " " * 20_000_000 + "-->" + row(1, A="a"))
    assert codes(filler) == [("workbook_too_large", 0)]  # unpacks to a thousand times its size
    assert codes(workbook(row(1, A="a" * 2_000_000)), Limits(unpacked_megabytes=1)) == [("workbook_too_large", 0)]
    far = row(1, A="a") + row(1048576, XFD="1")
    assert codes(workbook(far)) == [("workbook_too_large", 0)]
    assert codes(workbook(row(1, A="a") + row(4_000_000_000, A="1"))) == [("workbook_too_large", 0)]
    assert codes(workbook("<row><c><v>1</v></c></row>" * 7000 + "<row>" + "<c><v>1</v></c>" * 7000 + "</row>")) == [
        ("workbook_too_large", 0)
    ]
    styled = row(1, A="a") + row(2, A="1") + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert cells(workbook(styled)) == [{"a": "1"}]


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(workbook(row(1, A="a") + "<!--" + " " * 20_000_000 + "-->"))
    entry = content.rindex(b"PK\x01\x02")
    assert struct.unpack_from("<I", content, entry + 24)[0] > 20_000_000
    struct.pack_into("<I", content, entry + 24, 1000)
    assert codes(bytes(content)) in ([("workbook_too_large", 0)], [("not_a_workbook", 0)])


OLD_WORKBOOK = zlib.decompress(
    base64.b85decode(  # name, x in B3:C3; then p 1.5; q #N/A; r
        b"c-rk)J!lj`6#iy^?vLcMi5DRe;t??FnMQ1Ek~M;+GDI6i1-&F!Na7_f7HXl<c%>j%DK>#LHc=aYP*6JyA)<vK2zOdq2?`d;t?#|v)l0l02QjG3x4btqZ@!s%w{Pa%?!I1VEzjQXtY8KD"
        b"VWR3M5v#E&l4R6yK>fbY)u>F6_!|Edk_ifA%*K=ES8<LZ$GZXp_pBGBfsZ7|F@>SYVj;VZ*egEd75mUfTH!WX(&!Mc+C-0v-XQv}FrSLvBbIBT`-odsN3q}z<#va=_=wRheQEH#4`s}I"
        b"vFt=UUh*!!bX^5p8w1{{{KVhc(PcGZ4ivY+Lb2fGC(6iB0O#<{&jMegllnZX?dxk-Ap7^__IMrp4Z{Ma;h&TZUZUjs%nSlNu!zkRWrz@|m_J>h*q<YrA~{3ir8phS@pYCR-)7m?O{B-r"
        b"BK20;+zut^#XDc#92gmPPl#n&Qg)Eox3DkpahXTZ;IuGe(#uZeq`gD*6`6ID)H_9I$WbbLhTFr+{u$w1mEIm&XP4luyS1jijq0V(2Oo8nKDpbeK0jEwkePqy&Z3*{#Tbp}YX-flSKYeF"
        b"c<e@{3X{MG(H*}fgoNQpX~GZxy;`t@RCqraLCc_)3i)OozWMY1T{O7G{9{JIx9adM;qy$kk)RgybBfs<N@E4v7B<h*Z?xe7FGK0;7gEsB(9qD((9qD(SVJgzD1|(*TH*T!KlI1L?>b8)"
        b"RsEUdzr`U;(sh<zO!uKkrHAtk?VpXXRWz4c<(TMuA>%Nu?qM7w;>UQy`<Gq<RqgLt^+0Fsj!>iPR~zy353m0NVY9+@"
    )
)


def test_a_workbook_of_before_2007_is_read_unless_a_cell_is_an_error() -> None:
    """The library gives such a cell as empty, which would mean "not known"."""
    assert one(OLD_WORKBOOK).findings == [reading.Finding("error_cell", 5, "column C", "")]
    repaired = OLD_WORKBOOK.replace(b"\x2a\x01", b"\x01\x00")  # the error becomes the value true
    assert records(one(repaired)) == [
        (4, {"name": "p", "x": "1.5"}),
        (5, {"name": "q", "x": "true"}),
        (6, {"name": "r", "x": ""}),
    ]


OLD_FORMATS = zlib.decompress(
    base64.b85decode(  # numbers with formats in A2:D4, a merged cell, a hidden sheet
        b"c-rk)O-NKx6#njeZ)Tjy(HR>p4Tiz-r_7NFUD(2=f^rdw+M>{;)EQ9BF$Nb|P?pW2MG&;=XCv8<6;_*mD5Ic7i$JMGPy|}EaupP`P+#Ysd1E?Fpi"
        b"qMHzTupE@45HfbKbq@oqOkvkGUrX9~4X?1>2xvR=2}CPbP@$$%YHmuj{g!EHj976Dtb#4BAMm1y7xCY;q6feosQdeeET2;4{%d97SDEG~!!E>|`H"
        b"Wh4i6DXcT)2t`cP-pZ&^V-p+h2^Lsq@8T0KdInTU?#!iSPjD_mTs*N~4pcHan7IA?`tn+~-Tab&_GLBDO5Q(uC?1*)?9x*!>-"
        b"{I9VF$9XI+DJ4KlWixi%k&U5;MH<*L#B}CqM|@maBGXd-"
        b"0u%o$PPPhLZgut!D6qLjazU4;c%e4JJ3h)YNZ&48=@ISxa$j`igv6LE%3pQaw0#1s2~c$tL5M}oYKa%Ky}i_1UwYuL-"
        b"?WlfbYp<_QGe%msc)m$MAEZ-1ZlF1_e(#xt(Gto!mholuo{eqA8s`lR_$;+)441D!-^uaP~t#EM(@0)0lG>*<-"
        b"=Jj!2|8PATQ1O}+|NbaaNpk?1r{U^Nmey(PzpT8Y|-+KIwM-"
        b"41!Maw2vuNW@M~PnpES$mY76laz~=WP149+r4e|p+hX`=fgK~L>EgJq2sjFAmuFX(dKv=YiwqIhG*Tt^#bM|dK4;4>T`|C?g1WimU~OcP9@`AsB~"
        b"U^Bh}+m4UfI?FQH9TAE})@?iqO>8bl#&Q<(JSZvf?@TwJ~+@g$Tig^|oZG0*=av1ceQ!*|`dhh$?$rUinVpE%J<u1=z*P)nU_snpVpxkSobqhw$3"
        b"k>YLILpJq68?{whH+krI&`3`;)i549sW_yZl3v*>g=bRIc%`scGA2f`o>wjpC$0eNaA!u>$p(8Pwbc~u=d^ArYbSJ7$d$3OXAb6Btos!X_DoG&)R"
        b"Y`Nlt$^$`;Fy@C^5%ZYD9^&5jD4}NVlpcOqeiX!o(_o;Hwgh%Lw@5A}<Oy<GT*sS@c=+Gs&t&BYNo9OMg;!AxdQoeM^d;JXl0>F0n|R<o7~}{bW6"
        b"cF0`>9T}zH%y6B1d&$DPn*S~v(mTG@?DSrNE`@aBDI80>"
    )
)


def test_what_a_workbook_of_before_2007_shows_of_a_number_counts_too() -> None:
    table = one(OLD_FORMATS)
    assert records(table) == [
        (2, {"a": "01234567", "b": "$ 1250.55", "c": "25.5%", "d": "2024-01-31"}),
        (3, {"a": "m", "b": "99.5", "c": "£ -1.5", "d": "00000007"}),
        (4, {"a": "m", "b": "00000001", "c": "00000002", "d": "00000003"}),
    ]
    assert [(r.code, r.sheet, r.gaps["count"]) for r in table.remarks] == [
        ("merged_filled", "", 1),
        ("sheet_hidden", "hidden", 1),
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_of_before_2007_never_raises(data: st.DataObject) -> None:
    content = bytearray(OLD_FORMATS)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert read(bytes(content))
    reading.before2007.shown_texts(bytes(content))


def test_a_long_text_that_a_hundred_thousand_cells_share_is_refused() -> None:
    """It would be copied for every cell: ten gigabytes of a file of 300 kB."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_001))
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 100_000}</t></si></sst>'
    packed = io.BytesIO(workbook(rows))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", shared)
    assert codes(packed.getvalue()) == [("workbook_too_large", 0)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_never_raises(data: st.DataObject) -> None:
    content = bytearray(workbook(row(1, A="a") + row(2, A="1", B=2)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert read(bytes(content))
