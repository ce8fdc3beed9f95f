"""Corpus: all statutes taken in while people ask, as by a town's machine: when words answer, how fast vectors follow.

The background is held against the bare embedding loop on the same texts, in turns, so that a busy machine moves both
alike; the load of the machine stands beside the figures. Vectors that an eval made before are borrowed (a copy), and
only a sample of the corpus is embedded.
"""

import hashlib
import json
import os
import random
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from bot.reading import open_backlog, open_library
from evals.bench import children
from evals.bench.messages import prepare
from evals.bench.phones import Town
from evals.bench.processes import pss_mb
from evals.harness import Report
from evals.statutes import cache_folder
from knowledge.index import ExactIndex
from knowledge.library import Library
from knowledge.retriever import retrieve
from knowledge.search import backlog, vectors
from township import memory
from township.clock import SystemClock
from township.db import Database
from township.scope import Audience, Scope
from township.settings import Settings

TASK = "corpus"
ROUNDS = 4
EVERY = 0.2
"""Seconds between two questions while something else goes on."""
REFRESHED = 2.0
"""Seconds between two refreshes, as in the app."""
SEARCHED = re.compile(r"action=searched ms=([0-9.]+) cpu_ms=([0-9.]+)")
"""What the bot logs of each search: on the clock, and of its thread on a processor, which load hardly moves."""
OPEN = Scope("bench", audiences=frozenset({Audience.PUBLIC, Audience.RESIDENT}))


@dataclass(slots=True)
class Asked:
    """Questions put one after another while something goes on, and how long each took in milliseconds."""

    library: Library
    questions: Sequence[str]
    times: list[float] = field(default_factory=list)

    def ask(self, question: str, *, limit: int = 10) -> list[str]:
        """Ask one, and give the ids of the clauses found."""
        start = time.perf_counter()
        hits = retrieve(self.library, question, scope=OPEN, at=SystemClock().now(), limit=limit)
        self.times.append((time.perf_counter() - start) * 1000)
        return [hit.clause_id for hit in hits]

    def percentile(self, share: int) -> float:
        return round(float(np.percentile(self.times, share)), 1) if self.times else -1.0


