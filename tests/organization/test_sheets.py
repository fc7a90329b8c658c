"""Spreadsheets from outside: every wrong file has its answer, and what we write is never a formula."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from organization import sheets
from organization.sheets import Unreadable

COLUMNS = ["code", "name"]
ROWS = [["A1", '=HYPERLINK("http://x")'], ["A2", "-5 度以下"], ["A3", "普通"]]


def read(data, columns=COLUMNS, size=None):
    return sheets.read(io.BytesIO(data), size=len(data) if size is None else size, columns=columns)


def cells(rows):
    return [[row.cells["code"], row.cells["name"]] for row in rows]


@pytest.mark.parametrize("write", [sheets.workbook, sheets.comma_separated])
def test_what_is_written_is_read_back_as_it_was(write):
    assert cells(read(write(COLUMNS, ROWS))) == ROWS


def test_no_cell_we_write_is_a_formula():
    book = load_workbook(io.BytesIO(sheets.workbook(COLUMNS, ROWS)))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} == {"s"}
    text = sheets.comma_separated(COLUMNS, ROWS).decode("utf-8-sig")
    assert all(
        not part.strip('"').startswith(sheets.RISKY)
        for line in text.split("\r\n")
        for part in line.split(",")
    )


def test_a_row_is_named_as_the_program_shows_it_and_empty_rows_are_passed_over():
    rows = read(b"code,name\r\n\r\nA1,x\r\n ,\r\nA2,y\r\n")
    assert [(row.number, row.cells["code"]) for row in rows] == [(3, "A1"), (5, "A2")]


def test_csv_of_an_office_program_of_here_is_read():
    assert cells(read("code,name\nA1,镇街\n".encode("gb18030"))) == [["A1", "镇街"]]


def test_more_columns_are_left_aside_and_missing_ones_are_named():
    assert read(b"x,code,name\n1,A1,n\n")[0].cells["code"] == "A1"
    with pytest.raises(Unreadable, match="name"):
        read(b"code\nA1\n")


def test_a_file_that_is_too_large_is_not_even_opened():
    with pytest.raises(Unreadable):
        read(b"code,name\n", size=200 * 2**20)


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (sheets.MOST_UNPACKED + 1))
    assert len(packed.getvalue()) < 2**20
    with pytest.raises(Unreadable):
        read(packed.getvalue())


def test_an_archive_of_a_thousand_files_is_no_table():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(sheets.MOST_MEMBERS + 1):
            archive.writestr(f"{number}", b"")
    with pytest.raises(Unreadable):
        read(packed.getvalue())


@pytest.mark.parametrize("data", [b"PK\x03\x04 not a zip", b"\x89PNG\0\0", b"PK\x03\x04" + b"\0" * 50])
def test_what_is_no_table_is_said_to_be_none(data):
    with pytest.raises(Unreadable):
        read(data)


def test_more_rows_than_can_be_looked_at_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(Unreadable):
        read(b"code,name\n" + b"A,b\n" * 3)


def test_a_formula_in_a_workbook_comes_as_its_text_never_as_a_value():
    book, written = Workbook(), io.BytesIO()
    book.active.append(COLUMNS)
    book.active.append(["A1", "=1+1"])
    book.save(written)
    assert cells(read(written.getvalue())) == [["A1", "=1+1"]]
