"""Opens what a town knows for one process: embedder, index and shelves, loaded in a thread while the app starts."""

from pathlib import Path

from knowledge import embeddings
from knowledge.embeddings import Embedder
from knowledge.index import ChromaIndex, ExactIndex, VectorIndex
from knowledge.library import Library
from knowledge.tiers import Tiers
from township.db import Database
from township.errors import Mistake
from township.settings import Settings


def open_embedder(settings: Settings) -> Embedder | None:
    """Load the embedder of the settings; None: words only."""
    return embeddings.choose(settings.embedder, settings.home, key=settings.embedder_key.get_secret_value())


def open_library(settings: Settings, db: Database, *, alone_is_fine: bool = False) -> Library:
    """Open the shelves; blocks for a second or two. The embedded index belongs to one process.

    `alone_is_fine`: while another process holds it, scan the vectors of the rows instead (one question, slower).
    """
    embedder = open_embedder(settings)
    return Library(db, embedder, _index(settings, embedder, alone_is_fine=alone_is_fine))


def _index(settings: Settings, embedder: Embedder | None, *, alone_is_fine: bool) -> VectorIndex:
    if embedder is None:
        return ExactIndex()
    if settings.chroma_url:
        return Tiers(ChromaIndex.server(settings.chroma_url))
    try:
        return Tiers(ChromaIndex.embedded(Path(settings.home) / "index"))
    except Mistake as mistake:
        if mistake.code != "index_in_use" or not alone_is_fine:
            raise
        return ExactIndex()
