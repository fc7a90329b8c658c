"""Tables that people keep in a spreadsheet: read with every wrong file answered in words, written safe to open.

Reading never runs or follows anything: formulas are refused, not computed, and a workbook is looked at before it is
unpacked, so that a few kilobytes cannot become gigabytes. Writing keeps every value as text, so that no cell of ours
is a formula in somebody's office program (OWASP: CSV injection).
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 100 * 2**20
MOST_MEMBERS = 200
MOST_ROWS = 20_000
MOST_LETTERS = 4_000
RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
ZIPPED = b"PK\x03\x04"
ENCODINGS = ("utf-8-sig", "gb18030")  # what office programs here write


class Unreadable(ValidationError):
    """The file as a whole cannot be taken; nothing was read from it."""


@dataclass(frozen=True)
class Row:
    """One line of a sheet: its number as the program shows it, and {column: text}."""

    number: int
    cells: dict[str, str]


def read(file: IO[bytes], *, size: int, columns: Sequence[str]) -> list[Row]:
    """The rows below a heading that names all `columns` (more are left aside); empty rows are passed over.

    CSV (UTF-8 or GB 18030) or XLSX (its first sheet). Raises Unreadable with what to do.
    """
    if size > MOST_BYTES:
        raise Unreadable(
            _("The file is larger than %(most)s MB. Send fewer rows, or save it without pictures.")
            % {"most": MOST_BYTES // 2**20}
        )
    beginning = file.read(4)
    file.seek(0)
    lines = _workbook(file) if beginning == ZIPPED else _csv(file)
    heading = [name.strip() for name in next(lines, [])]
    if missing := [name for name in columns if name not in heading]:
        raise Unreadable(
            _("The first row has to name the columns. Missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    return list(_rows(lines, heading))


def workbook(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An XLSX file with one sheet whose cells are all text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    for number, row in enumerate([columns, *rows]):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_plain(value))
            cell.data_type = "s"  # text, whatever it begins with
            if number == 0:
                cell.font = bold
            cells.append(cell)
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def comma_separated(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that office programs open as UTF-8; what could be a formula begins with an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([_quoted(_plain(value)) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _rows(lines: Iterator[list[str]], heading: list[str]) -> Iterator[Row]:
    found = 0
    for number, line in enumerate(lines, start=2):
        cells = {
            name: value.strip()[:MOST_LETTERS] for name, value in zip(heading, line, strict=False) if name
        }
        if not any(cells.values()):
            continue
        found += 1
        if found > MOST_ROWS:
            raise Unreadable(_("More than %(most)s rows. Send them in parts.") % {"most": MOST_ROWS})
        yield Row(number, dict.fromkeys(heading, "") | cells)


def _csv(file: IO[bytes]) -> Iterator[list[str]]:
    data = file.read(MOST_BYTES + 1)
    if b"\0" in data:
        raise Unreadable(_("This is neither a CSV nor an XLSX file."))
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = csv.reader(io.StringIO(text, newline=""))
        return ([_unquoted(value) for value in line] for line in lines)
    raise Unreadable(_("The letters of the file cannot be read. Save it as XLSX, or as CSV in UTF-8."))


def _workbook(file: IO[bytes]) -> Iterator[list[str]]:
    _look_before_unpacking(file)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        for line in book.worksheets[0].iter_rows(values_only=True):
            yield ["" if value is None else str(value) for value in line]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        raise Unreadable(_("The workbook is damaged. Save it once more as XLSX.")) from error


def _look_before_unpacking(file: IO[bytes]) -> None:
    """Ask the archive's own list how large it would become (a zip bomb is a small file that says so)."""
    try:
        members = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise Unreadable(_("The workbook is damaged. Save it once more as XLSX.")) from error
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Unreadable(_("The workbook holds far more than a table. Copy the rows into a new one."))
    file.seek(0)


def _plain(value: str) -> str:
    return "".join(letter for letter in str(value) if letter >= " " or letter == "\n")


def _quoted(value: str) -> str:
    return f"'{value}" if value.startswith(RISKY) else value


def _unquoted(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith(RISKY) else value
