"""Opens what a town knows for one process: embedder, index and shelves, loaded in a thread while the app starts."""

from pathlib import Path

from knowledge import embeddings
from knowledge.embeddings import Embedder
from knowledge.index import ChromaIndex, ExactIndex, VectorIndex
from knowledge.library import Library
from township.db import Database
from township.settings import Settings


def open_embedder(settings: Settings) -> Embedder | None:
    """Load the embedder of the settings; None: words only."""
    return embeddings.choose(settings.embedder, settings.home)


def open_library(settings: Settings, db: Database) -> Library:
    """Open the shelves; blocks for a second or two. The embedded index belongs to one process."""
    embedder = open_embedder(settings)
    return Library(db, embedder, _index(settings, embedder))


def _index(settings: Settings, embedder: Embedder | None) -> VectorIndex:
    if embedder is None:
        return ExactIndex()
    if settings.chroma_url:
        return ChromaIndex.server(settings.chroma_url)
    return ChromaIndex.embedded(Path(settings.home) / "index")
