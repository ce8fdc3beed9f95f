"""The shelves: what is made anew when something changed, what is kept, and that nobody who asks notices."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from knowledge.embeddings import HashEmbedder
from knowledge.index import ChromaIndex, ExactIndex
from knowledge.ingest import store
from knowledge.library import Library
from knowledge.models import VersionState
from knowledge.retriever import retrieve
from knowledge.search import wordfiles
from knowledge.search.shelving import Shelf
from knowledge.search.tiers import Tiers
from knowledge.search.vectors import embed_missing
from tests.integration.knowledge.builders import TODAY, a_source, put
from township.db import Database
from township.scope import Audience, Scope

ALL = Scope("town", villages=frozenset({"liushu", "taoyuan"}), audiences=frozenset(Audience))
FEW = 40
MANY = [f"第{n}号水渠由{n}组清淤" for n in range(FEW + 20)]


def shelves(library: Library) -> dict[str | None, Shelf]:
    return {shelf.partition.village_id: shelf for shelf in library.shelves(ALL, TODAY.date())}


@pytest.fixture
def library(sqlite_db: Database) -> Iterator[Library]:
    opened = Library(sqlite_db, HashEmbedder(), ExactIndex())
    yield opened
    opened.close()


def test_what_did_not_change_is_kept(library: Library) -> None:
    put(
        library.db,
        a_source("柳", "柳树村清渠", village_id="liushu"),
        a_source("桃", "桃园村清渠", village_id="taoyuan"),
    )
    library.refresh(TODAY.date())
    before = shelves(library)
    put(library.db, a_source("桃二", "桃园村修路", village_id="taoyuan"))
    assert library.refresh(TODAY.date())
    after = shelves(library)
    assert after["liushu"].words is before["liushu"].words
    assert len(after["taoyuan"].clause_ids) == 2
    assert library.refresh(TODAY.date() + timedelta(days=1))
    assert shelves(library)["taoyuan"].words is after["taoyuan"].words


def test_a_new_name_of_a_document_is_a_change(library: Library) -> None:
    put(library.db, a_source("key", "坏了三天修好", title="水渠"))
    library.refresh(TODAY.date())
    put(library.db, a_source("key", "坏了三天修好", title="路灯"))
    library.refresh(TODAY.date())
    assert retrieve(library, "路灯", scope=ALL, at=TODAY)[0].words > 0


def test_while_few_have_a_vector_words_alone_decide(library: Library) -> None:
    """The shortest clauses are embedded first: those alone would push away what fits."""
    put(library.db, a_source("渠", *(f"第{n}号水渠清淤" for n in range(10))))
    later = a_source("路灯", *(f"第{n}盏路灯坏了三天以内由电工修好" for n in range(10)))
    library.db.write_now(partial(store, source=later, at=TODAY, state=VersionState.in_force))
    library.refresh(TODAY.date())
    assert all(hit.cosine is None for hit in retrieve(library, "路灯坏了几天修好", scope=ALL, at=TODAY))
    embed_missing(library.db, HashEmbedder())
    library.refresh(TODAY.date())
    assert all(hit.cosine is not None for hit in retrieve(library, "路灯坏了几天修好", scope=ALL, at=TODAY))


def test_a_start_does_not_wait_for_many_vectors(library: Library) -> None:
    put(library.db, a_source("水渠", *MANY), a_source("柳", "柳树村清渠", village_id="liushu"))
    assert library.refresh(TODAY.date(), most=10)
    assert {village: shelf.embedder is not None for village, shelf in shelves(library).items()} == {
        None: False,
        "liushu": True,
    }
    assert retrieve(library, "第7号水渠谁清淤", scope=Scope.public("town"), at=TODAY)[0].text == MANY[7]
    assert library.refresh(TODAY.date())
    assert all(shelf.is_whole and shelf.embedder for shelf in shelves(library).values())
    assert not library.refresh(TODAY.date())


def test_a_large_word_index_is_there_at_the_next_start(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordfiles, "SMALL", FEW)
    put(sqlite_db, a_source("水渠", *MANY))
    folder = tmp_path / "words"
    found = []
    for _ in range(2):
        library = Library(sqlite_db, None, ExactIndex(), folder)
        library.refresh(TODAY.date())
        [kept] = folder.iterdir()
        found.append((kept.name, [hit.clause_id for hit in retrieve(library, "第7号水渠", scope=ALL, at=TODAY)]))
    assert found[0] == found[1]
    put(sqlite_db, a_source("路灯", "坏了的路灯三天修好"))
    library.refresh(TODAY.date())
    [kept] = folder.iterdir()
    assert kept.name != found[0][0]
    assert retrieve(library, "路灯几天修好", scope=ALL, at=TODAY)[0].title == "路灯"


def test_nobody_who_asks_notices_that_another_embedder_answers(sqlite_db: Database, tmp_path: Path) -> None:
    put(sqlite_db, a_source("水渠", *MANY), a_source("柳", "柳树村清渠", village_id="liushu"))
    embedders = [HashEmbedder(), HashEmbedder(32)]
    for each in embedders:
        embed_missing(sqlite_db, each)
    library = Library(sqlite_db, embedders[0], Tiers(ChromaIndex.embedded(tmp_path / "index"), small=FEW))
    library.refresh(TODAY.date())
    done = threading.Event()
    asked = 0

    def ask_on() -> None:
        nonlocal asked
        while not done.is_set():
            hits = retrieve(library, "第7号水渠谁清淤", scope=ALL, at=TODAY)
            assert hits[0].text == MANY[7]
            assert hits[0].cosine is not None
            asked += 1

    with ThreadPoolExecutor(2) as askers:
        asking = [askers.submit(ask_on) for _ in range(2)]
        for turn in range(6):
            library.use(embedders[(turn + 1) % 2])
            assert library.refresh(TODAY.date())
        done.set()
        for each in asking:
            each.result()
    library.close()
    assert asked


def test_a_collection_that_another_process_deleted_leaves_words(sqlite_db: Database, tmp_path: Path) -> None:
    put(sqlite_db, a_source("水渠", *MANY))
    index = ChromaIndex.embedded(tmp_path / "index")
    library = Library(sqlite_db, HashEmbedder(), Tiers(index, small=FEW))
    library.refresh(TODAY.date())
    for held in index.client().list_collections():
        index.client().delete_collection(held.name)
    assert retrieve(library, "第7号水渠谁清淤", scope=ALL, at=TODAY)[0].text == MANY[7]
    library.close()
