"""What became of each file that was brought: the keeper's list. Also how a scan knows a file that it has seen.

A row for each file of a folder, of an archive, and of each file that somebody sent. The file itself is not here.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from knowledge.ingest import Source, document_id
from knowledge.models import file_reports
from knowledge.structure.lines import Remark
from township.db import Tx
from township.errors import Mistake
from township.privacy import mask
from township.texts import Texts

BY_HAND = ""
"""The folder of files that somebody sent."""
MOST_PAGES = 8
"""Pages that a sentence names."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a scan knows a file again without opening it."""

    size: int = 0
    changed: int = 0
    """Nanoseconds of the file's own clock."""
    way: str = ""
    """Digest of how it is read and for whom: read again when that changes."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    name: str
    clauses: int = 0
    missing: tuple[str, ...] = ()
    """Fields that the file does not say of itself, as `frontmatter` names them."""
    remarks: tuple[Remark, ...] = ()
    mistake: Mistake | None = None
    document_id: str | None = None
    at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Nothing is left to do for the keeper."""
        return not (self.missing or self.remarks or self.mistake)


def of_source(name: str, source: Source) -> FileReport:
    """Report on a file that can be answered from."""
    document = document_id(source.town_id, source.source_key)
    private = any(mask(clause.text) != clause.text for clause in source.clauses)
    remarks = (*source.remarks, Remark("private_number")) if private else source.remarks
    return FileReport(name, len(source.clauses), source.missing, remarks, None, document)


def put(
    tx: Tx, town_id: str, report: FileReport, *, at: datetime, folder: str = BY_HAND, stamp: Stamp | None = None
) -> None:
    """Write down what became of a file, over what was known of it."""
    stamp = stamp or Stamp()
    key = _key(town_id, folder, report.name)
    row = {
        "town_id": town_id,
        "folder": folder,
        "name": report.name,
        "document_id": report.document_id,
        "clauses": report.clauses,
        "missing": list(report.missing),
        "remarks": [[remark.code, list(remark.pages)] for remark in report.remarks],
        "mistake": report.mistake.code if report.mistake else "",
        "mistake_values": {key: str(value) for key, value in (report.mistake.values if report.mistake else {}).items()},
        "size": stamp.size,
        "changed": stamp.changed,
        "way": stamp.way,
        "at": at,
    }
    if tx.execute(file_reports.update().where(file_reports.c.id == key).values(**row)).rowcount == 0:
        tx.execute(file_reports.insert().values(id=key, **row))


def of_town(tx: Tx, town_id: str) -> list[FileReport]:
    """List all files of a town, those that nobody could read first, then those that lack something."""
    rows = tx.execute(sa.select(file_reports).where(file_reports.c.town_id == town_id).order_by(file_reports.c.name))
    found = [_report(row) for row in rows.mappings() if row["clauses"] or row["mistake"]]
    return sorted(found, key=lambda one: (one.mistake is None, one.is_complete, one.name))


def seen(tx: Tx, town_id: str, folder: str) -> dict[str, tuple[Stamp, FileReport]]:
    """Give what is known of the files of a folder, by name."""
    here = sa.and_(file_reports.c.town_id == town_id, file_reports.c.folder == folder)
    rows = tx.execute(sa.select(file_reports).where(here)).mappings()
    return {row["name"]: (Stamp(row["size"], row["changed"], row["way"]), _report(row)) for row in rows}


def forget(tx: Tx, town_id: str, folder: str, names: Collection[str]) -> None:
    """Drop the reports of files that are in the folder no longer; their documents stay as they are."""
    for name in names:
        tx.execute(file_reports.delete().where(file_reports.c.id == _key(town_id, folder, name)))


def words(report: FileReport) -> str:
    """Say in plain words whether a file answers, and what it lacks. A mistake says itself; it is not said here."""
    texts = _texts()
    said = [texts.say("file_answers", count=report.clauses)]
    said += [texts.say(f"lacks_{name}") for name in report.missing]
    for remark in report.remarks:
        pages = texts.say("and").join(map(str, remark.pages[:MOST_PAGES]))
        more = texts.say("ellipsis") if len(remark.pages) > MOST_PAGES else ""
        said.append(texts.say(f"remark_{remark.code}", pages=pages + more))
    return texts.say("listed_with").join(said)


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).parents[1] / "texts.yaml")


def _report(row: sa.RowMapping) -> FileReport:
    mistake = Mistake(row["mistake"], **row["mistake_values"]) if row["mistake"] else None
    remarks = tuple(Remark(code, tuple(pages)) for code, pages in row["remarks"])
    return FileReport(
        row["name"], row["clauses"], tuple(row["missing"]), remarks, mistake, row["document_id"], row["at"]
    )


def _key(town_id: str, folder: str, name: str) -> str:
    return hashlib.sha256("\0".join((town_id, folder, name)).encode()).hexdigest()[:32]
