"""Opens what a town knows for one process: embedder, index and shelves, loaded in a thread while the app starts.

The embedder of the settings answers once every clause has its vector; until then, or while it cannot be reached, the
one before does (`knowledge/search/backlog.py`).
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.dialogue.meaning.proposing import Proposer
from bot.dialogue.pondering import Pondering
from knowledge import embeddings
from knowledge.embeddings import Embedder
from knowledge.index import ChromaIndex, ExactIndex, VectorIndex
from knowledge.language import own_words
from knowledge.library import Library
from knowledge.search import embedders
from knowledge.search.backlog import Backlog, Wanted
from knowledge.search.embedders import Known
from knowledge.search.tiers import Tiers
from knowledge.wording.composing import Composer
from township.db import Database
from township.errors import Mistake
from township.settings import Settings
from township.vault import Vault

log = logging.getLogger(__name__)

WORDS = "words"
"""Folder of the home in which large word indexes lie."""


def open_embedder(settings: Settings, *, dimensions: int = 0) -> Embedder | None:
    """Load the embedder of the settings; None: words only. `dimensions` of an endpoint, where they are known."""
    key = settings.embedder_key.get_secret_value()
    return embeddings.choose(settings.embedder, settings.home, key=key, dimensions=dimensions)


def open_library(settings: Settings, db: Database, *, alone_is_fine: bool = False) -> Library:
    """Open the shelves; blocks for a second or two. The embedded index belongs to one process.

    `alone_is_fine`: while another process holds it, scan the vectors of the rows instead (one question, slower).
    """
    own_words.use(settings.home)
    embedder = _answering(settings, db)
    index = _index(settings, embedder, alone_is_fine=alone_is_fine)
    return Library(db, embedder, index, settings.home / WORDS)


def open_backlog(
    settings: Settings, db: Database, machine: Callable[[], datetime], library: Library | None = None
) -> Backlog | None:
    """Make ready what gives vectors to clauses; None without an embedder. Nothing is opened yet."""
    if settings.embedder == "none":
        return None
    key = settings.embedder_key.get_secret_value()
    sealed = _vault(settings).seal(key) if key else None
    return Backlog(db, Wanted(settings.embedder, sealed, partial(_wanted, settings)), machine, library=library)


def _wanted(settings: Settings) -> Embedder:
    embedder = open_embedder(settings)
    if embedder is None:
        raise ValueError("words only")
    return embedder


def _answering(settings: Settings, db: Database) -> Embedder | None:
    """Open the embedder that may answer now."""
    if settings.embedder == "none":
        return None
    serving = db.read_now(embedders.serving)
    if serving is None:
        return open_embedder(settings)
    if serving.setting == settings.embedder:
        return open_embedder(settings, dimensions=serving.dimensions)
    return _before(settings, serving) or open_embedder(settings)


def _before(settings: Settings, serving: Known) -> Embedder | None:
    """Open the predecessor of the wanted embedder; None where it is not to be had any more."""
    try:
        key = _vault(settings).unseal(serving.sealed_key) if serving.sealed_key else ""
        opened = embeddings.choose(serving.setting, settings.home, key=key, dimensions=serving.dimensions)
    except Mistake as mistake:
        log.warning("the embedder before is gone", extra={"action": "embedder_gone", "code": mistake.code})
        return None
    return opened if opened is not None and opened.name == serving.name else None


def _vault(settings: Settings) -> Vault:
    return Vault.open(settings.home, settings.key.get_secret_value())


def open_composer(settings: Settings) -> Composer | None:
    """Make the chat model of the settings ready to put answers into words; None: answers are quoted."""
    if not settings.chat:
        return None
    from township import llm

    return Composer(llm.open_chat(settings.chat, settings.chat_key.get_secret_value()))


def open_pondering(settings: Settings) -> Pondering | None:
    """The same for turns, which wait for it only so long."""
    composer = open_composer(settings)
    return Pondering(composer, settings.chat_wait) if composer else None


def open_proposer(settings: Settings) -> Proposer | None:
    """Make the chat model of the settings ready to say what a sentence means where no rule is sure."""
    if not settings.chat:
        return None
    from township import llm

    model = llm.open_chat(settings.chat, settings.chat_key.get_secret_value())
    return Proposer(model.ainvoke, settings.chat_wait)


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
