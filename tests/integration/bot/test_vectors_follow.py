"""A whole app with an embedder: what is put in force while it runs gets its vectors in the background."""

import asyncio
import threading
from functools import partial
from pathlib import Path

from knowledge.embeddings import Embedder
from knowledge.ingest import store
from knowledge.library import Library
from knowledge.models import VersionState
from knowledge.retriever import retrieve
from tests.integration.bot.living import living
from tests.integration.knowledge.builders import a_source
from township.scope import Scope

SEEN = threading.Event()


class _Watched(Library):
    """A library that says when the backlog has told it that all vectors are there."""

    def use(self, embedder: Embedder) -> None:
        super().use(embedder)
        SEEN.set()


async def test_the_app_gives_vectors_to_what_comes_in(tmp_path: Path) -> None:
    async with living(tmp_path, embedder="hash") as town:
        app = town.app
        app.library.__class__ = _Watched
        assert app.backlog is not None
        lamps = a_source("路灯", "坏了的路灯三天以内修好", town_id=None)
        at = app.clock.now()
        await app.db.write(partial(store, source=lamps, at=at, state=VersionState.in_force))
        cosine = None
        while cosine is None:  # the look before this one may have been under way
            app.backlog.wake()
            assert await asyncio.to_thread(SEEN.wait, 60)
            SEEN.clear()
            await asyncio.to_thread(app.library.refresh, at.date())
            found = await asyncio.to_thread(retrieve, app.library, "路灯几天修好", scope=Scope.public("x"), at=at)
            assert found[0].title == "路灯"
            cosine = found[0].cosine
