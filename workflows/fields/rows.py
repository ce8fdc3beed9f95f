"""Things that are kept in numbers: photos, files, signatures, and rows of the same fields again and again. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from township.errors import Mistake
from workflows.clocks.durations import words
from workflows.definition import FormField
from workflows.fields.known import Known

Read = Callable[[str, FormField, Any, Known], Any]
MOST = 200
"""Rows of one form."""


def files(raw: Any, spec: FormField, known: Known) -> list[str] | None:
    """Take one or more stored files by their hashes."""
    found = [raw] if isinstance(raw, str) else list(raw) if isinstance(raw, list | tuple) else []
    return [str(one) for one in found] or None


def rows(raw: Any, spec: FormField, known: Known, read: Read) -> list[dict[str, Any]] | None:
    """Read rows: given as mappings, or said one a line or sentence, the columns in order.

    A row that lacks a needed column is a Mistake that names the row and the column.
    """
    given = _split(raw, spec) if isinstance(raw, str) else raw if isinstance(raw, Sequence) else []
    if len(given) > MOST:
        raise Mistake("too_many_rows", field=spec.name, name=spec.name, most=MOST)
    return [_row(one, spec, known, read, nth) for nth, one in enumerate(given, 1)] or None


def _row(given: Any, spec: FormField, known: Known, read: Read, nth: int) -> dict[str, Any]:
    cells: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    row = {name: read(name, one, cells[name], known) for name, one in spec.rows.items() if cells.get(name)}
    lacking = next((one.name for name, one in spec.rows.items() if not one.optional and name not in row), None)
    if lacking:
        raise Mistake("row_incomplete", field=spec.name, name=spec.name, row=nth, column=lacking)
    return row


def _split(said: str, spec: FormField) -> list[dict[str, str]]:
    """Cut what was said into rows and cells: rows by line or full stop, cells by comma or space."""
    ends, between = words()["row_ends"], words()["cell_ends"]
    for end in ends:
        said = said.replace(end, "\n")
    lines = [line.strip() for line in said.split("\n") if line.strip()]
    return [dict(zip(spec.rows, _cells(line, between), strict=False)) for line in lines]


def _cells(line: str, between: str) -> list[str]:
    for mark in between:
        line = line.replace(mark, " ")
    return line.split()
