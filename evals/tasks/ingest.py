"""Ingest: are the clauses of a file those that a careful reader finds, with their numbers and pages?

The sample documents, and files made on the spot in every form that we read. `clauses` is the share of clauses right in
number and first words, out of those that are there or were made up, whichever are more; `pages` of those with a page.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any

from ruamel.yaml import YAML

from evals.harness import Report
from evals.printing import printed
from knowledge.formats import scans
from knowledge.formats.quarantine import Quarantine
from knowledge.ingest import Source
from knowledge.language import lexicon
from knowledge.splitters import Clause
from knowledge.structure import folders
from township.errors import Mistake

TASK = "ingest"
SAMPLES = Path(lexicon.__file__).parents[1] / "samples"
EXPECTED = Path(__file__).parents[1] / "datasets" / "ingest.yaml"
FRONT = ("title", "doc_no", "issuer", "issued_on")
PAGED = frozenset({"pdf", "scan", "pptx"})
"""Forms whose files have pages."""


@dataclass(frozen=True, slots=True)
class _File:
    """One file to be read, and what is in it."""

    name: str
    form: str
    data: bytes
    front: Mapping[str, Any]
    clauses: Sequence[Sequence[Any]]


def run() -> Report:
    """Read every file as `dinglin ingest` would and compare."""
    expected = YAML(typ="safe", pure=True).load(EXPECTED.read_text("utf-8"))
    scores: dict[str, list[dict[str, float]]] = defaultdict(list)
    items = 0
    with Quarantine() as apart:
        for file in [*_samples(expected["samples"]), *_made(expected["files"])]:
            score = _score(file, _read(file, apart))
            scores[file.form].append(score)
            scores["all"].append(score)
            items += len(file.clauses)
    metrics = _means(scores.pop("all"))
    by = {form: _means(rows) for form, rows in scores.items()}
    return Report(TASK, items, metrics, by, {"files": sum(int(row["files"]) for row in by.values())})


def _samples(expected: Mapping[str, Any]) -> Iterator[_File]:
    for name, said in expected.items():
        yield _File(name, "samples", (SAMPLES / name).read_bytes(), said["front"], said["clauses"])


def _made(expected: Sequence[Mapping[str, Any]]) -> Iterator[_File]:
    for said in expected:
        for form in [*said["forms"], *(["scan"] if scans.can_see() and "pdf" in said["forms"] else [])]:
            data = printed(form, said["blocks"], header=said.get("header", ""))
            suffix = "pdf" if form == "scan" else form
            yield _File(f"{said['name']}.{suffix}", form, data, said["front"], said["clauses"])


def _read(file: _File, apart: Quarantine) -> Source | None:
    try:
        return folders.source_of(file.data, file.name, town_id=TASK, apart=apart)[0]
    except Mistake:
        return None


def _score(file: _File, source: Source | None) -> dict[str, float]:
    if source is None:
        return {"clauses": 0.0, "read": 0.0}
    right = _matched(source.clauses, file.clauses)
    score = {"read": 1.0, "clauses": len(right) / max(len(file.clauses), len(source.clauses))}
    if wanted := {name: file.front[name] for name in FRONT if name in file.front}:
        score["front"] = fmean(_same(getattr(source, name), value) for name, value in wanted.items())
    if file.form in PAGED and right:
        score["pages"] = fmean(clause.page == said[2] for clause, said in right)
    return score


def _matched(found: Sequence[Clause], expected: Sequence[Sequence[Any]]) -> list[tuple[Clause, Sequence[Any]]]:
    """Pair the clauses that are right with what was expected, each once and in order."""
    pairs = []
    left = list(found)
    for said in expected:
        place = next((n for n, clause in enumerate(left) if _is(clause, said[0], said[1])), None)
        if place is not None:
            pairs.append((left[place], said))
            left = left[place + 1 :]
    return pairs


def _is(clause: Clause, number: str, opening: str) -> bool:
    return clause.number == number and _bare(clause.text).startswith(_bare(opening))


def _same(value: object, said: object) -> bool:
    if isinstance(value, date) or isinstance(said, date):
        return value == said
    return _bare(str(value or "")) == _bare(str(said or ""))


def _bare(text: str) -> str:
    return "".join(text.split())


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for row in rows for name in row)
    means = {name: round(fmean(row[name] for row in rows if name in row), 4) for name in names}
    return {"files": len(rows), **means}
