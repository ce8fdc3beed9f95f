"""An exact citation is looked up, not searched: a document's number or title, with an article's number.

Brackets may be missing, numerals Arabic, titles shortened (`titles`).
"""

import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from knowledge.library import Library
from knowledge.models import APPROVED, VersionState, clauses, documents, versions
from knowledge.retriever import Hit, fetch
from knowledge.search import titles
from knowledge.search.partitions import SHARED, Partition, may_see
from knowledge.structure.frontmatter import normal_number
from knowledge.structure.patterns import numeral, pattern
from knowledge.validity.terms import Term
from township.clock import SHANGHAI
from township.db import Tx
from township.scope import Audience, Scope


@dataclass(frozen=True, slots=True)
class Named:
    """What a question cites."""

    article: int
    doc_no: str = ""
    title: str = ""
    """As it stood in brackets."""
    before: str = ""
    """What stands before the article: its end may be a title, with or without brackets."""
    inserted: int = 0
    """The number behind an article's own: articles put in later are counted apart."""
    paragraph: int = 0
    """Within the article; 0: the whole."""


def named(question: str) -> Named | None:
    """Read the citation in a question: an article and, by number, brackets or what stands before it, a document."""
    text = unicodedata.normalize("NFKC", question)
    article = titles.pattern("article").search(text)
    if not article:
        return None
    before = text[: article.start()]
    number = pattern("doc_no").search(text)
    quoted = pattern("quoted_title").findall(before) or pattern("quoted_title").findall(text)
    if not number and not quoted and not titles.plain(before):
        return None
    return Named(
        numeral(article["n"]),
        normal_number(number[0]) if number else "",
        "" if number or not quoted else quoted[-1],
        "" if number else before,
        numeral(article["sub"]) if article["sub"] else 0,
        numeral(article["paragraph"]) if article["paragraph"] else 0,
    )


def cited(library: Library, question: str, *, scope: Scope, at: datetime) -> list[Hit]:
    """Give the clauses that a question cites and that `scope` may see, as of `at`; none where it cites nothing."""
    found = named(question)
    if found is None:
        return []
    day = at.astimezone(SHANGHAI).date()
    return fetch(library, library.db.read_now(lambda tx: find(tx, found, scope=scope, day=day)))


def find(tx: Tx, cited: Named, *, scope: Scope, day: date) -> list[str]:
    """Give the ids of the clauses cited that `scope` may see and that are in force on `day`, in their order."""
    wanted = _documents(tx, cited, scope)
    v = versions.c
    about = (clauses.c.id, clauses.c.number, v.in_force_from, v.in_force_until)
    dated = sa.or_(v.state == VersionState.in_force, v.in_force_until.is_not(None))  # ended, nobody knows when
    rows = (
        sa.select(*about)
        .select_from(clauses.join(versions, clauses.c.version_id == v.id))
        .where(v.document_id.in_(wanted), v.state.in_(APPROVED), dated, clauses.c.number != "")
        .order_by(clauses.c.version_id, clauses.c.position)
    )
    return [
        row.id
        for row in (tx.execute(rows) if wanted else ())
        if _article(row.number) == (cited.article, cited.inserted)
        and Term(row.in_force_from, row.in_force_until).holds_on(day)
    ]


def _documents(tx: Tx, cited: Named, scope: Scope) -> list[str]:
    """Choose the documents that are cited, of those that `scope` may see."""
    d = documents.c
    columns = (d.id, d.title, d.doc_no, d.town_id, d.village_id, d.audience)
    rows = [
        row
        for row in tx.execute(sa.select(*columns).where(sa.or_(d.town_id == scope.town_id, d.town_id.is_(None))))
        if may_see(scope, Partition(row.town_id or SHARED, row.village_id, Audience(row.audience), past=False))
    ]
    if cited.doc_no:
        return [row.id for row in rows if row.doc_no and cited.doc_no.endswith(row.doc_no)]
    meant = _titles(cited, {row.title for row in rows})
    return [row.id for row in rows if row.title in meant]


def _titles(cited: Named, known: Set[str]) -> frozenset[str]:
    """Choose the titles meant: a whole one right before the article, else the one in brackets, else a shortened one."""
    whole = titles.ending(cited.before, known)
    if any(len(titles.plain(title)) >= len(titles.plain(cited.title)) for title in whole):
        return whole  # as well where the brackets are only part of it: a reading names the law that it reads
    return titles.meant(cited.title, known) if cited.title else titles.meant_before(cited.before, known)


def _article(number: str) -> tuple[int, int] | None:
    """Read the number of a clause, and the one behind it."""
    if found := titles.pattern("article").match(number):
        return numeral(found["n"]), numeral(found["sub"]) if found["sub"] else 0
    listed = pattern("list_heading").match(number)
    return (numeral(listed["n"]), 0) if listed else None
