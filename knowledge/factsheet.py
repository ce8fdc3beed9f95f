"""The facts sheet (.xlsx, .csv) that clerks keep: read row by row with what is wrong in each, and written to be filled.

A private mobile is never a fact, a duty phone may be; rows of the invented town are samples and stay there.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from knowledge.facts import Fact, asked_as
from knowledge.loaders import decode
from township.errors import Mistake
from township.texts import Texts

MOST_ROWS = 2000
MOST_UNPACKED = 50 * 2**20
LONGEST_QUESTION, LONGEST_ANSWER = 100, 500
HEAD_AMONG = 5
"""Rows among which the head of a sheet is looked for: clerks like a title above it."""
FORMATS = frozenset({".csv", ".xlsx"})
OLD = ".xls"
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")
_COLUMNS = ("questions", "answer", "source", "owner", "valid_until", "last_checked", "village")
_WIDTHS = (46, 60, 32, 18, 14, 14, 12)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was read: the rows that can be used, and what is wrong with the others."""

    facts: tuple[Fact, ...]
    mistakes: tuple[Mistake, ...]
    ended: tuple[Fact, ...] = ()
    """Rows that say that a fact is told no longer."""
    has_samples: bool = False
    """Some rows are still those of the invented town."""

    def of_village(self, village_id: str | None) -> "Sheet":
        """Make every row one of a village; rows that name another village are left out."""
        others = [fact for fact in (*self.facts, *self.ended) if fact.village_id not in (None, village_id)]
        named = tuple(Mistake("fact_other_village", question=fact.questions[0]) for fact in others)
        mine = [tuple(_moved(rows, village_id)) for rows in (self.facts, self.ended)]
        return replace(self, facts=mine[0], ended=mine[1], mistakes=(*self.mistakes, *named))


def _moved(rows: Sequence[Fact], village_id: str | None) -> Iterator[Fact]:
    return (replace(fact, village_id=village_id) for fact in rows if fact.village_id in (None, village_id))


@dataclass(frozen=True, slots=True)
class Words:
    """What clerks write into a sheet besides facts."""

    ended: frozenset[str]
    open_ended: frozenset[str]
    sample: str
    name: str
    notes: tuple[str, ...]


@cache
def words() -> Words:
    """Read factsheet.yaml."""
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    ended, open_ended = frozenset(loaded["ended"]), frozenset(loaded["open_ended"])
    return Words(ended, open_ended, loaded["sample"], loaded["name"], tuple(loaded["notes"]))


@cache
def columns() -> Mapping[str, str]:
    """Give the printed names of the columns."""
    texts = Texts.load(Path(__file__).with_name("texts.yaml"))
    return {name: texts.say(f"column_{name}") for name in _COLUMNS}


def is_called(name: str) -> bool:
    """Tell whether a file is called as the sheet is, before it is opened."""
    path = Path(name)
    return path.suffix.lower() in FORMATS and words().name in path.stem and not name.startswith((".", "~$"))


def is_sheet(data: bytes, name: str) -> bool:
    """Tell whether a file is a facts sheet: by its columns, whatever it is called."""
    if Path(name).suffix.lower() not in FORMATS:
        return False
    try:
        _head(_rows(data, name), name)
    except Mistake:
        return False
    return True


def read_sheet(data: bytes, name: str, villages: Mapping[str, str], duty_phones: Collection[str] = ()) -> Sheet:
    """Read a sheet; `villages` gives ids by name, `duty_phones` are mobiles that everybody may be told.

    A sheet without the right columns is a `Mistake`; a bad row is listed and left out.
    """
    rows = _rows(data, name)
    place, head = _head(rows, name)
    if len(rows) - place > MOST_ROWS:
        raise Mistake("fact_sheet_long", file=name, most=MOST_ROWS)
    reader = _Reader(villages, frozenset(re.sub(r"\D", "", phone) for phone in duty_phones))
    for number, cells in enumerate(rows[place:], start=place + 1):
        if any(cell.strip() for cell in cells):
            reader.take(number, {key: cells[at].strip() for key, at in head.items() if at < len(cells)})
    return reader.sheet()


