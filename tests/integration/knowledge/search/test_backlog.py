"""Vectors in the background: made once, gone on with after a kill, and another embedder taken over when it is ready."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from evals.bench.children import ROOT
from knowledge.embeddings import Embedder, HashEmbedder, choose
from knowledge.index import ChromaIndex, ExactIndex
from knowledge.ingest import Source, store
from knowledge.library import Library
from knowledge.models import VersionState
from knowledge.models import vectors as rows
from knowledge.retriever import retrieve
from knowledge.search import backlog, embedders, vectors
from knowledge.search.backlog import Backlog, Wanted
from knowledge.search.embedders import Known
from knowledge.search.tiers import Tiers
from tests.integration.knowledge.builders import TODAY, a_source
from tests.integration.knowledge.embedding_server import Served, embedding_server
from township.clock import Clock, SystemClock, TurnedClock
from township.db import Database
from township.errors import Mistake
from township.scope import Scope

OPEN = Scope.public("town")
MANY = [f"第{n}号水渠由{n}组清淤" for n in range(300)]
OLD = HashEmbedder()


def put(db: Database, *sources: Source) -> None:
    """Store in force, without vectors."""
    for source in sources:
        db.write_now(partial(store, source=source, at=TODAY, state=VersionState.in_force))


def backlog_of(db: Database, clock: TurnedClock, embedder: Embedder, library: Library | None = None) -> Backlog:
    return Backlog(db, Wanted(embedder.name, None, lambda: embedder), clock.machine, library=library)


def opening(served: Served, clock: Clock, library: Library, **about: Any) -> Backlog:
    """Make the backlog of a library whose settings name the endpoint now."""
    wanted = Wanted(served.setting(), None, lambda: endpoint(served, **about))
    return Backlog(library.db, wanted, clock.machine, library=library)


def endpoint(served: Served, **about: Any) -> Embedder:
    made = choose(served.setting(), Path(), **about)
    assert made is not None
    return made


def counted(db: Database, embedder: str) -> int:
    count = sa.select(sa.func.count()).select_from(rows).where(rows.c.embedder == embedder)
    return int(db.read_now(lambda tx: tx.execute(count).scalar_one()))


@pytest.fixture
def served() -> Iterator[Served]:
    with embedding_server() as server:
        yield server


@pytest.fixture
def library(sqlite_db: Database, clock: TurnedClock, tmp_path: Path) -> Iterator[Library]:
    """A library of three hundred clauses that the old embedder answers, as after some days of use."""
    put(sqlite_db, a_source("水渠", *MANY))
    opened = Library(sqlite_db, OLD, Tiers(ChromaIndex.embedded(tmp_path / "index"), small=100))
    assert backlog_of(sqlite_db, clock, OLD, opened).catch_up() == len(MANY)
    opened.refresh(TODAY.date())
    yield opened
    opened.close()


def answers(library: Library, question: str = "第7号水渠谁清淤") -> tuple[str, float | None]:
    hit = retrieve(library, question, scope=OPEN, at=TODAY)[0]
    return hit.text, hit.cosine


def test_what_is_missing_is_made_once(library: Library, clock: TurnedClock) -> None:
    assert answers(library)[1] is not None
    assert backlog_of(library.db, clock, OLD, library).catch_up() == 0
    put(library.db, a_source("路灯", "坏了的路灯三天以内修好"))
    assert backlog_of(library.db, clock, OLD, library).catch_up() == 1
    assert library.refresh(TODAY.date())
    assert answers(library, "路灯几天修好")[1] is not None


def test_two_do_not_make_the_same(sqlite_db: Database, clock: TurnedClock) -> None:
    put(sqlite_db, a_source("水渠", *MANY))
    known = Known(OLD.name, "hash", None, OLD.dimensions)
    sqlite_db.write_now(lambda tx: embedders.note(tx, known, at=clock.machine()))
    other = embedders.this_process("another")
    assert sqlite_db.write_now(lambda tx: embedders.hold(tx, OLD.name, other, at=clock.machine()))
    assert backlog_of(sqlite_db, clock, OLD).catch_up() is None
    assert counted(sqlite_db, OLD.name) == 0
    sqlite_db.write_now(lambda tx: embedders.give_back(tx, OLD.name, other))
    assert backlog_of(sqlite_db, clock, OLD).catch_up() == len(MANY)


def test_a_holder_without_a_sign_of_life_loses_its_right(db: Database, clock: TurnedClock) -> None:
    known = Known(OLD.name, "hash", None, OLD.dimensions)
    db.write_now(lambda tx: embedders.note(tx, known, at=clock.machine()))
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    here = embedders.this_process("x").split(":")[0]
    for other, waits in ((f"{here}:{int(ended.stdout)}:x", timedelta(0)), ("elsewhere:1:x", embedders.LEASE)):
        assert db.write_now(lambda tx, by=other: embedders.hold(tx, OLD.name, by, at=clock.machine()))
        later = clock.machine() + waits
        assert waits == timedelta(0) or not db.write_now(
            lambda tx: embedders.hold(tx, OLD.name, "me", at=clock.machine())
        )
        assert db.write_now(lambda tx, at=later: embedders.hold(tx, OLD.name, "me", at=at))
        db.write_now(lambda tx: embedders.give_back(tx, OLD.name, "me"))


def test_another_embedder_answers_when_all_are_there(library: Library, clock: TurnedClock, served: Served) -> None:
    refresh = partial(library.refresh, TODAY.date())
    served.refuses_after = 200
    work = opening(served, clock, library)
    with pytest.raises(Mistake, match="embedder_silent"):
        work.catch_up()
    refresh()
    assert library.embedder is OLD
    assert answers(library)[0] == MANY[7]
    done = counted(library.db, "openai:tiny")
    assert 0 < done < len(MANY)
    served.refuses_after = 1_000_000
    assert work.catch_up() == len(MANY) - done
    assert library.embedder is OLD, "until the next refresh"
    assert refresh()
    assert library.embedder is not None
    assert library.embedder.name == "openai:tiny"
    text, cosine = answers(library)
    assert text == MANY[7]
    assert cosine is not None
    clauses = [text for text in served.texts if text.startswith("水渠\n")]
    assert len(clauses) == len(MANY)
    assert max(served.texts[text] for text in clauses) <= 2, "what was committed is not asked for again"
    assert sum(served.texts[text] - 1 for text in clauses) < vectors.SLICE


def test_what_the_one_before_left_goes_after_a_time(library: Library, clock: TurnedClock, served: Served) -> None:
    opening(served, clock, library).catch_up()
    library.refresh(TODAY.date())
    gone = partial(backlog.clear_retired, library.db, library.index)
    assert gone(before=clock.machine() - backlog.GRACE) == 0
    assert counted(library.db, OLD.name) == len(MANY)
    assert gone(before=clock.machine() + timedelta(seconds=1)) == len(MANY)
    assert counted(library.db, OLD.name) == 0
    assert library.db.read_now(lambda tx: embedders.named(tx, OLD.name)) is None
    assert counted(library.db, "openai:tiny") == len(MANY)
    assert answers(library)[0] == MANY[7]


def test_going_back_within_the_time_makes_nothing_anew(library: Library, clock: TurnedClock, served: Served) -> None:
    opening(served, clock, library).catch_up()
    library.refresh(TODAY.date())
    back = backlog_of(library.db, clock, OLD, library)
    assert back.catch_up() == 0
    library.refresh(TODAY.date())
    assert library.embedder is OLD
    assert backlog.clear_retired(library.db, library.index, before=clock.machine()) == 0


@pytest.mark.parametrize("wrong", ["key", "dimensions"])
def test_a_wrong_key_or_another_model_leaves_the_old_one(
    library: Library, clock: TurnedClock, served: Served, wrong: str
) -> None:
    if wrong == "key":
        served.key = "right"
        code, work = "embedder_silent", opening(served, clock, library, key="wrong")
    else:
        opening(served, clock, library).catch_up()
        served.dimensions, code = 16, "embedder_dimensions"
        library.use(OLD)
        work = opening(served, clock, library)
    with pytest.raises(Mistake, match=code):
        work.catch_up()
    library.refresh(TODAY.date())
    assert library.embedder is OLD
    assert answers(library)[0] == MANY[7]


def test_a_silent_endpoint_leaves_words(sqlite_db: Database, clock: TurnedClock, served: Served) -> None:
    put(sqlite_db, a_source("低保办法", "申请低保到村委会。"))
    library = Library(sqlite_db, endpoint(served), ExactIndex())
    backlog_of(sqlite_db, clock, endpoint(served), library).catch_up()
    library.refresh(TODAY.date())
    assert answers(library, "低保去哪申请")[1] is not None
    served.refuses_after = 0
    assert answers(library, "低保去哪申请") == ("申请低保到村委会。", None)
    asked = served.requests
    assert answers(library, "低保在哪申请") == ("申请低保到村委会。", None)
    assert served.requests == asked, "nobody waits for it twice"


def test_the_thread_finds_what_is_missing_and_ends_when_told(
    sqlite_db: Database, clock: TurnedClock, served: Served
) -> None:
    put(sqlite_db, a_source("水渠", *MANY))
    answered = threading.Event()

    class Told(Library):
        def use(self, embedder: Embedder) -> None:
            super().use(embedder)
            answered.set()

    library = Told(sqlite_db, OLD, ExactIndex())
    work = opening(served, clock, library)
    work.start()
    assert answered.wait(30)
    work.stop()
    assert counted(sqlite_db, "openai:tiny") == len(MANY)
    library.refresh(TODAY.date())
    assert library.embedder is not OLD


CHILD = """
import sys
from pathlib import Path
from knowledge.search.backlog import Backlog, Wanted
from knowledge.embeddings import choose
from township.clock import SystemClock
from township.db import Database
database, setting = sys.argv[1:]
Backlog(Database(database), Wanted(setting, None, lambda: choose(setting, Path())), SystemClock().machine).catch_up()
"""


def test_a_killed_process_is_gone_on_with_and_words_answer_meanwhile(sqlite_db: Database, served: Served) -> None:
    put(sqlite_db, a_source("水渠", *MANY))
    served.holds_after = 200
    killed = subprocess.Popen([sys.executable, "-c", CHILD, sqlite_db.url, served.setting()], cwd=ROOT)
    assert served.held.wait(60)
    library = Library(sqlite_db, endpoint(served, dimensions=32), ExactIndex())
    library.refresh(TODAY.date())
    assert retrieve(library, MANY[299], scope=OPEN, at=TODAY)[0].text == MANY[299]
    work = opening(served, SystemClock(), library, dimensions=32)
    assert work.catch_up() is None, "the other one lives"
    killed.kill()
    killed.wait(10)
    done = counted(sqlite_db, "openai:tiny")
    assert 0 < done < len(MANY)
    served.holds_after = 1_000_000
    served.go_on.set()
    assert work.catch_up() == len(MANY) - done
    assert counted(sqlite_db, "openai:tiny") == len(MANY)
    clauses = {text: times for text, times in served.texts.items() if text.startswith("水渠\n")}
    assert len(clauses) == len(MANY)
    assert sum(clauses.values()) - len(MANY) < vectors.SLICE, "what was committed is not asked for again"
