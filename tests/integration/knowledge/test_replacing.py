"""A document is replaced again and again while people ask: every question is answered by one version, a whole one."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest

from knowledge import documents
from knowledge.answers import Answerer, AnswerKind
from knowledge.embeddings import HashEmbedder
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.retriever import retrieve
from knowledge.search.vectors import embed_missing
from tests.integration.knowledge.builders import a_source
from township.clock import SHANGHAI, TurnedClock
from township.db import Database
from township.scope import Audience, Scope

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
SCOPE = Scope("town", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
ROUNDS, PER_ROUND, CLAUSES = 4, 8, 8
QUESTIONS = ("扫雪补贴每天多少钱", "扫雪从哪天开始扫雪补贴", "扫雪工具找谁领扫雪补贴")


def version(n: int) -> tuple[str, ...]:
    """One version of the document: every clause of it carries the mark of its round."""
    return tuple(f"扫雪补贴第{c}项，每天补贴{100 + n}元，扫雪工具按第{n}版发放。" for c in range(1, CLAUSES + 1))


def replaced(db: Database, n: int) -> str:
    """Bring version n and put it in force, its vectors made while it is a draft."""
    source = a_source("扫雪补贴办法", *version(n), in_force_from=AT.date())
    stored = db.write_now(partial(documents.submit, source=source, by="clerk", at=AT))
    embed_missing(db, HashEmbedder())
    db.write_now(partial(documents.confirm, version_id=stored.version_id, by="second", at=AT))
    return stored.version_id


@pytest.fixture
def asked(db: Database) -> Iterator[tuple[Database, Library]]:
    library = Library(db, HashEmbedder(), ExactIndex())
    replaced(db, 0)
    library.refresh(AT.date())
    yield db, library
    library.close()


def test_nobody_sees_a_gap_or_half_a_document(asked: tuple[Database, Library]) -> None:
    db, library = asked
    by_words = Library(db, None, ExactIndex())
    by_words.refresh(AT.date())
    answerer, done, answered, wrong = Answerer(by_words), threading.Event(), [0], []
    counted, changed = threading.Condition(), threading.Event()

    def ask(asker: int) -> None:
        n = asker
        while not done.is_set():
            n += 1
            hits = retrieve(library, QUESTIONS[n % len(QUESTIONS)], scope=SCOPE, at=AT, limit=CLAUSES)
            told = answerer.answer(QUESTIONS[0], scope=SCOPE, at=AT)
            seen = {hit.version_id for hit in hits}
            if len(seen) != 1 or len(hits) != CLAUSES or told.kind is not AnswerKind.clause:
                wrong.append((len(seen), len(hits), told.kind))
            with counted:
                answered[0] += 1
                counted.notify_all()

    def more(than: int) -> None:
        with counted:
            assert counted.wait_for(lambda: answered[0] >= than or wrong, timeout=60)

    def follow() -> None:
        while not done.is_set():
            changed.wait()
            changed.clear()
            library.refresh(AT.date())
            by_words.refresh(AT.date())

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(ask, 0), pool.submit(ask, 1), pool.submit(follow)]
        for n in range(1, ROUNDS + 1):
            more(answered[0] + PER_ROUND)
            replaced(db, n)
            changed.set()
        more(answered[0] + PER_ROUND)
        done.set()
        changed.set()
        for one in running:
            one.result(timeout=60)
    assert wrong == []
    assert answered[0] >= (ROUNDS + 1) * PER_ROUND
    by_words.refresh(AT.date())
    assert f"{100 + ROUNDS}元" in answerer.answer(QUESTIONS[0], scope=SCOPE, at=AT).text


def test_a_new_version_is_found_by_meaning_as_soon_as_it_is_in_force(asked: tuple[Database, Library]) -> None:
    db, library = asked
    replaced(db, 1)
    library.refresh(AT.date())
    hits = retrieve(library, QUESTIONS[0], scope=SCOPE, at=AT)
    assert hits
    assert all(hit.cosine is not None for hit in hits)


def test_what_was_replaced_a_moment_ago_is_not_told_any_more(sqlite_db: Database) -> None:
    library = Library(sqlite_db, None, ExactIndex())
    replaced(sqlite_db, 1)
    library.refresh(AT.date())
    replaced(sqlite_db, 2)
    said = Answerer(library).answer(QUESTIONS[0], scope=SCOPE, at=AT).text
    assert "102元" in said, "the shelves follow every two seconds, the answer at once"


def test_a_day_that_comes_at_midnight_in_shanghai_changes_the_answer(db: Database) -> None:
    clock = TurnedClock(datetime(2026, 11, 30, 23, 59, 59, tzinfo=SHANGHAI))
    old = a_source("扫雪补贴办法", *version(1))
    new = a_source("扫雪补贴办法", *version(2), in_force_from=datetime(2026, 12, 1, tzinfo=SHANGHAI).date())
    for source in (old, new):
        stored = db.write_now(partial(documents.submit, source=source, by="clerk", at=AT))
        db.write_now(partial(documents.confirm, version_id=stored.version_id, by="second", at=AT))
    library = Library(db, None, ExactIndex())
    answerer = Answerer(library)

    def said() -> str:
        return answerer.answer(QUESTIONS[0], scope=SCOPE, at=clock.now()).text

    library.refresh(clock.now().date())
    assert "101元" in said()
    clock.forward(timedelta(seconds=1))
    assert "102元" in said(), "right in the moment before the caches follow"
    assert library.refresh(clock.now().date())
    assert "102元" in said()
    assert not library.refresh(clock.now().date())
    clock.forward(timedelta(hours=8))
    assert clock.machine().date() == clock.now().date()
    assert "102元" in said()
