"""Clauses that have no vector of the wanted embedder yet, and the thread that makes them, while the one before answers.

One process at a time makes the vectors of an embedder (a lease in its row); each slice is committed, so that a killed
process has lost one slice. When all are there the wanted one answers, and what its predecessor left goes after a time.
"""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from knowledge.embeddings import Embedder
from knowledge.index import VectorIndex
from knowledge.library import Library
from knowledge.search import embedders, vectors
from knowledge.search.embedders import Known
from township.db import Database, Tx
from township.errors import Mistake

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks at what is missing; a look reads a few numbers."""
PAUSES = (10.0, 30.0, 120.0, 600.0)
"""Seconds before an embedder that failed is tried again: the first time, the second, … the last for good."""
GRACE = timedelta(days=3)
"""How long the vectors of a predecessor are kept, should somebody go back to it."""
CLEARED = timedelta(hours=1)
"""Between two looks at what may go."""
NICENESS = 3
"""Of the thread that makes vectors: people who wait come first, and two idle cores are still used whole."""
FORGOTTEN = 300
"""Rows that are deleted in one transaction."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The embedder of the settings, and how to open it; opening may take long, and fail."""

    setting: str
    sealed_key: bytes | None
    open: Callable[[], Embedder]


class Backlog:
    """What one process does for the embedder that is wanted. `catch_up` does it now, `start` again and again."""

    def __init__(
        self, db: Database, wanted: Wanted, machine: Callable[[], datetime], *, library: Library | None = None
    ) -> None:
        """`library`: what is told when the wanted embedder may answer; a command without one leaves it to others."""
        self._db, self._wanted, self._machine, self._library = db, wanted, machine, library
        self._embedder: Embedder | None = None
        self._holder = embedders.this_process(f"{id(self):x}")
        self._seen: dict[str, int] | None = None
        self._interrupted, self._failures = False, 0
        self._clears_at = machine()
        self._stopping, self._awake = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def catch_up(self, progress: Progress = lambda done, of: None) -> int | None:
        """Make what is missing and let the wanted one answer; raises its Mistakes.

        Answers how many were made; None: another process is at it, or we were told to stop.
        """
        embedder = self.embedder()
        if not self._db.write_now(self._hold):
            return None
        self._interrupted = False
        try:
            made = vectors.embed_missing(self._db, embedder, progress, going_on=self._may_go_on)
        finally:
            self._db.write_now(partial(embedders.give_back, name=embedder.name, by=self._holder))
        if self._interrupted:
            return None
        self._let_answer(embedder)
        return made

    def embedder(self) -> Embedder:
        """Open the wanted embedder once, and write down how; the library's own serves where it was opened so."""
        if self._embedder is None:
            serving = self._library.embedder if self._library is not None else None
            known = self._db.read_now(partial(embedders.named, name=serving.name)) if serving is not None else None
            is_same = serving is not None and known is not None and known.setting == self._wanted.setting
            embedder = serving if serving is not None and is_same else self._wanted.open()
            about = Known(embedder.name, self._wanted.setting, self._wanted.sealed_key, embedder.dimensions)
            self._db.write_now(partial(embedders.note, known=about, at=self._machine()))
            self._embedder = embedder
        return self._embedder

    def start(self) -> None:
        """Work in a thread of low priority until `stop`."""
        self._thread = threading.Thread(target=self._run, name="backlog", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look now: something was put in force."""
        self._awake.set()

    def stop(self) -> None:
        """End after the slice that is being made."""
        self._stopping.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        step_back()
        while not self._stopping.is_set():
            pause = self._look()
            self._awake.wait(pause)
            self._awake.clear()

    def _look(self) -> float:
        """Catch up where rows have changed since the last time; says how long to rest."""
        try:
            generations = self._db.read_now(vectors.read_generations)
            if generations != self._seen and self.catch_up() is not None:
                self._seen = generations
            self._clear()
        except Mistake as mistake:
            log.warning("the embedder failed", extra={"action": "embedder_failed", "code": mistake.code})
            return self._rest()
        except Exception:
            log.exception("the backlog failed", extra={"action": "backlog_failed"})
            return self._rest()
        self._failures = 0
        return EVERY

    def _clear(self) -> None:
        """Once an hour see whether something has been retired for long."""
        at = self._machine()
        if self._library is not None and at >= self._clears_at:
            self._clears_at = at + CLEARED
            clear_retired(self._db, self._library.index, before=at - GRACE)

    def _rest(self) -> float:
        self._failures += 1
        return PAUSES[min(self._failures, len(PAUSES)) - 1]

    def _hold(self, tx: Tx) -> bool:
        return self._embedder is not None and embedders.hold(tx, self._embedder.name, self._holder, at=self._machine())

    def _may_go_on(self) -> bool:
        self._interrupted = self._stopping.is_set() or not self._db.write_now(self._hold)
        return not self._interrupted

    def _let_answer(self, embedder: Embedder) -> None:
        """All are there: the wanted one answers from the next refresh on, here and in the next process to start."""
        if self._db.write_now(partial(embedders.serve, name=embedder.name, at=self._machine())):
            log.info("an embedder answers", extra={"action": "embedder_serves"})
        if self._library is not None:
            self._library.use(embedder)


def step_back() -> None:
    """Give the calling thread the priority of work that nobody waits for; it cannot be taken back."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def clear_retired(db: Database, index: VectorIndex, *, before: datetime) -> int:
    """Delete what embedders left that were retired before a moment: collections, then rows in small slices."""
    gone = 0
    for name in db.read_now(lambda tx: embedders.outdated(tx, before)):
        index.drop(name)
        while few := db.write_now(partial(embedders.forget, name=name, most=FORGOTTEN)):
            gone += few
    return gone
