"""Grown: a county's three hundred thousand clauses, which are the corpus repeated with changes, and what they cost.

Texts are changed a little and their vectors are those of the originals with a little noise: nothing is embedded. Each
start is a process of its own, so that memory is what a bot would hold.
"""

import hashlib
import json
import multiprocessing
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from bot.reading import open_library
from evals.bench.corpus import Asked, made_before, peak_mb
from evals.bench.processes import pss_mb
from evals.harness import Report
from knowledge.search import vectors
from township import memory, schema
from township.clock import SystemClock
from township.db import Database
from township.settings import Settings

TASK = "grown"
NOISE = 0.15
"""Length of what is added to a unit vector."""


def run(settings: Settings, data: Path, corpus: Path, *, number: int, questions: int = 200) -> Report:
    """Measure: the word index built, the first start, which fills the caches, and one with the caches warm.

    MB are of PSS, 10^6 bytes; `peak`: the most that the process which built the word index ever held.
    """
    asked = [json.loads(line)["query"] for line in data.read_text("utf-8").splitlines()[:questions]]
    loads = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(prefix="dinglin-grown-") as folder:
        home = Path(folder)
        (home / "models").symlink_to((settings.home / "models").resolve())
        ours = settings.model_copy(update={"home": home, "database_url": ""})
        grown = _grow(ours, made_before(corpus), number)
        built = _in_a_process(_built, ours)
        first, warm = (_in_a_process(_started, ours, asked) for _ in range(2))
        size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) / 1e6
    loads.append(os.getloadavg()[0])
    metrics = {**warm, **built, "first_start_s": first["start_s"], "first_mb": first["rss_mb"], "disk_mb": round(size)}
    return Report(TASK, grown, metrics, settings={"clauses": grown, "load": [round(one, 1) for one in loads]})


def _in_a_process(measure: Callable[..., dict[str, float]], *given: Any) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, given)


def _built(settings: Settings) -> dict[str, float]:
    """Build the word index with nothing beside."""
    memory.be_frugal()
    began = time.perf_counter()
    db = Database(settings.database)
    library = open_library(settings.model_copy(update={"embedder": "none"}), db)
    try:
        library.refresh(SystemClock().now().date())
        return {"words_s": round(time.perf_counter() - began, 1), "words_peak_mb": peak_mb()}
    finally:
        library.close()
        db.close_now()


def _started(settings: Settings, questions: Sequence[str]) -> dict[str, float]:
    """Open the shelves as the bot does, ask, and weigh."""
    memory.be_frugal()
    began = time.perf_counter()
    db = Database(settings.database)
    library = open_library(settings, db)
    try:
        library.refresh(SystemClock().now().date())
        start, idle = time.perf_counter() - began, pss_mb()
        asked = Asked(library, questions)
        for question in questions:
            asked.ask(question)
        figures = {"start_s": round(start, 1), "idle_mb": round(idle, 1), "rss_mb": round(pss_mb(), 1)}
        return {**figures, "p50_ms": asked.percentile(50), "p99_ms": asked.percentile(99)}
    finally:
        library.close()
        db.close_now()


def _grow(settings: Settings, source: Path, number: int) -> int:
    """Make the database: the corpus as it is, then again and again with changes until there are `number` clauses."""
    if not source.is_file():
        raise FileNotFoundError(f"{source}: run dinglin eval law-retrieval once")
    db = Database(settings.database)
    schema.upgrade(db)
    db.close_now()
    with closing(sqlite3.connect(settings.home / "dinglin.db", isolation_level=None)) as target:
        target.execute("PRAGMA synchronous = OFF")
        target.execute("ATTACH ? AS base", (f"file:{source.resolve()}?mode=ro",))
        grown, round_ = 0, 0
        while grown < number:
            target.execute("BEGIN")
            grown += _one_more(target, round_, number - grown)
            target.execute("COMMIT")
            round_ += 1
        target.execute("INSERT OR REPLACE INTO index_generations VALUES ('shared', 1)")
    return grown


def _one_more(target: sqlite3.Connection, round_: int, most: int) -> int:
    """Repeat the corpus once with other ids, texts and vectors."""
    target.row_factory = sqlite3.Row
    added = 0
    dice = np.random.default_rng(round_)
    for document in target.execute("SELECT * FROM base.documents WHERE town_id IS NULL").fetchall():
        if added >= most:
            break
        named = {"id": _digest(round_, document["id"]), "source_key": f"{document['source_key']}-{round_}"[-200:]}
        title = f"{document['title']}{round_}" if round_ else document["title"]
        _insert(target, "documents", [{**dict(document), **named, "title": title}])
        for version in target.execute("SELECT * FROM base.document_versions WHERE document_id = ?", (document["id"],)):
            other = {"id": _digest(round_, version["id"]), "document_id": named["id"], "replaces_id": None}
            _insert(target, "document_versions", [{**dict(version), **other}])
            added += _clauses(target, round_, version["id"], title, dice)
    return added


def _clauses(target: sqlite3.Connection, round_: int, version: str, title: str, dice: np.random.Generator) -> int:
    query = (
        "SELECT c.*, v.embedder, v.vector FROM base.clauses c"
        " LEFT JOIN base.vectors v ON v.text_hash = c.text_hash WHERE c.version_id = ?"
    )
    rows = [dict(row) for row in target.execute(query, (version,))]
    made = []
    for row in rows:
        embedder, vector = row.pop("embedder"), row.pop("vector")
        text = _changed(row["text"], round_)
        key = vectors.text_hash(title, text)
        ids = {"id": _digest(round_, row["id"]), "version_id": _digest(round_, row["version_id"])}
        row |= {**ids, "text": text, "text_hash": key}
        if vector is not None:
            made.append({"text_hash": key, "embedder": embedder, "vector": _near(vector, dice if round_ else None)})
    _insert(target, "clauses", rows)
    _insert(target, "vectors", made)
    return len(rows)


def _changed(text: str, round_: int) -> str:
    """Leave out a character, another in each round: other words, the same kind of text."""
    at = (round_ * 7) % max(len(text), 1)
    return text if round_ == 0 else text[:at] + text[at + 1 :] + str(round_)


def _near(stored: bytes, dice: np.random.Generator | None) -> bytes:
    if dice is None:
        return stored
    vector = np.frombuffer(stored, vectors.STORED).astype(np.float32)
    noise = dice.normal(size=vector.size).astype(np.float32)
    vector = vector + noise * np.float32(NOISE / np.linalg.norm(noise))
    return (vector / np.linalg.norm(vector)).astype(vectors.STORED).tobytes()


def _insert(target: sqlite3.Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        marks = ", ".join(f":{name}" for name in names)
        target.executemany(f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


def _digest(round_: int, key: str) -> str:
    return hashlib.sha256(f"{round_}/{key}".encode()).hexdigest()[:32] if round_ else key