def write(facts: Sequence[Fact], villages: Mapping[str, str], *, samples: bool = False) -> bytes:
    """Write a sheet to be filled or mended, with its rules on a second page; `villages` gives names by id."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    page, notes = book.worksheets[0], book.create_sheet(words().notes[0])
    rows = [tuple(columns().values()), *(as_row(fact, villages, samples=samples) for fact in facts)]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = page.cell(number, column, value or None)
            cell.data_type = "s" if value else "n"  # what begins with = is no formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    notes.column_dimensions["A"].width = 100
    for note in words().notes[1:]:
        notes.append([note])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_row(fact: Fact, villages: Mapping[str, str], *, samples: bool = False) -> tuple[str, ...]:
    """Give a fact as a row of the sheet."""
    until, checked = (day.isoformat() if day else "" for day in (fact.valid_until, fact.last_checked))
    source = fact.source + (words().sample if samples else "")
    village = villages.get(fact.village_id or "", "")
    return ("|".join(fact.questions), fact.answer, source, fact.owner, until, checked, village)


def _head(rows: Sequence[Sequence[str]], name: str) -> tuple[int, Mapping[str, int]]:
    """Find the head: how many rows it takes, and where each column stands."""
    printed = columns()
    best: list[str] = list(printed.values())
    for place, row in enumerate(rows[:HEAD_AMONG], start=1):
        cells = [cell.strip() for cell in row]
        absent = [printed[key] for key in _COLUMNS[:-1] if printed[key] not in cells]
        if not absent:
            return place, {key: cells.index(word) for key, word in printed.items() if word in cells}
        best = min(best, absent, key=len)
    raise Mistake("fact_sheet_columns", file=name, columns="、".join(best))


class _Reader:
    """Reads rows one after the other and remembers where each way of asking stood."""

    def __init__(self, villages: Mapping[str, str], duty_phones: frozenset[str]) -> None:
        self._villages = villages
        self._duty_phones = duty_phones
        self._asked: dict[tuple[str | None, str], tuple[int, str]] = {}
        self._facts: list[Fact] = []
        self._ended: list[Fact] = []
        self._mistakes: list[Mistake] = []
        self._has_samples = False

    def sheet(self) -> Sheet:
        return Sheet(tuple(self._facts), tuple(self._mistakes), tuple(self._ended), self._has_samples)

    def take(self, number: int, row: Mapping[str, str]) -> None:
        try:
            fact = self._fact(number, {key: row.get(key, "") for key in _COLUMNS})
            self._check_asked_once(number, fact)
        except Mistake as mistake:
            self._mistakes.append(mistake)
            return
        (self._ended if fact.answer in words().ended else self._facts).append(fact)
        self._has_samples |= row.get("source", "").endswith(words().sample)

    def _fact(self, number: int, row: Mapping[str, str]) -> Fact:
        questions = tuple(
            dict.fromkeys(part.strip() for part in re.split(r"[|｜\n]", row["questions"]) if asked_as(part))
        )
        if not questions:
            raise Mistake("fact_without_question", row=number)
        if not row["answer"]:
            raise Mistake("fact_without_answer", row=number)
        if len(row["answer"]) > LONGEST_ANSWER or max(map(len, questions)) > LONGEST_QUESTION:
            raise Mistake("fact_too_long", row=number, answer=LONGEST_ANSWER, question=LONGEST_QUESTION)
        self._check_phones(number, row)
        if row["village"] and row["village"] not in self._villages:
            raise Mistake("fact_unknown_village", row=number, village=row["village"])
        until, checked = (_day(row[key], number, columns()[key]) for key in ("valid_until", "last_checked"))
        source, village = row["source"].removesuffix(words().sample), self._villages.get(row["village"])
        return Fact(questions, row["answer"], source, row["owner"], until, checked, village)

    def _check_phones(self, number: int, row: Mapping[str, str]) -> None:
        for key, text in row.items():
            for found in _MOBILE.findall(unicodedata.normalize("NFKC", text)):
                if re.sub(r"\D", "", found) not in self._duty_phones:
                    raise Mistake("fact_private_mobile", row=number, column=columns()[key])

    def _check_asked_once(self, number: int, fact: Fact) -> None:
        """A way of asking has one answer: the first row keeps it, the second is listed beside the first."""
        for way, question in zip(fact.ways, fact.questions, strict=True):
            if way in self._asked:
                other, answer = self._asked[way]
                code = "fact_twice" if answer == fact.answer else "fact_asked_twice"
                raise Mistake(code, row=number, question=question, other=other)
        self._asked |= dict.fromkeys(fact.ways, (number, fact.answer))


def _day(text: str, number: int, column: str) -> date | None:
    if not text or text in words().open_ended:
        return None
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text))
    wrong = Mistake("fact_bad_date", row=number, column=column, value=text[:20])
    if match is None:
        raise wrong
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError as impossible:
        raise wrong from impossible


def _rows(data: bytes, name: str) -> list[list[str]]:
    if not data:
        raise Mistake("file_empty", file=name)
    suffix = Path(name).suffix.lower()
    if suffix == OLD:
        raise Mistake("file_old_format", file=name, named=OLD[1:].upper(), wanted=".xlsx")
    if suffix not in FORMATS:
        raise Mistake("fact_sheet_format", file=name)
    rows = _of_workbook(data, name) if suffix == ".xlsx" else _of_csv(data, name)
    return [[_cell(value) for value in row] for row in rows]


def _of_csv(data: bytes, name: str) -> list[Sequence[Any]]:
    try:
        return list(csv.reader(io.StringIO(decode(data, name))))
    except csv.Error as broken:
        raise Mistake("file_unreadable", file=name) from broken


def _of_workbook(data: bytes, name: str) -> list[Sequence[Any]]:
    """Read the first page of a workbook; a locked one is an OLE container, a hostile one unfolds without end."""
    from openpyxl import load_workbook

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Mistake("file_encrypted", file=name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise Mistake("file_too_large", file=name, megabytes=">50", most=MOST_UNPACKED // 2**20)
        page = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        return list(_limited(page.iter_rows(values_only=True, max_col=50)))
    except Mistake:
        raise
    except Exception as broken:  # the reader raises whatever a broken file makes it stumble on
        raise Mistake("file_unreadable", file=name) from broken


def _limited(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Stop soon after the most rows that a sheet may have: a page may claim a million empty ones."""
    for count, row in enumerate(rows):
        if count > MOST_ROWS + HEAD_AMONG:
            return
        yield row


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
