"""The Word form that a counter uses today, read into what a service asks: labels become fields with guessed kinds.

What is in doubt is said; a clerk decides. What the system knows of whoever asks is never asked.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from skills.sheets import say
from skills.workbook.labels import label, labels
from skills.workbook.naming import made
from township.errors import Mistake

FEWEST_ROWS = 2
"""Empty rows below its head by which a table is filled in row by row."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a paper form, as it is understood."""

    name: str
    kind: str = "text"
    options: tuple[str, ...] = ()
    sensitive: bool = False
    sure: bool = True
    known: bool = False
    """The system knows it of whoever asks."""
    columns: "tuple[Label, ...]" = ()
    """Of a table of rows: what each row holds."""

    def row(self) -> dict[str, str]:
        """The row of the workbook for it."""
        yes = str(labels()["answers"]["true"])
        cells = {"name": self.name, "kind": label("kinds", self.kind), "options": "、".join(self.options)}
        if self.columns:
            cells["options"] = "、".join(f"{one.name}（{label('kinds', one.kind)}）" for one in self.columns)
        cells["optional"] = yes if self.known else ""
        cells["sensitive"] = yes if self.sensitive else ""
        cells["ask"] = "" if self.known else say(f"paper_ask_{self.kind}", name=self.name)
        cells["why"] = say("paper_why")
        return {column: text for column, text in cells.items() if text}


@dataclass(frozen=True, slots=True)
class PaperForm:
    """A paper form: its title, what it asks, and what somebody else fills in."""

    title: str
    labels: tuple[Label, ...]
    decided: tuple[str, ...] = ()
    """Labels for those who decide: steps of the flow, no questions."""

    def rows(self) -> Iterator[dict[str, str]]:
        """The rows of the workbook: first whatever was said, then what the form asks."""
        said = next(word for word, key in labels()["ids"].items() if key == "what")
        yield {"name": said, "kind": label("kinds", "text"), "optional": labels()["answers"]["true"]}
        yield from (one.row() for one in self.labels)

    @property
    def doubtful(self) -> tuple[Label, ...]:
        """The labels whose kind a clerk should look at."""
        return tuple(one for one in self.labels if not one.sure)


@cache
def _rules() -> Mapping[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return loaded


def read(content: bytes) -> PaperForm:
    """Read a .docx; what is none, or has no labels, is a Mistake."""
    lines, tables = _parts(content)
    found: dict[str, Label] = {}
    decided: list[str] = []
    lists = [(table, list(_lists(table))) for table in tables]
    headings = {table.above for table, listed in lists if any(one.is_below(table.above) for one in listed)}
    plain = [
        [row for at, row in enumerate(table.rows) if not any(at in one.rows for one in listed)]
        for table, listed in lists
    ]
    asked = _of_lines([line for line in lines if line not in headings])
    for name, rest in (*asked, *(pair for rows in plain for pair in _of_table(rows))):
        if re.search(_rules()["decided"], name):
            decided.append(name)
        elif name and not name.isdecimal() and name not in found:
            found[name] = _guessed(name, rest)
    found |= {one.name: one for one in (_of_list(each) for _, listed in lists for each in listed)}
    if not found:
        raise Mistake("paper_without_labels")
    title = next((line for line in lines if re.fullmatch(_rules()["title"], line)), "")
    return PaperForm(title, _distinct(list(found.values())), tuple(dict.fromkeys(decided)))


@dataclass(frozen=True, slots=True)
class Table:
    """The texts of a table, and the line that stands right above it."""

    above: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """What of a table is filled in row by row: what stands over or beside it, the heads of its columns, its rows."""

    heading: str
    heads: Sequence[str]
    rows: range

    def is_below(self, line: str) -> bool:
        """Tell whether a line above the table is its heading."""
        return bool(line) and self.heading == line and _named(line) != ""


def _parts(content: bytes) -> tuple[list[str], list[Table]]:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = Document(io.BytesIO(content))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, OSError) as wrong:
        raise Mistake("paper_unreadable") from wrong
    lines = [re.sub(r"[ \t]+$", "", one.text) for one in document.paragraphs if one.text.strip()]
    return [line.strip() for line in lines], list(_tables(document))


def _tables(around: Any) -> Iterator[Table]:
    """Each table, and then the tables that stand in its cells."""
    above = ""
    for part in around.iter_inner_content():
        if not hasattr(part, "rows"):
            above = part.text.strip() or above
            continue
        rows = [_once(row.cells) for row in part.rows]
        yield Table(above, [[cell.text.strip() for cell in cells] for cells in rows])
        above = ""
        for cell in _once(cell for cells in rows for cell in cells):
            yield from _tables(cell)


def _once(cells: Iterable[Any]) -> list[Any]:
    """Cells that were merged count once."""
    return list({cell._tc: cell for cell in cells}.values())


