"""Bytes of a file -> header and cells."""

from hypothesis import given
from hypothesis import strategies as st

from hubdata import reading


def cells(content: str) -> list[dict[str, str]]:
    return [record.cells for record in reading.read(content.encode()).records]


def test_commas_semicolons_and_a_byte_order_mark_read_the_same() -> None:
    expected = [{"name": "Café, de Vrede", "fte": "3"}]
    assert cells('name,fte\n"Café, de Vrede",3\n') == expected
    assert cells('name;fte\r\n"Café, de Vrede";3\r\n') == expected
    assert cells('\ufeffname;fte\n"Café, de Vrede";3') == expected


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    table = reading.read(b'name\n\n"two\nlines"\nlast\n')
    assert [(record.row, record.cells["name"]) for record in table.records] == [(3, "two\nlines"), (4, "last")]


def test_a_short_row_is_padded_and_trailing_separators_are_ignored() -> None:
    assert cells("a;b;;\n1\n2;3;;\n") == [{"a": "1", "b": ""}, {"a": "2", "b": "3"}]


def test_a_row_longer_than_the_header_is_a_finding_and_the_others_are_read() -> None:
    table = reading.read(b"a,b\n1,2,3\n4,5\n")
    assert [(f.code, f.row, f.value) for f in table.findings] == [("row_too_long", 2, "3")]
    assert [record.row for record in table.records] == [3]


def test_two_columns_with_one_name_are_refused() -> None:
    table = reading.read(b"a,a\n1,2\n")
    assert [(f.code, f.row, f.column) for f in table.findings] == [("duplicate_header", 1, "a")]
    assert not table.records


def test_an_open_quotation_mark_does_not_swallow_the_rest_in_silence() -> None:
    table = reading.read(b'a,b\n1,2\n3,"4\n5,6\n')
    assert [(f.code, f.row) for f in table.findings] == [("broken_quotes", 3)]


def test_other_encodings_are_refused_with_the_line() -> None:
    table = reading.read("name\nok\nCafé\n".encode("cp1252"))
    assert [(f.code, f.row) for f in table.findings] == [("not_utf8", 3)]


def test_a_nul_byte_and_an_empty_file_are_findings() -> None:
    assert [f.code for f in reading.read(b"a,b\n1,\x002\n").findings] == ["nul_byte"]
    assert [f.code for f in reading.read(b"").findings] == ["empty_file"]
    assert [f.code for f in reading.read(b"\n\n ; \n").findings] == ["empty_file"]


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(text, text), max_size=8), st.sampled_from([",", ";"]))
def test_what_is_written_reads_back_the_same(pairs: list[tuple[str, str]], separator: str) -> None:
    rows = [{"first": a, "second": b} for a, b in pairs]
    table = reading.read(reading.write(["first", "second"], rows, separator))
    assert [record.cells for record in table.records] == [r for r in rows if r["first"].strip() or r["second"].strip()]
    assert not table.findings


@given(st.binary(max_size=60))
def test_no_row_disappears_whatever_the_bytes(noise: bytes) -> None:
    """Every record of the file is read, blank, or named in a finding; nothing raises."""
    table = reading.read(b"a,b\n" + noise)
    assert all(record.row > 1 for record in table.records)
    assert {record.row for record in table.records}.isdisjoint(
        f.row for f in table.findings if f.code in ("row_too_long", "nul_byte")
    )
