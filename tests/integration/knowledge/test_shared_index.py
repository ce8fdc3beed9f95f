"""Two processes on one PostgreSQL with Chroma as a server: what one changes, the other answers by."""

from collections.abc import Iterator

import pytest

from evals.bench import chroma
from knowledge.embeddings import HashEmbedder
from knowledge.index import ChromaIndex
from knowledge.library import Library
from knowledge.retriever import retrieve
from knowledge.search.tiers import Tiers
from knowledge.search.vectors import embed_missing
from tests.integration.knowledge.builders import TODAY, a_source, put
from township.db import Database
from township.scope import Audience, Scope

OPEN = Scope("town", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
FEW = 40
MANY = [f"第{n}号水渠由{n}组清淤" for n in range(FEW + 20)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma.server(tmp_path_factory.mktemp("served")) as url:
        yield url


def test_what_one_process_puts_in_force_the_other_answers_by(postgres_db: Database, server: str) -> None:
    put(postgres_db, a_source("水渠", *MANY))
    index = ChromaIndex.server(server)
    first, second = (Library(postgres_db, HashEmbedder(), Tiers(index, small=FEW)) for _ in range(2))
    for library in (first, second):
        assert library.refresh(TODAY.date())
        assert not library.refresh(TODAY.date())
    put(postgres_db, a_source("路灯", "坏了的路灯三天以内修好"))
    assert first.refresh(TODAY.date())
    assert second.refresh(TODAY.date())
    for library in (first, second):
        found = retrieve(library, "路灯几天修好", scope=OPEN, at=TODAY)[0]
        assert found.title == "路灯"
        assert found.cosine is not None
    index.close()


def test_two_processes_change_the_embedder_one_after_the_other(postgres_db: Database, server: str) -> None:
    """One has changed over and deleted what the old one left; the other answers from the rows meanwhile."""
    put(postgres_db, a_source("水渠", *MANY))
    old, new = HashEmbedder(), HashEmbedder(32)
    embed_missing(postgres_db, new)
    indexes = [ChromaIndex.server(server) for _ in range(2)]
    first, second = (Library(postgres_db, old, Tiers(index, small=FEW)) for index in indexes)
    for library in (first, second):
        library.refresh(TODAY.date())
    first.use(new)
    assert first.refresh(TODAY.date())
    first.index.drop(old.name)
    for library, cosine in ((first, True), (second, True), (second, True)):
        found = retrieve(library, "第7号水渠谁清淤", scope=OPEN, at=TODAY)[0]
        assert (found.text, found.cosine is not None) == (MANY[7], cosine)
    second.use(new)
    assert second.refresh(TODAY.date())
    assert retrieve(second, "第7号水渠谁清淤", scope=OPEN, at=TODAY)[0].cosine is not None
    for index in indexes:
        index.close()


def test_one_that_is_behind_takes_nothing_away_for_long(postgres_db: Database, server: str) -> None:
    put(postgres_db, a_source("水渠", *MANY))
    indexes = [ChromaIndex.server(server) for _ in range(2)]
    ahead, behind = (Library(postgres_db, HashEmbedder(), Tiers(index, small=FEW)) for index in indexes)
    behind.refresh(TODAY.date())
    put(postgres_db, a_source("路灯", *(f"第{n}盏路灯由{n}组修理" for n in range(20))))
    ahead.refresh(TODAY.date())
    [shelf] = ahead.shelves(OPEN, TODAY.date())
    extra = set(shelf.hashes) - set(behind.shelves(OPEN, TODAY.date())[0].hashes)
    indexes[1].remove(shelf.collection, extra)
    assert retrieve(ahead, "第3盏路灯谁修理", scope=OPEN, at=TODAY)[0].text == "第3盏路灯由3组修理"
    assert behind.refresh(TODAY.date())
    assert indexes[0].keys(shelf.collection) == set(shelf.hashes)
    for index in indexes:
        index.close()
