"""Two processes on one PostgreSQL with Chroma as a server: what one changes, the other answers by."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.bench import chroma
from knowledge.embeddings import HashEmbedder
from knowledge.index import ChromaIndex
from knowledge.library import Library
from knowledge.retriever import retrieve
from knowledge.tiers import SMALL, Tiers
from tests.integration.knowledge.builders import TODAY, a_source, put
from township.db import Database
from township.scope import Audience, Scope

OPEN = Scope("town", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))
MANY = [f"第{n}号水渠由{n}组清淤" for n in range(SMALL + 20)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with chroma.server(tmp_path) as url:
        yield url


def test_what_one_process_puts_in_force_the_other_answers_by(postgres_db: Database, server: str) -> None:
    put(postgres_db, a_source("水渠", *MANY))
    index = ChromaIndex.server(server)
    first, second = (Library(postgres_db, HashEmbedder(), Tiers(index)) for _ in range(2))
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
