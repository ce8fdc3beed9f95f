"""Versions of statutes that no longer hold, from a JSONL of their articles: found as of their days, never as in force.

A line has doc_id, title, version (the day from which it held), article_no and text. A version ends on the eve of the
next one that is known; where none is known it holds on no day.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, field_validator

from knowledge.ingest import MOST_KEY, MOST_NUMBER, Source, content_hashes, document_id, store
from knowledge.models import Level, VersionState, clauses, documents, versions
from knowledge.splitters import Clause
from knowledge.structure.statutes import level_of
from knowledge.validity.terms import Term
from township.db import Database, Tx

Current = sa.Row[*tuple[Any, ...]]
AS_OF = "@"
"""Between document and first day in the name of an old article; the names of those in force have none."""


class OldArticle(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    doc_id: str = Field(max_length=MOST_KEY)
    title: str
    version: date | None
    """The first day; None where nobody knows it."""
    article_no: str = Field(default="", max_length=MOST_NUMBER)
    text: str

    @field_validator("version", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        return value or None


def read(path: Path) -> Iterator[tuple[str, date | None, list[OldArticle]]]:
    """Read every version of the file: document, first day, articles."""
    with path.open(encoding="utf-8") as file:
        lines = [OldArticle.model_validate_json(line) for line in file]
    lines.sort(key=lambda line: (line.doc_id, line.version or date.min))
    for (doc_id, first), group in groupby(lines, key=lambda line: (line.doc_id, line.version)):
        yield doc_id, first, list(group)


def path_of(doc_id: str, first: date | None, place: int) -> str:
    """Name an article of an old version; the place counts from 1."""
    return f"{doc_id}{AS_OF}{first or ''}#{place}"


def is_path(path: str) -> bool:
    """Tell whether a clause is of an old version of this file."""
    return AS_OF in path


def terms(
    firsts: Mapping[str, Sequence[date | None]], now_from: Mapping[str, date | None]
) -> dict[tuple[str, date | None], Term]:
    """Say when each old version held: until the eve of the next, at last of the one in force (`now_from`)."""
    held: dict[tuple[str, date | None], Term] = {}
    for doc_id, days in firsts.items():
        current = now_from.get(doc_id)
        starts = sorted({day for day in (*days, current) if day})
        nexts = dict(pairwise(starts))
        for first in days:
            follower = nexts.get(first) if first else None
            held[doc_id, first] = Term(first, None).ended_by(follower) if follower else Term(first, None)
    return held


def held_terms(tx: Tx) -> dict[str, Term]:
    """Read of every article of an old version when it held; those whose days nobody knows are left out."""
    c, v = clauses.c, versions.c
    rows = sa.select(c.path, v.in_force_from, v.in_force_until).select_from(
        clauses.join(versions, c.version_id == v.id)
    )
    known = rows.where(v.in_force_from.is_not(None), v.in_force_until.is_not(None))
    return {row.path: Term(row.in_force_from, row.in_force_until) for row in tx.execute(known) if is_path(row.path)}


def ingest(db: Database, path: Path, *, at: datetime) -> int:
    """Take in the old versions of the file, a transaction each; answers how many are new."""
    found = list(read(path))
    known, about = db.read_now(lambda tx: (content_hashes(tx, None), _current(tx)))
    firsts: dict[str, list[date | None]] = defaultdict(list)
    for doc_id, first, _ in found:
        firsts[doc_id].append(first)
    keys = {doc_id: about.get(document_id(None, doc_id)) for doc_id in firsts}
    held = terms(firsts, {doc_id: row.in_force_from if row else None for doc_id, row in keys.items()})
    new = 0
    for doc_id, first, articles in found:
        source = _source(articles, held[doc_id, first], keys[doc_id])
        if (document_id(None, doc_id), source.content_hash) not in known:
            db.write_now(partial(store, source=source, at=at, state=VersionState.replaced))
            new += 1
    return new


def _source(articles: Sequence[OldArticle], term: Term, row: Current | None) -> Source:
    """Make the version; what is said of the document itself stays as the version in force says it."""
    doc_id, first = articles[0].doc_id, articles[0].version
    content = json.dumps([article.model_dump(mode="json") for article in articles], ensure_ascii=False)
    cut = [Clause(path_of(doc_id, first, n), "", a.article_no, None, a.text) for n, a in enumerate(articles, 1)]
    return Source(
        source_key=doc_id,
        title=row.title if row else articles[0].title,
        clauses=cut,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        level=Level(row.level) if row else level_of(articles[0].title, ""),
        issued_on=row.issued_on if row else None,
        in_force_from=term.first,
        in_force_until=term.last,
    )


def _current(tx: Tx) -> dict[str, Current]:
    """Read of every shared document what is said of it, and from when its version in force holds."""
    d, v = documents.c, versions.c
    rows = sa.select(d.id, d.title, d.level, d.issued_on, v.in_force_from).select_from(
        versions.join(documents, v.document_id == d.id)
    )
    return {row.id: row for row in tx.execute(rows.where(d.town_id.is_(None), v.state == VersionState.in_force))}