def _of_lines(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        for found in re.finditer(_rules()["line"], line):
            yield _plain(found["label"]), found["rest"].strip()


def _lists(table: Table) -> Iterator[Listed]:
    """What is filled in row by row, with its name in a line or row of its own above, or in one cell beside all rows."""
    rows = table.rows
    for at, row in enumerate(rows):
        below = rows[at + 1 : at + 1 + FEWEST_ROWS]
        if _is_head(row, below):
            over = rows[at - 1] if at else [table.above]
            yield Listed(over[0] if len(over) == 1 else "", row, range(at, at + 1))
        elif all(one[:1] == row[:1] for one in below) and _is_head(row[1:], [one[1:] for one in below]):
            end = next((n for n in range(at, len(rows)) if rows[n][:1] != row[:1]), len(rows))
            yield Listed(row[0], row[1:], range(at, end))


def _is_head(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell the heads of columns: labels alone, and two or more empty rows below."""
    is_head = sum(not _counts(cell) for cell in row) > 1 and all(_is_label(cell) for cell in row)
    return is_head and len(below) == FEWEST_ROWS and all(_is_blank_row([one]) for one in below)


def _named(heading: str) -> str:
    """What a heading calls the rows below it; empty for the title of the whole form, and for a sentence."""
    found = re.fullmatch(_rules()["heading"], "".join(heading.split()))
    return found["name"] if found and not re.fullmatch(_rules()["title"], heading) else ""


def _counts(cell: str) -> bool:
    """Tell whether a column only numbers the rows."""
    return re.search(_rules()["counts"], cell) is not None


def _of_list(listed: Listed) -> Label:
    """One question for a whole table: a row a person or thing; the number of a row is nobody's answer."""
    columns = [_guessed(_plain(cell), "") for cell in listed.heads if not _counts(cell)]
    name = _named(listed.heading) or say("paper_rows", first=columns[0].name)
    return Label(name, "rows", sure=False, columns=tuple(columns))


def _of_table(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """A label and what stands right of it; a label with nothing right of it and blanks below is a column."""
    for at, row in enumerate(rows):
        if len(row) > 2 and all(_is_label(cell) for cell in row) and _is_blank_row(rows[at + 1 : at + 2]):
            yield from ((_plain(cell), "") for cell in row)
            continue
        place = 0
        while place < len(row):
            cell, following = row[place], row[place + 1] if place + 1 < len(row) else None
            if re.search(_rules()["boxes"], cell) and not _is_label(cell):
                yield _boxed(cell, row[place - 1] if place else "")
            elif _is_label(cell) and following is not None and not _is_label(following):
                yield _plain(cell), following
                place += 1
            elif inner := list(_of_lines([cell])):
                yield from inner
            place += 1


def _boxed(cell: str, before: str) -> tuple[str, str]:
    head = re.split(_rules()["boxes"], cell, maxsplit=1)[0]
    return _plain(head) or _plain(before), cell


def _is_label(cell: str) -> bool:
    is_text = bool(cell) and not re.fullmatch(_rules()["blank"], cell)
    return (
        is_text and re.fullmatch(_rules()["label"], _plain(cell)) is not None and not re.search(_rules()["boxes"], cell)
    )


def _is_blank_row(rows: Sequence[Sequence[str]]) -> bool:
    return bool(rows) and all(cell.isdecimal() or re.fullmatch(_rules()["blank"], cell) for cell in rows[0])


def _plain(text: str) -> str:
    return re.sub(_rules()["mark"], "", text)


def _guessed(name: str, rest: str) -> Label:
    """Guess what a label wants, by its words and by the boxes beside it."""
    parts = re.split(_rules()["boxes"], rest)[1:] if re.search(_rules()["boxes"], rest) else []
    options = tuple(dict.fromkeys(option for part in parts if (option := _plain(part).strip("、，,（）()；;"))))
    rule: Mapping[str, Any] = next((one for one in _rules()["rules"] if re.search(one["says"], name)), {})
    sensitive = bool(rule.get("sensitive"))
    if len(options) == 2 and set(options) <= set(_rules()["yes_no"]):
        return Label(name, "yes_no", sensitive=sensitive)
    if len(options) > 1:
        return Label(name, "choice", options, sensitive)
    known = re.search(_rules()["known"], name) is not None
    sure = known or bool(rule and rule.get("sure", True))
    return Label(name, rule.get("kind", "text"), (), sensitive, sure, known)


def _distinct(found: list[Label]) -> tuple[Label, ...]:
    """Two labels that would be given one name are told apart."""
    taken: set[str] = {"what"}
    kept = []
    for one in found:
        name = next(word for word in (one.name, *(f"{one.name}{n}" for n in range(2, 99))) if made(word) not in taken)
        taken.add(made(name))
        kept.append(replace(one, name=name))
    return tuple(kept)
