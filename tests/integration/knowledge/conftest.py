"""A library over a real database and a real Chroma folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.embeddings import HashEmbedder
from knowledge.index import ChromaIndex
from knowledge.library import Library
from township.db import Database


@pytest.fixture
def library(sqlite_db: Database, tmp_path: Path) -> Iterator[Library]:
    opened = Library(sqlite_db, HashEmbedder(), ChromaIndex.embedded(tmp_path / "index"))
    yield opened
    opened.close()
