"""A workbook as one more door to a service: loaded like a folder, with sheet, row and column of every mistake."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from skills import folders, registry, scenarios
from skills.registry import Loaded, Place, Skill
from skills.scenarios import Scenario
from skills.sheets import Path_, Problem, say_in_book
from skills.workbook import contents, rehearsals, tables, writing
from skills.workbook.labels import columns, labels, sheet
from skills.workbook.reading import Reading
from skills.workbook.tables import Cell, Row
from workflows.notation import NAME

FORMATS = frozenset({".xlsx"})
HEADS = 1
"""The row of the heads; what stands in no cell is put there."""


def is_book(content: bytes) -> bool:
    """Tell whether a file is the workbook of a service: by its sheets, whatever it is called."""
    book, _ = tables.read("", content)
    return {"basics", "flow"} <= set(book.tables)


def load(file: str, content: bytes, skill: str = "") -> Loaded:
    """Read a workbook into a service that can be run, or into the problems why not."""
    book, problems = tables.read(file, content)
    if problems:
        return Loaded(skill or file, None, tuple(problems))
    reading = contents.read(book, skill)
    if not re.fullmatch(NAME, reading.skill):
        cell = reading.cells.get(("id",), Cell("basics", 1, "value"))
        wrong = book.problem(cell, say_in_book("not_a_name", name=reading.skill))
        return Loaded(reading.skill, None, (wrong,))
    terms = writing.terms_of(reading.content["workflow"], dict(writing.fields_of(reading.content)), reading.vocabulary)
    played = _rehearsals(reading, terms)
    where = _where(reading)
    words = _keys() | {name: word for word, name in reading.vocabulary.names.items()} | reading.words
    unread = {one.sheet for one in reading.problems}
    is_whole = not unread & {sheet("flow"), sheet("approvals")}
    manifest, _, found = registry.judged(reading.skill, reading.content, where, words, is_whole=is_whole)
    found = [problem for problem in found if problem not in reading.problems]
    if manifest is None or reading.problems or found:
        told = dict.fromkeys([*reading.problems, *_new(reading, found)])
        return Loaded(reading.skill, None, tuple(sorted(told, key=_order)))
    files = folders.files_of(manifest, played)
    loaded = registry.load_files(reading.skill, files)
    return Loaded(reading.skill, loaded.skill, loaded.problems, loaded.sheets, where)


def dump(skill: Skill) -> bytes:
    """Write a service as a workbook; reading it gives the same service."""
    played = scenarios.by_file(skill.id, skill.files)
    return tables.write(writing.tables_of(skill.id, skill.manifest, played), writing.lists())


def _new(reading: Reading, found: list[Problem]) -> list[Problem]:
    """Leave out what only follows from a mistake: in the same cell or row, or of what then stands in no cell."""
    taken = {(one.sheet, one.line) for one in reading.problems} | reading.unfinished
    taken |= {(sheet("basics"), HEADS)} if reading.problems else set()
    return [one for one in found if (one.sheet, one.line) not in taken]


def _order(problem: Problem) -> tuple[int, int]:
    order = list(labels()["sheets"].values())
    return order.index(problem.sheet) if problem.sheet in order else -1, problem.line


def _keys() -> dict[str, str]:
    """What the sheets call what has a key in a folder; the first sheet that calls it anything counts."""
    found = {key: told["label"] for key, told in labels()["basics"].items()}
    for heads in map(columns, ("flow", "form", "booked")):
        found |= {key: head for key, head in heads.items() if key not in found}
    return found | {"actions": columns("flow")["action"], "rows": columns("form")["options"]}


def _where(reading: Reading) -> Any:
    def place(path: Path_) -> Place:
        known = {tuple(str(part) for part in one): cell for one, cell in reading.cells.items()}
        wanted = tuple(str(part) for part in path)
        while wanted and wanted not in known:
            wanted = wanted[:-1]
        cell = known.get(wanted) or Cell("basics", HEADS, "value")
        letters = reading.book.tables[cell.sheet].letters if cell.sheet in reading.book.tables else {}
        return Place(reading.book.file, cell.row, sheet(cell.sheet), letters.get(cell.column, ""))

    return place


def _rehearsals(reading: Reading, terms: rehearsals.Terms) -> Mapping[str, list[Scenario]]:
    found: dict[str, list[Scenario]] = {}
    for told in rehearsals.read(reading, terms):
        try:
            several = found.setdefault(told.path, [])
            several.append(Scenario.model_validate(told.content))
            for n, row in enumerate(told.rows):
                place = (told.path, len(several) - 1, "steps", n)
                reading.cells[place] = Cell(rehearsals.SHEET, row.number, "verb")
        except ValidationError as error:
            for one in error.errors(include_url=False):
                problem = _step_problem(reading, one, told.rows)
                reading.problems += _new(reading, [problem])
    return found


def _step_problem(reading: Reading, error: Any, rows: list[Row]) -> Problem:
    path = tuple(error["loc"])
    at = path[1] if len(path) > 1 and path[0] == "steps" and isinstance(path[1], int) else 0
    cell = Cell("scenarios", rows[at].number if at < len(rows) else 2, "verb")
    message, _ = registry.sentence(error["type"], path, error.get("input"), error["msg"], {}, labels()["verbs"])
    return reading.book.problem(cell, message)