def run(settings: Settings, data: Path, corpus: Path, *, sample: int = 600, questions: int = 200) -> Report:
    """Measure; `sample` articles are embedded, in ROUNDS turns each by the background and by the bare loop."""
    memory.be_frugal()
    asked = [json.loads(line)["query"] for line in data.read_text("utf-8").splitlines()[:questions]]
    loads = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(prefix="dinglin-corpus-") as folder:
        home = Path(folder) / "home"
        prepare(home, settings)
        ours = settings.model_copy(update={"home": home, "database_url": ""})
        db = Database(ours.database)
        try:
            metrics = _words_ready(ours, db, corpus, asked)
            lent = _borrow(corpus, home)
            loads.append(os.getloadavg()[0])
            metrics |= _vectors_follow(ours, db, asked, sample)
            loads.append(os.getloadavg()[0])
        finally:
            db.close_now()
        started = time.perf_counter()
        _ingest(home, corpus, settings.embedder)
        metrics["reingest_s"] = round(time.perf_counter() - started, 1)
        metrics |= _with_the_bot(ours, Path(folder), asked[: questions // 2])
        loads.append(os.getloadavg()[0])
    told = {"sample": sample, "questions": len(asked), "borrowed": lent, "load": [round(one, 1) for one in loads]}
    return Report(TASK, len(asked), metrics, settings=told)


def _words_ready(settings: Settings, db: Database, corpus: Path, questions: Sequence[str]) -> dict[str, float]:
    """Take the corpus in by the command, and ask for its last article until it is found; others ask meanwhile."""
    last = json.loads(corpus.read_text("utf-8").rstrip().rpartition("\n")[2])
    with _opened(settings.model_copy(update={"embedder": "none"}), db) as library:
        asked = Asked(library, questions)
        started = time.perf_counter()
        taking = threading.Thread(target=_ingest, args=(settings.home, corpus, "none"))
        taking.start()
        with _asking(asked):
            while not _finds(library, last["text"], last["article_id"]):
                time.sleep(EVERY)
        ready = time.perf_counter() - started
        taking.join()
    return {"words_ready_s": round(ready, 1), "taking_in_p99_ms": asked.percentile(99)}


def _vectors_follow(settings: Settings, db: Database, questions: Sequence[str], sample: int) -> dict[str, float]:
    """Fill the caches, make the vectors of a sample again in turns with the bare loop, and look at what is found."""
    with _opened(settings, db) as library:
        embedder = library.embedder
        work = open_backlog(settings, db, SystemClock().machine, library)
        if embedder is None or work is None:
            return {}
        work.catch_up()
        library.refresh(SystemClock().now().date())
        asked = Asked(library, questions)
        rates: list[tuple[float, float]] = []
        for hashes in _turns(db, settings.home, embedder.name, sample):
            texts = list(db.read_now(partial(vectors.passages, hashes=hashes)).values())
            bare = partial(embedder.embed_passages, texts)
            _forget(settings.home, embedder.name, hashes)
            with _asking(asked):
                ours = _timed_behind(work.catch_up)
            rates.append((len(texts) / ours, len(texts) / _timed(bare)))
        figures = {
            "background_rate": round(median(ours for ours, _ in rates), 1),
            "bare_rate": round(median(bare for _, bare in rates), 1),
            "ratio": round(median(ours / bare for ours, bare in rates), 3),
            "meanwhile_p50_ms": asked.percentile(50),
            "meanwhile_p99_ms": asked.percentile(99),
            "rss_mb": peak_mb(),
        }
        return figures | _quiet(library, questions)


def _quiet(library: Library, questions: Sequence[str]) -> dict[str, float]:
    """Ask with nothing beside, and hold the best ten against an exact scan of the same vectors."""
    asked = Asked(library, questions)
    found = [asked.ask(question) for question in questions]
    exact = Library(library.db, library.embedder, ExactIndex())
    exact.refresh(SystemClock().now().date())
    right = [Asked(exact, questions).ask(question) for question in questions]
    same = [len(set(ours) & set(theirs)) / max(len(theirs), 1) for ours, theirs in zip(found, right, strict=True)]
    return {"overlap": round(float(np.mean(same)), 4), "p50_ms": asked.percentile(50), "p99_ms": asked.percentile(99)}


def _with_the_bot(settings: Settings, folder: Path, questions: Sequence[str]) -> dict[str, float]:
    """Start the bot on that home and let a villager ask.

    Milliseconds of a search as the bot measures it, and from the message to the reply on the phone.
    """
    times = []
    with ExitStack() as stack:
        url = stack.enter_context(children.sandbox(folder / "sandbox.log"))
        town = stack.enter_context(Town(url))
        town.turn_to_working_morning()
        app = children.app(
            settings.home, url, embedder=settings.embedder, api_limit="0", push_limit="0", log_level="INFO"
        )
        began = time.perf_counter()
        app.start()
        stack.callback(app.stop)
        ready, idle = time.perf_counter() - began, pss_mb(app.pid)
        for question in questions:
            start = time.perf_counter()
            town.say("v-0401", question)
            town.expect("v-0401", within=children.PATIENCE)
            times.append((time.perf_counter() - start) * 1000)
        searched = np.array(SEARCHED.findall(app.log.read_text("utf-8")), np.float64)
        return {
            "query_p50_ms": round(float(np.percentile(searched[:, 0], 50)), 1),
            "query_p99_ms": round(float(np.percentile(searched[:, 0], 99)), 1),
            "query_cpu_p50_ms": round(float(np.percentile(searched[:, 1], 50)), 1),
            "query_cpu_p99_ms": round(float(np.percentile(searched[:, 1], 99)), 1),
            "start_s": round(ready, 2),
            "turn_p50_ms": round(float(np.percentile(times, 50)), 1),
            "turn_p99_ms": round(float(np.percentile(times, 99)), 1),
            "pss_at_start_mb": round(idle, 1),
            "pss_mb": round(pss_mb(app.pid), 1),
        }


@contextmanager
def _opened(settings: Settings, db: Database) -> Iterator[Library]:
    library = open_library(settings, db)
    try:
        library.refresh(SystemClock().now().date())
        yield library
    finally:
        library.close()


@contextmanager
def _asking(asked: Asked) -> Iterator[None]:
    """Ask again and again, and refresh as the app does, while the block runs."""
    ending = threading.Event()

    def ask_on() -> None:
        dice = random.Random(7)
        while not ending.wait(EVERY):
            asked.ask(dice.choice(asked.questions))

    def refresh_on() -> None:
        while not ending.wait(REFRESHED):
            asked.library.refresh(SystemClock().now().date())

    threads = [threading.Thread(target=one) for one in (ask_on, refresh_on)]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        ending.set()
        for one in threads:
            one.join()


def _finds(library: Library, text: str, path: str) -> bool:
    hits = retrieve(library, text[:60], scope=OPEN, at=SystemClock().now(), limit=5)
    past = retrieve(library, text[:60], scope=OPEN, at=SystemClock().now().replace(year=2000), limit=1)
    return any(hit.path == path for hit in [*hits, *past])


def _ingest(home: Path, corpus: Path, embedder: str) -> None:
    """Take the corpus in as a clerk would, by the command."""
    children.command(["ingest", str(corpus.resolve())], home=str(home), embedder=embedder)


def _borrow(corpus: Path, home: Path) -> int:
    """Take over the vectors that an eval made of this corpus; none where none did."""
    source = made_before(corpus)
    if not source.is_file():
        return 0
    with _rows(home) as rows:
        rows.execute("ATTACH ? AS made", (f"file:{source.resolve()}?mode=ro",))
        return rows.execute("INSERT OR IGNORE INTO vectors SELECT * FROM made.vectors").rowcount


def made_before(corpus: Path) -> Path:
    """Name the database that evals keep of a corpus; it is read and copied, never written to."""
    with corpus.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    return cache_folder() / f"corpus-{digest}" / "corpus.db"


def _turns(db: Database, home: Path, embedder: str, sample: int) -> list[list[str]]:
    """Draw the clauses of each turn by lot."""
    with _rows(home) as rows:
        held = rows.execute("SELECT text_hash FROM vectors WHERE embedder = ? ORDER BY text_hash", (embedder,))
        hashes = [key for (key,) in held]
    drawn = random.Random(7).sample(hashes, min(sample, len(hashes)))
    drawn = [*db.read_now(partial(vectors.passages, hashes=drawn))]
    return [drawn[n::ROUNDS] for n in range(ROUNDS)]


def _forget(home: Path, embedder: str, hashes: Sequence[str]) -> None:
    with _rows(home) as rows:
        gone = ((embedder, key) for key in hashes)
        rows.executemany("DELETE FROM vectors WHERE embedder = ? AND text_hash = ?", gone)


@contextmanager
def _rows(home: Path) -> Iterator[sqlite3.Connection]:
    database = home / "dinglin.db"
    with closing(sqlite3.connect(f"file:{database}", isolation_level=None, uri=True, timeout=60)) as rows:
        yield rows


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _timed_behind(work: Callable[[], object]) -> float:
    """Time work in a thread of the priority that the background has."""
    took: list[float] = []

    def run_low() -> None:
        backlog.step_back()
        took.append(_timed(work))

    thread = threading.Thread(target=run_low)
    thread.start()
    thread.join()
    return took[0]


def peak_mb() -> float:
    """Read the most memory that this process ever held, in MB (10^6 bytes)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6, 1)
