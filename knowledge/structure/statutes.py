"""Statutes from a JSONL of articles, with the JSONL of their documents beside it where there is one.

The articles' file has doc_id, article_id, title, article_no, chapter and text a line; `law_docs.jsonl` beside it adds
date, category and whether a law has run out. They enter as shared documents for everybody: of the nation, or of the
province, city or county whose people's congress passed them.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.ingest import MOST_KEY, MOST_NUMBER, Source, content_hashes, document_id, shared_levels, store
from knowledge.models import Level, VersionState
from knowledge.splitters import Clause
from knowledge.structure.patterns import pattern
from township.db import Database
from township.errors import Mistake

BESIDE = "law_docs.jsonl"
Line = TypeVar("Line", bound=BaseModel)


class Article(BaseModel):
    """One line of the articles' file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    doc_id: str = Field(max_length=MOST_KEY)
    article_id: str
    title: str
    article_no: str = Field(default="", max_length=MOST_NUMBER)
    chapter: str = ""
    text: str


class Register(BaseModel):
    """One line of the documents' file: what is known of a statute as a whole."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    doc_id: str
    category: str = ""
    """Kind of law; only of what was passed by a province, city or county it decides something here."""
    date: str = ""
    expired: bool = False


def read(path: Path) -> Iterator[tuple[Source, bool]]:
    """Read every statute of the file, each with whether it has run out; a line that is no article is a Mistake."""
    register = _register(path.with_name(BESIDE))
    for doc_id, group in groupby(_lines(path, Article), key=lambda article: article.doc_id):
        articles = list(group)
        about = register.get(doc_id, Register(doc_id=doc_id))
        yield _source(articles, about), about.expired


def _source(articles: list[Article], about: Register) -> Source:
    day = date.fromisoformat(about.date) if about.date else None
    # The category is not content: what was stored before it was read keeps its version.
    content = json.dumps(
        [about.model_dump(exclude={"category"}), *(a.model_dump() for a in articles)], ensure_ascii=False
    )
    return Source(
        source_key=about.doc_id,
        title=articles[0].title,
        clauses=[Clause(a.article_id, a.chapter, a.article_no, None, a.text) for a in articles],
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        level=level_of(articles[0].title, about.category),
        issued_on=day,
        in_force_from=day,
    )


def level_of(title: str, category: str) -> Level:
    """Say who passed a law: a category of local laws names the place, the title its kind."""
    if not pattern("local_category").search(category):
        return Level.nation
    if pattern("county_title").match(title):
        return Level.county
    return Level.city if pattern("city_title").match(title) else Level.province


def _register(path: Path) -> dict[str, Register]:
    return {line.doc_id: line for line in _lines(path, Register)} if path.is_file() else {}


def _lines(path: Path, kind: type[Line]) -> Iterator[Line]:
    if not path.stat().st_size:
        raise Mistake("file_empty", file=path.name)
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(_texts(file, path.name), 1):
            try:
                yield kind.model_validate_json(text)
            except ValidationError as error:
                first: dict[str, Any] = dict(error.errors()[0])
                raise Mistake("bad_line", file=path.name, line=number, reason=first["msg"]) from error


def _texts(file: TextIO, name: str) -> Iterator[str]:
    try:
        yield from file
    except UnicodeDecodeError as error:
        raise Mistake("not_text", file=name) from error


def ingest(db: Database, path: Path, *, at: datetime, progress: Callable[[int], None] = lambda clauses: None) -> int:
    """Take in the statutes of the file, a transaction each; unchanged ones cost a look. Answers how many are new."""
    known, levels = db.read_now(lambda tx: (content_hashes(tx, None), shared_levels(tx)))
    new = 0
    for source, expired in read(path):
        document = document_id(None, source.source_key)
        if (document, source.content_hash) in known and levels.get(document) is not source.level:
            db.write_now(partial(store, source=source, at=at))
        elif (document, source.content_hash) not in known:
            state = VersionState.repealed if expired else VersionState.in_force
            db.write_now(partial(store, source=source, at=at, state=state))
            new += 1
        progress(len(source.clauses))
    return new
