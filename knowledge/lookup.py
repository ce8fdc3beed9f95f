"""An exact citation is looked up, not searched: a document's number or title in brackets, with an article's number."""

import re
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from knowledge.frontmatter import normal_number
from knowledge.models import APPROVED, clauses, documents, versions
from knowledge.partitions import SHARED, Partition, may_see
from knowledge.patterns import numeral, pattern
from knowledge.validity import Term
from township.db import Tx
from township.scope import Audience, Scope

TAIL = 5
"""Characters at the end of a document number by which candidates are read: words may stand before it in a question."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a question cites."""

    article: int
    doc_no: str = ""
    title: str = ""


def named(question: str) -> Named | None:
    """Read the citation in a question; none unless it names both a document and an article."""
    article = re.search(pattern("article").pattern, question)
    if not article:
        return None
    number = pattern("doc_no").search(question)
    title = pattern("quoted_title").search(question)
    if not number and not title:
        return None
    cited = normal_number(number[0]) if number else ""
    return Named(numeral(article["n"]), cited, title["title"] if title else "")


def find(tx: Tx, cited: Named, *, scope: Scope, day: date) -> list[str]:
    """Give the ids of the clauses cited that `scope` may see and that are in force on `day`."""
    owner = sa.or_(documents.c.town_id == scope.town_id, documents.c.town_id.is_(None))
    tail = cited.doc_no[-TAIL:]
    document = documents.c.doc_no.endswith(tail) if tail else documents.c.title.endswith(cited.title)
    where = (owner, document, versions.c.state.in_(APPROVED), clauses.c.number != "")
    about = (documents.c.doc_no, documents.c.town_id, documents.c.village_id, documents.c.audience)
    dates = (versions.c.in_force_from, versions.c.in_force_until)
    joined = clauses.join(versions, clauses.c.version_id == versions.c.id)
    joined = joined.join(documents, versions.c.document_id == documents.c.id)
    rows = tx.execute(sa.select(clauses.c.id, clauses.c.number, *about, *dates).select_from(joined).where(*where))
    return [
        row.id
        for row in rows
        if _article(row.number) == cited.article
        and (not tail or cited.doc_no.endswith(row.doc_no))
        and Term(row.in_force_from, row.in_force_until).holds_on(day)
        and may_see(scope, Partition(row.town_id or SHARED, row.village_id, Audience(row.audience), past=False))
    ]


def _article(number: str) -> int | None:
    found = pattern("article").match(number) or pattern("list_heading").match(number)
    return numeral(found["n"]) if found and not ("sub" in found.groupdict() and found["sub"]) else None
